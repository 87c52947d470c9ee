"""From thresholds to what is shown: bounds, turns, segments of a history, since when, and what people have to confirm."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.choices import GRAVE_LEVELS, LEVELS, EscalationStep, WarningLevel
from projects.rules.colour import (
    Bounds,
    Schedule,
    Segment,
    current,
    cutoffs_passed,
    escalation,
    floor_on,
    is_paused,
    level_on,
    merged_pause,
    needs_lifting,
    observed_until,
    segments,
    since,
    turning_days,
    turns,
    underlying_level,
)
from projects.rules.presets import WARNING_POLICY
from projects.rules.warning import Thresholds

UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
ONE_DAY = timedelta(days=1)
FIRST = date(2018, 1, 1)
SPAN = 90
thorough = settings(max_examples=100, deadline=None)


def day(number: int) -> date:
    return FIRST + number * ONE_DAY


EVERY_DAY = [day(number) for number in range(SPAN)]
DAYS = st.integers(-10, SPAN + 10).map(day)
MAYBE = st.none() | DAYS
THRESHOLDS = st.builds(Thresholds, MAYBE, MAYBE, MAYBE, MAYBE)
FLOORS = st.none() | st.sampled_from(LEVELS)
BOUNDS = st.builds(Bounds, MAYBE, MAYBE, MAYBE, FLOORS, MAYBE, FLOORS, MAYBE)


@st.composite
def histories(draw):
    """Schedules that followed one another, some replaced on the day they began, with days before, between and after them."""
    changes = sorted(draw(st.lists(DAYS, min_size=1, max_size=7)))
    found = []
    for begin, end in zip(changes, [*changes[1:], draw(MAYBE)], strict=True):
        if draw(st.integers(0, 5)):
            until = end if end is None else max(begin, end)
            found.append(Schedule(begin, draw(THRESHOLDS), draw(BOUNDS), until))
    return found


class TestLevelOn:
    REACHED = Thresholds(day(0), day(10), day(20), day(30))

    @pytest.mark.parametrize(
        ("bounds", "turns_expected"),
        [
            (Bounds(), [(10, GREEN, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            (Bounds(closed_on=day(15)), [(10, GREEN, BLUE), (15, BLUE, DONE)]),
            # A hold shows no colour; time goes on under it.
            (Bounds(paused_from=day(5), paused_until=day(24)), [(5, GREEN, PAUSED), (25, PAUSED, YELLOW), (30, YELLOW, RED)]),
            (Bounds(paused_from=day(5)), [(10, GREEN, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            # The observation after red, and the floor until somebody confirmed.
            (Bounds(floor_level=YELLOW, floor_until=day(14)), [(15, YELLOW, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            (Bounds(floor_level=YELLOW, floor_until=day(25)), [(30, YELLOW, RED)]),
            (Bounds(floor_level=YELLOW), [(30, YELLOW, RED)]),
            (Bounds(floor_level=RED), []),
            (Bounds(floor_until=day(50)), [(10, GREEN, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            # By hand, never without an end; never better than computed.
            (Bounds(manual_level=RED, manual_until=day(14)), [(15, RED, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            (Bounds(manual_level=GREEN, manual_until=day(50)), [(10, GREEN, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            (Bounds(manual_level=RED), [(10, GREEN, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)]),
            # The graver of two floors.
            (
                Bounds(floor_level=YELLOW, floor_until=day(14), manual_level=RED, manual_until=day(11)),
                [(12, RED, YELLOW), (15, YELLOW, BLUE), (20, BLUE, YELLOW), (30, YELLOW, RED)],
            ),
            (Bounds(day(8), day(5), day(20), RED, None, RED, day(50)), [(5, RED, PAUSED), (8, PAUSED, DONE)]),
        ],
    )
    def test_what_turns_when(self, bounds, turns_expected):
        found = turns(self.REACHED, bounds, day(0), day(60))
        assert [((on - FIRST).days, before, after) for on, before, after in found] == turns_expected

    def test_floors_hold_where_nothing_is_rated(self):
        assert level_on(Thresholds(), Bounds(floor_level=BLUE), day(0)) == BLUE
        assert level_on(Thresholds(), Bounds(), day(0)) == UNRATED

    def test_what_a_hold_hides_is_still_known(self):
        bounds = Bounds(paused_from=day(0), paused_until=day(40))
        assert is_paused(bounds, day(35))
        assert underlying_level(self.REACHED, bounds, day(35)) == RED

    @given(THRESHOLDS, BOUNDS)
    def test_the_parts_make_the_whole(self, thresholds, bounds):
        for one in EVERY_DAY:
            level = level_on(thresholds, bounds, one)
            if level not in (PAUSED, DONE):
                assert level == underlying_level(thresholds, bounds, one) >= floor_on(bounds, one)
                assert level in (thresholds.level(one), bounds.floor_level, bounds.manual_level)
            assert (level == PAUSED) == (is_paused(bounds, one) and level != DONE)
            assert (level == DONE) == (bounds.closed_on is not None and one >= bounds.closed_on)


class TestTurns:
    @thorough
    @given(THRESHOLDS)
    def test_without_bounds_no_day_is_better_than_the_one_before(self, thresholds):
        levels = [level_on(thresholds, Bounds(), one) for one in EVERY_DAY]
        assert levels == sorted(levels)

    @thorough
    @given(THRESHOLDS, BOUNDS)
    def test_only_on_the_listed_days_anything_changes(self, thresholds, bounds):
        listed = turning_days(thresholds, bounds)
        assert listed == sorted(set(listed))
        for one in EVERY_DAY:
            assert one in listed or level_on(thresholds, bounds, one) == level_on(thresholds, bounds, one - ONE_DAY)

    @thorough
    @given(THRESHOLDS, BOUNDS, DAYS, DAYS)
    def test_the_turns_from_any_day_make_every_later_one(self, thresholds, bounds, after, until):
        found = turns(thresholds, bounds, after, until)
        assert all(after < on <= until and before != to for on, before, to in found)
        level, left = level_on(thresholds, bounds, after), list(found)
        for number in range((until - after).days + 1):
            one = after + number * ONE_DAY
            while left and left[0][0] == one:
                _, before, to = left.pop(0)
                assert before == level
                level = to
            assert level == level_on(thresholds, bounds, one)
        assert not left


class TestHistory:
    def test_a_history_with_a_gap_and_a_schedule_replaced_on_its_first_day(self):
        history = [
            Schedule(day(0), Thresholds(day(0), day(5)), Bounds(), day(10)),
            Schedule(day(10), Thresholds(day(0), red_on=day(0)), Bounds(), day(10)),
            Schedule(day(12), Thresholds(day(0), day(5)), Bounds(), day(20)),
            Schedule(day(20), Thresholds(day(0), day(5), day(25)), Bounds(closed_on=day(30))),
        ]
        assert segments(history, day(-2), day(31)) == [
            Segment(day(-2), day(-1), UNRATED),
            Segment(day(0), day(4), GREEN),
            Segment(day(5), day(9), BLUE),
            Segment(day(10), day(11), UNRATED),
            Segment(day(12), day(24), BLUE),
            Segment(day(25), day(29), YELLOW),
            Segment(day(30), day(31), DONE),
        ]

    def test_no_days_have_no_colours(self):
        assert segments([], day(3), day(3)) == [Segment(day(3), day(3), UNRATED)]
        assert segments([], day(3), day(2)) == []
        assert segments([Schedule(day(0), Thresholds(day(0), day(3)))], day(3), day(2)) == []

    @thorough
    @given(histories(), st.integers(0, SPAN - 1), st.integers(0, SPAN - 1), st.randoms())
    def test_every_day_is_in_one_segment_of_its_level(self, history, one, other, random):
        first, last = day(min(one, other)), day(max(one, other))
        found = segments(random.sample(history, len(history)), first, last)
        assert (found[0].first, found[-1].last) == (first, last)
        assert all(
            before.last + ONE_DAY == after.first and before.level != after.level for before, after in zip(found, found[1:], strict=False)
        )
        for segment in found:
            assert segment.first <= segment.last
            for number in range((segment.last - segment.first).days + 1):
                valid = current(history, segment.first + number * ONE_DAY)
                level = level_on(valid.thresholds, valid.bounds, segment.first + number * ONE_DAY) if valid else UNRATED
                assert level == segment.level

    @given(histories())
    def test_at_most_one_schedule_is_valid(self, history):
        for one in EVERY_DAY:
            valid = [item for item in history if item.valid_from <= one and (item.valid_until is None or one < item.valid_until)]
            assert valid == ([current(history, one)] if valid else [])
            assert bool(valid) == (current(history, one) is not None)

    @thorough
    @given(THRESHOLDS, BOUNDS, st.integers(0, 20), st.integers(0, SPAN), st.integers(0, 40))
    def test_since_when_is_what_walking_back_finds(self, thresholds, bounds, begin, later, earlier):
        valid_from, on = day(begin), day(begin + later)
        entered_level, entered_on = level_on(thresholds, bounds, valid_from), day(begin - earlier)
        walked = on
        while walked > valid_from and level_on(thresholds, bounds, walked - ONE_DAY) == level_on(thresholds, bounds, on):
            walked -= ONE_DAY
        if walked == valid_from:
            walked = entered_on
        assert since(thresholds, bounds, entered_level, entered_on, valid_from, on) == walked

    def test_a_colour_is_older_than_its_schedule(self):
        found = [since(Thresholds(day(0), day(10)), Bounds(), GREEN, day(-30), day(2), day(number)) for number in (2, 9, 10, 40)]
        assert found == [day(-30), day(-30), day(10), day(10)]


CUTOFFS = [date(2018, 6, 25), date(2018, 7, 25), date(2018, 8, 27), date(2018, 9, 25)]


class TestConsequences:
    @pytest.mark.parametrize(
        ("began", "on", "periods"),
        [
            (date(2018, 6, 26), date(2018, 7, 24), 0),
            (date(2018, 6, 26), date(2018, 7, 25), 1),
            (date(2018, 6, 25), date(2018, 7, 25), 2),
            (date(2018, 6, 26), date(2018, 8, 27), 2),
            (date(2018, 6, 26), date(2018, 9, 25), 3),
            (date(2018, 9, 26), date(2018, 12, 31), 0),
        ],
    )
    def test_how_many_cutoffs_a_colour_has_outlived(self, began, on, periods):
        assert cutoffs_passed(began, on, CUTOFFS) == periods

    @pytest.mark.parametrize(
        ("level", "steps"),
        [
            (UNRATED, [None] * 5),
            (GREEN, [None] * 5),
            (BLUE, [EscalationStep.REMIND] * 5),
            (YELLOW, [EscalationStep.NOTICE] * 2 + [EscalationStep.INTERVIEW] * 3),
            (RED, [EscalationStep.URGE] * 3 + [EscalationStep.INQUIRY] * 2),
            (PAUSED, [None] * 5),
        ],
    )
    def test_the_step_that_is_proposed_after_so_many(self, level, steps):
        assert [escalation(WARNING_POLICY, level, periods) for periods in range(5)] == steps

    @pytest.mark.parametrize("before", WarningLevel)
    @pytest.mark.parametrize("computed", [UNRATED, *LEVELS])
    def test_yellow_and_red_are_left_only_when_confirmed(self, before, computed):
        assert needs_lifting(before, computed) == (before in GRAVE_LEVELS and computed < before)

    @pytest.mark.parametrize(
        ("on", "cycles", "until"),
        [
            (date(2018, 6, 20), 1, date(2018, 6, 25)),  # the day on which June opens: June is reported under observation
            (date(2018, 6, 21), 1, date(2018, 7, 25)),  # June may have been reported before: July is
            (date(2018, 6, 25), 1, date(2018, 7, 25)),  # confirmed on a cut-off: to the next one
            (date(2018, 7, 2), 1, date(2018, 7, 25)),
            (date(2018, 7, 2), 2, date(2018, 8, 27)),
            (date(2018, 7, 2), 3, date(2018, 9, 25)),
            (date(2018, 7, 2), 9, date(2018, 9, 25)),  # no more are known
            (date(2018, 9, 25), 1, date(2018, 9, 25)),
            (date(2018, 7, 2), 0, date(2018, 7, 2)),
            (date(2018, 7, 2), -1, date(2018, 7, 2)),
        ],
    )
    def test_how_long_red_is_observed(self, on, cycles, until):
        assert observed_until(on, reversed(CUTOFFS), cycles) == until


class TestHolds:
    @pytest.mark.parametrize(
        ("holds", "on", "expected"),
        [
            ([], 5, (None, None)),
            ([(0, 9)], 5, (0, 9)),
            ([(0, 9)], 9, (0, 9)),
            ([(0, 9)], 10, (None, None)),
            ([(10, 19)], 5, (10, 19)),  # the next one
            ([(10, 19), (0, 9)], 5, (0, 19)),  # prolonged without a gap
            ([(0, 9), (11, 19)], 5, (0, 9)),
            ([(0, 9), (11, 19)], 10, (11, 19)),
            ([(0, 30), (5, 9), (25, 40)], 12, (0, 40)),
            ([(9, 0)], 5, (None, None)),
            ([(0, 9), (10, 3)], 5, (0, 9)),
        ],
    )
    def test_holds_that_follow_each_other_are_one(self, holds, on, expected):
        found = merged_pause([(day(begin), day(end)) for begin, end in holds], day(on))
        assert found == tuple(None if number is None else day(number) for number in expected)

    @thorough
    @given(st.lists(st.tuples(DAYS, DAYS), max_size=5), DAYS)
    def test_the_hold_covers_what_its_parts_cover_and_nothing_else(self, holds, on):
        def is_held(one: date) -> bool:
            return any(begin <= one <= end for begin, end in holds)

        begin, end = merged_pause(holds, on)
        if begin is None:
            assert end is None
            assert not any(last >= on and last >= first for first, last in holds)
            return
        assert on <= end
        assert all(is_held(begin + number * ONE_DAY) for number in range((end - begin).days + 1))
        assert not is_held(begin - ONE_DAY)
        assert not is_held(end + ONE_DAY)
        assert not any(is_held(on + number * ONE_DAY) for number in range((begin - on).days))
