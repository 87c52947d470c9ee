"""How targets stand on a day: every computed number is that of the ledger list it leads to, on any day, in a constant number of queries."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from erqi.common import clock
from erqi.common.simulation import simulating
from projects.choices import Bound, Computed, Measure, MilestoneKind, Wording
from projects.models import Target
from projects.rules.computed import Gap
from projects.rules.target import State, Unjudged, Yardstick
from projects.services import target as service
from projects.services.milestone import complete_milestone
from projects.stats.target import COMPUTED, READING, headline_states, target_course, target_states
from projects.tests.builders import (
    make_claim,
    make_entry,
    make_ledger,
    make_milestone,
    make_project,
    make_responsibility,
    make_target,
    make_unit,
)
from projects.tests.report_builders import file_month
from projects.tests.target_lists import check, number_at

YEAR, TODAY = 2018, date(2018, 9, 28)
START, COMPLETION, RESETTLEMENT = MilestoneKind.START, MilestoneKind.COMPLETION, MilestoneKind.RESETTLEMENT


@pytest.fixture(autouse=True)
def _business_date():
    with clock.at(TODAY):
        yield


@pytest.fixture
def ledger(db):
    return make_ledger()


def enter(ledger, name="", **values):
    """Enter a new project into the ledger and return it; `annual_plan` is the entry's."""
    plan = values.pop("annual_plan", None)
    project = make_project(name, **values)
    make_entry(ledger, project, annual_plan=plan)
    return project


def started(project, done=None, due=None, kind=START, year=YEAR, name="节点"):
    return make_milestone(project, kind, year, name=name, done_on=done, due_on=due)


def target(computed="", unit="个", value=10, **values) -> Target:
    claim = {name: values.pop(name) for name in ("bound", "wording") if name in values}
    made = make_target(measured_in=unit, year=YEAR, computed=computed, **values)
    if value is not None:
        make_claim(made, value, **claim)
    return made


def state(of: Target, day=TODAY):
    (found,) = target_states(YEAR, day, only=[of.pk])
    return found


def quick(test):
    return settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])(test)


@quick
@example(day=TODAY)
@example(day=date(2018, 3, 1))
@given(day=st.dates(date(2018, 1, 1), date(2018, 12, 31)))
def test_in_the_demonstration_every_number_is_that_of_its_list(demo_db, day):
    numbers = sum(check(found) for found in target_states(YEAR, day))
    assert numbers >= (40 if day == TODAY else 2)


def test_the_documented_targets_of_the_demonstration(demo_db):
    found = {(one.target.indicator, one.target.scope_id): one for one in target_states(YEAR, TODAY)}
    assert sum(one.source == COMPUTED for one in found.values()) >= 15
    investment = found["年度投资", None]
    assert (investment.simulated, investment.judgement.yardstick, investment.on) == (True, Yardstick.PLAN, date(2018, 9, 25))
    # The documents name only some of the 165 projects: fewer listed is not fewer there.
    assert (found["重点项目数", None].state, found["重点项目数", None].judgement.why) == (State.UNKNOWN, Unjudged.PARTIAL)
    # Nobody has recorded anything of 2017: nothing is then not zero.
    past = [one for one in target_states(2017, date(2017, 12, 31)) if one.target.computed and one.target.computed != Computed.LISTED]
    assert past
    assert all(one.computed.value is None for one in past)
    assert {one.target.indicator for one in past if one.source == READING} == {"开工建设重大项目", "开工建设重大项目总投资"}


