"""Reading the warnings pages in tests: what a person sees of the HTML."""

import html as entities
import re

from django.test import Client


def page(client: Client, query: str = "", path: str = "/warnings/", **headers: str) -> str:
    """Return a warnings page's HTML."""
    response = client.get(f"{path}{query}", headers=headers or None)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def words(html: str) -> str:
    """Return the text of a piece of HTML, its parts joined without tags."""
    return entities.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).strip()


def columns(html: str) -> dict[str, list[str]]:
    """Return the names of the projects in each column of the board, in order."""
    found = re.findall(r'<section class="wcol for-(\w+)".*?</section>', html, re.DOTALL)
    bodies = re.findall(r'<section class="wcol for-\w+".*?</section>', html, re.DOTALL)
    return {code: re.findall(r'class="wcard-name"[^>]*>([^<]*)<', body) for code, body in zip(found, bodies, strict=True)}


def folded(html: str) -> dict[str, list[str]]:
    """Return the names of the projects in each folded group."""
    bodies = re.findall(r'<details class="panel wother".*?</details>', html, re.DOTALL)
    return {re.search(r"level level-(\w+)", body)[1]: re.findall(r'class="wcard-name"[^>]*>([^<]*)<', body) for body in bodies}


def card(html: str, name: str) -> str:
    """Return the card of the project as HTML."""
    found = next((one for one in re.findall(r"<article.*?</article>", html, re.DOTALL) if f">{name}<" in one), None)
    assert found, f"no card of {name}"
    return found


def matrix(html: str) -> dict[str, list[int]]:
    """Return the counts by group: ◆ ▲ ■ ● ○ ‖ ✓ and the sum; the last line is 合计."""
    body = re.search(r'<details class="panel wmatrix".*?</details>', html, re.DOTALL)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]
    return {
        words(re.search(r"<th.*?</th>", row, re.DOTALL)[0]): [int(words(cell)) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in rows
    }


def links(html: str, label: str) -> list[str]:
    """Return the addresses of a line of the matrix, group first; numbers of nothing have none."""
    body = re.search(r'<details class="panel wmatrix".*?</details>', html, re.DOTALL)[0]
    row = next(row for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL) if f">{label}<" in row)
    return [entities.unescape(address) for address in re.findall(r'href="([^"]*)"', row)]
