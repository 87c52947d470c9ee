"""Accounts, roles and reference data in a browser: nothing is refused by the content policy, confirmations ask, pages fit a phone."""

import pytest
from playwright.sync_api import Page, expect

PHONE = {"width": 360, "height": 740}


def fits(page: Page) -> bool:
    """Say whether the page needs no scrolling sideways at a phone's width."""
    page.set_viewport_size(PHONE)
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_open_close_and_reset_an_account(page, log_in):
    log_in("sysadmin").goto("/accounts/new/")
    page.get_by_label("用户名").fill("zhangsan")
    page.get_by_label("姓名").fill("张三")
    page.get_by_role("button", name="建立账号").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("一次性密码")
    assert fits(page)
    page.get_by_role("link", name="已告知，回到账号").click()
    page.get_by_role("button", name="停用账号").click()
    # The dialog asks first; nothing has happened yet.
    expect(page.get_by_role("dialog")).to_contain_text("确定停用吗")
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(page.locator("main")).to_contain_text("已停用")
    assert fits(page)


def test_grant_a_role(page, log_in):
    log_in("secadmin").goto("/accounts/roles/?q=查阅")
    page.get_by_label("授予演示·查阅的角色").select_option("inspector")
    page.get_by_role("button", name="授予演示·查阅所选角色").click()
    expect(page.get_by_role("status")).to_contain_text("已授予演示·查阅（viewer）“督察员”")
    assert fits(page)


def test_a_lock_out_is_explained(page, tolerate):
    tolerate("429")
    for _ in range(5):
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill("leader")
        page.get_by_label("密码").fill("Wrong-Guess-1")
        page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录已暂时锁定")
    assert fits(page)


@pytest.mark.parametrize("address", ["", "projects/unit/", "projects/unit/add/", "projects/person/add/", "projects/document/"])
def test_the_admin_keeps_to_the_content_policy(page, log_in, address):
    log_in("office").goto(f"/admin/{address}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
