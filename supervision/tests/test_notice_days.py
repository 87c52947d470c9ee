"""A past day shows a notice as it stood: title, text, attachments and copies of that day, on its page, on the time line, in lists."""

from datetime import date

import pgtrigger
import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.attachments import attach, withdraw_attachment
from erqi.tests.uploads import picture, upload
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit
from supervision.models import Notice, NoticeCopy
from supervision.services import notice as office
from supervision.tests.notice_case import DAY, Cast

pytestmark = pytest.mark.django_db

TUESDAY, WEDNESDAY, LATER, NOW = date(2018, 6, 5), date(2018, 6, 6), date(2018, 6, 11), date(2018, 6, 12)


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def cast() -> Cast:
    return Cast().with_project()


def sent(cast: Cast, notice: Notice, on: date) -> Notice:
    with clock.at(on):
        notice = office.submit_notice(notice=notice, version=None, by=cast.writer)
        notice = office.approve_notice(notice=notice, version=None, by=cast.leader)
        return office.issue_notice(notice=notice, version=None, by=cast.writer)


def seen(cast: Cast, address: str, day: date) -> str:
    with clock.at(NOW):
        return text(sign_in(cast.second).get(address, {"as_of": day.isoformat()}))


def test_a_draft_reads_on_each_day_as_it_did_then(cast):
    with clock.at(DAY):
        notice = cast.draft(project=cast.project, title="初稿标题", text="初稿正文")
    with clock.at(TUESDAY):
        notice = office.edit_notice(notice=notice, version=None, by=cast.writer, title="二稿标题", text="二稿正文")
    notice = sent(cast, notice, WEDNESDAY)
    with clock.at(LATER):
        notice = cast.change(notice, title="改后标题", text="改后正文")
    drafts, second, changed = ("初稿标题", "初稿正文"), ("二稿标题", "二稿正文"), ("改后标题", "改后正文")
    for day, words, unknown in (
        (DAY, drafts, [*second, *changed]),
        (TUESDAY, second, [*drafts, *changed]),
        (WEDNESDAY, second, [*drafts, *changed]),
        (LATER, changed, drafts),
    ):
        page = seen(cast, notice.get_absolute_url(), day)
        assert all(one in page for one in words), day
        assert not [one for one in unknown if one in page], day


def test_a_draft_from_before_its_words_were_kept_reads_as_it_was_first_sent(cast):
    with clock.at(DAY):
        notice = cast.draft(text="送出的正文")
    with pgtrigger.ignore("supervision.NoticeAct:append_only"):
        notice.acts.update(drafted_text="")
    notice = sent(cast, notice, TUESDAY)
    with clock.at(LATER):
        cast.change(notice, text="改后正文")
    page = seen(cast, notice.get_absolute_url(), DAY)
    assert ("送出的正文" in page, "改后正文" in page) == (True, False)


def test_lists_panels_and_the_time_line_call_it_as_it_was_called(cast):
    with clock.at(DAY):
        notice = sent(cast, cast.draft(project=cast.project, title="原来的标题"), DAY)
    with clock.at(LATER):
        cast.change(notice, title="改后标题")
    pages = [
        reverse("supervision:notice_list"),
        reverse("supervision:trace_list"),
        cast.project.get_absolute_url(),
    ]
    for address in pages:
        assert "改后标题" not in seen(cast, address, TUESDAY), address
        assert "原来的标题" in seen(cast, address, TUESDAY), address
        assert "改后标题" in seen(cast, address, NOW), address
    with clock.at(NOW):
        found = sign_in(cast.second).get(reverse("supervision:notice_list"), {"as_of": TUESDAY.isoformat(), "q": "改后标题"})
    assert found.context["page_obj"].paginator.count == 0


def test_the_time_line_of_a_drafts_day_does_not_know_its_number(cast):
    with clock.at(DAY):
        notice = cast.draft()
    notice = sent(cast, notice, TUESDAY)
    assert notice.number_text not in seen(cast, reverse("supervision:trace_list"), DAY)
    assert notice.number_text in seen(cast, reverse("supervision:trace_list"), TUESDAY)


def test_attachments_stand_on_their_days(cast):
    with clock.at(DAY):
        notice = cast.draft(uploads=[upload("初稿附件.jpg")])
        (wrong,) = attach(owner=notice, uploads=[upload("错的附件.jpg", picture(colour="blue"))], by=cast.writer)
    with clock.at(TUESDAY):
        withdraw_attachment(attachment=wrong, reason="传错了", by=cast.writer)
        attach(owner=notice, uploads=[upload("后加附件.jpg", picture(colour="red"))], by=cast.writer)
    gone = "附件“错的附件.jpg”已由督察办甲于2018年6月5日撤回：传错了"
    for day, shown, withdrawn in ((DAY, ["初稿附件", "错的附件"], False), (TUESDAY, ["初稿附件", "后加附件"], True)):
        page = seen(cast, notice.get_absolute_url(), day).partition("办理经过")[0]
        assert (gone in page) == withdrawn, day
        page = page.replace(gone, "")
        assert [name for name in ("初稿附件", "错的附件", "后加附件") if name in page] == shown, day


def test_copies_stand_on_their_days(cast):
    third = make_unit("区住建局")
    with clock.at(DAY):
        notice = cast.draft(copies=[cast.other])
    with clock.at(TUESDAY):
        notice = office.edit_notice(notice=notice, version=None, by=cast.writer, copies=[third])
        office.edit_notice(notice=notice, version=None, by=cast.writer, copies=[third, cast.other])
        notice = office.edit_notice(notice=notice, version=None, by=cast.writer, copies=[third])
    for day, name, other in ((DAY, cast.other, third), (TUESDAY, third, cast.other)):
        page = seen(cast, notice.get_absolute_url(), day)
        assert name.name in page
        assert other.name not in page
    assert [copy.unit for copy in notice.copies.standing()] == [third]
    assert NoticeCopy.objects.count() == 2, "what was put in and taken out within a day was no day's"


def test_a_past_day_leads_to_its_own_paper(cast):
    with clock.at(DAY):
        notice = sent(cast, cast.draft(), DAY)
    with clock.at(LATER):
        cast.change(notice, text="改后正文")
    address = reverse("supervision:notice_print", args=[notice.pk])
    assert f"{address}?version=1" in seen(cast, notice.get_absolute_url(), TUESDAY)
