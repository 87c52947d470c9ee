"""Problems reported directly through the services: the whole way, its limits, four eyes, second clicks, two at once, colours, reminders."""

from datetime import date

import pytest
from django.http import QueryDict

from erqi.common import clock, workdays
from erqi.common.attachments import of
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.tests.uploads import picture, upload
from projects.choices import WarningLevel
from projects.models import Reminder
from projects.services.daily import write_reminders
from projects.stats.todo import todo, waiting
from projects.stats.todo.desk import Desk
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_entry, make_ledger
from projects.tests.concurrency import at_once
from projects.tests.warning_builders import warn_ledger
from supervision.choices import IssueAction as A
from supervision.choices import IssueGrade, IssueTrack
from supervision.filters.issue import IssueFilter
from supervision.models import Issue, IssueMeeting
from supervision.rules.issue import due_day, track
from supervision.services import issue as service
from supervision.services import issue_escalation as escalation
from supervision.services import issue_handling as handling
from supervision.tests.issue_case import DAY, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with clock.at(DAY):
        yield


@pytest.fixture
def cast() -> Cast:
    return Cast()


def inbox(user) -> list[str]:
    return list(Reminder.objects.filter(user=user).order_by("pk").values_list("title", flat=True))


# the rules


@pytest.mark.parametrize(
    ("grade", "on", "due"),
    [
        ("C", date(2018, 6, 4), date(2018, 6, 11)),
        ("B", date(2018, 6, 4), date(2018, 6, 26)),  # 18 June 2018 was a holiday
        ("A", date(2018, 6, 4), date(2018, 7, 4)),
        ("A", date(2018, 1, 31), date(2018, 2, 28)),
        ("A", date(2018, 12, 10), date(2019, 1, 10)),
    ],
)
def test_a_grade_has_its_limit(grade, on, due):
    assert due_day(IssueGrade(grade), on, workdays) == due


def test_how_a_problem_stands_against_its_limit():
    due = date(2018, 6, 11)

    def of_day(state: str, day: date, ended: date | None = None) -> IssueTrack:
        return track(state, due, ended, day, workdays)

    assert of_day("handling", date(2018, 6, 6)) is IssueTrack.RUNNING
    assert of_day("handling", date(2018, 6, 7)) is IssueTrack.SOON
    assert of_day("at_meeting", date(2018, 6, 12)) is IssueTrack.LATE, "the clock runs on while it is escalated"
    assert of_day("replied", date(2018, 6, 20)) is IssueTrack.WAITING
    assert of_day("closed", date(2018, 6, 20), due) is IssueTrack.IN_TIME
    assert of_day("closed", date(2018, 6, 20), date(2018, 6, 12)) is IssueTrack.OVER
    assert track("reported", None, None, DAY, workdays) is IssueTrack.NONE


# the way


def test_the_whole_way_from_report_to_closing(cast):
    issue = cast.reported(uploads=[upload("现场.jpg", picture())])
    assert issue.number == "直报2018-001"
    assert len(of(issue)) == 1
    assert (issue.author_unit, issue.state) == (cast.unit, "reported")
    assert inbox(cast.office) == ["收到直报问题：管线未迁改"], "straight to the office"
    issue = cast.take(issue, A.ACCEPT, cast.office)
    issue = cast.take(issue, A.GRADE, cast.office)
    issue = cast.take(issue, A.ASSIGN, cast.office)
    assert (issue.unit, issue.due_on) == (cast.unit, date(2018, 6, 11))
    assert "交办直报问题：管线未迁改" in inbox(cast.reporter)
    issue = cast.take(issue, A.TAKE, cast.reporter)
    issue = handling.reply_issue(
        issue=issue, text="已迁改。", uploads=[upload("改后.jpg", picture())], version=issue.version, by=cast.reporter
    )
    assert len(of(issue.acts.last())) == 1
    issue = cast.take(issue, A.VERIFY, cast.inspector)
    issue = service.reject_closing(issue=issue, reason="缺竣工照片", version=issue.version, by=cast.office)
    assert issue.state == "handling"
    assert "驳回销号，须补充整改：管线未迁改" in inbox(cast.reporter)
    assert issue.acts.last().text == "缺竣工照片", "it says what is missing"
    for action in (A.REPLY, A.VERIFY, A.CLOSE):
        issue = cast.take(issue, action, cast.usual(action))
    assert (issue.state, issue.ended_on) == ("closed", DAY)
    assert [act.to_state for act in issue.acts.order_by("pk")][-1] == "closed"


