"""While an objection is undecided nothing is asked of the unit; and where the supervision office is one person, a leader decides."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.errors import NotAllowed
from erqi.common.models import User
from projects.models import Reminder
from projects.stats.todo.desk import Desk
from supervision.choices import FindingState
from supervision.models import Finding
from supervision.services import finding as findings
from supervision.services import inspection as inspections
from supervision.services import item_closing as closings
from supervision.stats.item_todo import todo_items
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db
# A Monday; the two working days end on Wednesday.
LATER = date(2018, 6, 14)


@pytest.fixture
def case():
    with clock.at(DAY):
        yield make_case()


@pytest.fixture
def objected(case):
    inspection = case.inspect()
    inspections.object_conclusion(inspection=inspection, text="看错了楼栋", version=None, by=case.reporter)
    return inspection


def titles(user: User, day: date) -> list[str]:
    with clock.at(day):
        return [f"{one.kind} {one.action}" for one in todo_items(Desk(user, day))]


def test_an_objection_stops_the_clock_and_an_upheld_conclusion_starts_it_anew(case, objected):
    finding = Finding.objects.get()
    assert finding.state == FindingState.PAUSED
    assert titles(case.reporter, LATER) == []
    with clock.at(LATER):
        page = case.browser("reporter").get(finding.get_absolute_url())
        assert not page.context["is_late"]
        assert "复议期间不计时" in page.content.decode()
        inspections.uphold_conclusion(inspection=objected, reason="复核无误", version=None, by=case.supervision)
    finding.refresh_from_db()
    # Friday, Monday was Dragon Boat (18 June): Tuesday.
    assert (finding.state, finding.due_on) == (FindingState.OPEN, date(2018, 6, 19))
    assert "finding 更正并说明" in titles(case.reporter, LATER)
    assert Reminder.objects.filter(user=case.reporter, title__startswith="结论维持，").count() == 1
    then = Finding.objects.for_table(date(2018, 6, 12)).get()
    assert then.state_then == FindingState.PAUSED


def test_a_unit_may_explain_while_its_objection_is_undecided(case, objected):
    finding = Finding.objects.get()
    findings.explain_finding(finding=finding, corrected="已改为 30%", explanation="误填", version=None, by=case.reporter)
    inspections.uphold_conclusion(inspection=objected, reason="复核无误", version=None, by=case.supervision)
    finding.refresh_from_db()
    assert finding.state == FindingState.EXPLAINED


def test_a_changed_conclusion_takes_a_paused_finding_back(case, objected):
    inspections.change_conclusion(inspection=objected, verdict="mostly", reason="楼栋有误", version=None, by=case.supervision)
    assert Finding.objects.get().state == FindingState.REVOKED


def test_where_the_office_itself_checked_a_leader_confirms(case):
    User.objects.filter(pk=case.other_supervision.pk).update(is_active=False)
    item = case.apply(case.item())
    assert "item 确认销号" not in titles(case.leader, DAY)
    closings.verify_closing(item=item, text="现场属实", version=None, by=case.supervision)
    assert "item 确认销号" in titles(case.leader, DAY)
    assert Reminder.objects.filter(user=case.leader, title__startswith="销号待确认").exists()
    with pytest.raises(NotAllowed):
        closings.confirm_closing(item=item, version=None, by=case.supervision)
    assert closings.confirm_closing(item=item, version=None, by=case.leader).state == "closed"


def test_a_leader_is_not_troubled_while_somebody_of_the_office_is_left(case):
    item = case.apply(case.item())
    closings.verify_closing(item=item, text="现场属实", version=None, by=case.supervision)
    assert "item 确认销号" in titles(case.other_supervision, DAY)
    assert "item 确认销号" not in titles(case.leader, DAY)


def test_a_finding_that_the_office_checked_is_settled_by_a_leader(case):
    User.objects.filter(pk=case.other_supervision.pk).update(is_active=False)
    finding = case.finding()
    findings.explain_finding(finding=finding, corrected="已改", explanation="误填", version=None, by=case.reporter)
    findings.check_finding(finding=finding, text="已更正", version=None, by=case.supervision, confirmed=True)
    assert "finding 办结" in titles(case.leader, DAY)
    settled = findings.settle_finding(finding=finding, version=None, by=case.leader, text="无须更正", confirmed=True)
    assert settled.state == FindingState.SETTLED
