"""Proposals to escalate and their notices: drafted by hand they are answered, withdrawn or revoked they wait again."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.models import Project
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_ledger, make_user
from projects.tests.warning_builders import warn_ledger
from supervision.choices import NoticeKind
from supervision.models import Escalation
from supervision.services import escalation as service
from supervision.services import notice as office
from supervision.services.notice import draft_notice
from supervision.tests.escalation_case import YELLOW, late, propose, send, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        warn_ledger(ledger)
    return late(ledger)


def test_a_draft_by_hand_answers_what_waits_until_it_is_withdrawn(project):
    propose(YELLOW)
    user = make_user("supervision")
    with clock.at(YELLOW):
        other = draft_notice(kind=NoticeKind.LETTER, source="project", project=project, by=user)
        assert states() == [("yellow", "proposed")], "another kind is no answer"
        notice = draft_notice(kind=NoticeKind.REMIND, source="project", project=project, by=user)
        assert Escalation.objects.get().notice == notice
        assert states() == [("yellow", "confirmed")]
        office.withdraw_notice(notice=other, reason="重复", version=None, by=user)
        assert states() == [("yellow", "confirmed")]
        office.withdraw_notice(notice=notice, reason="重拟", version=None, by=user)
    found = Escalation.objects.get()
    assert (found.state, found.notice) == ("proposed", None)
    assert "已撤回" in found.acts.last().text
    assert propose(YELLOW) == []
    with clock.at(YELLOW):
        assert service.confirm_escalation(escalation=found, version=found.version, by=user).notice != notice


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
