"""Trying out rules on the live ledger: how many turn, which and why; nothing is written; the pass then does just that."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from erqi.common.errors import ServiceError
from projects.choices import Dimension, WarningLevel
from projects.models import Ledger, LedgerEntry, Lifting, Milestone, WarningSchedule
from projects.rules.policy import Rule
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.services.policy_trial import simulate
from projects.services.schedule import finish_passes, start_pass
from projects.tests.builders import make_entry, make_ledger, make_milestone
from projects.tests.warning_builders import enter_coloured, levels, make_policy, recompute, set_level, warn_ledger

pytestmark = pytest.mark.django_db
UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
FROM, DAY = date(2018, 3, 1), date(2018, 9, 28)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def ledger() -> Ledger:
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    return ledger


def turned(rules, **more) -> list[tuple[str, WarningLevel, WarningLevel]]:
    return [(one.name, one.before, one.after) for one in simulate(rules, DAY, **more).turned]


def test_the_same_rules_turn_nothing(ledger):
    for level in WarningLevel:
        enter_coloured(ledger, level, on=DAY)
    found = simulate(WARNING_POLICY, DAY)
    assert (found.total, found.changed, found.worse, found.turned) == (7, 0, 0, [])
    assert found.counts == {(level, level): 1 for level in WarningLevel}


def test_other_rules_turn_some_and_say_why(ledger):
    enter_coloured(ledger, GREEN, "绿", on=DAY)
    enter_coloured(ledger, BLUE, "蓝", on=DAY)
    enter_coloured(ledger, YELLOW, "黄", on=DAY)
    enter_coloured(ledger, PAUSED, "停", on=DAY)
    enter_coloured(ledger, DONE, "销", on=DAY)
    found = simulate(STATUS_POLICY, DAY)
    assert [(one.name, one.before, one.after) for one in found.turned] == [("绿", GREEN, BLUE), ("蓝", BLUE, YELLOW)]
    assert found.counts == {(GREEN, BLUE): 1, (BLUE, YELLOW): 1, (YELLOW, YELLOW): 1, (PAUSED, PAUSED): 1, (DONE, DONE): 1}
    assert (found.total, found.changed, found.worse) == (5, 2, 2)
    assert found.turned[1].reason == "“主体施工”时限2018年9月25日，已逾期 3 天"
    assert found.turned[0].code == LedgerEntry.objects.get(project__name="绿").project.code


def test_what_is_milder_and_what_is_no_longer_rated(ledger):
    enter_coloured(ledger, RED, "红", on=DAY)
    nothing = replace(WARNING_POLICY, rules={Dimension.MILESTONE: replace(WARNING_POLICY.rules[Dimension.MILESTONE], counts=False)})
    found = simulate(nothing, DAY)
    assert [(one.before, one.after, one.reason) for one in found.turned] == [(RED, UNRATED, "没有可以评价的节点时限或投资计划")]
    assert found.worse == 0


def test_bounds_stay_as_they_are(ledger):
    """A level that waits for people, or was set by hand, does not fall by other rules."""
    waiting = enter_coloured(ledger, YELLOW, "待摘牌", on=DAY).project
    Milestone.objects.filter(project=waiting).update(done_on=DAY)
    recompute(DAY, waiting)
    set_level(enter_coloured(ledger, GREEN, "定级", on=DAY).project, RED, DAY, date(2018, 10, 20))
    assert turned(STATUS_POLICY) == []


def test_what_has_no_schedule_yet_is_unrated(ledger):
    entry = enter_coloured(ledger, RED, "新", on=DAY)
    WarningSchedule.objects.filter(project=entry.project).update(valid_until=FROM)
    assert turned(WARNING_POLICY) == [("新", UNRATED, RED)]


def test_only_those_of_the_list(ledger):
    enter_coloured(ledger, GREEN, "退出", on=DAY)
    LedgerEntry.objects.update(delisted_on=DAY, delist_reason="并入其他项目")
    assert simulate(STATUS_POLICY, DAY).total == 0


def test_past_years_are_left_alone_and_coming_ones_are_read_on_their_first_day(ledger):
    for year in (2017, 2019):
        other = make_ledger(str(year), year)
        Ledger.objects.filter(pk=other.pk).update(warned_since=FROM)
        entry = make_entry(other)
        make_milestone(entry.project, "topping", year=year, due_on=date(year, 1, 5))
        recompute(FROM, entry.project)
    found = simulate(STATUS_POLICY, DAY)
    # Due on 5 January 2019, four days to come: a reminder under family B, in time (blue) under family A.
    assert found.counts == {(BLUE, BLUE): 1}


def test_one_cell_of_the_matrix_and_no_more_than_can_be_read(ledger):
    for number in range(3):
        enter_coloured(ledger, GREEN, f"绿{number}", on=DAY)
    enter_coloured(ledger, BLUE, "蓝", on=DAY)
    found = simulate(STATUS_POLICY, DAY, listed=2)
    assert ([one.name for one in found.turned], found.changed) == (["绿0", "绿1"], 4)
    found = simulate(STATUS_POLICY, DAY, only=(BLUE, YELLOW))
    assert ([one.name for one in found.turned], found.changed) == (["蓝"], 4)


def test_faulty_rules_are_not_tried_out(ledger):
    bands = WARNING_POLICY.rules[Dimension.MILESTONE].bands[1:]
    with pytest.raises(ServiceError, match="区间有误，不能测算：“节点工期”"):
        simulate(replace(WARNING_POLICY, rules={Dimension.MILESTONE: Rule(bands)}), DAY)


def test_the_pass_does_what_the_trial_said(ledger):
    projects = [enter_coloured(ledger, level, f"{level.label}{place}", on=DAY).project for place, level in enumerate([*WarningLevel] * 2)]
    said = simulate(STATUS_POLICY, DAY)
    rows = WarningSchedule.objects.count()
    assert not Lifting.objects.exists()
    before = levels(projects, DAY)
    make_policy(DAY, STATUS_POLICY)
    start_pass(reason="试", by=None)
    finish_passes()
    after = levels(projects, DAY)
    assert WarningSchedule.objects.count() > rows
    turns = {(one.before, one.after): 0 for one in said.turned}
    for pair in zip(before, after, strict=True):
        turns[pair] = turns.get(pair, 0) + 1
    assert turns == said.counts


def test_nothing_is_written_and_the_number_of_queries_does_not_grow(ledger):
    def run(number: int, size: int = 500) -> int:
        for _ in range(number):
            enter_coloured(ledger, BLUE, on=DAY)
        before = WarningSchedule.objects.count()
        with CaptureQueriesContext(connection) as found:
            simulate(STATUS_POLICY, DAY, size=size)
        assert WarningSchedule.objects.count() == before
        assert not [query for query in found if not query["sql"].startswith("SELECT")]
        return len(found)

    assert [run(1), run(2)] == [13, 13]
    # A second batch asks the same questions again.
    assert run(0, size=2) == 24
