"""Windows of every width: laptops at 200 %, the display of a meeting room; the keyboard's place is always seen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from erqi.tests.site import Site, running_site

WIDTHS = (683, 700, 720, 768, 820, 920, 992)


@pytest.fixture(scope="module")
def site(django_db_blocker: object) -> Iterator[Site]:
    """The demonstration's data: every panel has something to show."""
    with running_site(django_db_blocker, demo=True) as started:
        yield started


@pytest.mark.parametrize("font", ["", "larger"])
def test_the_header_fits_between_phone_and_desk(page, log_in, font):
    log_in("supervision").goto("/")
    page.evaluate("document.querySelector('.site-user').textContent = '演示·重点项目办公室综合协调科'")
    page.evaluate(f"document.documentElement.dataset.font = '{font}'")
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        found, bar = page.evaluate("[document.documentElement.scrollWidth, document.querySelector('.site-header').scrollHeight]")
        if found > width or bar > 70:
            wrong.append((width, found, bar))
    assert not wrong


def test_a_focused_button_is_outlined(page, log_in):
    log_in("office")
    for address in ("/targets/2018/", "/?screen=1"):
        page.goto(address)
        button = page.locator("main .btn").first
        button.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        expect(button).to_be_focused()
        expect(button).to_have_css("outline-style", "solid")
        expect(button).to_have_css("outline-width", "2px")


def test_the_marks_of_the_wall_are_reached_by_keyboard(page, log_in):
    log_in("viewer")
    page.goto("/wall/2018/")
    page.locator(".wall-title").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("a.wm:focus")).to_have_count(1)
    expect(page.locator(".wall-tip")).to_be_visible()


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (3840, 2160)])
def test_the_cockpit_fits_one_screen(page, log_in, size):
    log_in("leader")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for address in ("/?screen=1&scope=all", "/?screen=1", "/?screen=1&year=2017&scope=all"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1], address
        cut = page.evaluate(
            """[...document.querySelectorAll('.screen-grid .panel-body, .screen-grid .cockpit-targets, .screen-grid .facts')]
            .filter(box => box.scrollHeight > box.clientHeight + 2).map(box => box.closest('section').textContent.slice(0, 40))"""
        )
        assert cut == [], address


def test_the_wall_screen_is_read_from_afar_and_left_by_escape(page, log_in):
    log_in("viewer")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/?screen=1")
    sizes = page.evaluate(
        """Object.fromEntries(['.panel-head h2', '.panel-tools a', '.cockpit-lines li', '.cockpit-target-name', '.fact-label'].map(
            one => [one, parseFloat(getComputedStyle(document.querySelector('.screen-grid ' + one)).fontSize)]))"""
    )
    assert sizes[".panel-tools a"] < sizes[".panel-head h2"]
    assert min(size for name, size in sizes.items() if name != ".panel-tools a") >= 21.5
    track, tick, ground = page.evaluate(
        """[getComputedStyle(document.querySelector('.gauge-track')).fill, getComputedStyle(document.querySelector('.gauge-tick')).stroke,
            getComputedStyle(document.querySelector('.screen-targets .panel')).backgroundColor]"""
    )
    assert max(map(int, re.findall(r"\d+", track)[:3])) < 120
    assert min(map(int, re.findall(r"\d+", tick)[:3])) > 200
    assert track != ground
    page.keyboard.press("Escape")
    expect(page.locator("body")).not_to_have_class(re.compile("is-screen"))
    for address in ("/warnings/?screen=1", "/wall/2018/?screen=1"):
        page.goto(address)
        expect(page.locator(".screen-cut", has_text="本屏").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("body")).not_to_have_class(re.compile("is-screen"))


# What must be seen of a list on an office's screen without scrolling sideways.
SEEN = {
    "/supervision/traces/": {"事项", "办理", "办理人", "内容"},
    "/supervision/issues/": {"问题", "状态", "办理时限", "承办单位"},
    "/supervision/escalations/": {"项目", "触发条件", "处置", "依据"},
    "/supervision/notices/": {"督察事项", "项目", "种类", "灯色", "反馈时限", "下发", "签收", "反馈"},
}


@pytest.mark.parametrize("address", SEEN)
def test_the_columns_that_matter_are_seen_without_scrolling(page, log_in, address):
    log_in("supervision")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(address)
    seen = page.evaluate(
        """() => {const edge = document.querySelector('.table-region').getBoundingClientRect().right;
        return [...document.querySelectorAll('.data-table thead th')].filter(head => head.getBoundingClientRect().right <= edge + 1)
            .map(head => head.innerText.trim())}"""
    )
    assert SEEN[address] <= set(seen)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_title_without_a_space_wraps_on_a_phone(page, log_in):
    log_in("reporter")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/supervision/issues/new/")
    page.locator("[name=title]").fill("https://example.gov.cn/zhengdi/2018/" + "ABCDEFGHIJ" * 4)
    page.locator("[name=description]").fill("见图")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("https://example.gov.cn")
    for address in (page.url, f"{page.url}withdraw/", "/supervision/issues/", "/todo/", "/supervision/traces/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
