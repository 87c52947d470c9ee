"""How a milestone stands on a day: its date then valid, and whether it is done, due or late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum


class MilestoneState(Enum):
    """Not a warning colour (those follow from the policy): only what the dates say."""

    DONE = "done"
    LATE = "late"
    OPEN = "open"
    UNDATED = "undated"


@dataclass(frozen=True)
class Standing:
    """The milestone on a day: the date then valid, its state, and how many days late (negative: days left)."""

    due_on: date | None
    state: MilestoneState
    days_late: int | None


def known(recorded_on: date | None, day: date) -> bool:
    """Say whether the milestone had been planned by the day; one from a document (no day of recording) always had."""
    return recorded_on is None or recorded_on <= day


Changes = Iterable[tuple[date, date | None]]


def value_on(current: date | None, changes: Changes, day: date) -> date | None:
    """Return a date (of the plan, of completion) as it was known on the day: what the first change after it replaced was it then.

    `changes` holds (recorded on, date replaced) in the order of recording, at least those after the day.
    """
    return next((before for recorded_on, before in changes if recorded_on > day), current)


def standing(
    current: date | None, changes: Changes, done_on: date | None, done_known_on: date | None, day: date, updates: Changes = ()
) -> Standing:
    """Return how the milestone stands on the day, as it was known then.

    `changes` are those of its date, `updates` those of its day of completion. Done: on the day it is known to be done.
    `days_late` counts from the valid date to the day it was done, or to the day asked for while it is open; None where there is no
    date, or only known that it was done by some day.
    """
    due = value_on(current, changes, day)
    done_on = value_on(done_on, updates, day)
    known = done_on or done_known_on
    if known is not None and known <= day:
        late = (done_on - due).days if done_on is not None and due is not None else None
        return Standing(due, MilestoneState.DONE, late)
    if due is None:
        return Standing(None, MilestoneState.UNDATED, None)
    late = (day - due).days
    return Standing(due, MilestoneState.LATE if late > 0 else MilestoneState.OPEN, late)


def belongs(planned_year: int, due: date | None, year: int) -> bool:
    """Say whether a milestone belongs to a ledger's year: planned for it, or planned earlier and moved into it."""
    return planned_year == year or (planned_year < year and due is not None and due.year >= year)
