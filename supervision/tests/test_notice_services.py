"""Notices: the main line and each exception that leads back to it, who may do what, what counts once."""

from datetime import date
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.urls import reverse

from erqi.common import clock, workdays
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import NumberSeries
from projects.models import Reminder
from projects.stats.todo.desk import Desk
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from supervision.choices import NoticeKind, NoticeSource, NoticeState, OrderAddressee
from supervision.filters.notice import NoticeFilter
from supervision.models import Notice, NoticeAct, NoticeText
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.services.mechanism import add_theme
from supervision.stats.notice import courses, headlines
from supervision.stats.notice_todo import items
from supervision.tests.notice_case import DAY, Cast, staff, state

pytestmark = pytest.mark.django_db

TUESDAY, FRIDAY, DUE = date(2018, 6, 5), date(2018, 6, 8), date(2018, 7, 3)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_the_main_line_ends_in_the_archive(cast):
    notice = cast.closed()
    with clock.at(DAY):
        notice = units.archive_notice(notice=notice, version=None, by=cast.writer)
    assert notice.state == NoticeState.ARCHIVED
    acts = list(NoticeAct.objects.filter(notice=notice).values_list("action", flat=True))
    assert acts == ["draft", "submit", "approve", "issue", "sign", "reply", "pass_reply", "close", "archive"]
    assert notice.number_text == "二七督〔2018〕1号"
    assert notice.due_on == notice.first_due_on == DUE, "20 working days after the meeting's notice, the Dragon Boat Festival left out"
    assert NoticeText.objects.get(notice=notice).text == "请按会议要求办理。"


def test_numbers_are_given_at_the_issue_without_gaps_and_begin_anew_each_year(cast):
    drafts = [cast.draft() for _ in range(2)]
    assert [draft.number_text for draft in drafts] == ["", ""]
    first = cast.issued()
    with clock.at(DAY):
        bad = cast.issued(title="将退回")
        units.sign_notice(notice=first, version=None, by=cast.reporter)
        with pytest.raises(ServiceError):
            office.issue_notice(notice=first, version=None, by=cast.second)
    assert (first.number, bad.number, cast.issued().number) == (1, 2, 3)
    assert cast.issued(on=date(2019, 1, 7)).number_text == "二七督〔2019〕1号"
    assert NumberSeries.objects.get(key="notice/二七督/2018").last == 3


def test_an_issue_that_fails_takes_no_number(cast):
    with clock.at(DAY):
        notice = cast.draft(due_on=TUESDAY)
        notice = office.submit_notice(notice=notice, version=None, by=cast.writer)
        notice = office.approve_notice(notice=notice, version=None, by=cast.second)
    with clock.at(FRIDAY), pytest.raises(InvalidInput) as error:
        office.issue_notice(notice=notice, version=None, by=cast.writer)
    assert "以后" in str(error.value)
    assert not NumberSeries.objects.filter(key__startswith="notice/").exists()
    assert cast.issued().number == 1


def test_the_same_form_twice_counts_once(cast):
    key = uuid4()
    with clock.at(DAY):
        one, two = (cast.draft(request_key=key) for _ in range(2))
        assert one.pk == two.pk
        notice = cast.issued()
        again = office.issue_notice(notice=notice, version=1, by=cast.writer)
        assert (again.number, NoticeText.objects.filter(notice=notice).count()) == (notice.number, 1)
        for _ in range(2):
            office.urge_notice(notice=notice, text="请抓紧", version=None, by=cast.writer, request_key=key)
    assert NoticeAct.objects.filter(notice=notice, action="urge").count() == 1


def test_who_wrote_or_submitted_does_not_approve(cast):
    notice = cast.draft()
    notice = office.edit_notice(notice=notice, version=notice.version, by=cast.second, title="改过的标题")
    notice = office.submit_notice(notice=notice, version=None, by=cast.inspector)
    for who in (cast.writer, cast.second):
        with pytest.raises(NotAllowed, match="须由他人办理"):
            office.approve_notice(notice=notice, version=None, by=who)
    with pytest.raises(NotAllowed):
        office.approve_notice(notice=notice, version=None, by=cast.inspector)
    notice = office.return_draft(notice=notice, reason="请写明时限", version=None, by=cast.leader)
    assert state(notice) == NoticeState.DRAFT
    assert Reminder.objects.filter(user=cast.writer, title__contains="被退回修改").exists()
    notice = office.submit_notice(notice=notice, version=None, by=cast.second)
    with pytest.raises(NotAllowed, match="须由他人办理"):
        office.approve_notice(notice=notice, version=None, by=cast.writer)
    assert office.approve_notice(notice=notice, version=None, by=cast.leader).signer_name == "区领导丁"


