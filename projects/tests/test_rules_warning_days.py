"""The colour schedule against a direct evaluation of each day, on random policies, facts and calendars.

From the first day of the facts' year on both say the same. Before it nothing is rated: the schedule of a year begins with the year,
even though a milestone or an obligation could already be looked at, and `assess` does.
"""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from erqi.common import workdays
from projects.choices import LEVELS, Dimension, MilestoneKind, WarningLevel
from projects.rules.presets import WARNING_POLICY
from projects.rules.warning import (
    CauseKind,
    Event,
    Facts,
    InvestmentFact,
    MilestoneFact,
    Obligation,
    WorkCalendar,
    assess,
    assessed_level,
    first_day_at,
    thresholds,
    workdays_late,
)
from projects.tests.test_rules_policy import sound_policies

ONE_DAY = timedelta(days=1)
AROUND = 60
YEARS = st.sampled_from([2018, 2020])
thorough = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
brief = settings(thorough, max_examples=40)


class Calendar:
    """A calendar with working days of its own, which counts them in another way than the real one."""

    FIRST, LAST = date(2015, 1, 1), date(2024, 12, 31)

    def __init__(self, weekdays: frozenset[int], holidays: tuple[tuple[int, int], ...]) -> None:
        self.weekdays, self.holidays = weekdays, holidays
        days = [self.FIRST + number * ONE_DAY for number in range((self.LAST - self.FIRST).days)]
        self.worked = [day for day in days if day.weekday() in weekdays and not self._is_holiday(day)]

    def __repr__(self) -> str:
        return f"Calendar({self.weekdays}, {self.holidays})"

    def _is_holiday(self, day: date) -> bool:
        return any(begin <= day.timetuple().tm_yday <= begin + length for begin, length in self.holidays)

    def is_workday(self, day: date) -> bool:
        place = bisect_left(self.worked, day)
        return self.worked[place] == day

    def add_workdays(self, day: date, number: int) -> date:
        return self.worked[bisect_right(self.worked, day) + number - 1 if number > 0 else bisect_left(self.worked, day) + number]

    def workdays_between(self, first: date, last: date) -> int:
        return bisect_right(self.worked, last) - bisect_right(self.worked, first)


def own_calendars():
    holidays = st.lists(st.tuples(st.integers(1, 360), st.integers(0, 12)), max_size=2).map(tuple)
    return st.builds(Calendar, st.frozensets(st.integers(0, 6), min_size=3), holidays)


CALENDARS: st.SearchStrategy[WorkCalendar] = st.one_of(st.just(workdays), own_calendars())
AMOUNTS = st.integers(0, 300).map(Decimal) | st.decimals(0, 300, places=2)


@st.composite
def investments(draw):
    """A year's plan that never falls, or none; an amount for the year, which may be another than the plan's; what is done."""
    steps = draw(st.none() | st.lists(st.integers(0, 20).map(Decimal), min_size=12, max_size=12))
    plan = None if steps is None else tuple(accumulate(steps))
    return InvestmentFact(plan, draw(st.none() | AMOUNTS), draw(st.none() | AMOUNTS), draw(st.integers(0, 12)))


@st.composite
def facts(draw, year):
    """Everything a colour depends on, in a year and somewhat around it."""
    near = st.dates(date(year - 1, 11, 1), date(year + 1, 1, 31))
    milestones = draw(
        st.lists(
            st.tuples(
                st.sampled_from(MilestoneKind),
                st.none() | near | near,
                st.integers(0, 3).map(lambda number: number == 0),
                st.none() | near,
            ),
            max_size=6,
        )
    )
    events = st.lists(st.builds(Event, st.sampled_from(LEVELS[1:]), near, st.just("退回"), st.just("退回"), st.just("补正")), max_size=2)
    obligations = draw(
        st.lists(
            st.tuples(st.sampled_from([Dimension.ISSUE, Dimension.NOTICE]), st.none() | near | near, st.none() | near, events), max_size=2
        )
    )
    return Facts(
        year,
        tuple(
            MilestoneFact(key, kind, f"节点{key}", due_on, done, pending) for key, (kind, due_on, done, pending) in enumerate(milestones)
        ),
        draw(investments()),
        tuple(
            Obligation(key, dimension, f"事项{key}", due_on, stopped_on=stopped, events=tuple(happened))
            for key, (dimension, due_on, stopped, happened) in enumerate(obligations)
        ),
    )


FACTS = YEARS.flatmap(facts)


def around(year: int) -> list[date]:
    """Return every day of a year and of two months on either side."""
    first = date(year, 1, 1) - AROUND * ONE_DAY
    return [first + number * ONE_DAY for number in range((date(year, 12, 31) - first).days + 1 + AROUND)]


