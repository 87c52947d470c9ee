"""What was reported stands above the form of an inspection: what is frozen is what the person saw."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from erqi.common import clock
from erqi.common.errors import InvalidInput
from projects.tests.browsing import sign_in
from projects.tests.report_builders import file_month
from supervision.models import Inspection
from supervision.services import inspection as service
from supervision.tests.item_case import make_case

pytestmark = pytest.mark.django_db
TODAY = date(2018, 9, 28)


@pytest.fixture
def case():
    case = make_case()
    file_month(case.project, month=7, on=date(2018, 7, 25), cumulative=3000, physical_percent=30)
    file_month(case.project, month=8, on=date(2018, 8, 25), cumulative=6000, physical_percent=60)
    with clock.at(TODAY):
        yield case


def opened(client, address):
    page = client.get(address)
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields if name != "uploads"} | {
        "verdict": "mostly",
        "conclusion": "现场与上报大体一致",
    }


def test_a_day_that_is_changed_shows_that_days_report_before_it_is_frozen(case):
    client, address = sign_in(case.inspector), f"{reverse('supervision:inspection_new')}?project={case.project.code}"
    data = {**opened(client, address), "inspected_on": "2018-07-30"}
    asked = client.post(address, data)
    assert asked.status_code == 422
    assert "截至2018年7月30日的上报是：2018年7月月报" in asked.context["form"].errors["inspected_on"][0]
    assert "30%" in dict(asked.context["subject_lines"])["截至2018年7月30日的上报"]
    assert not Inspection.objects.exists()

    taken = client.post(address, {**data, "shown": asked.context["form"]["shown"].value()})
    assert taken.status_code == 302
    assert Inspection.objects.get().reported_percent == 30


def test_a_project_that_is_typed_shows_its_report_and_milestones_first(case):
    client, address = sign_in(case.inspector), reverse("supervision:inspection_new")
    data = {**opened(client, address), "project": case.project.code}
    asked = client.post(address, data)
    assert "2018年8月月报" in asked.context["form"].errors["inspected_on"][0]
    assert f"seen_{case.milestone.pk}" in asked.context["form"].fields

    data |= {"shown": asked.context["form"]["shown"].value(), f"seen_{case.milestone.pk}": "no"}
    assert client.post(address, data).status_code == 302
    assert Inspection.objects.get().milestones.get().observed_done is False


def test_a_report_that_is_filed_meanwhile_is_shown_first(case):
    client, address = sign_in(case.inspector), f"{reverse('supervision:inspection_new')}?project={case.project.code}"
    data = opened(client, address)
    file_month(case.project, month=9, on=TODAY, cumulative=9000, physical_percent=90)
    assert "2018年9月月报" in client.post(address, data).context["form"].errors["inspected_on"][0]


def test_a_planned_look_is_not_held_before_it_was_planned(case):
    planned = service.plan_inspection(by=case.inspector, project=case.project, method="covert", planned_for=date(2018, 10, 9))
    with pytest.raises(InvalidInput, match="不能早于安排督察的2018年9月28日"):
        service.conduct_inspection(
            inspection=planned, inspected_on=date(2018, 7, 10), verdict="mostly", conclusion="现场", by=case.inspector
        )


def test_what_differs_from_the_report_is_not_called_true(case):
    with pytest.raises(InvalidInput, match="结论不能是“属实”") as error:
        case.inspect(on=TODAY, verdict="true", untrue="", observed_cumulative=Decimal(1000), observed_percent=10)
    assert set(error.value.fields) == {"observed_cumulative", "observed_percent"}
    assert case.inspect(on=TODAY, verdict="mostly", untrue="", observed_percent=54).pk


def test_a_changed_conclusion_does_not_contradict_its_own_figures(case):
    with clock.at(date(2018, 9, 20)):
        one = case.inspect(on=date(2018, 9, 20), observed_percent=10)
        service.object_conclusion(inspection=one, text="看错了楼栋", version=None, by=case.reporter)
    change = {"inspection": one, "verdict": "true", "reason": "复核为三号楼", "version": None, "by": case.supervision}
    with pytest.raises(InvalidInput, match="请同时更正现场数字") as error:
        service.change_conclusion(**change)
    assert set(error.value.fields) == {"corrected_percent"}
    service.change_conclusion(**change, corrected_percent=60)

    client = sign_in(case.viewer)
    now, then = (client.get(one.get_absolute_url() + day).content.decode() for day in ("", "?as_of=2018-09-21"))
    for word in ("更正为 60%", "曾作出", "督察意见（更正前）"):
        assert (word in now, word in then) == (True, False)
    assert ("与上报不符</span>" in now, "与上报不符</span>" in then) == (False, True)
    listed = [client.get(reverse("supervision:inspection_list") + day).content.decode() for day in ("", "?as_of=2018-09-21")]
    assert ["更正为 60%" in html for html in listed] == [True, False]
