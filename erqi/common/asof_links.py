"""A day that was asked for goes along on every link to a page that shows a day: one place instead of a query string at every link.

Views that read `?as_of=` say so with `shows_day = True`. On their pages every address of such a view gets the day of the page, but
for those that name a day themselves and those in a tag with `data-today`, which lead back to the present.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from erqi.common.asof import PARAMETER, carried_day

_TAG = re.compile(r"<(?:a|tr)\s[^<>]*\b(?:data-)?href=\"/[^<>]*>")
_ADDRESS = re.compile(r"(?<=\s)((?:data-)?href)=\"(/[^\"]*)\"")
_TODAY = re.compile(r"\sdata-today\b")


def shows_day(view: Callable) -> bool:
    """Say whether a view reads the day from its address."""
    return bool(getattr(getattr(view, "view_class", view), "shows_day", False))


@lru_cache(maxsize=4096)
def leads_to_day(path: str) -> bool:
    """Say whether an address without its query belongs to a page that shows a day."""
    try:
        return shows_day(resolve(path).func)
    except Resolver404:
        return False


def dated(address: str, day: str) -> str:
    """Return the address with the day, or as it is where it names one or leads to a page that shows none."""
    parts = urlsplit(address)
    if PARAMETER in parse_qs(parts.query, keep_blank_values=True) or not leads_to_day(parts.path):
        return address
    query = f"{parts.query}&{PARAMETER}={day}" if parts.query else f"{PARAMETER}={day}"
    return parts._replace(query=query).geturl()


def with_day(html: str, day: str) -> str:
    """Return a page's HTML with the day on its links."""

    def address(found: re.Match[str]) -> str:
        return f'{found[1]}="{escape(dated(unescape(found[2]), day))}"'

    def tag(found: re.Match[str]) -> str:
        return found[0] if _TODAY.search(found[0]) else _ADDRESS.sub(address, found[0])

    return _TAG.sub(tag, html)


class CarryDayMiddleware:
    """Put the day of a page that was asked for on its links. Pages of the present are left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        day = carried_day(request)
        if day is not None and not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = with_day(response.content.decode(response.charset), day.isoformat())
        return response


def with_query(request: HttpRequest, address: str) -> str:
    """Return the address with the request's own parameters: for addresses of the menu that lead on."""
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address
