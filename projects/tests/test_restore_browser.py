"""What a browser kept comes back after somebody else saved: nothing of theirs is lost, and both values of one cell are shown."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from erqi.tests.plugin import DEMO_PASSWORD
from erqi.tests.site import Site
from projects.models import Project
from projects.services.project import change_project
from projects.tests.report_builders import MONTH, YEAR
from projects.tests.report_desk import PAGE, enter, make_desk
from projects.tests.test_report_browser import SAVED
from projects.tests.test_report_browser_two import other_tab


@pytest.fixture(autouse=True)
def _refusals(tolerate: Callable[[str], None]) -> None:
    """Refusals carry their status; a dead server is noted in the console."""
    tolerate(r"status of (403|409|422)|ERR_|Failed to load|htmx:")


def test_a_row_brought_back_takes_nothing_of_what_another_saved_meanwhile(
    context: BrowserContext, page: Page, browser: Browser, site: Site
) -> None:
    desk = make_desk(site, people=2)
    enter(page, desk.users[0])
    desk.cell(page, "progress").fill("张三的进展")
    expect(desk.state(page)).to_have_text(SAVED)
    with site.down():
        desk.cell(page, "progress").fill("张三断线后的进展")
        desk.cell(page, "self_level").select_option(index=1)
        expect(desk.state(page)).to_contain_text("没有连上服务器")
        page.close()
    other = enter(other_tab(browser, site), desk.users[1])
    desk.cell(other, "cumulative").fill("350")
    desk.cell(other, "next_step").fill("李四的计划")
    desk.cell(other, "progress").fill("李四的进展")
    expect(desk.state(other)).to_have_text(SAVED)

    again = context.new_page()
    again.goto(PAGE)
    desk.row(again).get_by_role("button", name="恢复").click()
    # Only what was changed comes back; what the other one wrote elsewhere stands.
    expect(desk.cell(again, "cumulative")).to_have_value("350")
    expect(desk.cell(again, "next_step")).to_have_value("李四的计划")
    expect(desk.cell(again, "progress")).to_have_value("张三断线后的进展")
    conflict = desk.row(again).locator("[data-row-conflict]")
    expect(conflict).to_contain_text(re.compile(r"李四 \d\d:\d\d：李四的进展"))
    expect(conflict.locator("fieldset")).to_have_count(1)
    assert desk.report().progress == "李四的进展"
    conflict.get_by_label(re.compile("您：")).check()
    conflict.get_by_role("button", name="按所选保存").click()
    expect(desk.state(again)).to_have_text("草稿，尚未报送")
    report = desk.report()
    assert (int(report.cumulative), report.next_step, report.progress) == (350, "李四的计划", "张三断线后的进展")
    assert report.self_level is not None
    other.context.close()


def test_a_whole_report_sent_into_a_dead_server_is_not_taken_for_saved_when_another_saved(
    context: BrowserContext, page: Page, browser: Browser, site: Site
) -> None:
    desk = make_desk(site, people=2)
    address = f"/reports/{desk.projects[0].code}/{YEAR}/{MONTH}/"
    enter(page, desk.users[0], address)
    with site.down():
        page.get_by_label("本月进展").fill("张三的进展")
        page.get_by_label("下步计划").fill("张三的计划")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="存为草稿").click()
        page.wait_for_url("chrome-error://**")
        page.close()
    other = enter(other_tab(browser, site), desk.users[1])
    desk.cell(other, "cumulative").fill("350")
    desk.cell(other, "progress").fill("李四的进展")
    expect(desk.state(other)).to_have_text(SAVED)

    again = context.new_page()
    again.goto(address)
    again.get_by_role("button", name="恢复").click()
    expect(again.get_by_label("本年累计完成投资")).to_have_value("350")
    again.get_by_role("button", name="存为草稿").click()
    conflict = again.get_by_role("region", name="修改冲突")
    expect(conflict.locator("tbody tr")).to_have_count(1)
    expect(conflict).to_contain_text("李四的进展")
    again.get_by_role("button", name="存为草稿").click()
    expect(again.locator("#messages")).to_contain_text("2018年9月月报已存为草稿。")
    expect(again.locator(".local-draft")).to_have_count(0)
    report = desk.report()
    assert (int(report.cumulative), report.progress, report.next_step) == (350, "李四的进展", "张三的计划")
    other.context.close()


def test_an_edit_brought_back_after_a_new_log_in_shows_what_another_changed(
    context: BrowserContext, page: Page, site: Site, log_in: Callable[[str], Page]
) -> None:
    log_in("office").goto("/projects/EQ-2018-024/edit/")
    page.get_by_label("建设内容").fill("会话过期前写的内容")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="保存").first.click()
    with site.data():
        project = Project.objects.get(code="EQ-2018-024")
        change_project(project=project, version=project.version, by=None, content="别人写的内容", batch="第九期")
    page.locator("input[name=username]").fill("office")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="恢复填写的内容").click()
    expect(page.get_by_label("建设内容")).to_have_value("会话过期前写的内容")
    expect(page.get_by_label("三个一批期次")).to_have_value("第九期")
    page.get_by_role("button", name="保存").first.click()
    conflict = page.get_by_role("region", name="修改冲突")
    expect(conflict).to_contain_text("别人写的内容")
    expect(conflict.locator("tbody tr")).to_have_count(1)
