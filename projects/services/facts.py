"""What is known now of many projects in a year: the facts and bounds that their colours follow from. Reads only, in few queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Q

from erqi.common import contributions
from projects.choices import DecisionState, Dimension, LedgerKind, LedgerLevel, WarningLevel
from projects.models import (
    CountedReport,
    DateRequest,
    Hold,
    InvestmentPlan,
    LedgerEntry,
    LevelOverride,
    Milestone,
    WarningPolicy,
    WarningSchedule,
)
from projects.models.report import MONTHS
from projects.querysets.milestone import due_then
from projects.rules.colour import MOST_PAUSES, Bounds, Pause, merged_pauses, pause_columns
from projects.rules.milestone import belongs
from projects.rules.policy import Policy
from projects.rules.warning import Facts, InvestmentFact, MilestoneFact, Obligation

# A row carries its facts and causes: ten thousand of them are read a part at a time.
CHUNK = 500


@dataclass
class Known:
    """A project's facts, what bounds its colour, and whether any of it is simulated."""

    facts: Facts
    closed_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    manual_level: WarningLevel | None = None
    manual_until: date | None = None
    simulated: bool = False

    @property
    def bounds(self) -> Bounds:
        """What is known to bound the colour; a floor is the schedule's own."""
        return Bounds(
            closed_on=self.closed_on, manual_level=self.manual_level, manual_until=self.manual_until, **pause_columns(self.pauses)
        )


@dataclass
class _Parts:
    """What is collected of one project before its facts are put together."""

    milestones: list[MilestoneFact] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    plan: tuple[Decimal, ...] | None = None
    annual: Decimal | None = None
    done: Decimal | None = None
    month: int = 0
    closed_on: date | None = None
    holds: list[tuple[date, date]] = field(default_factory=list)
    manual: tuple[WarningLevel, date] | None = None
    simulated: bool = False


def warned_entries(year: int, on: date) -> Any:
    """Return the entries of the district ledger of a year whose projects have colours on the day."""
    return _coloured(on).filter(ledger__year=year).order_by("project_id")


def _coloured(on: date) -> Any:
    return LedgerEntry.objects.filter(
        ledger__level=LedgerLevel.DISTRICT, ledger__kind=LedgerKind.PROJECTS, ledger__warned_since__lte=on
    ).order_by()


def newest_years(on: date, projects: Collection[int] | None = None) -> dict[int, int]:
    """Return for each project (key) that has colours on the day, or for these, the newest year up to the day's in which it has: one
    query. At the turn of the year that is the old year, until the new one's ledger is started with the project in it."""
    rows = _coloured(on).filter(ledger__year__lte=on.year)
    if projects is not None:
        rows = rows.filter(project__in=projects)
    return dict(rows.values_list("project").annotate(newest=Max("ledger__year")))


def known_facts(projects: Collection[int], year: int, on: date) -> dict[int, Known]:
    """Return what is known of the projects (keys) that have colours in the year: seven queries for any number of them, and those of
    what other apps contribute."""
    parts: dict[int, _Parts] = {}
    for project, annual, closed_on in (
        warned_entries(year, on).filter(project__in=projects).values_list("project", "annual_plan", "closed_on")
    ):
        parts[project] = _Parts(annual=annual, closed_on=closed_on)
    _add_milestones(parts, year, on)
    _add_figures(parts, year)
    _add_duties(parts, year, on)
    _add_bounds(parts, year, on)
    return {project: _known(found, year, on) for project, found in parts.items()}


def _known(found: _Parts, year: int, on: date) -> Known:
    facts = Facts(
        year,
        tuple(found.milestones),
        InvestmentFact(found.plan, found.annual, found.done, found.month),
        tuple(found.obligations),
    )
    # A pause that only begins after the year is nothing to the year's colours. More than the most is never granted
    # (services.hold), but what was would lose its last one and not its project's colours.
    pauses = tuple(pause for pause in merged_pauses(found.holds, on) if pause[0].year <= year)[:MOST_PAUSES]
    level, until = found.manual or (None, None)
    return Known(facts, found.closed_on, pauses, level, until, found.simulated)


