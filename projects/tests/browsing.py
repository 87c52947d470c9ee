"""Filling in a form as a browser does: open the page, keep every field as it stands, change some, send."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

from erqi.common.models import User
from projects.tests.builders import make_user


def sign_in(user: User) -> Client:
    """Return a browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def office(name: str = "") -> Client:
    """Return the browser of somebody of the key-project office."""
    return sign_in(make_user("office", name=name))


class _Fields(HTMLParser):
    """Collects what the page's editing form would send."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.inside, self.select, self.area = False, "", ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self.inside = "edit-form" in (found.get("class") or "")
        if not self.inside:
            return
        name, kind = found.get("name") or "", found.get("type") or "text"
        if tag == "input" and name and (kind not in {"radio", "checkbox"} or "checked" in found):
            self.data[name] = found.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self.select = name
            self.data[name] = ""
        elif tag == "option" and self.select and "selected" in found:
            self.data[self.select] = found.get("value") or ""
        elif tag == "textarea":
            self.area = name
            self.data[name] = ""

    def handle_data(self, text: str) -> None:
        if self.inside and self.area:
            self.data[self.area] += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # The line break that HTML ignores after the opening tag.
            self.data[self.area] = self.data[self.area].removeprefix("\r\n").removeprefix("\n").replace("\n", "\r\n")
            self.area = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False


def fields(response: HttpResponse) -> dict[str, str]:
    """Return what the page's form would send as it stands."""
    parser = _Fields()
    parser.feed(response.content.decode())
    assert parser.data, "the page has no form"
    parser.data.pop("csrfmiddlewaretoken", None)
    return parser.data


def fill(client: Client, address: str, **changes: Any) -> dict[str, str]:
    """Open a form and return what it would send after the changes; a checkbox is cleared by None."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return {name: value for name, value in {**fields(response), **changes}.items() if value is not None}


def text(response: HttpResponse) -> str:
    """Return the page as text."""
    return response.content.decode()


def said(client: Client, response: HttpResponse) -> str:
    """Return the message that the person reads after the redirect."""
    from django.contrib.messages import get_messages

    return "".join(str(message) for message in get_messages(response.wsgi_request))
