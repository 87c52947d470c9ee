"""Whoever may change a conclusion can do so in every case: the finding that came from it goes with it, whatever has become of it."""

import pytest

from erqi.common.errors import NotAllowed
from projects.tests.browsing import sign_in, text
from projects.tests.report_builders import make_reporter
from supervision.choices import InspectionAction
from supervision.models import Finding
from supervision.rules.inspection import MACHINE
from supervision.services import finding as findings
from supervision.services import inspection as inspections
from supervision.services.acting import allowed
from supervision.services.inspection import parties_of_inspection
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db

EXPLAINED = {"corrected": "已更正", "explanation": "口径有误", "version": None}


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def case():
    return make_case()


def objected(case, *, by="supervision", brought="open"):
    """Return an inspection found untrue to which the unit objected; its finding had come to `brought` by then."""
    found = case.inspect(by=by)
    steps = [
        lambda one: findings.explain_finding(finding=one, by=case.reporter, **EXPLAINED),
        lambda one: findings.check_finding(finding=one, text="已核对", version=None, by=case.inspector),
        lambda one: findings.settle_finding(finding=one, version=None, by=case.other_supervision),
    ]
    for step in steps[: ["open", "explained", "checked", "settled"].index(brought)]:
        step(Finding.objects.get(inspection=found))
    return inspections.object_conclusion(inspection=found, text="有日志", version=None, by=case.reporter)


@pytest.mark.parametrize("brought", ["open", "explained", "checked", "settled"])
@pytest.mark.parametrize("who", ["leader", "other_supervision"])
def test_who_is_offered_the_change_can_make_it(case, who, brought):
    found, by = objected(case, brought=brought), getattr(case, who)
    assert InspectionAction.CHANGE in [step.action for step in allowed(found, MACHINE, by, parties_of_inspection(found, by))]
    found = inspections.change_conclusion(inspection=found, verdict="mostly", reason="核实", version=None, by=by)
    finding = Finding.objects.get(inspection=found)
    assert (found.state, found.verdict, finding.state) == ("closed", "mostly", "revoked")
    assert finding.acts.order_by("pk").last().by == by


def test_a_leader_decides_on_the_page_where_the_office_itself_concluded(case):
    found = objected(case)
    browser = case.browser("leader")
    assert "更正结论" in text(browser.get(found.get_absolute_url()))
    address = f"/supervision/inspections/{found.pk}/change/"
    answer = browser.post(address, {"verdict": "true", "reason": "日志属实", "version": found.version}, follow=True)
    assert "结论已更正为“属实”" in text(answer)
    assert Finding.objects.get(inspection=found).state == "revoked"


def test_who_explained_the_finding_is_told_before_typing(case):
    colleague = make_reporter(case.unit, name="同事", roles=("reporter", "supervision"))
    found = case.inspect()
    findings.explain_finding(finding=found.finding, by=colleague, **EXPLAINED)
    found = inspections.object_conclusion(inspection=found, text="有日志", version=None, by=case.reporter)
    browser = sign_in(colleague)
    assert "更正结论" not in text(browser.get(found.get_absolute_url()))
    assert "“更正并说明”是您办理的，“撤销认定”须由他人办理" in text(browser.get(f"/supervision/inspections/{found.pk}/change/"))
    with pytest.raises(NotAllowed):
        inspections.change_conclusion(inspection=found, verdict="true", reason="属实", version=None, by=colleague)


def test_no_page_takes_a_finding_back_by_itself(case):
    finding = case.finding(by="supervision")
    for who in ("leader", "supervision"):
        assert "撤销认定" not in text(case.browser(who).get(finding.get_absolute_url()))
