"""The wall chart in a real browser: marks by keyboard and by touch, the part that htmx swaps, the sheet of paper."""

import re
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from erqi.tests.site import Site
from projects.models import Ledger
from projects.tests.builders import make_entry, make_milestone, make_project

NAMES = ("甲号安置区", "乙号安置区")


@pytest.fixture(scope="module")
def two(site: Site) -> list[str]:
    """Two projects with three milestones each, in the ledger that the documents fill."""
    with site.data():
        ledger = Ledger.objects.get(code="2018")
        projects = [make_entry(ledger, make_project(name)).project for name in NAMES]
        for project in projects:
            make_milestone(project, "start", name="开工", due_on=date(2018, 3, 31), done_on=date(2018, 4, 10))
            make_milestone(project, "topping", name="封顶", due_on=date(2018, 8, 31))
            make_milestone(project, "completion", name="竣工", due_on=date(2018, 12, 31))
        return [project.code for project in projects]


def test_arrows_go_through_rows_and_marks_and_enter_opens(page: Page, log_in, two: list[str]) -> None:
    page.set_viewport_size({"width": 1366, "height": 800})
    log_in("leader").goto("/wall/2018/?q=号安置区")
    tip = page.locator(".wall-tip")
    expect(page.locator(".wall-title")).to_have_text(list(NAMES))
    for key in ("ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("tr.is-current .wall-title")).to_have_text(NAMES[1])
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text("开工")
    expect(tip).to_contain_text("已完成，晚 10 天")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text("逾期 28 天")
    expect(page.locator("a.wm:focus")).to_have_attribute("aria-label", re.compile("封顶，逾期 28 天，未见完成记录，基准时限 2018-08-31"))
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/projects/{two[1]}/#milestone-\d+"))
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/projects/{two[0]}/$"))


def test_a_touch_shows_what_a_mark_says_before_it_opens(browser: Browser, site: Site, context, log_in, two: list[str]) -> None:
    log_in("leader")
    phone = browser.new_context(
        base_url=site.url, has_touch=True, viewport={"width": 360, "height": 740}, storage_state=context.storage_state(), locale="zh-CN"
    )
    with phone:
        page = phone.new_page()
        page.goto(f"/wall/2018/?q={two[0]}")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        mark = page.locator("a.wm").filter(has_text="封顶")
        mark.tap()
        tip = page.locator(".wall-tip")
        expect(tip).to_contain_text("逾期 28 天")
        expect(page).to_have_url(re.compile("/wall/2018/"))
        tip.get_by_role("link", name="打开项目").tap()
        expect(page).to_have_url(re.compile(rf"/projects/{two[0]}/#milestone-\d+"))


def test_switches_and_filters_swap_the_chart_and_keep_the_address(page: Page, log_in, two: list[str]) -> None:
    page.set_viewport_size({"width": 1366, "height": 800})
    log_in("leader").goto("/wall/2018/")
    page.get_by_role("link", name="按周").click()
    expect(page.locator(".wall-head .wh-week")).to_have_count(53)
    search = page.locator("main").get_by_placeholder("项目名称、编号或拼音首字母")
    search.fill("yhazq")
    search.press("Enter")
    expect(page.locator(".wall-title")).to_have_text([NAMES[1]])
    expect(page).to_have_url(re.compile(r"\?q=yhazq&by=week$"))
    # Drawn as weeks the chart is wider than the screen: it opens with the day in view.
    page.reload()
    line, region = page.locator("thead .wg-today"), page.locator("[data-wall]")
    assert region.evaluate("one => one.scrollLeft") > 0
    assert 0 < line.bounding_box()["x"] < 1366


@pytest.mark.parametrize(("paper", "millimetres"), [("a3", (420, 297)), ("a1", (841, 594))])
def test_paper_is_large_and_every_sheet_has_the_head(page: Page, log_in, two: list[str], paper: str, millimetres: tuple[int, int]) -> None:
    log_in("leader").goto(f"/wall/2018/?per_page=all&paper={paper}")
    # Chromium writes the pages' own objects as plain text.
    written = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", written)
    assert len(sheets) > 1
    assert {tuple(round(float(side) / 72 * 25.4) for side in sheet) for sheet in sheets} == {millimetres}
    page.emulate_media(media="print")
    expect(page.locator(".wall-paper-title")).to_be_visible()
    expect(page.locator(".wall-paper .wall-legend")).to_be_visible()
    expect(page.locator(".filter-bar")).to_be_hidden()
    head = page.locator(".wall thead")
    assert head.evaluate("one => getComputedStyle(one).display") == "table-header-group"
    # Chromium repeats a head only where it leaves room for rows: a quarter of the sheet at the most.
    assert head.bounding_box()["height"] < millimetres[1] / 25.4 * 96 / 4
    assert page.locator(".wall tbody tr").first.evaluate("row => getComputedStyle(row).breakInside") == "avoid"
