"""When a responsibility is in force: from its first day to its last, both included; an unknown end is open."""

from datetime import date

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
