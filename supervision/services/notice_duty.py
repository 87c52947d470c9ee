"""What notices mean for a project's colour (D5, domain.md §1.6): a reply is owed by a day."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from erqi.common import clock
from erqi.common.contributions import Duty, Place
from projects.choices import Dimension
from supervision.choices import NoticeState
from supervision.models import Notice
from supervision.rules.notice import OWED

SOURCE = "notice"


def duties(projects: Collection[int], year: int, day: date) -> Iterator[Duty]:
    """Yield the replies that were owed on the day about the projects (keys): one query.

    While an extension that was asked for in time waits for its decision, the day that was asked for counts: a late decision must not
    make the unit late. A reply that awaits its judgement is owed no more.
    """
    rows = Notice.objects.filter(project__in=projects)
    rows = rows.filter(state__in=OWED) if day >= clock.today() else rows.exclude(issued_on=None).owed(day)
    for row in rows.order_by("pk"):
        due_on = row.awaited_on if day >= clock.today() else _awaited_then(row)
        if row.project_id and due_on:
            yield Duty(row.project_id, Dimension.NOTICE, SOURCE, row.pk, f"督察通知单{row.number_text}反馈", due_on, row.simulated)


def _awaited_then(row: Any) -> date | None:
    """Return what `Notice.awaited_on` was on the day of `NoticeQuerySet.on_day`."""
    return row.asked_then if row.state_then == NoticeState.EXTENDING and row.asked_then else row.due_then


def place(key: int) -> Place:
    """Return where somebody answers a notice."""
    return Place(Notice(pk=key).get_absolute_url(), "办理通知单")
