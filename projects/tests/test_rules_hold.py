"""How requests and holds stand on a day, as they were known then."""

from datetime import date

import pytest

from projects.choices import DecisionState
from projects.rules.decision import state_on
from projects.rules.hold import HoldStanding, hold_standing

DAY = date(2018, 7, 10)
BEFORE, AFTER = date(2018, 7, 9), date(2018, 7, 11)
SINCE, UNTIL = date(2018, 7, 1), date(2018, 8, 31)


@pytest.mark.parametrize("state", DecisionState)
@pytest.mark.parametrize(("decided_on", "known"), [(None, False), (AFTER, False), (DAY, True), (BEFORE, True)])
def test_what_was_not_decided_yet_was_pending(state: DecisionState, decided_on: date | None, known: bool) -> None:
    assert state_on(state, decided_on, DAY) == (state if known else DecisionState.PENDING)


@pytest.mark.parametrize(
    ("state", "decided_on", "since", "until", "ended_on", "standing"),
    [
        ("pending", None, SINCE, UNTIL, None, "pending"),
        ("approved", AFTER, SINCE, UNTIL, None, "pending"),
        ("rejected", DAY, SINCE, UNTIL, None, "rejected"),
        ("withdrawn", DAY, SINCE, UNTIL, None, "withdrawn"),
        ("approved", DAY, AFTER, UNTIL, None, "coming"),
        ("approved", DAY, DAY, UNTIL, None, "running"),
        ("approved", BEFORE, SINCE, DAY, None, "running"),
        ("approved", BEFORE, SINCE, BEFORE, None, "expired"),
        ("approved", BEFORE, SINCE, UNTIL, DAY, "ended"),
        ("approved", BEFORE, SINCE, UNTIL, AFTER, "running"),
        ("approved", BEFORE, AFTER, UNTIL, BEFORE, "ended"),
    ],
)
def test_a_hold_stands_as_it_was_known(
    state: str, decided_on: date | None, since: date, until: date, ended_on: date | None, standing: str
) -> None:
    assert hold_standing(state, decided_on, since, until, ended_on, DAY) is HoldStanding(standing)
