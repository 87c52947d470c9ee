"""The grid of monthly reports in a real browser: what it asks before it files, and that only a person's answer files."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from erqi.tests.site import Site
from projects.choices import ReportState
from projects.tests.report_desk import enter, make_desk
from projects.tests.test_report_browser_two import SAVED, other_tab, slow_rows


@pytest.fixture(autouse=True)
def _refusals(tolerate: Callable[[str], None]) -> None:
    """Refusals carry their status; the browser notes each in its console."""
    tolerate(r"status of (403|409|422)")


def test_an_odd_amount_is_filed_by_the_second_ctrl_enter_and_not_by_a_double_one(page: Page, site: Site) -> None:
    desk = make_desk(site, 2)
    enter(page, desk.users[0])
    slow_rows(page)
    desk.cell(page, "cumulative").fill("9")
    desk.cell(page, "progress").fill("核减")
    page.keyboard.press("Control+Enter")
    expect(desk.state(page)).to_contain_text("本年累计 9 万元比8月的 100 万元少 91 万元，确认按此报送？")
    # The question calls the cursor back to the figure; what follows at once is not an answer.
    expect(desk.cell(page, "cumulative")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(900)
    assert desk.report().state == ReportState.DRAFT
    page.keyboard.press("Control+Enter")
    expect(desk.state(page)).to_contain_text("9月28日报送")
    expect(desk.cell(page, "cumulative", 1)).to_be_focused()
    assert (desk.report().state, int(desk.report().cumulative)) == (ReportState.FILED, 9)


def test_all_rows_lead_to_the_question_and_its_button_files(page: Page, site: Site) -> None:
    desk = make_desk(site, 2)
    enter(page, desk.users[0])
    desk.cell(page, "cumulative").fill("9")
    desk.cell(page, "progress").fill("核减")
    desk.cell(page, "progress", 1).fill("主体施工")
    page.get_by_role("button", name="全部报送").click()
    expect(page.locator("#messages")).to_contain_text("已报送 1 个项目，有 1 个须确认数字后报送")
    desk.button(page, "确认报送").click()
    expect(page.locator("#grid-progress")).to_have_text("已报 2 / 2")


def test_filing_over_two_peoples_values_waits_for_the_choice(page: Page, browser: Browser, site: Site) -> None:
    desk = make_desk(site, 8, 2)
    page.set_viewport_size({"width": 1366, "height": 768})
    enter(page, desk.users[0])
    other = enter(other_tab(browser, site), desk.users[1])
    # The last row that shows above the bar at the foot of the window.
    bar = page.locator("#all-rows").bounding_box()
    place = max(n for n in range(8) if (box := desk.row(page, n).bounding_box()) and box["y"] + box["height"] <= bar["y"])
    desk.cell(other, "progress", place).fill("李四的进展")
    expect(desk.state(other, place)).to_have_text(SAVED)
    desk.cell(page, "progress", place).fill("张三的进展")
    panel = desk.row(page, place).locator("[data-row-conflict]")
    button = panel.get_by_role("button", name="按所选保存")
    expect(button).to_be_visible()
    page.wait_for_timeout(200)
    assert button.bounding_box()["y"] + button.bounding_box()["height"] <= page.locator("#all-rows").bounding_box()["y"]
    desk.button(page, "报送", place).click()
    expect(desk.state(page, place)).to_contain_text("没有报送：请先逐项选择保留哪一个值")
    assert (desk.report(place).state, desk.report(place).progress) == (ReportState.DRAFT, "李四的进展")
    panel.get_by_label(re.compile("您：")).check()
    button.click()
    expect(desk.state(page, place)).to_have_text("草稿，尚未报送")
    desk.button(page, "报送", place).click()
    expect(desk.state(page, place)).to_contain_text("9月28日报送")
    assert desk.report(place).progress == "张三的进展"
    other.context.close()
