"""A reporter's month in a real browser: ten projects in under two minutes, and nothing lost whatever happens in between."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from erqi.tests.site import Site
from projects.choices import ReportState
from projects.models import ProgressReport
from projects.tests.report_builders import MONTH, YEAR
from projects.tests.report_desk import PAGE, Hand, end_session, enter, make_desk, type_in

SAVED = re.compile(r"^\s*已保存 \d\d:\d\d\s*$")
SECONDS_AN_ACTION = 2
# One month of ten projects: four unchanged, five with new figures, one yellow with its problem. Counted below.
ACTIONS = 35


@pytest.fixture(autouse=True)
def _refusals(tolerate: Callable[[str], None]) -> None:
    """Refusals carry their status; the browser notes each in its console."""
    tolerate(r"status of (403|409|422)")


def test_ten_projects_are_reported_in_under_two_minutes(page: Page, site: Site) -> None:
    desk = make_desk(site, 10, yellow=6)
    enter(page, desk.users[0])
    expect(page.locator("#grid-progress")).to_have_text("已报 0 / 10")
    began, hand = time.monotonic(), Hand(page)

    for place in (0, 1, 2, 3):
        hand.click(desk.button(page, "无变化", place))
        expect(desk.state(page, place)).to_contain_text("报送（无变化）")
    # After each filing the cursor stands in the next row that is open: typing goes on without the mouse.
    hand.at(desk.cell(page, "cumulative", 4))
    for place in (4, 5):
        hand.type(str(150 + 100 * place))
        hand.key("Tab")
        hand.type("55")
        hand.key("Tab")
        hand.type("主体施工至五层")
        hand.key("Control+Enter")
        expect(desk.state(page, place)).to_contain_text("9月28日报送")
    hand.at(desk.cell(page, "cumulative", 6))
    # The yellow one says what is in the way, and why.
    hand.type("750")
    hand.click(desk.cell(page, "problem", 6))
    hand.type("征迁未完成")
    hand.choose(desk.cell(page, "problem_cause", 6), "征迁")
    hand.key("Control+Enter")
    expect(desk.state(page, 6)).to_contain_text("9月28日报送")
    # The last three down one column, then all at once.
    hand.at(desk.cell(page, "cumulative", 7))
    for place in (7, 8, 9):
        hand.type(str(150 + 100 * place))
        hand.key("Enter")
        if place < 9:
            hand.at(desk.cell(page, "cumulative", place + 1))
    hand.click(desk.cell(page, "progress", 7))
    for _ in (7, 8, 9):
        hand.type("装饰装修")
        hand.key("Enter")
    expect(desk.state(page, 9)).to_have_text(SAVED)
    hand.click(page.get_by_role("button", name="全部报送"))
    expect(page.locator("#grid-progress")).to_have_text("已报 10 / 10")
    expect(page.locator("#messages")).to_contain_text("已报送 3 个项目。")

    assert hand.actions == ACTIONS, hand.done
    assert hand.actions * SECONDS_AN_ACTION < 120
    assert time.monotonic() - began < 120
    with site.data():
        reports = list(ProgressReport.objects.of_month(YEAR, MONTH).filter(project__in=desk.projects).order_by("project__pk"))
    assert [report.state for report in reports] == [ReportState.FILED] * 10
    assert [int(report.cumulative) for report in reports] == [100, 200, 300, 400, 550, 650, 750, 850, 950, 1050]
    assert [report.no_change for report in reports] == [True] * 4 + [False] * 6
    assert (reports[6].problem, reports[6].problem_cause, reports[9].progress) == ("征迁未完成", "clearance", "装饰装修")


def test_what_is_typed_is_kept_by_itself_and_the_browser_warns_before_it_is(page: Page, site: Site) -> None:
    desk = make_desk(site)
    enter(page, desk.users[0])
    desk.cell(page, "progress").press_sequentially("主体施工")
    expect(page.locator("form[data-dirty=yes]")).to_have_count(1)
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.assign('/todo/'))")
    expect(desk.state(page)).to_have_text(SAVED)
    assert warned == ["beforeunload"]
    expect(page.locator("form[data-dirty=yes]")).to_have_count(0)
    expect(page.locator(f"#chip-{desk.projects[0].code}")).to_have_text("草稿")
    assert desk.report().progress == "主体施工"
    # Typing on is kept with the next version, and an untouched row not at all.
    desk.cell(page, "progress").press_sequentially("至三层")
    expect(desk.state(page)).to_have_text(SAVED)
    page.wait_for_timeout(1800)
    assert (desk.report().progress, desk.report().version) == ("主体施工至三层", 2)
    page.goto("/todo/")
    assert warned == ["beforeunload"]


def test_fast_typing_is_never_overtaken_by_an_older_save(page: Page, site: Site) -> None:
    desk = make_desk(site)
    enter(page, desk.users[0])
    page.route(re.compile("/row/"), lambda route: (time.sleep(0.4), route.continue_()))
    words = ""
    for part in ("一层完成，", "二层完成，", "三层完成，", "四层完成。"):
        words += part
        desk.cell(page, "progress").press_sequentially(part, delay=5)
        page.keyboard.press("Tab")
        desk.cell(page, "progress").click()
        page.keyboard.press("Control+End")
    desk.button(page, "报送").click()
    expect(desk.state(page)).to_contain_text("9月28日报送")
    assert (desk.report().progress, desk.report().state) == (words, ReportState.FILED)


# The server is killed, the session ends


def test_words_survive_a_server_that_is_killed_and_are_kept_when_it_is_back(page: Page, site: Site, tolerate) -> None:
    tolerate("ERR_|Failed to load|htmx:")
    desk = make_desk(site)
    enter(page, desk.users[0])
    desk.cell(page, "progress").press_sequentially("主体施工")
    expect(desk.state(page)).to_have_text(SAVED)
    with site.down():
        desk.cell(page, "progress").press_sequentially("，停电时写的话")
        expect(desk.state(page)).to_contain_text("没有保存：没有连上服务器。填写的内容已留在本机，稍后自动再试。")
    assert desk.report().progress == "主体施工"
    # It tries again by itself.
    expect(desk.state(page)).to_have_text(SAVED, timeout=20_000)
    assert desk.report().progress == "主体施工，停电时写的话"


def test_words_survive_a_killed_server_and_a_closed_browser_window(context: BrowserContext, page: Page, site: Site, tolerate) -> None:
    tolerate("ERR_|Failed to load|htmx:")
    desk = make_desk(site)
    enter(page, desk.users[0])
    with site.down():
        desk.cell(page, "problem").evaluate("field => field.closest('details').open = true")
        desk.cell(page, "problem").press_sequentially("断电前写的问题")
        expect(desk.state(page)).to_contain_text("没有连上服务器")
        page.close()
    assert desk.report() is None
    again = context.new_page()
    again.goto(PAGE)
    offer = desk.row(again).locator(".local-draft")
    expect(offer).to_contain_text("没有存到服务器的内容")
    offer.get_by_role("button", name="恢复").click()
    expect(desk.cell(again, "problem")).to_have_value("断电前写的问题")
    expect(desk.state(again)).to_have_text(SAVED)
    assert desk.report().problem == "断电前写的问题"
    again.reload()
    expect(desk.row(again).locator(".local-draft")).to_have_count(0)


def test_what_is_not_wanted_any_more_is_thrown_away_for_good(page: Page, site: Site, tolerate) -> None:
    tolerate("ERR_|Failed to load|htmx:")
    desk = make_desk(site)
    enter(page, desk.users[0])
    with site.down():
        desk.cell(page, "progress").press_sequentially("写错的话")
        expect(desk.state(page)).to_contain_text("没有连上服务器")
        page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    desk.row(page).get_by_role("button", name="丢弃").click()
    page.reload()
    expect(desk.cell(page, "progress")).to_have_value("")
    expect(desk.row(page).locator(".local-draft")).to_have_count(0)


def test_words_survive_a_session_that_ended_and_nobody_else_is_offered_them(context: BrowserContext, page: Page, site: Site) -> None:
    desk = make_desk(site, people=2)
    enter(page, desk.users[0])
    end_session(context)
    desk.cell(page, "progress").press_sequentially("午休后写的话")
    expect(desk.state(page)).to_contain_text("没有保存：登录已过期。填写的内容已留在本机。")
    assert desk.report() is None
    page.on("dialog", lambda dialog: dialog.accept())
    desk.state(page).get_by_role("link", name="重新登录后恢复").click()
    # A colleague at the same machine is not offered them.
    type_in(page, desk.users[1])
    expect(desk.row(page)).to_be_visible()
    expect(desk.row(page).locator(".local-draft")).to_have_count(0)
    end_session(context)
    page.goto(PAGE)
    type_in(page, desk.users[0])
    desk.row(page).get_by_role("button", name="恢复").click()
    expect(desk.cell(page, "progress")).to_have_value("午休后写的话")
    expect(desk.state(page)).to_have_text(SAVED)
    assert desk.report().progress == "午休后写的话"


def test_the_whole_reports_page_keeps_words_over_a_killed_server_too(page: Page, site: Site, tolerate) -> None:
    tolerate("ERR_|Failed to load|htmx:")
    desk = make_desk(site)
    address = f"/reports/{desk.projects[0].code}/{YEAR}/{MONTH}/"
    enter(page, desk.users[0], address)
    with site.down():
        page.get_by_label("本月进展").fill("整页写的话")
        page.wait_for_timeout(500)
        page.on("dialog", lambda dialog: dialog.accept())
        with pytest.raises(Exception, match="ERR_"):
            page.reload()
    page.goto(address)
    page.get_by_role("button", name="恢复").click()
    expect(page.get_by_label("本月进展")).to_have_value("整页写的话")
    # Shown with its comma after it was saved: still the same figure, and nothing to restore.
    page.get_by_label("本年累计完成投资").fill("1234.5")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("#messages")).to_contain_text("2018年9月月报已存为草稿。")
    expect(page.get_by_label("本年累计完成投资")).to_have_value("1,234.5")
    expect(page.locator(".local-draft")).to_have_count(0)
    assert desk.report().progress == "整页写的话"


# Small screens, no script


def test_on_a_phone_one_card_is_open_at_a_time(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    desk = make_desk(site, 3)
    enter(page, desk.users[0])
    expect(desk.cell(page, "cumulative", 0)).to_be_visible()
    expect(desk.cell(page, "cumulative", 1)).to_be_hidden()
    desk.row(page, 1).locator("[data-row-toggle]").click()
    expect(desk.cell(page, "cumulative", 0)).to_be_hidden()
    desk.cell(page, "cumulative", 1).fill("250")
    desk.cell(page, "progress", 1).fill("手机上填的")
    # Filing is within reach wherever one stands in the open card.
    expect(desk.button(page, "报送", 1)).to_be_in_viewport()
    box = desk.cell(page, "cumulative", 1).bounding_box()
    assert box["height"] >= 44
    desk.button(page, "报送", 1).click()
    expect(desk.state(page, 1)).to_contain_text("9月28日报送")
    expect(desk.cell(page, "cumulative", 2)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (desk.report(1).progress, int(desk.report(1).cumulative)) == ("手机上填的", 250)


def test_it_works_without_script(page: Page, browser: Browser, context: BrowserContext, site: Site) -> None:
    desk = make_desk(site, 2)
    enter(page, desk.users[0])
    with browser.new_context(base_url=site.url, java_script_enabled=False, storage_state=context.storage_state()) as plain:
        tab = plain.new_page()
        tab.goto(PAGE)
        desk.cell(tab, "progress", 1).fill("没有脚本")
        desk.cell(tab, "cumulative", 1).fill("")
        desk.button(tab, "报送", 1).click()
        expect(desk.state(tab, 1)).to_contain_text("没有报送：请填写本年累计完成投资；没有完成投资的填 0。（已存为草稿）")
        expect(desk.cell(tab, "progress", 1)).to_have_value("没有脚本")
        desk.cell(tab, "cumulative", 1).fill("250")
        desk.button(tab, "保存", 1).click()
        assert tab.url.endswith(f"#row-{desk.projects[1].code}")
        expect(tab.locator("#messages")).to_contain_text("已存为草稿")
        tab.get_by_role("button", name="全部报送").click()
        expect(tab.locator("#messages")).to_contain_text("已报送 1 个项目。")
        desk.button(tab, "撤回", 1).click()
        expect(desk.cell(tab, "progress", 1)).to_have_value("没有脚本")
    assert desk.report(1).state == ReportState.DRAFT
