"""What other warning rules would do to today's colours: computed on the live ledger, nothing is written (design.md §2.2)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from erqi.common import workdays
from erqi.common.dates import clamp_to_year
from erqi.common.errors import ServiceError
from projects.choices import WarningLevel
from projects.rules.colour import level_on
from projects.rules.policy import Policy, faults
from projects.rules.warning import assess, thresholds
from projects.sentences.policy import fault_sentence
from projects.sentences.warning import reason_words
from projects.services.facts import known_facts, warned_entries
from projects.services.schedule import BATCH, current_rows, warned_years

Turn = tuple[WarningLevel, WarningLevel]
# So many projects are named; beyond it they are counted only.
LISTED = 500


@dataclass(frozen=True)
class Turned:
    """A project that would change its colour: from what to what, and why it would have the new one."""

    year: int
    code: str
    name: str
    before: WarningLevel
    after: WarningLevel
    reason: str
    simulated: bool = False


@dataclass
class Simulation:
    """The colours of the day under the rules in force and under others: how many turn from what to what, and which projects."""

    on: date
    counts: Counter[Turn] = field(default_factory=Counter)
    turned: list[Turned] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def changed(self) -> int:
        """How many projects would turn."""
        return sum(number for (before, after), number in self.counts.items() if before != after)

    @property
    def aside(self) -> int:
        """How many are paused or closed, and stay so."""
        return sum(self.counts[level, level] for level in (WarningLevel.PAUSED, WarningLevel.DONE))

    @property
    def worse(self) -> int:
        """How many would turn to a worse level, or get one at all."""
        return sum(number for (before, after), number in self.counts.items() if after > before)


def simulate(policy: Policy, on: date, *, only: Turn | None = None, listed: int = LISTED, size: int = BATCH) -> Simulation:
    """Return what the rules would make of the colours of the day, for all projects that have colours this year or later.

    Each project's bounds (holds, floors, levels set by hand, 销号) stay as they are. Up to `listed` projects that turn are named, with
    `only` those that turn from and to these levels. A constant number of queries for every `size` projects. Raises ServiceError for
    rules whose bands are faulty.
    """
    if sentences := [fault_sentence(policy, fault) for fault in faults(policy)]:
        raise ServiceError("区间有误，不能测算：" + "".join(sentences))
    found = Simulation(on)
    for year in warned_years(on):
        if year >= on.year:
            _simulate_year(found, policy, year, only, listed, size)
    return found


def _simulate_year(found: Simulation, policy: Policy, year: int, only: Turn | None, listed: int, size: int) -> None:
    # A coming year's ledger is read on its first day.
    day = clamp_to_year(found.on, year)
    entries = warned_entries(year, found.on).listed(day).order_by("pk")
    last = 0
    while batch := list(entries.filter(pk__gt=last).values_list("pk", "project_id", "project__code", "project__name")[:size]):
        last = batch[-1][0]
        keys = [key for _, key, _, _ in batch]
        known, rows = known_facts(keys, year, found.on), current_rows(keys, year, day)
        for _, key, code, name in batch:
            facts, row = known[key], rows.get(key)
            before = row.level_on(day) if row is not None else WarningLevel.UNRATED
            bounds = row.bounds if row is not None else facts.bounds
            after = level_on(thresholds(policy, facts.facts, workdays), bounds, day)
            found.counts[before, after] += 1
            if before != after and only in (None, (before, after)) and len(found.turned) < listed:
                reason = "没有可以评价的节点时限或投资计划"
                if after != WarningLevel.UNRATED:
                    reason = reason_words(after, policy, assess(policy, facts.facts, workdays, day), bounds, day)
                found.turned.append(Turned(year, code, name, before, after, reason, facts.simulated))
