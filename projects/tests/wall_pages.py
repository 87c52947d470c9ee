"""Reading the wall chart in tests: what a person sees of the HTML."""

import html as entities
import re

from django.test import Client

_ROW = r'<tr data-href="[^"]*".*?</tr>'


def page(client: Client, query: str = "", year: int = 2018, **headers: str) -> str:
    """Return the wall's HTML."""
    response = client.get(f"/wall/{year}/{query}", headers=headers or None)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def words(html: str) -> str:
    """Return the text of a piece of HTML, its parts joined without tags."""
    return entities.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).strip()


def names(html: str) -> list[str]:
    """Return the names of the projects, in order."""
    return re.findall(r'class="wall-title"[^>]*>([^<]*)<', html)


def count(html: str) -> int:
    """Return how many projects the page says there are, on whatever pages."""
    found = re.search(r"共 <strong>(\d+)</strong> 个项目", html)
    return int(found[1]) if found else 0


def groups(html: str) -> dict[str, list[str]]:
    """Return the names of the projects below each head of a group, in order."""
    bodies = re.findall(r'<tbody><tr class="wall-group">.*?</tbody>', html, re.DOTALL)
    return {words(re.search(r'<span class="wall-group-name">.*?</span>', body)[0]): names(body) for body in bodies}


def heads(html: str) -> list[str]:
    """Return what the heads of the groups say: name, number, colours."""
    return [words(head) for head in re.findall(r'<tr class="wall-group">.*?</tr>', html, re.DOTALL)]


def row(html: str, name: str) -> str:
    """Return the row of a project as HTML."""
    found = next((one for one in re.findall(_ROW, html, re.DOTALL) if f">{name}</a>" in one), None)
    assert found, f"no row of {name}"
    return found


def marks(html: str) -> dict[str, dict[str, str | list[str]]]:
    """Return the marks of a row by what they are called: their classes, where they stand (percent; "" without a date), what they say, what
    they are drawn with, where they lead."""
    found = {}
    for css, address, title, drawn in re.findall(
        r'<a class="wm ([^"]*)" href="([^"]*)"[^>]*><title>(.*?)</title>(.*?)</a>', html, re.DOTALL
    ):
        lines = entities.unescape(title).split("\n")
        place = re.search(r' x="([\d.]+)%"', drawn)
        found[lines[0]] = {
            "css": css,
            "says": lines[1:],
            "at": place[1] if place else "",
            "drawn": re.findall(r'href="#([\w-]+)"', drawn),
            "href": entities.unescape(address),
        }
    return found


def spoken(html: str) -> str:
    """Return what a screen reader says of a row's chart before its marks."""
    return entities.unescape(re.search(r'<svg class="wall-road"[^>]*aria-label="([^"]*)"', html)[1])


def at(day_of_year: int, days: int = 365) -> str:
    """Return where the middle of a day of the year stands, in percent as the chart writes it."""
    return f"{100 * (2 * day_of_year - 1) / (2 * days):.2f}".rstrip("0").rstrip(".")
