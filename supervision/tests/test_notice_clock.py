"""One rule for a notice's level and its project's colour (D5): the clock stands still while the sender decides, what happened weighs."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.http import QueryDict
from django.urls import reverse

from erqi.common import clock, workdays
from projects.choices import ReminderKind, WarningLevel
from projects.models import Reminder, Rescheduling, WarningSchedule
from projects.services.daily import write_reminders
from projects.services.schedule import finish_passes
from projects.stats.todo.desk import Desk
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_entry, make_ledger
from projects.tests.warning_builders import warn_ledger
from supervision.choices import NoticeState
from supervision.filters.notice import NoticeFilter
from supervision.models import Notice
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.stats.notice import courses, headlines, standing_of
from supervision.stats.notice_todo import items
from supervision.tests.notice_case import DAY, Cast

pytestmark = pytest.mark.django_db

GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED
# Five working days from Monday the 4th of June are over on the 11th; the Dragon Boat Festival is on the 18th.
TUESDAY, WEDNESDAY, DUE, DECIDED = date(2018, 6, 5), date(2018, 6, 6), date(2018, 6, 11), date(2018, 6, 25)


@pytest.fixture
def cast() -> Cast:
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        cast = Cast().with_project()
        make_entry(ledger, cast.project)
        warn_ledger(ledger)
    return cast


def about(cast: Cast) -> dict:
    return {"kind": "remind", "source": "project", "project": cast.project}


def both(notice: Notice, day: date) -> list[WarningLevel]:
    """The levels of the notice and of its project on the day, as the list and the board say them."""
    with clock.at(day):
        found = standing_of(courses([notice], day)[notice.pk], day)
        row = WarningSchedule.objects.of_year(day.year).on(day).get(project=notice.project_id)
        return [found.level if found else None, row.level_on(day)]


def reason(cast: Cast, day: date) -> str:
    with clock.at(day):
        return text(sign_in(cast.writer).get(cast.project.get_absolute_url()))


def late_lines(cast: Cast, day: date) -> tuple[bool, bool, bool]:
    """Whether the list, the cockpit and the office's desk call a notice late."""
    with clock.at(day):
        found = NoticeFilter(QueryDict("standing=late"), Notice.objects.for_table(cast.writer, day), as_of=day, user=cast.writer)
        desk = any("逾期未反馈" in item.title for item in items(Desk(cast.writer, day)))
        return found.qs.exists(), "逾期" in headlines(cast.writer, day)[0].note, desk


def test_a_pending_extension_stops_the_clock_everywhere(cast):
    notice = cast.signed(**about(cast))
    with clock.at(DUE):
        notice = units.ask_extension(notice=notice, to=date(2018, 6, 14), reason="待批复", version=None, by=cast.reporter)
    assert both(notice, DUE) == both(notice, date(2018, 6, 28)) == [BLUE, BLUE], "beyond the day that was asked for, too"
    assert late_lines(cast, date(2018, 6, 28)) == (False, False, False)
    assert "等待决定，计时暂停" in reason(cast, date(2018, 6, 28))
    with clock.at(DECIDED):
        notice = units.deny_extension(notice=notice, reason="理由不足", version=None, by=cast.writer)
    waited = workdays.workdays_between(DUE, DECIDED)
    assert notice.due_on == workdays.add_workdays(DUE, waited) == DECIDED
    assert both(notice, DECIDED) == [BLUE, BLUE]
    assert both(notice, date(2018, 6, 26)) == [YELLOW, YELLOW]


@pytest.mark.parametrize("refused", [True, False])
def test_the_clock_stands_still_while_the_office_sits_on_it(cast, refused):
    notice = cast.issued(**about(cast)) if refused else cast.signed(**about(cast))
    with clock.at(TUESDAY):
        if refused:
            notice = units.refuse_notice(notice=notice, reason="不属本单位职责", version=None, by=cast.reporter)
        else:
            notice = units.ask_transfer(notice=notice, unit=None, reason="不属本单位职责", version=None, by=cast.reporter)
        page = text(sign_in(cast.writer).get(notice.get_absolute_url()))
        assert "决定前停止计时" in page
        (line,) = [item for item in items(Desk(cast.writer, TUESDAY)) if "二七督" in item.title]
        assert "决定之前停止计时" in line.follows
    assert both(notice, date(2018, 6, 22)) == ([RED, RED] if refused else [GREEN, GREEN])
    assert late_lines(cast, date(2018, 6, 22)) == (False, False, False)
    with clock.at(DECIDED):
        action = reverse(f"supervision:notice_{'uphold' if refused else 'deny_transfer'}", args=[notice.pk])
        assert "时限按等待的工作日顺延" in text(sign_in(cast.writer).get(action))
        decide = office.uphold_notice if refused else units.deny_transfer
        notice = decide(notice=notice, reason="请继续办理", version=None, by=cast.writer)
        assert notice.due_on == workdays.add_workdays(DUE, workdays.workdays_between(TUESDAY, DECIDED)) == notice.acts.last().due_on
        assert not units.too_late(notice), "and it may still ask for more time"
    assert both(notice, DECIDED)[0] == GREEN


