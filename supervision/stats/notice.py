"""Notices as lists and pages show them on a day: their course from the acts, how they stand, who had them."""

from collections.abc import Iterable
from datetime import date

from erqi.common import workdays
from supervision.models import Notice, NoticeAct
from supervision.rules.notice import Course, Done, Standing

_COLUMNS = ("action", "on", "unit_id", "due_on", "text", "by_name", "to_state")


def courses(notices: Iterable[Notice], day: date) -> dict[int, Course]:
    """Return the course of each notice (by key) up to the day: one query."""
    found: dict[int, Course] = {notice.pk: Course() for notice in notices}
    if found:
        rows = NoticeAct.objects.filter(notice__in=found, on__lte=day).order_by("notice_id", "pk")
        for key, *values in rows.values_list("notice_id", *_COLUMNS):
            found[key].take(Done(*values))
    return found


def standing_of(course: Course, day: date) -> Standing | None:
    """Return how a notice stood on the day; None while nothing was owed."""
    return course.standing(day, workdays)
