"""What lies on a person's desk on a day: units, projects, months, colours. Each is read once, when a part of the list first asks."""

from collections.abc import Collection
from datetime import date
from functools import cached_property

from erqi.common import workdays
from erqi.common.models import User
from projects.models import Hold, Ledger, LedgerEntry, LevelOverride, Lifting, ProgressReport, Project, Responsibility, WarningSchedule
from projects.querysets.ledger import unclosed
from projects.querysets.responsibility import in_force
from projects.rules.calendar import cutoffs
from projects.rules.report import REPORTED
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.services.grid import Grid, grids, units_of
from projects.services.period import Month, months_of, open_months
from projects.stats.warning import Standing, Versions


class Ledgered:
    """The projects (keys) that stand in a year's district ledger on the day and are not closed, with the units of each: three queries."""

    def __init__(self, year: int, day: date) -> None:
        main = Ledger.objects.main().filter(year=year)
        rows = LedgerEntry.objects.filter(unclosed(day), ledger__in=main).listed(day).order_by("seq", "pk")
        self.keys: tuple[int, ...] = tuple(rows.values_list("project_id", flat=True))
        self.grid: dict[int, Grid] = grids(self.keys, day)

    def reporter(self, key: int) -> int | None:
        """Return the unit that reports the project."""
        return reporting_unit(self.grid.get(key, []))

    def reviewer(self, key: int) -> int | None:
        """Return the unit that reviews the project's reports."""
        return reviewing_unit(self.grid.get(key, []))


class Desk:
    """A person's desk. The number of queries depends on the person's roles and on how many months are open, never on what there is."""

    def __init__(self, user: User, day: date) -> None:
        self.user, self.day = user, day
        self._ledgers: dict[int, Ledgered] = {}
        self._states: dict[tuple[int, int], dict[int, str]] = {}

    @cached_property
    def units(self) -> set[int]:
        """The units in which the person has a post."""
        return units_of(self.user, self.day)

    @cached_property
    def open_months(self) -> list[Month]:
        """The months in which reports can be written, the earliest first."""
        return open_months(self.day)

    @cached_property
    def months(self) -> list[Month]:
        """The months of the year."""
        return months_of(self.day.year)

    def ledger(self, year: int) -> Ledgered:
        """Return what stands in a year's ledger."""
        if year not in self._ledgers:
            self._ledgers[year] = Ledgered(year, self.day)
        return self._ledgers[year]

    def reports(self, year: int) -> list[int]:
        """Return the projects of a year that the person's units report."""
        ledger = self.ledger(year)
        return [key for key in ledger.keys if ledger.reporter(key) in self.units] if self.units else []

    def reviews(self, year: int) -> list[int]:
        """Return the projects of a year whose reports the person's units review."""
        ledger = self.ledger(year)
        return [key for key in ledger.keys if ledger.reviewer(key) in self.units] if self.units else []

    @cached_property
    def own(self) -> list[int]:
        """The projects of this year that the person's units report."""
        return self.reports(self.day.year)

    @cached_property
    def projects(self) -> dict[int, Project]:
        """The records of the person's own projects."""
        return Project.objects.in_bulk(self.own)

    def states(self, month: Month) -> dict[int, str]:
        """Return the state of each project's report of a month."""
        key = (month.year, month.month)
        if key not in self._states:
            self._states[key] = dict(ProgressReport.objects.of_month(*key).values_list("project_id", "state"))
        return self._states[key]

    def missing(self, month: Month, keys: Collection[int]) -> list[int]:
        """Return those of the projects whose month is not reported (yet), or was returned."""
        states = self.states(month)
        return [key for key in keys if states.get(key) not in REPORTED]

    def standings(self, keys: Collection[int]) -> list[Standing]:
        """Return how the projects stand under the four colours: two queries."""
        rows = WarningSchedule.objects.of_year(self.day.year).on(self.day).filter(project__in=keys).order_by("project_id")
        return [Standing(row, self.versions[row.policy_id], self.day) for row in rows]

    @cached_property
    def versions(self) -> Versions:
        return Versions()

    @cached_property
    def cutoffs(self) -> list[date]:
        """The cut-offs of reporting, this year's and the next one's."""
        return [day for year in (self.day.year, self.day.year + 1) for day in cutoffs(year, workdays.is_workday)]

    def of_person(self, kind: str) -> list[int]:
        """Return the projects for which the person is named, as patron or as inspector."""
        rows = Responsibility.objects.filter(in_force(self.day), kind=kind, person__account=self.user)
        return list(rows.values_list("project_id", flat=True).distinct())

    @cached_property
    def pausing(self) -> set[int]:
        """The person's own projects for which a pause was asked for that nobody has decided on."""
        return set(Hold.objects.pending().filter(project__in=self.own).values_list("project_id", flat=True))

    def overrides(self, keys: Collection[int]) -> dict[int, LevelOverride]:
        """Return the levels of the projects that somebody set by hand and that hold."""
        rows = LevelOverride.objects.filter(project__in=keys, year=self.day.year, ended_on=None, until__gte=self.day)
        return {row.project_id: row for row in rows}

    def liftings(self, keys: Collection[int]) -> dict[int, Lifting]:
        """Return the liftings of the projects that await somebody."""
        rows = Lifting.objects.awaiting(self.day).filter(project__in=keys, year=self.day.year).select_related("project")
        return {row.project_id: row for row in rows}
