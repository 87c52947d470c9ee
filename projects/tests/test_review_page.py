"""The reviewer's queue: who sees which reports with what beside them, passing one or many, returning, what is missing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from erqi.common import clock
from erqi.common.models import User
from projects.choices import Duty, MilestoneKind, ReportState, ResponsibilityKind
from projects.models import ProgressReport, Project, Reminder, Unit
from projects.tests.browsing import said, sign_in, text
from projects.tests.builders import make_milestone, make_person, make_responsibility, make_unit, make_user
from projects.tests.correction_case import ask_for_correction
from projects.tests.report_builders import (
    AUGUST,
    LAST,
    LOCKED,
    district_ledger,
    draft,
    file_month,
    make_reporter,
    report_project,
)
from projects.tests.warning_builders import make_plan, recompute, warn_ledger

pytestmark = pytest.mark.django_db

ADDRESS = "/reports/review/"
TODAY = date(2018, 9, 27)


@dataclass
class Case:
    """A lead unit with its reviewer, a unit that reports, the office."""

    lead: Unit
    unit: Unit
    reporter: User
    reviewer: User
    office: User

    def project(self, name: str = "道路工程", **values: Any) -> Project:
        return report_project(values.pop("unit", self.unit), name, lead=self.lead, **values)


@pytest.fixture
def case() -> Iterator[Case]:
    unit, lead = make_unit("承办局"), make_unit("牵头局")
    with clock.at(TODAY):
        yield Case(
            lead, unit, make_reporter(unit, name="填报甲"), make_reporter(lead, name="审核乙", roles=("reviewer",)), make_user("office")
        )


def page(user: User, query: str = "") -> str:
    response = sign_in(user).get(ADDRESS + query)
    assert response.status_code == 200
    return text(response)


def body(html: str) -> str:
    """Return the queue's rows."""
    found = re.search(r'<table class="data-table is-dense review-table".*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    return found[1] if found else ""


def named(html: str) -> list[str]:
    """Return the projects of the queue, in order."""
    return re.findall(r'<td class="name"><a [^>]*>([^<]*)</a>', body(html))


def missing(html: str) -> str:
    """Return the words of the list of missing reports."""
    found = re.search(r"missing-table.*?<tbody>(.*?)</tbody>", html, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


def mark(report: ProgressReport) -> str:
    return f"{report.pk}.{report.version}"


def send(user: User, data: dict[str, Any], query: str = "") -> tuple[Client, HttpResponse]:
    client = sign_in(user)
    return client, client.post(ADDRESS + query, data)


def state(report: ProgressReport) -> str:
    report.refresh_from_db()
    return report.state


# ── what is shown ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_sees_what_the_own_unit_leads_and_the_office_everything(case: Case) -> None:
    file_month(case.project("甲"))
    file_month(report_project(case.unit, "乙", lead=make_unit("另一牵头局")))
    file_month(report_project(case.unit, "丙"))
    assert named(page(case.reviewer)) == ["甲"]
    assert named(page(case.office)) == ["甲", "乙", "丙"]
    alone = make_reporter(case.unit, roles=("reviewer",))
    # Where no unit leads, the one that carries out reviews: another person of it.
    assert named(page(alone)) == ["丙"]


def test_somebody_without_a_leading_unit_is_told_why_the_queue_is_empty(case: Case) -> None:
    file_month(case.project())
    assert "没有由您审核的项目" in page(make_user("reviewer"))


def test_a_row_says_the_figures_beside_those_of_last_month_and_the_plan(case: Case) -> None:
    project = case.project()
    make_plan(project)
    file_month(project, 8, 700, on=AUGUST)
    file_month(project, 9, 855, physical_percent=45, physical="主体施工至三层", progress="完成二层梁板", by=case.reporter)
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(page(case.reviewer))))
    assert "855 增 155 700 900 完成 95.0% 45% 主体施工至三层 完成二层梁板 填报甲 9月24日" in row
    assert "迟报" not in row


def test_a_fall_a_gap_of_months_and_a_first_report_are_said(case: Case) -> None:
    fallen, first = case.project("甲"), case.project("乙")
    file_month(fallen, 7, 700, on=date(2018, 7, 24))
    file_month(fallen, 9, 650)
    file_month(first, 9, 0)
    html = body(page(case.reviewer))
    assert "减 50" in html
    assert re.search(r"700\s*<div class=\"quiet small\">7月</div>", html)
    assert "未报过" in html
    assert "无计划" in html


def test_problem_cause_and_late_filing_are_in_words(case: Case) -> None:
    file_month(case.project(), on=date(2018, 9, 26), problem="红线内三户未拆", problem_cause="clearance", problem_due_on=date(2018, 10, 20))
    html = body(page(case.reviewer))
    assert "<strong>问题（征迁）</strong>：红线内三户未拆（拟2018年10月20日解决）" in html
    assert "<strong>迟报</strong>" in html


