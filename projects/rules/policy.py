"""A warning policy: bands of figures that give a colour, dimension by dimension (domain.md §1.3, §1.5, §1.6).

A band covers a part of a dimension's line of figures: days late (D1, D4), percent of the plan or points behind it (D2), month-ends
passed since the planned month began (D3), working days late (D5, D6; before the due day also D4). Bands cover the line without gap
or overlap and grow worse in one direction; otherwise a colour could improve by waiting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cached_property
from typing import Any

from projects.choices import LEVELS, Basis, Curve, Dimension, EscalationStep, Family, WarningLevel

# What a policy's other figures may be: from, to. A hold or a level set by hand never lasts for ever (domain.md §1.6, §1.8).
LIMITS: dict[str, tuple[int, int]] = {
    "min_eval_month": (1, 12),
    "observation_cycles": (0, 6),
    "manual_max_days": (1, 366),
    "hold_max_days": (1, 366),
}
MOST_CYCLES = 24


class BandFault(Enum):
    """What can be wrong with a dimension's bands."""

    NONE = "none"  # no band at all
    EMPTY = "empty"  # a band that covers nothing
    GAP = "gap"  # a figure that no band covers
    OVERLAP = "overlap"  # a figure that two bands cover
    TWICE = "twice"  # a level named twice
    ORDER = "order"  # levels that do not grow worse in one direction


@dataclass(frozen=True)
class Band:
    """The figures that give a level: from `low` to `high` (None: without end), each end included or not."""

    level: WarningLevel
    low: Decimal | None
    high: Decimal | None
    low_in: bool = True
    high_in: bool = False

    def covers(self, value: Decimal) -> bool:
        """Say whether the figure lies in the band."""
        above = self.low is None or value > self.low or (self.low_in and value == self.low)
        below = self.high is None or value < self.high or (self.high_in and value == self.high)
        return above and below


@dataclass(frozen=True)
class Fault:
    """A fault of a dimension's bands: which, at which figure (a gap: from `at` to `until`), between which levels."""

    dimension: Dimension
    kind: BandFault
    at: Decimal | None = None
    first: WarningLevel | None = None
    second: WarningLevel | None = None
    until: Decimal | None = None


@dataclass(frozen=True)
class Rule:
    """How one dimension is judged. A dimension that does not count is shown beside the colour, but never makes it."""

    bands: tuple[Band, ...]
    counts: bool = True

    def level(self, value: Decimal) -> WarningLevel:
        """Return the level of a figure; raise ValueError for one that no band covers (`faults` finds that before)."""
        for band in self.bands:
            if band.covers(value):
                return band.level
        raise ValueError(f"no band covers {value}")

    @cached_property
    def starts(self) -> tuple[tuple[WarningLevel, int | None], ...]:
        """With which whole number each level that the rule knows is reached, or a worse one; None: from the beginning.

        On a line where more is worse. Worked out once for all projects that the rule judges.
        """
        found: list[tuple[WarningLevel, int | None]] = []
        for level in LEVELS:
            try:
                number = self.first_whole(level)
            except ValueError:
                found.append((level, None))
                continue
            if number is not None:
                found.append((level, number))
        return tuple(found)

    def first_whole(self, level: WarningLevel) -> int | None:
        """Return the least whole number whose level is this one or worse, on a line where more is worse; None if there is none.

        Raises ValueError where already the smallest figures have the level (then it holds from the beginning).
        """
        grave = [band for band in self.bands if band.level >= level]
        if not grave:
            return None
        if any(band.low is None for band in grave):
            raise ValueError("the level holds from the beginning")
        band = min(grave, key=lambda one: (one.low, not one.low_in))
        low = band.low
        assert low is not None  # noqa: S101
        whole = int(low.to_integral_value(rounding="ROUND_CEILING"))
        return whole if band.low_in or whole != low else whole + 1


@dataclass(frozen=True)
class Escalation:
    """After so many cut-offs in a level without break, this step is proposed (domain.md §1.7)."""

    level: WarningLevel
    times: int
    step: EscalationStep


@dataclass(frozen=True)
class Policy:
    """All that a colour depends on besides facts."""

    family: Family
    basis: Basis
    curve: Curve
    min_eval_month: int
    rules: Mapping[Dimension, Rule]
    labels: Mapping[WarningLevel, str]
    observation_cycles: int = 1
    manual_max_days: int = 30
    hold_max_days: int = 92
    escalations: tuple[Escalation, ...] = field(default=())

    def rule(self, dimension: Dimension) -> Rule | None:
        """Return the rule of a dimension that counts, or None."""
        rule = self.rules.get(dimension)
        return rule if rule is not None and rule.counts else None

    def label(self, level: WarningLevel) -> str:
        """Return what the level is called under this policy."""
        return self.labels.get(level, str(level.label))


def descending(dimension: Dimension, basis: Basis) -> bool:
    """Say whether smaller figures are worse on the dimension's line: only for the percentage of the plan that is done."""
    return dimension == Dimension.INVESTMENT and basis == Basis.RATIO


