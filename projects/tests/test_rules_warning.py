"""The worked examples of domain.md §8, and the dimensions of the four-colour warning day by day in 2018."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from erqi.common import workdays
from projects.choices import LEVELS, Basis, Curve, Dimension, MilestoneKind, WarningLevel
from projects.rules.calendar import cutoffs
from projects.rules.colour import Bounds, level_on, observed_until
from projects.rules.policy import Band, Rule, faults
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.rules.warning import (
    CauseKind,
    Facts,
    InvestmentFact,
    MilestoneFact,
    Obligation,
    Thresholds,
    WorkCalendar,
    assess,
    assessed_level,
    evaluation_days,
    month_ends_passed,
    thresholds,
)

UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
CALENDAR: WorkCalendar = workdays
ONE_DAY = timedelta(days=1)

# 银川 (R1) in points behind the plan; what it leaves open, 0 to 10 points, is a reminder.
_POINTS = (
    Band(GREEN, None, Decimal(0), low_in=False, high_in=True),
    Band(BLUE, Decimal(0), Decimal(10), low_in=False),
    Band(YELLOW, Decimal(10), Decimal(30), high_in=True),
    Band(RED, Decimal(30), None, low_in=False),
)
GAP_POLICY = replace(WARNING_POLICY, basis=Basis.GAP, rules={Dimension.INVESTMENT: Rule(_POINTS)})


def day(text: str) -> date:
    month, number = text.split("-")
    return date(2018, int(month), int(number))


def half(done, *, june=50, february=8) -> Facts:
    """A year's plan of 100 万元, half of it to the end of June, and what is done."""
    plan = (4, february, 16, 24, 32, june, 60, 68, 76, 84, 92, 100)
    return Facts(2018, investment=InvestmentFact(tuple(map(Decimal, plan)), Decimal(100), None if done is None else Decimal(done), month=6))


def milestone(due: str, kind=MilestoneKind.TOPPING, **more) -> Facts:
    return Facts(2018, (MilestoneFact(1, kind, "节点", day(due), **more),))


def obligation(dimension: Dimension, due_on: date) -> Facts:
    return Facts(2018, obligations=(Obligation(1, dimension, "事项", due_on),))


START = milestone("3-31", MilestoneKind.START)
DUE = milestone("8-20")
CONFIRMED = observed_until(day("7-2"), cutoffs(2018, workdays.is_workday), WARNING_POLICY.observation_cycles)
OBSERVED = Bounds(floor_level=YELLOW, floor_until=CONFIRMED)
WINTER = Bounds(paused_from=day("6-1"), paused_until=day("7-9"))


@dataclass(frozen=True)
class Example:
    """A worked example: what is shown on a day."""

    letter: str
    facts: Facts
    day: str
    level: WarningLevel
    bounds: Bounds = Bounds()
    policy: object = WARNING_POLICY


