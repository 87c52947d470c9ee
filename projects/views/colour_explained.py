"""A project's colour explained whole: with this page any colour on any day can be computed again by hand."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.dates import chinese_day
from projects.choices import WarningLevel
from projects.models import Project, WarningSchedule
from projects.rules.colour import pause_on
from projects.sentences.colour import bound_changes, fact_changes
from projects.views.project_colour import Colour, colour_context
from projects.views.project_edit import crumbs

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bound:
    """One of the things that decide, in their order: what it says on the day, and the level that it gives (None: nothing)."""

    name: str
    words: str
    level: WarningLevel | None
    word: str = ""


@dataclass(frozen=True)
class Version:
    """A schedule row among those of the year: when it held, what it replaced the row before for, with which colour it began."""

    row: WarningSchedule
    changes: list[str]
    level: WarningLevel
    word: str
    is_shown: bool

    @property
    def last(self) -> date | None:
        """The last day on which the row held; None while it holds."""
        return self.row.valid_until - ONE_DAY if self.row.valid_until else None


def bounds_of(colour: Colour) -> list[Bound]:
    """Return what decides the colour on the day, in the order in which it does (rules.colour.level_on)."""
    row, policy, day = colour.row, colour.policy, colour.day
    if row is None or policy is None:
        return []
    bounds = row.bounds
    closed, paused = bounds.closed_on is not None and bounds.closed_on <= day, pause_on(bounds, day)
    held = bounds.floor_level is not None and (bounds.floor_until is None or day <= bounds.floor_until)
    by_hand = bounds.manual_level is not None and bounds.manual_until is not None and day <= bounds.manual_until
    floor_words = "没有"
    if held:
        until = bounds.floor_until
        floor_words = f"红色摘牌后观察至{chinese_day(until)}" if until else "数据已好转，摘牌经核验、确认之前保持原状态"
    pause_words = f"{chinese_day(paused[0])}至{chinese_day(paused[1])}" if paused is not None else "没有"
    hand_words = f"督察办定，至{chinese_day(bounds.manual_until or day)}止" if by_hand else "没有"
    lines = [
        ("销号", f"{chinese_day(bounds.closed_on or day)}销号" if closed else "没有", WarningLevel.DONE if closed else None),
        ("暂停", pause_words, WarningLevel.PAUSED if paused is not None else None),
        ("数据评价", "各项中计入总色的最重者（见上表）", row.schedule.thresholds.level(day)),
        ("摘牌与观察", floor_words, bounds.floor_level if held else None),
        ("人工定级", hand_words, bounds.manual_level if by_hand else None),
    ]
    return [Bound(name, words, level, policy.label(level) if level is not None else "") for name, words, level in lines]


def versions_of(colour: Colour) -> list[Version]:
    """Return the rows of the year up to the day, the latest first; one replaced on the day on which it was written says nothing."""
    rows = [row for row in colour.rows if row.valid_until is None or row.valid_until > row.valid_from]
    rows = [row for row in rows if row.valid_from <= colour.day]
    found = []
    for number, row in enumerate(rows):
        policy = row.policy.policy
        level = row.level_on(row.valid_from)
        found.append(Version(row, changes_of(rows[number - 1] if number else None, row), level, policy.label(level), row == colour.row))
    return found[::-1]


def changes_of(before: WarningSchedule | None, row: WarningSchedule) -> list[str]:
    """Return for what a row replaced the one before, a sentence each; the first one began the colours."""
    if before is None:
        return ["开始评价"]
    policy = row.policy.policy
    changes = [f"执行“{row.policy}”"] if row.policy_id != before.policy_id else []
    changes += fact_changes(before.known_facts, row.known_facts)
    changes += bound_changes(before.bounds, row.bounds, policy)
    return changes or ["重新计算"]


class ProjectColour(PermissionRequiredMixin, TemplateView):
    """How the colour of a project on a day came about, step by step."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/project_colour.html"

    def get_context_data(self, code: str, **kwargs: Any) -> dict[str, Any]:
        project = get_object_or_404(Project, code=code)
        year = self.request.GET.get("year", "")
        on = as_of(self.request, int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None)
        found = colour_context(project, list(project.entries.for_project()), on.day, year, self.request.user)
        colour = found["colour"]
        return super().get_context_data(
            **kwargs,
            **found,
            page_title="预警是怎么算的",
            print_subtitle=f"{project.code}　{project.name}",
            project=project,
            as_of=on,
            bounds=bounds_of(colour) if colour else [],
            versions=versions_of(colour) if colour else [],
            breadcrumbs=[*crumbs(project), {"label": "预警是怎么算的"}],
        )
