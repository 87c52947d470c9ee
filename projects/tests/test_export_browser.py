"""Exports in a real browser: rows ticked by key, the menu without script, what is chosen in the report centre."""

from pathlib import Path

import openpyxl
from playwright.sync_api import Download, Page, expect

from projects.tests.downloads import cover, rows


def saved(download: Download, folder: Path) -> openpyxl.Workbook:
    """Keep the download under its own name and open it."""
    path = folder / download.suggested_filename
    download.save_as(path)
    return openpyxl.load_workbook(path)


def test_rows_ticked_by_key_are_exported_alone(page: Page, log_in, tmp_path):
    log_in("viewer").goto("/ledgers/2018/?cols=code")
    boxes = page.locator("tbody input[data-check]")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("tbody input[data-check]:checked")).to_have_count(2)
    expect(page.get_by_label("勾选本页全部行")).to_have_js_property("indeterminate", True)
    names = [page.locator("tbody tr").nth(place).locator("td.name a").first.inner_text() for place in (0, 2)]
    page.get_by_text("导出", exact=True).click()
    expect(page.locator(".export-menu")).to_contain_text("已选 2")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Excel 工作簿").click()
    assert waiting.value.suggested_filename == "二七区2018年重点项目台账_20180928.xlsx"
    book = saved(waiting.value, tmp_path)
    assert [row["项目名称"] for row in rows(book.worksheets[1])[:2]] == names
    # The page stays as it was, its ticks too; one box ticks all of them.
    expect(page.locator("tbody input[data-check]:checked")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_label("勾选本页全部行").check()
    expect(page.locator("tbody input[data-check]:checked")).to_have_count(boxes.count())


def test_after_filtering_the_menu_exports_what_is_shown(page: Page, log_in, tmp_path):
    log_in("viewer").goto("/ledgers/2018/")
    page.locator("main").get_by_placeholder("项目名称、编号或拼音首字母").fill("中物科技")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.get_by_text("导出", exact=True).click()
    page.get_by_role("radio", name="亿元").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Excel 工作簿").click()
    book = saved(waiting.value, tmp_path)
    assert [row["项目名称"] for row in rows(book.worksheets[1])[:2]] == ["中物科技园", "1 条"]
    assert (cover(book)["筛选条件"], cover(book)["金额单位"]) == ("搜索：中物科技", "亿元")


def test_without_script_rows_are_ticked_and_exported_too(browser, site, log_in, context, tmp_path):
    log_in("viewer")
    with browser.new_context(base_url=site.url, java_script_enabled=False, storage_state=context.storage_state()) as plain:
        page = plain.new_page()
        page.goto("/ledgers/2018/?cols=code")
        page.locator("tbody input[data-check]").nth(3).check()
        page.get_by_text("导出", exact=True).click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Excel 工作簿").click()
        assert len([row for row in rows(saved(waiting.value, tmp_path).worksheets[1]) if isinstance(row.get("序号"), int)]) == 1


def test_the_centre_downloads_what_was_chosen_without_applying_it_first(page: Page, log_in, tmp_path):
    log_in("leader").goto("/exports/")
    page.get_by_text("片区", exact=True).click()
    page.get_by_role("checkbox", name="马寨产业集聚区", exact=True).check()
    page.keyboard.press("Escape")
    page.get_by_label("截至").fill("2018-06-30")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载重点项目总台账 Excel 工作簿").click()
    assert waiting.value.suggested_filename == "2018年重点项目总台账_20180630.xlsx"
    book = saved(waiting.value, tmp_path)
    said = cover(book)
    assert said["筛选条件"] == "片区：马寨产业集聚区"
    assert said["数据截止"].startswith("2018年6月30日")
    assert {row["基本·片区"] for row in rows(book["总台账"]) if isinstance(row["基本·序号"], int)} == {"马寨产业集聚区"}
