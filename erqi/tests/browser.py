"""Chromium for tests: `page` fails its test on anything a person's browser would complain about.

A test may expect a complaint: `page` and `tolerate(r"403")`. Signing in: `log_in("office")`, by role or account name.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from erqi.demo import DEMO_ACCOUNTS
from erqi.tests.plugin import DEMO_PASSWORD
from erqi.tests.site import Site

NO_CHROMIUM = "no Chromium found (install chromium, or name it in ERQI_CHROMIUM)"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    # Whatever a page asks of another host fails at once and is reported, also on a machine with internet.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_OWN_HOSTS = {"127.0.0.1", ""}
_WAIT_MILLISECONDS = 15_000


def find_chromium() -> str | None:
    """Return the path of the Chromium to use, or None."""
    named = os.environ.get("ERQI_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once per worker; without one the test is skipped, or fails where CI is set."""
    path = find_chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to work for root.
        started = playwright.chromium.launch(executable_path=path, args=_FLAGS, chromium_sandbox=os.geteuid() != 0)
        yield started
        started.close()


class Complaints:
    """What the browser complained about during one test."""

    def __init__(self, context: BrowserContext) -> None:
        self._seen: list[str] = []
        self._tolerated: list[re.Pattern[str]] = []
        context.on("console", lambda message: self._note("console", message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: self._note("script error", str(error.error)))
        context.on("request", lambda request: self._check_host(request.url))
        context.on("requestfailed", lambda request: self._check_failure(request.url, request.failure or ""))

    def tolerate(self, pattern: str) -> None:
        """Let complaints that match the pattern pass in this test."""
        self._tolerated.append(re.compile(pattern))

    def remaining(self) -> list[str]:
        """Return the complaints that nobody tolerated."""
        return [text for text in self._seen if not any(pattern.search(text) for pattern in self._tolerated)]

    def _note(self, kind: str, text: str) -> None:
        self._seen.append(f"{kind}: {text}")

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and (parts.hostname or "") not in _OWN_HOSTS:
            self._note("request to another host", url)

    def _check_failure(self, url: str, failure: str) -> None:
        # A download, or a page that is left while something loads, counts as aborted and is no fault.
        if "ERR_ABORTED" not in failure:
            self._note("failed request", f"{url} {failure}")


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Open a fresh profile as an official's browser has it: Chinese, in the district's time zone."""
    opened = browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True)
    opened.set_default_timeout(_WAIT_MILLISECONDS)
    yield opened
    opened.close()


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[Complaints]:
    """Collect the browser's complaints and fail the test if any remain."""
    collected = Complaints(context)
    yield collected
    remaining = collected.remaining()
    if remaining:
        pytest.fail("The browser complained:\n" + "\n".join(remaining), pytrace=False)


@pytest.fixture
def tolerate(complaints: Complaints) -> Callable[[str], None]:
    """Return a function that lets complaints matching a pattern pass in this test."""
    return complaints.tolerate


@pytest.fixture
def page(context: BrowserContext, complaints: Complaints) -> Page:
    """Open a tab; paths are relative to the site: `page.goto("/warnings/")`."""
    return context.new_page()


@pytest.fixture
def log_in(context: BrowserContext, page: Page) -> Callable[[str], Page]:
    """Return a function that signs the tab's profile in as a demonstration account, named by account or role."""

    def sign_in(who: str) -> Page:
        username = next(name for name, _, role in DEMO_ACCOUNTS if who in {name, role.value})
        address = resolve_url(settings.LOGIN_URL)
        context.clear_cookies()
        context.request.get(address)
        token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == settings.CSRF_COOKIE_NAME)
        answer = context.request.post(
            address, form={"csrfmiddlewaretoken": token, "username": username, "password": DEMO_PASSWORD}, max_redirects=0
        )
        assert answer.status == 302, f"Signing in as {username} was refused with status {answer.status}"
        return page

    return sign_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses a browser, so that `-m browser` and `-m "not browser"` need no care."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
