"""Working days as the State Council sets them: holidays, and the Saturdays and Sundays that are worked in exchange.

The library knows the years for which the arrangements were published when it was released. Outside them every Monday to
Friday counts, and pages that show such a day say so (`is_certain`): it may move once the arrangement is known.
"""

from datetime import date, timedelta
from functools import cache

import chinese_calendar

_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def known_years() -> tuple[int, int]:
    """Return the first and the last year whose holidays are known."""
    years = {day.year for day in chinese_calendar.holidays}
    return min(years), max(years)


def is_certain(day: date) -> bool:
    """Say whether the year's holidays are known; otherwise its working days are Monday to Friday, for the time being."""
    first, last = known_years()
    return first <= day.year <= last


@cache
def is_workday(day: date) -> bool:
    """Say whether people work on the day."""
    return bool(chinese_calendar.is_workday(day)) if is_certain(day) else day.weekday() < _SATURDAY


def next_workday(day: date) -> date:
    """Return the day itself when people work on it, else the first working day after it."""
    while not is_workday(day):
        day += _DAY
    return day


def add_workdays(day: date, n: int) -> date:
    """Return the n-th working day after the day, before it for a negative n; the day itself is not counted.

    Without any (n = 0) it is the day itself, worked or not.
    """
    step = _DAY if n > 0 else -_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def workdays_between(first: date, last: date) -> int:
    """Return how many working days come after `first`, up to and including `last`; negative when `last` is the earlier one.

    So it is 0 on the day a deadline ends, and 1 on the first working day after it.
    """
    if last < first:
        return -workdays_between(last, first)
    return sum(is_workday(first + number * _DAY) for number in range(1, (last - first).days + 1))
