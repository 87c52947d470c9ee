"""Escalation: the table, what is proposed when, decided once, what lapses; the pages."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError
from erqi.common.simulation import simulating
from projects.models import Ledger, Project, Reminder
from projects.services.daily import write_reminders
from projects.stats.todo import todo
from projects.stats.todo.desk import Desk
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_ledger, make_milestone, make_responsibility, make_unit, make_user
from projects.tests.warning_builders import finish, warn_ledger
from supervision.choices import EscalationTrigger as T
from supervision.choices import NoticeKind
from supervision.models import Escalation, Finding, Inquiry, Notice
from supervision.rules.escalation import DOCUMENTS, ORDER, due_trigger, weight
from supervision.services import escalation as service
from supervision.services import inquiry as inquiries
from supervision.services import notice as office
from supervision.services.finding import explain_finding
from supervision.services.inspection import conduct_inspection
from supervision.services.notice import draft_notice
from supervision.tests.escalation_case import RED, RED_LONG, YELLOW, late, make_escalation, propose, send, states

pytestmark = pytest.mark.django_db

STEPS = [("blue", 0, "remind"), ("yellow", 0, "notice"), ("yellow", 2, "interview"), ("red", 0, "urge"), ("red", 3, "inquiry")]
CUTOFFS = [date(2018, month, 25) for month in range(1, 13)]


@pytest.fixture
def ledger() -> Ledger:
    with clock.at(date(2018, 3, 1)):
        found = make_ledger()
        warn_ledger(found)
        return found


@pytest.fixture
def project(ledger) -> Project:
    return late(ledger)


# the table


@pytest.mark.parametrize(
    ("level", "began", "day", "found"),
    [
        ("green", date(2018, 5, 1), date(2018, 9, 1), None),
        ("blue", date(2018, 5, 1), date(2018, 9, 1), None),
        ("yellow", date(2018, 5, 9), date(2018, 5, 9), (T.YELLOW, date(2018, 5, 9))),
        ("yellow", date(2018, 5, 9), date(2018, 6, 24), (T.YELLOW, date(2018, 5, 9))),
        ("yellow", date(2018, 5, 9), date(2018, 6, 25), (T.YELLOW_AGAIN, date(2018, 6, 25))),
        ("red", date(2018, 6, 1), date(2018, 8, 24), (T.RED, date(2018, 6, 1))),
        ("red", date(2018, 6, 1), date(2018, 8, 25), (T.RED_LONG, date(2018, 8, 25))),
    ],
)
def test_what_a_colour_pulls_and_when(level, began, day, found):
    assert due_trigger(level, began, day, CUTOFFS, STEPS) == found


def test_every_trigger_has_its_document_and_its_place():
    assert set(DOCUMENTS) == set(T) == set(ORDER)
    assert [weight(trigger) for trigger in ORDER] == [0, 1, 2, 3, 4]
    assert [DOCUMENTS[trigger].days for trigger in ORDER] == [5, 5, 3, 5, 2]


# proposing


def test_each_trigger_is_proposed_once_and_a_graver_one_takes_the_place_of_what_waits(project):
    assert propose(date(2018, 5, 8)) == []
    assert propose(YELLOW) == ["yellow"]
    assert propose(YELLOW) == propose(date(2018, 5, 10)) == []
    assert propose(RED) == ["red"]
    assert states() == [("yellow", "lapsed"), ("red", "proposed")]
    assert propose(RED_LONG) == ["red_long"]
    assert states() == [("yellow", "lapsed"), ("red", "lapsed"), ("red_long", "proposed")]
    assert "“主体施工”时限2018年5月1日" in Escalation.objects.last().reason


def test_what_was_mended_lapses_and_a_new_stretch_is_a_new_proposal(project):
    propose(YELLOW)
    with clock.at(date(2018, 5, 14)):
        finish(project.milestones.get(), date(2018, 5, 14))
    assert propose(date(2018, 5, 14)) == [], "it waits for its lifting: there is nothing left to press for"
    assert states() == [("yellow", "lapsed")]
    with clock.at(date(2018, 5, 14)):
        make_milestone(project, "other", name="附属工程", due_on=date(2018, 7, 1))
    assert propose(date(2018, 8, 3)) == ["red"]


def test_a_notice_that_the_office_issued_by_itself_answers_the_trigger(project):
    propose(YELLOW)
    with clock.at(date(2018, 5, 10)):
        draft_notice(kind=NoticeKind.REMIND, source="project", project=project, by=make_user("inspector"))
    assert propose(date(2018, 5, 11)) == []
    assert states() == [("yellow", "proposed")], "a draft of an inspector answers nothing"
    send(project, NoticeKind.REMIND, "project", date(2018, 5, 11))
    assert propose(date(2018, 5, 11)) == []
    assert states() == [("yellow", "confirmed")]
    assert propose(RED) == ["red"], "that answered yellow only"


def test_a_meetings_notice_is_no_answer_to_a_colour(project):
    send(project, NoticeKind.SUPERVISE, "meeting", RED)
    assert propose(RED) == ["red"]


def test_no_notice_of_red_answers_three_cutoffs_in_red(project):
    propose(RED)
    escalation = Escalation.objects.get()
    with clock.at(RED_LONG):
        user = make_user("supervision")
        service.confirm_escalation(escalation=escalation, version=escalation.version, by=user)
        send(project, NoticeKind.SUPERVISE, "project", RED_LONG)
    assert propose(RED_LONG) == ["red_long"]


def untrue(project: Project, on: date, words: str, unit=None):
    with clock.at(on):
        return conduct_inspection(
            method="field",
            project=project,
            unit=unit,
            inspected_on=on,
            verdict="untrue",
            conclusion="现场与上报不符",
            untrue=words,
            by=make_user("inspector"),
        ).finding


def test_each_finding_has_its_own_notice_that_says_what_is_untrue_and_goes_to_who_reported_it(project):
    lead = make_unit("区建设局")
    with clock.at(date(2018, 3, 1)):
        make_responsibility(project, lead, "lead")
    untrue(project, YELLOW, "上报主体封顶，现场只到三层")
    untrue(project, YELLOW, "上报资料齐全，现场没有台账", lead)
    propose(YELLOW)
    first, second = Escalation.objects.filter(trigger="untrue").order_by("pk")
    with clock.at(YELLOW):
        notice = service.confirm_escalation(escalation=second, version=second.version, by=make_user("supervision")).notice
    assert notice.unit == lead
    assert "督察所见：上报资料齐全，现场没有台账。" in notice.text
    assert "主体施工" not in notice.text, "the project's colour is another matter"
    propose(date(2018, 5, 10))
    first.refresh_from_db()
    assert first.state == "proposed", "the other finding's notice is no answer to this one"


def test_a_notice_of_simulated_figures_is_marked(ledger):
    with simulating():
        project = late(ledger)
    with clock.at(YELLOW):
        by_hand = draft_notice(
            kind=NoticeKind.REMIND, source="project", project=project, title="提醒", text="请", by=make_user("supervision")
        )
        of_meeting = draft_notice(kind=NoticeKind.ASSIGN, source="meeting", project=project, title="交办", text="请", by=by_hand.drafted_by)
        reader = make_user("inspector")
        office.submit_notice(notice=by_hand, version=None, by=by_hand.drafted_by)
    assert (by_hand.simulated, of_meeting.simulated) == (True, False)
    with clock.at(RED_LONG):
        leader = make_user("leader")
        propose(RED_LONG)
        escalation = Escalation.objects.get(trigger="red_long")
        done = service.confirm_escalation(escalation=escalation, version=escalation.version, by=make_user("supervision"))
    assert done.notice.simulated
    assert Reminder.objects.get(user=leader, title__startswith="连续三期红").simulated
    assert not Reminder.objects.filter(user=reader).exists()


def test_lines_about_a_simulated_record_are_marked(project):
    inspector = make_user("inspector")
    with clock.at(YELLOW):
        finding = untrue(project, YELLOW, "上报主体封顶，现场只到三层")
        Finding.objects.update(simulated=True)
        finding.refresh_from_db()
        explain_finding(finding=finding, corrected="三层", explanation="误报", version=None, by=None)
    assert Reminder.objects.get(user=inspector, title__startswith="更正待核查").simulated


def test_an_untrue_report_asks_for_its_correction_until_it_is_settled(project):
    with clock.at(YELLOW):
        finding = conduct_inspection(
            method="field",
            project=project,
            inspected_on=YELLOW,
            verdict="untrue",
            conclusion="现场与上报不符",
            untrue="上报主体封顶，现场只到三层",
            by=make_user("inspector"),
        ).finding
    assert sorted(propose(YELLOW)) == ["untrue", "yellow"]
    assert propose(YELLOW) == []
    proposal = Escalation.objects.get(trigger="untrue")
    assert str(finding.pk) in proposal.finding
    with clock.at(YELLOW):
        done = service.confirm_escalation(escalation=proposal, version=proposal.version, by=make_user("supervision"))
    assert (done.notice.kind, done.notice.days) == (NoticeKind.CORRECT, 2)


def test_the_days_run_proposes_and_tells_the_office_once(project):
    user = make_user("supervision")
    for _ in range(2):
        with clock.at(YELLOW):
            write_reminders()
    titles = Reminder.objects.filter(user=user, key__startswith="escalation/").values_list("title", flat=True)
    assert list(titles) == ["升级提议：道路工程 转黄"]
    with clock.at(YELLOW):
        assert [(item.kind, item.title) for item in todo(Desk(user, YELLOW)) if item.kind == "escalation"] == [
            ("escalation", "升级提议：转黄，1 个项目")
        ]


@pytest.mark.parametrize("number", [1, 3])
def test_proposing_asks_a_constant_number_of_questions(ledger, number, django_assert_num_queries):
    for place in range(number):
        late(ledger, f"项目{place}")
    with clock.at(YELLOW), django_assert_num_queries(6):
        assert len(service.missing(service.due_on_day(YELLOW))) == number


# deciding


def test_confirming_drafts_the_notice_once(project):
    propose(RED)
    escalation, user = Escalation.objects.get(), make_user("supervision")
    with clock.at(date(2018, 6, 4)):
        done = service.confirm_escalation(escalation=escalation, version=escalation.version, by=user, note="抓紧")
        again = service.confirm_escalation(escalation=escalation, version=escalation.version, by=user, note="抓紧")
    assert again.pk == done.pk
    notice = Notice.objects.get()
    assert (notice.kind, notice.days, notice.origin, notice.project) == (NoticeKind.SUPERVISE, 3, escalation, project)
    assert done.notice == notice
    assert "主体施工" in notice.text
    with pytest.raises(ServiceError, match="现在是“拟稿中”"):
        service.decline_escalation(escalation=done, reason="不", version=done.version, by=make_user("supervision"))


def test_three_reds_ask_in_the_leaders_name(project):
    leader, other = make_user("leader"), make_user("leader")
    propose(RED_LONG)
    escalation = Escalation.objects.get(trigger="red_long")
    with clock.at(RED_LONG):
        by = make_user("supervision")
        service.confirm_escalation(escalation=escalation, version=escalation.version, by=by)
        service.confirm_escalation(escalation=escalation, version=None, by=by)
        inquiry = Inquiry.objects.get()
        assert (inquiry.project, inquiry.asked_by, inquiry.state) == (project, None, "asked")
        told = Reminder.objects.filter(title="连续三期红，已发起领导问查：道路工程", url=inquiry.get_absolute_url())
        assert {row.user for row in told} == {leader, other}
        # The office answers where nobody reports; any leader asks further and closes, the office not what it answered itself.
        inquiry = inquiries.answer_inquiry(inquiry=inquiry, text="专报", version=None, by=by)
        assert Reminder.objects.filter(user=other, title="问查已答复：道路工程").exists()
        inquiry = inquiries.ask_further(inquiry=inquiry, text="何时？", due_on=None, version=None, by=leader)
        inquiry = inquiries.answer_inquiry(inquiry=inquiry, text="月底", version=None, by=by)
        with pytest.raises(NotAllowed):
            inquiries.close_inquiry(inquiry=inquiry, version=None, by=by)
        assert inquiries.close_inquiry(inquiry=inquiry, version=None, by=other).state == "closed"


def test_declining_needs_a_reason_and_holds_for_the_stretch(project):
    propose(YELLOW)
    escalation, user = Escalation.objects.get(), make_user("supervision")
    with pytest.raises(InvalidInput):
        service.decline_escalation(escalation=escalation, reason=" ", version=escalation.version, by=user)
    with clock.at(YELLOW):
        service.decline_escalation(escalation=escalation, reason="已当面提醒", version=escalation.version, by=user)
    assert propose(date(2018, 5, 20)) == []
    assert states() == [("yellow", "declined")]


def test_only_the_supervision_office_decides(project):
    propose(YELLOW)
    escalation = Escalation.objects.get()
    for role in ("office", "inspector", "leader", "reporter"):
        with pytest.raises(NotAllowed):
            service.confirm_escalation(escalation=escalation, version=escalation.version, by=make_user(role))
        with pytest.raises(NotAllowed):
            service.propose_escalations(by=make_user(role))


# the pages


def test_from_the_list_to_the_notice(project):
    client = sign_in(make_user("supervision"))
    with clock.at(YELLOW):
        assert "另有 1 项达到条件" in text(client.get(reverse("supervision:escalation_list")))
        answer = client.post(reverse("supervision:escalation_refresh"), fill(client, reverse("supervision:escalation_refresh")))
        assert answer.status_code == 302
        escalation = Escalation.objects.get()
        page = text(client.get(escalation.get_absolute_url()))
        assert "督察通知单（提醒）" in page
        assert "影响进度的原因（病因）、整改措施、新的节点安排" in page
        address = reverse("supervision:escalation_confirm", args=[escalation.pk])
        answer = client.post(address, fill(client, address, days="4"))
        assert answer["Location"] == Notice.objects.get().get_absolute_url()
        assert Notice.objects.get().days == 4


def test_a_draft_is_not_shown_to_everybody(project):
    propose(YELLOW)
    escalation = Escalation.objects.get()
    with clock.at(YELLOW):
        service.confirm_escalation(escalation=escalation, version=escalation.version, by=make_user("supervision"))
        title = Notice.objects.get().title
        assert title not in text(sign_in(make_user("viewer")).get(escalation.get_absolute_url()))
        assert title in text(sign_in(make_user("inspector")).get(escalation.get_absolute_url()))


def test_pages_show_a_day_as_it_stood(project):
    propose(YELLOW)
    escalation = Escalation.objects.get()
    with clock.at(date(2018, 5, 20)):
        service.decline_escalation(escalation=escalation, reason="已当面提醒", version=escalation.version, by=make_user("supervision"))
        client = sign_in(make_user("inspector"))
        then = client.get(f"{escalation.get_absolute_url()}?as_of=2018-05-10")
        assert (then.context["state"], len(then.context["course"])) == ("待处置", 1)
        assert "已当面提醒" not in text(then)
        rows = client.get(f"{reverse('supervision:escalation_list')}?as_of=2018-05-10&state=proposed").context["table"].records
        assert [row.pk for row in rows] == [escalation.pk]
        assert client.get(f"{escalation.get_absolute_url()}?as_of=2018-05-01").status_code == 404


@pytest.mark.parametrize("role", ["reporter", "reviewer", "viewer"])
def test_a_proposal_is_a_working_paper_that_units_do_not_read(project, role):
    propose(YELLOW)
    escalation = Escalation.objects.get()
    with clock.at(date(2018, 5, 20)):
        inside, outside = sign_in(make_user("inspector")), sign_in(make_user(role))
        for address in (escalation.get_absolute_url(), reverse("supervision:escalation_list")):
            assert (inside.get(address).status_code, outside.get(address).status_code) == (200, 403)
        for address in (reverse("supervision:trace_list"), project.get_absolute_url(), reverse("history")):
            assert escalation.reason[:15] not in text(outside.get(address))
        assert escalation.reason[:15] in text(inside.get(reverse("supervision:trace_list")))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_a_constant_number_of_questions(ledger, number, django_assert_num_queries):
    for place in range(number):
        late(ledger, f"项目{place}")
    propose(YELLOW)
    client = sign_in(make_user("inspector"))
    with clock.at(YELLOW):
        client.get(reverse("supervision:escalation_list"))
        with django_assert_num_queries(8):
            assert client.get(reverse("supervision:escalation_list")).context["page_obj"].paginator.count == number


@pytest.mark.parametrize(("trigger", "word"), [(T.RED, "不必再采纳"), (T.RED_LONG, "请到提议页")])
def test_a_form_for_a_notice_promises_only_what_it_does(project, trigger, word):
    make_escalation(project, trigger)
    with clock.at(RED_LONG):
        page = text(sign_in(make_user("supervision")).get(f"{reverse('supervision:notice_new')}?project={project.code}"))
    assert word in page
    assert ("不必再采纳" in page) != ("请到提议页" in page)
