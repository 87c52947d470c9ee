"""The rows of a sheet as CSV, in UTF-8 with a mark at its beginning or in GB18030, so that Excel and WPS open it by a double click."""

import csv
from codecs import BOM_UTF8
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import IO, Any

from django.utils import timezone

from erqi.common.workbook.cells import clean, digits, looks_like_formula
from erqi.common.workbook.declare import Column, Sheet

ENCODINGS = {"csv": "utf-8", "csv-gb18030": "gb18030"}


def plain(value: Any, kind: str) -> str:
    """Return a value as CSV holds it. A text that Excel would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if type(value) is str:
        return _text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return f"{digits(round(value * 100, 2))}%" if kind == "percent" and value.is_finite() else digits(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return _text(str(value))


def _text(value: str) -> str:
    text = clean(value)
    return f"'{text}" if looks_like_formula(text) else text


def write_delimited(file: IO[bytes], sheet: Sheet, encoding: str) -> int:
    """Write the headings and rows of a sheet to the file and return how many rows there were. Sums, titles and notes are left out:
    a CSV is for programs."""
    if encoding == "utf-8":
        file.write(BOM_UTF8)
    text = TextIOWrapper(file, encoding=encoding, newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([plain(_heading(column, sheet), "text") for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    count = 0
    for row in sheet.rows:
        writer.writerow(list(map(plain, row.values, kinds)))
        count += 1
    text.flush()
    # The file stays the caller's.
    text.detach()
    return count


def _heading(column: Column, sheet: Sheet) -> str:
    """Return the heading; of an amount with its unit, which the workbook says above the head."""
    unit = sheet.info[2].removeprefix("单位：")
    return f"{column.heading}（{unit}）" if column.kind == "money" and unit else column.heading
