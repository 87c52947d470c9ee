"""How a hold (暂停) stands on a day (domain.md §1.8): asked for, to come, in force, over."""

from datetime import date
from enum import Enum

from projects.choices import DecisionState
from projects.rules.decision import state_on


class HoldStanding(Enum):
    """A hold's course. EXPIRED ran to its last day, ENDED was resumed before it."""

    PENDING = "pending"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    COMING = "coming"
    RUNNING = "running"
    EXPIRED = "expired"
    ENDED = "ended"


def hold_standing(state: str, decided_on: date | None, since: date, until: date, ended_on: date | None, day: date) -> HoldStanding:
    """Return how the hold stood on the day, as it was known then: an end that was recorded later was not known."""
    then = state_on(state, decided_on, day)
    if then is not DecisionState.APPROVED:
        return HoldStanding(then.value)
    if ended_on is not None and ended_on <= day:
        return HoldStanding.ENDED
    if day < since:
        return HoldStanding.COMING
    return HoldStanding.RUNNING if day <= until else HoldStanding.EXPIRED
