"""Duties in the colour (D4, D5): their clock stands still while somebody else has to decide, and what happened weighs by itself."""

from dataclasses import replace
from datetime import date

import pytest

from erqi.common import workdays
from projects.choices import Dimension, WarningLevel
from projects.rules.colour import Bounds
from projects.rules.presets import WARNING_POLICY
from projects.rules.schedule_data import causes_data, causes_from_data, facts_data, facts_from_data
from projects.rules.warning import Event, Facts, Obligation, assess, thresholds
from projects.sentences.colour import computation, fact_changes, figure_words, plan_words
from projects.sentences.warning import colour_sentence, lifting_words, rule_words

UNRATED, GREEN, BLUE, YELLOW, RED = WarningLevel.UNRATED, WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED
DUE, ON, LATER = date(2018, 6, 11), date(2018, 6, 13), date(2018, 9, 3)
RETURNED = Event(YELLOW, ON, "督察通知单5号反馈被退回 1 次，尚未审核通过", "反馈退回 1 次", "督察通知单5号反馈审核通过")
REFUSED = Event(RED, ON, "督察通知单5号被拒收，待改派或维持", "拒收未处理", "督察通知单5号改派或维持交办")


def facts(due_on: date | None = DUE, **more) -> Facts:
    return Facts(2018, obligations=(Obligation(1, Dimension.NOTICE, "督察通知单5号反馈", due_on, "notice", **more),))


def level(known: Facts, day: date) -> WarningLevel:
    return thresholds(WARNING_POLICY, known, workdays).level(day)


@pytest.mark.parametrize(("stopped_on", "expected"), [(date(2018, 6, 5), GREEN), (DUE, BLUE), (date(2018, 6, 13), YELLOW), (None, RED)])
def test_a_clock_that_stands_still_does_not_reach_later_what_it_had_not_reached(stopped_on, expected):
    assert level(facts(stopped_on=stopped_on), LATER) == expected


def test_what_happened_weighs_from_its_day_on_whatever_the_limit_is():
    far = date(2018, 12, 3)
    assert [level(facts(far, events=(RETURNED,)), day) for day in (date(2018, 6, 12), ON, LATER)] == [GREEN, YELLOW, YELLOW]
    assert level(facts(far, events=(RETURNED, REFUSED)), ON) == RED
    assert [level(facts(None, events=(RETURNED,)), day) for day in (date(2018, 6, 12), ON)] == [UNRATED, YELLOW], "no limit runs"


def test_the_graver_of_limit_and_event_is_the_one_that_is_named():
    found = {day: assess(WARNING_POLICY, facts(events=(RETURNED,)), workdays, day)[0] for day in (ON, LATER)}
    assert (found[ON].level, found[ON].cause.event) == (YELLOW, None), "late as well: the limit comes first"
    early = assess(WARNING_POLICY, facts(LATER, events=(RETURNED,)), workdays, ON)[0]
    assert (early.level, early.cause.event) == (YELLOW, RETURNED)
    assert (found[LATER].level, found[LATER].cause.event) == (RED, None)


def test_the_words_say_what_it_is():
    known = facts(LATER, events=(REFUSED,))
    (one,) = found = assess(WARNING_POLICY, known, workdays, ON)
    assert colour_sentence(RED, WARNING_POLICY, found, Bounds(), ON, ON) == (
        "告警，自2018年6月13日起第 1 天：督察通知单5号被拒收，待改派或维持。"
    )
    assert rule_words(WARNING_POLICY, one) == "督察单：拒收未处理为告警"
    assert lifting_words(RED, Bounds(), found, WARNING_POLICY).startswith("督察通知单5号改派或维持交办，经督察员核验")
    cause = replace(one.cause, due_on=None)
    assert (plan_words(cause), figure_words(cause, WARNING_POLICY.basis)) == ("—", "拒收未处理")
    assert computation(cause, WARNING_POLICY.basis, None, ON) == "2018年6月13日起：督察通知单5号被拒收，待改派或维持"


def test_a_stopped_clock_says_for_what_it_waits():
    found = assess(WARNING_POLICY, facts(stopped_on=ON), workdays, LATER)
    assert "已逾期 2 个工作日（等待决定，计时暂停）" in colour_sentence(YELLOW, WARNING_POLICY, found, Bounds(), ON, LATER)


def test_what_became_known_is_said():
    was, now = facts(), facts(stopped_on=ON, events=(REFUSED,))
    name = "督察单：“督察通知单5号反馈”"
    assert fact_changes(was, now) == [f"{name}自 2018-06-13 起等待决定，计时暂停", "督察单：督察通知单5号被拒收，待改派或维持"]
    assert fact_changes(now, was) == [f"{name}已有决定，恢复计时", f"{name}拒收未处理，已处理"]
    assert fact_changes(was, facts(None, events=(RETURNED,)))[0] == f"{name}时限由 2018-06-11 改为 不再计时"


def test_they_are_kept_and_read_again():
    for known in (facts(), facts(stopped_on=ON, events=(RETURNED, REFUSED)), facts(None, events=(RETURNED,))):
        assert facts_from_data(facts_data(known)) == known
        found = thresholds(WARNING_POLICY, known, workdays)
        assert causes_from_data(causes_data(found)) == found.causes
    assert set(facts_data(facts())["obligations"][0]) == {"key", "dimension", "name", "due", "source"}, "as rows always were"