def faults(policy: Policy) -> list[Fault]:
    """Return what is wrong with the bands of the policy's dimensions, in their order; an empty list for a sound policy."""
    found: list[Fault] = []
    for dimension, rule in sorted(policy.rules.items()):
        found += band_faults(dimension, rule.bands, descending(dimension, policy.basis))
    return found


def band_faults(dimension: Dimension, bands: Iterable[Band], down: bool = False) -> list[Fault]:
    """Return the faults of one dimension's bands; `down` where smaller figures are worse."""
    bands = list(bands)
    if not bands:
        return [Fault(dimension, BandFault.NONE)]
    found = [Fault(dimension, BandFault.EMPTY, band.low, band.level) for band in bands if _empty(band)]
    levels = [band.level for band in bands]
    found += [Fault(dimension, BandFault.TWICE, None, level) for level in sorted(set(levels)) if levels.count(level) > 1]
    if found:
        return found
    line = sorted(bands, key=lambda band: (band.low is not None, band.low or Decimal(0), not band.low_in))
    if line[0].low is not None:
        found.append(Fault(dimension, BandFault.GAP, line[0].low, None, line[0].level))
    # Not simply the neighbour: behind a band that lies within another one the line is covered as far as the larger one reaches.
    furthest = line[0]
    for band in line[1:]:
        found += _between(dimension, furthest, band)
        furthest = max(furthest, band, key=lambda one: (one.high is None, one.high or Decimal(0), one.high_in))
    if furthest.high is not None:
        found.append(Fault(dimension, BandFault.GAP, furthest.high, furthest.level, None))
    order = [band.level for band in line]
    if order != sorted(order, reverse=down):
        found.append(Fault(dimension, BandFault.ORDER))
    return found


def _empty(band: Band) -> bool:
    if band.low is None or band.high is None:
        return False
    return band.low > band.high or (band.low == band.high and not (band.low_in and band.high_in))


def _between(dimension: Dimension, one: Band, other: Band) -> list[Fault]:
    """Return the fault between two neighbours on the line, if any."""
    if one.high is None or other.low is None or one.high > other.low:
        return [Fault(dimension, BandFault.OVERLAP, other.low, one.level, other.level)]
    if one.high < other.low:
        return [Fault(dimension, BandFault.GAP, one.high, one.level, other.level, other.low)]
    if one.high_in and other.low_in:
        return [Fault(dimension, BandFault.OVERLAP, one.high, one.level, other.level)]
    if not one.high_in and not other.low_in:
        return [Fault(dimension, BandFault.GAP, one.high, one.level, other.level)]
    return []


def to_data(policy: Policy) -> dict[str, Any]:
    """Return the policy as plain data for the database (numbers as texts, so that nothing is rounded)."""
    return {
        "family": str(policy.family),
        "basis": str(policy.basis),
        "curve": str(policy.curve),
        "min_eval_month": policy.min_eval_month,
        "observation_cycles": policy.observation_cycles,
        "manual_max_days": policy.manual_max_days,
        "hold_max_days": policy.hold_max_days,
        "labels": {level.code: policy.labels[level] for level in policy.labels},
        "rules": {
            str(dimension): {"counts": rule.counts, "bands": [_band_data(band) for band in rule.bands]}
            for dimension, rule in policy.rules.items()
        },
        "escalations": [{"level": item.level.code, "times": item.times, "step": str(item.step)} for item in policy.escalations],
    }


def _band_data(band: Band) -> dict[str, Any]:
    return {
        "level": band.level.code,
        "low": None if band.low is None else str(band.low),
        "high": None if band.high is None else str(band.high),
        "low_in": band.low_in,
        "high_in": band.high_in,
    }


def from_data(data: Mapping[str, Any]) -> Policy:
    """Return the policy of plain data; raise ValueError when it is malformed. `faults` says whether it is sound."""
    try:
        return Policy(
            family=Family(data["family"]),
            basis=Basis(data["basis"]),
            curve=Curve(data["curve"]),
            min_eval_month=int(data["min_eval_month"]),
            observation_cycles=int(data["observation_cycles"]),
            manual_max_days=int(data["manual_max_days"]),
            hold_max_days=int(data["hold_max_days"]),
            labels={level_of(code): str(label) for code, label in data["labels"].items()},
            rules={
                Dimension(code): Rule(tuple(_band(band) for band in rule["bands"]), bool(rule["counts"]))
                for code, rule in data["rules"].items()
            },
            escalations=tuple(
                Escalation(level_of(item["level"]), int(item["times"]), EscalationStep(item["step"])) for item in data["escalations"]
            ),
        )
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ValueError(f"malformed policy: {error}") from error


def _band(data: Mapping[str, Any]) -> Band:
    return Band(level_of(data["level"]), _edge(data["low"]), _edge(data["high"]), bool(data["low_in"]), bool(data["high_in"]))


def _edge(value: Any) -> Decimal | None:
    if value is None:
        return None
    edge = Decimal(value)
    if not edge.is_finite():
        raise ValueError(f"a band ends at a figure or not at all, not at {value}")
    return edge


def level_of(code: str) -> WarningLevel:
    """Return the level of a code such as "yellow"; raise ValueError for another word."""
    for level in LEVELS:
        if level.code == code:
            return level
    raise ValueError(f"no level is called {code!r}")
