"""When a responsibility is in force: from its first day to its last, both included; an unknown end is open."""

from collections.abc import Iterable
from datetime import date

from projects.choices import ANSWERING_KINDS, REPORTING_KINDS, REVIEWING_KINDS, ResponsibilityKind

Period = tuple[date | None, date | None]


def in_force(since: date | None, until: date | None, day: date) -> bool:
    """Say whether the period covers the day (querysets.responsibility says the same in SQL)."""
    return (since is None or since <= day) and (until is None or day <= until)


def ended(until: date | None, day: date) -> bool:
    """Say whether a period with this last day is over on the day."""
    return until is not None and until < day


def overlap(one: Period, other: Period) -> bool:
    """Say whether there is a day on which both periods are in force."""
    since = max(one[0] or date.min, other[0] or date.min)
    return since <= min(one[1] or date.max, other[1] or date.max)


def answering_unit(grid: Iterable[tuple[str, int]]) -> int | None:
    """Return the unit that answers for a project: the lead unit, else the next in ANSWERING_KINDS, else None.

    `grid` holds (kind of responsibility, unit) of the rows in force that name the unit itself; of several units of a kind the first.
    """
    return _first(grid, ANSWERING_KINDS)


def reporting_unit(grid: Iterable[tuple[str, int]]) -> int | None:
    """Return the unit that reports a project each month: the undertaking one, else the next in REPORTING_KINDS, else None.

    `grid` holds (kind of responsibility, unit) of the rows in force; of several units of a kind the first.
    """
    return _first(grid, REPORTING_KINDS)


def reviewing_unit(grid: Iterable[tuple[str, int]]) -> int | None:
    """Return the unit that reviews a project's reports: the lead unit, else the next in REVIEWING_KINDS."""
    return _first(grid, REVIEWING_KINDS)


def writing_units(grid: Iterable[tuple[str, int]]) -> set[int]:
    """Return the units that may write a project's reports and updates: all of the kind that reports, and the lead unit."""
    rows = list(grid)
    kind = next((kind for kind in REPORTING_KINDS if any(of == kind for of, _ in rows)), None)
    return {unit for of, unit in rows if of in (kind, ResponsibilityKind.LEAD)}


def _first(grid: Iterable[tuple[str, int]], kinds: Iterable[str]) -> int | None:
    rows = list(grid)
    return next((unit for kind in kinds for of, unit in rows if of == kind), None)
