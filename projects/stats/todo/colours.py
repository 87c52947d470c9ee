"""The colours on somebody's desk: what is behind or soon will be, why, what follows, and where its cause is mended."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse

from erqi.common import contributions
from projects.choices import GRAVE_LEVELS, Dimension, Family, ReportState, ResponsibilityKind, WarningLevel
from projects.models import LevelOverride, Milestone, Project, Unit
from projects.rules.colour import floor_on
from projects.rules.responsibility import reporting_unit
from projects.rules.todo import next_step
from projects.rules.warning import Assessment, Cause, CauseKind
from projects.sentences.colour import month_day
from projects.sentences.report import month_name
from projects.sentences.todo import (
    ISSUE_SOLVED,
    REPORT_AGAIN,
    next_report_words,
    next_step_words,
    prevent_words,
    step_words,
    turn_ahead_words,
)
from projects.sentences.warning import cause_words, lifting_words, reason_words
from projects.services.grid import grids
from projects.services.period import Month
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Link, Shown
from projects.stats.todo.months import report_url, returned_item, returned_reports
from projects.stats.warning import Standing

PAUSE_ASKED = "已申请暂停，批准前照常评价"
# How far ahead a person is told of a colour that will turn.
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Trouble:
    """A project that is behind or soon will be, as far as anybody can do something about it."""

    standing: Standing

    @property
    def level(self) -> WarningLevel:
        return self.standing.level

    @cached_property
    def worse(self) -> tuple[date, WarningLevel] | None:
        """When the colour turns yellow or red by itself from a milder one, until the year's end. Blue is a reminder, and no threat."""
        found = ((day, to) for day, _, to in self.standing.ahead if to in GRAVE_LEVELS and self.level < to)
        return next(found, None)

    @property
    def soon(self) -> tuple[date, WarningLevel] | None:
        """The same, if it is soon."""
        return self.worse if self.worse is not None and self.worse[0] <= self.standing.day + AHEAD else None

    @cached_property
    def giving(self) -> list[Assessment]:
        """What gives the colour of today."""
        return [one for one in self.standing.assessments if one.counts and one.level == self.level] if self.is_trouble else []

    @property
    def acting(self) -> list[Assessment]:
        """What of it does not wait for a decision."""
        return [one for one in self.giving if not one.frozen]

    @property
    def is_trouble(self) -> bool:
        """Whether the colour of today is more than the rules' ordinary one: with family A blue is what goes well."""
        least = WarningLevel.BLUE if self.standing.policy.family == Family.WARNING else WarningLevel.YELLOW
        return least <= self.level <= WarningLevel.RED

    @property
    def by_hand(self) -> bool:
        """Whether the supervision office set the colour."""
        bounds = self.standing.bounds
        day = self.standing.day
        held = bounds.manual_until is not None and day <= bounds.manual_until
        return held and bounds.manual_level == self.level and floor_on(bounds, day) == self.level

    @cached_property
    def cause(self) -> Cause | None:
        """What is to be mended first: of what gives the colour what does not wait for a decision, else what will turn it."""
        for one in self.acting:
            return one.cause
        return self.standing.thresholds.cause(self.soon[1]) if self.soon else None

    @property
    def wants_somebody(self) -> bool:
        """Whether there is anything to do: not while all that gives the colour waits for others (a decision, a lifting), and nothing
        turns."""
        if self.level in (WarningLevel.PAUSED, WarningLevel.DONE):
            return False
        return self.cause is not None or (self.is_trouble and self.by_hand)

    @property
    def grave(self) -> bool:
        """Whether it is yellow or red, or soon will be."""
        return self.level in GRAVE_LEVELS or self.soon is not None

    @property
    def is_figures(self) -> bool:
        """Whether the amounts invested are what is to be mended first."""
        return self.cause is not None and self.cause.dimension == Dimension.INVESTMENT

    def why(self, override: LevelOverride | None = None) -> str:
        """Return why the colour is as it is (`override` if somebody set it), or why it will turn."""
        policy = self.standing.policy
        if self.by_hand and override is not None and self.cause is None:
            until = month_day(override.until, self.standing.day)
            return f"{override.set_by_name}定级，至{until}止：{override.reason}"
        if self.is_trouble:
            return reason_words(self.level, policy, self.standing.assessments, self.standing.bounds, self.standing.day)
        return cause_words(self.cause, policy.basis) if self.cause else ""

    def follows(self, cutoffs: Collection[date]) -> str:
        """Return what follows if nothing is done: the next colour, or what the rules ask for then."""
        one = self.standing
        if self.worse is not None:
            return turn_ahead_words(one.policy, *self.worse, one.day)
        if not self.is_trouble:
            return ""
        ahead = next_step(one.policy, self.level, one.since, one.day, cutoffs)
        return next_step_words(*ahead, one.day) if ahead else step_words(one.step)

    def remedy(self) -> str:
        """Return what would lift the colour or keep it from turning."""
        one = self.standing
        if self.cause is None:
            return ""
        if not self.acting:
            return prevent_words(self.cause, one.day)
        if self.cause.dimension == Dimension.ISSUE and not self.cause.source:
            # The problem is a sentence, and stands in the line already.
            return "，".join(filter(None, [ISSUE_SOLVED, lifting_words(self.level, one.bounds, (), one.policy)]))
        return lifting_words(self.level, one.bounds, self.giving, one.policy)

    def item(
        self, project: Project, url: str, action: str, cutoffs: Collection[date], override: LevelOverride | None = None, **values: Any
    ) -> Item:
        """Return the line of the list."""
        one = self.standing
        shown = Shown(self.level, one.word) if self.level != WarningLevel.UNRATED else None
        coming = Shown(self.soon[1], one.policy.label(self.soon[1])) if self.soon else None
        return replace(
            Item(
                "project",
                project.name,
                url,
                action,
                max(self.level, coming.level if coming else self.level),
                self.worse[0] if self.worse else one.since,
                text=self.why(override),
                follows=self.follows(cutoffs),
                project=project,
                shown=shown,
                since=one.since if self.is_trouble else None,
                coming=coming,
                simulated=one.simulated,
            ),
            **values,
        )


