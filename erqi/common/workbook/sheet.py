"""One sheet's rows, written to a temporary file as they come: groups with their 小计, 合计, notes. Widths, and with them the lines above
the rows, are known when the last one has been written."""

import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Any

from openpyxl.utils import get_column_letter

from erqi.common.workbook.cells import ColumnWriter, Tall, lines_of
from erqi.common.workbook.declare import KEY_HEADER, SIMULATED_COLUMN, VERSION_HEADER, Column, Foot, Row, Sheet
from erqi.common.workbook.head import has_groups, title_lines, write_head
from erqi.common.workbook.layout import parts_of, widths
from erqi.common.workbook.lines import LINE_HEIGHT, Lines
from erqi.common.workbook.styles import GROUP, MUTED, SUBTOTAL, TOTAL, Look, Styles
from erqi.common.workbook.sums import Sums

HEADING = Look(bold=True, fill=GROUP, framed=False)
NOTE = Look(wrap=True, framed=False)
BLANK_HEIGHT = 24
# Columns in which nobody reads; they are hidden.
HIDDEN = (Column("key", KEY_HEADER, "code"), Column("version", VERSION_HEADER, "code"))


class SheetWriter:
    """Writes a declared sheet's rows and remembers what its frame needs: widths, parts for printing, merged cells, how many rows."""

    def __init__(self, sheet: Sheet, styles: Styles) -> None:
        self.sheet = sheet
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by book.py, which copies it
        self.columns = [*sheet.columns, *(HIDDEN if sheet.keyed else ())]
        self.tall = Tall()
        self.writers = [ColumnWriter(column, get_column_letter(place), styles, self.tall) for place, column in enumerate(self.columns, 1)]
        self.styles = styles
        # Lines of the head, of the first row, of the last row or sum.
        self.head_first = title_lines(sheet) + 1
        self.head_last = self.head_first + has_groups(sheet)
        self.first = self.head_last + 1
        self.last_row = 0
        self.lines = Lines(styles, self.tall, self.head_last, self.file)
        self.count = 0
        self.simulated = 0
        # What stands above the rows, how wide the columns are, and which stand on one printed page.
        self.top = ""
        self.sizes: list[float] = []
        self.parts: list[tuple[int, int]] = []

    @property
    def shown(self) -> list[ColumnWriter]:
        """The columns that people see."""
        return self.writers[: len(self.sheet.columns)]

    @property
    def merged(self) -> list[str]:
        """The areas of merged cells."""
        return self.lines.merged

    @property
    def at(self) -> int:
        """The last line."""
        return self.lines.at

    def write(self) -> None:
        """Write everything; the rows are read once."""
        notes = self._rows(self.sheet.rows)
        self.last_row = self.lines.at
        for writer in self.writers:
            writer.settle()
        self.sizes = widths(self.sheet, self.shown)
        self.parts = parts_of(self.sheet, self.sizes)
        for place, note in enumerate(notes):
            self._note(f"注：{note}" if place == 0 else f"　　{note}")
        self.lines.flush()
        head = Lines(self.styles, self.tall)
        write_head(head, self.sheet, self.columns, self.parts)
        self.top = head.text()
        self.lines.merged += head.merged

    def _texts(self, texts: dict[int, str], look: Look, height: float | None = None) -> None:
        """Write a line over all columns."""
        self.lines.texts(len(self.shown), texts, look, height)

    def _rows(self, rows: Iterable[Row]) -> list[str]:
        """Write the rows and sums; return the notes."""
        sheet, lines = self.sheet, self.lines
        whole, part, group, before = Sums(sheet.columns), Sums(sheet.columns), "", 0
        plain = [writer.maker() for writer in self.writers]
        muted = [writer.maker(ink=MUTED) for writer in self.writers]
        for row in rows:
            if row.group != group:
                if group and sheet.total:
                    self._sum("小计", part.words(sheet.noun), part.value, SUBTOTAL, self.simulated - before)
                group, part, before = row.group, Sums(sheet.columns), self.simulated
                # Not merged: the text runs over the empty cells beside it, and rows can still be sorted and filtered.
                self._texts({0: group}, HEADING)
            number = lines.at + 1
            makers = muted if row.muted else plain
            values = (*row.values, row.key, row.version) if sheet.keyed else row.values
            lines.add([make[type(value)](value, number) for make, value in zip(makers, values, strict=True)])
            self.count += 1
            self.simulated += row.simulated
            whole.add(row)
            part.add(row)
        return self._end(whole, part if group else None, self.simulated - before)

    def _end(self, whole: Sums, part: Sums | None, of_part: int) -> list[str]:
        """Write the last 小计, `of_part` of whose rows are simulated, and 合计; return the notes."""
        sheet = self.sheet
        notes = [*sheet.notes]
        if not self.count:
            self._texts({0: sheet.blank}, Look(align="center", ink=MUTED), BLANK_HEIGHT)
            self.lines.merge(0, len(self.shown) - 1)
        elif sheet.foot is not None:
            foot = sheet.foot if isinstance(sheet.foot, Foot) else sheet.foot()
            self._sum("合计", foot.words, lambda column: foot.values.get(column.name), TOTAL, self.simulated)
            notes += foot.notes
        elif sheet.total:
            if part is not None:
                self._sum("小计", part.words(sheet.noun), part.value, SUBTOTAL, of_part)
            self._sum("合计", whole.words(sheet.noun), whole.value, TOTAL, self.simulated)
            notes += whole.notes()
        return notes

    def _sum(self, label: str, words: str, value: Callable[[Column], Any], fill: str, simulated: int) -> None:
        number = self.lines.at + 1
        cells = [self.lines.cell(0, label, Look(bold=True, fill=fill, align="center"))]
        for writer in self.shown[1:]:
            amount = value(writer.column)
            if words and amount is None and writer.column.kind == "text":
                # Beside the label, in the first column of words: usually that of the names.
                amount, words = words, ""
            if writer.column.name == SIMULATED_COLUMN and simulated:
                amount = f"含 {simulated} 行模拟"
            cells.append(writer.maker(bold=True, fill=fill)[type(amount)](amount, number))
        self.lines.add(cells)

    def _note(self, text: str) -> None:
        """A sentence over the columns of the first page, in as many lines as it needs."""
        first, last = self.parts[0]
        width = int(sum(self.sizes[first : last + 1]))
        self._texts({0: text}, NOTE, lines_of(text, width) * LINE_HEIGHT + 3)
        self.lines.merge(first, last)
