"""How projects stand under the four colours on a day: each from the schedule row that held then, and how many there are of each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from erqi.common import workdays
from projects.choices import EscalationStep, WarningLevel
from projects.models import WarningPolicy, WarningSchedule
from projects.querysets.ledger_state import read_answering_units, read_badges
from projects.querysets.warning_state import read_last_reports, read_liftings, read_people
from projects.rules.calendar import cutoffs
from projects.rules.colour import Bounds, cutoffs_passed, escalation, level_on, since, turns
from projects.rules.policy import Policy
from projects.rules.warning import Assessment, Thresholds, assess, thresholds

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Version:
    """A version of the warning rules: its key, name, the day from which it is in force, and what it says."""

    key: int
    name: str
    effective_from: date
    policy: Policy


class Versions:
    """The approved versions of the rules: one query for a page. By key, or the one in force on a day."""

    def __init__(self) -> None:
        self._rows = {row.pk: row for row in WarningPolicy.objects.approved()}
        self._read: dict[int, Version] = {}

    def __getitem__(self, key: int) -> Version:
        if key not in self._read:
            row = self._rows[key]
            self._read[key] = Version(key, row.name, row.effective_from, row.policy)
        return self._read[key]

    def in_force(self, day: date) -> Version | None:
        """Return the version in force on the day, None before the first."""
        return next((self[key] for key, row in self._rows.items() if row.effective_from <= day), None)


@dataclass
class Standing:
    """How a project stands on a day under a schedule row: what it shows, since when, why. Nothing is computed before it is asked for.

    The row's own facts are assessed, as they were known then, never today's records.
    """

    row: WarningSchedule
    version: Version
    day: date

    @property
    def policy(self) -> Policy:
        return self.version.policy

    @cached_property
    def bounds(self) -> Bounds:
        return self.row.bounds

    @cached_property
    def thresholds(self) -> Thresholds:
        return self.row.schedule.thresholds

    @cached_property
    def dates(self) -> Thresholds:
        """The thresholds without their causes, which take most of the reading."""
        row = self.row
        return Thresholds(row.green_on, row.blue_on, row.yellow_on, row.red_on)

    @cached_property
    def level(self) -> WarningLevel:
        return level_on(self.dates, self.bounds, self.day)

    @property
    def word(self) -> str:
        return self.policy.label(self.level)

    @cached_property
    def since(self) -> date:
        row = self.row
        return since(self.dates, self.bounds, WarningLevel(row.entered_level), row.entered_on, row.valid_from, self.day)

    @property
    def days(self) -> int:
        """How many days the colour has been shown, the first one included."""
        return (self.day - self.since).days + 1

    @property
    def simulated(self) -> bool:
        return self.row.simulated

    @cached_property
    def assessments(self) -> list[Assessment]:
        """How each thing stands on the day, the worst first; among equals the one that reached the level first."""
        found = assess(self.policy, self.row.known_facts, workdays, self.day)
        cause = self.thresholds.cause(self.level)
        if cause is None:
            return found
        first = (cause.dimension, cause.key, cause.name)
        return sorted(found, key=lambda one: (-one.counts, -one.level, (one.cause.dimension, one.cause.key, one.cause.name) != first))

    @cached_property
    def step(self) -> EscalationStep | None:
        """What the policy proposes after the cut-offs that the colour has outlived."""
        passed = cutoffs_passed(self.since, self.day, cutoffs(self.row.year, workdays.is_workday))
        return escalation(self.policy, self.level, passed)

    @cached_property
    def ahead(self) -> list[tuple[date, WarningLevel, WarningLevel]]:
        """What turns by itself until the year's end, while nothing is recorded and these rules are in force."""
        return turns(self.dates, self.bounds, self.day, date(self.row.year, 12, 31))


def turned_by_rules(before: WarningSchedule, row: WarningSchedule, policy: Policy) -> bool:
    """Say whether a row began with another colour than the one before (of rules `policy`) because the rules changed: by the earlier
    rules, what was known from its first day on would have given another level than it has."""
    day = row.valid_from
    level = row.level_on(day)
    if before.policy_id == row.policy_id or before.level_on(day - ONE_DAY) == level:
        return False
    dates = before.dates if before.facts == row.facts else thresholds(policy, row.known_facts, workdays)
    return level_on(dates, row.bounds, day) != level


def read_standings(records: Iterable[Any], versions: Versions, day: date, *, plain: bool = False) -> None:
    """Set `standing` (None without a schedule) on records that carry `schedule_key`: one query. `plain` leaves facts and causes
    unread, where nobody asks why."""
    records = list(records)
    keys = [record.schedule_key for record in records if record.schedule_key is not None]
    schedules = WarningSchedule.objects.order_by()  # a dictionary has no order, and that of schedules needs their projects
    rows = (schedules.defer("facts", "causes") if plain else schedules).in_bulk(keys)
    for record in records:
        row = rows.get(record.schedule_key)
        record.standing = Standing(row, versions[row.policy_id], day) if row is not None else None


def read_circumstances(records: Sequence[Any], year: int, day: date) -> None:
    """Set who answers (unit, 具体责任人, 分包领导), the last report, the open lifting and the words beside the colour on records: four
    queries, and those of the words."""
    read_answering_units(records, day)
    read_people(records, day)
    read_last_reports(records, year, day)
    read_liftings(records, year, day)
    read_badges(records, day)


@dataclass(frozen=True)
class Overview:
    """How many projects of each level each group has, and of each level so many keys of entries: key → (level, schedule)."""

    counts: dict[Any, Counter[WarningLevel]]
    picked: dict[int, tuple[WarningLevel, int | None]]

    @property
    def totals(self) -> Counter[WarningLevel]:
        """The counts of all groups together."""
        total: Counter[WarningLevel] = Counter()
        for counted in self.counts.values():
            total += counted
        return total


def overview(rows: QuerySet, group: str, whole: int, first: int) -> Overview:
    """Return the overview of rows of `for_warnings`, grouped by a column: one query. Of a level that has up to `whole` projects all keys
    are picked, of a longer one the first ones."""
    found = list(rows.values_list("pk", "level", "schedule_key", group))
    counts: dict[Any, Counter[WarningLevel]] = {}
    for (key, number), counted in Counter((row[3], row[1]) for row in found).items():
        counts.setdefault(key, Counter())[WarningLevel(number)] = counted
    of_level = Counter(row[1] for row in found)
    left = {number: counted if counted <= whole else first for number, counted in of_level.items()}
    picked: dict[int, tuple[WarningLevel, int | None]] = {}
    for pk, number, schedule, _ in found:
        if left[number]:
            left[number] -= 1
            picked[pk] = (WarningLevel(number), schedule)
    return Overview(counts, picked)
