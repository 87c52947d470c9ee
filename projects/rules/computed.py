"""How a target is computed from the ledger (choices.Computed): which entries count, what is taken of them, and when the ledger cannot say.

The entries of one method are those that a filtered ledger list shows; what is taken is the list's count or one of its sums.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from projects.choices import Computed, MilestoneKind


class Takes(StrEnum):
    """What of the entries makes the result."""

    COUNT = "count"
    TOTAL = "total"  # total investment, 万元
    QUANTITY = "quantity"  # in the projects' own unit
    DONE = "done"  # invested since January, 万元


@dataclass(frozen=True)
class Method:
    """The milestones of which one was done in the year (none: every entry of the ledger), and what is taken of those entries."""

    takes: Takes
    kinds: tuple[MilestoneKind, ...] = ()

    @property
    def is_stock(self) -> bool:
        """Whether it says what the ledger holds and not what was done in the year: no share of the year to compare with."""
        return not self.kinds and self.takes != Takes.DONE


STARTED = (MilestoneKind.START,)
# 竣工投产: completed, in production or in use.
COMPLETED = (MilestoneKind.COMPLETION, MilestoneKind.PRODUCTION, MilestoneKind.SERVICE)
RESETTLED = (MilestoneKind.RESETTLEMENT,)

METHODS = {
    Computed.LISTED: Method(Takes.COUNT),
    Computed.TOTAL: Method(Takes.TOTAL),
    Computed.STARTED: Method(Takes.COUNT, STARTED),
    Computed.STARTED_INVESTMENT: Method(Takes.TOTAL, STARTED),
    Computed.STARTED_QUANTITY: Method(Takes.QUANTITY, STARTED),
    Computed.COMPLETED: Method(Takes.COUNT, COMPLETED),
    Computed.COMPLETED_QUANTITY: Method(Takes.QUANTITY, COMPLETED),
    Computed.RESETTLED: Method(Takes.COUNT, RESETTLED),
    Computed.RESETTLED_QUANTITY: Method(Takes.QUANTITY, RESETTLED),
    Computed.INVESTED: Method(Takes.DONE),
}

# How many 万元 an amount's unit is.
MONEY_UNITS = {"亿元": Decimal(10000), "万元": Decimal(1)}
MYRIAD = "万"


def unit_fits(computed: str, unit: str) -> bool:
    """Say whether a target's unit can carry the result: amounts of money are given in 亿元 or 万元, anything else is not."""
    money = METHODS[Computed(computed)].takes in (Takes.TOTAL, Takes.DONE)
    return (unit in MONEY_UNITS) == money


def in_unit(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Return a quantity in another unit, which differs at most by 万 (10000个 = 1万个); None where they are no such pair."""
    if unit == wanted:
        return value
    if wanted == MYRIAD + unit:
        return value / 10000
    return value * 10000 if unit == MYRIAD + wanted else None


class Gap(StrEnum):
    """Why the ledger cannot say what was reached."""

    NO_LEDGER = "no_ledger"  # the year has no district ledger
    NOT_LISTED = "not_listed"  # it holds none of the entries asked for
    UNTRACKED = "untracked"  # nobody has recorded anything in it yet: nothing done is then not known to be nothing
    NO_MILESTONE = "no_milestone"  # its entries have no milestone of the kind
    NO_AMOUNT = "no_amount"  # none of the entries has an amount
    NO_QUANTITY = "no_quantity"  # none of the entries has a quantity
    OTHER_UNIT = "other_unit"  # the quantities are in another unit than the target, or in several


@dataclass(frozen=True)
class Entries:
    """What a list of ledger entries adds up to: its rows, those that a bundle in it holds already, bundles with the number of their
    projects, sums by column (None: no entry has the figure), and how many entries outside of bundles lack the figure. `unit` is that of
    the quantities, None for several."""

    rows: int = 0
    inside: int = 0
    projects: int = 0
    sums: Mapping[str, Decimal | None] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    unit: str | None = ""
    simulated: bool = False

    @property
    def bundled(self) -> int:
        """The entries, each bundle with its listed parts as one (打捆为)."""
        return self.rows - self.inside


@dataclass(frozen=True)
class Computation:
    """The result in the target's unit, or why there is none. `partial`: some entries have no figure, so that it is at least this."""

    value: Decimal | None
    gap: Gap | None = None
    partial: bool = False


def compute(method: Method, entries: Entries, unit: str, *, by_parts: bool) -> Computation:
    """Return what the entries of a method amount to, in the target's unit.

    A count takes a bundle as one, or (`by_parts`, for a target about one bundle) with the number of projects it stands for.
    """
    if method.takes == Takes.COUNT:
        return Computation(Decimal(entries.projects if by_parts else entries.bundled))
    if method.kinds and not entries.rows:
        return Computation(Decimal(0))
    found, partial = entries.sums.get(method.takes), bool(entries.missing.get(method.takes, 0))
    if method.takes != Takes.QUANTITY:
        # Who has not reported yet is waited for; a project without a total investment is a hole in the sum.
        partial = partial and method.takes == Takes.TOTAL
        return Computation(None, Gap.NO_AMOUNT) if found is None else Computation(found / MONEY_UNITS[unit], partial=partial)
    if found is None:
        return Computation(None, Gap.NO_QUANTITY)
    converted = None if entries.unit is None else in_unit(found, entries.unit, unit)
    return Computation(None, Gap.OTHER_UNIT) if converted is None else Computation(converted, partial=partial)


def unknown_because(method: Method, *, listed: int, done: int, planned: int, tracked: bool) -> Gap | None:
    """Return why nothing can be computed: `listed` entries in question, `done` of them achieved, `planned` with a milestone of the kinds
    in the year; `tracked` whether anything had been recorded in the ledger by the day. None where it can."""
    if not listed:
        return Gap.NOT_LISTED
    if method.kinds and not done:
        if not tracked:
            return Gap.UNTRACKED
        if not planned:
            return Gap.NO_MILESTONE
    return None
