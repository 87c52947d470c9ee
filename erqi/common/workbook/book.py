"""The whole workbook: the declared sheets behind the sheet 说明, as one file.

openpyxl makes styles, frames, charts and the package; the rows come from the temporary files that SheetWriter wrote, and are copied
into the package in pieces. So a sheet of any length takes the same memory.
"""

import re
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from erqi.common.workbook import charts, pages
from erqi.common.workbook.cover import cover_sheet
from erqi.common.workbook.declare import Cover, Sheet
from erqi.common.workbook.sheet import SheetWriter
from erqi.common.workbook.styles import Styles

# What Excel forbids in the name of a sheet, and how long one may be.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31
_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData\s*>\s*</sheetData\s*>")
# Writing ten thousand rows takes most of its time for compressing; the last tenth of size is not worth it.
COMPRESSION = 4


class _Package(ExcelWriter):
    """Writes the package; the rows of a sheet are copied from where they were written."""

    def __init__(self, book: Workbook, archive: ZipFile, written: dict[str, SheetWriter]) -> None:
        super().__init__(book, archive)
        self._written = written

    def write_worksheet(self, ws: WriteOnlyWorksheet) -> None:
        archive, self._archive = self._archive, _Splice(self._archive, self._written[ws.title])
        try:
            super().write_worksheet(ws)
        finally:
            self._archive = archive


class _Splice:
    """Stands for the archive while a sheet is written: puts the rows into the frame that openpyxl made."""

    def __init__(self, archive: ZipFile, writer: SheetWriter) -> None:
        self._archive, self._writer = archive, writer

    def write(self, frame: str, name: str) -> None:
        with open(frame, "rb") as file:
            before, after = _ROWS.split(file.read())
        self._writer.file.seek(0)
        with self._archive.open(name, "w", force_zip64=True) as part:
            part.write(before + b"<sheetData>" + self._writer.top.encode())
            shutil.copyfileobj(self._writer.file, part, 1 << 18)
            part.write(b"</sheetData>" + after)


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """Return a name that Excel takes and that no other sheet has."""
    name = _FORBIDDEN.sub(" ", wanted).strip(" '")[:LONGEST_NAME] or "表"
    number, found = 2, name
    while found.lower() in {one.lower() for one in taken}:
        found = f"{name[: LONGEST_NAME - len(str(number)) - 2]}（{number}）"
        number += 1
    return found


def write_book(file: IO[bytes], sheets: Sequence[Sheet], cover: Cover) -> list[SheetWriter]:
    """Write the sheets behind their cover to the file; return what was written of each, without the cover."""
    book = Workbook(write_only=True)
    styles = Styles(book)
    with ExitStack() as stack:
        written = [_rows_of(sheet, styles, stack) for sheet in sheets]
        first = _rows_of(cover_sheet(cover, written), styles, stack)
        by_title = {}
        for writer in (first, *written):
            worksheet = book.create_sheet(sheet_name(writer.sheet.name, book.sheetnames))
            pages.frame(worksheet, writer)
            charts.draw(worksheet, writer)
            by_title[worksheet.title] = writer
        # People want the table; the cover is there for whoever asks.
        book.active = 1 if written else 0
        book.properties.title, book.properties.creator = cover.title, cover.exported_by
        book.properties.created = book.properties.modified = cover.exported_at.astimezone(UTC).replace(tzinfo=None)
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION, allowZip64=True) as archive:
            _Package(book, archive, by_title).save()
    return written


def _rows_of(sheet: Sheet, styles: Styles, stack: ExitStack) -> SheetWriter:
    writer = SheetWriter(sheet, styles)
    stack.enter_context(writer.file)
    writer.write()
    return writer
