"""Pages of correction slips: what is filled in, old and new side by side, deciding, taking back; two people."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from erqi.common import clock
from projects.models import ProgressReport, ReportCorrection
from projects.tests.browsing import fields, fill, said, sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.correction_case import Case, begin, make_case
from projects.tests.report_builders import DUE, LAST, LOCKED, MONTH, file_month, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Iterator[Case]:
    case = make_case()
    begin(case, "passed")
    with clock.at(LOCKED):
        yield case


def new(case: Case, month: int = MONTH) -> str:
    return f"/reports/{case.project.code}/2018/{month}/correct/"


def table(html: str) -> dict[str, tuple[str, str]]:
    """Return old and new by column of the report."""
    rows = re.findall(r"<th scope=\"row\">([^<]*)</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", html, re.DOTALL)
    return {label: tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in cells) for label, *cells in rows}


def ask(case: Case, client: Client | None = None, month: int = MONTH, **values: str) -> ReportCorrection:
    client = client or sign_in(case.reporter)
    response = client.post(new(case, month), fill(client, new(case, month), **{"reason": "票据重复计算", **values}))
    assert response.status_code == 302, text(response)
    return ReportCorrection.objects.latest("pk")


# ── filling in ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slip_begins_with_what_the_report_says(case: Case) -> None:
    client = sign_in(case.reporter)
    shown = client.get(new(case))
    assert "更正2018年9月月报" in text(shown)
    assert "原月报：累计完成投资 <strong>300万元</strong>" in text(shown)
    assert {name: fields(shown)[name] for name in ("cumulative", "progress", "cutoff_on", "reason")} == {
        "cumulative": "300",
        "progress": "主体施工",
        "cutoff_on": "2018-09-24",
        "reason": "",
    }
    response = client.post(new(case), fill(client, new(case), cumulative="260", reason="票据重复计算"))
    slip = ReportCorrection.objects.get()
    assert response.url == f"/reports/corrections/{slip.pk}/"
    assert said(client, response) == "更正单已提交，待重点项目办审批。批准以前，原数字照旧。"
    assert (slip.cumulative, slip.progress, slip.requested_by) == (Decimal(260), "主体施工", case.reporter)


def test_a_month_without_a_report_is_made_up_for_from_the_month_before(case: Case) -> None:
    ProgressReport.objects.filter(project=case.project).update(month=7)
    shown = sign_in(case.reporter).get(new(case))
    assert "补报2018年9月月报" in text(shown)
    assert "该项目当月没有计入的月报，请补填；已照上月预填的请核对。" in text(shown)
    assert {name: fields(shown)[name] for name in ("cumulative", "progress", "cutoff_on")} == {
        "cumulative": "300",
        "progress": "",
        "cutoff_on": DUE.isoformat(),
    }
    slip = ask(case, cumulative="280", progress="补报")
    page = text(sign_in(case.office).get(slip.get_absolute_url()))
    assert "2018年9月（补报）" in page
    assert table(page)["本年累计完成投资"] == ("未报", "280万元")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reason": ""}, "请写明更正理由。"),
        ({"cumulative": ""}, "请填写本年累计完成投资；没有完成投资的填 0。"),
        ({"cumulative": "很多"}, "无法识别“很多”"),
        ({}, "更正后的内容与原月报相同，无需更正。"),
        ({"cumulative": "260", "problem": "拆迁"}, "填写了存在问题，请同时选择病因。"),
        ({"cumulative": "260", "physical_percent": "120"}, "应在 0 到 100 之间。"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_with_all_that_was_typed(case: Case, values: dict[str, str], sentence: str) -> None:
    client = sign_in(case.reporter)
    response = client.post(new(case), fill(client, new(case), **{"reason": "更正的理由", **values}))
    assert response.status_code == 422
    assert sentence in text(response)
    assert fields(response)["reason"] == values.get("reason", "更正的理由")
    assert not ReportCorrection.objects.exists()


def test_why_no_slip_can_be_filled_in_is_said_before_anybody_types(case: Case) -> None:
    with clock.at(LAST):
        assert "2018年9月还没有锁定，请直接填写或修改月报，不必填写更正单。" in text(sign_in(case.reporter).get(new(case)))
    stranger = sign_in(make_reporter(make_unit()))
    assert "“道路工程”不由您所在的单位填报。" in text(stranger.get(new(case)))
    ask(case, cumulative="260")
    assert "已有一张待审批的更正单" in text(sign_in(case.office).get(new(case)))
    assert sign_in(case.reviewer).get(new(case)).status_code == 403


@pytest.mark.parametrize("address", ["/reports/none/2018/7/correct/", "/reports/{}/2018/13/correct/", "/reports/{}/0/1/correct/"])
def test_no_such_month_or_project(case: Case, address: str) -> None:
    assert sign_in(case.office).get(address.format(case.project.code)).status_code == 404


def test_a_form_sent_twice_makes_one_slip_and_leads_to_it(case: Case) -> None:
    client = sign_in(case.reporter)
    for month in (MONTH, 7):
        data = fill(client, new(case, month), cumulative="260", reason="更正")
        answers = [client.post(new(case, month), data) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0].url == answers[1].url
    assert ReportCorrection.objects.count() == 2


def test_the_second_of_two_people_sees_what_was_corrected_meanwhile(case: Case) -> None:
    office = sign_in(case.office)
    mine = fill(office, new(case), cumulative="270", reason="办公室核对")
    case.decide(ask(case, cumulative="260", progress="已核减"), by=case.other_office)
    response = office.post(new(case), mine)
    assert response.status_code == 409
    rows = {row["name"]: row for row in response.context["conflicts"]}
    assert (rows["cumulative"]["mine"], rows["cumulative"]["theirs"]) == ("270万元", "260万元")
    assert ReportCorrection.objects.count() == 1
    # What was typed stays; sent again in knowledge of it, it is a slip against the report as it now stands.
    again = fields(response) | {"choose-cumulative": "mine", "choose-progress": "theirs"}
    assert again["reason"] == "办公室核对"
    assert office.post(new(case), again).status_code == 302
    slip = ReportCorrection.objects.latest("pk")
    assert (slip.cumulative, slip.progress, slip.report_version) == (Decimal(270), "已核减", 3)


# ── old and new ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_old_and_new_stand_side_by_side(case: Case) -> None:
    slip = ask(case, cumulative="260", problem="资金未到位", problem_cause="funds", self_level="3", physical_percent="0")
    shown = table(text(sign_in(make_user("viewer")).get(slip.get_absolute_url())))
    assert shown == {
        "本年累计完成投资": ("300万元", "260万元"),
        "形象进度（%）": ("（空）", "0%"),
        "本月进展": ("主体施工", "不变"),
        "存在问题": ("（空）", "资金未到位"),
        "病因": ("（空）", "资金"),
        "自评": ("（空）", "预警"),
        "数据截止日": ("2018年9月24日", "不变"),
    }


def test_after_the_approval_the_old_figure_is_still_the_old_one(case: Case) -> None:
    slip = ask(case, cumulative="260", progress="")
    case.decide(slip)
    case.decide(ask(case, cumulative="250"), on=LOCKED)
    page = text(sign_in(case.reporter).get(slip.get_absolute_url()))
    assert table(page)["本年累计完成投资"] == ("300万元", "260万元")
    assert table(page)["本月进展"] == ("主体施工", "（删去）")
    assert "更正为</th>" in page
    assert "2018年10月9日起按更正后的数字计入；按此前的日期查询仍是原数字。" in page


def test_what_does_not_fit_the_months_beside_it_is_said(case: Case) -> None:
    file_month(case.project, 8, 280, on=date(2018, 8, 24))
    slip = ask(case, cumulative="260")
    assert "9月累计 260万元 少于8月已报的 280万元，请核对是否核减。" in text(sign_in(case.office).get(slip.get_absolute_url()))
    other = ask(case, month=8, cumulative="320")
    page = text(sign_in(case.office).get(other.get_absolute_url()))
    assert "8月累计 320万元 多于9月已报的 300万元，9月的月报可能也须更正。" in page


# ── deciding ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def decide(case: Case, slip: ReportCorrection, **values: str) -> tuple[Client, Any]:
    client = sign_in(case.office)
    shown = client.get(slip.get_absolute_url())
    return client, client.post(f"{slip.get_absolute_url()}decide/", {**fields(shown), **values})


def test_the_office_approves_on_the_slips_own_page(case: Case) -> None:
    client, response = decide(case, slip := ask(case, cumulative="260"), decision="approved", reason="")
    assert response.url == slip.get_absolute_url()
    assert said(client, response).startswith("已同意更正：更正后的数字自今天起计入，原数字保留可查")
    assert case.report.cumulative == Decimal(260)
    page = text(client.get(slip.get_absolute_url()))
    assert "已同意，办公室丙" in page
    assert 'name="decision"' not in page


def test_a_refusal_says_why(case: Case) -> None:
    slip = ask(case, cumulative="260")
    _, response = decide(case, slip, decision="rejected", reason="")
    assert response.status_code == 422
    assert "不同意的，请写明理由。" in text(response)
    assert table(text(response))["本年累计完成投资"] == ("300万元", "260万元")
    _, response = decide(case, slip, reason="没有选")
    assert "请选择同意或不同意。" in text(response)
    client, response = decide(case, slip, decision="rejected", reason="原数无误")
    assert said(client, response) == "已答复不同意：原数字不变；理由已告知申请人。"
    assert "原数无误" in text(sign_in(case.reporter).get(slip.get_absolute_url()))
    assert case.report.cumulative == Decimal(300)


def test_two_clicks_decide_once_and_a_second_person_is_told(case: Case) -> None:
    slip = ask(case, cumulative="260")
    second = sign_in(case.other_office)
    data = {**fields(second.get(slip.get_absolute_url())), "decision": "rejected", "reason": "不符"}
    first = sign_in(case.office)
    mine = {**fields(first.get(slip.get_absolute_url())), "decision": "approved"}
    assert [first.post(f"{slip.get_absolute_url()}decide/", mine).status_code for _ in range(2)] == [302, 302]
    response = second.post(f"{slip.get_absolute_url()}decide/", data)
    assert response.status_code == 409
    assert "由办公室丙办理，不能再审批" in text(response)
    assert case.report.steps.filter(action="correct").count() == 1


def test_nobody_decides_on_ones_own_slip(case: Case) -> None:
    slip = ask(case, sign_in(case.office), cumulative="260")
    page = text(sign_in(case.office).get(slip.get_absolute_url()))
    assert "这是您提出的申请，由他人审批。" in page
    assert 'name="decision"' not in page
    assert "不能审批自己提出的申请" in text(sign_in(case.office).get(f"{slip.get_absolute_url()}decide/"))


def test_a_report_that_was_written_since_is_named_before_the_decision(case: Case) -> None:
    slip = ask(case, cumulative="260")
    ProgressReport.objects.filter(pk=slip.report_id).update(version=9)
    assert "同意会覆盖那些改动" in text(sign_in(case.office).get(slip.get_absolute_url()))
    _, response = decide(case, slip, decision="approved")
    assert response.status_code == 409
    assert "填写更正单之后，这份月报又有改动" in text(response)


def test_who_asked_takes_it_back(case: Case) -> None:
    slip = ask(case, cumulative="260")
    address = f"{slip.get_absolute_url()}withdraw/"
    assert address in text(sign_in(case.reporter).get(slip.get_absolute_url()))
    assert address not in text(sign_in(case.office).get(slip.get_absolute_url()))
    assert "只能撤回自己提出的申请。" in text(sign_in(case.office).get(address))
    client = sign_in(case.reporter)
    response = client.post(address, fill(client, address))
    assert said(client, response) == "更正单已撤回，原数字不变。"
    slip.refresh_from_db()
    assert slip.state == "withdrawn"


# ── effort ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_queries_do_not_grow_with_months_and_slips(case: Case, django_assert_num_queries: Any) -> None:
    slip = ask(case, cumulative="260")
    client = sign_in(case.office)
    client.get(slip.get_absolute_url())
    with django_assert_num_queries(7):
        client.get(slip.get_absolute_url())
    for month in (6, 7, 8):
        file_month(case.project, month, 200, on=date(2018, month, 24))
        ask(case, month=month, cumulative="210")
    with django_assert_num_queries(7):
        client.get(slip.get_absolute_url())
