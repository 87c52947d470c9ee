"""A problem reported directly waits for nobody whose account is gone: others take the step, the act says so, and it is their to-do."""

from datetime import timedelta

import pytest

from erqi.common import clock, workdays
from erqi.common.errors import InvalidInput, NotAllowed
from projects.models import Reminder
from projects.services.daily import write_reminders
from projects.stats.todo import todo
from projects.stats.todo.desk import Desk
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_person, make_unit, make_user
from supervision.choices import IssueAction as A
from supervision.models import Issue
from supervision.services import issue as service
from supervision.services import issue_escalation as escalation
from supervision.services import issue_handling as handling
from supervision.stats.issue import todo_items
from supervision.tests.issue_case import DAY, Cast, staff
from supervision.tests.way_out import stop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with clock.at(DAY):
        yield


@pytest.fixture
def cast() -> Cast:
    return Cast()


def waits(user, day=DAY) -> list[tuple[str, str]]:
    """Return what a person is asked to do about problems: action and title."""
    return [(item.action, item.title) for item in todo(Desk(user, day)) if item.kind == "issue"]


def told(user) -> list[str]:
    return list(Reminder.objects.filter(user=user).order_by("pk").values_list("title", flat=True))


def test_the_office_handles_what_a_unit_without_an_account_was_handed(cast):
    bare, colleague = make_unit("没有账号的单位"), make_user("office", name="重点办另一人")
    issue = cast.brought("accept", "grade")
    client, address = sign_in(cast.office), f"/supervision/issues/{issue.pk}/assign/"
    answer = client.post(address, fill(client, address, unit="没有账号的单位"), follow=True)
    assert text(answer).count("没有账号的单位没有可用的账号，由重点项目办代为接办、反馈，或改派其他单位。") == 2, "told, and on the page"
    issue = Issue.objects.get(pk=issue.pk)
    assert issue.unit == bare
    assert "交办直报问题：管线未迁改" in told(colleague)
    assert waits(cast.office) == [("代为接办", "直报问题：管线未迁改")]
    with pytest.raises(NotAllowed):
        handling.take_issue(issue=issue, version=None, by=cast.reporter)
    page = sign_in(cast.office).get(f"/supervision/issues/{issue.pk}/take/")
    assert page.status_code == 200
    issue = handling.take_issue(issue=issue, version=None, by=cast.office)
    assert issue.acts.last().text == "代办：没有账号的单位没有可用的账号"
    with pytest.raises(InvalidInput, match="请写明内容"):
        handling.reply_issue(issue=issue, text=" ", version=None, by=cast.office)
    issue = handling.reply_issue(issue=issue, text="电话核实已迁改", version=None, by=cast.office)
    assert issue.acts.last().text == "电话核实已迁改（代办：没有账号的单位没有可用的账号）"


def test_and_nothing_of_a_unit_that_has_one(cast):
    issue = cast.handling()
    assert waits(cast.office) == []
    with pytest.raises(NotAllowed):
        handling.reply_issue(issue=issue, text="代答", version=None, by=cast.office)
    assert handling.note_progress(issue=issue, text="在办", version=None, by=cast.reporter).acts.last().text == "在办"


def test_what_the_office_replied_itself_is_closed_by_a_leader_where_it_is_alone(cast):
    issue = cast.brought("accept", "grade")
    issue = service.assign_issue(issue=issue, unit=make_unit("没有账号的单位"), version=None, by=cast.office)
    issue = handling.take_issue(issue=issue, version=None, by=cast.office)
    issue = handling.reply_issue(issue=issue, text="已办", version=None, by=cast.office)
    issue = handling.verify_issue(issue=issue, text="现场已核", version=None, by=cast.inspector)
    assert "直报问题已核验，待销号：管线未迁改" in told(cast.leader)
    assert waits(cast.leader) == [("销号", "直报问题：管线未迁改")]
    with pytest.raises(NotAllowed, match="须由他人办理"):
        service.close_issue(issue=issue, version=None, by=cast.office)
    assert service.close_issue(issue=issue, version=None, by=cast.leader).state == "closed"


def test_and_by_the_office_where_it_is_not(cast):
    colleague = make_user("office", name="重点办另一人")
    issue = cast.handling()
    issue = handling.reply_issue(issue=issue, text="已办", version=None, by=cast.reporter)
    issue = handling.verify_issue(issue=issue, text="现场已核", version=None, by=cast.inspector)
    assert waits(cast.leader) == []
    assert ("销号", "直报问题：管线未迁改") in waits(colleague)


def test_an_account_that_is_stopped_midway_leaves_the_problem_to_the_office(cast):
    issue = cast.handling()
    stop(cast.reporter)
    tomorrow = workdays.add_workdays(DAY, 1)
    with clock.at(tomorrow):
        write_reminders()
        write_reminders()
        assert told(cast.office).count("直报问题须代办或改派：管线未迁改") == 1
        assert waits(cast.office, tomorrow) == [("代为办理", "直报问题：管线未迁改")]
        assert "没有可用的账号" in text(sign_in(cast.viewer).get(issue.get_absolute_url()))
    with clock.at(issue.due_on + timedelta(days=4)):
        write_reminders()
        assert "直报问题已逾期：管线未迁改" in told(cast.office)


