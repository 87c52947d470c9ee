"""Notices on people's desks, in their inboxes, and in the colour of a project (D5)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from erqi.common.models import User
from projects.choices import WarningLevel
from projects.models import Reminder, WarningSchedule
from projects.services.daily import write_reminders
from projects.stats.todo import todo, waiting
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_unit, make_user
from projects.tests.warning_builders import FROM, make_policy, warn_ledger
from supervision.choices import NoticeKind, NoticeSource, OrderAddressee
from supervision.models import Notice
from supervision.services import notice as office
from supervision.services import notice_unit as units
from supervision.services.notice_duty import duties, place
from supervision.stats.notice import headlines
from supervision.stats.notice_todo import items
from supervision.tests.notice_case import Cast

pytestmark = pytest.mark.django_db

GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED
# Five working days from Monday the 3rd of September are over on the 10th.
SENT, DUE = date(2018, 9, 3), date(2018, 9, 10)


@pytest.fixture
def cast() -> Cast:
    with clock.at(FROM):
        ledger = make_ledger()
        make_policy()
        warn_ledger(ledger)
        cast = Cast().with_project()
        make_entry(ledger, cast.project)
        make_milestone(cast.project, "other", name="竣工", due_on=date(2018, 12, 20))
    return cast


def remind(cast: Cast) -> Notice:
    """A notice about the project, issued on the 3rd and signed for on the 4th of September."""
    notice = cast.issued(on=SENT, kind=NoticeKind.REMIND, source=NoticeSource.PROJECT, project=cast.project)
    with clock.at(date(2018, 9, 4)):
        return units.sign_notice(notice=notice, version=None, by=cast.reporter)


def desk(user: User, day: date) -> list[Item]:
    with clock.at(day):
        return [item for item in todo(Desk(User.objects.get(pk=user.pk), day)) if item.kind == "notice"]


def titles(user: User, day: date) -> list[str]:
    return [item.title.partition("：")[0] for item in desk(user, day)]


def level(cast: Cast, day: date) -> WarningLevel:
    row = WarningSchedule.objects.of_year(2018).on(day).get(project=cast.project)
    return row.level_on(day)


# The colour


def test_a_reply_that_is_owed_turns_the_project(cast):
    notice = remind(cast)
    assert notice.due_on == DUE
    found = {day: level(cast, date(2018, 9, day)) for day in (4, 5, 6, 10, 11, 17, 18)}
    assert found == {4: GREEN, 5: GREEN, 6: BLUE, 10: BLUE, 11: YELLOW, 17: YELLOW, 18: RED}


def test_a_reply_takes_the_colour_back_and_a_return_gives_it_again(cast):
    notice = remind(cast)
    with clock.at(date(2018, 9, 7)):
        notice = units.reply_notice(notice=notice, text="已办理。", cause="land", version=None, by=cast.reporter)
        assert level(cast, date(2018, 9, 20)) == GREEN
    with clock.at(date(2018, 9, 12)):
        units.return_reply(notice=notice, reason="请补充", due_on=date(2018, 9, 14), version=None, by=cast.inspector)
        assert level(cast, date(2018, 9, 12)) == YELLOW, "a return weighs by itself"
        assert level(cast, date(2018, 9, 25)) == RED, "six working days late"


def test_an_extension_that_was_asked_for_stops_the_clock(cast):
    notice = remind(cast)
    with clock.at(date(2018, 9, 10)):
        notice = units.ask_extension(notice=notice, to=date(2018, 9, 21), reason="待批复", version=None, by=cast.reporter)
        assert level(cast, date(2018, 9, 18)) == level(cast, date(2018, 11, 30)) == BLUE, "whatever day was asked for"
    with clock.at(date(2018, 9, 12)):
        units.deny_extension(notice=notice, reason="请按期反馈", version=None, by=cast.writer)
        assert level(cast, date(2018, 9, 12)) == BLUE, "the two working days that it waited are given back"
        assert level(cast, date(2018, 9, 13)) == YELLOW


def test_a_duty_says_where_it_is_met(cast):
    notice = remind(cast)
    with clock.at(DUE):
        (duty,) = duties([cast.project.pk], 2018, DUE)
    assert (duty.key, duty.due_on, duty.dimension) == (notice.pk, DUE, "D5")
    assert place(notice.pk).url == notice.get_absolute_url()
    with clock.at(date(2018, 9, 7)):
        units.reply_notice(notice=notice, text="已办理。", cause="land", version=None, by=cast.reporter)
    with clock.at(date(2018, 9, 20)):
        assert [one.due_on for one in duties([cast.project.pk], 2018, date(2018, 9, 6))] == [DUE], "it was owed then"
        assert list(duties([cast.project.pk], 2018, date(2018, 9, 8))) == []


# Desks


def test_everybody_has_the_step_that_is_theirs(cast):
    day = SENT
    with clock.at(day):
        notice = cast.draft(project=cast.project)
    assert titles(cast.writer, day) == ["拟稿"]
    with clock.at(day):
        office.submit_notice(notice=notice, version=None, by=cast.writer)
    assert titles(cast.writer, day) == [], "four eyes"
    assert titles(cast.second, day) == titles(cast.leader, day) == ["待审签"]
    with clock.at(day):
        assert [one.text for one in waiting(Desk(cast.writer, day))] == ["通知单《关于会议事项的交办》：待审签"]
        office.approve_notice(notice=notice, version=None, by=cast.leader)
    assert titles(cast.writer, day) == ["已审签，待下发"]
    with clock.at(day):
        office.issue_notice(notice=notice, version=None, by=cast.writer)
    assert titles(cast.reporter, day) == ["签收"]
    assert titles(cast.stranger, day) == []
    with clock.at(day):
        units.sign_notice(notice=notice, version=None, by=cast.reporter)
    (item,) = desk(cast.reporter, day)
    assert (item.action, item.url) == ("反馈", f"/supervision/notices/{notice.pk}/reply/")
    with clock.at(day):
        units.reply_notice(notice=notice, text="已办理。", version=None, by=cast.reporter)
    assert titles(cast.inspector, day) == ["已反馈，待审核"]
    with clock.at(day):
        assert [one.label for one in waiting(Desk(cast.reporter, day)) if one.label == "督察通知单"] == ["督察通知单"]
        units.pass_reply(notice=notice, text="已核实", version=None, by=cast.writer)
    assert titles(cast.writer, day) == [], "who found the reply good does not close"
    assert titles(cast.second, day) == ["审核通过，待办结"]


def test_a_late_notice_weighs_more_and_the_office_has_one_line_for_all(cast):
    remind(cast)
    (item,) = desk(cast.reporter, date(2018, 9, 18))
    assert (item.level, item.text) == (RED, "反馈逾期 6 个工作日")
    (line,) = desk(cast.writer, date(2018, 9, 18))
    assert (line.title, line.url) == ("1 份通知单逾期未反馈", "/supervision/notices/?standing=late")


def test_an_instruction_is_on_the_desk_of_whom_it_names(cast):
    notice = remind(cast)
    with clock.at(date(2018, 9, 5)):
        for addressee in OrderAddressee:
            units.instruct(notice=notice, text="请说明", addressee=addressee, due_on=date(2018, 9, 7), version=None, by=cast.leader)
    assert set(titles(cast.reporter, date(2018, 9, 10))) == {
        "反馈",
        "落实批示",
    }
    assert "落实批示" in titles(cast.writer, date(2018, 9, 6))
    assert titles(cast.leader, date(2018, 9, 6)) == []


def test_a_unit_without_accounts_is_answered_by_who_reports_for_any(cast):
    clerk = make_user("office", name="重点办")
    silent = make_unit("没有账号的单位")
    with clock.at(SENT):
        notice = cast.issued(on=SENT, unit=silent)
    assert titles(clerk, SENT) == ["签收"]
    assert Reminder.objects.filter(user=clerk, url=notice.get_absolute_url()).exists()
    cast.issued(on=SENT)
    assert titles(clerk, SENT) == ["签收"], "whoever has accounts answers itself"


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_takes_the_same_queries_for_any_number(cast, number):
    for _ in range(number):
        remind(cast)
        cast.replied(on=SENT)
    with clock.at(date(2018, 9, 18)):
        user = User.objects.get(pk=cast.writer.pk)
        user.permissions  # noqa: B018 read beforehand, as every page does
        with CaptureQueriesContext(connection) as queries:
            assert len(list(items(Desk(user, date(2018, 9, 18))))) == number + 1
    assert len(queries) == 7


def test_the_cockpit_counts_what_is_under_way(cast):
    assert headlines(cast.writer, SENT) == []
    remind(cast)
    cast.issued(on=SENT)
    cast.closed(on=SENT)
    with clock.at(SENT):
        cast.draft()
    (line,) = headlines(cast.writer, date(2018, 9, 18))
    assert (line.value, line.note) == (2, "逾期 1，未签收 1")
    assert headlines(cast.writer, date(2018, 9, 2)) == []


# Inboxes


def told(user: User, words: str) -> int:
    return Reminder.objects.filter(user=user, title__contains=words).count()


def test_who_does_not_sign_is_reminded_three_times_and_the_office_told_once(cast):
    cast.issued(on=SENT)
    for day in range(3, 12):
        with clock.at(date(2018, 9, day)):
            write_reminders()
            write_reminders()
    assert told(cast.reporter, "未签收") == 3
    assert told(cast.writer, "未签收") == 1


def test_a_deadline_is_told_in_each_window_and_once_when_it_is_over(cast):
    remind(cast)
    for day in range(3, 19):
        with clock.at(date(2018, 9, day)):
            write_reminders()
    assert told(cast.reporter, "即将到期") == 3
    assert told(cast.reporter, "反馈已逾期") == 1
    assert told(cast.writer, "反馈已逾期") == 1
    assert told(cast.stranger, "反馈") == 0


def test_a_reply_that_nobody_judges_is_told_to_those_who_judge(cast):
    cast.replied(on=SENT)
    with clock.at(date(2018, 9, 6)):
        write_reminders()
    assert told(cast.inspector, "待审核，已等 3 个工作日") == 1
