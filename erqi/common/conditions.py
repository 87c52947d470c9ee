"""Conditions of the models' constraints, worked out without asking the database: every write is checked, and each question costs
three statements besides its assembly. The database's own constraints stay as they are and stand behind it.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Model, Q

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


class Unknowable(Exception):
    """Only the database can say."""


def values_of(instance: Model) -> dict[str, Any]:
    """Return what the record's columns hold, by the names that conditions use."""
    return {field.name: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def holds(condition: Q, values: Mapping[str, Any]) -> bool | None:
    """Say whether a condition holds, as SQL does: None where it depends on a value that is missing.

    Raises Unknowable for what is not among the lookups of our constraints.
    """
    parts = [holds(child, values) if isinstance(child, Q) else _lookup(child, values) for child in condition.children]
    if condition.connector not in {Q.AND, Q.OR}:
        raise Unknowable
    # One part may decide: a false one of an AND, a true one of an OR.
    decisive = condition.connector == Q.OR
    found: bool | None = decisive if decisive in parts else None if None in parts else not decisive
    return not found if condition.negated and found is not None else found


def _lookup(child: Any, values: Mapping[str, Any]) -> bool | None:
    if not isinstance(child, tuple):
        raise Unknowable
    name, _, lookup = child[0].partition("__")
    if name not in values:
        raise Unknowable
    left, right = values[name], child[1]
    if hasattr(left, "resolve_expression"):
        raise Unknowable
    if lookup == "isnull":
        return (left is None) == right
    if right is None and lookup in {"", "exact"}:
        return left is None
    if lookup == "in":
        return _is_in(left, right)
    if isinstance(right, F):
        if right.name not in values:
            raise Unknowable
        right = values[right.name]
    if hasattr(right, "resolve_expression"):
        raise Unknowable
    if left is None or right is None:
        return None
    return _compared(left, lookup, right)


def _is_in(left: Any, right: Any) -> bool | None:
    if not isinstance(right, list | tuple) or not right or any(one is None or hasattr(one, "resolve_expression") for one in right):
        raise Unknowable
    return None if left is None else any(_compared(left, "", one) for one in right)


def _compared(left: Any, lookup: str, right: Any) -> bool:
    texts = isinstance(left, str) + isinstance(right, str)
    # A text against something else is converted by the database, and which of two texts comes first is a matter of its collation.
    if texts == 1 or (lookup not in {"", "exact"} and (texts or lookup not in _COMPARED)):
        raise Unknowable
    if lookup not in _COMPARED:
        return bool(left == right)
    try:
        return _COMPARED[lookup](left, right)
    except TypeError:
        raise Unknowable from None