def test_a_stale_version_is_refused(cast):
    notice = cast.draft()
    office.edit_notice(notice=notice, version=notice.version, by=cast.second, title="另一标题")
    with pytest.raises(StaleRecord):
        office.edit_notice(notice=notice, version=notice.version, by=cast.writer, title="我的标题")


def test_only_the_unit_signs_and_replies(cast):
    notice = cast.issued()
    with clock.at(TUESDAY):
        for who in (cast.stranger, cast.writer, cast.leader, make_user("viewer")):
            with pytest.raises(NotAllowed):
                units.sign_notice(notice=notice, version=None, by=who)
        reviewer = staff(cast.unit, "reviewer", "审核员庚")
        assert units.sign_notice(notice=notice, version=None, by=reviewer).state == NoticeState.HANDLING
        with pytest.raises(NotAllowed):
            units.reply_notice(notice=notice, text="代单位反馈。", version=None, by=make_user("office", name="重点办辛"))


def test_a_refused_notice_is_upheld_or_goes_to_another_unit(cast):
    with clock.at(TUESDAY):
        upheld = units.refuse_notice(notice=cast.issued(), reason="不属本单位职责", version=None, by=cast.reporter)
        assert upheld.state == NoticeState.REFUSED
        upheld = office.uphold_notice(notice=upheld, reason="职责已明确", version=None, by=cast.leader)
        assert upheld.state == NoticeState.HANDLING
        with pytest.raises(ServiceError):
            units.refuse_notice(notice=upheld, reason="仍不属本单位职责", version=None, by=cast.reporter)
        moved = units.refuse_notice(notice=cast.issued(), reason="不属本单位职责", version=None, by=cast.reporter)
        with pytest.raises(InvalidInput, match="已是承办单位"):
            changing.transfer_notice(notice=moved, unit=cast.unit, due_on=FRIDAY, reason="改派", version=None, by=cast.writer)
        moved = changing.transfer_notice(notice=moved, unit=cast.other, due_on=FRIDAY, reason="改派", version=None, by=cast.writer)
        assert (moved.state, moved.unit, moved.first_due_on) == (NoticeState.ISSUED, cast.other, DUE)
        with pytest.raises(NotAllowed):
            units.sign_notice(notice=moved, version=None, by=cast.reporter)
        assert units.sign_notice(notice=moved, version=None, by=cast.stranger).state == NoticeState.HANDLING


