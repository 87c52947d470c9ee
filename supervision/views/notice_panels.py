"""Notices on the pages of projects and units, and the button that drafts one from a project."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from erqi.common import clock
from projects.choices import GRAVE_LEVELS, WarningLevel
from projects.models import Project, Unit
from supervision.models import Notice, SupervisionItem
from supervision.querysets.notice import NoticeQuerySet
from supervision.rules.notice import INTERNAL, MACHINE
from supervision.rules.notice_course import Standing
from supervision.sentences.notice import standing_label, standing_words
from supervision.stats.notice import courses, standing_of

# So many stand on the page; the list has them all.
MOST = 8


@dataclass(frozen=True)
class Line:
    """A notice on somebody's page."""

    url: str
    number: str
    title: str
    unit: str
    state: str
    due_on: date | None
    standing: Standing | None
    standing_label: str
    words: str
    simulated: bool


def _lines(rows: NoticeQuerySet, day: date) -> tuple[list[Line], int]:
    """Return the first notices of the rows as lines, and how many there are: four queries."""
    found = list(rows[:MOST])
    count = len(found) if len(found) < MOST else rows.count()
    read = courses(found, day)
    units = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in={notice.unit_then for notice in found})}
    lines = []
    for notice in found:
        standing = standing_of(read[notice.pk], day)
        lines.append(
            Line(
                notice.get_absolute_url(),
                "" if notice.state_then in INTERNAL else notice.number_text,
                notice.title_then or notice.title,
                units.get(notice.unit_then, ""),
                MACHINE.state_label(notice.state_then),
                notice.due_then,
                standing,
                standing_label(standing, notice.state_then),
                standing_words(standing),
                notice.simulated,
            )
        )
    return lines, count


def may_draft(user: Any) -> bool:
    """Say whether the account drafts notices."""
    return bool(user.can("supervise") or user.can("inspect"))


def draft_url(project: Project) -> str:
    """Return the address of a draft with the project's figures filled in."""
    return f"{reverse('supervision:notice_new')}?{urlencode({'project': project.code})}"


def project_panel(request: HttpRequest, project: Project, day: date) -> dict[str, Any] | None:
    """Return the notices about a project; None where there are none."""
    lines, count = _lines(Notice.objects.for_table(request.user, day).filter(project=project), day)
    if not lines:
        return None
    new = draft_url(project) if may_draft(request.user) and day >= clock.today() else ""
    more = f"{reverse('supervision:notice_list')}?{urlencode({'q': project.name})}" if count > len(lines) else ""
    return {"lines": lines, "count": count, "new_url": new, "more_url": more, "shows_unit": True}


def item_panel(user: Any, item: SupervisionItem, day: date) -> dict[str, Any] | None:
    """Return the notices that arose from an item; None where there are none."""
    lines, count = _lines(Notice.objects.for_table(user, day).arisen_from(item), day)
    return {"context": {"lines": lines, "count": count, "new_url": "", "more_url": "", "shows_unit": True}} if lines else None


def unit_panel(request: HttpRequest, unit: Unit, day: date) -> dict[str, Any] | None:
    """Return the notices that a unit had on the day; None where there are none."""
    lines, count = _lines(Notice.objects.for_table(request.user, day).filter(unit_then=unit.pk), day)
    if not lines:
        return None
    more = f"{reverse('supervision:notice_list')}?{urlencode({'unit': unit.pk})}"
    return {"lines": lines, "count": count, "new_url": "", "more_url": more, "shows_unit": False}


def card_action(user: Any, day: date) -> Callable[[str, WarningLevel], tuple[str, str] | None] | None:
    """Return what gives the card of a yellow or red project its link to a draft; None for those who draft none, and for other days."""
    return draft_link if may_draft(user) and day >= clock.today() else None


def draft_link(code: str, level: WarningLevel) -> tuple[str, str] | None:
    """Return the link of a project's card, for yellow and red ones."""
    return ("拟发通知单", f"{reverse('supervision:notice_new')}?{urlencode({'project': code})}") if level in GRAVE_LEVELS else None


def project_actions(user: Any, project: Project, day: date) -> Iterable[tuple[str, str, str]]:
    """Give the button of the project page."""
    if may_draft(user) and day >= clock.today():
        yield "拟发通知单", draft_url(project), "speakerphone"
