"""Proposals to escalate and their notices: drafted they are under way, issued carried out; changed, withdrawn, revoked they wait."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.models import Ledger, Project
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_ledger, make_user
from projects.tests.warning_builders import warn_ledger
from supervision.choices import NoticeKind
from supervision.models import Escalation, Inquiry
from supervision.services import escalation as service
from supervision.services import notice as office
from supervision.services.notice import draft_notice
from supervision.tests.escalation_case import RED, RED_LONG, YELLOW, late, propose, send, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        warn_ledger(ledger)
    return late(ledger)


def test_a_draft_by_hand_goes_along_with_what_waits_until_it_is_withdrawn(project):
    propose(YELLOW)
    user = make_user("supervision")
    with clock.at(YELLOW):
        other = draft_notice(kind=NoticeKind.LETTER, source="project", project=project, by=user)
        assert states() == [("yellow", "proposed")], "another kind is no answer"
        notice = draft_notice(kind=NoticeKind.REMIND, source="project", project=project, by=user)
        assert Escalation.objects.get().notice == notice
        assert states() == [("yellow", "drafted")]
        assert propose(YELLOW) == []
        office.withdraw_notice(notice=other, reason="重复", version=None, by=user)
        assert states() == [("yellow", "drafted")]
        office.withdraw_notice(notice=notice, reason="重拟", version=None, by=user)
    found = Escalation.objects.get()
    assert (found.state, found.notice) == ("proposed", None)
    assert "已撤回" in found.acts.last().text
    assert propose(YELLOW) == []
    with clock.at(YELLOW):
        assert service.confirm_escalation(escalation=found, version=found.version, by=user).notice != notice


def test_it_is_carried_out_when_the_notice_is_issued(project):
    propose(YELLOW)
    writer, signer = make_user("supervision"), make_user("leader")
    with clock.at(YELLOW):
        row = Escalation.objects.get()
        notice = service.confirm_escalation(escalation=row, version=row.version, by=writer).notice
        page = text(sign_in(writer).get(row.get_absolute_url()))
        assert "拟稿中" in page
        assert "正在拟稿的通知单（下发后按已采纳处理，撤回拟稿的重新待处置）" in page
        tab = f"{reverse('supervision:escalation_list')}?state=drafted"
        assert [one.pk for one in sign_in(signer).get(tab).context["table"].records] == [row.pk]
        notice = office.submit_notice(notice=notice, version=None, by=writer)
        notice = office.approve_notice(notice=notice, version=None, by=signer)
        assert states() == [("yellow", "drafted")]
        assert propose(date(2018, 5, 20)) == [], "nor is it proposed twice meanwhile"
        office.issue_notice(notice=notice, version=None, by=writer)
    assert states() == [("yellow", "confirmed")]
    assert [act.action for act in row.acts.all()] == ["propose", "confirm", "issue"]


def test_a_draft_that_became_something_else_lets_the_proposal_wait_again(project):
    propose(YELLOW)
    user, row = make_user("supervision"), Escalation.objects.get()
    with clock.at(YELLOW):
        notice = draft_notice(kind=NoticeKind.REMIND, source="project", project=project, by=user)
        assert states() == [("yellow", "drafted")]
        elsewhere = late(Ledger.objects.get(), "别处")
        for values in (
            {"kind": NoticeKind.ASSIGN},
            {"source": "meeting"},
            {"project": None},
            {"project": elsewhere},
        ):
            before = {name: getattr(notice, name) for name in values}
            notice = office.edit_notice(notice=notice, version=None, by=user, **values)
            row.refresh_from_db()
            assert (row.state, row.notice) == ("proposed", None), values
            assert "不再对应这项提议" in row.acts.last().text
            notice = office.edit_notice(notice=notice, version=None, by=user, **before)
            row.refresh_from_db()
            assert (row.state, row.notice) == ("drafted", notice), "and goes along again once it answers again"


def test_what_was_drafted_for_it_and_became_something_else_does_so_too(project):
    propose(RED)
    user, row = make_user("supervision"), Escalation.objects.get()
    with clock.at(RED):
        notice = service.confirm_escalation(escalation=row, version=None, by=user).notice
        notice = office.edit_notice(notice=notice, version=None, by=user, kind=NoticeKind.REMIND)
        assert states() == [("red", "proposed")]
        notice = office.edit_notice(notice=notice, version=None, by=user, kind=NoticeKind.SUPERVISE)
        assert states() == [("red", "drafted")]
        office.submit_notice(notice=notice, version=None, by=user)
        office.approve_notice(notice=notice, version=None, by=make_user("leader"))
        office.issue_notice(notice=notice, version=None, by=user)
    assert states() == [("red", "confirmed")]


def test_what_was_drafted_for_a_proposal_and_revoked_lets_it_wait_again(project):
    notice = send(project, NoticeKind.REMIND, "project", YELLOW)
    propose(YELLOW)
    assert states() == []
    with clock.at(date(2018, 5, 10)):
        office.revoke_notice(notice=notice, reason="发错", version=None, by=make_user("supervision"))
    assert propose(date(2018, 5, 10)) == ["yellow"]
    escalation, user = Escalation.objects.get(), make_user("supervision")
    with clock.at(date(2018, 5, 10)):
        notice = service.confirm_escalation(escalation=escalation, version=None, by=user).notice
        office.submit_notice(notice=notice, version=None, by=user)
        office.approve_notice(notice=notice, version=None, by=make_user("leader"))
        office.issue_notice(notice=notice, version=None, by=user)
        office.revoke_notice(notice=notice, reason="发错", version=None, by=user)
    assert states() == [("yellow", "proposed")]


def test_an_inspectors_notice_answers_when_it_is_issued_and_no_more_when_revoked(project):
    propose(YELLOW)
    one, other = make_user("supervision"), make_user("supervision")
    with clock.at(date(2018, 5, 10)):
        by = make_user("inspector")
        notice = draft_notice(kind=NoticeKind.REMIND, source="project", project=project, by=by)
        notice = office.submit_notice(notice=notice, version=None, by=by)
        assert states() == [("yellow", "proposed")], "the decision is the office's"
        notice = office.approve_notice(notice=notice, version=None, by=one)
        notice = office.issue_notice(notice=notice, version=None, by=other)
    assert propose(date(2018, 5, 11)) == []
    assert states() == [("yellow", "confirmed")]
    with clock.at(date(2018, 5, 14)):
        office.revoke_notice(notice=notice, reason="发错", version=None, by=one)
    assert propose(date(2018, 5, 15)) == []
    assert states() == [("yellow", "proposed")]


def test_the_leaders_are_asked_once_for_a_stretch_of_red(project):
    propose(RED_LONG)
    row, user = Escalation.objects.get(trigger="red_long"), make_user("supervision")
    with clock.at(RED_LONG):
        for _ in range(2):
            notice = service.confirm_escalation(escalation=row, version=None, by=user).notice
            office.withdraw_notice(notice=notice, reason="重拟", version=None, by=user)
    assert Inquiry.objects.count() == 1


def test_both_forms_warn_of_what_is_under_way(project):
    propose(YELLOW)
    escalation, client = Escalation.objects.get(), sign_in(make_user("supervision"))
    with clock.at(YELLOW):
        address = reverse("supervision:escalation_confirm", args=[escalation.pk])
        form = f"{reverse('supervision:notice_new')}?project={project.code}"
        assert "在办的通知单" not in text(client.get(address))
        assert "待处置的升级提议" in text(client.get(form))
        draft_notice(kind=NoticeKind.LETTER, source="project", project=project, title="别的函", text="请", by=make_user("supervision"))
        assert "在办的通知单" in text(client.get(address))
        assert "别的函" in text(client.get(form))


def test_the_reason_for_declining_is_empty_at_first(project):
    propose(YELLOW)
    escalation = Escalation.objects.get()
    with clock.at(YELLOW):
        page = sign_in(make_user("supervision")).get(reverse("supervision:escalation_decline", args=[escalation.pk]))
    assert not page.context["form"]["reason"].value()
