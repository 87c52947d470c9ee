"""Two at the same moment: one number each, one closing, one finding, one answer."""

from datetime import date

import pytest

from erqi.common.errors import InvalidInput, ServiceError
from erqi.tests.uploads import picture, upload
from projects.tests.concurrency import at_once
from supervision.models import Finding, Inquiry, Inspection, SupervisionItem
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
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
    objected = inspections.object_conclusion(inspection=finding.inspection, text="有异议", version=None, by=case.reporter)
    results = at_once(
        lambda: findings.settle_finding(finding=finding, version=None, by=case.supervision),
        lambda: inspections.change_conclusion(inspection=objected, verdict="true", reason="误认", version=None, by=case.other_supervision),
    )
    # What was settled first stays settled, and the conclusion is changed all the same; what was revoked first is not settled.
    found = Finding.objects.get()
    assert found.state == ("revoked" if any(isinstance(one, ServiceError) for one in results) else "settled")
    assert (found.acts.count(), found.inspection.verdict) == (4, "true")


def test_of_two_plans_at_once_the_second_counts_the_first():
    case = make_case()
    case.inspect(verdict="true", untrue="")

    def plan():
        return inspections.plan_inspection(method="field", project=case.project, planned_for=DAY, by=case.inspector)

    results = at_once(plan, plan)
    assert sum(isinstance(one, InvalidInput) for one in results) == 1
    assert Inspection.objects.count() == 2


def test_answered_and_withdrawn_at_once_only_one_counts():
    case = make_case()
    asked = case.ask(due_on=date(2018, 6, 8))
    results = at_once(
        lambda: inquiries.answer_inquiry(inquiry=asked, text="答", version=None, by=case.reporter),
        lambda: inquiries.withdraw_inquiry(inquiry=asked, version=None, by=case.leader),
    )
    assert sum(isinstance(one, ServiceError) for one in results) == 1
    assert Inquiry.objects.get().acts.count() == 2
