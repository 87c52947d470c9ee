"""A leader's question: somebody's to-do with a due day, answered, followed by another or closed."""

from datetime import date
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError
from erqi.tests.uploads import upload
from projects.choices import ResponsibilityKind
from projects.models import Reminder
from projects.stats.todo import todo, waiting
from projects.stats.todo.desk import Desk
from projects.tests.builders import make_person, make_project, make_responsibility
from supervision.models import Inquiry
from supervision.services import inquiry as inquiries
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def kinds(user) -> list[str]:
    return [item.kind for item in todo(Desk(user, DAY))]


def test_a_question_becomes_a_to_do_with_a_due_day(case):
    key = uuid4()
    asked = case.ask(milestone=case.milestone, request_key=key)
    assert case.ask(request_key=key) == asked
    assert (asked.due_on, asked.unit) == (date(2018, 6, 11), case.unit)
    assert "inquiry" in kinds(case.reporter)
    assert "inquiry" not in kinds(case.stranger)
    assert [one.label for one in waiting(Desk(case.leader, DAY))] == ["问查"]
    assert Reminder.objects.filter(user=case.reporter, text__contains="为何还不开工").count() == 1
    with pytest.raises(NotAllowed):
        case.ask(by="supervision")
    with pytest.raises(InvalidInput, match="不能早于今天"):
        case.ask(due_on=date(2018, 6, 1))
    with pytest.raises(InvalidInput):
        case.ask(text="")


def test_it_is_answered_and_its_leader_asks_further_or_closes(case):
    asked = case.ask()
    with pytest.raises(NotAllowed):
        inquiries.answer_inquiry(inquiry=asked, text="我来答", version=None, by=case.stranger)
    asked = inquiries.answer_inquiry(inquiry=asked, text="六月底前开工", version=None, by=case.reporter, uploads=[upload()])
    assert "inquiry" in kinds(case.leader)
    assert "inquiry" not in kinds(case.other_leader)
    with pytest.raises(NotAllowed):
        inquiries.close_inquiry(inquiry=asked, version=None, by=case.other_leader)
    asked = inquiries.ask_further(inquiry=asked, text="手续办完了吗？", due_on=None, version=None, by=case.leader)
    assert (asked.state, asked.text) == ("asked", "手续办完了吗？")
    asked = inquiries.answer_inquiry(inquiry=asked, text="已办完", version=None, by=case.reporter)
    asked = inquiries.close_inquiry(inquiry=asked, version=None, by=case.leader)
    assert [act.action for act in asked.acts.order_by("pk")] == ["ask", "answer", "further", "answer", "close"]
    with pytest.raises(ServiceError):
        inquiries.answer_inquiry(inquiry=asked, text="再答", version=None, by=case.reporter)


def test_the_inspector_of_the_project_is_asked(case):
    asked = case.ask(addressee="inspector")
    assert ("inquiry" in kinds(case.inspector), "inquiry" in kinds(case.other_inspector)) == (True, True)
    make_responsibility(case.project, None, ResponsibilityKind.INSPECTOR, person=make_person(account=case.inspector))
    named = case.ask(addressee="inspector")
    assert named.person.account == case.inspector
    with pytest.raises(NotAllowed):
        inquiries.answer_inquiry(inquiry=named, text="看过", version=None, by=case.other_inspector)
    assert inquiries.answer_inquiry(inquiry=named, text="看过", version=None, by=case.inspector).state == "answered"
    assert inquiries.answer_inquiry(inquiry=asked, text="看过", version=None, by=case.other_inspector).state == "answered"


def test_where_nobody_reports_a_project_the_supervision_office_answers(case):
    asked = case.ask(project=make_project("无主项目"))
    assert "inquiry" in kinds(case.supervision)
    asked = inquiries.answer_inquiry(inquiry=asked, text="已明确责任单位", version=None, by=case.supervision)
    # Who answered does not close it; somebody else of the office does, where its leader is gone.
    with pytest.raises(NotAllowed, match="须由他人办理"):
        inquiries.close_inquiry(inquiry=asked, version=None, by=case.supervision)
    assert inquiries.close_inquiry(inquiry=asked, version=None, by=case.other_supervision).state == "closed"


def test_a_question_is_withdrawn_by_its_leader_only(case):
    asked = case.ask()
    with pytest.raises(NotAllowed):
        inquiries.withdraw_inquiry(inquiry=asked, version=None, by=case.other_leader)
    assert inquiries.withdraw_inquiry(inquiry=asked, version=None, by=case.leader).state == "withdrawn"
    assert "inquiry" not in kinds(case.reporter)


def test_days_are_read_back(case):
    asked = case.ask()
    with clock.at(date(2018, 6, 7)):
        inquiries.answer_inquiry(inquiry=asked, text="答", version=None, by=case.reporter)
    assert [row.state_then for day in (4, 6, 7) for row in Inquiry.objects.for_table(date(2018, 6, day))] == ["asked", "asked", "answered"]
    assert not Inquiry.objects.for_table(date(2018, 6, 3)).exists()