def test_the_units_own_rating_stands_beside_the_computed_one(case: Case) -> None:
    project = case.project()
    warn_ledger(district_ledger())
    make_milestone(project, MilestoneKind.OTHER, 2018, name="封顶", due_on=date(2018, 9, 20))
    recompute(date(2018, 9, 20), project)
    file_month(project, self_level=1)
    html = body(page(case.reviewer))
    assert 'class="level level-blue"' in html
    assert "自评 正常" in html
    assert "自评偏轻" in html


def test_simulated_reports_say_so(case: Case) -> None:
    report = file_month(case.project())
    assert '<span class="sim">' not in body(page(case.reviewer))
    ProgressReport.objects.filter(pk=report.pk).update(simulated=True)
    assert '<span class="sim">模拟</span>' in body(page(case.reviewer))


def test_filters_by_unit_month_and_state(case: Case) -> None:
    other = make_unit("另一承办局")
    one, two = case.project("甲"), case.project("乙", unit=other)
    file_month(one, 8, on=AUGUST)
    reports = [file_month(project) for project in (one, two)]
    assert named(page(case.reviewer, f"?unit={other.pk}")) == ["乙"]
    assert named(page(case.reviewer, "?unit=999999")) == ["甲", "乙"]
    assert named(page(case.reviewer, "?year=2018&month=8")) == ["甲"]
    assert named(page(case.reviewer, "?year=2018&month=13")) == ["甲", "乙"]
    send(case.reviewer, {"pass": mark(reports[0])})
    assert named(page(case.reviewer, "?state=passed")) == ["甲"]
    assert named(page(case.reviewer)) == ["乙"]
    assert "待审核 1" in page(case.reviewer)
    assert named(page(case.reviewer, "?state=nonsense")) == ["乙"]


def test_a_locked_month_is_shown_without_anything_to_do(case: Case) -> None:
    file_month(case.project())
    with clock.at(LOCKED):
        html = page(case.reviewer)
    assert named(html) == ["道路工程"]
    assert "锁定后不再审核" in html
    assert 'name="pass"' not in html
    assert "确认退回" not in html


def test_the_office_is_told_of_slips_that_await_it(case: Case) -> None:
    project = case.project()
    assert "更正单待审批" not in page(case.office)
    ask_for_correction(project, month=7, on=TODAY)
    assert "1 张更正单待审批" in page(case.office)
    assert "更正单待审批" not in page(case.reviewer)


# ── passing ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_passing_one_goes_on_at_the_next_row(case: Case) -> None:
    one, two = (file_month(case.project(name)) for name in "甲乙")
    client, response = send(case.reviewer, {"pass": mark(one), f"after-{one.pk}": str(two.pk)}, "?month=9&year=2018")
    assert response.url == f"{ADDRESS}?month=9&year=2018#report-{two.pk}"
    assert said(client, response) == "已通过“甲”的月报。"
    assert (state(one), state(two)) == (ReportState.PASSED, ReportState.FILED)
    assert one.reviewed_by_name == "审核乙"


def test_ticked_rows_are_passed_each_for_itself(case: Case) -> None:
    good = [file_month(case.project(f"项目{number}")) for number in range(8)]
    changed, foreign = file_month(case.project("改过的")), file_month(report_project(case.unit, "别家的", lead=make_unit()))
    seen = mark(changed)
    ProgressReport.objects.filter(pk=changed.pk).update(version=7)
    client, response = send(
        case.reviewer, {"pass_ticked": "1", "report": [*map(mark, good), seen, mark(foreign), "x", "1.2.3", "9999999.1"]}
    )
    sentence = said(client, response)
    assert sentence.startswith("通过 8 份，2 份未办：改过的（打开本页以后月报有改动，请重新查看）、别家的（“别家的”不由您所在的单位审核。")
    assert {state(report) for report in good} == {ReportState.PASSED}
    assert (state(changed), state(foreign)) == (ReportState.FILED, ReportState.FILED)


def test_nothing_ticked_is_said(case: Case) -> None:
    file_month(case.project())
    client, response = send(case.reviewer, {"pass_ticked": "1"})
    assert said(client, response) == "请先勾选要通过的月报。"


def test_the_second_click_passes_nothing_again(case: Case) -> None:
    report = file_month(case.project())
    data = {"pass": mark(report)}
    send(case.reviewer, data)
    client, response = send(case.reviewer, data)
    assert said(client, response) == "已通过“道路工程”的月报。"
    assert report.steps.count() == 2


def test_ones_own_report_is_shown_with_the_reason_and_not_passed(case: Case) -> None:
    report = file_month(case.project(), by=case.office)
    html = body(page(case.office))
    assert "您报送的月报，由他人审核。" in html
    assert 'name="pass"' not in html
    assert "data-check" not in html
    client, response = send(case.office, {"pass": mark(report)})
    assert said(client, response) == "通过 0 份，1 份未办：道路工程（不能审核自己报送的月报，请由他人审核）。"
    assert 'name="pass"' in body(page(case.reviewer))