@pytest.mark.parametrize("seed", [1, 2])
def test_numbers_are_those_of_their_lists_whatever_the_ledger_holds(ledger, seed):
    """Bundles in bundles, units below units, dates here and there, quantities in several units, entries that come and go."""
    dice = random.Random(seed)  # noqa: S311
    unit = make_unit("管委会")
    units = [unit, make_unit("下属", parent=unit), make_unit("另一个")]
    projects = []
    for place in range(14):
        above = dice.choice([None, *[one for one in projects if one.bundle_count]]) if projects else None
        above = above if above is None or above.bundle_of is None or above.bundle_of.bundle_of is None else None
        project = make_project(
            f"项目{place}",
            bundle_of=above,
            bundle_count=dice.choice([None, None, 4]),
            total_investment=dice.choice([None, Decimal(dice.randint(1, 90000))]),
            **dice.choice([{}, {"quantity": Decimal(dice.randint(1, 9)), "quantity_unit": dice.choice(["万㎡", "万㎡", "套"])}]),
        )
        projects.append(project)
        gone = {"delisted_on": date(2018, 8, 1), "delist_reason": "退出"} if dice.random() < 0.15 else {}
        listed = {"listed_on": date(2018, 4, 1)} if dice.random() < 0.2 and not gone else {}
        if dice.random() < 0.85:
            make_entry(ledger, project, **gone, **listed)
        if dice.random() < 0.7:
            make_responsibility(project, dice.choice(units))
        for kind in (START, COMPLETION, RESETTLEMENT):
            for number in range(dice.randint(0, 2)):
                due = date(2018, 1, 1) + timedelta(days=dice.randint(0, 400))
                done = due + timedelta(days=dice.randint(-40, 60)) if dice.random() < 0.6 and due < date(2018, 8, 1) else None
                started(project, done, dice.choice([None, due]), kind, name=f"{kind}{number}")
    entered = [project for project in projects if project.entries.exists()]
    for project in dice.sample(entered, 6):
        make_responsibility(project, units[2], "undertake")
        file_month(project, dice.randint(3, 8), dice.randint(1, 900))
    for computed in Computed:
        money = computed in (Computed.TOTAL, Computed.INVESTED, Computed.STARTED_INVESTMENT)
        measured = "亿元" if money else "万㎡" if "quantity" in computed else "个"
        target(computed, measured)
        target(computed, measured, scope=unit)
        target(computed, measured, project=dice.choice(projects))
    days = [date(2018, 1, 1) + timedelta(days=dice.randint(100, 364)) for _ in range(2)]
    assert sum(check(found) for day in days for found in target_states(YEAR, day)) > 40


def test_a_bundle_and_its_listed_parts_count_once(ledger):
    bundle = enter(ledger, "打捆", bundle_count=8)
    for name in ("甲", "乙"):
        started(enter(ledger, name, bundle_of=bundle), date(2018, 5, 2))
    whole, own = target(Computed.STARTED), target(Computed.STARTED, project=bundle, value=8)
    assert (state(whole).result, state(own).result) == (2, 2)
    started(bundle, date(2018, 6, 1))
    assert (state(whole).result, state(own).result) == (1, 8)
    assert state(own).state == State.MET
    assert state(own, date(2018, 5, 31)).result == 2


def test_a_scope_is_a_unit_with_those_below_it(ledger):
    unit = make_unit("管委会")
    below = make_unit("筹备组", parent=unit)
    for name, who in (("甲", unit), ("乙", below), ("丙", make_unit("另一个"))):
        project = enter(ledger, name)
        make_responsibility(project, who)
        started(project, date(2018, 5, 2))
    make_responsibility(project, unit, "cooperate")
    assert state(target(Computed.STARTED, scope=unit)).result == 2
    assert state(target(Computed.STARTED, scope=below)).result == 1


def test_only_what_was_started_in_the_year_counts_as_it_was_known(ledger):
    project = enter(ledger, "甲")
    milestone = started(project, due=date(2018, 5, 1))
    started(enter(ledger, "去年"), date(2017, 12, 20), name="开工")
    with clock.at(date(2018, 6, 10)):
        complete_milestone(milestone=milestone, done_on=date(2018, 5, 20), version=milestone.version, by=None)
    counted = target(Computed.STARTED)
    assert state(counted).result == 1
    # On 1 June nobody knew yet that it had started on 20 May, and nothing had been recorded at all.
    before = state(counted, date(2018, 6, 1))
    assert (before.result, before.judgement.why) == (None, Gap.UNTRACKED)


