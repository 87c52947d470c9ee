"""What a thing to do weighs, when people are told of a due day, and what follows a colour that is not left."""

from datetime import date, timedelta

import pytest

from projects.choices import EscalationStep, WarningLevel
from projects.rules.presets import WARNING_POLICY
from projects.rules.reminder import window
from projects.rules.todo import late_level, next_step, waited_level

DUE = date(2018, 6, 29)
GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED


@pytest.mark.parametrize(
    ("left", "expected"),
    [(8, ""), (7, "7"), (4, "7"), (3, "3"), (2, "3"), (1, "1"), (0, "1"), (-1, "overdue"), (-40, "overdue")],
)
def test_the_windows_before_a_due_day(left, expected):
    day = DUE - timedelta(days=left)
    assert window(DUE, day, day + timedelta(days=1)) == expected


def test_what_falls_due_on_days_off_is_told_before_them():
    friday, monday = date(2018, 9, 21), date(2018, 9, 25)
    assert window(date(2018, 9, 24), friday, monday) == "1"
    assert window(monday, friday, monday) == "7"


@pytest.mark.parametrize(("days", "level"), [(0, BLUE), (2, BLUE), (3, YELLOW), (5, YELLOW), (6, RED)])
def test_what_waits_weighs_more_and_more(days, level):
    assert waited_level(days) == level


@pytest.mark.parametrize(
    ("late", "overdue", "reminded", "days_left", "level"),
    [
        (-5, False, False, 10, GREEN),
        (-2, False, True, 7, BLUE),
        (0, False, True, 5, BLUE),
        (0, True, True, 5, YELLOW),
        (3, True, True, 4, YELLOW),
        (4, True, True, 4, RED),
        (1, True, True, 3, RED),
        (-1, False, True, 3, BLUE),
    ],
)
def test_a_month_weighs_by_its_lateness_and_its_lock(late, overdue, reminded, days_left, level):
    assert late_level(late, overdue=overdue, reminded=reminded, days_left=days_left) == level


CUTOFFS = [date(2018, 6, 25), date(2018, 7, 25), date(2018, 8, 27), date(2018, 9, 25)]


@pytest.mark.parametrize(
    ("level", "began", "day", "expected"),
    [
        # 书面专报 after three cut-offs in red: the third from here, the second once one has passed.
        (RED, date(2018, 6, 1), date(2018, 6, 10), (date(2018, 8, 27), EscalationStep.INQUIRY)),
        (RED, date(2018, 6, 1), date(2018, 6, 25), (date(2018, 8, 27), EscalationStep.INQUIRY)),
        (RED, date(2018, 6, 26), date(2018, 7, 25), (date(2018, 9, 25), EscalationStep.INQUIRY)),
        (YELLOW, date(2018, 6, 1), date(2018, 6, 10), (date(2018, 7, 25), EscalationStep.INTERVIEW)),
        # The last step was reached; too few cut-offs are known; nothing is proposed for green.
        (RED, date(2018, 6, 1), date(2018, 8, 27), None),
        (RED, date(2018, 9, 1), date(2018, 9, 2), None),
        (GREEN, date(2018, 6, 1), date(2018, 6, 10), None),
    ],
)
def test_the_step_that_follows_a_level_that_is_not_left(level, began, day, expected):
    assert next_step(WARNING_POLICY, level, began, day, CUTOFFS) == expected