class TestEveryDay:
    @thorough
    @given(sound_policies(), FACTS, CALENDARS)
    def test_the_schedule_is_what_each_day_says_by_itself(self, policy, facts, calendar):
        schedule = thresholds(policy, facts, calendar)
        for day in around(facts.year):
            if day < date(facts.year, 1, 1):
                assert schedule.level(day) == WarningLevel.UNRATED
            else:
                assert schedule.level(day) == assessed_level(assess(policy, facts, calendar, day)), day

    @thorough
    @given(FACTS, CALENDARS)
    def test_under_the_policy_that_ships(self, facts, calendar):
        schedule = thresholds(WARNING_POLICY, facts, calendar)
        for day in around(facts.year)[AROUND:]:
            assert schedule.level(day) == assessed_level(assess(WARNING_POLICY, facts, calendar, day)), day

    @brief
    @given(sound_policies(), FACTS, CALENDARS)
    def test_nothing_that_is_looked_at_grows_better_by_waiting(self, policy, facts, calendar):
        before = {}
        for day in around(facts.year)[::9]:
            found = {(one.cause.kind, one.cause.key): one.level for one in assess(policy, facts, calendar, day)}
            assert all(found[thing] >= level for thing, level in before.items()), day
            before = found

    @thorough
    @given(sound_policies(), FACTS, CALENDARS)
    def test_the_cause_of_a_level_has_it_on_its_first_day_and_not_before(self, policy, facts, calendar):
        schedule, begin = thresholds(policy, facts, calendar), date(facts.year, 1, 1)
        assert [level for level, _ in schedule.causes] == [level for level in LEVELS if schedule.on(level) is not None]
        for level, cause in schedule.causes:
            for day in {schedule.on(level), max(schedule.on(level) - ONE_DAY, begin)}:
                found = [one for one in assess(policy, facts, calendar, day) if one.counts and one.level >= level]
                its = [
                    one for one in found if (one.cause.dimension, one.cause.kind, one.cause.key) == (cause.dimension, cause.kind, cause.key)
                ]
                assert its if day == schedule.on(level) else not found
                if cause.kind == CauseKind.INVESTMENT and its:
                    assert its[0].cause == cause

    @brief
    @given(sound_policies(), FACTS, CALENDARS)
    def test_levels_come_one_after_the_other_and_never_go(self, policy, facts, calendar):
        schedule = thresholds(policy, facts, calendar)
        levels = [schedule.level(day) for day in around(facts.year)]
        assert all(one <= other for one, other in pairwise(levels))
        reached = [schedule.on(level) for level in LEVELS if schedule.on(level) is not None]
        assert reached == sorted(reached)
        assert all(day >= date(facts.year, 1, 1) for day in reached)

    @brief
    @given(sound_policies(), FACTS, CALENDARS, st.permutations(range(6)))
    def test_the_order_of_the_records_does_not_matter(self, policy, facts, calendar, order):
        other = Facts(
            facts.year,
            tuple(facts.milestones[place] for place in order if place < len(facts.milestones)),
            facts.investment,
            facts.obligations[::-1],
        )
        one, two = thresholds(policy, facts, calendar), thresholds(policy, other, calendar)
        assert all(one.on(level) == two.on(level) for level in LEVELS)

    @brief
    @given(sound_policies(), FACTS, CALENDARS)
    def test_to_report_more_is_never_worse(self, policy, facts, calendar):
        done = facts.investment.done or Decimal(0)
        more = Facts(facts.year, investment=InvestmentFact(facts.investment.plan, facts.investment.annual, done + 40))
        less = Facts(facts.year, investment=InvestmentFact(facts.investment.plan, facts.investment.annual, done))
        one, two = thresholds(policy, less, calendar), thresholds(policy, more, calendar)
        assert all(one.level(day) >= two.level(day) for day in around(facts.year)[::7])


class TestWorkingDays:
    @given(CALENDARS, st.dates(date(2017, 6, 1), date(2021, 6, 30)), st.integers(-40, 40))
    @example(workdays, date(2018, 6, 24), 0)  # due on a Sunday: its Friday already has no working day left
    @example(workdays, date(2018, 6, 24), -1)
    @example(workdays, date(2018, 2, 18), -3)  # due in the middle of Spring Festival
    @example(workdays, date(2018, 2, 18), 1)
    def test_the_first_day_with_a_number_is_the_first_one(self, calendar, due_on, number):
        day = first_day_at(due_on, number, calendar)
        assert workdays_late(due_on, day, calendar) == number > workdays_late(due_on, day - ONE_DAY, calendar)

    @given(CALENDARS, st.dates(date(2017, 6, 1), date(2021, 6, 30)), st.integers(-90, 90))
    def test_a_day_lies_between_the_first_of_its_number_and_of_the_next(self, calendar, due_on, later):
        day = due_on + later * ONE_DAY
        number = workdays_late(due_on, day, calendar)
        assert first_day_at(due_on, number, calendar) <= day < first_day_at(due_on, number + 1, calendar)

    @given(CALENDARS, st.dates(date(2017, 6, 1), date(2021, 6, 30)), st.integers(-60, 60))
    def test_a_working_day_more_or_less_each_day(self, calendar, due_on, later):
        day = due_on + later * ONE_DAY
        step = workdays_late(due_on, day + ONE_DAY, calendar) - workdays_late(due_on, day, calendar)
        assert step == calendar.is_workday(day + ONE_DAY)

    @given(own_calendars(), st.dates(date(2017, 1, 1), date(2021, 12, 31)), st.integers(-200, 200))
    def test_the_calendar_of_these_tests_counts_as_the_real_one(self, calendar, day, later):
        last = day + later * ONE_DAY
        between = sum(calendar.is_workday(min(day, last) + number * ONE_DAY) for number in range(1, abs(later) + 1))
        assert calendar.workdays_between(day, last) == (between if later >= 0 else -between)
        if later:
            found = calendar.add_workdays(day, later)
            step = ONE_DAY if later > 0 else -ONE_DAY
            assert calendar.is_workday(found)
            assert sum(calendar.is_workday(day + number * step) for number in range(1, abs((found - day).days) + 1)) == abs(later)


def test_before_the_year_begins_the_schedule_rates_nothing():
    late = Facts(2018, (MilestoneFact(1, "", "封顶", date(2017, 12, 20)),))
    assert thresholds(WARNING_POLICY, late, workdays).level(date(2017, 12, 31)) == WarningLevel.UNRATED
    assert assessed_level(assess(WARNING_POLICY, late, workdays, date(2017, 12, 31))) == WarningLevel.YELLOW