def test_quantities_and_what_keeps_them_from_being_known(ledger):
    park, homes = enter(ledger, "公厕", quantity=24, quantity_unit="座"), enter(ledger, "安置房")
    started(park, date(2018, 9, 12), kind=COMPLETION)
    started(homes, date(2018, 9, 12), kind=COMPLETION)
    assert state(target(Computed.COMPLETED_QUANTITY, "座", 24, project=park)).state == State.MET
    assert state(target(Computed.COMPLETED_QUANTITY, "万座", 1, project=park)).result == Decimal("0.0024")
    assert state(target(Computed.COMPLETED_QUANTITY, "万㎡", project=homes)).judgement.why == Gap.NO_QUANTITY
    assert state(target(Computed.COMPLETED_QUANTITY, "套", project=park)).judgement.why == Gap.OTHER_UNIT
    # One of two has no quantity: it is at least so much.
    some = state(target(Computed.COMPLETED_QUANTITY, "座", 25))
    assert (some.result, some.judgement.why, some.computed.partial) == (24, Unjudged.PARTIAL, True)
    assert state(target(Computed.COMPLETED_QUANTITY, "座", 24)).state == State.MET


def test_why_the_ledger_says_nothing(ledger):
    outside, inside = make_project("没有列入"), enter(ledger, "甲")
    assert state(target(Computed.STARTED, project=outside)).judgement.why == Gap.NOT_LISTED
    assert state(target(Computed.STARTED, project=inside)).judgement.why == Gap.UNTRACKED
    assert state(target(Computed.INVESTED, "亿元")).judgement.why == Gap.NO_AMOUNT
    make_responsibility(inside, make_unit(), "undertake")
    file_month(inside, 8, 300)
    assert state(target(Computed.STARTED, project=inside)).judgement.why == Gap.NO_MILESTONE
    started(inside, due=date(2018, 12, 1))
    assert state(target(Computed.STARTED, project=inside)).result == 0
    other_year = make_target("开工", "个", year=2019, computed=Computed.STARTED)
    (found,) = target_states(2019, date(2019, 1, 1))
    assert (found.target, found.computed.why, found.judgement.why) == (other_year, Gap.NO_LEDGER, Unjudged.NO_FIGURE)


def test_investment_is_held_against_the_plan_where_it_carries_the_figure(ledger):
    project = enter(ledger, "甲", annual_plan=12000)
    make_responsibility(project, make_unit(), "undertake")
    file_month(project, 9, 6000)
    found = state(target(Computed.INVESTED, "亿元", 1, bound=Bound.ABOVE, wording=Wording.STRIVE))
    assert (found.result, found.share) == (Decimal("0.6"), Decimal("0.6"))
    assert found.time_share == Decimal(268) / 365
    # Without a monthly plan nothing is planned to the day.
    assert (found.computed.plan, found.judgement.yardstick, found.state) == (None, Yardstick.TIME, State.BEHIND)
    assert state(found.target, date(2018, 12, 31)).state == State.MISSED


def test_what_is_planned_for_later_is_not_late_though_nobody_said_how_much_it_is(ledger):
    homes = enter(ledger, "回迁房", bundle_count=8)
    make_responsibility(homes, make_unit(), "undertake")
    file_month(homes, 9, 100)
    started(homes, due=date(2018, 11, 30), kind=RESETTLEMENT)
    area = target(Computed.RESETTLED_QUANTITY, "万㎡", 220, project=homes)
    assert (state(area).state, state(area).judgement.yardstick) == (State.ON_COURSE, Yardstick.PLAN)
    # Once it is due, nobody knows how much is; the calendar judges.
    assert (state(area, date(2018, 12, 1)).state, state(area, date(2018, 12, 1)).judgement.yardstick) == (State.BEHIND, Yardstick.TIME)
    # Another part without a day may be any part of it.
    started(enter(ledger, "未定", bundle_of=homes), kind=RESETTLEMENT)
    assert state(area).judgement.yardstick == Yardstick.TIME


def test_a_reading_stands_beside_what_is_computed_and_in_for_what_is_not(ledger):
    started(enter(ledger, "甲"), date(2018, 5, 2))
    both, growth = target(Computed.STARTED), target(unit="%", value=9, measure=Measure.GROWTH, bound=Bound.ABOUT)
    for one, value in ((both, 3), (growth, "8.6")):
        service.record_reading(target=one, on=date(2018, 6, 30), value=Decimal(value), by=None)
    found = state(both)
    assert (found.source, found.result, found.reading.value) == (COMPUTED, 1, 3)
    assert (state(growth).source, state(growth).result, state(growth).state) == (READING, Decimal("8.6"), State.ON_COURSE)
    assert state(growth, date(2018, 6, 29)).judgement.why == Unjudged.NO_RESULT