@dataclass(frozen=True)
class Mending:
    """Where somebody who reports a project does something about a cause."""

    url: str
    action: str
    remedy: str = ""
    links: tuple[Link, ...] = ()
    # It is the month's report.
    reports: bool = False


def troubles(desk: Desk, keys: Collection[int]) -> list[Trouble]:
    """Return which of the projects are in trouble about which somebody can do something."""
    return [found for found in map(Trouble, desk.standings(keys)) if found.wants_somebody]


@dataclass
class OwnLines:
    """The reporter's lines about single projects; `reported`: the projects whose line already is about the month's report."""

    items: list[Item] = field(default_factory=list)
    reported: set[int] = field(default_factory=set)


def own_projects(desk: Desk) -> OwnLines:
    """The reporter's lines: projects in trouble, reports that were returned; each matter once."""
    lines = OwnLines()
    returned = returned_reports(desk)
    overrides = desk.overrides(desk.own)
    for one in troubles(desk, desk.own):
        key = one.standing.row.project_id
        project = desk.projects[key]
        month = _to_fill(desk, key)
        # What is mildly behind by its figures alone has the month's line, or nothing can be done about it before the next month.
        if one.is_figures and not one.grave:
            continue
        if key in returned and one.cause is not None and one.cause.kind is not CauseKind.MILESTONE:
            # The returned report mends it: one line for both.
            lines.items.append(_merged(returned_item(*returned.pop(key), desk), one, desk))
            continue
        mending = _mending(one, project, month, desk)
        if mending.reports:
            lines.reported.add(key)
        lines.items.append(
            one.item(
                project,
                mending.url,
                mending.action,
                desk.cutoffs,
                overrides.get(key),
                remedy=mending.remedy or one.remedy(),
                links=mending.links,
                note=PAUSE_ASKED if key in desk.pausing else "",
            )
        )
    lines.items += [returned_item(report, month, desk) for report, month in returned.values()]
    return lines


def _to_fill(desk: Desk, key: int) -> Month | None:
    """Return the open month of this year in which the project's report does not count yet."""
    months = [month for month in desk.open_months if month.year == desk.day.year and desk.missing(month, [key])]
    return months[-1] if months else None


def _mending(one: Trouble, project: Project, month: Month | None, desk: Desk) -> Mending:
    cause, key = one.cause, project.pk
    if cause is None:
        return Mending(reverse("projects:project_colour", args=[project.code]), "看依据")
    if cause.kind is CauseKind.MILESTONE:
        links = (Link("申请变更时限", reverse("projects:date_request_new", args=[cause.key])),)
        if one.level in GRAVE_LEVELS and key not in desk.pausing:
            links += (Link("申请暂停", reverse("projects:hold_new", args=[project.code])),)
        return Mending(reverse("projects:milestone_update", args=[cause.key]), "更新进展", links=links)
    if cause.source:
        place = contributions.place_of(cause.source, cause.key)
        if place is not None:
            return Mending(place.url, place.action)
        return Mending(reverse("projects:project_colour", args=[project.code]), "看依据")
    if month is not None:
        return Mending(report_url(month, project), f"填{month_name(month.year, month.month, desk.day)}月报", reports=True)
    if cause.dimension == Dimension.ISSUE and (again := _report_again(project, one, desk)):
        return again
    later = next((other.opens_on for other in desk.months if other.opens_on > desk.day), None)
    remedy = "；".join(filter(None, [next_report_words(later, desk.day), one.remedy()]))
    return Mending(reverse("projects:project_colour", args=[project.code]), "看依据", remedy)


