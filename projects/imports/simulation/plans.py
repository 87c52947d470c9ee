"""The year's investment, invented: each project's share of the documented 480亿元, and how it grows from month to month."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from projects.imports.simulation.material import Plot

# 万元. The documents say “480亿元以上” for the district and nothing of its parts but the 38亿元 of the roads.
WHOLE_YEAR = Decimal(4_810_000)
# By curve: after which month investing begins, and with which it ends.
CURVES = {"steady": (0, 12), "finish": (0, 10), "spring": (2, 12), "summer": (5, 12), "autumn": (8, 12)}
_HUNDRED = Decimal(100)


def annual_amounts(plots: Iterable[Plot], documented: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return each project's own amount of the year in 万元 by code: what a document says, else its share of the rest by `amount`.

    A bundle's own amount is what it has besides the parts that the ledger lists by name; its plan adds theirs.
    """
    shares = {plot.code: Decimal(str(plot.amount)) for plot in plots if plot.amount and plot.code not in documented}
    unit = (WHOLE_YEAR - sum(documented.values())) / sum(shares.values())
    found = dict(documented)
    for code, share in shares.items():
        amount = share * unit
        # Round figures, as people plan: to 100万元 from 1亿元 on, else to 10万元.
        step = _HUNDRED if amount >= 10_000 else Decimal(10)
        found[code] = (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return found


def fraction(curve: str, month: int) -> float:
    """Return the part of the year's amount that is planned by the end of a month: slow, then fast, then slow (an S)."""
    begin, end = CURVES[curve]
    passed = min(max((month - begin) / (end - begin), 0), 1)
    return 0.5 * passed + 0.5 * (3 * passed**2 - 2 * passed**3)


def cumulative(curve: str, amount: Decimal) -> list[Decimal]:
    """Return the twelve cumulative amounts of a plan in 万元."""
    return [(amount * Decimal(str(fraction(curve, month)))).quantize(Decimal(1), ROUND_HALF_UP) for month in range(1, 13)]


def paces(plot: Plot) -> list[float]:
    """Return what is reached of the plan to date from March to September: as the story says, else a little more than planned."""
    if plot.pace:
        return list(plot.pace)
    lead = plot.random.uniform(0.01, 0.06)
    return [1 + lead * plot.random.uniform(0.2, 1.2) for _ in range(7)]


def reached(plan: Decimal, pace: float) -> Decimal:
    """Return what is reported as invested, in whole 万元."""
    return (plan * Decimal(str(round(pace, 4)))).quantize(Decimal(1), ROUND_CEILING)
