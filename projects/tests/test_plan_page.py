"""Investment plans: the page of a project's year, the list of all with its totals."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from erqi.common import clock
from projects.models import InvestmentPlan, Project
from projects.services.plan import set_plan
from projects.tests.browsing import fields, fill, office, said, sign_in, text
from projects.tests.builders import make_entry, make_ledger, make_project, make_revision, make_unit, make_user
from projects.tests.report_builders import district_ledger, file_month, report_project

pytestmark = pytest.mark.django_db

TODAY = date(2018, 8, 10)
EVEN = [100 * month for month in range(1, 13)]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


@pytest.fixture
def project() -> Project:
    return report_project(make_unit("承办局"), "道路工程")


@pytest.fixture
def client() -> Client:
    return office("办公室丙")


def address(project: Project, year: int = 2018) -> str:
    return f"/projects/{project.code}/plan/{year}/"


def months(amounts: Sequence[int | str]) -> dict[str, str]:
    return {f"month_{month}": str(amount) for month, amount in enumerate(amounts, 1)}


def plan(project: Project, amounts: Sequence[int] = EVEN, *, on: date = date(2018, 3, 1), reason: str = "调整") -> InvestmentPlan:
    with clock.at(on):
        return set_plan(project=project, year=2018, cumulative=[Decimal(amount) for amount in amounts], by=None, reason=reason)


def send(client: Client, project: Project, amounts: Sequence[int | str] = EVEN, **values: Any) -> Any:
    return client.post(address(project), fill(client, address(project), **{**months(amounts), "mode": "cumulative", **values}))


def standing(project: Project) -> list[int]:
    return [int(amount) for amount in InvestmentPlan.objects.standing(2018).get(project=project).cumulative]


# ── one project ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_plan_needs_no_reason_and_shows_what_the_ledger_says(client: Client, project: Project) -> None:
    page = text(client.get(address(project)))
    assert "年度计划投资 <strong>1,200万元</strong>" in page
    assert "没有计划的项目不评价投资进度" in page
    response = send(client, project)
    assert response.url == address(project)
    assert said(client, response) == "2018年投资计划已保存，全年 1,200万元；自2018年8月10日起用于评价投资进度。"
    assert standing(project) == EVEN


def test_single_months_are_added_up(client: Client, project: Project) -> None:
    assert send(client, project, [100] * 12, mode="single").status_code == 302
    assert standing(project) == EVEN


def test_amounts_may_be_typed_with_units(client: Client, project: Project) -> None:
    assert send(client, project, [*EVEN[:11], "0.12亿元"]).status_code == 302
    assert standing(project)[-1] == 1200


@pytest.mark.parametrize(
    ("amounts", "mode", "field", "sentence"),
    [
        ([100, 200, 150, *EVEN[3:]], "cumulative", "month_3", "1—3月累计 150万元 少于1—2月累计 200万元；累计数不能减少。"),
        ([100, "", *EVEN[2:]], "cumulative", "month_2", "请填写1—2月的累计计划；没有安排投资的，与上月相同。"),
        ([*EVEN[:11], 1300], "cumulative", "month_12", "1—12月累计 1,300万元 超过台账所列年度计划投资 1,200万元。"),
        ([100, "", *[100] * 10], "single", "month_2", "请填写2月当月计划；没有安排投资的填 0。"),
        ([200] * 12, "single", "month_12", "1—12月累计 2,400万元 超过台账所列年度计划投资 1,200万元。"),
        (["很多", *EVEN[1:]], "cumulative", "month_1", "无法识别“很多”。"),
        (["-5", *EVEN[1:]], "cumulative", "month_1", "金额不能为负数。"),
    ],
)
def test_what_is_wrong_is_said_at_its_month_and_nothing_typed_is_lost(
    client: Client, project: Project, amounts: list[Any], mode: str, field: str, sentence: str
) -> None:
    response = send(client, project, amounts, mode=mode, why="理由")
    assert response.status_code == 422
    assert any(sentence in error for error in response.context["form"].errors[field])
    assert sentence in text(response)
    typed = fields(response)
    assert [typed[f"month_{month}"] for month in range(1, 13)] == list(map(str, amounts))
    assert (typed["mode"], typed["why"]) == (mode, "理由")
    assert not InvestmentPlan.objects.exists()


def test_a_change_needs_a_reason_and_old_plans_stay_listed(client: Client, project: Project) -> None:
    plan(project)
    late = [*[0] * 6, 200, 400, 600, 800, 1000, 1200]
    response = send(client, project, late)
    assert response.status_code == 422
    assert "该项目本年度已有投资计划，调整须写明理由。" in text(response)
    assert send(client, project, late, why="土地交付推迟").status_code == 302
    page = text(client.get(address(project)))
    listed = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("历次计划") :]))
    assert "2018年8月10日起（现行） 0 0 600 1,200 办公室丙 土地交付推迟" in listed
    assert "2018年3月1日起，2018年8月10日起改用后一计划 300 600 900 1,200 系统" in listed


def test_the_same_plan_again_is_said_to_change_nothing(client: Client, project: Project) -> None:
    plan(project)
    response = send(client, project, why="随手写的")
    assert said(client, response) == "与现行计划相同，没有改动。"
    assert InvestmentPlan.objects.count() == 1


@pytest.mark.parametrize("mode", ["cumulative", "single"])
def test_a_form_sent_twice_sets_one_plan(client: Client, project: Project, mode: str) -> None:
    data = fill(client, address(project), **months(EVEN if mode == "cumulative" else [100] * 12), mode=mode)
    answers = [client.post(address(project), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert InvestmentPlan.objects.count() == 1


def test_after_the_back_button_the_second_plan_is_asked_for(client: Client, project: Project) -> None:
    data = fill(client, address(project), **months(EVEN), mode="cumulative")
    client.post(address(project), data)
    response = client.post(address(project), {**data, "month_1": "50"})
    assert response.status_code == 409
    assert "这张表单此前已提交" in text(response)
    assert fields(response)["month_1"] == "50"
    assert standing(project) == EVEN


def test_the_second_of_two_people_is_shown_the_first_ones_plan(client: Client, project: Project) -> None:
    plan(project)
    other = office("办公室丁")
    data = fill(client, address(project), **months([amount // 2 for amount in EVEN]), why="核减")
    send(other, project, [*[0] * 11, 1200], why="推迟")
    response = client.post(address(project), data)
    assert response.status_code == 409
    assert "您打开本页之后，办公室丁已于2018年8月10日登记计划（全年 1,200万元）" in text(response)
    again = fields(response)
    assert again["month_12"] == "600"
    assert client.post(address(project), again).status_code == 302
    assert standing(project)[-1] == 600


def test_what_was_reported_stands_beside_the_plan(client: Client, project: Project) -> None:
    file_month(project, 7, 654, on=date(2018, 7, 24))
    row = re.search(r"7月</label>.*?</tr>", text(client.get(address(project))), re.DOTALL)[0]
    assert ">654<" in row


def test_a_project_outside_the_ledger_is_refused_before_anybody_types(client: Client) -> None:
    make_entry(make_ledger("area", name="板块台账", level="area"), outside := make_project("台账外项目"))
    assert "“台账外项目”不在2018年区级重点项目台账中" in text(client.get(address(outside)))
    assert client.get("/projects/none/plan/2018/").status_code == 404


def test_queries_of_the_page_do_not_grow(client: Client, project: Project, django_assert_num_queries: Any) -> None:
    plan(project)
    client.get(address(project))
    with django_assert_num_queries(8):
        client.get(address(project))
    plan(project, [amount // 2 for amount in EVEN], on=date(2018, 4, 1))
    for month in (5, 6, 7):
        file_month(project, month, 100, on=date(2018, month, 24))
    with django_assert_num_queries(8):
        client.get(address(project))


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def names(html: str) -> list[str]:
    return re.findall(r'<td class="name[^"]*"[^>]*><a href="[^"]*">([^<]*)</a>', html)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_list_says_who_has_a_plan_and_what_they_add_up_to(client: Client, project: Project) -> None:
    make_revision(district_ledger(), annual_plan=Decimal(4000), recorded_on=date(2018, 2, 24))
    other = report_project(make_unit(), "学校工程")
    report_project(make_unit(), "医院工程")
    plan(project)
    plan(other, [amount // 2 for amount in EVEN])
    html = text(client.get("/plans/2018/"))
    assert names(html) == ["道路工程", "学校工程", "医院工程"]
    said_of_all = words(html)
    assert "共 3 个项目，有计划 2 个，无计划 1 个；全年计划合计 1,800万元 ，台账年度计划合计 3,600万元" in said_of_all
    assert "年度计划投资 4,000万元 （2018年2月24日），现有计划合计为其 45.0%" in said_of_all
    assert "比台账少 600" in said_of_all
    assert "3 个，有计划 2 个 3,600 450 900 1,350 1,800" in said_of_all
    assert html.count("<strong>无计划</strong>") == 1


@pytest.mark.parametrize(
    ("query", "shown"),
    [("plan=has", ["甲", "乙"]), ("plan=none", ["丙"]), ("plan=differs", ["乙"]), ("q=丙", ["丙"]), ("plan=x", ["甲", "乙", "丙"])],
)
def test_the_list_is_filtered(client: Client, query: str, shown: list[str]) -> None:
    one, two, _ = (report_project(name=name) for name in "甲乙丙")
    plan(one)
    plan(two, [amount // 2 for amount in EVEN])
    assert names(text(client.get(f"/plans/2018/?{query}"))) == shown


def test_the_list_as_of_an_earlier_day(client: Client, project: Project) -> None:
    plan(project)
    plan(project, [amount // 2 for amount in EVEN], on=date(2018, 7, 1))
    assert "600" in words(text(client.get("/plans/2018/")))
    assert "全年计划合计 1,200万元" in words(text(client.get("/plans/2018/?as_of=2018-06-30")))
    assert "有计划 0 个" in words(text(client.get("/plans/2018/?as_of=2018-02-28")))


def test_a_bundles_plan_is_not_added_to_those_of_its_parts(client: Client) -> None:
    bundle = report_project(name="打捆项目")
    part = report_project(name="其中一项")
    alone = report_project(name="另一打捆的一项")
    unplanned = make_project("没有计划的打捆项目")
    Project.objects.filter(pk=part.pk).update(bundle_of=bundle)
    Project.objects.filter(pk=alone.pk).update(bundle_of=unplanned)
    for project in (bundle, part, alone):
        plan(project)
    assert "全年计划合计 2,400万元" in words(text(client.get("/plans/2018/")))


def test_rows_lead_to_the_plan_for_the_office_and_to_the_project_for_others(client: Client, project: Project) -> None:
    assert f'data-href="{address(project)}"' in text(client.get("/plans/2018/"))
    html = text(sign_in(make_user("viewer")).get("/plans/2018/"))
    assert f'data-href="{project.get_absolute_url()}"' in html
    assert "/plan/" not in html


def test_the_menu_leads_to_the_years_list(client: Client) -> None:
    assert client.get("/plans/").url == "/plans/2018/"
    district_ledger(2017)
    assert client.get("/plans/").url == "/plans/2017/"
    district_ledger(2018)
    assert client.get("/plans/").url == "/plans/2018/"


def test_a_year_without_a_ledger(client: Client) -> None:
    assert "2031年还没有区级重点项目台账" in text(client.get("/plans/2031/"))


def test_queries_of_the_list_do_not_grow(client: Client, django_assert_num_queries: Any) -> None:
    plan(report_project(make_unit()))
    client.get("/plans/2018/")
    with django_assert_num_queries(11):
        client.get("/plans/2018/")
    for number in range(2):
        plan(report_project(make_unit(), f"项目{number}"))
    with django_assert_num_queries(11):
        assert len(names(text(client.get("/plans/2018/")))) == 3