def test_it_can_be_escalated_to_a_meeting_and_to_a_leader(cast):
    issue = cast.handling()
    issue = cast.take(issue, A.ESCALATE, cast.reporter)
    issue = cast.take(issue, A.TO_MEETING, cast.office)
    with pytest.raises(InvalidInput) as error:
        escalation.record_meeting(
            issue=issue,
            held_on=date(2018, 6, 5),
            attendees="甲",
            decision="定",
            unit=cast.other,
            due_on=date(2018, 6, 1),
            version=issue.version,
            by=cast.office,
        )
    assert set(error.value.fields) == {"held_on", "due_on"}
    issue = escalation.record_meeting(
        issue=issue,
        held_on=DAY,
        chair="区领导",
        attendees="两个单位",
        decision="由城管局办理",
        unit=cast.other,
        due_on=date(2018, 6, 20),
        version=issue.version,
        by=cast.office,
    )
    assert (issue.state, issue.unit, issue.due_on) == ("assigned", cast.other, date(2018, 6, 20))
    assert IssueMeeting.objects.get().act.issue == issue
    for action, by in ((A.TAKE, cast.stranger), (A.ESCALATE, cast.stranger), (A.TO_LEADER, cast.office)):
        issue = cast.take(issue, action, by)
    assert "报请批示：管线未迁改" in inbox(cast.leader)
    issue = cast.take(issue, A.INSTRUCT, cast.leader)
    assert cast.take(issue, A.COORDINATE, cast.office).state == "handling"


def test_without_a_unit_nothing_is_coordinated(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.TO_MEETING, A.TO_LEADER, A.INSTRUCT)
    with pytest.raises(ServiceError, match="还没有承办单位"):
        cast.take(issue, A.COORDINATE, cast.office)
    assert cast.take(issue, A.REASSIGN, cast.office).unit == cast.other


def test_the_clock_stands_while_a_reply_is_looked_at(cast):
    issue = cast.handling()
    assert issue.due_on == date(2018, 6, 11)
    with clock.at(date(2018, 6, 8)):
        issue = cast.take(issue, A.REPLY, cast.reporter)
    with clock.at(date(2018, 6, 20)):
        returned = cast.take(issue, A.RETURN_REPLY, cast.inspector)
        assert returned.due_on == returned.acts.last().due_on == date(2018, 6, 21), "seven working days, and a holiday among them"
        issue = cast.take(returned, A.REPLY, cast.reporter)
    with clock.at(date(2018, 6, 22)):
        issue = cast.take(cast.take(issue, A.VERIFY, cast.inspector), A.REJECT_CLOSING, cast.office)
        assert issue.due_on == date(2018, 6, 25)


def test_what_a_meeting_decided_is_not_recounted_nor_over_already(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.TO_MEETING)
    with clock.at(date(2018, 6, 7)):
        with pytest.raises(InvalidInput, match="已过"):
            cast.take(issue, A.MEET, cast.office, held_on=DAY, due_on=date(2018, 6, 6))
        issue = cast.take(issue, A.MEET, cast.office, held_on=DAY, due_on=date(2018, 7, 20))
        assert cast.take(issue, A.REGRADE, cast.office, grade="A").due_on == date(2018, 7, 20)


