"""A notice from a project's page to its archive in a browser, at a desk and on phones; and its paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from erqi.common.models import User
from projects.choices import ResponsibilityKind
from projects.models import Project
from projects.tests.builders import make_project, make_responsibility, make_unit
from projects.tests.report_builders import join

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 800}


@pytest.fixture(scope="module")
def project(site) -> Project:
    """A project that the demonstration's reporter reports."""
    with site.data():
        unit = make_unit("通知单承办单位")
        join(User.objects.get(username="reporter"), unit)
        project = make_project("通知单里的工程")
        make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
        return project


def fits(page: Page) -> bool:
    # The address is there before the page is.
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def do(page: Page, link: str, button: str, **fields: str) -> None:
    """Open an action from the notice's page, fill it in and send it."""
    page.get_by_role("main").get_by_role("link", name=link, exact=True).click()
    for label, value in fields.items():
        page.get_by_label(label).fill(value)
    assert fits(page)
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(re.compile(r"/supervision/notices/\d+/$"))
    assert fits(page)


def test_a_notice_goes_from_a_project_to_the_archive(page, log_in, project):
    page.set_viewport_size(DESK)
    log_in("supervision").goto(project.get_absolute_url())
    page.get_by_role("link", name="拟发通知单").first.click()
    expect(page.get_by_label("主送（承办）单位")).to_have_value("通知单承办单位")
    expect(page.get_by_label("标题")).to_have_value(re.compile("通知单里的工程"))
    page.get_by_role("button", name="保存拟稿").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("通知单里的工程")
    address = page.url
    do(page, "送审", "送审")
    page.set_viewport_size(PHONE)
    log_in("leader").goto(address)
    do(page, "审签", "同意签发", 意见="同意")
    page.set_viewport_size(DESK)
    log_in("supervision").goto(address)
    do(page, "下发", "下发")
    expect(page.locator("main")).to_contain_text(re.compile(r"二七督〔2018〕\d+号"))

    page.set_viewport_size(PHONE)
    log_in("reporter").goto("/todo/?kind=notice")
    expect(page.get_by_role("heading", name="签收：二七督")).to_be_visible()
    page.goto(address)
    do(page, "签收", "签收")
    page.get_by_role("main").get_by_role("link", name="反馈", exact=True).click()
    page.get_by_label("病因").select_option(label="手续")
    page.get_by_label("反馈内容").fill("一、图审退回。二、已补正，倒排工期。三、10月底开工。")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.locator("main")).to_contain_text("待审核")
    assert fits(page)

    log_in("inspector").goto(address)
    do(page, "审核通过", "审核通过", 意见="现场核对属实")
    page.set_viewport_size(DESK)
    log_in("supervision").goto(address)
    do(page, "办结", "办结", 意见="同意办结")
    do(page, "归档", "归档")
    expect(page.locator("main")).to_contain_text("已归档。")
    page.get_by_role("main").get_by_role("link", name="打印", exact=True).click()
    paper = page.locator("article.paper")
    expect(paper).to_contain_text("二七区督察通知单")
    assert paper.evaluate("paper => getComputedStyle(paper.querySelector('.paper-mark')).color") == "rgb(230, 0, 18)"
    width = paper.evaluate("paper => paper.getBoundingClientRect().width / 96 * 25.4")
    assert abs(width - 210) < 1, "A4 on the screen"


def test_the_list_is_worked_with_the_keyboard_and_fits_a_phone(page, log_in, project):
    page.set_viewport_size(DESK)
    log_in("supervision").goto("/supervision/notices/")
    page.get_by_role("main").locator("input[name=q]").fill("通知单里的工程")
    page.keyboard.press("Enter")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.set_viewport_size(PHONE)
    page.goto("/supervision/notices/")
    assert fits(page)
