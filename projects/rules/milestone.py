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


def due_on(current: date | None, changes: Iterable[tuple[date, date | None]], day: date) -> date | None:
    """Return the date that was in force on the day: what the first change after it moved was due on the date it was moved from.

    `changes` holds (recorded on, date moved from) in the order of recording, at least those after the day.
    """
    return next((moved_from for recorded_on, moved_from in changes if recorded_on > day), current)


def standing(
    current: date | None, changes: Iterable[tuple[date, date | None]], done_on: date | None, done_known_on: date | None, day: date
) -> Standing:
    """Return how the milestone stands on the day.

    Done: on the day it is known to be done. `days_late` counts from the valid date to the day it was done, or to the day
    asked for while it is open; None where there is no date, or only known that it was done by some day.
    """
    due = due_on(current, changes, day)
    known = done_on or done_known_on
    if known is not None and known <= day:
        late = (done_on - due).days if done_on is not None and due is not None else None
        return Standing(due, MilestoneState.DONE, late)
    if due is None:
        return Standing(None, MilestoneState.UNDATED, None)
    late = (day - due).days
    return Standing(due, MilestoneState.LATE if late > 0 else MilestoneState.OPEN, late)