def test_a_report_sent_back_is_completed_by_the_unit_of_an_author_who_is_gone(cast):
    colleague = staff(cast.unit, "同事辛")
    issue = cast.brought("send_back")
    assert waits(colleague) == []
    stop(cast.reporter)
    assert waits(colleague) == [("代为补充", "直报问题：管线未迁改")]
    assert waits(cast.office) == []
    client, address = sign_in(colleague), f"/supervision/issues/{issue.pk}/resubmit/"
    assert "由其单位的填报人员补充或撤回" in text(client.get(issue.get_absolute_url()))
    client.post(address, fill(client, address, description="补充后的说明", text="补了照片"))
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.state, issue.author) == ("reported", cast.reporter)
    assert issue.acts.last().text == f"补了照片（代办：{cast.reporter.name}已不能办理）"


def test_who_lost_the_right_to_report_is_gone_too_and_the_office_is_left(cast):
    issue = cast.brought("send_back")
    cast.reporter.grants.all().delete()
    with pytest.raises(NotAllowed):
        service.withdraw_issue(issue=issue, reason="撤", version=None, by=cast.stranger)
    assert waits(cast.office) == [("代为补充", "直报问题：管线未迁改")]
    with clock.at(workdays.add_workdays(DAY, 1)):
        write_reminders()
    assert "直报问题须代为补充或撤回：管线未迁改" in told(cast.office)
    with pytest.raises(InvalidInput) as error:
        service.withdraw_issue(issue=issue, version=None, by=cast.office)
    assert error.value.fields == {"reason": [f"请写明为什么代{cast.reporter.name}撤回。"]}
    issue = service.withdraw_issue(issue=issue, reason="已另行处理", version=None, by=cast.office)
    assert (issue.state, issue.acts.last().text) == ("withdrawn", f"已另行处理（代办：{cast.reporter.name}已不能办理）")


def test_an_author_who_is_there_is_not_stood_in_for(cast):
    colleague = staff(cast.unit, "同事辛")
    issue = cast.brought("send_back")
    for other in (colleague, cast.office):
        with pytest.raises(NotAllowed):
            service.resubmit_issue(issue=issue, description="说明", text="补充", version=None, by=other)
    assert service.withdraw_issue(issue=issue, version=None, by=cast.reporter).acts.last().text == ""


def test_a_returned_report_is_told_to_those_who_stand_in(cast):
    colleague = staff(cast.unit, "同事辛")
    issue = cast.reported()
    stop(cast.reporter)
    service.send_back_issue(issue=issue, reason="缺照片", version=None, by=cast.office)
    assert told(colleague) == ["直报问题被退回补充：管线未迁改"]


def test_a_written_instruction_is_transcribed_where_no_leader_has_an_account(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE, A.ESCALATE)
    issue = escalation.report_to_leader(issue=issue, reason="需协调", version=None, by=cast.office)
    assert waits(cast.office) == []
    for by in (cast.office, cast.leader):
        with pytest.raises(NotAllowed, match="现在不需要代办"):
            escalation.transcribe_instruction(issue=issue, given_by="张区长", text="速办", version=None, by=by)
    stop(cast.leader)
    assert waits(cast.office) == [("转录批示", "直报问题：管线未迁改")]
    client, address = sign_in(cast.office), f"/supervision/issues/{issue.pk}/transcribe/"
    assert "照书面批示转录" in text(client.get(issue.get_absolute_url()))
    with pytest.raises(InvalidInput, match="请写明作出批示的领导"):
        escalation.transcribe_instruction(issue=issue, given_by=" ", text="速办", version=None, by=cast.office)
    client.post(address, fill(client, address, given_by="张三副区长", text="请城管局三日内迁改"))
    issue = Issue.objects.get(pk=issue.pk)
    act = issue.acts.last()
    assert (issue.state, act.action_label, act.by) == ("at_office", "转录批示", cast.office)
    assert act.text == "张三副区长批示：请城管局三日内迁改"


def test_who_stands_in_for_a_unit_does_not_do_so_for_the_leaders(cast):
    issue = cast.brought("accept", "grade")
    issue = service.assign_issue(issue=issue, unit=make_unit("没有账号的单位"), version=None, by=cast.office)
    issue = handling.take_issue(issue=issue, version=None, by=cast.office)
    issue = escalation.escalate_issue(issue=issue, reason="办不了", version=None, by=cast.office)
    issue = escalation.report_to_leader(issue=issue, reason="需协调", version=None, by=cast.office)
    assert waits(cast.office) == []
    with pytest.raises(NotAllowed):
        escalation.transcribe_instruction(issue=issue, given_by="张区长", text="速办", version=None, by=cast.office)


def test_reporting_to_leaders_without_an_account_tells_the_office(cast):
    colleague = make_user("office", name="重点办另一人")
    stop(cast.leader)
    issue = cast.brought(A.ACCEPT, A.GRADE, A.TO_MEETING)
    escalation.report_to_leader(issue=issue, reason="需协调", version=None, by=cast.office)
    assert "区领导没有可用的账号，请报送书面请示并转录批示：管线未迁改" in told(colleague)


@pytest.mark.parametrize("number", [1, 3])
def test_a_desk_asks_a_constant_number_of_questions_about_stand_ins(cast, number, django_assert_num_queries):
    for place in range(number):
        issue = cast.brought("accept", "grade", title=f"问题{place}")
        service.assign_issue(issue=issue, unit=make_unit(f"没有账号的单位{place}"), version=None, by=cast.office)
        person = make_user("reporter", name=f"填报员{place}")
        make_person(person.name, note=f"{place}", posts=[{"unit": make_unit(), "title": "职员"}], account=person)
        returned = service.report_issue(title=f"退回{place}", description="说明", by=person)
        service.send_back_issue(issue=returned, reason="缺", version=None, by=cast.office)
        stop(person)
    desk = Desk(cast.office, DAY)
    with django_assert_num_queries(16):
        assert len(todo_items(desk)) == 2 * number
