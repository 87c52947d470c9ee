"""An untrue report is not closed while the reports still say it, nor while the unit's objection is open."""

from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from projects.services import milestone as milestones
from projects.stats.todo.desk import Desk
from projects.tests.warning_builders import make_report
from supervision.models import Finding
from supervision.services import finding as findings
from supervision.services import finding_record as record
from supervision.services import inspection as inspections
from supervision.stats.item_todo import todo_items
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def overstated(case):
    """A milestone that was reported as done and found undone; the unit says that it was put right."""
    with clock.at(date(2018, 5, 30)):
        milestones.complete_milestone(milestone=case.milestone, done_on=date(2018, 5, 30), version=None, by=None)
    finding = case.finding(observed_done={case.milestone.pk: False})
    return findings.explain_finding(finding=finding, corrected="已撤销节点完成", explanation="误报", version=None, by=case.reporter)


def test_what_still_stands_is_refused_or_confirmed_and_explained(case):
    finding = overstated(case)
    checked = {"finding": finding, "version": None, "by": case.inspector}
    with pytest.raises(InvalidInput, match="节点“主体施工”仍为 已完成") as error:
        findings.check_finding(text="核查属实", **checked)
    assert set(error.value.fields) == {"confirmed"}
    finding = findings.check_finding(text="督察看错了楼栋", confirmed=True, **checked)
    assert "已核对，上报记录未改：节点“主体施工”仍为 已完成" in finding.acts.get(action="check").text
    settled = {"finding": finding, "version": None, "by": case.supervision}
    with pytest.raises(InvalidInput, match="上报记录还没有改"):
        findings.settle_finding(**settled)
    with pytest.raises(InvalidInput, match="为什么不需要改"):
        findings.settle_finding(confirmed=True, **settled)
    assert findings.settle_finding(confirmed=True, text="同意", **settled).state == "settled"


def test_what_was_put_right_needs_no_confirmation(case):
    finding = overstated(case)
    case.milestone.refresh_from_db()
    milestones.reopen_milestone(milestone=case.milestone, version=None, by=None, text="未完成")
    assert [(point.then, point.now) for point in record.points(finding)] == [("已完成", "未完成")]
    finding = findings.check_finding(finding=finding, text="已撤销", confirmed=True, version=None, by=case.inspector)
    assert finding.acts.get(action="check").text == "已撤销"
    assert findings.settle_finding(finding=finding, version=None, by=case.supervision).state == "settled"


def test_disputed_figures_of_the_report_are_looked_at_in_their_own_month(case):
    make_report(case.project, 5, 300, on=date(2018, 5, 24), physical_percent=70)
    finding = case.finding(observed_cumulative=Decimal(120), observed_percent=68)
    # June's report says another figure; May's, which was found untrue, still stands.
    make_report(case.project, 6, 310, on=DAY)
    assert [point.label for point in record.unchanged(finding)] == ["5月月报累计完成投资"]


def test_words_alone_are_held_against_all_that_was_reported(case):
    assert record.unchanged(case.finding()) == []
    make_report(case.project, 5, 300, on=date(2018, 5, 24))
    with clock.at(date(2018, 7, 2)):
        assert len(record.unchanged(case.finding(on=date(2018, 7, 2)))) == 2


def test_the_pages_show_the_record_and_ask(case):
    finding = overstated(case)
    page = case.browser("inspector").get(f"/supervision/findings/{finding.pk}/check/").content.decode()
    assert "今日仍为 已完成" in page
    assert 'name="confirmed"' in page
    assert "未更正" in case.browser("viewer").get(finding.get_absolute_url()).content.decode()


def test_an_open_objection_is_decided_before_the_finding_is_settled(case):
    finding = case.finding()
    finding = findings.explain_finding(finding=finding, corrected="改", explanation="因", version=None, by=case.reporter)
    finding = findings.check_finding(finding=finding, text="对", version=None, by=case.inspector)
    inspections.object_conclusion(inspection=finding.inspection, text="当日已封顶", version=None, by=case.reporter)
    with pytest.raises(ServiceError, match="尚未复议"):
        findings.settle_finding(finding=finding, version=None, by=case.supervision)
    browser = case.browser("supervision")
    page = browser.get(finding.get_absolute_url()).content.decode()
    assert "尚未复议" in page
    assert f"/supervision/findings/{finding.pk}/settle/" not in page
    assert "尚未复议" in browser.get(f"/supervision/findings/{finding.pk}/settle/").content.decode()
    assert [item.kind for item in todo_items(Desk(case.supervision, DAY))] == ["inspection"]


def test_a_verdict_that_is_changed_later_takes_a_settled_finding_back(case):
    finding = case.finding()
    finding = findings.explain_finding(finding=finding, corrected="改", explanation="因", version=None, by=case.reporter)
    finding = findings.check_finding(finding=finding, text="对", version=None, by=case.inspector)
    findings.settle_finding(finding=finding, version=None, by=case.supervision)
    one = inspections.object_conclusion(inspection=finding.inspection, text="误认", version=None, by=case.reporter)
    inspections.change_conclusion(inspection=one, verdict="true", reason="日志属实", version=None, by=case.supervision)
    assert Finding.objects.get().state == "revoked"
