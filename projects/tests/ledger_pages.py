"""Reading the ledger page in tests: what a person sees of the HTML."""

import re
from typing import Any

from django.test import Client

from projects.models import Ledger, LedgerEntry
from projects.tests.builders import make_entry, make_project


def enter(ledger: Ledger, name: str, entry: dict[str, Any] | None = None, **values: Any) -> LedgerEntry:
    """Enter a new project of that name into the ledger; `entry` holds values of the entry, the rest are the project's."""
    return make_entry(ledger, make_project(name, **values), **entry or {})


def page(client: Client, query: str = "", code: str = "2018", **headers: str) -> str:
    """Return the ledger page's HTML."""
    response = client.get(f"/ledgers/{code}/{query}", headers=headers or None)
    assert response.status_code == 200
    return response.content.decode()


def shown(html: str) -> list[str]:
    """Return the names of the rows, in order."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return re.findall(r'<td class="name[^"]*"[^>]*><a href="[^"]*">([^<]*)</a>', body[1]) if body else []


def headings(html: str) -> list[str]:
    """Return the names of the columns, without units and without the tick boxes."""
    head = re.search(r"<thead.*?</thead>", html, re.DOTALL)[0]
    texts = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<th[^>]*>(.*?)(?:<span class=\"unit\">.*?)?</th>", head)]
    return list(filter(None, texts))


def foot(html: str) -> str:
    """Return the words of the totals row, its cells and notes parted by |."""
    return re.sub(r"<[^>]+>", "|", re.search(r"<tfoot>(.*?)</tfoot>", html, re.DOTALL)[1])
