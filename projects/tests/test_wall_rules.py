"""Where things stand on the wall chart: places, stretches, tails, lanes, the way of a project. Pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import Nature, Stage
from projects.rules.milestone import MilestoneState, Standing, standing
from projects.rules.wall import (
    Asked,
    Step,
    Stretch,
    Window,
    actual,
    construction,
    delay,
    extent,
    lanes,
    mondays,
    months,
    next_step,
    on_wall,
    route,
    stretch,
)

YEAR = Window.of_year(2018)
DAY = date(2018, 9, 28)
days = st.dates(date(2015, 1, 1), date(2021, 12, 31))
maybe = st.none() | days


def make_step(kind="other", due=None, baseline=None, done_on=None, known=None, key=1, year=2018, on=DAY, **values):
    stands = standing(due, [], done_on, known, on)
    return Step(key, kind, "节点", year, "", baseline if baseline is not None else due, stands, done_on, known, **values)


# Places.


@pytest.mark.parametrize(
    ("day", "start", "middle", "end", "side"),
    [
        (date(2017, 12, 31), 0, 0, 0, -1),
        (date(2018, 1, 1), 0, 1, 2, 0),
        (date(2018, 1, 2), 2, 3, 4, 0),
        (date(2018, 12, 31), 728, 729, 730, 0),
        (date(2019, 1, 1), 730, 730, 730, 1),
        (date(2030, 1, 1), 730, 730, 730, 1),
    ],
)
def test_places_are_half_days_clipped_into_the_window(day, start, middle, end, side):
    assert (YEAR.start(day), YEAR.middle(day), YEAR.end(day), YEAR.side(day)) == (start, middle, end, side)


def test_a_leap_year_has_a_day_more():
    assert (YEAR.days, Window.of_year(2020).days, Window.of_year(2020).width) == (365, 366, 732)


@given(days, days)
def test_later_days_stand_further_right_and_none_outside(one, other):
    first, last = sorted((one, other))
    for place in (YEAR.start, YEAR.middle, YEAR.end):
        assert 0 <= place(first) <= place(last) <= YEAR.width
    assert YEAR.start(first) <= YEAR.middle(first) <= YEAR.end(first)
    if not YEAR.side(first):
        assert YEAR.end(first) - YEAR.start(first) == 2


def test_months_and_weeks_begin_where_the_calendar_says():
    assert months(YEAR) == [date(2018, month, 1) for month in range(1, 13)]
    # 2018 begins with a Monday, 2017 with a Sunday.
    assert mondays(YEAR)[:2] == [date(2018, 1, 1), date(2018, 1, 8)]
    assert mondays(Window.of_year(2017))[:3] == [date(2017, 1, 1), date(2017, 1, 2), date(2017, 1, 9)]
    assert mondays(YEAR)[-1] == date(2018, 12, 31)


# Which milestones hang on the wall of a year.


@pytest.mark.parametrize(
    ("planned", "due", "baseline", "done", "shown"),
    [
        (2018, None, None, None, True),  # of the year, without a date
        (2018, date(2019, 3, 1), date(2018, 9, 1), None, True),  # moved out of it
        (2017, date(2018, 3, 1), date(2017, 9, 1), None, True),  # moved into it
        (2017, date(2017, 9, 1), date(2017, 9, 1), None, False),
        (2017, date(2017, 9, 1), date(2017, 9, 1), date(2018, 2, 1), True),  # done in it
        (2017, None, None, None, False),
        (2019, date(2019, 1, 1), date(2018, 12, 31), None, True),  # once meant for it
        (2022, date(2022, 6, 1), date(2022, 6, 1), None, False),
    ],
)
def test_a_milestone_hangs_on_the_wall_of_the_years_that_it_touches(planned, due, baseline, done, shown):
    assert on_wall(2018, planned, due, baseline, done) is shown


# Marks and tails.


@pytest.mark.parametrize(
    ("step", "at", "slip", "late", "covers"),
    [
        # open, in time
        (make_step(due=date(2018, 10, 31)), date(2018, 10, 31), 0, None, (date(2018, 10, 31), date(2018, 10, 31))),
        # due on the day itself: not late yet
        (make_step(due=DAY), DAY, 0, None, (DAY, DAY)),
        # a day late
        (make_step(due=date(2018, 9, 27)), date(2018, 9, 27), 0, (date(2018, 9, 27), DAY), (date(2018, 9, 27), DAY)),
        # moved back, and open
        (
            make_step(due=date(2018, 10, 31), baseline=date(2018, 9, 30)),
            date(2018, 10, 31),
            31,
            None,
            (date(2018, 9, 30), date(2018, 10, 31)),
        ),
        # brought forward
        (
            make_step(due=date(2018, 10, 1), baseline=date(2018, 10, 31)),
            date(2018, 10, 1),
            -30,
            None,
            (date(2018, 10, 1), date(2018, 10, 31)),
        ),
        # done too late: late until it was done, and no longer
        (
            make_step(due=date(2018, 5, 1), done_on=date(2018, 5, 11)),
            date(2018, 5, 11),
            0,
            (date(2018, 5, 1), date(2018, 5, 11)),
            (date(2018, 5, 1), date(2018, 5, 11)),
        ),
        # done on the last day
        (make_step(due=date(2018, 5, 1), done_on=date(2018, 5, 1)), date(2018, 5, 1), 0, None, (date(2018, 5, 1), date(2018, 5, 1))),
        # done by some day: nobody knows whether it was late
        (
            make_step(due=date(2018, 1, 31), known=date(2018, 2, 24)),
            date(2018, 2, 24),
            0,
            None,
            (date(2018, 1, 31), date(2018, 2, 24)),
        ),
        # without any date
        (make_step(), None, 0, None, None),
    ],
)
def test_where_a_mark_stands_and_what_trails_it(step, at, slip, late, covers):
    assert (step.at, step.slip, delay(step, DAY), extent(step, DAY)) == (at, slip, late, covers)


@given(maybe, maybe, maybe, maybe, days)
def test_tails_follow_from_the_dates_and_lie_within_what_is_covered(due, baseline, done_on, known, day):
    stands = standing(due, [], done_on, known, day)
    step = Step(1, "start", "开工", 2018, "", baseline, stands, done_on, known)
    covered = extent(step, day)
    assert (covered is None) == (step.at is None)
    if due is not None and baseline is not None:
        assert baseline + timedelta(days=step.slip) == due
    if covered is not None:
        first, last = covered
        late = delay(step, day)
        for one in (step.at, step.due_on, step.baseline_on, *(late or ())):
            assert one is None or first <= one <= last
        if late is not None:
            assert late[0] < late[1]
            assert (late[1] - late[0]).days == step.standing.days_late
            assert late[1] <= day


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=12))
def test_nothing_in_one_lane_touches_anything_else_in_it(found):
    places = [(first, first + length) for first, length in found]
    lane_of = lanes(places)
    assert len(lane_of) == len(places)
    for one, (first, last) in enumerate(places):
        for other in range(one):
            if lane_of[one] == lane_of[other]:
                assert last < places[other][0] or places[other][1] < first
    # No lane is opened without need: as many as overlap at one place, and no more.
    deepest = max((sum(first <= place <= last for first, last in places) for place in range(81)), default=0)
    assert len(set(lane_of)) == deepest
    assert set(lane_of) == set(range(deepest))


def test_the_first_of_equals_keeps_the_first_lane():
    assert lanes([(5, 10), (5, 10), (11, 20), (0, 4)]) == [0, 1, 0, 0]


# What really happened.


@pytest.mark.parametrize(
    ("steps", "nature", "found"),
    [
        ([], "", None),
        ([("start", None, None)], "", None),
        # being built: until the day
        ([("start", date(2018, 3, 20), None)], "", Stretch(date(2018, 3, 20), DAY)),
        # completed: until then
        ([("start", date(2018, 3, 20), None), ("completion", date(2018, 8, 1), None)], "", Stretch(date(2018, 3, 20), date(2018, 8, 1))),
        # begun years ago, and known when
        ([("start", date(2016, 3, 20), None)], "", Stretch(date(2018, 1, 1), DAY, begun=True)),
        # begun years ago, nobody knows when
        ([], Nature.CONTINUED, Stretch(date(2018, 1, 1), DAY, begun=True)),
        ([("start", None, date(2018, 2, 24))], Nature.CONTINUED, Stretch(date(2018, 1, 1), DAY, begun=True)),
        # a document shows it on the 24th of February
        ([("start", None, date(2018, 2, 24))], "", Stretch(date(2018, 2, 24), DAY, begun=True)),
        # topping shows it as well; the day of the start is the better knowledge
        ([("topping", date(2018, 6, 1), None), ("start", None, date(2018, 2, 24))], "", Stretch(date(2018, 6, 1), DAY)),
        # recorded for later than the day
        ([("start", date(2018, 10, 1), None)], "", None),
        # finished before the year
        ([("start", date(2016, 3, 1), None), ("service", date(2017, 3, 1), None)], "", None),
        # completed, nobody knows since when it was built
        ([("completion", date(2018, 6, 1), None)], "", None),
    ],
)
def test_since_when_a_project_is_built_and_until_when(steps, nature, found):
    assert construction(steps, nature, YEAR, DAY) == found


@given(st.lists(st.tuples(st.sampled_from(["start", "topping", "completion", "land"]), maybe, maybe), max_size=5), days)
def test_construction_lies_within_the_window_and_before_the_day(steps, day):
    for nature in ("", Nature.CONTINUED):
        found = construction(steps, nature, YEAR, day)
        if found is not None:
            assert YEAR.first <= found.first <= found.last <= min(day, YEAR.last)


def test_what_happened_joins_construction_and_milestones():
    done = [make_step(done_on=date(2018, 2, 1), due=date(2018, 2, 1)), make_step(done_on=date(2018, 4, 1), due=date(2018, 4, 1))]
    built = Stretch(date(2018, 3, 20), DAY)
    assert actual(done, None, YEAR) == Stretch(date(2018, 2, 1), date(2018, 4, 1))
    assert actual(done, built, YEAR) == Stretch(date(2018, 2, 1), DAY)
    assert actual([], built, YEAR) == built
    assert actual([make_step(due=date(2018, 12, 1))], None, YEAR) is None
    begun = Stretch(date(2018, 1, 1), DAY, begun=True)
    assert actual(done, begun, YEAR) == begun
    # What was done in another year is not drawn.
    assert actual([make_step(done_on=date(2017, 2, 1))], None, YEAR) is None


def test_a_stretch_goes_from_the_first_known_day_to_the_last():
    assert stretch([None, date(2018, 5, 1), date(2018, 3, 1)]) == Stretch(date(2018, 3, 1), date(2018, 5, 1))
    assert stretch([None]) is None


# What comes next, and the way.


def test_the_next_milestone_is_the_first_open_one_of_the_year_and_undated_ones_come_last():
    done = make_step(done_on=date(2018, 2, 1), due=date(2018, 2, 1), key=1)
    undated, late = make_step(key=2), make_step(due=date(2018, 3, 1), key=3)
    old = make_step(due=date(2018, 1, 1), key=4, year=2017)
    assert next_step([done, undated, late, old], 2018) is late
    assert next_step([done, undated], 2018) is undated
    assert next_step([done, old], 2018) is None


def test_a_stage_is_shown_by_what_was_done_first_or_is_due_first():
    started = make_step("start", due=date(2018, 3, 31), done_on=date(2018, 3, 20), key=1)
    topped = make_step("topping", due=date(2018, 8, 31), done_on=date(2018, 8, 1), key=2)
    waiting = make_step("topping", due=date(2018, 2, 1), key=7)
    later, sooner = make_step("production", due=date(2018, 12, 31), key=3), make_step("service", due=date(2018, 11, 30), key=4)
    undated = make_step("completion", key=5)
    legs = {leg.stage: leg for leg in route([waiting, topped, started, later, sooner, undated, make_step("other", key=6)], Stage.STARTED)}
    assert legs[Stage.STARTED].step is started
    assert legs[Stage.PRODUCTION].step is sooner
    assert legs[Stage.COMPLETED].step is undated
    assert legs[Stage.PLANNED].step is None
    assert [leg.reached for leg in legs.values()] == [True, True, True, True, False, False]
    assert not any(leg.reached for leg in route([started], None))


def test_a_request_is_part_of_the_step():
    step = make_step(due=date(2018, 9, 1), asked=Asked(date(2018, 12, 1), date(2018, 9, 3)))
    assert step.asked.since == date(2018, 9, 3)
    assert step.state is MilestoneState.LATE
    assert step.standing == Standing(date(2018, 9, 1), MilestoneState.LATE, 27)
