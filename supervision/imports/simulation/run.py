"""What the supervision records of the demonstration go through on each of its days."""

import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from erqi.common import clock
from erqi.common.errors import ServiceError
from erqi.common.fixtures import FixtureError
from erqi.common.history import recorded_as
from erqi.common.models import User
from erqi.common.simulation import simulating
from projects.imports.simulation.material import YEAR
from projects.imports.simulation.run import NAME, SOURCE
from projects.models import Project, Unit


class Cast:
    """The accounts, units and projects that the story names."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def user(self, username: str) -> User:
        """Return an account; raise FixtureError where there is none."""
        if username not in self._users:
            user = User.objects.filter(username=username).first()
            if user is None:
                raise FixtureError(f"fixtures/demo：没有账号“{username}”。")
            self._users[username] = user
        return self._users[username]

    @staticmethod
    def unit(name: str) -> Unit:
        """Return a documented unit by its printed name; raise FixtureError where there is none."""
        unit = Unit.objects.filter(name=name).first()
        if unit is None:
            raise FixtureError(f"fixtures/demo：没有单位“{name}”。")
        return unit

    @staticmethod
    def project(code: str | None) -> Project | None:
        """Return a project by its code; raise FixtureError where there is none."""
        if not code:
            return None
        project = Project.objects.filter(code=code).first()
        if project is None:
            raise FixtureError(f"fixtures/demo：没有项目“{code}”。")
        return project


def day_of(text: str) -> date:
    """Return the day of a month and day as the files write it: 09-17."""
    return date.fromisoformat(f"{YEAR}-{text}")


class Story:
    """The calendar of what happens: each family puts its acts into it (`at`), and `live` does those of a day in their order.

    A family whose course follows from the day's colours gives a function to `daily` instead.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cast = Cast()
        self.daily: list[Callable[[date], None]] = []
        self._calendar: dict[date, list[Callable[[], None]]] = defaultdict(list)

    def read(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a file of the story."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def at(self, day: date, act: Callable[[], None]) -> None:
        """Put an act into the calendar."""
        self._calendar[day].append(act)

    def live(self, day: date) -> None:
        """Do what belongs to the day. Raises FixtureError where the story breaks a rule, naming the day."""
        acts = self._calendar.pop(day, [])
        if not acts and not self.daily:
            return
        with ExitStack() as stack:
            for manager in (clock.at(day), simulating()):
                stack.enter_context(manager)
            stack.enter_context(recorded_as(SOURCE, name=NAME))
            try:
                for act in acts:
                    act()
                for every in self.daily:
                    every(day)
            except ServiceError as error:
                raise FixtureError(f"fixtures/demo：{day} 的督察模拟不能进行：{error}") from error

    def end(self) -> None:
        """Raise FixtureError where something was planned for a day that is none of the story."""
        if self._calendar:
            raise FixtureError(f"fixtures/demo：{min(self._calendar)} 不是模拟的工作日。")


def story(folder: Path) -> Story:
    """Return the whole story of the supervision side."""
    # Families import this module for its words.
    from supervision.imports.simulation import escalation, issue, item, notice  # noqa: PLC0415

    found = Story(folder)
    issue.plan(found)
    notice.plan(found)
    item.plan(found)
    escalation.plan(found)
    return found
