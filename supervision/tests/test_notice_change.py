"""Another text of an issued notice is proposed, and sent once somebody else has signed it; until then it is the sender's alone."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.models import Reminder
from projects.stats.todo import waiting
from projects.stats.todo.desk import Desk
from projects.tests.browsing import fill, sign_in, text
from projects.tests.builders import make_user
from supervision.choices import NoticeState
from supervision.models import Notice, NoticeChange, NoticeText
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.stats.notice import courses
from supervision.stats.notice_todo import items
from supervision.stats.notice_todo import waiting as handed_over
from supervision.tests.notice_case import DAY, Cast

pytestmark = pytest.mark.django_db

TUESDAY, WEDNESDAY, DUE = date(2018, 6, 5), date(2018, 6, 6), date(2018, 7, 3)
NEW = "请另报周计划。"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def propose(cast: Cast, notice: Notice, by=None, **values) -> Notice:
    words = {"title": notice.title, "text": NEW, "due_on": None, "reason": "会议补充"} | values
    return changing.propose_change(notice=notice, version=None, by=by or cast.writer, **words)


def told(user, words: str) -> Reminder | None:
    return Reminder.objects.filter(user=user, title__contains=words).first()


def test_nothing_is_sent_before_somebody_else_approves(cast):
    notice = cast.signed()
    with clock.at(TUESDAY):
        notice = propose(cast, notice)
        assert (notice.state, notice.title, notice.text) == (NoticeState.HANDLING, "关于会议事项的交办", "请按会议要求办理。")
        assert told(cast.leader, "变更待审签")
        assert told(cast.second, "变更待审签")
        assert told(cast.writer, "变更待审签") is None
        assert not Reminder.objects.filter(user=cast.reporter, title__contains="变更").exists()
        with pytest.raises(NotAllowed, match="须由他人办理"):
            changing.approve_change(notice=notice, version=None, by=cast.writer)
        with pytest.raises(NotAllowed):
            changing.approve_change(notice=notice, version=None, by=cast.inspector)
    with clock.at(WEDNESDAY):
        notice = changing.approve_change(notice=notice, version=notice.version, by=cast.leader, note="同意")
    assert (notice.state, notice.text, notice.signer_name) == (NoticeState.ISSUED, NEW, "区领导丁")
    known = courses([notice], WEDNESDAY)[notice.pk]
    assert (known.signed_on, known.sent_on, known.issued_on, known.signer, known.changes) == (None, WEDNESDAY, DAY, "区领导丁", 1)
    assert notice.acts.last().text == "会议补充；审签意见：同意"
    versions = [(row.version, row.text, row.due_on, row.reason, row.on) for row in NoticeText.objects.filter(notice=notice)]
    assert versions == [(1, "请按会议要求办理。", DUE, "", DAY), (2, NEW, DUE, "会议补充", WEDNESDAY)]
    assert told(cast.reporter, "请重新签收")
    assert told(cast.writer, "变更已审签下发")
    with clock.at(WEDNESDAY):
        assert units.sign_notice(notice=notice, version=None, by=cast.reporter).state == NoticeState.HANDLING


def test_who_signed_the_notice_is_told_when_another_approves(cast):
    notice = propose(cast, cast.signed())
    changing.approve_change(notice=notice, version=None, by=cast.second)
    assert told(cast.leader, "审签后内容已变更").get_kind_display() == "知悉"


def test_whoever_proposed_does_not_approve_in_a_later_round_either(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())
        notice = units.reply_notice(notice=notice, text="已办理。", version=None, by=cast.reporter)
        notice = units.return_reply(notice=notice, reason="缺照片", due_on=date(2018, 6, 20), version=None, by=cast.inspector)
        with pytest.raises(NotAllowed, match="须由他人办理"):
            changing.approve_change(notice=notice, version=None, by=cast.writer)
        page = text(sign_in(cast.writer).get(notice.get_absolute_url()))
        assert reverse("supervision:notice_change", args=[notice.pk]) not in page
        assert reverse("supervision:notice_recall_change", args=[notice.pk]) in page
        assert changing.approve_change(notice=notice, version=None, by=cast.second).text == NEW


def test_it_is_dropped_with_a_reason_or_taken_back(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())
        with pytest.raises(ServiceError, match="还没有审签"):
            propose(cast, notice, by=cast.second, text="又一份。")
        with pytest.raises(InvalidInput):
            changing.drop_change(notice=notice, reason=" ", version=None, by=cast.leader)
        with pytest.raises(NotAllowed, match="须由他人办理"):
            changing.drop_change(notice=notice, reason="不妥", version=None, by=cast.writer)
        notice = changing.drop_change(notice=notice, reason="要求过重", version=None, by=cast.leader)
        assert (notice.state, notice.text) == (NoticeState.HANDLING, "请按会议要求办理。")
        assert told(cast.writer, "变更未获审签").text == "要求过重"
        with pytest.raises(ServiceError, match="没有待审签的变更"):
            changing.approve_change(notice=notice, version=None, by=cast.leader)
        notice = changing.recall_change(notice=propose(cast, notice), version=None, by=cast.second)
        assert not notice.changes.waiting().exists()
    assert [act.action for act in notice.acts.all()][-4:] == ["propose_change", "drop_change", "propose_change", "recall_change"]


def test_what_is_no_change_and_what_comes_too_late(cast):
    notice = cast.signed()
    with clock.at(TUESDAY):
        with pytest.raises(InvalidInput, match="没有改动"):
            propose(cast, notice, text=notice.text, due_on=DUE)
        with pytest.raises(InvalidInput, match="以后"):
            propose(cast, notice, due_on=DAY)
        notice = propose(cast, notice, due_on=date(2018, 6, 8))
        with pytest.raises(StaleRecord):
            changing.approve_change(notice=notice, version=notice.version - 1, by=cast.leader)
    with clock.at(date(2018, 6, 8)):
        with pytest.raises(InvalidInput, match="拟定的反馈时限2018年6月8日已到或已过"):
            changing.approve_change(notice=notice, version=None, by=cast.leader)
        assert changing.drop_change(notice=notice, reason="过期", version=None, by=cast.leader).due_on == DUE


def test_a_deadline_alone_goes_the_same_way(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed(), text="请按会议要求办理。", due_on=date(2018, 7, 10))
        assert notice.due_on == DUE
        assert changing.approve_change(notice=notice, version=None, by=cast.leader).due_on == date(2018, 7, 10)


def test_what_the_unit_asked_for_is_decided_first(cast):
    notice = cast.signed()
    with clock.at(TUESDAY):
        notice = propose(cast, notice)
        notice = units.ask_extension(notice=notice, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        with pytest.raises(ServiceError, match="申请延期"):
            changing.approve_change(notice=notice, version=None, by=cast.leader)
        notice = units.grant_extension(notice=notice, due_on=date(2018, 7, 13), version=None, by=cast.writer)
        notice = changing.approve_change(notice=notice, version=None, by=cast.leader)
    assert (notice.text, notice.due_on) == (NEW, date(2018, 7, 13)), "the deadline in force stays, since another was not proposed"


def test_a_notice_is_not_closed_over_a_change_that_waits(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())
        notice = units.reply_notice(notice=notice, text="已办理。", version=None, by=cast.reporter)
        notice = units.pass_reply(notice=notice, text="已核实", version=None, by=cast.inspector)
        with pytest.raises(ServiceError, match="拟的变更还没有审签"):
            units.close_notice(notice=notice, text="办结", version=None, by=cast.second)
        notice = changing.recall_change(notice=notice, version=None, by=cast.writer)
        assert units.close_notice(notice=notice, text="办结", version=None, by=cast.second).state == "closed"


def test_what_the_unit_has_open_is_not_outdated_by_what_it_does_not_see(cast):
    notice = cast.signed()
    seen = notice.version
    with clock.at(TUESDAY):
        propose(cast, notice)
        notice = units.reply_notice(notice=notice, text="已办理。", version=seen, by=cast.reporter)
        assert notice.state == NoticeState.REPLIED
        office.urge_notice(notice=cast.signed(), text="请抓紧", version=None, by=cast.writer)


def test_what_the_unit_sees_outdates_its_page_whatever_else_was_done(cast):
    notice = cast.signed()
    seen = notice.version
    with clock.at(TUESDAY):
        propose(cast, notice)
        office.urge_notice(notice=notice, text="请抓紧", version=None, by=cast.writer)
        answer = sign_in(cast.reporter).post(reverse("supervision:notice_reply", args=[notice.pk]), {"text": "已办", "version": seen})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert ("催办" in shown, "拟变更" in shown) == (True, False)


def test_a_change_that_a_reply_has_overtaken_is_its_authors_to_take_back(cast):
    with clock.at(TUESDAY):
        notice = units.reply_notice(notice=propose(cast, cast.signed()), text="已办理。", version=None, by=cast.reporter)
        titles = [item.title for item in items(Desk(cast.writer, TUESDAY))]
        assert any(title.startswith("变更待收回") for title in titles), titles
        assert not any("变更" in str(one) for one in handed_over(Desk(cast.writer, TUESDAY)))
        assert not any("变更" in item.title for item in items(Desk(cast.leader, TUESDAY)))
        page = text(sign_in(cast.writer).get(notice.get_absolute_url()))
        assert "未签发的变更" in page
        notice = units.pass_reply(notice=notice, text="已核实", version=None, by=cast.inspector)
        found = sign_in(cast.second).get(notice.get_absolute_url())
        assert not any(button.label == "办结" for button in found.context["buttons"])
        assert not any(item.title.startswith("审核通过") for item in items(Desk(cast.second, TUESDAY)))
        notice = changing.recall_change(notice=notice, version=None, by=cast.writer)
        assert any(item.title.startswith("审核通过") for item in items(Desk(cast.second, TUESDAY)))


def test_a_revoked_notice_ends_its_change_and_says_so_to_the_sender_alone(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())
        seen = notice.version
        notice = office.revoke_notice(notice=notice, reason="重复", version=seen, by=cast.leader)
        assert NoticeChange.objects.get().ended_on == TUESDAY
        assert [row.text for row in notice.acts.order_by("-pk")[:2]] == ["重复", "通知单撤销，待审签的变更随之失效"]
        sender, unit = (text(sign_in(user).get(notice.get_absolute_url())) for user in (cast.writer, cast.reporter))
    assert "变更随之失效" in sender
    assert "变更" not in unit, "that another text was being written is the sender's alone"


def test_a_refused_revocation_leaves_the_change_waiting(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())
        with pytest.raises(InvalidInput):
            office.revoke_notice(notice=notice, reason=" ", version=None, by=cast.leader)
        with pytest.raises(NotAllowed):
            office.revoke_notice(notice=notice, reason="重复", version=None, by=cast.reporter)
    assert NoticeChange.objects.get().ended_on is None


def test_only_the_sender_sees_it(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())
    with clock.at(WEDNESDAY):
        inside = [cast.writer, cast.second, cast.inspector, cast.leader]
        outside = [cast.reporter, make_user("viewer"), make_user("office")]
        for user, sees in [*((one, True) for one in inside), *((one, False) for one in outside)]:
            browser = sign_in(user)
            page = text(browser.get(notice.get_absolute_url()))
            assert (NEW in page, "会议补充" in page) == (sees, sees), user
            assert ("会议补充" in text(browser.get(reverse("supervision:trace_list")))) == sees, user
            for query in ("", "?kind=noticechange", "?kind=noticeact"):
                page = text(browser.get(f"{reverse('history')}{query}"))
                assert sees or (NEW not in page and "会议补充" not in page), (user, query)
            assert NEW not in text(browser.get(reverse("supervision:notice_print", args=[notice.pk])))
        then = f"{notice.get_absolute_url()}?as_of="
        assert NEW not in text(sign_in(cast.writer).get(f"{then}{DAY}"))
        changing.drop_change(notice=notice, reason="不妥", version=None, by=cast.leader)
    with clock.at(date(2018, 6, 7)):
        assert NEW in text(sign_in(cast.writer).get(f"{then}{TUESDAY}")), "on that day it waited"
        assert NEW not in text(sign_in(cast.writer).get(notice.get_absolute_url()))


def test_it_is_a_to_do_of_who_signs_and_awaited_by_who_wrote(cast):
    with clock.at(TUESDAY):
        notice = propose(cast, cast.signed())

        def lines(user):
            return [item for item in items(Desk(user, TUESDAY)) if "变更待审签" in item.title]

        (line,) = lines(cast.leader)
        assert line.url == reverse("supervision:notice_change", args=[notice.pk])
        assert len(lines(cast.second)) == 1
        assert lines(cast.writer) == lines(cast.inspector) == lines(cast.reporter) == []
        assert any("变更待审签" in one.text for one in waiting(Desk(cast.writer, TUESDAY)))
        units.ask_extension(notice=notice, to=date(2018, 7, 20), reason="待批复", version=None, by=cast.reporter)
        assert lines(cast.leader) == [], "what the unit asked for is decided first"


def test_from_page_to_page(cast):
    notice = cast.signed()
    with clock.at(TUESDAY):
        writer, leader = sign_in(cast.writer), sign_in(cast.leader)
        address = reverse("supervision:notice_propose_change", args=[notice.pk])
        assert writer.post(address, fill(writer, address, text=NEW, reason="会议补充")).status_code == 302
        page = text(leader.get(notice.get_absolute_url()))
        assert "待审签的变更" in page
        address = reverse("supervision:notice_change", args=[notice.pk])
        page = text(leader.get(address))
        assert NEW in page
        assert "现行正文" in page
        assert "审签变更" in page
        assert f'{NEW} <span class="quiet small">（有改动）' in page
        assert "须由他人办理" in text(writer.get(address))
        assert leader.post(address, fill(leader, address)).status_code == 302
        assert NEW in text(sign_in(cast.reporter).get(notice.get_absolute_url()))
        assert "没有待审签的变更" in text(leader.get(address))
