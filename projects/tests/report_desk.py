"""A reporter at the grid in a real browser: people and projects made in the site's data, signing in, counting what is done by hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from erqi.common.models import User
from erqi.tests.site import Site
from projects.choices import WarningLevel
from projects.models import ProgressReport, Project, Unit
from projects.tests import builders, warning_builders
from projects.tests.report_builders import AUGUST, MONTH, YEAR, district_ledger, file_month, make_reporter, report_projects

PAGE = "/reports/monthly/"
# The demonstration's date: September is open and overdue.
TODAY = date(2018, 9, 28)


@dataclass
class Desk:
    """What a test works on: a unit, who reports for it, its projects."""

    site: Site
    unit: Unit
    users: list[User]
    projects: list[Project]

    def report(self, place: int = 0) -> ProgressReport | None:
        """Return September's report of a project, as it is stored."""
        with self.site.data():
            return ProgressReport.objects.of_month(YEAR, MONTH).filter(project=self.projects[place]).first()

    def row(self, page: Page, place: int = 0) -> Locator:
        """Return a project's row on the page."""
        return page.locator(f"#row-{self.projects[place].code}")

    def cell(self, page: Page, name: str, place: int = 0) -> Locator:
        """Return an input of the row."""
        return self.row(page, place).locator(f"[data-col={name}]")

    def state(self, page: Page, place: int = 0) -> Locator:
        """Return the row's line of state."""
        return page.locator(f"#state-{self.projects[place].code}")

    def button(self, page: Page, name: str, place: int = 0) -> Locator:
        """Return a button of the row."""
        return self.row(page, place).get_by_role("button", name=name, exact=True)


def make_desk(site: Site, number: int = 1, people: int = 1, *, yellow: int | None = None, earlier: bool = True) -> Desk:
    """Return a unit with so many projects and reporters; August is reported, and the project at `yellow` is."""
    with site.data():
        unit = builders.make_unit(f"区建设局{time.monotonic_ns()}")
        users = [make_reporter(unit, name=f"{unit.name[-6:]}{name}") for name in ("张三", "李四")[:people]]
        projects = report_projects(number, unit)
        for place, project in enumerate(projects):
            if earlier:
                file_month(project, 8, 100 * (place + 1), on=AUGUST, physical_percent=40, next_step="封顶")
        if yellow is not None:
            colour(projects[yellow])
    return Desk(site, unit, users, projects)


def colour(project: Project) -> None:
    """Make the project yellow: a milestone that is two weeks late."""
    ledger = district_ledger()
    if ledger.warned_since is None:
        warning_builders.make_policy(warning_builders.FROM)
        type(ledger).objects.filter(pk=ledger.pk).update(warned_since=warning_builders.FROM)
    due_on = date.fromordinal(TODAY.toordinal() - warning_builders.DAYS_LATE[WarningLevel.YELLOW])
    builders.make_milestone(project, "other", YEAR, name="主体施工", due_on=due_on)
    warning_builders.recompute(TODAY, project)


def enter(page: Page, user: User, address: str = PAGE) -> Page:
    """Sign in by the page, as a person does, and open the address."""
    page.goto("/accounts/login/")
    type_in(page, user)
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.goto(address)
    return page


def type_in(page: Page, user: User) -> None:
    """Fill in the log-in page that is open and send it."""
    page.locator("input[name=username]").fill(user.username)
    page.locator("input[name=password]").fill(builders.PASSWORD)
    page.get_by_role("button", name="登录").click()


def end_session(context: BrowserContext) -> None:
    """Let the session be over, as after two hours of lunch."""
    context.clear_cookies(name="sessionid")


@dataclass
class Hand:
    """Counts what a person does: a click, a key, a text typed, a choice. Each is one action."""

    page: Page
    actions: int = 0
    done: list[str] = field(default_factory=list)

    def _count(self, what: str, act: Callable[[], Any]) -> None:
        self.actions += 1
        self.done.append(what)
        act()

    def click(self, place: Locator) -> None:
        """Click on something."""
        self._count("click", place.click)

    def key(self, name: str) -> None:
        """Press a key, with its modifiers one action."""
        self._count(name, lambda: self.page.keyboard.press(name))

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self._count(f"“{text}”", lambda: self.page.keyboard.type(text))

    def choose(self, place: Locator, label: str) -> None:
        """Choose from a list."""
        self._count(label, lambda: place.select_option(label=label))

    def at(self, place: Locator) -> None:
        """Make sure that the cursor is where the person believes it to be."""
        expect(place).to_be_focused()
