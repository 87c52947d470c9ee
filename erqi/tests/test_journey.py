"""What people do in a browser: log in, filter, open, edit, see the history; on a desk screen and on a phone."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from playwright.sync_api import Page, expect

from erqi.common.models import SavedView, User
from erqi.tests.permissions import PUBLIC, TABLE, address_of
from erqi.tests.permissions_supervision import supervision_samples
from erqi.tests.plugin import DEMO_PASSWORD
from projects.choices import WarningLevel
from projects.models import (
    Area,
    Category,
    DateRequest,
    Document,
    Hold,
    LedgerRevision,
    LevelOverride,
    Lifting,
    Milestone,
    Person,
    Project,
    Rescheduling,
    Responsibility,
    Target,
    TargetClaim,
    Unit,
    WarningPolicy,
)
from projects.services.schedule import start_pass
from projects.tests import warning_builders
from projects.tests.builders import make_reading
from supervision.models import Mechanism, Theme

LATELY, END = date(2018, 9, 20), date(2018, 12, 31)
# Looked at by the tests of their own pages: the documented data have neither a correction nor an attachment.
ELSEWHERE = {"correction", "attachment"}
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
    expect(page.get_by_role("heading", level=1)).to_have_text("2018年重点项目态势")
    if not wide:
        page.get_by_label("菜单", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="重点项目台账", exact=True).click()
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


def some(model: type[Model], make: Callable[[], Model]) -> int:
    """Return the key of a record, making one when the database has none: the tests of a file share it."""
    return (model.objects.order_by("pk").first() or make()).pk


def some_reading(target: Target) -> int:
    """Return the key of a result of the target."""
    found = target.readings.first() or make_reading(target, 1, date(2018, 6, 30))
    return found.pk


_supervised: dict[str, dict[str, Any]] = {}


def seeded_samples(user: User) -> dict[str, dict[str, Any]]:
    """Return what fills the addresses of the permission table from the documented records, whose names are as long as they come."""
    claim = TargetClaim.objects.filter(target__year=2018, adopted=False, withdrawn_on=None).select_related("target").first()
    target = {"year": 2018, "pk": claim.target_id}
    project = Project.objects.get(code="EQ-2018-059")
    unit, person, document = Unit.objects.earliest("pk"), Person.objects.earliest("pk"), Document.objects.get(code="D2")
    theme = Theme.objects.earliest("pk")
    # Made once: the tests of this file share the database.
    if not _supervised:
        _supervised.update(supervision_samples(project, theme, unit))
    movable = Milestone.objects.filter(due_on__isnull=False, done_on=None, done_known_on=None, date_requests=None).earliest("pk")
    return {
        **_supervised,
        "": {},
        "account": {"pk": user.pk},
        "ledger": {"code": "2018"},
        "revision": {"code": "2018", "pk": LedgerRevision.objects.filter(ledger__code="2018").earliest("pk").pk},
        "view": {"pk": SavedView.objects.get_or_create(owner=user, page="ledger", name="视图")[0].pk},
        "project": {"code": project.code},
        "entry": {"pk": project.entries.earliest("pk").pk},
        "responsibility": {"pk": Responsibility.objects.earliest("pk").pk},
        "milestone": {"pk": Milestone.objects.earliest("pk").pk},
        "year": {"year": 2018},
        "export": {"report": "ledger"},
        "date_request": {"pk": some(DateRequest, lambda: warning_builders.make_date_request(movable, END, on=LATELY))},
        "hold": {"pk": some(Hold, lambda: warning_builders.make_hold(project, date(2018, 10, 8), date(2018, 12, 20), state="pending"))},
        "lifting": {"pk": some(Lifting, lambda: warning_builders.make_lifting(project))},
        "override": {"pk": some(LevelOverride, lambda: warning_builders.set_level(project, WarningLevel.RED, date(2018, 9, 1), LATELY))},
        "policy": {"pk": some(WarningPolicy, lambda: warning_builders.make_policy(None, state="draft"))},
        "pass": {"pk": some(Rescheduling, lambda: start_pass(reason="重算", by=None))},
        "period": {"year": 2018, "month": 7},
        "plan": {"code": project.code, "year": 2018},
        "locked_month": {"code": project.code, "year": 2018, "month": 7},
        "month": {"code": project.code, "year": 2018, "month": 9},
        "report_attachment": {"code": project.code, "year": 2018, "month": 9, "pk": 1},
        "target": target,
        "claim": {**target, "claim": claim.pk},
        "reading": {**target, "reading": some_reading(claim.target)},
        "document": {"code": document.code},
        "unit": {"pk": unit.pk},
        "person": {"pk": person.pk},
        "theme": {"code": theme.code},
        "mechanism": {"code": Mechanism.objects.earliest("pk").code},
        "shortcut": {"content_type_id": ContentType.objects.get_for_model(Unit).pk, "object_id": unit.pk},
        "admin_unit": {"object_id": unit.pk},
        "admin_person": {"object_id": person.pk},
        "admin_area": {"object_id": Area.objects.earliest("pk").pk},
        "admin_category": {"object_id": Category.objects.earliest("pk").pk},
        "admin_document": {"object_id": document.pk},
        "admin_theme": {"object_id": theme.pk},
    }


# Pages of every kind; the three administrators and the supervision office are shown only what `office` has not been.
@pytest.mark.parametrize("who", ["office", "supervision", "sysadmin", "secadmin", "auditor"])
def test_no_page_is_wider_than_the_screen_and_each_has_one_heading(page, context, log_in, site, who):
    log_in(who)
    with site.data():
        user, office = User.objects.get(username=who), User.objects.get(username="office")
        filled = seeded_samples(user)
        addresses = [
            address_of(name, rule, filled)
            for name, rule in TABLE.items()
            # The inbox's count is a part of the header and no page.
            if rule.sample not in ELSEWHERE
            and name != "projects:inbox_count"
            and rule.allows(user, "GET")
            and rule.permission != PUBLIC
            and (who == "office" or not rule.allows(office, "GET"))
        ]
    seen, wrong = 0, []
    for address in addresses:
        answer = context.request.get(address, max_redirects=0)
        # Addresses that lead on, take only what is sent, or give data are no pages.
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            assert answer.status in {200, 302, 404, 405}, (address, answer.status)
            continue
        seen += 1
        page.set_viewport_size(SIZES["desk"])
        page.goto(address)
        for size in SIZES.values():
            page.set_viewport_size(size)
            width, headings = page.evaluate("[document.documentElement.scrollWidth, document.querySelectorAll('h1').length]")
            if width > size["width"] or headings != 1:
                wrong.append(f"{address} at {size['width']}: {width} wide, {headings} h1")
    assert seen
    assert not wrong, "\n".join(wrong)


def test_the_ledger_works_without_script(browser, site, log_in, context):
    log_in("viewer")
    with browser.new_context(base_url=site.url, java_script_enabled=False, storage_state=context.storage_state()) as plain:
        page = plain.new_page()
        page.goto("/ledgers/2018/")
        page.locator("main").get_by_placeholder("项目名称、编号或拼音首字母").fill("中物科技")
        page.locator("main").get_by_role("button", name="筛选").first.click()
        expect(page.locator("main tbody tr")).to_have_count(1)
        expect(page.locator("main tbody")).to_contain_text("中物科技园")


def test_what_was_typed_before_the_session_ended_is_offered_again(page, log_in, context):
    log_in("office").goto("/projects/EQ-2018-024/edit/")
    page.get_by_label("建设内容").fill("会话过期前写的内容")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="保存").first.click()
    expect(page.locator("[data-draft-hint]")).to_be_visible()
    page.locator("input[name=username]").fill("office")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="恢复填写的内容").click()
    expect(page.get_by_label("建设内容")).to_have_value("会话过期前写的内容")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("时尚产业小镇")
    expect(page.locator("main")).to_contain_text("会话过期前写的内容")
