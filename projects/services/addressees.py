"""Whom the reminders of a year's projects are addressed to: who reports each, who reviews it, who watches over it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from functools import cached_property

from erqi.common.models import User
from projects.choices import PERSON_KINDS
from projects.models import Ledger, LedgerEntry, ProgressReport, Project, Responsibility
from projects.querysets.ledger import unclosed
from projects.querysets.responsibility import in_force
from projects.rules.report import REPORTED
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.services.grid import accounts_of, grids, permissions_by_grants


class Addressees:
    """The projects that stand in a year's district ledger on a day and are not closed, with the accounts of each. Nothing is read
    before it is asked for, and then for all projects at once."""

    def __init__(self, year: int, day: date) -> None:
        self.year, self.day = year, day

    @cached_property
    def projects(self) -> dict[int, Project]:
        """The projects by key."""
        main = Ledger.objects.main().filter(year=self.year)
        entries = LedgerEntry.objects.filter(unclosed(self.day), ledger__in=main).listed(self.day)
        keys = entries.order_by("seq", "pk").values_list("project_id", flat=True)
        found = Project.objects.only("code", "name").in_bulk(keys)
        return {key: found[key] for key in keys}

    @cached_property
    def _grid(self) -> dict[int, list[tuple[str, int]]]:
        return grids(list(self.projects), self.day)

    @cached_property
    def reporters(self) -> dict[int, list[User]]:
        """The accounts that report each project."""
        return self._accounts({key: reporting_unit(self._grid[key]) for key in self.projects}, "report.write")

    @cached_property
    def reviewers(self) -> dict[int, list[User]]:
        """The accounts that review each project's reports."""
        return self._accounts({key: reviewing_unit(self._grid[key]) for key in self.projects}, "report.review")

    def _accounts(self, units: dict[int, int | None], permission: str) -> dict[int, list[User]]:
        people = accounts_of({unit for unit in units.values() if unit is not None}, permission, self.day)
        return {key: list(people.get(unit, ())) if unit is not None else [] for key, unit in units.items()}

    @cached_property
    def watchers(self) -> dict[int, list[User]]:
        """The active accounts of each project's patrons and inspectors."""
        rows = Responsibility.objects.filter(
            in_force(self.day), kind__in=PERSON_KINDS, person__account__is_active=True, project__in=self.projects
        )
        found: dict[int, list[User]] = defaultdict(list)
        for row in rows.select_related("person__account").order_by("pk"):
            found[row.project_id].append(row.person.account)
        return found

    def unreported(self, month: int) -> list[int]:
        """Return the projects whose report of a month does not count (yet)."""
        rows = ProgressReport.objects.of_month(self.year, month).filter(state__in=REPORTED)
        done = set(rows.values_list("project_id", flat=True))
        return [key for key in self.projects if key not in done]

    def reporters_of(self, keys: Collection[int]) -> list[tuple[User, list[int]]]:
        """Return everybody who reports one of the projects, with those that are theirs."""
        users: dict[int, User] = {}
        found: dict[int, list[int]] = defaultdict(list)
        for key in keys:
            for user in self.reporters[key]:
                users[user.pk] = user
                found[user.pk].append(key)
        return [(users[pk], found[pk]) for pk in sorted(found)]


def accounts_with(permission: str) -> list[User]:
    """Return the active accounts that have a permission by their roles."""
    accounts = User.objects.filter(is_active=True, is_superuser=False).order_by("pk").prefetch_related("grants")
    return [user for user in accounts if permission in permissions_by_grants(user)]
