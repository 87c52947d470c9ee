"""The grid of monthly reports in a real browser: two people in one row, two clicks on one button, what is withdrawn or locked meanwhile."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from erqi.tests.site import Site
from projects.models import ReportStep
from projects.services.period import lock_month, unlock_month
from projects.tests import builders
from projects.tests.report_builders import MONTH, YEAR
from projects.tests.report_desk import TODAY, enter, make_desk

SAVED = re.compile(r"^\s*已保存 \d\d:\d\d\s*$")


@pytest.fixture(autouse=True)
def _refusals(tolerate: Callable[[str], None]) -> None:
    """Refusals carry their status; the browser notes each in its console."""
    tolerate(r"status of (403|409|422)")
    # Whose role was withdrawn is refused the count of the inbox too, if the page asks for it just then.
    tolerate(r"Error Code 403 from /inbox/count/")


def other_tab(browser: Browser, site: Site) -> Page:
    return browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()


def test_two_reporters_in_one_row_see_each_other_and_choose(page: Page, browser: Browser, site: Site) -> None:
    desk = make_desk(site, people=2)
    enter(page, desk.users[0])
    other = enter(other_tab(browser, site), desk.users[1])
    desk.cell(other, "cumulative").fill("350")
    desk.cell(other, "next_step").fill("李四的计划")
    expect(desk.state(other)).to_have_text(SAVED)
    desk.cell(page, "cumulative").fill("360")
    desk.cell(page, "progress").fill("张三的进展")
    conflict = desk.row(page).locator("[data-row-conflict]")
    expect(conflict).to_contain_text("360万元")
    expect(conflict).to_contain_text(re.compile(r"李四 \d\d:\d\d：350万元"))
    expect(desk.state(page)).to_contain_text("李四刚修改了这份月报。请逐项选择保留哪一个值。")
    expect(desk.cell(page, "next_step")).to_have_value("李四的计划")
    assert int(desk.report().cumulative) == 350
    conflict.get_by_label(re.compile("您：")).check()
    conflict.get_by_role("button", name="按所选保存").click()
    expect(desk.state(page)).to_have_text("草稿，尚未报送")
    expect(desk.cell(page, "cumulative")).to_have_value("360")
    report = desk.report()
    assert (int(report.cumulative), report.progress, report.next_step) == (360, "张三的进展", "李四的计划")
    other.context.close()


def test_what_two_reporters_write_in_different_cells_is_kept_together(page: Page, browser: Browser, site: Site) -> None:
    desk = make_desk(site, people=2)
    enter(page, desk.users[0])
    other = enter(other_tab(browser, site), desk.users[1])
    desk.cell(other, "cumulative").fill("350")
    expect(desk.state(other)).to_have_text(SAVED)
    desk.cell(page, "progress").press_sequentially("张三的进展")
    expect(desk.state(page)).to_contain_text("李四刚改了“本年累计完成投资”，已一并保留")
    expect(desk.cell(page, "cumulative")).to_have_value("350")
    desk.cell(page, "progress").press_sequentially("，继续写")
    expect(desk.state(page)).to_have_text(SAVED)
    report = desk.report()
    assert (int(report.cumulative), report.progress) == (350, "张三的进展，继续写")
    other.context.close()


def test_one_types_while_the_other_files(page: Page, browser: Browser, site: Site) -> None:
    desk = make_desk(site, people=2)
    enter(page, desk.users[0])
    other = enter(other_tab(browser, site), desk.users[1])
    desk.button(other, "无变化").click()
    expect(desk.state(other)).to_contain_text("报送（无变化）")
    desk.cell(page, "progress").press_sequentially("张三的进展")
    expect(desk.state(page)).to_contain_text("李四报送。需要修改的，请先撤回。")
    expect(desk.state(page)).to_contain_text("您填写的 张三的进展")
    expect(desk.cell(page, "progress")).to_have_value("张三的进展")
    assert desk.report().progress == "本月无变化。"
    other.context.close()


@pytest.mark.parametrize("button", ["报送", "无变化"])
def test_a_double_click_files_once(button: str, page: Page, site: Site) -> None:
    desk = make_desk(site)
    enter(page, desk.users[0])
    desk.button(page, button).dblclick()
    expect(desk.state(page)).to_contain_text("9月28日报送")
    page.wait_for_timeout(500)
    with site.data():
        assert ReportStep.objects.filter(report__project=desk.projects[0], report__month=MONTH).count() == 1


def slow_rows(page: Page) -> None:
    """Let every answer to a row take its time."""
    page.route(re.compile("/row/"), lambda route: (time.sleep(0.5), route.continue_()))


def test_after_filing_by_key_typing_goes_on_in_the_next_row_at_once(page: Page, site: Site) -> None:
    desk = make_desk(site, 3)
    enter(page, desk.users[0])
    slow_rows(page)
    desk.cell(page, "cumulative").focus()
    for place in (0, 1, 2):
        page.keyboard.type(str(150 + 100 * place))
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("主体施工")
        page.keyboard.press("Control+Enter")
    expect(page.locator("#grid-progress")).to_have_text("已报 3 / 3")
    assert [(desk.report(place).cumulative, desk.report(place).progress) for place in (0, 1, 2)] == [
        (150 + 100 * place, "主体施工") for place in (0, 1, 2)
    ]


def test_filing_by_key_twice_files_only_the_row_that_was_meant(page: Page, site: Site) -> None:
    desk = make_desk(site, 2)
    enter(page, desk.users[0])
    desk.cell(page, "progress").fill("主体施工")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    expect(desk.state(page)).to_contain_text("9月28日报送")
    expect(desk.cell(page, "cumulative", 1)).to_be_focused()
    page.wait_for_timeout(500)
    assert desk.report(1) is None


def test_a_row_that_is_refused_calls_the_cursor_back_unless_typing_went_on(page: Page, site: Site) -> None:
    desk = make_desk(site, 3)
    enter(page, desk.users[0])
    slow_rows(page)
    desk.cell(page, "cumulative", 0).fill("")
    desk.cell(page, "progress", 0).fill("甲的进展")
    page.keyboard.press("Control+Enter")
    expect(desk.cell(page, "cumulative", 1)).to_be_focused()
    expect(desk.state(page, 0)).to_contain_text("请填写本年累计完成投资")
    expect(desk.cell(page, "cumulative", 0)).to_be_focused()
    desk.cell(page, "cumulative", 1).fill("")
    desk.cell(page, "progress", 1).fill("乙的进展")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("1002")
    expect(desk.state(page, 1)).to_contain_text("请填写本年累计完成投资")
    page.keyboard.type("3")
    expect(desk.cell(page, "cumulative", 2)).to_have_value("10023")


def test_all_files_what_was_typed_a_moment_ago_and_twice_counts_once(page: Page, site: Site) -> None:
    desk = make_desk(site, 3)
    enter(page, desk.users[0])
    desk.cell(page, "progress", 0).fill("甲的进展")
    desk.cell(page, "progress", 1).fill("乙的进展")
    page.get_by_role("button", name="全部报送").dblclick()
    expect(page.locator("#messages")).to_contain_text("已报送 2 个项目。")
    expect(page.locator("#grid-progress")).to_have_text("已报 2 / 3")
    assert [desk.report(place).progress for place in (0, 1)] == ["甲的进展", "乙的进展"]
    assert desk.report(2) is None
    with site.data():
        assert ReportStep.objects.filter(report__project__in=desk.projects, report__month=MONTH).count() == 2


def test_what_all_refuses_stays_with_its_sentence(page: Page, site: Site) -> None:
    desk = make_desk(site, 2)
    enter(page, desk.users[0])
    desk.cell(page, "progress", 0).fill("甲的进展")
    desk.cell(page, "cumulative", 1).fill("")
    desk.cell(page, "progress", 1).fill("乙的进展")
    page.get_by_role("button", name="全部报送").click()
    expect(page.locator("#messages")).to_contain_text("已报送 1 个项目，有 1 个没有报送，原因见各行。")
    expect(desk.state(page, 1)).to_contain_text("请填写本年累计完成投资；没有完成投资的填 0。")
    expect(desk.cell(page, "progress", 1)).to_have_value("乙的进展")


def test_a_wrong_figure_is_named_and_the_rest_is_kept(page: Page, site: Site) -> None:
    desk = make_desk(site)
    enter(page, desk.users[0])
    desk.cell(page, "progress").fill("主体施工")
    desk.cell(page, "cumulative").fill("十二")
    desk.cell(page, "cumulative").press("Tab")
    expect(desk.state(page)).to_contain_text("无法识别“十二”")
    expect(desk.cell(page, "cumulative")).to_have_value("十二")
    assert desk.report().progress == "主体施工"
    desk.cell(page, "cumulative").fill("120")
    expect(desk.state(page)).to_have_text(SAVED)
    assert int(desk.report().cumulative) == 120


def test_a_permission_withdrawn_while_typing_is_said_in_the_row(page: Page, site: Site) -> None:
    desk = make_desk(site)
    enter(page, desk.users[0])
    with site.data():
        withdraw_role(user=desk.users[0], role="reporter", by=builders.make_user("security_admin"))
    desk.cell(page, "progress").press_sequentially("打了很久")
    expect(desk.state(page)).to_have_text("没有保存：您没有填报的权限（或权限刚被收回）。如需填报，请联系安全管理员。")
    expect(desk.cell(page, "progress")).to_have_value("打了很久")
    assert desk.report() is None


def test_a_month_locked_while_typing_is_said_in_the_row(page: Page, site: Site) -> None:
    desk = make_desk(site)
    enter(page, desk.users[0])
    with site.data(), clock.at(TODAY):
        lock_month(year=YEAR, month=MONTH, by=builders.make_user("office"))
    try:
        desk.cell(page, "progress").press_sequentially("打了很久")
        expect(desk.state(page)).to_contain_text("没有保存：2018年9月已锁定，不能再修改。确需更正的，请填写更正单")
        expect(desk.cell(page, "progress")).to_have_value("打了很久")
        assert desk.report() is None
    finally:
        with site.data(), clock.at(TODAY):
            unlock_month(year=YEAR, month=MONTH, until=TODAY.replace(day=30), note="测试", by=builders.make_user("office"))
