"""What an event changed, in words: field names, choice labels, names instead of ids."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from erqi.common.numbers import plain
from projects.rules.policy import from_data
from projects.sentences.policy_terms import differences, whole_terms

# Bookkeeping that people neither enter nor read.
HIDDEN = frozenset(
    {"id", "version", "request_key", "search_key", "sort_key", "created_at", "uploaded_at", "granted_at", "date_joined", "sha256"}
)
# What other columns may say about a record, in the order of preference.
_NAMES = ("name", "title", "heading", "indicator", "file_name")
# Records that no single column names.
_TITLES = {
    "projects.target": ("year", "indicator"),
    "projects.post": ("person", "title"),
    "projects.responsibility": ("kind", "unit", "duty", "person"),
    "projects.ledgerentry": ("ledger", "project"),
    "projects.ledgerrevision": ("ledger", "recorded_on"),
    "projects.citation": ("document", "as_printed"),
    "common.user": ("name", "username"),
    "common.rolegrant": ("user", "role"),
}
# Two long texts are shown around their difference, with so many characters of what surrounds it.
_LONG, _AROUND = 120, 24

Names = Mapping[tuple[type[models.Model], Any], str]


@dataclass(frozen=True)
class Change:
    """A field's value before and after; the empty text is no value."""

    label: str
    old: str
    new: str


def shown_fields(model: type[models.Model]) -> list[models.Field]:
    """Return the columns of an events table that people understand."""
    return [field for field in model._meta.concrete_fields if field.name not in HIDDEN and not field.name.startswith("pgh_")]


def relations(model: type[models.Model]) -> list[models.ForeignKey]:
    """Return the shown columns that point to other records."""
    return [field for field in shown_fields(model) if isinstance(field, models.ForeignKey)]


def in_words(field: models.Field, value: Any, names: Names) -> str:
    """Return a column's value as people write it; the empty text for no value."""
    if value is None or value == "":
        return ""
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), f"编号 {value}（已不存在）")
    if isinstance(field, models.JSONField):
        # The only one that people write: a version of the warning rules.
        return "；".join(f"{term.label}：{term.text}" for term in whole_terms(from_data(value)))
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    match value:
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    return str(value)


def changes(before: models.Model, after: models.Model, names: Names, hidden: Collection[str] = ()) -> list[Change]:
    """Return what differs between two events of one record, in the order of the record's columns, without the hidden ones."""
    found = []
    for field in shown_fields(type(after)):
        if field.name in hidden:
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new:
            continue
        if isinstance(field, models.JSONField):
            found += [Change(one.label, one.old, one.new) for one in differences(from_data(old), from_data(new))]
        else:
            found.append(Change(_label(field), *around(in_words(field, old, names), in_words(field, new, names))))
    return found


def contents(row: models.Model, names: Names, hidden: Collection[str] = ()) -> list[dict[str, str]]:
    """Return everything that a row says but for the hidden columns: what an insert wrote, what a delete took away."""
    return [
        {"label": _label(field), "value": text}
        for field in shown_fields(type(row))
        if field.name not in hidden and field.attname in row.__dict__ and (text := in_words(field, getattr(row, field.attname), names))
    ]


def title(label: str, row: models.Model, names: Names) -> str:
    """Return what names the record of a row; `label` is the record's model (projects.milestone)."""
    fields = {field.name: field for field in row._meta.concrete_fields}
    chosen = _TITLES.get(label) or next(((name,) for name in _NAMES if name in fields), None)
    if chosen is None:
        chosen = tuple(field.name for field in relations(type(row)))
    words = [in_words(fields[name], getattr(row, fields[name].attname), names) for name in chosen]
    if {"year", "month"} <= fields.keys():
        # Reports and reporting months: nothing else tells one from another.
        words.append(f"{row.year}年{row.month}月")
    return " ".join(filter(None, words))


def around(old: str, new: str) -> tuple[str, str]:
    """Return two texts, when both are long only around what differs, so that a changed word is seen in a page of text."""
    if len(old) < _LONG or len(new) < _LONG:
        return old, new
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    limit = min(len(old), len(new)) - head
    tail = next((i for i in range(limit) if old[-1 - i] != new[-1 - i]), limit)
    return tuple(_cut(text, head, tail) for text in (old, new))


def _cut(text: str, head: int, tail: int) -> str:
    start, end = max(head - _AROUND, 0), min(len(text) - tail + _AROUND, len(text))
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _label(field: models.Field) -> str:
    return str(field.verbose_name)
