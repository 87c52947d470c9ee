"""The supervision cycle as five people go through it, two of them with a phone: an inspection finds a report untrue, the unit puts it
right, it is settled; an item is struck off with both pictures; a leader asks and is answered."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from erqi.common.models import User
from erqi.tests.uploads import picture
from projects.choices import ResponsibilityKind
from projects.models import Project
from projects.tests.builders import make_project, make_responsibility, make_unit
from projects.tests.report_builders import join
from supervision.models import SupervisionItem
from supervision.services.item import register_item
from supervision.services.mechanism import add_theme

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 800}


@pytest.fixture(scope="module")
def project(site) -> Project:
    """A project that the demonstration's reporter reports."""
    with site.data():
        unit = make_unit("督察演练指挥部")
        join(User.objects.get(username="reporter"), unit)
        project = make_project("督察演练工程")
        make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
        return project


@pytest.fixture(scope="module")
def item(site, project) -> SupervisionItem:
    """An item that the same unit carries out."""
    with site.data():
        return register_item(
            theme=add_theme(code="drill", seq=90, name="督察演练", by=None),
            name="演练事项",
            source="meeting",
            goal="清零",
            due_on=date(2018, 10, 31),
            grid=[(ResponsibilityKind.UNDERTAKE, project.responsibilities.get().unit)],
            projects=[project],
            by=None,
        )


def fits(page: Page) -> bool:
    """Say whether the page is no wider than the screen, once it has come."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def photo(name: str, colour: str) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture(size=(800, 600), colour=colour)}


def test_an_untrue_report_is_found_put_right_and_settled(page, log_in, project):
    page.set_viewport_size(PHONE)
    log_in("inspector").goto(project.get_absolute_url())
    page.get_by_role("link", name="登记督察", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登记督察")
    assert fits(page)
    page.get_by_role("combobox", name=re.compile(r"^结论")).select_option(label="不实")
    page.get_by_label("不实之处").fill("上报封顶，现场三层")
    page.get_by_label("督察意见").fill("请更正并说明")
    page.get_by_label("现场照片或文件").set_input_files([photo("现场.jpg", "red")])
    page.get_by_role("button", name="登记结论").click()
    expect(page.locator("main")).to_contain_text("已作出不实认定")
    assert fits(page)
    log_in("viewer").goto(project.get_absolute_url())
    expect(page.locator(".page-heading")).to_contain_text("上报不实")
    # The unit, on its phone.
    log_in("reporter").goto("/todo/?kind=finding")
    assert fits(page)
    page.locator(".todo-item", has_text="督察演练工程").get_by_role("link", name="更正并说明").click()
    page.get_by_label("更正了什么").fill("已更正月报")
    page.get_by_label("原因说明").fill("误把计划当完成")
    page.get_by_role("button", name="更正并说明").click()
    expect(page.locator("main")).to_contain_text("待核查")
    finding = page.url
    page.set_viewport_size(DESK)
    log_in("inspector").goto(finding)
    page.get_by_role("link", name="核查属实").click()
    page.get_by_label("情况").fill("已核对月报")
    page.get_by_role("button", name="核查属实").click()
    log_in("supervision").goto(finding)
    page.get_by_role("link", name="办结", exact=True).click()
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.locator("main")).to_contain_text("已办结")
    log_in("viewer").goto(project.get_absolute_url())
    expect(page.locator(".page-heading")).not_to_contain_text("上报不实")


def test_an_item_is_struck_off_by_three_people(page, log_in, item):
    page.set_viewport_size(PHONE)
    log_in("reporter").goto(item.get_absolute_url())
    assert fits(page)
    page.get_by_role("link", name="申请销号").click()
    assert fits(page)
    page.get_by_label("完成情况").fill("已清零")
    page.get_by_label("办理前的照片或文件").set_input_files([photo("前.jpg", "red")])
    page.get_by_label("办理后的照片或文件").set_input_files([photo("后.jpg", "green")])
    page.get_by_role("button", name="申请销号").click()
    expect(page.locator("main")).to_contain_text("待核验")
    page.set_viewport_size(DESK)
    log_in("inspector").goto(item.get_absolute_url())
    page.get_by_role("link", name="核验通过").click()
    page.get_by_label("情况").fill("看过现场")
    page.get_by_role("button", name="核验通过").click()
    # An inspector does not confirm.
    expect(page.get_by_role("link", name="确认销号")).to_have_count(0)
    log_in("supervision").goto(item.get_absolute_url())
    page.get_by_role("link", name="确认销号").click()
    page.get_by_role("button", name="确认销号").click()
    expect(page.locator("main")).to_contain_text("已销号")


def test_a_leader_asks_one_sentence_and_is_answered(page, log_in, project):
    page.set_viewport_size(PHONE)
    log_in("leader").goto(project.get_absolute_url())
    page.get_by_role("link", name="问查", exact=True).first.click()
    assert fits(page)
    page.get_by_label("问什么").fill("何时复工？")
    page.get_by_role("button", name="提交问查").click()
    expect(page).to_have_url(re.compile(r"/supervision/inquiries/\d+/$"))
    asked = page.url
    page.set_viewport_size(DESK)
    log_in("reporter").goto("/todo/?kind=inquiry")
    page.locator(".todo-item", has_text="何时复工？").get_by_role("link", name="答复").click()
    page.get_by_label("情况").fill("下周一复工")
    page.get_by_role("button", name="答复").click()
    log_in("leader").goto(asked)
    expect(page.locator("main")).to_contain_text("下周一复工")
    page.get_by_role("link", name="了结").click()
    page.get_by_role("button", name="了结").click()
    expect(page.locator("main")).to_contain_text("已了结")
