"""Notices: what was sent to whom stays, past days show what stood then, drafts keep their files to themselves."""

from datetime import date
from io import BytesIO

import docx
import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import NotAllowed, StaleRecord
from erqi.tests.uploads import picture, upload
from projects.models import Reminder
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_responsibility, make_unit, make_user
from supervision.choices import Party
from supervision.models import Notice
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.services.notice_duty import duties
from supervision.services.notice_parties import parties
from supervision.tests.notice_case import DAY, Cast, order_on, staff

pytestmark = pytest.mark.django_db

NEXT, DUE = date(2018, 6, 5), date(2018, 6, 12)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def paper(cast: Cast, notice: Notice, version: int):
    return sign_in(cast.writer).get(f"{reverse('supervision:notice_print', args=[notice.pk])}?version={version}").context["paper"]


def test_a_transferred_notice_has_a_paper_for_each_unit(cast):
    notice = cast.issued(due_on=DUE)
    with clock.at(NEXT):
        moved = changing.transfer_notice(
            notice=notice, unit=cast.other, due_on=date(2018, 6, 20), reason="由城管局办理", version=None, by=cast.writer
        )
        assert moved.text_version == 2
        first, second = paper(cast, moved, 1), paper(cast, moved, 2)
    assert (first.to, first.day) == (cast.unit.name, DAY)
    assert "2018年6月12日" in first.paragraphs[-1]
    assert (second.to, second.day) == (cast.other.name, NEXT)
    assert "2018年6月20日" in second.paragraphs[-1]


def test_a_changed_notice_says_so_on_paper_and_the_earlier_one_that_it_is_replaced(cast):
    notice = cast.signed(due_on=DUE)
    with clock.at(NEXT):
        notice = cast.change(notice, text="新的要求。")
        first, second = paper(cast, notice, 1), paper(cast, notice, 2)
        assert "打印这一版" in text(sign_in(cast.reporter).get(notice.get_absolute_url()))
    assert second.number == f"{first.number}（变更）"
    assert second.day == NEXT
    assert any("于2018年6月5日变更（会议补充），以本件为准" in line for line in second.paragraphs)
    assert (first.note, second.note) == ("第1版，已由第2版代替", "")
    with clock.at(date(2018, 6, 6)):
        notice = units.sign_notice(notice=notice, version=None, by=cast.reporter)
        notice = units.ask_extension(notice=notice, to=date(2018, 6, 29), reason="待批复", version=None, by=cast.reporter)
        notice = units.grant_extension(notice=notice, due_on=date(2018, 6, 20), version=None, by=cast.writer)
        assert paper(cast, notice, 2).note == "反馈时限现为2018年6月20日"


def test_a_revoked_notice_is_marked_on_paper(cast):
    notice = cast.signed(due_on=DUE)
    with clock.at(NEXT):
        notice = office.revoke_notice(notice=notice, reason="重复下发", version=None, by=cast.leader)
        assert paper(cast, notice, 1).note == "已撤销（2018年6月5日），不再执行"
        response = sign_in(cast.writer).get(reverse("supervision:notice_word", args=[notice.pk]))
    header = docx.Document(BytesIO(response.content)).sections[0].header
    assert "已撤销（2018年6月5日），不再执行" in header.paragraphs[0].text


def test_a_notice_names_one_deadline_only(cast):
    cast.with_project()
    with clock.at(DAY):
        notice = cast.issued(kind="remind", source="project", project=cast.project, title="", text="", unit=None)
        lines = paper(cast, notice, 1).paragraphs
    assert not any("个工作日" in line for line in lines)
    assert sum("2018年6月11日" in line for line in lines) == 1


def test_a_past_day_shows_the_title_that_stood_then(cast):
    notice = cast.signed()
    with clock.at(NEXT):
        cast.change(notice, title="改过的标题", text="新的正文")
        client = sign_in(cast.writer)
        for query, title in ((f"?as_of={DAY}", "关于会议事项的交办"), ("", "改过的标题")):
            (row,) = client.get(f"{reverse('supervision:notice_list')}{query}").context["table"].records
            assert row.title == title
            assert client.get(f"{notice.get_absolute_url()}{query}").context["page_title"] == title


