"""In a browser: ten reports reviewed and how many clicks that takes, a correction by two people, a plan filled by its helpers."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from erqi.common import clock
from erqi.tests.site import Site
from projects.models import InvestmentPlan, ProgressReport, Project, ReportStep
from projects.tests.builders import PASSWORD, make_unit
from projects.tests.report_builders import AUGUST, file_month, make_reporter, report_project

# Counts what a hand does: clicks that scripts or labels make of it are left out.
COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail > 0) localStorage.clicks = Number(localStorage.clicks || 0) + 1;
}, true);
"""


@pytest.fixture
def clicks(page: Page) -> Iterator[Page]:
    page.add_init_script(COUNT_CLICKS)
    return page


def counted(page: Page) -> int:
    return int(page.evaluate("localStorage.clicks || 0"))


def sign_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def ten_reports(site: Site) -> tuple[int, list[int]]:
    """File September's reports of ten projects of one unit and return the unit and the reports (keys)."""
    with site.data():
        unit = make_unit()
        projects = [report_project(unit, f"{unit.name}的{number}号路") for number in range(1, 11)]
        return unit.pk, [file_month(project, cumulative=100 + place).pk for place, project in enumerate(projects)]


def states(site: Site, reports: list[int]) -> list[str]:
    with site.data():
        return [ProgressReport.objects.get(pk=pk).state for pk in reports]


def test_ten_reports_are_reviewed_with_three_clicks(site: Site, clicks: Page, log_in) -> None:
    unit, reports = ten_reports(site)
    page = log_in("office")
    page.goto(f"/reports/review/?unit={unit}")
    rows = page.locator(".review-table tbody tr")
    expect(rows).to_have_count(10)
    button = page.get_by_role("button", name="通过所选")
    expect(button).to_be_disabled()

    # One is wrong: a click opens the reason, which has the cursor; Enter sends it.
    third = page.locator(f"#report-{reports[2]}")
    third.get_by_text("退回", exact=True).click()
    expect(third.locator("input[name=reason]")).to_be_focused()
    page.keyboard.type("累计数少于上月，请核对")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("已退回")
    expect(rows).to_have_count(9)
    # The page comes back at the row that follows.
    expect(page.locator("tr.is-current")).to_have_attribute("id", f"report-{reports[3]}")

    page.locator("[data-check-all]").click()
    expect(button).to_contain_text("9")
    button.click()
    expect(page.locator("main")).to_contain_text("通过 9 份。")
    expect(page.locator("main")).to_contain_text("没有待审核的月报")
    assert counted(page) == 3
    assert states(site, reports) == ["passed", "passed", "returned", *["passed"] * 7]
    # Who has to be telephoned now.
    expect(page.locator(".missing-table")).to_contain_text("退回：累计数少于上月，请核对")


def test_the_queue_by_keyboard_and_on_a_phone(site: Site, page: Page, log_in) -> None:
    unit, reports = ten_reports(site)
    log_in("office").goto(f"/reports/review/?unit={unit}")
    for key in ("j", "ArrowDown", "x", "j", "x", "k"):
        page.keyboard.press(key)
    expect(page.locator("tr.is-current")).to_have_attribute("id", f"report-{reports[1]}")
    expect(page.locator("[data-check]:checked")).to_have_count(2)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="通过所选").click()
    expect(page.locator("main")).to_contain_text("通过 2 份。")
    page.locator(f"#report-{reports[0]}").get_by_role("button", name="通过").click()
    expect(page.locator("main")).to_contain_text("号路”的月报。")
    assert states(site, reports[:4]) == ["passed", "passed", "passed", "filed"]
    # Enter opens the report.
    page.goto(f"/reports/review/?unit={unit}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/reports/[^/]+/2018/9/$"))


def test_a_correction_by_two_people(site: Site, page: Page, log_in) -> None:
    with site.data():
        unit = make_unit()
        project = report_project(unit, f"{unit.name}的安置房")
        file_month(project, 8, 700, on=AUGUST)
        reporter = make_reporter(unit)
    report = f"/reports/{project.code}/2018/8/"

    sign_in(page, reporter.username)
    page.goto(report)
    page.get_by_role("link", name="更正").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("更正2018年8月月报")
    page.get_by_label("本年累计完成投资").fill("650")
    page.get_by_label("更正理由").fill("设备款重复计入")
    page.get_by_role("button", name="提交更正单").click()
    expect(page.locator("main")).to_contain_text("更正单已提交，待重点项目办审批。")
    slip = page.url
    page.goto(report)
    expect(page.locator("main")).to_contain_text("700万元")

    log_in("office").goto("/requests/")
    page.get_by_role("link", name=project.name).first.click()
    expect(page).to_have_url(slip)
    expect(page.locator(".compare .is-changed").first).to_contain_text("700万元")
    expect(page.locator(".compare .is-changed").first).to_contain_text("650万元")
    page.get_by_label("同意", exact=True).check()
    page.get_by_role("button", name="提交审批意见").click()
    expect(page.locator("main")).to_contain_text("已同意更正")
    page.goto(report)
    expect(page.locator("main")).to_contain_text("650万元")
    # As it was known the day before, the report says what it said.
    page.goto(f"{report}?as_of=2018-09-27")
    expect(page.locator("main")).to_contain_text("700万元")
    with site.data():
        figures = [ReportStep.objects.figures(day).get(report__project=project).cumulative for day in (AUGUST, date(2018, 9, 28))]
    assert figures == [Decimal(700), Decimal(650)]


def test_a_plan_is_filled_by_its_helpers(site: Site, page: Page, log_in) -> None:
    with site.data(), clock.at(date(2018, 9, 1)):
        project: Project = report_project(make_unit())
    log_in("office").goto(f"/projects/{project.code}/plan/2018/")

    def shown() -> list[str]:
        return [page.locator(f"[data-plan-month='{month}']").input_value() for month in (1, 2, 11, 12)]

    def beside(month: int) -> str:
        return page.locator(f"[data-plan-out='{month}']").inner_text()

    expect(page.locator("[data-plan-total]")).to_have_value("1,200")
    page.get_by_role("button", name="均匀").click()
    assert (shown(), beside(12)) == (["100", "200", "1,100", "1,200"], "100")
    page.get_by_label("填当月数").check()
    assert (shown(), beside(12)) == (["100", "100", "100", "100"], "1,200")
    page.get_by_role("button", name="前低后高").click()
    assert (shown(), beside(12)) == (["15", "31", "169", "185"], "1,200")
    page.get_by_label("填累计数").check()
    assert shown() == ["15", "46", "1,015", "1,200"]
    page.locator("[data-plan-total]").fill("0.1亿元")
    page.get_by_role("button", name="前高后低").click()
    assert shown()[3] == "1,000"
    page.locator("[data-plan-month='2']").fill("1")
    assert beside(2) == "少于上月"
    page.get_by_role("button", name="均匀").click()
    page.get_by_role("button", name="保存计划").click()
    expect(page.locator("main")).to_contain_text("2018年投资计划已保存，全年 1,000万元")
    with site.data():
        amounts = InvestmentPlan.objects.standing(2018).get(project=project).cumulative
    assert (amounts[0], amounts[5], amounts[11]) == (83, 500, 1000)
