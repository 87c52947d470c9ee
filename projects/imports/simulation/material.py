"""What the simulation is made of: the files of fixtures/demo, read and checked, with each project's steps, amounts and events by day."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from erqi.common.errors import ServiceError
from erqi.common.fixtures import FixtureError

YEAR = 2018
MONTHS = range(3, 10)
# Plans, milestones and responsibilities are drawn up at the end of February; colours count from the first of March.
PREPARED_ON = date(YEAR, 2, 27)
FIRST_DAY = date(YEAR, 3, 1)
LAST_DAY = date(YEAR, 9, 28)
_KEYS = {
    *("code", "lead", "undertake", "cooperate", "patron", "amount", "curve", "road", "start", "steps"),
    *("late", "pace", "file", "problems", "lift", "events"),
}


@dataclass(frozen=True)
class RoadStep:
    """A step of a project's road: kind and name of the milestone, and the day planned for it."""

    kind: str
    name: str
    planned_on: date


@dataclass(frozen=True)
class Problem:
    """What a month's report names as its problem: the cause, and by when it is to be solved."""

    cause: str
    due_on: date | None = None


@dataclass
class Plot:
    """The story of one project."""

    code: str
    road: str
    lead: str = ""
    undertake: str = ""
    cooperate: tuple[str, ...] = ()
    patron: str = ""
    amount: float = 0
    curve: str = "steady"
    start: str = ""
    steps: tuple[tuple[str, str, str], ...] = ()
    # Days between plan and completion by the step's name; None: not done by the end.
    late: dict[str, int | None] = field(default_factory=dict)
    # What is reached of the plan to date, from March to September.
    pace: tuple[float, ...] = ()
    file: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Any] = field(default_factory=dict)
    lift: str = "prompt"
    events: tuple[dict[str, Any], ...] = ()

    def filing(self, month: int) -> str:
        """Return what becomes of the month's report: filed, late, missed, returned, unchanged, waits (for its review at the end) or open
        (not filed by then)."""
        return self.file.get(str(month), "filed")

    def problem(self, month: int) -> Problem | None:
        """Return the problem that the month's report names."""
        found = self.problems.get(str(month))
        if found is None:
            return None
        return Problem(found) if isinstance(found, str) else Problem(found[0], day_of(found[1]))

    @cached_property
    def random(self) -> Random:
        """A source of chance of the project's own: a change to one project's story changes no other."""
        return Random(f"2018/{self.code}")  # noqa: S311 (a story, not a secret)


def day_of(text: str) -> date:
    """Return the day of the year that a text such as "07-31" names."""
    return date.fromisoformat(f"{YEAR}-{text}")


class Material:
    """The files of a folder such as fixtures/demo. Raises FixtureError for a file that is damaged or names what is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        people = self._read("people.json")
        self.posts: list[dict[str, str]] = people["posts"]
        self.accounts: list[dict[str, str]] = people["accounts"]
        self.roads: dict[str, dict[str, Any]] = self._read("roads.json")
        self.phrases: dict[str, Any] = self._read("phrases.json")
        self.plots = [self._plot(row) for row in self._read("projects.json")]

    def _read(self, file: str) -> Any:
        try:
            return json.loads((self.folder / file).read_text(encoding="utf-8"))
        except OSError as error:
            raise FixtureError(f"无法读取 {self.folder / file}：{error.strerror}。") from None
        except ValueError as error:
            raise FixtureError(f"{self.folder / file} 不是有效的 JSON：{error}。") from None

    def _plot(self, row: dict[str, Any]) -> Plot:
        if unknown := set(row) - _KEYS:
            raise FixtureError(f"projects.json {row.get('code')}：没有键 {'、'.join(sorted(unknown))}。")
        if row.get("road") not in self.roads:
            raise FixtureError(f"projects.json {row.get('code')}：roads.json 中没有“{row.get('road')}”。")
        tuples = {name: tuple(row[name]) for name in ("cooperate", "pace", "events") if name in row}
        steps = tuple(tuple(step) for step in row.get("steps", ()))
        return Plot(**{**row, **tuples, "steps": steps})

    def road(self, plot: Plot, start: date | None) -> list[RoadStep]:
        """Return the steps of a project's road in their order; `start` is the day that a document sets for its beginning.

        Steps that would lie before the ledger's warnings begin, or after the year, are left out.
        """
        begin = day_of(plot.start) if plot.start else start
        found = []
        for kind, name, when in [*self.roads[plot.road]["steps"], *plot.steps]:
            if when.startswith("S"):
                if begin is None:
                    raise ServiceError(f"{plot.code}：节点“{name}”没有可依据的开工日期。")
                on = begin + timedelta(days=int(when[1:] or 0))
            else:
                on = day_of(when)
            if FIRST_DAY + timedelta(days=7) <= on <= date(YEAR, 12, 31):
                found.append(RoadStep(kind, name, on))
        return found
