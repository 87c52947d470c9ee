"""A unit without an account is no dead end: who may report for any unit acts for it alone; questions follow the grid in force."""

from datetime import date, timedelta

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed
from erqi.tests.uploads import upload
from projects.choices import ResponsibilityKind
from projects.models import Reminder, Responsibility
from projects.stats.todo import todo
from projects.stats.todo.desk import Desk
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_responsibility, make_unit, make_user
from projects.tests.report_builders import make_reporter
from supervision.models import Inspection
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import item_work as work
from supervision.services.inquiry import parties_of_inquiry
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def office():
    return make_user("office", name="重点办甲")


def kinds(user) -> list[str]:
    return [item.kind for item in todo(Desk(user, DAY))]


def test_the_office_acts_for_a_unit_without_an_account(case, office):
    bare = make_unit("无账号局")
    finding = case.finding(unit=bare)
    assert Reminder.objects.filter(user=office, title__contains="上报不实").exists()
    assert {"finding", "inspection"} <= set(kinds(office))
    page = text(sign_in(office).get(f"/supervision/findings/{finding.pk}/explain/"))
    assert "更正了什么" in page
    finding = findings.explain_finding(finding=finding, corrected="改", explanation="因", version=None, by=office, uploads=[upload()])
    assert finding.state == "explained"
    assert inspections.accept_conclusion(inspection=finding.inspection, version=None, by=office).state == "closed"
    item = case.item(grid=[(ResponsibilityKind.UNDERTAKE, bare)], due_on=DAY + timedelta(days=3))
    assert "item" in kinds(office)
    acts = work.report_progress(item=item, text="在办", by=office).acts
    assert (acts.count(), acts.last().text) == (2, "在办（代办：无账号局没有可用的账号）")
    assert finding.acts.last().text == "因（代办：无账号局没有可用的账号）"


def test_and_for_no_other_one(case, office):
    finding = case.finding()
    item = case.item(due_on=DAY + timedelta(days=3))
    assert not {"finding", "inspection", "item"} & set(kinds(office))
    with pytest.raises(NotAllowed):
        findings.explain_finding(finding=finding, corrected="改", explanation="因", version=None, by=office)
    with pytest.raises(NotAllowed):
        inspections.accept_conclusion(inspection=finding.inspection, version=None, by=office)
    with pytest.raises(NotAllowed):
        work.report_progress(item=item, text="在办", by=office)


def test_a_question_goes_with_the_project_to_the_unit_that_takes_it_over(case):
    asked = case.ask()
    new = make_reporter(make_unit("接替局"), name="接替填报")
    Responsibility.objects.filter(project=case.project).update(until=DAY - timedelta(days=1))
    make_responsibility(case.project, new.person.posts.get().unit, ResponsibilityKind.UNDERTAKE)
    assert "inquiry" in kinds(new)
    assert "inquiry" not in kinds(case.reporter)
    asked = inquiries.answer_inquiry(inquiry=asked, text="已接手", version=None, by=new)
    assert (asked.state, asked.unit) == ("answered", new.person.posts.get().unit)


def test_the_supervision_office_answers_only_where_nobody_else_could(case):
    asked = case.ask()
    assert "inquiry" not in kinds(case.supervision)
    with pytest.raises(NotAllowed):
        inquiries.answer_inquiry(inquiry=asked, text="我来答", version=None, by=case.supervision)
    assert "handler" not in parties_of_inquiry(asked, case.supervision)


def test_nobody_takes_a_finding_back_alone_and_a_changed_conclusion_says_who_did(case):
    finding = case.finding()
    assert case.browser("supervision").get(f"/supervision/findings/{finding.pk}/revoke/").status_code == 404
    assert "撤销认定" not in text(case.browser("supervision").get(finding.get_absolute_url()))
    found = inspections.object_conclusion(inspection=finding.inspection, text="有日志", version=None, by=case.reporter)
    inspections.change_conclusion(inspection=found, verdict="true", reason="日志属实", version=None, by=case.supervision)
    act = finding.acts.order_by("pk").last()
    assert (act.action, act.by, act.by_name) == ("revoke", case.supervision, case.supervision.name)


def test_an_objection_waits_from_the_day_on_which_it_was_made(case):
    found = case.inspect(on=date(2018, 6, 4), inspected_on=date(2018, 5, 7), verdict="mostly", untrue="")
    line = next(one for one in todo(Desk(case.reporter, DAY)) if one.kind == "inspection")
    assert line.on == DAY
    inspections.object_conclusion(inspection=found, text="不是这样", version=None, by=case.reporter)
    line = next(one for one in todo(Desk(case.supervision, DAY)) if one.kind == "inspection")
    assert line.on == DAY


def test_a_plan_that_is_carried_out_in_another_month_counts_there(case):
    plan = {"method": "field", "project": case.project, "by": case.inspector}
    planned = inspections.plan_inspection(**plan, planned_for=date(2018, 6, 29))
    for day in (2, 3):
        case.inspect(on=date(2018, 7, day), verdict="true", untrue="")
    held = {"inspection": planned, "inspected_on": date(2018, 7, 4), "verdict": "true", "conclusion": "正常", "by": case.inspector}
    with clock.at(date(2018, 7, 4)):
        with pytest.raises(InvalidInput, match="7月已督察 2 次"):
            inspections.conduct_inspection(**held)
        inspections.conduct_inspection(**held, often_reason="群众举报")
    assert Inspection.objects.get(pk=planned.pk).often_reason == "群众举报"
