"""Notices as lists and pages show them on a day: their course from the acts, how they stand, who had them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q

from erqi.common import workdays
from erqi.common.contributions import Headline
from supervision.choices import NoticeState
from supervision.models import Notice, NoticeAct
from supervision.rules.limit import late_before
from supervision.rules.notice import UNDER_WAY
from supervision.rules.notice_course import Course, Done, Standing
from supervision.stats.headline import Units, list_address

_COLUMNS = ("action", "on", "unit_id", "due_on", "text", "by_name", "to_state")


def courses(notices: Iterable[Notice], day: date) -> dict[int, Course]:
    """Return the course of each notice (by key) up to the day: one query."""
    found: dict[int, Course] = {notice.pk: Course() for notice in notices}
    if found:
        rows = NoticeAct.objects.filter(notice__in=found, on__lte=day).order_by("notice_id", "pk")
        for key, *values in rows.values_list("notice_id", *_COLUMNS):
            found[key].take(Done(*values))
    return found


def late(notices: Iterable[Notice], day: date) -> list[Notice]:
    """Return those of the notices whose reply was late on the day, as their level says: one query. `notices` are read narrowed to what
    can be (`NoticeQuerySet.overdue`): where the clock stands still, the day of the list does not tell."""
    rows = list(notices)
    read = courses(rows, day)
    return [notice for notice in rows if read[notice.pk].is_late(day, workdays)]


def headlines(user: Any, day: date, units: Units = None) -> list[Headline]:
    """Return the cockpit's line: how many notices were under way (with `units`: to these), how many of them late, not signed for, or
    refused; three queries."""
    rows = Notice.objects.on_day(day).order_by().filter(state_then__in=UNDER_WAY)
    overdue = Notice.objects.overdue(day, late_before(day, workdays))
    if units is not None:
        rows, overdue = rows.filter(unit_then__in=units), overdue.filter(unit_then__in=units)
    found = rows.aggregate(
        open=Count("pk"),
        unsigned=Count("pk", filter=Q(state_then=NoticeState.ISSUED)),
        refused=Count("pk", filter=Q(state_then=NoticeState.REFUSED)),
        simulated=Count("pk", filter=Q(simulated=True)),
    )
    if not found["open"]:
        return []
    found["late"] = len(late(overdue, day))
    named = (("逾期", "late"), ("未签收", "unsigned"), ("拒收", "refused"))
    note = "，".join(f"{word} {found[name]}" for word, name in named if found[name])
    states = [state for state in NoticeState if state in UNDER_WAY]
    url = list_address("notice_list", states, box=["ours"] if units is not None else [])
    return [Headline("督察通知单在办", found["open"], url, note, bool(found["simulated"]))]


def standing_of(course: Course, day: date) -> Standing | None:
    """Return how a notice stood on the day; None while nothing was owed."""
    return course.standing(day, workdays)
