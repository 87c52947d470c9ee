"""Reporting from the site with a phone, asking and deciding at a desk, on paper, and after the session ended."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from erqi.common import clock
from erqi.common.models import User
from erqi.tests.plugin import DEMO_PASSWORD
from erqi.tests.uploads import picture
from projects.choices import ResponsibilityKind
from projects.models import Milestone
from projects.services.milestone import update_milestone
from projects.tests.builders import make_milestone, make_project, make_responsibility, make_unit
from projects.tests.report_builders import join

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 800}


@pytest.fixture(scope="module")
def milestone(site) -> Milestone:
    """A milestone of a project that the demonstration's reporter reports."""
    with site.data():
        unit = make_unit("现场指挥部")
        join(User.objects.get(username="reporter"), unit)
        project = make_project("浏览器里的工程")
        make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
        return make_milestone(project, "other", name="主体封顶", due_on=date(2018, 10, 31))


def project_page(milestone: Milestone) -> str:
    return milestone.project.get_absolute_url()


def fits(page: Page) -> bool:
    """Say whether the page is no wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_photo_is_sent_from_the_site_with_a_phone(page, log_in, milestone):
    page.set_viewport_size(PHONE)
    log_in("reporter").goto(project_page(milestone))
    section = page.locator("section", has=page.get_by_role("heading", name="节点", exact=True))
    section.get_by_role("link", name="更新进展").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("更新进展")
    assert fits(page)
    page.get_by_label("进展情况").fill("主体到十二层，塔吊运转正常")
    photo = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(1600, 1200))}
    page.get_by_label("照片、文件").set_input_files([photo])
    page.get_by_role("button", name="提交").click()
    expect(page).to_have_url(re.compile(rf"#milestone-{milestone.pk}$"))
    layer = page.get_by_role("group", name="主体封顶：自查")
    expect(layer).to_contain_text("主体到十二层，塔吊运转正常")
    expect(layer).to_contain_text("演示·填报员")
    image = layer.get_by_role("img", name="现场.jpg")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0
    assert fits(page)


def test_a_date_is_asked_for_and_granted(page, log_in, milestone):
    page.set_viewport_size(DESK)
    log_in("reporter").goto(f"/milestones/{milestone.pk}/request/")
    page.get_by_label("申请改为").fill("2018-11-30")
    page.get_by_label("病因").select_option(label="手续")
    page.get_by_label("理由").fill("图审退回两次")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("时限变更申请")
    address = page.url
    page.goto(project_page(milestone))
    expect(page.locator(f"#milestone-{milestone.pk}")).to_contain_text("申请改为 2018-11-30，待审批，计时暂停")
    log_in("office").goto("/requests/?state=pending")
    page.locator("main tbody").get_by_role("link", name="浏览器里的工程").click()
    expect(page).to_have_url(address)
    page.get_by_label("同意", exact=True).check()
    page.get_by_role("button", name="提交审批意见").click()
    expect(page.locator("main")).to_contain_text("已同意")
    page.goto(project_page(milestone))
    expect(page.locator(f"#milestone-{milestone.pk}")).to_contain_text("2018-11-30 已变更")
    expect(page.locator(f"#milestone-{milestone.pk}")).to_contain_text("2018-10-31")


def test_what_was_typed_before_the_session_ended_is_offered_again(page, log_in, context, milestone):
    log_in("inspector").goto(f"/milestones/{milestone.pk}/update/")
    page.get_by_label("督察情况").fill("现场三人，无机械")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-draft-hint]")).to_be_visible()
    page.locator("input[name=username]").fill("inspector")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="恢复填写的内容").click()
    expect(page.get_by_label("督察情况")).to_have_value("现场三人，无机械")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("group", name="主体封顶：督察")).to_contain_text("现场三人，无机械")


def test_whoever_lost_all_cookies_comes_back_to_the_form(page, log_in, context, tolerate, milestone):
    tolerate("403")
    page.set_viewport_size(PHONE)
    address = f"/milestones/{milestone.pk}/update/?from=phone"
    log_in("inspector").goto(address)
    page.get_by_label("督察情况").fill("基坑积水，未排")
    context.clear_cookies()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录已过期，刚才提交的内容没有保存")
    assert fits(page)
    page.get_by_role("link", name="重新登录").click()
    page.locator("input[name=username]").fill("inspector")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    expect(page.locator(".local-draft")).to_contain_text("照片、文件需重新选择")
    page.get_by_role("button", name="恢复填写的内容").click()
    expect(page.get_by_label("督察情况")).to_have_value("基坑积水，未排")


def test_the_time_line_is_whole_on_paper(page, log_in, site, milestone):
    with site.data():
        for day in range(1, 7):
            with clock.at(date(2018, 9, day)):
                update_milestone(milestone=milestone, text=f"第{day}次自查", by=User.objects.get(username="reporter"))
    log_in("viewer").goto(project_page(milestone))
    first = page.get_by_text("第1次自查")
    expect(first).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(first).to_be_visible()
    expect(page.get_by_text("更早的")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(first).to_be_hidden()
