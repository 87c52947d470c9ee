"""What the cockpit's figures of supervision have in common: each leads to the list that shows exactly the rows it counts."""

from collections.abc import Collection, Iterable
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

Units = Collection[int] | None


def list_address(name: str, states: Iterable[str], **filters: Iterable[int | str]) -> str:
    """Return the address of a list of supervision records in some states, filtered further."""
    query = [("state", str(state)) for state in states]
    query += [(key, str(value)) for key, values in filters.items() for value in values]
    return f"{reverse(f'supervision:{name}')}?{urlencode(query)}"


def units_among(rows: QuerySet, units: Units, column: str) -> list[int]:
    """Return those of the units (keys) that occur in a column of the rows: the list's filter knows no others. Without units, none; one
    query otherwise."""
    return sorted(set(rows.order_by().values_list(column, flat=True)) & set(units)) if units is not None else []