def test_another_cause_alone_recounts_nothing(cast):
    issue = cast.handling()
    with clock.at(date(2018, 6, 8)):
        issue = cast.take(issue, A.REPLY, cast.reporter)
    with clock.at(date(2018, 6, 12)):
        issue = cast.take(issue, A.RETURN_REPLY, cast.inspector)
        due_on = issue.due_on
        assert cast.take(issue, A.REGRADE, cast.office, grade="C").due_on == due_on != date(2018, 6, 11)


def test_what_a_unit_gives_back_stands_on_its_time_line(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN, A.REFUSE)
    act = issue.acts.last()
    assert (act.action, act.unit, issue.unit) == (A.REFUSE, cast.unit, None)
    (row,) = Issue.objects.for_table(DAY)
    assert (row.unit_then, row.unit_label) == (None, None)
    page = sign_in(cast.viewer).get(issue.get_absolute_url())
    assert "尚未交办" in text(page)
    option = str(cast.unit.pk)
    assert option in [one.value for one in IssueFilter(QueryDict(), Issue.objects.for_table(DAY), as_of=DAY).unit_options()]
    with clock.at(DAY):
        issue = cast.take(issue, A.ASSIGN, cast.office)
        page = sign_in(cast.viewer).get(issue.get_absolute_url())
    assert page.context["course"][0].hands_over


def test_another_grade_counts_from_the_day_of_handing_over(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN)
    with clock.at(date(2018, 6, 7)):
        issue = cast.take(issue, A.REGRADE, cast.office)
    assert issue.due_on == date(2018, 6, 26)


# who, and how often


@pytest.mark.parametrize(
    ("actions", "action", "who"),
    [
        ((), A.ACCEPT, "reporter"),
        ((A.ACCEPT, A.GRADE, A.ASSIGN), A.TAKE, "stranger"),
        ((A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE, A.REPLY), A.VERIFY, "office"),
        ((A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE, A.REPLY, A.VERIFY), A.CLOSE, "inspector"),
        ((A.SEND_BACK,), A.RESUBMIT, "stranger"),
    ],
)
def test_what_is_not_yours_is_refused(cast, actions, action, who):
    issue = cast.brought(*actions)
    with pytest.raises(NotAllowed):
        cast.take(issue, action, getattr(cast, who))


def test_who_replied_does_not_verify_the_own_reply(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE, A.REPLY)
    from erqi.common.accounts import grant_role

    grant_role(user=cast.reporter, role="inspector", by=None)
    with pytest.raises(NotAllowed, match="须由他人办理"):
        cast.take(issue, A.VERIFY, cast.reporter)
    assert cast.take(issue, A.VERIFY, cast.inspector).state == "verified"


def test_a_unit_names_only_projects_in_which_it_has_a_part(cast):
    with pytest.raises(InvalidInput, match="没有责任关系"):
        cast.reported(by=cast.stranger)
    assert cast.reported(by=cast.inspector).project == cast.project
    with pytest.raises(NotAllowed):
        cast.reported(by=cast.viewer)


def test_a_second_click_does_nothing_more(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE)
    first = service.assign_issue(issue=issue, unit=cast.unit, version=issue.version, by=cast.office)
    again = service.assign_issue(issue=issue, unit=cast.unit, version=issue.version, by=cast.office)
    assert again.version == first.version
    assert issue.acts.filter(action=A.ASSIGN).count() == 1
    assert inbox(cast.reporter).count("交办直报问题：管线未迁改") == 1


def test_who_is_slower_is_told_how_it_stands(cast):
    issue = cast.reported()
    service.accept_issue(issue=issue, version=issue.version, by=cast.office)
    other = Cast.__dataclass_fields__["office"].default_factory()
    with pytest.raises(ServiceError, match="现在是“待定级”，不能“退回补充”"):
        service.send_back_issue(issue=issue, reason="缺", version=issue.version, by=other)
    with pytest.raises(StaleRecord):
        service.grade_issue(issue=issue, grade="C", cause="pipes", version=issue.version, by=other)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_acts(cast):
    issue, second = cast.reported(), Cast.__dataclass_fields__["office"].default_factory()
    results = at_once(
        lambda: service.accept_issue(issue=issue, version=issue.version, by=cast.office),
        lambda: service.decline_issue(issue=issue, reason="重复", version=issue.version, by=second),
    )
    assert sum(isinstance(result, Issue) for result in results) == 1
    assert issue.acts.count() == 2


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_two_report_at_once(cast):
    results = at_once(cast.reported, lambda: cast.reported(title="弃土无处堆放"))
    assert sorted(issue.seq for issue in results) == [1, 2]


