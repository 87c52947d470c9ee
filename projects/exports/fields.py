"""Columns of reports: a declared column and the function that gives a record's value, taken from a table's column where there is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from erqi.common.tables import BaseTable
from erqi.common.workbook.declare import Column, Share


@dataclass(frozen=True)
class Field:
    """A column of a report and its value."""

    column: Column
    value: Callable[[Any], Any]


def field(name: str, label: str, kind: str, value: Callable[[Any], Any], **more: Any) -> Field:
    """Return a column that no table has."""
    return Field(Column(name, label, kind, **more), value)


def of_table(table: BaseTable, name: str, *, group: str = "", label: str = "", total: str | Share = "", widest: int = 0) -> Field:
    """Return a table's column as a report shows it; the table has been made with it visible, so that its cells are read."""
    column = table.columns.columns[name].column
    return Field(Column(name, label or str(column.verbose_name), column.kind, group, total, widest), column.value)


def in_groups(table: BaseTable, groups: dict[str, Sequence[str]], widest: dict[str, int]) -> list[Field]:
    """Return columns of a table under the headings of their groups; `widest` caps the width of some."""
    return [of_table(table, name, group=group, widest=widest.get(name, 0)) for group, names in groups.items() for name in names]


def columns_of(fields: Sequence[Field]) -> list[Column]:
    """Return the columns that a sheet declares."""
    return [one.column for one in fields]
