"""The invented people of the demonstration: accounts with a person and a post, and the grid of responsibility that they need."""

from erqi.common import accounts
from erqi.common.fixtures import FixtureError
from erqi.common.models import User
from projects.choices import ResponsibilityKind
from projects.imports.simulation.material import FIRST_DAY, Material, Plot
from projects.models import Person, Project, Responsibility, Unit
from projects.services import responsibility as responsibility_service
from projects.services import unit as unit_service
from projects.services.grid import reporters

INVENTED = "模拟人员"


class People:
    """The accounts of the demonstration by name, and who writes and reviews for a unit."""

    def __init__(self, material: Material, units: dict[str, Unit], password: str) -> None:
        self.units = units
        self._users: dict[str, User] = {}
        self._reporters: dict[int, User] = {}
        self._reviewers: dict[int, User] = {}
        for row in material.posts:
            user = User.objects.filter(username=row["username"]).first()
            if user is None:
                raise FixtureError(f"people.json：没有演示账号“{row['username']}”。")
            self._enter(user, row)
        for row in material.accounts:
            self._enter(self._account(row, password), row)

    @staticmethod
    def _account(row: dict[str, str], password: str) -> User:
        user = User.objects.filter(username=row["username"]).first()
        if user is None:
            user, _ = accounts.add_account(
                username=row["username"], name=row["name"], by=None, password=password, must_change=False, is_demo=True
            )
            accounts.grant_role(user=user, role=row["role"], by=None)
        return user

    def _enter(self, user: User, row: dict[str, str]) -> None:
        """Give an account its person and post, where it has none, and note whom it writes or reviews for."""
        unit = self.unit(row["unit"])
        if not Person.objects.filter(account=user).exists():
            person = Person(name=user.name, note=INVENTED, account=user)
            unit_service.save_person(person=person, by=None, posts=[{"unit": unit, "title": row["title"]}])
        self._users[user.username] = user
        if user.can("report.write"):
            self._reporters[unit.pk] = user
        if user.can("report.review"):
            self._reviewers[unit.pk] = user

    def unit(self, name: str) -> Unit:
        """Return a documented unit by its printed name; raise FixtureError where there is none."""
        if name not in self.units:
            raise FixtureError(f"fixtures/demo：没有单位“{name}”。")
        return self.units[name]

    def by(self, username: str) -> User:
        """Return an account."""
        return self._users[username]

    def person(self, username: str) -> Person:
        """Return the person of an account."""
        return Person.objects.get(account=self._users[username])

    def reporter(self, unit: int | None) -> User:
        """Return who reports for a unit: its own reporter, else the office of key projects."""
        return self._reporters.get(unit or 0, self._users["office"])

    def reviewer(self, unit: int | None) -> User:
        """Return who reviews for a unit: its own reviewer, else the office of key projects (by another person than reports there)."""
        return self._reviewers.get(unit or 0, self._users["office2"])


def assign_units(plots: list[Plot], projects: dict[str, Project], people: People) -> None:
    """Give the projects a simulated responsibility where no document names a unit; what documents say stays alone.

    Some have a leader who takes care of them, and every tenth an inspector of its own besides.
    """
    office = people.by("office")
    answered = reporters([project.pk for project in projects.values()])
    patrons = {name: people.person(name) for name in ("leader", "leader2")}
    inspectors = [people.person("inspector"), people.person("inspector2")]

    def add(project: Project, kind: str, **values: object) -> Responsibility:
        return responsibility_service.assign(project=project, kind=kind, by=office, since=FIRST_DAY, **values)

    for place, plot in enumerate(plots):
        project = projects[plot.code]
        if answered[project.pk] is None or _is_owner(project, answered[project.pk]):
            units = [(ResponsibilityKind.LEAD, plot.lead), (ResponsibilityKind.UNDERTAKE, plot.undertake)]
            for kind, name in [*units, *((ResponsibilityKind.COOPERATE, name) for name in plot.cooperate)]:
                if name:
                    add(project, kind, unit=people.unit(name))
        if plot.patron:
            add(project, ResponsibilityKind.PATRON, person=patrons[plot.patron])
        if place % 10 == 0:
            add(project, ResponsibilityKind.INSPECTOR, person=inspectors[place // 10 % 2])


def _is_owner(project: Project, unit: int | None) -> bool:
    """Say whether the unit is the project's owner only: an owner does not keep others from leading."""
    return unit == project.owner_id
