"""What the wall chart shows: the filtered ledger in groups with counts by colour, and the road of each project that is drawn."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from erqi.common.filters import tree_options
from projects.choices import WarningLevel
from projects.models import Area, Category, Unit
from projects.querysets.wall import read_roads
from projects.rules.milestone import MilestoneState
from projects.rules.policy import Policy
from projects.rules.wall import Step
from projects.rules.warning import MilestoneFact, assess_milestone

# Levels under which nothing is due: milestones then have no colour of their own.
NEUTRAL = (None, WarningLevel.PAUSED, WarningLevel.DONE)


class Place(NamedTuple):
    """Where a group stands among the others, what it is called, and what a filter calls it ("" where no filter names exactly it)."""

    order: int
    label: str
    code: str


def _units() -> dict[int | None, Place]:
    rows = Unit.objects.order_by("sort_key", "pk").values_list("pk", "short_name", "name")
    return {pk: Place(order, short_name or name, str(pk)) for order, (pk, short_name, name) in enumerate(rows)}


def _tree(model: type[Category] | type[Area]) -> dict[int | None, Place]:
    """Return the places of a tree, parts after their whole and called with it."""
    rows = {pk: (code, name, parent) for pk, code, name, parent in model.objects.values_list("pk", "code", "name", "parent")}
    wholes = {parent for _, _, parent in rows.values()}
    options, _ = tree_options((pk, *row) for pk, row in rows.items())
    order = {option.value: place for place, option in enumerate(options)}
    return {
        pk: Place(order[code], f"{rows[parent][1]} · {name}" if parent in rows else name, "" if pk in wholes else code)
        for pk, (code, name, parent) in rows.items()
    }


@dataclass(frozen=True)
class Grouping:
    """A way to group the wall: its name, the column of the entries, what those without are called and under which filter they are
    found, and the function that gives the groups their places."""

    label: str
    column: str
    nobody: str
    blank: str
    places: Callable[[], dict[int | None, Place]]


GROUPINGS = {
    "unit": Grouping("责任单位", "answering_id", "责任单位未明确", "answering", _units),
    "category": Grouping("类别", "project__category", "未分类", "category", lambda: _tree(Category)),
    "area": Grouping("片区", "project__area", "未定片区", "area", lambda: _tree(Area)),
}


@dataclass(frozen=True)
class Group:
    """The projects of a unit, category or area: its key (None: those that have none), entries (keys) in their order, counts by colour.

    `levels` leaves out what had left the ledger by the day.
    """

    key: int | None
    entries: list[int]
    levels: Counter[WarningLevel]


@dataclass(frozen=True)
class Outline:
    """The filtered ledger in its groups, in the order of the wall."""

    groups: tuple[Group, ...]

    @property
    def keys(self) -> list[int]:
        """The entries (keys) in the order of the wall."""
        return [key for group in self.groups for key in group.entries]

    def parts(self, start: int, end: int) -> list[tuple[Group, int, int]]:
        """Return the groups that lie between two places of `keys`, each with the first and the last of its entries there (end excluded)."""
        found, first = [], 0
        for group in self.groups:
            last = first + len(group.entries)
            if first < end and last > start:
                found.append((group, max(start - first, 0), min(end, last) - first))
            first = last
        return found

    @property
    def levels(self) -> Counter[WarningLevel]:
        """How many projects each colour has."""
        total: Counter[WarningLevel] = Counter()
        for group in self.groups:
            total += group.levels
        return total


def outline(rows: QuerySet, grouping: Grouping, places: Mapping[int | None, Place], day: date, *, coloured: bool) -> Outline:
    """Return ordered ledger entries in groups, those without one last: one query. `coloured` says whether the rows carry `level`."""
    found: dict[int | None, tuple[list[int], Counter[int]]] = {}
    columns = ("pk", grouping.column, "delisted_on", *(("level",) if coloured else ()))
    for pk, key, delisted_on, *level in rows.values_list(*columns):
        group = found.get(key)
        if group is None:
            group = found[key] = ([], Counter())
        group[0].append(pk)
        if level and (delisted_on is None or delisted_on > day):
            group[1][level[0]] += 1
    last = len(places)
    groups = [
        Group(key, entries, Counter({WarningLevel(level): number for level, number in levels.items()}))
        for key, (entries, levels) in found.items()
    ]
    return Outline(tuple(sorted(groups, key=lambda group: places[group.key].order if group.key in places else last)))


def read_wall(records: Sequence[Any], year: int, day: date, policy: Policy | None, *, past: bool) -> None:
    """Set `road` and `step_levels` (WarningLevel or None by milestone) on records that carry `level`; queries as `read_roads`.

    `policy` are the rules in force on the day; None where the ledger has no colours then.
    """
    read_roads(records, year, day, past=past)
    for record in records:
        # Without a schedule of its own a project has no colour, whatever the rules say.
        known = policy if record.level not in NEUTRAL and record.level_since is not None else None
        record.step_levels = {step.key: step_level(step, known, day) for step in record.road.steps}


def step_level(step: Step, policy: Policy | None, day: date) -> WarningLevel | None:
    """Return the level that the rules give a milestone on the day; None where they give none."""
    if policy is None:
        return None
    if step.is_done:
        return WarningLevel.GREEN
    since = step.asked.since if step.asked else None
    found = assess_milestone(policy, MilestoneFact(step.key, step.kind, step.name, step.due_on, False, since), day)
    return found.level if found is not None else None


def count_steps(records: Iterable[Any]) -> Counter[MilestoneState]:
    """Return how many milestones of the records' roads are done, late, open and without a date."""
    return Counter(step.state for record in records for step in record.road.steps)
