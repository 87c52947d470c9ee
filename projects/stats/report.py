"""A month's reports as the grid of monthly reporting shows them: which projects, whose, with which figures. Few queries for any number."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from erqi.common import workdays
from erqi.common.dates import clamp_to_year
from erqi.common.sql import Among
from projects.choices import LedgerKind, LedgerLevel, ReportState, WarningLevel
from projects.models import InvestmentPlan, LedgerEntry, ProgressReport, Project, ReportStep, Unit, WarningPolicy, WarningSchedule
from projects.models.report import CONTENT
from projects.querysets.ledger import LedgerEntryQuerySet
from projects.rules.calendar import cutoff
from projects.rules.progress import planned
from projects.rules.report import REPORTED
from projects.rules.responsibility import reviewing_unit, writing_units
from projects.services.grid import Grid, grids
from projects.services.period import Month
from projects.stats.reporting import expected, expected_on


@dataclass(frozen=True)
class Due:
    """The projects that are reported in a month, by key and in the ledger's order, with the unit that reports each."""

    day: date
    reporters: dict[int, int | None]

    @cached_property
    def keys(self) -> tuple[int, ...]:
        return tuple(self.reporters)

    @cached_property
    def grid(self) -> dict[int, Grid]:
        """All units of each project: two queries, for a ledger that was narrowed down to those of some units."""
        return grids(self.keys)

    def unit_of(self, key: int) -> int | None:
        """Return the unit that reports the project."""
        return self.reporters.get(key)

    def writable(self, units: Collection[int]) -> list[int]:
        """Return the projects that people of the units may write."""
        own = set(units)
        return [key for key in self.keys if own & writing_units(self.grid.get(key, []))]

    def reviewed(self, units: Collection[int]) -> list[int]:
        """Return the projects whose reports people of the units review."""
        own = set(units)
        return [key for key in self.keys if reviewing_unit(self.grid.get(key, [])) in own]

    def counts(self, keys: Collection[int]) -> Counter[int | None]:
        """Return the number of these projects by the unit that reports them (None: nobody does)."""
        return Counter(self.unit_of(key) for key in keys)


def _entries(year: int) -> LedgerEntryQuerySet:
    return LedgerEntry.objects.filter(ledger__year=year, ledger__level=LedgerLevel.DISTRICT, ledger__kind=LedgerKind.PROJECTS)


def due_projects(month: Month, today: date, *, only: Collection[int] | None = None, of_units: Collection[int] | None = None) -> Due:
    """Return what is to be reported in a month: the district ledger's projects that stand in it and are not closed, as of today or
    the nearest day of the month's window. Who reports them is read as of today: it decides who may write. One query.

    `only` asks about some projects (keys) instead of all, `of_units` about those in which one of the units has a part.
    """
    day = expected_on(month, today)
    entries = _entries(month.year).filter(expected(day)).order_by("seq", "pk")
    if only is not None:
        entries = entries.filter(project__in=only)
    if of_units is not None:
        entries = entries.of_units(of_units, today)
    return Due(day, dict(entries.with_reporting_id(today).values_list("project_id", "reporting_id")))


@dataclass
class MonthReport:
    """One project in a month: what is known of it, and its report as it stands."""

    project: Project
    unit: Unit | None
    annual: Decimal | None
    report: ProgressReport | None = None
    # The year's last report before the month whose figures count.
    earlier: ReportStep | None = None
    # Planned from January to the month's cut-off, by the curve of the rules in force.
    planned: Decimal | None = None
    level: WarningLevel = WarningLevel.UNRATED
    simulated: bool = False
    # A returned report that nobody has touched since.
    untouched: bool = False
    # What a returned report says still counts: it is to be changed (退回修改), not distrusted.
    still_counts: bool = False

    @property
    def state(self) -> str | None:
        return self.report.state if self.report else None

    @property
    def is_done(self) -> bool:
        """Whether the month is filed: nobody but the reviewer has anything to do."""
        return self.state in REPORTED

    @property
    def can_file(self) -> bool:
        """Whether somebody wrote something that awaits being filed."""
        return self.state == ReportState.DRAFT or (self.state == ReportState.RETURNED and not self.untouched)


def level_day(month: Month, today: date) -> date:
    """Return the day whose colours stand beside the reports of a month: today, whatever month is looked at, since it is today that
    decides what a report has to say; for the ledger of another year its nearest day."""
    return clamp_to_year(today, month.year)


def done_by_unit(month: Month, due: Due, keys: Collection[int]) -> Counter[int | None]:
    """Return how many of these projects are filed, by the unit that reports them: one query."""
    done = ProgressReport.objects.of_month(month.year, month.month).reported().filter(Among("project_id", keys)).order_by()
    return Counter(due.unit_of(key) for (key,) in done.values_list("project_id"))


def month_reports(month: Month, due: Due, keys: Collection[int], today: date) -> list[MonthReport]:
    """Return the projects (keys, in this order) with their reports and what stands beside them: nine queries."""
    entries = {entry.project_id: entry for entry in _entries(month.year).filter(project__in=keys).select_related("project")}
    units = Unit.objects.in_bulk({unit for unit in map(due.unit_of, keys) if unit is not None})
    rows = {key: MonthReport(entries[key].project, units.get(due.unit_of(key)), entries[key].annual_plan) for key in keys if key in entries}
    for report in ProgressReport.objects.of_month(month.year, month.month).filter(project__in=rows).select_related("project"):
        rows[report.project_id].report = report
    for step in _earlier(month, rows):
        rows[step.report.project_id].earlier = step
    _add_plans(month, rows, today)
    day = level_day(month, today)
    for row in WarningSchedule.objects.of_year(month.year).on(day).filter(project__in=rows):
        rows[row.project_id].level, rows[row.project_id].simulated = row.level_on(day), row.simulated
    _add_returned(rows)
    return list(rows.values())


def _earlier(month: Month, rows: Collection[int]) -> list[ReportStep]:
    found = ReportStep.objects.standing().filter(report__project__in=rows, report__year=month.year, report__month__lt=month.month)
    return list(found.select_related("report").order_by("report__project_id", "-report__month").distinct("report__project_id"))


def _add_plans(month: Month, rows: dict[int, MonthReport], today: date) -> None:
    version = WarningPolicy.objects.in_force(today).first()
    plans = {plan.project_id: plan.cumulative for plan in InvestmentPlan.objects.standing(month.year).filter(project__in=rows)}
    due_on = cutoff(month.year, month.month, workdays.is_workday)
    for key, row in rows.items():
        plan = plans.get(key)
        if version is None:
            row.planned = plan[month.month - 1] if plan else None
        else:
            row.planned = planned(version.policy.curve, plan, row.annual, month.year, month.month, due_on)


def _add_returned(rows: dict[int, MonthReport]) -> None:
    returned = {row.report.pk: row for row in rows.values() if row.report is not None and row.state == ReportState.RETURNED}
    for step in ReportStep.objects.filter(report__in=returned, valid_until=None):
        report = returned[step.report_id].report
        returned[step.report_id].still_counts = step.counts
        returned[step.report_id].untouched = all(getattr(step, name) == getattr(report, name) for name in CONTENT)
