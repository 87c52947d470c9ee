"""A leader's question waits for nobody who is gone: neither for the inspector that is named, nor for the leader who asked."""

import pytest

from erqi.common import clock, workdays
from erqi.common.errors import NotAllowed
from projects.models import Reminder
from projects.services.daily import write_reminders
from projects.stats.todo import todo
from projects.stats.todo.desk import Desk
from projects.tests.browsing import text
from projects.tests.report_builders import make_reporter
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.tests.item_case import DAY, Case, ask_inspector, make_case, name_inspector
from supervision.tests.way_out import stop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def case() -> Case:
    found = make_case()
    name_inspector(found)
    return found


def asked(case: Case, who: str) -> bool:
    """Say whether a question stands in somebody's to-dos."""
    return any(item.kind == "inquiry" for item in todo(Desk(getattr(case, who), DAY)))


def test_only_the_named_inspector_answers_while_there_is_one(case):
    question = ask_inspector(case)
    assert question.person.account == case.inspector
    assert [who for who in case.people if asked(case, who)] == ["inspector"]
    with pytest.raises(NotAllowed):
        inquiries.answer_inquiry(inquiry=question, text="我来答", version=None, by=case.other_inspector)
    answered = inquiries.answer_inquiry(inquiry=question, text="已到现场", version=None, by=case.inspector)
    assert answered.acts.last().text == "已到现场"


def test_any_inspector_answers_once_the_account_is_stopped(case):
    question = ask_inspector(case)
    stop(case.inspector)
    assert [who for who in case.people if asked(case, who)] == ["other_inspector", "supervision", "other_supervision"]
    with clock.at(workdays.add_workdays(question.due_on, 1)):
        write_reminders()
    assert Reminder.objects.filter(user=case.other_inspector, title__contains="领导问查逾期未答复").exists()
    browser = case.browser("other_inspector")
    assert "没有可用的督察员账号" in text(browser.get(question.get_absolute_url()))
    assert browser.get(f"/supervision/inquiries/{question.pk}/answer/").status_code == 200
    answered = inquiries.answer_inquiry(inquiry=question, text="已到现场", version=None, by=case.other_inspector)
    assert (answered.answer, answered.answered_by_name) == ("已到现场", case.other_inspector.name)
    assert answered.acts.last().text.startswith("已到现场（代办：")


def test_and_once_the_role_is_withdrawn(case):
    question = ask_inspector(case)
    case.inspector.grants.all().delete()
    assert asked(case, "other_inspector")
    with pytest.raises(NotAllowed):
        inquiries.answer_inquiry(inquiry=question, text="我来答", version=None, by=case.inspector)


def test_the_supervision_office_answers_where_there_is_no_inspector(case):
    question = ask_inspector(case)
    stop(case.inspector, case.other_inspector)
    assert asked(case, "supervision")
    assert inquiries.answer_inquiry(inquiry=question, text="已核实", version=None, by=case.supervision).state == "answered"


def test_the_question_of_a_leader_who_is_none_any_more_is_every_leaders(case):
    question = inquiries.answer_inquiry(inquiry=case.ask(), text="已开工", version=None, by=case.reporter)
    assert not asked(case, "other_leader")
    with pytest.raises(NotAllowed):
        inquiries.close_inquiry(inquiry=question, version=None, by=case.other_leader)
    stop(case.leader)
    assert asked(case, "other_leader")
    further = inquiries.ask_further(inquiry=question, text="何时封顶？", due_on=None, version=None, by=case.other_leader)
    assert further.acts.last().text == f"何时封顶？（代办：{case.leader.name}已不能办理）"
    answered = inquiries.answer_inquiry(inquiry=further, text="七月", version=None, by=case.reporter)
    assert Reminder.objects.filter(user=case.other_leader, title__contains="问查已答复").count() == 1
    assert inquiries.close_inquiry(inquiry=answered, version=None, by=case.other_leader).state == "closed"


def test_what_an_inspector_planned_who_is_gone_is_every_inspectors(case):
    inspections.plan_inspection(method="field", project=case.project, planned_for=DAY, by=case.inspector)
    kinds = [item.kind for item in todo(Desk(case.other_inspector, DAY))]
    assert "inspection" not in kinds
    stop(case.inspector)
    assert "inspection" in [item.kind for item in todo(Desk(case.other_inspector, DAY))]


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_asks_a_constant_number_of_questions(case, number, django_assert_num_queries):
    questions = [ask_inspector(case) for _ in range(number)]
    stop(case.inspector)
    make_reporter(case.unit)
    with django_assert_num_queries(8):
        assert len(inquiries.addressees_of(questions)) == number