def _add_milestones(parts: dict[int, _Parts], year: int, on: date) -> None:
    """Add the milestones with their dates and requests as of the day: what is moved or decided after a past year is the next one's. What
    was done in the year counts as done whenever it became known."""
    # A request that was decided after the day still waited on it.
    waits = Q(state=DecisionState.PENDING) | Q(decided_on__gt=on)
    requests = DateRequest.objects.filter(waits, requested_on__lte=on, milestone__project__in=parts)
    pending = dict(requests.values_list("milestone_id", "requested_on"))
    rows = (
        Milestone.objects.known(on)
        .annotate(due=due_then(on))
        .filter(project__in=parts, year__lte=year)
        .filter(Q(year=year) | Q(due__year__gte=year))
        .order_by(F("due").asc(nulls_last=True), "pk")
        .values_list("project_id", "pk", "kind", "name", "year", "due", "done_on", "done_known_on", "simulated")
    )
    for project, key, kind, name, planned_year, due_on, done_on, done_known_on, simulated in rows:
        if belongs(planned_year, due_on, year):
            done_by = done_on or done_known_on
            done = done_by is not None and done_by <= on
            parts[project].milestones.append(MilestoneFact(key, kind, name, due_on, done, None if done else pending.get(key)))
            parts[project].simulated |= simulated


def _add_figures(parts: dict[int, _Parts], year: int) -> None:
    months = [f"month_{month}" for month in MONTHS]
    plans = InvestmentPlan.objects.standing(year).filter(project__in=parts)
    for project, simulated, *amounts in plans.values_list("project_id", "simulated", *months):
        found = parts[project]
        found.plan, found.simulated = tuple(amounts), found.simulated or simulated
    rows = (
        CountedReport.objects.of_year(year)
        .filter(project__in=parts, valid_until=None)
        .values_list("project_id", "step__report_id", "month", "cumulative", "step__problem", "step__problem_due_on", "simulated")
    )
    for project, key, month, cumulative, problem, problem_due_on, simulated in rows:
        found = parts[project]
        found.done, found.month, found.simulated = cumulative, month, found.simulated or simulated
        if problem and problem_due_on:
            found.obligations.append(Obligation(key, Dimension.ISSUE, problem[:60], problem_due_on))


def _add_duties(parts: dict[int, _Parts], year: int, on: date) -> None:
    """Add what other apps know of the projects that has to be settled by a day (supervision notices, problems reported directly)."""
    for duty in contributions.duties(list(parts), year, on):
        if (found := parts.get(duty.project)) is not None:
            dimension = Dimension(duty.dimension)
            found.obligations.append(
                Obligation(duty.key, dimension, duty.name[:60], duty.due_on, duty.source, duty.stopped_on, duty.events)
            )
            found.simulated |= duty.simulated


def _add_bounds(parts: dict[int, _Parts], year: int, on: date) -> None:
    for hold in Hold.objects.approved().filter(project__in=parts):
        parts[hold.project_id].holds.append((hold.since, hold.last_day))
        parts[hold.project_id].simulated |= hold.simulated
    # What was ended after a past year held on its last day.
    standing = Q(ended_on=None) | Q(ended_on__gt=on)
    for override in LevelOverride.objects.filter(standing, project__in=parts, year=year, since__lte=on, until__gte=on):
        parts[override.project_id].manual = (WarningLevel(override.level), override.until)


def schedules_of(projects: Collection[int], day: date, year: int | None = None) -> Iterable[tuple[WarningSchedule, Policy]]:
    """Yield the schedule rows of the projects on the day (of the day's year, or another), each with its policy: two queries, at most
    CHUNK rows in memory."""
    rows = WarningSchedule.objects.of_year(day.year if year is None else year).on(day).filter(project__in=projects)
    policies = {one.pk: one.policy for one in WarningPolicy.objects.filter(pk__in=rows.values("policy"))}
    for row in rows.order_by("project_id").iterator(chunk_size=CHUNK):
        yield row, policies[row.policy_id]
