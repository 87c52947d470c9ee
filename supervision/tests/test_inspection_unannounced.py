"""What is planned, and what was called off, is known to those alone who inspect: lists, pages, panels, traces and history keep it."""

from datetime import date

import pytest

from erqi.common import clock
from projects.tests.browsing import text
from supervision.models import Inspection
from supervision.services import inspection as inspections
from supervision.tests.item_case import DAY, make_case

pytestmark = pytest.mark.django_db

LATER = date(2018, 6, 8)
PURPOSE = "核对主体封顶"


@pytest.fixture
def case():
    return make_case()


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def planned(case):
    item = case.item(projects=[case.project])
    return inspections.plan_inspection(
        method="covert",
        project=case.project,
        item=item,
        unit=case.unit,
        planned_for=LATER,
        purpose=PURPOSE,
        subjects=["progress"],
        by=case.inspector,
    )


def places(case, planned) -> list[str]:
    return [
        "/supervision/inspections/",
        planned.item.get_absolute_url(),
        case.project.get_absolute_url(),
        case.unit.get_absolute_url(),
        "/supervision/traces/?kind=inspection",
        "/history/",
        f"/history/?q={PURPOSE}",
    ]


@pytest.mark.parametrize("who", ["reporter", "viewer"])
def test_the_unit_does_not_learn_of_a_planned_inspection(case, planned, who):
    client = case.browser(who)
    for address in places(case, planned):
        page = client.get(address)
        assert page.status_code == 200, address
        shown = text(page)
        assert planned.get_absolute_url() not in shown, address
        assert PURPOSE not in shown.replace(f'value="{PURPOSE}"', ""), address
    assert client.get(planned.get_absolute_url()).status_code == 404
    page = client.get("/supervision/inspections/")
    assert {tab["count"] for tab in page.context["tabs"]} == {0}
    assert case.unit.name not in text(page)
    assert PURPOSE not in b"".join(client.get("/supervision/inspections/?export=csv&cols=purpose").streaming_content).decode()


def test_the_page_of_an_action_does_not_show_it_either(case, planned):
    client = case.browser("reporter")
    for action in ("accept", "object"):
        assert client.get(f"{planned.get_absolute_url()}{action}/").status_code == 404


@pytest.mark.parametrize("who", ["inspector", "other_supervision", "leader"])
def test_those_who_inspect_see_it(case, planned, who):
    client = case.browser(who)
    for address in places(case, planned)[:4]:
        assert planned.get_absolute_url() in text(client.get(address)), address
    assert client.get(planned.get_absolute_url()).status_code == 200


def test_what_was_called_off_stays_unknown_and_what_was_held_is_known_from_then_on(case, planned):
    held = inspections.plan_inspection(method="covert", project=case.project, planned_for=LATER, by=case.inspector)
    with clock.at(LATER):
        inspections.cancel_inspection(inspection=planned, reason="已竣工", version=None, by=case.inspector)
        inspections.conduct_inspection(inspection=held, inspected_on=LATER, verdict="true", conclusion="正常", by=case.inspector)
        client = case.browser("reporter")
        assert client.get(planned.get_absolute_url()).status_code == 404
        shown = text(client.get(held.get_absolute_url()))
        assert client.get(f"{held.get_absolute_url()}?as_of={DAY}").status_code == 404
        assert "正常" in shown
        assert "安排督察" not in shown
        assert "安排督察" in text(case.browser("inspector").get(held.get_absolute_url()))
        assert [row.pk for row in Inspection.objects.for_table(LATER).visible_to(case.reporter)] == [held.pk]
        assert not Inspection.objects.for_table(DAY).visible_to(case.reporter)


@pytest.mark.parametrize(("who", "reads"), [("reporter", False), ("viewer", False), ("inspector", True), ("leader", True)])
def test_why_a_unit_was_inspected_again_is_read_by_those_who_inspect(case, who, reads):
    """The reason may name a complaint: the inspected unit reads the conclusion, not who complained."""
    reason = "群众举报"
    with clock.at(DAY):
        held = inspections.plan_inspection(method="covert", project=case.project, planned_for=DAY, often_reason=reason, by=case.inspector)
        found = {"verdict": "true", "conclusion": "正常", "often_reason": f"{reason}两次"}
        held = inspections.conduct_inspection(inspection=held, inspected_on=DAY, by=case.inspector, **found)
    client = case.browser(who)
    history = f"/history/?kind=inspection&id={held.pk}"
    sought = text(client.get(f"/history/?kind=inspection&q={reason}")).replace(f'value="{reason}"', "")
    assert ("多次督察的理由" in sought) is reads, "nor is it found by it"
    for address in (held.get_absolute_url(), "/supervision/inspections/?cols=often_reason", history):
        page = client.get(address)
        assert page.status_code == 200, address
        assert (reason in text(page)) is reads, address
    file = b"".join(client.get("/supervision/inspections/?export=csv&cols=often_reason").streaming_content).decode()
    assert (reason in file) is reads
    assert ("多次督察的理由" in text(client.get("/supervision/inspections/"))) is reads, "the column chooser"
