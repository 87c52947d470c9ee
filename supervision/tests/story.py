"""What the story of a lagging project is told with: five people at one server, two of them with a phone, and days that go by."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from erqi.common import clock
from erqi.common.models import Installation
from erqi.tests.site import Site
from erqi.tests.uploads import picture
from projects.models import Milestone, Project

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 800}
# Who is on the road: the reporter of the unit, and the inspector.
ON_THE_ROAD = {"reporter", "inspector"}


def photo(name: str, colour: str) -> dict[str, Any]:
    """Return a picture as a file field takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture(size=(1200, 900), colour=colour)}


@dataclass
class Story:
    """Where the story is told: the site, the one browser that the five people share, the project and its milestone."""

    site: Site
    page: Page
    log_in: Callable[[str], Page]
    project: Project
    milestone: Milestone

    def on(self, day: date) -> None:
        """Let a business day begin: a server's fixed day is read once, so the server starts anew."""
        self.page.goto("about:blank")
        with self.site.down(), self.site.data():
            Installation.objects.update(fixed_today=day)
        clock.forget()

    def enter(self, who: str) -> None:
        """Let another person sit down, at a desk or with a phone."""
        self.page.set_viewport_size(PHONE if who in ON_THE_ROAD else DESK)
        self.log_in(who)

    def go(self, address: str) -> None:
        """Open a page and look at it."""
        self.page.goto(address)
        self.look()

    def go_to_project(self) -> None:
        self.go(self.project.get_absolute_url())

    def look(self) -> None:
        """Look at the page as it has come: no wider than the screen, one heading."""
        self.page.wait_for_load_state()
        found = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth, document.querySelectorAll('h1').length]")
        assert found[0] <= found[1], f"{self.page.url}: {found[0]} wide on {found[1]}"
        assert found[2] == 1, self.page.url

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def heading(self) -> Locator:
        """The heading of the page with the colour and the words beside it."""
        return self.page.locator(".page-heading")

    def sees(self, *texts: str) -> None:
        """The person reads these on the page."""
        for text in texts:
            expect(self.main).to_contain_text(text)

    def in_heading(self, *texts: str) -> None:
        for text in texts:
            expect(self.heading).to_contain_text(text)

    def todo(self, who: str, title: str, action: str) -> None:
        """A person finds the line among the things to do, and follows its button."""
        self.enter(who)
        self.go("/todo/")
        line = self.page.locator(".todo-item", has=self.page.get_by_role("heading", name=re.compile(title)))
        line = line.filter(has_text=self.project.name)
        expect(line).to_have_count(1)
        line.get_by_role("link", name=re.compile(f"^{action}")).first.click()
        self.look()

    def click(self, link: str) -> None:
        """Follow a link or button-like link of the page."""
        self.main.get_by_role("link", name=link, exact=True).first.click()
        self.look()

    def fill(self, **fields: str | list[Any]) -> None:
        """Fill a form in, by its labels; a list is what a file field takes."""
        for label, value in fields.items():
            field = self.main.get_by_label(label)
            if isinstance(value, list):
                field.set_input_files(value)
            else:
                field.fill(value)

    def choose(self, label: str, option: str) -> None:
        self.main.get_by_role("combobox", name=re.compile(f"^{label}")).select_option(label=option)

    def send(self, button: str) -> None:
        """Send the form."""
        self.look()
        before = self.page.url
        self.main.get_by_role("button", name=button, exact=True).click()
        expect(self.page).not_to_have_url(before)
        self.look()

    def says(self, text: str) -> None:
        """The system confirms what was done."""
        expect(self.page.locator("#messages")).to_contain_text(text)