def test_a_past_day_knows_what_had_been_asked_for_then(cast):
    cast.with_project()
    notice = cast.signed(project=cast.project, due_on=DUE)
    asked, granted = date(2018, 6, 11), date(2018, 6, 20)
    with clock.at(asked):
        notice = units.ask_extension(notice=notice, to=date(2018, 6, 29), reason="待批复", version=None, by=cast.reporter)
    with clock.at(date(2018, 6, 13)):
        notice = units.grant_extension(notice=notice, due_on=granted, version=None, by=cast.writer)

    def due_on(day: date) -> list[tuple[date | None, date | None]]:
        return [(duty.due_on, duty.stopped_on) for duty in duties([cast.project.pk], 2018, day)]

    with clock.at(date(2018, 6, 14)):
        assert due_on(NEXT) == [(DUE, None)]
        assert due_on(asked) == due_on(date(2018, 6, 12)) == [(DUE, asked)]
        assert due_on(date(2018, 6, 13)) == [(granted, None)]
        notice = units.ask_extension(notice=notice, to=date(2018, 6, 30), reason="再延", version=None, by=cast.reporter)
    with clock.at(date(2018, 6, 15)):
        assert due_on(NEXT) == [(DUE, None)], "what waits today did not wait then"
        assert due_on(date(2018, 6, 14)) == [(granted, date(2018, 6, 14))]


def test_who_reports_for_any_unit_answers_only_for_one_without_an_account(cast):
    stand_in = make_user("office")
    with pytest.raises(NotAllowed):
        units.sign_notice(notice=cast.issued(), version=None, by=stand_in)
    lonely = cast.issued(unit=make_unit("没有账号的单位"))
    assert Party.HANDLER in parties(lonely, stand_in)
    with clock.at(DAY):
        assert units.sign_notice(notice=lonely, version=None, by=stand_in).state == "handling"
    url = reverse("supervision:notice_sign", args=[lonely.pk])
    assert sign_in(stand_in).get(url).status_code == 200, "the page is there, and says how it stands"


def test_an_instruction_is_answered_as_it_stood_when_it_was_read(cast):
    with clock.at(DAY):
        order = order_on(cast.signed())
        with pytest.raises(StaleRecord):
            units.answer_order(order=order, text="已落实", version=order.version + 1, by=cast.reporter)
        assert units.answer_order(order=order, text="已落实", version=order.version, by=cast.reporter).answer == "已落实"


def test_the_files_of_a_draft_are_not_in_everybodys_history(cast):
    with clock.at(DAY):
        draft = cast.draft(uploads=[upload("某局拟追责名单.jpg", picture())])
    page = f"{reverse('history')}?kind=attachment"
    assert "某局拟追责名单" in text(sign_in(cast.inspector).get(page))
    for user in (cast.reporter, make_user("viewer"), make_user("office")):
        assert "某局拟追责名单" not in text(sign_in(user).get(page))
        assert "某局拟追责名单" not in text(sign_in(user).get(reverse("history")))
    with clock.at(DAY):
        office.submit_notice(notice=draft, version=None, by=cast.writer)
        office.approve_notice(notice=draft, version=None, by=cast.leader)
        office.issue_notice(notice=draft, version=None, by=cast.writer)
    assert "某局拟追责名单" in text(sign_in(cast.reporter).get(page))


def test_what_is_done_in_a_units_place_is_marked(cast):
    stand_in = make_user("office", name="重点办丁")
    lonely = cast.issued(unit=make_unit("没有账号的单位"))
    with clock.at(DAY):
        lonely = units.sign_notice(notice=lonely, version=None, by=stand_in)
        page = text(sign_in(stand_in).get(reverse("supervision:notice_reply", args=[lonely.pk])))
        said = "代办：没有账号的单位没有账号，由重点办丁代为反馈。"
        assert said in page
        lonely = units.reply_notice(notice=lonely, text="已办理。", version=None, by=stand_in)
        assert lonely.acts.last().text == "已办理。（代办：没有账号的单位没有可用的账号）"
        assert Reminder.objects.get(user=cast.inspector, title__contains="已反馈，待审核").text == said
        own = units.reply_notice(notice=cast.signed(), text="已办理。", version=None, by=cast.reporter)
    assert own.acts.last().text == "已办理。"


def test_a_copy_is_for_information(cast):
    cast.issued(copies=[cast.other])
    line = Reminder.objects.get(user=cast.stranger)
    assert (line.get_kind_display(), "抄送" in line.title) == ("知悉", True)
    assert Reminder.objects.get(user=cast.reporter).get_kind_display() == "待办"


def test_the_reviewer_of_the_lead_unit_is_told_and_does_not_act(cast):
    cast.with_project()
    reviewer = staff(make_unit("区建设局"), "reviewer", "审核员辛")
    make_responsibility(cast.project, reviewer.person.posts.get().unit, "lead")
    notice = cast.issued(kind="remind", source="project", project=cast.project, unit=None)
    assert Reminder.objects.get(user=reviewer).get_kind_display() == "知悉"
    with pytest.raises(NotAllowed, match="由承办单位、承办单位审核员办理"):
        units.sign_notice(notice=notice, version=None, by=reviewer)
