"""The month's reporting calendar (domain.md §3.4): opens on the 20th, due on the 25th (20 December), locked at the month's end."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

CUTOFF_DAY = 25
DECEMBER_CUTOFF_DAY = 20
# The system opens the month five days before its cut-off and reminds two days before it.
OPENS_BEFORE = 5
REMINDS_BEFORE = 2
# Before the month's data exist, nothing can be reviewed: two days after the cut-off.
REVIEW_AFTER = 2

IsWorkday = Callable[[date], bool]


@dataclass(frozen=True)
class MonthDates:
    """The days of a reporting month, all included in what they end."""

    opens_on: date
    reminds_on: date
    due_on: date
    review_by: date
    locks_on: date


def nominal_cutoff(year: int, month: int) -> date:
    """Return the 25th of the month, the 20th of December."""
    return date(year, month, DECEMBER_CUTOFF_DAY if month == 12 else CUTOFF_DAY)


def cutoff(year: int, month: int, is_workday: IsWorkday) -> date:
    """Return the day by which the month is reported: the nominal cut-off, or the first working day after it.

    Where the working days resume only in the next month (a Spring Festival at the end of January), the last working day before.
    """
    nominal = nominal_cutoff(year, month)
    day = nominal
    while not is_workday(day):
        day += timedelta(days=1)
    if day.month == month:
        return day
    day = nominal
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def cutoffs(year: int, is_workday: IsWorkday) -> tuple[date, ...]:
    """Return the twelve cut-off days of a year: the same for all projects."""
    return tuple(cutoff(year, month, is_workday) for month in range(1, 13))


def data_month(year: int, day: date, is_workday: IsWorkday) -> int:
    """Return the month to whose end the year's figures are asked for on a day: the last one whose cut-off has passed, 0 before the
    first. From the day after its cut-off on a month's plan is due (domain.md §1.6, D2)."""
    return sum(end < day for end in cutoffs(year, is_workday))


def month_dates(year: int, month: int, is_workday: IsWorkday) -> MonthDates:
    """Return the month's days by the rule; the office may set others (services.period)."""
    nominal, due_on = nominal_cutoff(year, month), cutoff(year, month, is_workday)
    locks_on = date(year, month, monthrange(year, month)[1])
    return MonthDates(
        opens_on=nominal - timedelta(days=OPENS_BEFORE),
        reminds_on=nominal - timedelta(days=REMINDS_BEFORE),
        due_on=due_on,
        review_by=min(due_on + timedelta(days=REVIEW_AFTER), locks_on),
        locks_on=max(locks_on, due_on),
    )