# the colour, the desk, the inbox


def test_an_overdue_problem_turns_the_project_yellow_and_a_reply_stops_the_clock(cast):
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        make_entry(ledger, cast.project)
        warn_ledger(ledger)
    issue = cast.handling()
    schedule = cast.project.schedules.get(valid_until=None)
    assert schedule.yellow_on == date(2018, 6, 12), "the day after the limit"
    assert schedule.schedule.thresholds.cause(WarningLevel.YELLOW).source == "issue"
    cast.take(issue, A.REPLY, cast.reporter)
    assert cast.project.schedules.get(valid_until=None).yellow_on is None


def test_everybody_finds_what_waits_for_them(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.ASSIGN)

    def lines(user) -> list[tuple[str, str]]:
        return [(item.kind, item.action) for item in todo(Desk(user, DAY)) if item.kind == "issue"]

    assert lines(cast.reporter) == [("issue", "接办")]
    assert lines(cast.stranger) == []
    assert [one.text for one in waiting(Desk(cast.reporter, DAY)) if one.label == "直报问题"] == ["管线未迁改：待接办"]
    for action in (A.TAKE, A.REPLY):
        issue = cast.take(issue, action, cast.reporter)
    assert lines(cast.inspector) == [("issue", "核验")]
    issue = cast.take(issue, A.VERIFY, cast.inspector)
    assert lines(cast.office) == [("issue", "销号")]


def test_limits_are_told_before_and_after_once(cast):
    cast.handling()
    cast.reported(title="无人受理")
    with clock.at(date(2018, 6, 7)):
        write_reminders()
        write_reminders()
        assert inbox(cast.reporter).count("直报问题即将到期：管线未迁改") == 1
        assert "直报问题尚未受理：无人受理" in inbox(cast.office)
    with clock.at(date(2018, 6, 12)):
        write_reminders()
    assert "直报问题已逾期：管线未迁改" in inbox(cast.reporter)
    assert "直报问题已逾期：管线未迁改" in inbox(cast.office)


def test_a_meeting_was_not_held_before_the_problem_was_reported(cast):
    issue = cast.brought(A.ACCEPT, A.GRADE, A.TO_MEETING)
    with clock.at(date(2018, 6, 7)):
        for held_on in (date(2018, 6, 3), date(1999, 1, 1)):
            with pytest.raises(InvalidInput) as error:
                cast.take(issue, A.MEET, cast.office, held_on=held_on)
            assert error.value.fields == {"held_on": ["会议日期不能早于直报日期（2018年6月4日）。请核对年月日。"]}
        assert cast.take(issue, A.MEET, cast.office, held_on=DAY).state == "assigned"


def test_handing_over_to_the_unit_that_has_it_gives_no_new_limit(cast):
    issue = cast.handling()
    with clock.at(date(2018, 6, 21)):
        with pytest.raises(InvalidInput) as error:
            cast.take(issue, A.REASSIGN, cast.office, unit=cast.unit)
        assert "已是承办单位" in error.value.fields["unit"][0]
        address = f"/supervision/issues/{issue.pk}/reassign/"
        assert "unit" not in sign_in(cast.office).get(address).context["form"].initial, "the one that has it is not suggested"
        issue = Issue.objects.get(pk=issue.pk)
        assert (issue.state, issue.due_on) == ("handling", date(2018, 6, 11))
        assert cast.take(issue, A.REASSIGN, cast.office).due_on > date(2018, 6, 21)
