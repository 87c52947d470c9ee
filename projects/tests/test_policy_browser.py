"""The warning rules in a real browser: checked while typing, tried out, approved by another, computed by the page itself."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from erqi.tests.site import Site


def test_rules_from_the_first_draft_to_the_first_colours(site: Site, page: Page, log_in: Any) -> None:
    log_in("supervision")
    page.goto("/warnings/policy/")
    page.get_by_role("link", name="从预设B起草").click()
    page.get_by_label("名称").fill("第一版预警规则")
    page.get_by_label("生效日期").fill("2018-09-28")
    page.get_by_role("button", name="建立草稿").click()

    check = page.locator("#check-D1")
    expect(check).to_contain_text("区间连续，没有缺口和重叠。")
    page.get_by_label("节点工期·黄：下限").fill("10")
    page.get_by_label("节点工期·黄：下限").blur()
    expect(check).to_contain_text("“提醒”和“预警”之间有缺口")
    page.get_by_label("节点工期·蓝：上限").fill("10")
    page.get_by_label("节点工期·蓝：上限").blur()
    expect(check).to_contain_text("逾期 10 天（含）至逾期 31 天（不含）")
    expect(check).to_contain_text("区间连续，没有缺口和重叠。")
    # What the basis of D2 is called changes with the basis, wherever it is chosen.
    page.get_by_label("投资评价依据").select_option("gap")
    expect(page.locator("#check-D2")).to_contain_text("个百分点")
    page.get_by_label("投资评价依据").select_option("ratio")
    expect(page.locator("#check-D2")).to_contain_text("区间连续")
    page.get_by_role("button", name="保存草稿").click()

    expect(page.locator("#simulation")).to_contain_text("没有可以测算的项目")
    page.get_by_role("link", name="提交审批").click()
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_text("不能批准自己拟定、修改或提交的规则，须由他人批准。")).to_be_visible()
    rules = page.url

    log_in("office")
    page.goto(rules)
    page.get_by_role("link", name="批准").click()
    page.get_by_role("button", name="确认批准").click()
    expect(page.get_by_text("“第一版预警规则”已批准，2018年9月28日起执行。")).to_be_visible()

    page.goto("/ledgers/2018/")
    page.get_by_role("link", name="启用预警").click()
    page.get_by_role("button", name="确认启用").click()
    # Nobody presses a button: the page carries the pass on.
    expect(page.get_by_text(re.compile(r"已完成：\d+ 个项目的颜色已重算"))).to_be_visible()
    page.get_by_role("link", name="查看四色预警").click()
    expect(page).to_have_url(re.compile("/warnings/$"))
    page.goto("/ledgers/2018/")
    expect(page.get_by_text("预警自2018年9月28日起。")).to_be_visible()


def test_the_pages_fit_a_phone(site: Site, page: Page, log_in: Any) -> None:
    log_in("supervision")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/warnings/policy/")
    addresses = ["/warnings/policy/", "/warnings/policy/new/"]
    page.goto("/warnings/policy/new/?base=A")
    page.get_by_label("名称").fill("第二版")
    page.get_by_role("button", name="建立草稿").click()
    addresses += [page.url, page.url.replace("edit/", ""), page.url.replace("edit/", "simulate/"), page.url.replace("edit/", "submit/")]
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