def test_who_asks_for_another_unit_when_late_stays_as_late_as_that(cast):
    notice = cast.signed(**about(cast))
    asked = workdays.add_workdays(DUE, 2)
    with clock.at(asked):
        notice = units.ask_transfer(notice=notice, unit=None, reason="应由他单位办理", version=None, by=cast.reporter)
    later = workdays.add_workdays(DUE, 9)
    assert both(notice, later) == [YELLOW, YELLOW]
    assert late_lines(cast, later) == (True, True, True)
    with clock.at(later):
        notice = units.reply_notice(notice=notice, text="已办理。", cause="land", version=None, by=cast.reporter)
    assert courses([notice], later)[notice.pk].reply_lateness(workdays) == 2


def test_returns_turn_the_project_until_a_reply_is_passed(cast):
    notice = cast.replied(**about(cast))
    with clock.at(TUESDAY):
        notice = units.return_reply(notice=notice, reason="缺照片", due_on=date(2018, 6, 20), version=None, by=cast.inspector)
    assert both(notice, TUESDAY) == [YELLOW, YELLOW]
    assert "反馈被退回 1 次，尚未审核通过" in reason(cast, TUESDAY)
    with clock.at(TUESDAY):
        notice = units.reply_notice(notice=notice, text="已补充。", cause="land", version=None, by=cast.reporter)
    assert both(notice, TUESDAY) == [YELLOW, YELLOW], "nobody has passed it yet"
    with clock.at(WEDNESDAY):
        notice = units.return_reply(notice=notice, reason="仍缺", due_on=date(2018, 6, 20), version=None, by=cast.inspector)
    assert both(notice, WEDNESDAY) == [RED, RED]
    with clock.at(date(2018, 6, 7)):
        assert both(notice, TUESDAY) == [YELLOW, YELLOW], "an earlier day is read as it stood"
        notice = units.reply_notice(notice=notice, text="已补充。", cause="land", version=None, by=cast.reporter)
        notice = units.pass_reply(notice=notice, text="已核实", version=None, by=cast.inspector)
        row = WarningSchedule.objects.of_year(2018).on(date(2018, 6, 7)).get(project=cast.project)
        assert row.known_facts.obligations == (), "what is left of the colour waits to be lifted"


def test_a_refusal_turns_the_project_red_until_it_is_decided(cast):
    notice = cast.issued(**about(cast))
    with clock.at(TUESDAY):
        notice = units.refuse_notice(notice=notice, reason="不属本单位职责", version=None, by=cast.reporter)
    assert both(notice, TUESDAY) == [RED, RED]
    assert f"督察通知单{notice.number_text}被拒收，待转办或维持交办" in reason(cast, TUESDAY)
    with clock.at(WEDNESDAY):
        notice = office.uphold_notice(notice=notice, reason="职责已明确", version=None, by=cast.leader)
        row = WarningSchedule.objects.of_year(2018).on(WEDNESDAY).get(project=cast.project)
        assert row.dates.level(WEDNESDAY) == GREEN
        assert row.known_facts.obligations[0].events == ()


def test_the_rules_page_says_so(cast):
    with clock.at(TUESDAY):
        page = text(sign_in(cast.writer).get(reverse("projects:policy_list"), follow=True))
    assert "反馈退回 1 次为黄、2 次以上为红" in page


def test_a_new_unit_has_its_own_days_to_sign(cast):
    notice = cast.issued()
    with clock.at(DUE):
        changing.transfer_notice(notice=notice, unit=cast.other, due_on=date(2018, 6, 22), reason="转办", version=None, by=cast.writer)
    with clock.at(date(2018, 6, 12)):
        write_reminders()
    (line,) = Reminder.objects.filter(user=cast.stranger, title__contains="未签收")
    assert (line.kind, "下发 1 个工作日未签收" in line.title) == (ReminderKind.DUE, True)


def test_nobody_is_reminded_of_a_limit_whose_clock_stands_still(cast):
    notice = cast.issued()
    with clock.at(DAY):
        units.refuse_notice(notice=notice, reason="不属本单位职责", version=None, by=cast.reporter)
    assert Notice.objects.get().state == NoticeState.REFUSED
    with clock.at(date(2018, 7, 10)):
        write_reminders()
    assert not Reminder.objects.filter(user=cast.reporter, title__contains="逾期").exists()


def test_an_upgrade_leaves_a_pass_where_notices_are_under_way(cast):
    begin = import_module("supervision.migrations.0016_colours_anew").begin_pass
    begin(apps, None)
    assert not Rescheduling.objects.exists()
    cast.issued(**about(cast))
    begin(apps, None)
    (run,) = Rescheduling.objects.all()
    assert (run.total, run.finished_at) == (1, None)
    assert finish_passes() == 1
