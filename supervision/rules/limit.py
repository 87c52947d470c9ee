"""What all limits have in common: from which day on one counts as late, and where it moves while its clock stands still.

What is to be answered within working days (a notice, a leader's question, a finding, the office's own step: domain.md §1.7, §5.3) is late
from the next working day on, on every page. What gives a colour by days (domain.md §1.6: D1, as which items and their steps are looked
at; D4, the problems) is late from the day after, as its colour says.
"""

from datetime import date, timedelta
from typing import Protocol


class WorkCalendar(Protocol):
    """What the rules ask of the calendar of working days (erqi.common.workdays)."""

    def add_workdays(self, day: date, n: int) -> date: ...

    def workdays_between(self, first: date, last: date) -> int: ...


def late_before(day: date, calendar: WorkCalendar) -> date:
    """Return the last working day up to the day: a limit in working days before it is late, one on it or on the days off after it is not.
    The days off that follow such a limit count for nothing, on every page, in every figure."""
    return calendar.add_workdays(day + timedelta(days=1), -1)


def is_late(due_on: date | None, day: date, calendar: WorkCalendar) -> bool:
    """Say whether a limit is over on the day."""
    return due_on is not None and due_on < late_before(day, calendar)


def paused(due_on: date, since: date, until: date, calendar: WorkCalendar) -> date:
    """Return where a limit moves whose clock stood still from a day to another: by the working days that passed."""
    waited = calendar.workdays_between(since, until)
    return calendar.add_workdays(due_on, waited) if waited > 0 else due_on