# ── returning ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_return_needs_a_reason_and_tells_who_filed(case: Case) -> None:
    report = file_month(case.project(), by=case.reporter)
    client, response = send(case.reviewer, {"return": mark(report), "reason": "累计数与台账不符"})
    assert response.status_code == 302
    assert said(client, response) == "已退回“道路工程”的月报（退回修改，原报数字仍计入），原因已告知报送人。"
    assert (state(report), report.return_reason) == (ReportState.RETURNED, "累计数与台账不符")
    assert Reminder.objects.get(user=case.reporter).text == "累计数与台账不符（退回修改，原报数字仍计入）"
    html = page(case.reviewer, "?state=returned")
    assert "<strong>退回原因</strong>：累计数与台账不符" in html
    assert "退回：累计数与台账不符" in missing(page(case.reviewer))


@pytest.mark.parametrize(
    ("reason", "version", "status", "sentence"),
    [(" ", 0, 422, "请写明退回的原因，以便填报人修改。"), ("有误", 1, 409, "打开本页以后月报有改动，请重新查看。")],
)
def test_a_refused_return_keeps_what_was_typed(case: Case, reason: str, version: int, status: int, sentence: str) -> None:
    report = file_month(case.project())
    _, response = send(case.reviewer, {"return": f"{report.pk}.{report.version + version}", "reason": reason})
    html = text(response)
    assert response.status_code == status
    assert sentence in body(html)
    assert f'value="{reason}"' in body(html)
    assert state(report) == ReportState.FILED


def test_a_passed_report_may_still_be_returned(case: Case) -> None:
    report = file_month(case.project())
    send(case.reviewer, {"pass": mark(report)})
    report.refresh_from_db()
    html = body(page(case.reviewer, "?state=passed"))
    assert "确认退回" in html
    assert 'name="pass"' not in html
    send(case.reviewer, {"return": mark(report), "reason": "重核"}, "?state=passed")
    assert state(report) == ReportState.RETURNED


def test_a_report_that_is_none_is_said(case: Case) -> None:
    for value in ("", "x", "1.2", "99999999999999999999.1"):
        client, response = send(case.reviewer, {"return": value, "reason": "有误"})
        assert said(client, response) == "没有这份月报，请刷新页面查看。"


# ── what is missing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_listed_by_unit_with_who_answers(case: Case) -> None:
    untouched, begun, done = case.project("未动"), case.project("有草稿"), case.project("已报")
    draft(begun)
    file_month(done)
    for duty, name in ((Duty.CHIEF, "王主任"), (Duty.STAFF, "李科员")):
        make_responsibility(untouched, case.unit, ResponsibilityKind.UNDERTAKE, duty=duty, person=make_person(name))
    make_responsibility(untouched, case.lead, ResponsibilityKind.LEAD, duty=Duty.STAFF, person=make_person("牵头科员"))
    words = missing(page(case.reviewer))
    assert "承办局" in words
    assert "2 个 填报员 填报甲" in words
    assert "未动 未报 具体责任人 李科员、主管领导 王主任" in words
    assert "牵头科员" not in words
    assert "有草稿 草稿 未登记" in words
    assert "已报" not in words
    assert "未报的项目（2）" in page(case.office)


def test_an_empty_report_left_by_a_refused_slip_is_not_called_a_draft(case: Case) -> None:
    project = case.project()
    ask_for_correction(project, month=7, on=TODAY)
    with clock.at(TODAY):
        assert "道路工程 未报" in missing(page(case.reviewer, "?year=2018&month=7"))


def test_a_project_that_no_unit_reports_is_named_to_the_office(case: Case) -> None:
    project = case.project("无主")
    project.responsibilities.update(until=date(2018, 1, 1))
    words = missing(page(case.office))
    assert "没有填报单位 1 个 请登记承办或牵头单位 无主 未报 未登记" in words
    assert missing(page(case.office, "?unit=none")) == words
    assert page(case.reviewer).count("无主") == 0


def test_nobody_missing_is_said(case: Case) -> None:
    file_month(case.project())
    assert "由您审核的项目本月都已报送。" in page(case.reviewer)


def test_the_queue_before_the_month_opens(case: Case) -> None:
    case.project()
    html = page(case.reviewer, "?year=2018&month=12")
    assert "这个月还没有开始填报" in html


# ── effort ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("who", "counted"), [("reviewer", 25), ("office", 23)])
def test_queries_do_not_grow_with_the_rows(case: Case, django_assert_num_queries: Any, who: str, counted: int) -> None:
    user: User = getattr(case, who)

    def fill(number: int) -> None:
        for place in range(number):
            make_plan(project := case.project(f"报{number}{place}"))
            file_month(project, 8, 100, on=AUGUST)
            file_month(project, by=case.reporter)
            absent = case.project(f"缺{number}{place}")
            make_responsibility(absent, case.unit, ResponsibilityKind.UNDERTAKE, duty=Duty.STAFF, person=make_person())
            draft(case.project(f"稿{number}{place}"))

    client = sign_in(user)
    fill(1)
    client.get(ADDRESS)
    with django_assert_num_queries(counted):
        client.get(ADDRESS)
    fill(2)
    with django_assert_num_queries(counted):
        assert len(named(text(client.get(ADDRESS)))) == 3


def test_the_last_day_of_the_month_is_open(case: Case) -> None:
    report = file_month(case.project())
    with clock.at(LAST):
        send(case.reviewer, {"pass": mark(report)})
    assert state(report) == ReportState.PASSED
