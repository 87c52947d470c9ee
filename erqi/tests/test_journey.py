"""What people do in a browser: log in, filter, open, edit, see the history; on a desk screen and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from erqi.tests.plugin import DEMO_PASSWORD

SIZES = {"desk": {"width": 1366, "height": 800}, "phone": {"width": 360, "height": 740}}


@pytest.fixture(params=SIZES)
def sized(request, page: Page) -> Page:
    """A tab of the width of an office screen or of a phone."""
    page.set_viewport_size(SIZES[request.param])
    return page


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_log_in_filter_open_edit_and_see_the_history(sized):
    page = sized
    wide = page.viewport_size["width"] > 500
    sign_in(page, "office")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("二七区2018年重点项目台账"))

    search = page.locator("main").get_by_placeholder("项目名称、编号或拼音首字母")
    search.fill("ldst")
    search.press("Enter")
    expect(page).to_have_url(re.compile("q=ldst"))
    rows = page.locator("main tbody tr:visible")
    expect(rows).to_have_count(1)
    page.locator("main").get_by_role("link", name="绿地双塔").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("绿地双塔")

    page.get_by_role("link", name="修改项目").click()
    content = f"双塔，{'宽屏' if wide else '手机'}登记"
    page.get_by_label("建设内容").fill(content)
    page.get_by_label("总投资").fill("79.3亿")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("绿地双塔")
    expect(page.locator("main")).to_contain_text(content)
    expect(page.locator("main")).to_contain_text("79.3亿元")

    page.get_by_role("link", name="痕迹").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("痕迹")
    newest = page.locator("main")
    expect(newest).to_contain_text("演示·重点项目办")
    expect(newest).to_contain_text("建设内容")
    expect(newest).to_contain_text(content)


def test_a_figure_leads_to_its_paragraph_in_one_click(page, log_in):
    log_in("viewer").goto("/projects/EQ-2018-059/")
    page.locator("dd", has_text="79.3亿元").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/documents/D2/#p-\d+"))
    number = page.url.rpartition("-")[2]
    expect(page.locator(f"#p-{number}")).to_contain_text("79.3亿元")


def test_the_second_to_save_is_shown_the_difference(page, log_in, browser, site, tolerate):
    tolerate("409")
    log_in("office").goto("/projects/EQ-2018-022/edit/")
    with browser.new_context(base_url=site.url, locale="zh-CN") as context:
        other = context.new_page()
        sign_in(other, "office")
        other.goto("/projects/EQ-2018-022/edit/")
        other.get_by_label("建设内容").fill("先保存的内容")
        other.get_by_role("button", name="保存").first.click()
        expect(other.locator("main")).to_contain_text("先保存的内容")
    page.get_by_label("建设内容").fill("后保存的内容")
    page.get_by_role("button", name="保存").first.click()
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("先保存的内容")
    expect(conflict).to_contain_text("后保存的内容")
    expect(conflict).to_contain_text("演示·重点项目办")


PAGES = [
    "/ledgers/2018/",
    "/ledgers/2017/",
    "/ledgers/2022/",
    "/ledgers/2018-erqi-xinqu/",
    "/projects/EQ-2018-059/",
    "/projects/EQ-2018-059/edit/",
    "/projects/new/",
    "/targets/2018/",
    "/documents/",
    "/documents/D2/",
    "/units/",
    "/people/",
    "/supervision/themes/",
    "/supervision/mechanisms/",
    "/history/",
]


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_screen(page, log_in, size):
    page.set_viewport_size(SIZES[size])
    log_in("office")
    wide = []
    for path in PAGES:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        if page.evaluate("document.documentElement.scrollWidth") > SIZES[size]["width"]:
            wide.append(path)
    assert not wide


def test_the_ledger_works_without_script(browser, site, log_in, context):
    log_in("viewer")
    with browser.new_context(base_url=site.url, java_script_enabled=False, storage_state=context.storage_state()) as plain:
        page = plain.new_page()
        page.goto("/ledgers/2018/")
        page.locator("main").get_by_placeholder("项目名称、编号或拼音首字母").fill("中物科技")
        page.locator("main").get_by_role("button", name="筛选").first.click()
        expect(page.locator("main tbody tr")).to_have_count(1)
        expect(page.locator("main tbody")).to_contain_text("中物科技园")
