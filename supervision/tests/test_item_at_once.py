"""Two at the same moment: one number each, one closing, one finding, one answer."""

from datetime import date

import pytest

from erqi.common.errors import ServiceError
from erqi.tests.uploads import picture, upload
from projects.tests.concurrency import at_once
from supervision.models import Finding, Inquiry, SupervisionItem
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import item_closing as closings
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def test_two_items_at_once_have_two_numbers():
    case = make_case()
    at_once(case.item, case.item, case.item)
    assert sorted(SupervisionItem.objects.values_list("number", flat=True)) == ["DC-2018-001", "DC-2018-002", "DC-2018-003"]


def test_verified_and_sent_back_at_once_only_one_counts():
    case = make_case()
    item = case.apply(case.item())
    results = at_once(
        lambda: closings.verify_closing(item=item, text="看过", version=None, by=case.inspector),
        lambda: closings.send_back_closing(item=item, reason="缺图", version=None, by=case.other_inspector),
    )
    assert sum(isinstance(one, ServiceError) for one in results) == 1
    item.refresh_from_db()
    assert item.acts.count() == 3


def test_the_same_application_twice_at_once_counts_once():
    case = make_case()
    item = case.item()

    def apply():
        return closings.apply_closing(
            item=item, text="完成", before=[upload("前.jpg", picture())], after=[upload("后.jpg", picture(colour="red"))], by=case.reporter
        )

    assert all(one.state == "applied" for one in at_once(apply, apply))
    assert item.acts.filter(action="apply").count() == 1


def test_settled_and_revoked_at_once_only_one_counts():
    case = make_case()
    finding = case.finding()
    finding = findings.explain_finding(finding=finding, corrected="改", explanation="因", version=None, by=case.reporter)
    finding = findings.check_finding(finding=finding, text="对", version=None, by=case.inspector)
    results = at_once(
        lambda: findings.settle_finding(finding=finding, version=None, by=case.supervision),
        lambda: findings.revoke_finding(finding=finding, reason="误认", version=None, by=case.other_supervision),
    )
    assert sum(isinstance(one, ServiceError) for one in results) == 1
    assert Finding.objects.get().acts.count() == 4


def test_answered_and_withdrawn_at_once_only_one_counts():
    case = make_case()
    asked = case.ask(due_on=date(2018, 6, 8))
    results = at_once(
        lambda: inquiries.answer_inquiry(inquiry=asked, text="答", version=None, by=case.reporter),
        lambda: inquiries.withdraw_inquiry(inquiry=asked, version=None, by=case.leader),
    )
    assert sum(isinstance(one, ServiceError) for one in results) == 1
    assert Inquiry.objects.get().acts.count() == 2
