"""Inspections freeze what was reported, are read by the unit, and make of 不实 a finding; findings take three people."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError
from erqi.common.models import User
from erqi.tests.uploads import upload
from projects.models import Reminder
from projects.services import milestone as milestones
from projects.stats.todo.desk import Desk
from projects.tests.builders import make_project, make_user
from projects.tests.warning_builders import make_report
from supervision.models import Finding, Inspection
from supervision.services import finding as findings
from supervision.services import inspection as inspections
from supervision.stats.item_panels import badges
from supervision.stats.item_todo import todo_items
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def test_what_was_reported_is_frozen_as_it_stood(case):
    make_report(case.project, 5, 300, on=date(2018, 5, 24), physical="二层", physical_percent=40)
    with clock.at(date(2018, 5, 30)):
        milestones.complete_milestone(milestone=case.milestone, done_on=date(2018, 5, 30), version=None, by=None)
    found = case.inspect(
        observed_cumulative=Decimal(120),
        observed_percent=10,
        observed_done={case.milestone.pk: False},
        uploads=[upload()],
        verdict="untrue",
    )
    assert (found.reported_month, found.reported_cumulative, found.reported_percent, found.reported_physical) == (5, 300, 40, "二层")
    (seen,) = found.milestones.all()
    assert (seen.reported_done_on, seen.observed_done, seen.differs) == (date(2018, 5, 30), False, True)
    # What is reported afterwards changes nothing of it.
    make_report(case.project, 6, 500, on=date(2018, 6, 22))
    found.refresh_from_db()
    assert found.reported_cumulative == 300
    assert "5月月报" in found.finding.reported


def test_a_look_before_the_report_freezes_what_was_known_then(case):
    make_report(case.project, 5, 300, on=date(2018, 5, 24))
    found = case.inspect(inspected_on=date(2018, 5, 20), verdict="true", untrue="")
    assert found.reported_cumulative is None


def test_a_verdict_is_not_true_where_something_was_overstated(case):
    with clock.at(date(2018, 5, 30)):
        milestones.complete_milestone(milestone=case.milestone, done_on=date(2018, 5, 30), version=None, by=None)
    with pytest.raises(InvalidInput, match="不能是“属实”"):
        case.inspect(verdict="true", observed_done={case.milestone.pk: False})
    with pytest.raises(InvalidInput, match="不实之处"):
        case.inspect(untrue=" ")
    with pytest.raises(InvalidInput, match="业务日期"):
        case.inspect(inspected_on=date(2018, 6, 5))
    assert not Inspection.objects.exists()


def test_the_unit_reads_the_conclusion_and_may_object_once(case):
    found = case.inspect(verdict="mostly", untrue="")
    assert Reminder.objects.filter(user=case.reporter, title__contains="督察结论").exists()
    with pytest.raises(NotAllowed):
        inspections.accept_conclusion(inspection=found, version=None, by=case.stranger)
    found = inspections.object_conclusion(inspection=found, text="当日下雨停工", version=None, by=case.reporter)
    with pytest.raises(ServiceError):
        inspections.accept_conclusion(inspection=found, version=None, by=case.reporter)
    found = inspections.uphold_conclusion(inspection=found, reason="有照片为证", version=None, by=case.supervision)
    assert (found.state, found.verdict) == ("closed", "mostly")


def test_who_concluded_does_not_decide_on_the_objection(case):
    found = case.inspect(by="supervision", verdict="mostly", untrue="")
    found = inspections.object_conclusion(inspection=found, text="不是这样", version=None, by=case.reporter)
    with pytest.raises(NotAllowed, match="须由他人办理"):
        inspections.uphold_conclusion(inspection=found, reason="维持", version=None, by=case.supervision)
    assert inspections.uphold_conclusion(inspection=found, reason="维持", version=None, by=case.other_supervision).state == "closed"


def test_a_leader_decides_on_the_objection_where_the_office_has_nobody_left(case):
    found = case.inspect(by="supervision", verdict="mostly", untrue="")
    found = inspections.object_conclusion(inspection=found, text="不是这样", version=None, by=case.reporter)

    def told(user: User) -> int:
        return sum("有异议" in item.title for item in todo_items(Desk(user, DAY)))

    leader = make_user("leader")
    assert (told(case.supervision), told(case.other_supervision), told(leader)) == (0, 1, 0)
    case.other_supervision.is_active = False
    case.other_supervision.save()
    assert (told(case.supervision), told(leader)) == (0, 1)
    assert inspections.uphold_conclusion(inspection=found, reason="维持", version=None, by=leader).state == "closed"


def test_a_changed_conclusion_takes_its_finding_back_and_is_known_from_that_day_on(case):
    found = case.inspect()
    found = inspections.object_conclusion(inspection=found, text="当日已封顶，有监理日志", version=None, by=case.reporter)
    later = date(2018, 6, 8)
    with clock.at(later):
        with pytest.raises(InvalidInput, match="与原结论相同"):
            inspections.change_conclusion(inspection=found, verdict="untrue", reason="x", untrue="x", version=None, by=case.supervision)
        inspections.change_conclusion(inspection=found, verdict="true", reason="日志属实", version=None, by=case.supervision)
    assert Finding.objects.get().state == "revoked"
    verdicts = [Inspection.objects.for_table(day).get().verdict_then for day in (DAY, later)]
    assert verdicts == ["untrue", "true"]
    assert badges([case.project.pk], DAY)
    assert not badges([case.project.pk], later)


def test_a_conclusion_that_becomes_untrue_raises_a_finding(case):
    found = case.inspect(verdict="mostly", untrue="")
    found = inspections.object_conclusion(inspection=found, text="请复核", version=None, by=case.reporter)
    inspections.change_conclusion(
        inspection=found, verdict="untrue", reason="复核更差", untrue="根本没有开工", version=None, by=case.supervision
    )
    assert Finding.objects.get().observed == "根本没有开工"


def test_a_unit_that_was_inspected_often_is_inspected_again_only_with_a_reason(case):
    for day in (4, 5):
        case.inspect(on=date(2018, 6, day), verdict="true", untrue="")
    plan = {"method": "field", "project": case.project, "by": case.inspector, "planned_for": date(2018, 6, 20)}
    with clock.at(date(2018, 6, 6)):
        with pytest.raises(InvalidInput, match="已督察 2 次"):
            inspections.plan_inspection(**plan)
        with pytest.raises(InvalidInput, match="已督察 2 次"):
            case.inspect(on=date(2018, 6, 6), verdict="true", untrue="")
        planned = inspections.plan_inspection(**plan, often_reason="群众举报", subjects=["progress"])
        # A plan that was let pass needs no second reason; July begins anew.
        inspections.plan_inspection(**{**plan, "planned_for": date(2018, 7, 2)})
    assert Inspection.objects.by_unit_and_month(2018, DAY)[case.unit.pk] == {6: 1}
    with clock.at(date(2018, 6, 20)):
        found = inspections.conduct_inspection(
            inspection=planned,
            inspected_on=date(2018, 6, 20),
            verdict="true",
            conclusion="正常",
            found={"progress": "在建"},
            by=case.inspector,
        )
    assert [(point.subject, point.found) for point in found.points.all()] == [("progress", "在建")]


def test_layers_follow_from_who_looks(case):
    assert case.inspect(by="leader", verdict="true", untrue="").layer == "leader"
    assert case.inspect(by="supervision", verdict="true", untrue="").layer == "inspector"
    own = inspections.self_check(conclusion="进度正常", project=case.project, by=case.reporter, uploads=[upload()])
    assert (own.layer, own.state, own.unit) == ("self", "closed", case.unit)
    with pytest.raises(NotAllowed):
        inspections.self_check(conclusion="别家", project=case.project, by=case.stranger)
    # Its own look does not count as having been inspected.
    assert sum(Inspection.objects.by_unit_and_month(2018, DAY)[case.unit.pk].values()) == 2


def test_a_form_sent_twice_records_one_inspection_and_one_finding(case):
    key = uuid4()
    first = case.inspect(request_key=key)
    assert case.inspect(request_key=key) == first
    assert (Inspection.objects.count(), Finding.objects.count()) == (1, 1)


def test_a_planned_inspection_is_called_off_with_a_reason(case):
    planned = inspections.plan_inspection(method="covert", project=case.project, planned_for=DAY, by=case.inspector)
    with pytest.raises(InvalidInput, match="理由"):
        inspections.cancel_inspection(inspection=planned, reason="", version=None, by=case.inspector)
    assert inspections.cancel_inspection(inspection=planned, reason="已竣工", version=None, by=case.inspector).state == "cancelled"
    with pytest.raises(InvalidInput, match="被督察的单位"):
        inspections.plan_inspection(method="field", project=make_project(), planned_for=DAY, by=case.inspector)


def test_a_finding_is_put_right_checked_and_settled_by_three_people(case):
    finding = case.finding()
    assert finding.due_on == date(2018, 6, 6)
    assert badges([case.project.pk], DAY)[case.project.pk][0].text == "上报不实"
    with pytest.raises(InvalidInput) as error:
        findings.explain_finding(finding=finding, corrected="", explanation="", version=None, by=case.reporter)
    assert set(error.value.fields) == {"corrected", "text"}
    finding = findings.explain_finding(
        finding=finding, corrected="已更正月报", explanation="口径理解有误", version=None, by=case.reporter, uploads=[upload()]
    )
    finding = findings.send_back_finding(finding=finding, reason="没有附更正单", version=None, by=case.inspector)
    assert (finding.state, finding.due_on) == ("open", date(2018, 6, 6))
    finding = findings.explain_finding(finding=finding, corrected="附更正单", explanation="口径有误", version=None, by=case.reporter)
    finding = findings.check_finding(finding=finding, text="已核对", version=None, by=case.supervision)
    with pytest.raises(NotAllowed, match="须由他人办理"):
        findings.settle_finding(finding=finding, version=None, by=case.supervision)
    finding = findings.settle_finding(finding=finding, version=None, by=case.other_supervision)
    assert finding.state == "settled"
    assert not badges([case.project.pk], DAY)


def test_a_finding_stood_on_the_days_on_which_it_stood(case):
    finding = case.finding()
    with clock.at(date(2018, 6, 12)):
        one = inspections.object_conclusion(inspection=finding.inspection, text="误认", version=None, by=case.reporter)
        inspections.change_conclusion(inspection=one, verdict="true", reason="误认", version=None, by=case.supervision)
    assert [bool(badges([case.project.pk], date(2018, 6, day))) for day in (3, 4, 11, 12)] == [False, True, True, False]


def test_an_inspection_long_past_is_not_registered(case):
    with pytest.raises(InvalidInput, match="不能早于2018年1月1日"):
        case.inspect(inspected_on=date(2015, 1, 1), verdict="true", untrue="")
    with clock.at(date(2019, 1, 10)):
        case.inspect(on=date(2019, 1, 10), inspected_on=date(2018, 12, 28), verdict="true", untrue="")
        with pytest.raises(InvalidInput, match="不能早于2018年12月10日"):
            case.inspect(on=date(2019, 1, 10), inspected_on=date(2018, 12, 7), verdict="true", untrue="")


def test_a_mistaken_registration_is_taken_back_by_its_author_on_the_same_day(case):
    found = case.inspect(verdict="mostly", untrue="")
    back = {"inspection": found, "reason": "选错了项目", "version": None}
    with pytest.raises(NotAllowed):
        inspections.retract_inspection(**back, by=case.other_inspector)
    assert inspections.retract_inspection(**back, by=case.inspector).state == "retracted"
    assert not Inspection.objects.by_unit_and_month(2018, DAY).get(case.unit.pk)
    page = case.browser("viewer").get(found.get_absolute_url()).content.decode()
    assert "已撤回" in page


def test_what_is_known_since_yesterday_or_became_a_finding_is_not_taken_back(case):
    found = case.inspect(verdict="mostly", untrue="")
    with clock.at(date(2018, 6, 5)), pytest.raises(ServiceError, match="登记当日"):
        inspections.retract_inspection(inspection=found, reason="x", version=None, by=case.inspector)
    untrue = case.inspect()
    with pytest.raises(ServiceError, match="不实认定"):
        inspections.retract_inspection(inspection=untrue, reason="x", version=None, by=case.inspector)
    browser = case.browser("inspector")
    assert "/retract/" in browser.get(found.get_absolute_url()).content.decode()
    assert "/retract/" not in browser.get(untrue.get_absolute_url()).content.decode()


def test_investment_and_progress_that_differ_are_marked(case):
    make_report(case.project, 5, 50038, on=date(2018, 5, 24), physical_percent=70)
    found = case.inspect(observed_cumulative=Decimal(30000), observed_percent=45, conclusion="请更正")
    assert case.browser("viewer").get(found.get_absolute_url()).content.decode().count("与上报不符") == 2
    near = case.inspect(observed_cumulative=Decimal(50000), observed_percent=68, verdict="true", untrue="", conclusion="正常")
    assert "与上报不符" not in case.browser("viewer").get(near.get_absolute_url()).content.decode()
