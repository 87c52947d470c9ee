"""When a target counts as met, on course, behind or missed; every boundary of bound, wording, calendar and plan."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import Bound, Curve, Measure, Wording
from projects.rules.target import (
    Figure,
    Judgement,
    Plan,
    Result,
    State,
    Unjudged,
    Yardstick,
    data_share,
    judge,
    needed,
    year_share,
)
from projects.sentences.target import gap_words, state_word, why_word

YEAR, END = 2018, date(2018, 12, 31)
MIDDLE = date(2018, 7, 2)  # the 183rd day: 50.14 % of the year


def judged(value, target=100, *, measure=Measure.LEVEL, bound="", day=MIDDLE, on=None, passed="0.5", plan=None, **result) -> Judgement:
    found = None if value is None else Result(Decimal(str(value)), on or day, **result)
    figure = None if target is None else Figure(Decimal(str(target)), bound)
    share = None if passed is None else Decimal(passed)
    return judge(measure, figure, found, year=YEAR, day=day, passed=share, plan=plan)


@pytest.mark.parametrize(
    ("bound", "value", "state"),
    [
        ("", "100", State.MET),
        ("", "99.9999", State.MISSED),
        ("", "120", State.MET),
        (Bound.ABOVE, "100", State.MET),
        (Bound.ABOVE, "99.9999", State.MISSED),
        # 左右: within 5 % below; more is no miss.
        (Bound.ABOUT, "95", State.MET),
        (Bound.ABOUT, "94.9999", State.MISSED),
        (Bound.ABOUT, "105.1", State.MET),
    ],
)
@pytest.mark.parametrize("measure", [Measure.LEVEL, Measure.GROWTH, Measure.SHARE])
def test_at_the_years_end_the_figure_decides(bound, value, state, measure):
    assert judged(value, bound=bound, measure=measure, day=END).state == state


@pytest.mark.parametrize(
    ("value", "passed", "state"),
    [("50", "0.5", State.ON_COURSE), ("49.9999", "0.5", State.BEHIND), ("0", "0", State.ON_COURSE), ("100", "0.1", State.MET)],
)
def test_during_the_year_a_total_is_held_against_the_calendar(value, passed, state):
    found = judged(value, passed=passed)
    assert found.state == state
    assert found.yardstick == (None if state == State.MET else Yardstick.TIME)


def test_around_about_the_calendar_asks_for_what_is_needed():
    assert judged("47.5", bound=Bound.ABOUT).state == State.ON_COURSE
    assert judged("47.4", bound=Bound.ABOUT).state == State.BEHIND


@pytest.mark.parametrize(
    ("due", "year", "value", "state", "yardstick"),
    [
        # The plan adds up to the figure: it says what is due.
        ("0", "100", "0", State.ON_COURSE, Yardstick.PLAN),
        ("10", "100", "10", State.ON_COURSE, Yardstick.PLAN),
        ("10", "100", "9", State.BEHIND, Yardstick.PLAN),
        ("60", "100", "55", State.BEHIND, Yardstick.PLAN),
        # It does not: the calendar does.
        ("10", "99", "49", State.BEHIND, Yardstick.TIME),
        ("10", "99", "50", State.ON_COURSE, Yardstick.TIME),
    ],
)
def test_a_plan_that_carries_the_figure_says_what_is_due(due, year, value, state, yardstick):
    found = judged(value, plan=Plan(Decimal(due), Decimal(year)))
    assert (found.state, found.yardstick) == (state, yardstick)


@pytest.mark.parametrize(
    ("measure", "value", "state"),
    [
        # Growth may fall again before the year is over; a share that is reached is reached.
        (Measure.GROWTH, "6", State.ON_COURSE),
        (Measure.GROWTH, "5.9", State.BEHIND),
        (Measure.SHARE, "6", State.MET),
        (Measure.SHARE, "5.9", State.BEHIND),
    ],
)
def test_growth_and_shares_are_compared_directly(measure, value, state):
    found = judged(value, 6, measure=measure)
    assert found.state == state
    assert found.share is None
    assert found.time_share is None
    assert found.gap == Decimal(value) - 6


def test_falling_growth_within_about():
    assert needed(Figure(Decimal(-10), Bound.ABOUT)) == Decimal("-10.5")
    assert judged("-10.5", -10, measure=Measure.GROWTH, bound=Bound.ABOUT, day=END).state == State.MET


@pytest.mark.parametrize(
    ("value", "arguments", "why"),
    [
        (None, {}, Unjudged.NO_RESULT),
        ("100", {"target": None}, Unjudged.NO_FIGURE),
        ("99", {"partial": True}, Unjudged.PARTIAL),
        ("99", {"bound_of_result": Bound.ABOVE}, Unjudged.INEXACT),
        # 左右 of the result reaches from 95 to 105 % of it.
        ("100", {"bound_of_result": Bound.ABOUT}, Unjudged.INEXACT),
        ("96", {"bound_of_result": Bound.ABOUT}, Unjudged.INEXACT),
        # The last result of a year that is over is from before the last month's cut-off (20 December).
        ("60", {"day": END, "on": date(2018, 12, 19)}, Unjudged.STALE),
    ],
)
def test_what_cannot_be_judged_says_why(value, arguments, why):
    bound = arguments.pop("bound_of_result", "")
    day = arguments.pop("day", MIDDLE)
    figure = Figure(Decimal(100)) if arguments.pop("target", 100) else None
    result = None if value is None else Result(Decimal(value), arguments.pop("on", day), bound, **arguments)
    found = judge(Measure.LEVEL, figure, result, year=YEAR, day=day, passed=Decimal("0.5"))
    assert (found.state, found.why) == (State.UNKNOWN, why)
    assert why_word(found)


@pytest.mark.parametrize(
    ("value", "bound", "state"),
    [("100", Bound.ABOVE, State.MET), ("105.3", Bound.ABOUT, State.MET), ("95", Bound.ABOUT, State.MISSED)],
)
def test_a_vague_result_may_still_be_clear(value, bound, state):
    result = Result(Decimal(value), END, bound)
    assert judge(Measure.LEVEL, Figure(Decimal(100)), result, year=YEAR, day=END, passed=Decimal(1)).state == state


def test_what_is_reached_at_least_is_met_when_it_is_enough():
    assert judged("100", partial=True).state == State.MET
    assert judged("100", partial=True, day=END).state == State.MET


def test_december_figures_count_to_their_cutoff():
    assert judged("60", day=END, on=date(2018, 12, 20)).state == State.MISSED
    assert judged("100", day=END, on=date(2018, 6, 30)).state == State.MET


@pytest.mark.parametrize(("wording", "word"), [(Wording.STRIVE, "未达力争目标"), (Wording.ENSURE, "未完成"), ("", "未完成")])
def test_a_missed_effort_is_no_failure(wording, word):
    assert state_word(judged("99", day=END), wording) == word
    assert state_word(judged("100", day=END), wording) == "已达成"


@pytest.mark.parametrize(
    ("value", "words"),
    [("57.25", "超序时 7.3 个百分点"), ("44.2", "欠序时 5.8 个百分点"), ("50.04", "与序时持平"), ("49.96", "与序时持平")],
)
def test_the_gap_in_words(value, words):
    assert gap_words(judged(value), Measure.LEVEL) == words


def test_the_gap_in_words_of_growth_and_of_plans_to_come():
    assert gap_words(judged("9.6", 9, measure=Measure.GROWTH), Measure.GROWTH) == "高于目标 0.6 个百分点"
    assert gap_words(judged("9", 9, measure=Measure.GROWTH), Measure.GROWTH) == "与目标持平"
    ahead = judged("0", plan=Plan(Decimal(0), Decimal(100)))
    assert gap_words(ahead, Measure.LEVEL) == "按日历欠序时 50.0 个百分点，计划的时限还没有到"
    assert gap_words(judged(None), Measure.LEVEL) == ""


def test_the_share_of_the_year():
    assert year_share(2018, date(2017, 12, 31)) == 0
    assert year_share(2018, date(2018, 1, 1)) == Decimal(1) / 365
    assert year_share(2020, date(2020, 12, 30)) == Decimal(365) / 366
    assert year_share(2018, END) == year_share(2018, date(2019, 5, 1)) == 1


def test_what_is_reported_monthly_is_held_against_the_cutoff():
    cutoff, day = date(2018, 9, 25), date(2018, 9, 28)
    assert data_share(Curve.MONTHLY_PLAN, YEAR, 9, cutoff, day) == Decimal(268) / 365
    assert data_share(Curve.LINEAR_DAYS, YEAR, 9, cutoff, day) == Decimal(268) / 365
    assert data_share(Curve.LINEAR_MONTHS, YEAR, 9, cutoff, day) == Decimal("0.75")
    assert data_share(Curve.MONTHLY_PLAN, YEAR, 0, None, date(2018, 1, 10)) == 0
    assert data_share(Curve.MONTHLY_PLAN, YEAR, 12, date(2018, 12, 20), END) == 1


AMOUNTS = st.decimals(0, 200, places=2)
DAYS = st.integers(0, 364).map(lambda ahead: date(2018, 1, 1) + timedelta(days=ahead))


@given(AMOUNTS, AMOUNTS, st.sampled_from(["", *Bound]), DAYS, st.sampled_from([*Measure]))
def test_more_is_never_worse(less, more, bound, day, measure):
    worse, better = (
        judge(measure, Figure(Decimal(100), bound), Result(value, day), year=YEAR, day=day, passed=year_share(YEAR, day))
        for value in sorted((less, more))
    )
    order = [State.MISSED, State.BEHIND, State.ON_COURSE, State.MET]
    assert order.index(worse.state) <= order.index(better.state)
    assert (better.state == State.MET) <= (needed(Figure(Decimal(100), bound)) <= max(less, more))


@given(AMOUNTS, DAYS)
def test_the_years_end_leaves_nothing_running(value, day):
    found = judge(Measure.LEVEL, Figure(Decimal(100)), Result(value, END), year=YEAR, day=END, passed=Decimal(1))
    assert found.state in (State.MET, State.MISSED)
    assert (found.gap < 0) == (found.state == State.MISSED)
    running = judge(Measure.LEVEL, Figure(Decimal(100)), Result(value, day), year=YEAR, day=day, passed=year_share(YEAR, day))
    # On course is exactly when the gap is not negative.
    assert (running.gap >= 0) == (running.state in (State.MET, State.ON_COURSE))
