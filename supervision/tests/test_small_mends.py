"""What people stumbled over: evidence that proves nothing, limits of the office's own steps, names that change, refusals without a word."""

from datetime import date
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from erqi.history.registry import business_kinds
from erqi.tests.uploads import picture, upload
from projects.choices import WarningLevel
from projects.services import milestone as milestones
from projects.stats.todo.desk import Desk
from projects.tests.browsing import sign_in
from supervision.models import Issue
from supervision.rules.machines import MACHINES
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import issue as issues
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_grid as grids
from supervision.services.mechanism import open_theme
from supervision.stats import item_todo
from supervision.stats.issue import todo_items
from supervision.tests.issue_case import Cast
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def test_one_file_does_not_show_before_and_after(case):
    same = picture(colour="blue")
    with pytest.raises(InvalidInput, match="同一个文件") as error:
        case.apply(case.item(), before=[upload("前.jpg", same)], after=[upload("后.jpg", same)])
    assert set(error.value.fields) == {"after"}


def test_the_form_repeats_what_was_missing(case):
    item = case.apply(case.item())
    closings.send_back_closing(item=item, reason="缺拆除后全景照片", version=None, by=case.inspector)
    address = f"/supervision/items/{item.pk}/apply/"
    assert "退回补充，还缺" in case.browser("reporter").get(address).content.decode()
    item.refresh_from_db()
    assert closings.returned_of(item).text == "缺拆除后全景照片"
    assert closings.returned_of(case.apply(item)) is None


def test_a_step_is_looked_at_beside_the_milestone_behind_it(case):
    item = case.item(steps=[{"name": "签协议", "due_on": date(2018, 6, 20)}], projects=[case.project])
    grids.add_link(item=item, project=case.project, milestone=case.milestone, by=case.supervision)
    address = f"/supervision/items/{item.pk}/steps/{item.steps.get().pk}/finish/"
    browser = case.browser("reporter")
    assert "所涉节点“主体施工”尚未登记完成" in browser.get(address).content.decode()
    milestones.complete_milestone(milestone=case.milestone, done_on=DAY, version=None, by=None)
    assert "尚未登记完成" not in browser.get(address).content.decode()


def test_a_step_after_the_end_is_wrong_in_the_timetable_alone(case):
    with pytest.raises(InvalidInput, match="晚于事项的完成时限") as error:
        case.item(steps=[{"name": "签协议", "due_on": date(2018, 12, 20)}])
    assert set(error.value.fields) == {"steps"}


def test_each_correction_stays_in_the_course(case):
    finding = case.finding()
    said = {"version": None, "by": case.reporter, "explanation": "口径理解有误"}
    finding = findings.explain_finding(finding=finding, corrected="只改了六月", **said)
    finding = findings.send_back_finding(finding=finding, reason="五月也要改，" + "请逐项核对。" * 40, version=None, by=case.inspector)
    findings.explain_finding(finding=finding, corrected="五月六月都改了", **said)
    page = case.browser("viewer").get(finding.get_absolute_url()).content.decode()
    assert "更正内容：只改了六月" in page
    assert "更正内容：五月六月都改了" in page
    assert page.count('<details class="act-text">') == 1


def test_a_question_keeps_its_name_when_its_leader_asks_further(case):
    inquiry = case.ask()
    inquiry = inquiries.answer_inquiry(inquiry=inquiry, text="下周开工", version=None, by=case.reporter)
    inquiries.ask_further(inquiry=inquiry, text="哪一天？", due_on=None, version=None, by=case.leader)
    page = case.browser("viewer").get(inquiry.get_absolute_url()).content.decode()
    assert "问查：为何还不开工？</h1>" in page
    assert "<dt>追问</dt><dd>哪一天？</dd>" in page


def test_the_office_has_limits_for_its_own_steps():
    cast = Cast()
    with clock.at(DAY):
        cast.reported()
    found = []
    for day in (4, 5, 7):
        (line,) = todo_items(Desk(cast.office, date(2018, 6, day)))
        found.append((line.level, line.on, line.follows.partition("，")[2]))
    due = date(2018, 6, 5)
    assert found == [
        (WarningLevel.BLUE, due, ""),
        (WarningLevel.YELLOW, due, "今天是最后一天"),
        (WarningLevel.RED, due, "已超 2 个工作日"),
    ]


def test_the_list_and_the_page_show_that_the_office_is_late(settings):
    cast = Cast()
    with clock.at(DAY):
        issue = cast.brought("accept")
    settings.FIXED_TODAY = date(2018, 6, 7)
    browser = sign_in(cast.viewer)
    shown = browser.get("/supervision/issues/").content.decode()
    assert "前定级，已超 2 个工作日" in shown
    assert ">重点办超期<" in shown
    # What is late of units is another list: no row of it says so.
    assert ">已逾期<" not in shown.partition("<tbody")[2]
    assert browser.get("/supervision/issues/?late=late").context["page_obj"].paginator.count == 0
    assert "重点办超期" in browser.get(issue.get_absolute_url()).content.decode()
    assert Issue.objects.get().due_on is None


