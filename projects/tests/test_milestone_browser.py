"""After something was done about a milestone: the row that changed and the sentence that says so are both in sight."""

import pytest
from playwright.sync_api import Page, expect

from erqi.tests.site import Site
from projects.tests import builders
from projects.tests.report_desk import TODAY, enter, make_desk


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 740)])
def test_the_row_and_the_confirmation_are_in_sight(width: int, height: int, page: Page, site: Site) -> None:
    desk = make_desk(site)
    with site.data():
        rows = [builders.make_milestone(desk.projects[0], "other", 2018, name=f"节点{place}", due_on=TODAY) for place in range(12)]
    last = rows[-1].pk
    page.set_viewport_size({"width": width, "height": height})
    enter(page, desk.users[0], f"/milestones/{last}/update/")
    page.locator("textarea[name=text]").fill("主体施工至三层")
    page.get_by_role("button", name="提交").click()
    row, said = page.locator(f"#milestone-{last} tr, tr#milestone-{last}").first, page.locator("#messages .msg")
    expect(said).to_be_in_viewport()
    # The page settles: the messages take their place after the browser has jumped to the row.
    below = "row => row.getBoundingClientRect().top >= document.querySelector('.site-header').getBoundingClientRect().bottom"
    page.wait_for_function(below, arg=row.element_handle())
    expect(row).to_be_in_viewport()
    # Back at the top it stands where it was said.
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("#messages.is-held")).to_have_count(0)
