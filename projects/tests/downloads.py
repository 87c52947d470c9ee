"""Downloads in tests: what a file that the product sends holds."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote

import openpyxl
from django.test import Client
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from erqi.common.workbook.declare import KEY_HEADER, VERSION_HEADER
from erqi.tests.workbooks import head_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def content(response: Any) -> bytes:
    """Return the whole answer."""
    assert response.status_code == 200
    body = b"".join(response.streaming_content)
    assert int(response["Content-Length"]) == len(body)
    return body


def name_of(response: Any) -> str:
    """Return the file's name as a browser reads it (RFC 5987)."""
    return unquote(response["Content-Disposition"].partition("filename*=utf-8''")[2])


def workbook(client: Client, address: str) -> Workbook:
    """Download a workbook and open it."""
    response = client.get(address)
    assert response["Content-Type"] == XLSX
    return openpyxl.load_workbook(BytesIO(content(response)))


def headings(sheet: Worksheet) -> list[str]:
    """Return the headings as they stand above the rows, one per column, with the group before it: 投资·总投资."""
    frame = [[cell.value for cell in line] for line in sheet.iter_rows(max_row=head_of(sheet))]
    head = frame[-1]
    if any(str(area).startswith("A") and area.min_row < area.max_row == head_of(sheet) for area in sheet.merged_cells.ranges):
        groups, last = [], None
        for group, label in zip(frame[-2], head, strict=True):
            last = group if group is not None else last
            groups.append(f"{last}·{label}" if label is not None else last)
        head = groups
    return head


def rows(sheet: Worksheet, *, hidden: bool = False) -> list[dict[str, Any]]:
    """Return the lines below the head by heading: rows, sums and notes. Empty cells are left out, as are hidden columns."""
    names = headings(sheet)
    out = {KEY_HEADER, VERSION_HEADER} if not hidden else set()
    return [
        {name: cell.value for name, cell in zip(names, line, strict=True) if cell.value is not None and name not in out}
        for line in sheet.iter_rows(min_row=head_of(sheet) + 1)
    ]


def cover(book: Workbook) -> dict[str, str]:
    """Return what the sheet 说明 says."""
    return {line[0].value: line[1].value for line in book["说明"].iter_rows(min_row=3)}
