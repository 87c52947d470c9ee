"""How a request, or a lifting, stood on a day: what was not decided yet was pending."""

from datetime import date

from projects.choices import DecisionState, LiftingState


def state_on(state: str, decided_on: date | None, day: date) -> DecisionState:
    """Return a request's state as it was known on the day (a day on which it had been made)."""
    return DecisionState.PENDING if decided_on is None or decided_on > day else DecisionState(state)


def lifting_state_on(state: str, verified_on: date | None, ended_on: date | None, day: date) -> LiftingState:
    """Return a lifting's state as it was known on the day (a day on which it had been proposed)."""
    if ended_on is not None and ended_on <= day:
        return LiftingState(state)
    return LiftingState.VERIFIED if verified_on is not None and verified_on <= day else LiftingState.PROPOSED