def test_an_extension_is_asked_for_before_the_deadline_and_counted(cast):
    notice = cast.signed()
    with clock.at(FRIDAY):
        with pytest.raises(InvalidInput, match="应晚于现行时限"):
            units.ask_extension(notice=notice, to=DUE, reason="待批复", version=None, by=cast.reporter)
        asked = units.ask_extension(notice=notice, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        assert (asked.state, asked.due_on, asked.asked_due_on) == (NoticeState.EXTENDING, DUE, date(2018, 7, 20))
        denied = units.deny_extension(notice=asked, reason="理由不足", version=None, by=cast.writer)
        assert (denied.state, denied.due_on, denied.asked_due_on) == (NoticeState.HANDLING, DUE, None)
        asked = units.ask_extension(notice=denied, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        with pytest.raises(InvalidInput, match="应晚于现行时限"):
            units.grant_extension(notice=asked, due_on=DUE, version=None, by=cast.writer)
        granted = units.grant_extension(notice=asked, due_on=date(2018, 7, 13), version=None, by=cast.writer)
        assert (granted.due_on, granted.first_due_on) == (date(2018, 7, 13), DUE)
    with clock.at(date(2018, 7, 16)), pytest.raises(InvalidInput, match="到期前申请"):
        units.ask_extension(notice=notice, to=date(2018, 8, 1), reason="待批复", version=None, by=cast.reporter)


def test_a_late_decision_on_an_extension_makes_nobody_late(cast):
    notice = cast.signed()
    with clock.at(DUE):
        notice = units.ask_extension(notice=notice, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
    decided = workdays.add_workdays(DUE, 3)
    with clock.at(decided):
        denied = units.deny_extension(notice=notice, reason="理由不足", version=None, by=cast.writer)
        assert denied.due_on == denied.acts.last().due_on == decided
        replied = units.reply_notice(notice=denied, text="已办理。", version=None, by=cast.reporter)
        assert courses([replied], decided)[replied.pk].reply_lateness(workdays) == 0


def test_a_reply_while_an_extension_waits_counts_from_the_asking(cast):
    notice = cast.signed()
    with clock.at(DUE):
        notice = units.ask_extension(notice=notice, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
    later = workdays.add_workdays(DUE, 3)
    with clock.at(later):
        replied = units.reply_notice(notice=notice, text="已办理。", version=None, by=cast.reporter)
    course = courses([replied], later)[replied.pk]
    assert (course.replied_on, course.reply_lateness(workdays)) == (later, 0)


def test_the_days_off_after_a_deadline_are_not_late_anywhere(cast):
    notice = cast.signed(date(2018, 6, 4), due_on=date(2018, 6, 8))
    for day, late in ((date(2018, 6, 9), False), (date(2018, 6, 11), True)):
        with clock.at(day):
            assert bool(units.too_late(notice)) == late
            found = NoticeFilter(QueryDict("standing=late"), Notice.objects.for_table(cast.writer, day), as_of=day, user=cast.writer)
            assert [row.pk for row in found.qs] == ([notice.pk] if late else [])
            assert ("逾期 1" in headlines(cast.writer, day)[0].note) == late
            assert any("逾期未反馈" in item.title for item in items(Desk(cast.writer, day))) == late
            assert ("请尽快反馈" in text(sign_in(cast.writer).get(notice.get_absolute_url()))) == late


def test_what_was_asked_for_can_be_taken_back_and_lapses_with_the_reply(cast):
    with clock.at(FRIDAY):
        asked = units.ask_extension(notice=cast.signed(), to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        back = units.take_back(notice=asked, version=None, by=cast.reporter)
        assert (back.state, back.asked_due_on) == (NoticeState.HANDLING, None)
        moved = units.ask_transfer(notice=back, unit=cast.other, reason="主要由城管局办理", version=None, by=cast.reporter)
        assert moved.asked_unit == cast.other
        carried = units.deny_transfer(notice=moved, reason="请继续办理", version=None, by=cast.writer)
        assert (carried.state, carried.asked_unit) == (NoticeState.HANDLING, None)
        asked = units.ask_extension(notice=carried, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        replied = units.reply_notice(notice=asked, text="已办理。", version=None, by=cast.reporter)
        assert (replied.state, replied.asked_due_on) == (NoticeState.REPLIED, None)


def test_two_people_judge_a_reply_and_a_returned_one_is_given_anew(cast):
    notice = cast.replied()
    with clock.at(TUESDAY):
        passed = units.pass_reply(notice=notice, text="已核实", version=None, by=cast.writer)
        with pytest.raises(NotAllowed, match="须由他人办理"):
            units.close_notice(notice=passed, text="办结", version=None, by=cast.writer)
        returned = units.return_reply(notice=passed, reason="请补充照片", due_on=FRIDAY, version=None, by=cast.second)
        assert (returned.state, returned.due_on) == (NoticeState.HANDLING, FRIDAY)
        replied = units.reply_notice(notice=returned, text="已补充。", version=None, by=cast.reporter)
        passed = units.pass_reply(notice=replied, text="已核实", version=None, by=cast.inspector)
        closed = units.close_notice(notice=passed, text="办结", version=None, by=cast.writer)
        assert closed.state == NoticeState.CLOSED, "who judged an earlier reply is not bound by it"
        opened = units.reopen_notice(notice=closed, reason="又停工", due_on=FRIDAY, version=None, by=cast.leader)
        assert opened.state == NoticeState.HANDLING


def test_a_reply_about_a_project_that_fell_behind_names_the_cause():
    cast = Cast().with_project()
    with clock.at(TUESDAY):
        notice = cast.signed(kind=NoticeKind.REMIND, source=NoticeSource.PROJECT, project=cast.project, title="", text="", unit=None)
        assert (notice.unit, notice.days) == (cast.unit, 5)
        assert "道路工程" in notice.title
        assert "病因" in notice.text
        with pytest.raises(InvalidInput, match="病因"):
            units.reply_notice(notice=notice, text="已办理。", version=None, by=cast.reporter)
        assert units.reply_notice(notice=notice, text="已办理。", cause="land", version=None, by=cast.reporter).cause == "land"


def test_the_former_unit_is_told_of_a_transfer_and_of_what_ends_with_it(cast):
    notice = cast.signed()
    with clock.at(TUESDAY):
        notice = units.ask_extension(notice=notice, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        changing.transfer_notice(notice=notice, unit=cast.other, due_on=FRIDAY, reason="归口办理", version=None, by=cast.writer)
    line = Reminder.objects.get(user=cast.reporter, title__contains="已转办")
    assert "由区城管执法局承办" in line.text
    assert "延期随之终止" in line.text


def lines_of(user, day: date) -> list[str]:
    return [item.title for item in items(Desk(user, day)) if "待办结" in item.title]


def test_where_nobody_of_the_office_is_left_a_leader_closes(cast):
    cast.second.is_active = False
    cast.second.save()
    with clock.at(TUESDAY):
        notice = cast.replied()
        page = text(sign_in(cast.writer).get(reverse("supervision:notice_pass_reply", args=[notice.pk])))
        assert "将由区领导办结" in page
        assert "将由区领导办结" not in text(sign_in(cast.inspector).get(reverse("supervision:notice_pass_reply", args=[notice.pk])))
        notice = units.pass_reply(notice=notice, text="已核实。", version=None, by=cast.writer)
        assert (len(lines_of(cast.writer, TUESDAY)), len(lines_of(cast.leader, TUESDAY))) == (0, 1)
        assert Reminder.objects.filter(user=cast.leader, title__contains="待办结").exists()
        assert units.close_notice(notice=notice, text="同意办结。", version=None, by=cast.leader).state == NoticeState.CLOSED
        cast.reviewed()
        assert (len(lines_of(cast.writer, TUESDAY)), len(lines_of(cast.leader, TUESDAY))) == (1, 0)


def test_an_instruction_is_a_to_do_until_it_is_answered(cast):
    key = uuid4()
    with clock.at(TUESDAY):
        notice = cast.closed()
        with pytest.raises(ServiceError):
            units.instruct(notice=notice, text="请再查", addressee=OrderAddressee.HANDLER, due_on=FRIDAY, version=None, by=cast.leader)
        notice = cast.signed()
        for _ in range(2):
            order = units.instruct(
                notice=notice, text="请再查", addressee="handler", due_on=FRIDAY, version=None, by=cast.leader, request_key=key
            )
        assert notice.orders.count() == 1
        with pytest.raises(NotAllowed):
            units.answer_order(order=order, text="已查", version=None, by=cast.writer)
        answered = units.answer_order(order=order, text="已查，无问题。", version=None, by=cast.reporter)
        assert answered.answered_on == TUESDAY
        with pytest.raises(ServiceError, match="无需再办"):
            units.answer_order(order=order, text="再答", version=None, by=cast.reporter)


def test_a_notice_is_not_closed_over_an_open_instruction(cast):
    with clock.at(TUESDAY):
        notice = cast.reviewed()
        order = units.instruct(notice=notice, text="写明教训", addressee="supervision", due_on=FRIDAY, version=None, by=cast.leader)
        with pytest.raises(ServiceError, match="批示“写明教训”由督察办落实，还没有落实"):
            units.close_notice(notice=notice, text="办结", version=None, by=cast.writer)
        units.answer_order(order=order, text="已写明。", version=None, by=cast.second)
        notice = units.close_notice(notice=notice, text="办结", version=None, by=cast.writer)
        assert units.archive_notice(notice=notice, version=None, by=cast.writer).state == NoticeState.ARCHIVED


def test_copies_go_to_others_than_the_unit_itself(cast):
    third = make_unit("区住建局")
    with clock.at(DAY):
        notice = cast.draft(copies=[cast.unit, third, third])
    assert [copy.unit for copy in notice.copies.standing()] == [third]
    office.edit_notice(notice=notice, version=None, by=cast.writer, copies=[cast.other])
    assert [copy.unit for copy in notice.copies.standing()] == [cast.other]


def test_a_revoked_notice_keeps_its_number_and_owes_nothing(cast):
    notice = office.revoke_notice(notice=cast.signed(), reason="重复下发", version=None, by=cast.leader)
    assert (notice.state, notice.number) == (NoticeState.REVOKED, 1)
    today = clock.today()
    assert not Notice.objects.overdue(today, today).exists()


def test_a_unit_is_told_when_it_gets_a_notice(cast):
    notice = cast.issued()
    assert Reminder.objects.filter(user=cast.reporter, url=notice.get_absolute_url(), title__contains="请签收").count() == 1
    with clock.at(TUESDAY):
        office.urge_notice(notice=notice, text="请抓紧办理", version=None, by=cast.writer)
    assert Reminder.objects.filter(user=cast.reporter, title__contains="催办").count() == 1


def test_a_notice_knows_what_it_arose_from(cast):
    theme = add_theme(code="roads", seq=1, name="道路", by=None)
    notice = cast.draft(origin=theme)
    cast.draft()
    assert notice.origin == theme
