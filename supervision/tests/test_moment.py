"""The hour beside the day of an act, what it led to, and the order of the course on every record."""

from datetime import date, datetime

import pytest

from erqi.common import clock
from supervision.choices import EscalationAction, EscalationState, IssueAction, IssueState, NoticeAction, NoticeState
from supervision.models import IssueAct, NoticeAct
from supervision.models.escalation import EscalationAct
from supervision.sentences.moment import Moment, moment_of
from supervision.tests.notice_case import Cast

DAY = date(2018, 9, 28)
NOW = datetime(2026, 12, 1, 16, 50)


@pytest.mark.parametrize(
    ("at", "by_person", "fixed", "moment"),
    [
        # The clock stood on the business day.
        (datetime(2018, 9, 28, 9, 5), True, None, Moment("09:05")),
        (datetime(2018, 9, 28, 9, 5), False, None, Moment()),
        # A fixed date: the present real day stands for it, an earlier one is only named.
        (datetime(2026, 12, 1, 16, 47), True, DAY, Moment("16:47", "实际登记于2026年12月1日 16:47；业务日期是固定的")),
        (datetime(2026, 11, 30, 18, 0), True, DAY, Moment("", "实际登记于2026年11月30日 18:00；业务日期是固定的")),
        (datetime(2026, 12, 1, 16, 47), False, DAY, Moment()),
        # Written at another day than it counts for.
        (datetime(2026, 12, 1, 16, 47), True, None, Moment("", "实际登记于2026年12月1日 16:47")),
    ],
)
def test_the_hour_is_shown_where_it_says_something_true(at, by_person, fixed, moment):
    assert moment_of(DAY, at, by_person=by_person, now=NOW, fixed=fixed) == moment


@pytest.mark.parametrize(
    ("act", "leads_to"),
    [
        (IssueAct(action=IssueAction.SEND_BACK, from_state=IssueState.REPORTED, to_state=IssueState.RETURNED), ""),
        (IssueAct(action=IssueAction.REPORT, from_state="", to_state=IssueState.REPORTED), "待受理"),
        (IssueAct(action=IssueAction.URGE, from_state=IssueState.HANDLING, to_state=IssueState.HANDLING), ""),
        (NoticeAct(action=NoticeAction.CLOSE, from_state=NoticeState.REVIEWED, to_state=NoticeState.CLOSED), ""),
        (EscalationAct(action=EscalationAction.DECLINE, from_state=EscalationState.PROPOSED, to_state=EscalationState.DECLINED), ""),
    ],
)
def test_a_state_that_the_action_names_is_said_once(act, leads_to):
    assert act.leads_to == leads_to


def test_what_a_person_did_has_its_hour_on_the_record_and_on_the_time_line(db, client):
    cast = Cast().with_project()
    with clock.at(clock.today()):
        notice = cast.issued(on=clock.today())
    client.force_login(cast.leader)
    act = notice.acts.order_by("pk").last()
    hour = act.moment.hour
    assert len(hour) == 5
    page = client.get(notice.get_absolute_url()).content.decode()
    assert f'<span class="quiet small">{hour}</span>' in page
    # The latest first, as on all records.
    assert page.index("步，最近的在前") < page.index(f'id="act-{act.pk}"') < page.index(f'id="act-{notice.acts.order_by("pk").first().pk}"')
    assert f'<div class="quiet small">{hour}</div>' in client.get("/supervision/traces/").content.decode()