def test_simulated_records_mark_the_number(ledger):
    project = enter(ledger, "甲")
    milestone = started(project, due=date(2018, 5, 1))
    counted = target(Computed.STARTED)
    with simulating(), clock.at(date(2018, 5, 2)):
        complete_milestone(milestone=milestone, done_on=date(2018, 5, 2), version=milestone.version, by=None)
    assert (state(counted).result, state(counted).simulated) == (1, True)
    started(enter(ledger, "乙"), date(2018, 6, 1))
    assert state(counted).simulated
    assert not state(target(Computed.LISTED)).simulated


def test_headlines_are_the_districts_own(ledger):
    unit = make_unit("管委会")
    own, _ = target(Computed.STARTED), target(Computed.STARTED, scope=unit)
    assert {way: one.target for way, one in headline_states(YEAR, TODAY, [Computed.STARTED, Computed.INVESTED]).items()} == {
        Computed.STARTED: own
    }


def add_targets(ledger, number):
    for _ in range(number):
        project = enter(ledger)
        started(project, date(2018, 5, 2), date(2018, 5, 2))
        unit = make_unit(parent=make_unit())
        make_responsibility(project, unit, "undertake")
        file_month(project, 8, 100)
        for computed in (Computed.STARTED, Computed.COMPLETED, Computed.RESETTLED, Computed.LISTED):
            made = target(computed, project=project)
            service.record_reading(target=made, on=date(2018, 6, 30), value=Decimal(1), by=None)
            target(computed, scope=unit)
            target(computed)
        target(Computed.INVESTED, "亿元")


def test_queries_do_not_grow(ledger, django_assert_num_queries):
    add_targets(ledger, 1)
    # Targets, claims, readings; ledger, units, rules in force, first report, first update; two for each of four kinds of lists.
    with django_assert_num_queries(16):
        assert len(target_states(YEAR, TODAY)) == 13
    add_targets(ledger, 2)
    with django_assert_num_queries(16):
        assert len(target_states(YEAR, TODAY)) == 39
    with django_assert_num_queries(1):
        target_states(2019, TODAY)


class TestCourse:
    def test_the_year_at_its_cutoffs_until_the_day(self, ledger):
        started(enter(ledger, "甲"), date(2018, 3, 10))
        started(enter(ledger, "乙"), date(2018, 6, 25))
        made = target(Computed.STARTED, value=73)
        points = {point.day: point for point in target_course(Target.objects.with_claims().get(pk=made.pk), TODAY)}
        assert list(points) == sorted(points)
        assert points[date(2018, 2, 26)].computed is None
        assert [points[day].computed for day in (date(2018, 3, 26), date(2018, 5, 25), date(2018, 6, 25), TODAY)] == [1, 1, 2, 2]
        assert points[date(2018, 10, 25)].computed is None
        assert points[date(2018, 9, 25)].due == Decimal(73) * (Decimal(268) / 365)
        assert points[date(2018, 12, 31)].due == 73

    def test_readings_stand_on_their_days_and_later_ones_are_left_out(self, ledger):
        made = target(unit="%", value=9, measure=Measure.GROWTH)
        for day, value in ((date(2018, 3, 31), 8), (date(2018, 6, 30), 9)):
            service.record_reading(target=made, on=day, value=Decimal(value), by=None)
        points = target_course(Target.objects.with_claims().get(pk=made.pk), date(2018, 4, 30))
        assert {point.day: point.reading for point in points if point.reading is not None} == {date(2018, 3, 31): 8}
        assert {point.due for point in points} == {9}

    def test_each_point_is_the_state_of_its_day(self, demo_db):
        for made in Target.objects.with_claims().filter(year=YEAR).exclude(computed=""):
            points = [point for point in target_course(made, TODAY) if point.day <= TODAY]
            for point in points[4::4]:
                found = state(made, point.day)
                assert point.computed == found.computed.value, (made, point.day)
                assert point.computed is None or point.computed == number_at(found.computed.link, made)

    def test_queries_do_not_grow_with_days(self, ledger, django_assert_num_queries):
        started(enter(ledger, "甲"), date(2018, 3, 10))
        made = Target.objects.with_claims().get(pk=target(Computed.STARTED).pk)
        for day in (date(2018, 1, 26), TODAY):
            with django_assert_num_queries(7):
                target_course(made, day)