def test_who_cannot_take_a_step_reads_whose_it_is(case):
    cast = Cast()
    issue = cast.brought("accept", "grade", "assign")
    answer = case.browser("viewer").get(f"/supervision/issues/{issue.pk}/take/")
    assert answer.status_code == 403
    assert "“接办”由承办单位办理" in answer.content.decode()
    item = case.item()
    answer = case.browser("viewer").get(f"/supervision/items/{item.pk}/apply/")
    assert answer.status_code == 403
    assert "“申请销号”由承办单位办理" in answer.content.decode()


def test_kinds_of_history_have_names_of_their_own():
    labels = [kind.label for kind in business_kinds().values()]
    assert len(set(labels)) == len(labels)
    assert len(MACHINES) <= sum("办理" in label or "处置" in label for label in labels)


def test_the_same_words_with_another_content_are_another_decision(case):
    item = case.item()
    for goal in ("七月底前全部拆除", "八月底前全部拆除"):
        items.amend_item(item=item, goal=goal, version=None, by=case.supervision, request_key=uuid4())
    for due_on in (date(2018, 7, 10), date(2018, 7, 17)):
        items.move_item(item=item, due_on=due_on, reason="推迟一周", version=None, by=case.supervision, request_key=uuid4())
    item.refresh_from_db()
    assert (item.goal, item.due_on) == ("八月底前全部拆除", date(2018, 7, 17))
    # The same content once more, sent by a page gone back to, is none.
    with pytest.raises(InvalidInput, match="内容没有改动"):
        items.amend_item(item=item, goal="八月底前全部拆除", version=None, by=case.supervision, request_key=uuid4())


def test_a_closing_that_came_back_says_on_the_desk_what_is_missing(case):
    item = case.apply(case.item())
    closings.send_back_closing(item=item, reason="缺拆除后全景照片", version=None, by=case.inspector)
    (line,) = [one for one in item_todo.todo_items(Desk(case.reporter, DAY)) if one.kind == "item"]
    assert (line.title, line.text) == (f"销号被退回：{item.name}", "还缺：缺拆除后全景照片")
    assert line.level == WarningLevel.YELLOW


def test_what_is_only_to_be_read_does_not_stand_before_what_is_to_be_done(case):
    inspection = case.inspect(verdict="true", untrue="")
    asked = inquiries.ask_inquiry(project=case.project, text="何时开工", due_on=date(2018, 6, 29), by=case.leader)
    later = date(2018, 6, 26)
    levels = {one.kind: one.level for one in item_todo.todo_items(Desk(case.reporter, later))}
    assert (levels["inspection"], levels["inquiry"]) == (WarningLevel.BLUE, WarningLevel.YELLOW)
    assert inspection.pk
    assert asked.pk


def test_a_name_that_is_taken_is_said_in_one_plain_sentence(case):
    with pytest.raises(InvalidInput, match="已有同样的督察主题，请改用另一个。"):
        open_theme(name=case.theme.name, by=case.supervision)


def test_a_form_sent_anew_after_the_back_button_begins_nothing_twice(case):
    for begin in (
        lambda: case.inspect(verdict="true", untrue="", request_key=uuid4()),
        lambda: case.item(request_key=uuid4()),
        lambda: inquiries.ask_inquiry(project=case.project, text="何时开工", by=case.leader, request_key=uuid4()),
        lambda: inspections.plan_inspection(
            project=case.project, method="field", planned_for=DAY, often_reason="复查", by=case.inspector, request_key=uuid4()
        ),
        lambda: inspections.self_check(project=case.project, conclusion="已对照自查", by=case.reporter, request_key=uuid4()),
        lambda: issues.report_issue(title="管线未迁", description="热力管线未迁改", by=case.reporter, request_key=uuid4()),
    ):
        first = begin()
        with pytest.raises(ServiceError, match="没有重复登记"):
            begin()
        assert first.acts.count() == 1


def test_what_was_taken_back_may_be_registered_again(case):
    first = case.inspect(verdict="true", untrue="", request_key=uuid4())
    inspections.retract_inspection(inspection=first, reason="填错", version=None, by=case.inspector)
    assert case.inspect(verdict="true", untrue="", request_key=uuid4()).pk != first.pk


def test_the_second_of_two_hears_what_the_first_decided(case):
    item = case.apply(case.item())
    address = f"/supervision/items/{item.pk}/send-back/"
    page = case.browser("other_inspector").get(address)
    closings.verify_closing(item=item, text="现场属实", version=None, by=case.inspector)
    form = page.context["form"]
    sent = {"version": form["version"].value(), "request_key": str(form["request_key"].value()), "reason": "缺照片"}
    answer = case.browser("other_inspector").post(address, sent)
    assert answer.status_code == 409
    assert "没有冲突" not in answer.content.decode()