EXAMPLES = [
    # The cut-off of June is Monday the 25th; from the 26th on its plan is asked for.
    Example("a", half(50), "6-26", GREEN),
    Example("b", half(45), "6-26", BLUE),
    Example("c", half(38), "6-26", YELLOW),
    Example("d", half(29), "6-26", RED),
    Example("d: until the cut-off May is asked for", half(29), "6-25", BLUE),
    Example("d: in points", half(29), "6-26", YELLOW, policy=GAP_POLICY),
    Example("e: 80", half(40), "6-26", BLUE),
    Example("e: 60", half(30), "6-26", YELLOW),
    Example("e: 100", half(50), "6-26", GREEN),
    Example("e: below 80", half("39.99"), "6-26", YELLOW),
    Example("e: below 60", half("29.99"), "6-26", RED),
    Example("e: below 100", half("49.99"), "6-26", BLUE),
    Example("f", Facts(2018, investment=InvestmentFact((Decimal(0),) * 11 + (Decimal(100),), Decimal(100))), "12-20", UNRATED),
    Example("f: planned since", Facts(2018, investment=InvestmentFact((Decimal(0),) * 11 + (Decimal(100),), Decimal(100))), "12-21", RED),
    Example("g", half(0), "2-27", UNRATED),
    Example("g: the last day before March", half(0), "3-26", UNRATED),
    Example("g: March", half(0), "3-27", RED),
    Example("h: before its month", START, "2-28", GREEN),
    Example("h: inside its month", START, "3-1", BLUE),
    Example("h: not started", START, "3-31", BLUE),
    Example("h: the month ended", START, "4-1", YELLOW),
    Example("h: two month-ends", START, "5-31", YELLOW),
    Example("h: three month-ends", START, "6-1", RED),
    Example("i: due in 8 days", DUE, "8-12", GREEN),
    Example("i: due in 7 days", DUE, "8-13", BLUE),
    Example("i: due today", DUE, "8-20", BLUE),
    Example("i: 7 days late", DUE, "8-27", BLUE),
    Example("i: 8 days late", DUE, "8-28", YELLOW),
    Example("i: 30 days late", DUE, "9-19", YELLOW),
    Example("i: 31 days late", DUE, "9-20", RED),
    Example("j", replace(half(29), milestones=DUE.milestones), "6-26", RED),
    Example("j: and the other way round", replace(half(90), milestones=DUE.milestones), "9-20", RED),
    # Red at 29, confirmed on 2 July with 49 done: observed to the cut-off of July, then computed.
    Example("k: confirmed", half(49), "7-2", YELLOW, OBSERVED),
    Example("k: the last day of the cycle", half(49), "7-25", YELLOW, OBSERVED),
    Example("k: computed again", half(49), "7-26", BLUE, OBSERVED),
    Example("k: computed at once without the observation", half(49), "7-25", BLUE),
    Example("k: worse meanwhile", replace(half(49), milestones=milestone("6-10").milestones), "7-11", RED, OBSERVED),
    Example("l: before", half(29), "5-31", BLUE, WINTER),
    Example("l: paused", half(29), "6-26", PAUSED, WINTER),
    Example("l: the last day", half(29), "7-9", PAUSED, WINTER),
    Example("l: the expiry has passed", half(29), "7-10", RED, WINTER),
    Example("m: the day before", half(29), "7-30", RED, Bounds(closed_on=day("7-31"))),
    Example("m", half(29), "7-31", DONE, Bounds(closed_on=day("7-31"))),
    Example(
        "m: even paused, observed and set by hand",
        half(29),
        "8-1",
        DONE,
        Bounds(day("7-31"), day("7-1"), day("9-1"), RED, None, RED, day("9-1")),
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.letter)
def test_worked_example(example):
    schedule = thresholds(example.policy, example.facts, CALENDAR)
    assert level_on(schedule, example.bounds, day(example.day)) == example.level
    if example.bounds == Bounds():
        assert assessed_level(assess(example.policy, example.facts, CALENDAR, day(example.day))) == example.level


def test_the_policy_in_points_is_sound():
    assert faults(GAP_POLICY) == []


def turns(policy, facts):
    found = thresholds(policy, facts, CALENDAR)
    return [on and f"{on.month}-{on.day}" for on in (found.on(level) for level in LEVELS)]


class TestSchedule:
    def test_nothing_known_is_never_rated(self):
        assert thresholds(WARNING_POLICY, Facts(2018), CALENDAR) == Thresholds()
        assert Thresholds().level(day("12-31")) == UNRATED

    @pytest.mark.parametrize(
        ("facts", "days"),
        [
            (DUE, ["1-1", "8-13", "8-28", "9-20"]),
            (START, ["1-1", "3-1", "4-1", "6-1"]),
            (half(29), ["3-27", "5-26", "6-26", "6-26"]),
            (half(100), ["3-27", None, None, None]),
            (half(None), ["3-27"] * 4),
            # Late since before the year: as late as it is on its first day.
            (Facts(2018, (MilestoneFact(1, "", "节点", date(2017, 12, 20)),)), ["1-1", "1-1", "1-1", "1-20"]),
            (Facts(2018, (MilestoneFact(1, MilestoneKind.START, "开工", date(2017, 9, 30)),)), ["1-1"] * 4),
            # Friday 28 September, before the National Day; the 29th and 30th are worked.
            (obligation(Dimension.ISSUE, date(2018, 9, 28)), ["1-1", "9-26", "9-29", "10-14"]),
            (obligation(Dimension.NOTICE, date(2018, 9, 28)), ["1-1", "9-26", "9-29", "10-11"]),
            (obligation(Dimension.NOTICE, date(2018, 9, 30)), ["1-1", "9-28", "10-8", "10-15"]),
            # Due on a Sunday: already its Friday has no working day left.
            (obligation(Dimension.NOTICE, date(2018, 6, 24)), ["1-1", "6-20", "6-25", "7-2"]),
        ],
    )
    def test_the_days_of_the_colours(self, facts, days):
        assert turns(WARNING_POLICY, facts) == days

    def test_what_is_done_is_green_under_both_families(self):
        done = milestone("3-31", done=True)
        assert turns(WARNING_POLICY, done) == turns(STATUS_POLICY, done) == ["1-1", None, None, None]
        assert turns(STATUS_POLICY, half(100)) == ["3-27", None, None, None]

    def test_in_the_other_family_what_is_in_time_is_blue(self):
        assert turns(STATUS_POLICY, DUE) == ["1-1", "1-1", "8-21", "9-20"]
        assert turns(STATUS_POLICY, half(60)) == ["3-27", "3-27", "8-28", None]

    def test_a_milestone_without_a_date_says_nothing(self):
        undated = Facts(2018, (MilestoneFact(1, MilestoneKind.START, "尽快开工", None), MilestoneFact(2, "", "", None, done=True)))
        assert turns(WARNING_POLICY, undated) == [None] * 4
        assert assess(WARNING_POLICY, undated, CALENDAR, day("6-1")) == []

    def test_what_does_not_count_is_shown_and_makes_no_colour(self):
        silent = {**WARNING_POLICY.rules, Dimension.MILESTONE: replace(WARNING_POLICY.rules[Dimension.MILESTONE], counts=False)}
        policy = replace(WARNING_POLICY, rules=silent)
        found = assess(policy, replace(DUE, milestones=(*DUE.milestones, *START.milestones)), CALENDAR, day("12-1"))
        assert [(one.level, one.counts, one.cause.dimension) for one in found] == [
            (RED, True, Dimension.START),
            (RED, False, Dimension.MILESTONE),
        ]
        assert turns(policy, DUE) == [None] * 4
        assert assessed_level(assess(policy, DUE, CALENDAR, day("12-1"))) == UNRATED
        assert assess(replace(WARNING_POLICY, rules={}), DUE, CALENDAR, day("12-1")) == []

    @pytest.mark.parametrize("kind", MilestoneKind)
    def test_starts_and_completions_go_by_the_month_and_all_others_by_the_day(self, kind):
        by_month = {MilestoneKind.START, MilestoneKind.COMPLETION, MilestoneKind.PRODUCTION, MilestoneKind.SERVICE}
        assert turns(WARNING_POLICY, milestone("8-20", kind))[1] == ("8-1" if kind in by_month else "8-13")

    def test_an_edge_that_no_date_can_reach(self):
        for dimension, facts in [
            (Dimension.MILESTONE, DUE),
            (Dimension.START, START),
            (Dimension.ISSUE, obligation(Dimension.ISSUE, day("6-1"))),
        ]:
            never = Rule((Band(BLUE, None, Decimal(10**12)), Band(RED, Decimal(10**12), None)))
            always = Rule((Band(BLUE, None, Decimal(-(10**12))), Band(RED, Decimal(-(10**12)), None)))
            assert turns(replace(WARNING_POLICY, rules={dimension: never}), facts) == ["1-1", "1-1", None, None]
            assert turns(replace(WARNING_POLICY, rules={dimension: always}), facts) == ["1-1"] * 4


class TestPending:
    @pytest.mark.parametrize(
        ("facts", "days"),
        [
            (milestone("8-20", pending_since=day("8-12")), ["1-1", None, None, None]),
            (milestone("8-20", pending_since=day("8-13")), ["1-1", "8-13", None, None]),
            (milestone("8-20", pending_since=day("8-27")), ["1-1", "8-13", None, None]),
            (milestone("8-20", pending_since=day("8-28")), ["1-1", "8-13", "8-28", None]),
            (milestone("8-20", pending_since=day("9-20")), ["1-1", "8-13", "8-28", "9-20"]),
            (milestone("3-31", MilestoneKind.START, pending_since=day("2-28")), ["1-1", None, None, None]),
            (milestone("3-31", MilestoneKind.START, pending_since=day("4-1")), ["1-1", "3-1", "4-1", None]),
            # Since the year before: what came about by the new year alone does not count.
            (milestone("1-5", pending_since=date(2017, 12, 20)), ["1-1", None, None, None]),
            (milestone("1-5", pending_since=date(2017, 12, 29)), ["1-1", "1-1", None, None]),
            (milestone("1-31", MilestoneKind.START, pending_since=date(2017, 12, 31)), ["1-1", None, None, None]),
            (milestone("1-31", MilestoneKind.START, pending_since=date(2018, 1, 1)), ["1-1", "1-1", None, None]),
        ],
    )
    def test_a_request_stops_the_clock(self, facts, days):
        assert turns(WARNING_POLICY, facts) == days
        for number in range(365):
            on = date(2018, 1, 1) + number * ONE_DAY
            (one,) = assess(WARNING_POLICY, facts, CALENDAR, on)
            assert one.frozen is (on >= facts.milestones[0].pending_since)
            assert one.level == thresholds(WARNING_POLICY, facts, CALENDAR).level(on)

    def test_the_figure_stands_still_and_what_is_done_is_done(self):
        (one,) = assess(WARNING_POLICY, milestone("8-20", pending_since=day("8-25")), CALENDAR, day("12-1"))
        assert (one.cause.value, one.level, one.frozen) == (5, BLUE, True)
        (one,) = assess(WARNING_POLICY, milestone("8-20", pending_since=day("8-25"), done=True), CALENDAR, day("12-1"))
        assert (one.level, one.frozen) == (GREEN, False)


class TestInvestment:
    @pytest.mark.parametrize(
        ("first", "months"),
        [(3, list(range(3, 13))), (1, list(range(1, 13))), (12, [12]), (13, []), (0, list(range(1, 13)))],
    )
    def test_which_months_are_evaluated(self, first, months):
        found = evaluation_days(replace(WARNING_POLICY, min_eval_month=first), 2018, CALENDAR)
        assert [month for month, _, _ in found] == months
        assert all(cutoff_on == cutoffs(2018, workdays.is_workday)[month - 1] == since - ONE_DAY for month, cutoff_on, since in found)

    @pytest.mark.parametrize("on", ["12-21", "12-31"])
    @pytest.mark.parametrize("more", [{}, {"annual": None}, {"plan": None}])
    @pytest.mark.parametrize("curve", Curve)
    def test_a_year_that_is_complete_has_nothing_to_fall_behind(self, curve, more, on):
        policy = replace(WARNING_POLICY, curve=curve)
        facts = replace(half(100), investment=replace(half(100).investment, **more))
        level = UNRATED if curve == Curve.MONTHLY_PLAN and "plan" in more else GREEN
        assert assessed_level(assess(policy, facts, CALENDAR, day(on))) == thresholds(policy, facts, CALENDAR).level(day(on)) == level

    def test_complete_by_the_year_and_not_by_a_stale_plan(self):
        stale = Facts(2018, investment=InvestmentFact(tuple(map(Decimal, range(20, 260, 20))), Decimal(120), Decimal(120)))
        assert turns(WARNING_POLICY, stale) == ["3-27", None, None, None]
        short = replace(stale, investment=replace(stale.investment, done=Decimal("119.99")))
        assert turns(WARNING_POLICY, short) == ["3-27", "6-26", "8-28", "10-26"]

    def test_points_behind_an_unknown_year_are_not_evaluated(self):
        policy = replace(GAP_POLICY, curve=Curve.LINEAR_MONTHS)
        assert turns(policy, Facts(2018, investment=InvestmentFact(done=Decimal(5)))) == [None] * 4
        assert turns(policy, Facts(2018, investment=InvestmentFact(annual=Decimal(0), done=Decimal(5)))) == [None] * 4

    def test_the_linear_curves_by_their_cutoffs(self):
        facts = Facts(2018, investment=InvestmentFact(annual=Decimal(1200), done=Decimal(500)))
        assert turns(replace(WARNING_POLICY, curve=Curve.LINEAR_MONTHS), facts) == ["3-27", "6-26", "7-26", "9-26"]
        # By days the cut-off of May asks for 145 of 365 days (477), that of June for 176 (579), that of September for 268 (881).
        assert turns(replace(WARNING_POLICY, curve=Curve.LINEAR_DAYS), facts) == ["3-27", "6-26", "7-26", "9-26"]


class TestCauses:
    FACTS = Facts(
        2018,
        (MilestoneFact(7, "", "封顶", day("8-20")), MilestoneFact(8, MilestoneKind.START, "开工", day("11-30"))),
        half(29).investment,
        (Obligation(9, Dimension.NOTICE, "督察通知", day("5-11")),),
    )

    def test_each_colour_has_the_cause_that_comes_first(self):
        found = thresholds(WARNING_POLICY, self.FACTS, CALENDAR)
        assert [(level, cause.kind, cause.key, cause.name) for level, cause in found.causes] == [
            (GREEN, CauseKind.MILESTONE, 7, "封顶"),
            (BLUE, CauseKind.OBLIGATION, 9, "督察通知"),
            (YELLOW, CauseKind.OBLIGATION, 9, "督察通知"),
            (RED, CauseKind.OBLIGATION, 9, "督察通知"),
        ]
        assert [cause.value for _, cause in found.causes] == [None, -2, 1, 6]
        assert found.cause(UNRATED) is None

    def test_the_cause_of_an_investment_holds_its_figures(self):
        cause = thresholds(WARNING_POLICY, half(29), CALENDAR).cause(YELLOW)
        assert (cause.dimension, cause.month, cause.due_on) == (Dimension.INVESTMENT, 6, day("6-25"))
        assert (cause.planned, cause.done, cause.value) == (50, 29, 58)

    def test_the_assessment_puts_the_worst_first(self):
        found = assess(WARNING_POLICY, self.FACTS, CALENDAR, day("8-28"))
        assert [(one.level, one.cause.key) for one in found] == [(RED, 9), (RED, 0), (YELLOW, 7), (GREEN, 8)]
        assert [one.cause.value for one in found[2:]] == [8, -3]
        assert found[1].cause.month == 8

    @pytest.mark.parametrize(
        ("on", "passed"),
        [(date(2017, 12, 31), -3), (date(2018, 2, 28), -1), (date(2018, 3, 1), 0), (date(2018, 4, 1), 1), (date(2019, 3, 1), 12)],
    )
    def test_month_ends(self, on, passed):
        assert month_ends_passed(day("3-31"), on) == month_ends_passed(day("3-1"), on) == passed
