"""Lists that are read as of a day: the picker above them, and tabs that keep it."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from erqi.common.asof import AsOf


def day_context(day: AsOf, title: str) -> dict[str, Any]:
    """Return what the list's tools need for the picker (projects/ledger_day.html) and the layout for its banner."""
    return {"as_of": day, "day_title": title, "extra_tools": "projects/ledger_day.html"}


def tab_url(path: str, day: AsOf, states: Iterable[str]) -> str:
    """Return the address of a tab that shows some states (none: all), on the same day."""
    query = [("state", str(state)) for state in states]
    if day.asked:
        query.append(("as_of", day.day.isoformat()))
    return f"{path}?{urlencode(query)}" if query else path
