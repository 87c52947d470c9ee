"""How a request stood on a day: what was not decided yet was pending."""

from datetime import date

from projects.choices import DecisionState


def state_on(state: str, decided_on: date | None, day: date) -> DecisionState:
    """Return a request's state as it was known on the day (a day on which it had been made)."""
    return DecisionState.PENDING if decided_on is None or decided_on > day else DecisionState(state)
