"""The rules of notices: usual times, how one stands on a day, its course from the acts."""

from datetime import date

import pytest

from erqi.common import workdays
from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeKind, NoticeSource, NoticeState, NoticeUrgency, WarningLevel
from supervision.rules.notice import MACHINE, OWED, WAITING, default_days, number_text
from supervision.rules.notice_course import Course, Done, Why, answering, course

GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED
# A Friday: the next working day is Monday.
SENT, DUE, TUESDAY = date(2018, 9, 7), date(2018, 9, 14), date(2018, 9, 11)


def held(**values) -> Course:
    """A notice that its unit has, with three working days left on Tuesday."""
    return Course(**{"state": NoticeState.HANDLING, "sent_on": SENT, "due_on": DUE} | values)


def at(day: date, **values):
    return held(**values).standing(day, workdays)


@pytest.mark.parametrize(
    ("kind", "source", "urgency", "days"),
    [
        ("assign", "meeting", "normal", 20),
        ("assign", "document", "normal", 30),
        ("assign", "instruction", "urgent", 5),
        ("assign", "instruction", "normal", 15),
        ("supervise", "instruction", "hard", 30),
        ("remind", "project", "normal", 5),
        ("supervise", "project", "normal", 3),
        ("letter", "project", "normal", 5),
        ("correct", "inspection", "normal", 2),
        ("assign", "report", "normal", 5),
    ],
)
def test_the_source_gives_the_usual_time(kind, source, urgency, days):
    assert default_days(kind, source, urgency) == days


def test_every_kind_and_source_has_a_time():
    for kind in NoticeKind:
        for source in NoticeSource:
            for urgency in NoticeUrgency:
                assert default_days(kind, source, urgency) >= 1


def test_the_number_is_printed_with_its_year_in_brackets():
    assert number_text("二七督", 2018, 5) == "二七督〔2018〕5号"


@pytest.mark.parametrize(
    ("day", "level", "why", "days"),
    [
        (date(2018, 9, 7), GREEN, Why.NOTHING, 5),
        (date(2018, 9, 11), GREEN, Why.NOTHING, 3),
        (date(2018, 9, 12), BLUE, Why.DUE, 2),
        (date(2018, 9, 14), BLUE, Why.DUE, 0),
        (date(2018, 9, 16), BLUE, Why.DUE, 0),
        (date(2018, 9, 17), YELLOW, Why.LATE, 1),
        (date(2018, 9, 21), YELLOW, Why.LATE, 5),
        (date(2018, 9, 25), RED, Why.LATE, 6),
    ],
)
def test_a_reply_is_in_time_nearly_due_late_and_long_late(day, level, why, days):
    found = at(day)
    assert (found.level, found.why, found.days) == (level, why, days)


@pytest.mark.parametrize(("day", "level"), [(7, GREEN), (9, GREEN), (10, BLUE), (11, YELLOW), (12, RED)])
def test_nobody_signs_a_working_day_reminds_two_are_yellow_three_red(day, level):
    found = at(date(2018, 9, day), state=NoticeState.ISSUED, due_on=date(2018, 9, 28))
    assert found.level == level


def returned(times: int, **values) -> Course:
    return held(returned=[date(2018, 9, 10), date(2018, 9, 11)][:times], **values)


def test_returns_and_refusals_weigh():
    assert [returned(times).standing(TUESDAY, workdays).level for times in (0, 1, 2)] == [GREEN, YELLOW, RED]
    assert returned(2).standing(date(2018, 9, 10), workdays).level == YELLOW, "the second came a day later"
    refused = held(state=NoticeState.REFUSED, asked_on=SENT).standing(TUESDAY, workdays)
    assert (refused.level, refused.why) == (RED, Why.REFUSED)


def test_a_return_weighs_until_a_reply_is_passed():
    for state, level in ((NoticeState.HANDLING, YELLOW), (NoticeState.REPLIED, YELLOW), (NoticeState.REVIEWED, None)):
        found = returned(1, state=state).standing(TUESDAY, workdays)
        assert (found.level if found else None) == level, state


@pytest.mark.parametrize("state", WAITING)
def test_the_clock_stands_still_while_the_sender_has_to_decide(state):
    waits = held(state=state, asked_on=date(2018, 9, 13))
    assert answering(waits.limit, waits.clock_on(date(2018, 9, 28)), workdays).level == BLUE
    assert not waits.is_late(date(2018, 9, 28), workdays)
    assert held(state=state, asked_on=date(2018, 9, 17)).is_late(date(2018, 9, 28), workdays), "late when it asked, and no more since"
    assert held().is_late(date(2018, 9, 28), workdays)


def test_nothing_is_owed_before_the_issue_and_after_the_reply():
    for state in NoticeState:
        assert (at(date(2018, 9, 28), state=state) is None) == (state not in OWED)


def test_not_signing_turns_the_notice_yellow_and_the_project_blue():
    course = held(state=NoticeState.ISSUED, due_on=date(2018, 9, 28))
    assert [(one.level, one.on) for one in course.weights(workdays)] == [(BLUE, TUESDAY)]
    assert course.standing(TUESDAY, workdays).level == YELLOW


def test_the_course_is_read_from_the_acts():
    acts = [
        Done(Do.DRAFT, SENT, 1, by_name="甲", to_state="draft"),
        Done(Do.APPROVE, SENT, 1, by_name="乙", to_state="approved"),
        Done(Do.ISSUE, SENT, 1, DUE, to_state="issued"),
        Done(Do.SIGN, SENT, 1, DUE, to_state="handling"),
        Done(Do.TRANSFER, date(2018, 9, 10), 2, date(2018, 9, 17), to_state="issued"),
        Done(Do.SIGN, date(2018, 9, 11), 2, date(2018, 9, 17), to_state="handling"),
        Done(Do.URGE, date(2018, 9, 18), 2, date(2018, 9, 17), to_state="handling"),
        Done(Do.REPLY, date(2018, 9, 19), 2, date(2018, 9, 17), "已办", to_state="replied"),
        Done(Do.RETURN_REPLY, date(2018, 9, 20), 2, date(2018, 9, 25), to_state="handling"),
    ]
    early = course(acts[:4])
    assert (early.unit, early.signed_on, early.drafted_by, early.signer) == (1, SENT, "甲", "乙")
    replied = course(acts[:8])
    assert (replied.unit, replied.sent_on, replied.first_due_on, replied.urges, replied.transfers) == (2, date(2018, 9, 10), DUE, 1, 1)
    assert replied.reply_lateness(workdays) == 2
    late = course(acts)
    assert (late.state, late.returns, late.replied_on, late.due_on) == ("handling", 1, None, date(2018, 9, 25))
    assert late.returned == [date(2018, 9, 20)]
    end = [Done(Do.CLOSE, date(2018, 9, 21), 2, to_state="closed"), Done(Do.REOPEN, date(2018, 9, 25), 2, DUE, to_state="handling")]
    assert (course([*acts, *end]).returned, course([*acts, *end]).returns) == ([], 1), "what was passed does not weigh again"


def test_every_exception_leads_back():
    """From each state that is no end the main line's end can be reached without a second exception of the same kind."""
    assert MACHINE.problems() == []
    for state in (NoticeState.EXTENDING, NoticeState.TRANSFERRING, NoticeState.REFUSED):
        targets = {step.target for step in MACHINE.steps if state in step.sources and step.target}
        assert NoticeState.HANDLING in targets, state
