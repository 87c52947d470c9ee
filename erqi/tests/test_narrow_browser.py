"""Laptops at 200 % and large type: no page is wider than its window; the keyboard's place is always seen."""

import pytest
from playwright.sync_api import expect

WIDTHS = (683, 700, 720, 768, 820, 992)


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
