"""Workbooks in tests: write declared sheets, read the file as Excel does."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from erqi.common.workbook.book import write_book
from erqi.common.workbook.declare import Column, Cover, Row, Sheet

COVER = Cover("总表", "张三（zhang）", datetime(2018, 9, 28, 16, 5, tzinfo=ZoneInfo("Asia/Shanghai")), date(2018, 9, 28))


def sheet(columns: Sequence[Column], *rows: Sequence[Any] | Row, **more: Any) -> Sheet:
    """Return a sheet of plain rows."""
    made = [row if isinstance(row, Row) else Row(row) for row in rows]
    return Sheet(**{"name": "表", "title": "总表", "columns": columns, "rows": iter(made), **more})


def book(*sheets: Sheet, cover: Cover = COVER) -> openpyxl.Workbook:
    """Write the sheets and open the file."""
    file = BytesIO()
    write_book(file, sheets, cover)
    return openpyxl.load_workbook(file)


def written(columns: Sequence[Column], *rows: Sequence[Any] | Row, **more: Any) -> Worksheet:
    """Write one sheet and return it as it was read back."""
    return book(sheet(columns, *rows, **more)).worksheets[1]


def cells(value: Any, kind: str = "text", **more: Any) -> Any:
    """Write one value and return its cell."""
    found = written([Column("a", "甲", kind, **more)], [value])
    return found.cell(head_of(found) + 1, 1)


def head_of(worksheet: Worksheet) -> int:
    """Return the line of the headings: the one below which the sheet is frozen."""
    return int("".join(filter(str.isdigit, worksheet.freeze_panes))) - 1


def table(worksheet: Worksheet) -> list[list[Any]]:
    """Return the lines below the headings: rows, sums and notes, hidden columns left out."""
    hidden = {letter for letter, dimension in worksheet.column_dimensions.items() if dimension.hidden}
    return [
        [cell.value for cell in line if getattr(cell, "column_letter", "") not in hidden]
        for line in worksheet.iter_rows(min_row=head_of(worksheet) + 1)
    ]