def _report_again(project: Project, one: Trouble, desk: Desk) -> Mending | None:
    """Return how a problem that was reported in a month that counts is said to be solved before the next month opens: by taking the
    report back while its month is open, else by a correction slip; None where no month was reported."""
    months = [month for month in desk.months if month.opens_on <= desk.day]
    counted = next((month for month in reversed(months) if not desk.missing(month, [project.pk])), None)
    if counted is None:
        return None
    name = month_name(counted.year, counted.month, desk.day)
    if counted.is_locked(desk.day):
        url = reverse("projects:correction_new", args=[project.code, counted.year, counted.month])
        return Mending(url, "填更正单", REPORT_AGAIN.format(by=f"{name}月报已锁定，可填写更正单", remedy=one.remedy()))
    passed = desk.states(counted)[project.pk] == ReportState.PASSED
    by, action = (f"{name}月报已通过，可请审核人退回后重报", "看") if passed else (f"可撤回{name}月报，修改后重新报送", "改")
    return Mending(report_url(counted, project), f"{action}{name}月报", REPORT_AGAIN.format(by=by, remedy=one.remedy()))


def _merged(item: Item, one: Trouble, desk: Desk) -> Item:
    """Return a returned report's line with the colour that it mends."""
    colour = one.item(item.project, item.url, item.action, desk.cutoffs)
    worse = min(item, colour, key=lambda line: line.weight)
    return replace(
        item,
        level=worse.level,
        on=worse.on,
        note=f"{colour.text}；{colour.follows}" if colour.follows else colour.text,
        shown=colour.shown,
        since=colour.since,
        coming=colour.coming,
    )


def watched_projects(desk: Desk, kind: str) -> list[Item]:
    """The lines of whom the grid names as patron (分包领导) or inspector: what is yellow or red or soon will be, and who answers."""
    keys = desk.of_person(kind)
    # The dates tell most projects apart; only of those that are left the facts are read.
    grave = (one for one in map(Trouble, desk.standings(keys)) if one.grave)
    found = [one for one in grave if one.wants_somebody]
    projects = Project.objects.in_bulk([one.standing.row.project_id for one in found])
    overrides = desk.overrides(projects)
    # What left the ledger or was closed is reported by nobody.
    listed = desk.ledger(desk.day.year).filter(project__in=projects).order_by().values_list("project_id", flat=True)
    reports = {key: reporting_unit(units) for key, units in grids(list(listed), desk.day).items()}
    units = Unit.objects.in_bulk({unit for unit in reports.values() if unit is not None})
    behind = [one.cause.key for one in found if one.cause is not None and one.cause.kind is CauseKind.MILESTONE]
    milestones = Milestone.objects.select_related("project").in_bulk(behind)
    items = []
    for one in found:
        key = one.standing.row.project_id
        unit = units.get(reports.get(key) or 0)
        milestone = milestones.get(one.cause.key) if one.cause is not None and one.cause.kind is CauseKind.MILESTONE else None
        act = _looking(milestone, projects[key], kind, desk)
        items.append(_watched(one, projects[key], str(unit) if unit else "", act, overrides.get(key), desk))
    return items


def _looking(milestone: Milestone | None, project: Project, kind: str, desk: Desk) -> tuple[str, str]:
    """Return what a patron or an inspector does about a project: address and word. A patron asks about the milestone that is behind."""
    if milestone is not None and kind == ResponsibilityKind.INSPECTOR:
        return reverse("projects:milestone_update", args=[milestone.pk]), "登记督察"
    for word, url in contributions.milestone_actions(desk.user, milestone) if milestone is not None else ():
        return url, word
    return project.get_absolute_url(), "看项目"


def _watched(one: Trouble, project: Project, unit: str, act: tuple[str, str], override: LevelOverride | None, desk: Desk) -> Item:
    url, asks = act
    page = project.get_absolute_url()
    links = () if url == page else (Link("看项目", page),)
    step = step_words(one.standing.step)
    line = one.item(project, url, asks, desk.cutoffs, override, unit=unit, links=links)
    return replace(line, remedy="" if line.follows == step else step)
