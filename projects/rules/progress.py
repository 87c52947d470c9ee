"""Planned progress (序时进度) by the three computations of domain.md §1.5, and what the reported figure is against it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from projects.choices import Basis, Curve

HUNDRED = Decimal(100)
MONTHS = 12


def days_in_year(year: int) -> int:
    """Return 365 or 366."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def passed(curve: Curve, year: int, month: int, cutoff_on: date) -> tuple[int, int] | None:
    """Return how many of the year's days or months have passed at a month's cut-off, and how many it has."""
    if curve == Curve.LINEAR_DAYS:
        return (cutoff_on - date(year, 1, 1)).days + 1, days_in_year(year)
    return (month, MONTHS) if curve == Curve.LINEAR_MONTHS else None


def time_share(curve: Curve, year: int, month: int, cutoff_on: date) -> Decimal | None:
    """Return the share of the year (0 to 1) that has passed at a month's cut-off; None for the curve of a monthly plan.

    By days: the cut-off's day of the year over the year's days; by months: n of 12.
    """
    found = passed(curve, year, month, cutoff_on)
    return None if found is None else Decimal(found[0]) / found[1]


def planned(curve: Curve, plan: Sequence[Decimal] | None, annual: Decimal | None, year: int, month: int, cutoff_on: date) -> Decimal | None:
    """Return what is planned to be invested from January to a month's cut-off (万元), or None where there is no plan to go by.

    `plan` holds the twelve cumulative amounts of the monthly plan, `annual` the year's amount, which the linear curves need; without
    it the plan's December stands in.
    """
    if curve == Curve.MONTHLY_PLAN:
        return plan[month - 1] if plan is not None else None
    whole = annual if annual is not None else (plan[-1] if plan is not None else None)
    share = passed(curve, year, month, cutoff_on)
    if whole is None or share is None:
        return None
    # Multiplied first: a share such as 5/12 has no end, and what is exactly in time must not fall a hair behind.
    return whole * share[0] / share[1]


def measured(basis: Basis, done: Decimal, due: Decimal, annual: Decimal | None) -> Decimal | None:
    """Return the figure that the bands judge, exactly: done in percent of the plan to date, or points of the year's plan behind it.

    None where nothing is planned to date (a rate of nothing is no rate), or the year's plan is unknown on the gap basis.
    """
    if due <= 0:
        return None
    if basis == Basis.RATIO:
        return done / due * HUNDRED
    return None if not annual else (due - done) / annual * HUNDRED


def is_growing(plan: Sequence[Decimal]) -> bool:
    """Say whether the twelve cumulative amounts never fall, as cumulative amounts must."""
    return len(plan) == MONTHS and all(one <= other for one, other in zip(plan, plan[1:], strict=False)) and plan[0] >= 0
