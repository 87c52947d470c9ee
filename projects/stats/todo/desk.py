"""What lies on a person's desk on a day: units, projects, months, colours. Each is read once, when a part of the list first asks."""

from collections.abc import Collection
from datetime import date
from functools import cached_property

from erqi.common import workdays
from erqi.common.models import User
from erqi.common.sql import Among
from projects.models import Hold, Ledger, LedgerEntry, LevelOverride, Lifting, ProgressReport, Project, Responsibility, WarningSchedule
from projects.querysets.ledger import LedgerEntryQuerySet, unclosed
from projects.querysets.responsibility import in_force
from projects.rules.calendar import cutoffs
from projects.rules.report import REPORTED
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.services.grid import Grid, grids, units_of
from projects.services.period import Month, months_of, open_months
from projects.stats.warning import Standing, Versions


class Desk:
    """A person's desk. The number of queries depends on the person's roles and on how many months are open, never on what there is."""

    def __init__(self, user: User, day: date) -> None:
        self.user, self.day = user, day
        self._grids: dict[int, dict[int, Grid]] = {}
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

    def ledger(self, year: int) -> LedgerEntryQuerySet:
        """Return what stands in a year's district ledger on the day and is not closed, in its order."""
        main = Ledger.objects.main().filter(year=year)
        return LedgerEntry.objects.filter(unclosed(self.day), ledger__in=main).listed(self.day).order_by("seq", "pk")

    def grid(self, year: int) -> dict[int, Grid]:
        """Return the projects of a year's ledger in which the person's units have a part, with all units of each: three queries."""
        if year not in self._grids:
            rows = self.ledger(year).of_units(self.units, self.day).values_list("project_id", flat=True) if self.units else []
            keys = list(rows)
            found = grids(keys, self.day)
            self._grids[year] = {key: found[key] for key in keys}
        return self._grids[year]

    def reports(self, year: int) -> list[int]:
        """Return the projects of a year that the person's units report."""
        return [key for key, units in self.grid(year).items() if reporting_unit(units) in self.units]

    def reviews(self, year: int) -> list[int]:
        """Return the projects of a year whose reports the person's units review."""
        return [key for key, units in self.grid(year).items() if reviewing_unit(units) in self.units]

    @cached_property
    def own(self) -> list[int]:
        """The projects of this year that the person's units report."""
        return self.reports(self.day.year)

    @cached_property
    def projects(self) -> dict[int, Project]:
        """The records of the person's own projects."""
        return Project.objects.in_bulk(self.own)

    def states(self, month: Month) -> dict[int, str]:
        """Return the state of each report of a month of the projects in which the person's units have a part."""
        key = (month.year, month.month)
        if key not in self._states:
            rows = ProgressReport.objects.of_month(*key).filter(Among("project_id", self.grid(month.year))).order_by()
            self._states[key] = dict(rows.values_list("project_id", "state"))
        return self._states[key]

    @staticmethod
    def has_reports(month: Month) -> bool:
        """Say whether anybody wrote a report of the month."""
        return ProgressReport.objects.of_month(month.year, month.month).exists()

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
