"""The monthly report (domain.md §5.2): which step is open in which state, when a month is closed, how punctual a report is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import ReportAction, ReportState
from projects.rules.report import (
    ACTIONS,
    EDITABLE,
    REPORTED,
    Punctuality,
    allowed,
    counts_after,
    is_locked,
    is_regular,
    punctuality,
)

STATES = [None, *ReportState]
# Per action: unwritten, draft, filed, passed, returned, and the state that follows.
STEPS = {
    ReportAction.FILE: ("yes yes no no yes", ReportState.FILED),
    ReportAction.WITHDRAW: ("no no yes no no", ReportState.DRAFT),
    ReportAction.PASS: ("no no yes no no", ReportState.PASSED),
    ReportAction.RETURN: ("no no yes yes no", ReportState.RETURNED),
}
JUNE = {
    "opens_on": date(2018, 6, 20),
    "reminds_on": date(2018, 6, 23),
    "due_on": date(2018, 6, 25),
    "locks_on": date(2018, 6, 30),
}


class TestSteps:
    @pytest.mark.parametrize(
        ("action", "state", "is_open"),
        [
            (action, state, word == "yes")
            for action, (row, _) in STEPS.items()
            for state, word in zip(
                [None, ReportState.DRAFT, ReportState.FILED, ReportState.PASSED, ReportState.RETURNED], row.split(), strict=True
            )
        ],
        ids=str,
    )
    def test_which_step_is_open(self, action, state, is_open):
        assert allowed(action, state, locked=False) is is_open
        assert allowed(action, state, locked=True) is False

    def test_where_the_steps_lead(self):
        assert {action: state for action, (_, state) in ACTIONS.items()} == {action: state for action, (_, state) in STEPS.items()}

    def test_a_correction_is_a_slip_of_its_own_and_no_step_of_the_report(self):
        assert set(ReportAction) - set(ACTIONS) == {ReportAction.CORRECT}

    def test_every_state_can_be_left(self):
        assert all(any(state in before for before, _ in ACTIONS.values()) for state in STATES)

    def test_only_what_is_not_filed_can_be_typed_and_filed(self):
        assert ACTIONS[ReportAction.FILE][0] == EDITABLE
        assert set(STATES) == EDITABLE | REPORTED
        assert not EDITABLE & REPORTED

    def test_the_figures_of_a_step_that_leads_to_a_reported_state_count(self):
        counting = {action for action, (_, state) in ACTIONS.items() if state in REPORTED} | {ReportAction.CORRECT}
        assert {action for action in ReportAction if counts_after(action)} == counting | {ReportAction.RETURN}

    def test_what_is_returned_counts_on_unless_it_is_distrusted(self):
        assert counts_after(ReportAction.RETURN)
        assert not counts_after(ReportAction.RETURN, excluded=True)
        assert not counts_after(ReportAction.WITHDRAW)
        assert all(counts_after(action, excluded=True) for action in (ReportAction.FILE, ReportAction.PASS, ReportAction.CORRECT))


class TestLock:
    @pytest.mark.parametrize(
        ("day", "early", "locked"),
        [
            (date(2018, 6, 29), False, False),
            (date(2018, 6, 30), False, False),
            (date(2018, 7, 1), False, True),
            (date(2018, 6, 26), True, True),
            (date(2018, 7, 1), True, True),
        ],
    )
    def test_from_the_day_after_the_last_or_by_hand(self, day, early, locked):
        assert is_locked(JUNE["locks_on"], early, day) is locked


class TestPunctuality:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (19, Punctuality.NOT_OPEN),
            (20, Punctuality.OPEN),
            (22, Punctuality.OPEN),
            (23, Punctuality.DUE_SOON),
            (25, Punctuality.DUE_SOON),
            (26, Punctuality.OVERDUE),
            (30, Punctuality.OVERDUE),
            (31, Punctuality.MISSED),
            (90, Punctuality.MISSED),
        ],
    )
    def test_nothing_was_filed(self, day, expected):
        assert punctuality(**JUNE, filed_on=None, day=date(2018, 5, 31) + timedelta(days=day)) is expected

    @pytest.mark.parametrize(
        ("filed", "day", "expected"),
        [
            # Filed later than the day looked at: not yet.
            (24, 22, Punctuality.OPEN),
            (24, 23, Punctuality.DUE_SOON),
            (27, 26, Punctuality.OVERDUE),
            (24, 24, Punctuality.IN_TIME),
            (24, 31, Punctuality.IN_TIME),
            (25, 25, Punctuality.IN_TIME),  # on the last day
            (26, 26, Punctuality.LATE),
            (26, 90, Punctuality.LATE),
            (20, 20, Punctuality.IN_TIME),
        ],
    )
    def test_filed(self, filed, day, expected):
        before = date(2018, 5, 31)
        assert punctuality(**JUNE, filed_on=before + timedelta(days=filed), day=before + timedelta(days=day)) is expected

    def test_a_cutoff_that_a_holiday_brought_forward_to_the_reminder(self):
        # January 2020: due on the 23rd, as the reminder.
        days = {
            **JUNE,
            "opens_on": date(2020, 1, 20),
            "reminds_on": date(2020, 1, 23),
            "due_on": date(2020, 1, 23),
            "locks_on": date(2020, 1, 31),
        }
        found = [punctuality(**days, filed_on=None, day=date(2020, 1, day)) for day in (22, 23, 24)]
        assert found == [Punctuality.OPEN, Punctuality.DUE_SOON, Punctuality.OVERDUE]

    @given(st.none() | st.integers(-40, 40), st.integers(-40, 40), st.integers(0, 40))
    def test_once_filed_it_stays_in_time_or_late(self, filed, day, later):
        filed_on = None if filed is None else JUNE["due_on"] + timedelta(days=filed)
        before, after = (punctuality(**JUNE, filed_on=filed_on, day=JUNE["due_on"] + timedelta(days=day + more)) for more in (0, later))
        final = {Punctuality.IN_TIME, Punctuality.LATE}
        assert before not in final or before is after
        order = [Punctuality.NOT_OPEN, Punctuality.OPEN, Punctuality.DUE_SOON, Punctuality.OVERDUE, Punctuality.MISSED]
        assert {before, after} & final or order.index(before) <= order.index(after)


@pytest.mark.parametrize(
    ("cumulative", "earlier", "regular"),
    [
        (5, 4, True),
        (5, 5, True),
        (4, 5, False),
        (Decimal("4.99"), 5, False),
        (None, 5, True),
        (5, None, True),
        (None, None, True),
        (0, 0, True),
    ],
)
def test_a_cumulative_amount_that_falls_needs_a_reason(cumulative, earlier, regular):
    assert is_regular(cumulative, earlier) is regular
