"""One sheet's rows, written to a temporary file as they come: title, head, groups with their 小计, 合计, notes."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from openpyxl.utils import get_column_letter

from erqi.common.workbook.cells import ColumnWriter, Tall, lines_of, text_cell, width_of
from erqi.common.workbook.declare import KEY_HEADER, VERSION_HEADER, Column, Foot, Row, Sheet
from erqi.common.workbook.styles import GROUP, HEAD, SUBTOTAL, TITLE_FONT, TOTAL, Look, Styles
from erqi.common.workbook.sums import Sums

# So many rows are gathered before they go to the file.
BATCH = 200
TITLE = Look(align="center", size=16, font=TITLE_FONT, framed=False)
INFO = Look(framed=False)
NOTE = Look(wrap=True, framed=False)
HEADING = Look(align="center", wrap=True, bold=True, fill=HEAD)
TITLE_HEIGHT, INFO_HEIGHT, HEADING_HEIGHT, LINE_HEIGHT = 30, 18, 30, 13.5
TALLEST = 409
# A heading that is wider may stand in two lines.
ONE_LINE = 6
# Columns in which nobody reads; they are hidden.
HIDDEN = (Column("key", KEY_HEADER, "code"), Column("version", VERSION_HEADER, "code"))


class SheetWriter:
    """Writes a declared sheet's rows and remembers what its frame needs: merged cells, widths, how many rows there were."""

    def __init__(self, sheet: Sheet, styles: Styles) -> None:
        self.sheet = sheet
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by book.py, which copies it
        self.columns = [*sheet.columns, *(HIDDEN if sheet.keyed else ())]
        self.tall = Tall()
        self.writers = [ColumnWriter(column, get_column_letter(place), styles, self.tall) for place, column in enumerate(self.columns, 1)]
        self.styles = styles
        self.merged: list[str] = []
        self.at = 0
        self.count = 0
        self.simulated = 0
        # Lines of the head, of the first row, of the last row or sum.
        self.head_first = self.head_last = self.first = self.last_row = 0
        self._pending: list[str] = []

    @property
    def shown(self) -> list[ColumnWriter]:
        """The columns that people see."""
        return self.writers[: len(self.sheet.columns)]

    @property
    def groups(self) -> bool:
        """Whether the head has two rows."""
        return any(column.group for column in self.sheet.columns)

    def write(self) -> None:
        """Write everything; the rows are read once."""
        self._titles()
        self._head()
        self.first = self.at + 1
        self._rows(self.sheet.rows)
        self._flush()
        for writer in self.writers:
            writer.settle()

    # Lines of the frame.

    def _line(self, cells: Iterable[str], height: float | None = None) -> None:
        # First the cells, which are made for the line that comes next.
        made = "".join(cells)
        self.at += 1
        size = f' ht="{height}" customHeight="1"' if height else ""
        if self.tall.lines > 1:
            # Excel finds the height by itself, other programs do not. Not "custom": it follows when the text is edited.
            size = f' ht="{min(self.tall.lines * LINE_HEIGHT + 3, TALLEST)}"'
            self.tall.lines = 1
        self._pending.append(f'<row r="{self.at}"{size}>{made}</row>')
        if len(self._pending) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        self.file.write("".join(self._pending).encode())
        self._pending.clear()

    def _texts(self, texts: dict[int, str], look: Look, height: float | None = None) -> None:
        """Write a line of texts by column (from 0); the other cells look the same."""
        self._line((self._cell(place, texts.get(place, ""), look) for place in range(len(self.shown))), height)

    def _cell(self, place: int, text: str, look: Look) -> str:
        """Return a cell of the line that comes next, with a text of the frame: it does not widen its column."""
        return text_cell(self.writers[place].letter, self.at + 1, self.styles.number(look), text)

    def _merge(self, first: int, last: int, top: int | None = None, bottom: int | None = None) -> None:
        """Merge columns (from 0) of the line just written, or of several lines."""
        top, bottom = top or self.at, bottom or self.at
        if (first, top) != (last, bottom):
            self.merged.append(f"{get_column_letter(first + 1)}{top}:{get_column_letter(last + 1)}{bottom}")

    def _titles(self) -> None:
        """The title over all columns, and the line with 填报单位, 数据截止 and 单位 in three parts."""
        width = len(self.shown)
        self._texts({0: self.sheet.title}, TITLE, TITLE_HEIGHT)
        self._merge(0, width - 1)
        left, middle, right = self.sheet.info
        if not any(self.sheet.info):
            return
        if width < 3:
            self._texts({0: "　　".join(filter(None, self.sheet.info))}, INFO, INFO_HEIGHT)
            self._merge(0, width - 1)
            return
        # Where columns stay in sight, what the left part says stays in sight with them.
        first = min(max(self.sheet.pinned, width // 3), width - 2)
        cuts = [0, first, max(first + 1, width - width // 3), width]
        texts = dict(zip(cuts, (left, middle, right), strict=False))
        parts = list(zip(("left", "center", "right"), cuts, cuts[1:], strict=False))
        looks = [INFO.but(align=align) for align, start, end in parts for _ in range(start, end)]
        self._line((self._cell(place, texts.get(place, ""), look) for place, look in enumerate(looks)), INFO_HEIGHT)
        for _, start, end in parts:
            self._merge(start, end - 1)

    def _head(self) -> None:
        """One row of headings, or two: neighbours of a group below its name, the others over both rows."""
        labels = {place: column.label for place, column in enumerate(self.columns)}
        self.head_first = self.at + 1
        if self.groups:
            runs = _runs(self.columns)
            self._heading({first: self.columns[first].group or labels.pop(first) for first, _ in runs}, INFO_HEIGHT)
            for first, last in runs:
                if self.columns[first].group:
                    self._merge(first, last)
                else:
                    self._merge(first, first, self.at, self.at + 1)
        self._heading(labels, HEADING_HEIGHT if any(width_of(label) > ONE_LINE for label in labels.values()) else INFO_HEIGHT)
        self.head_last = self.at

    def _heading(self, texts: dict[int, str], height: float) -> None:
        self._line((self._cell(place, texts.get(place, ""), HEADING) for place in range(len(self.columns))), height)

    # The rows.

    def _rows(self, rows: Iterable[Row]) -> None:
        sheet = self.sheet
        whole, part, group = Sums(sheet.columns), Sums(sheet.columns), ""
        plain, muted = self._makers(), self._makers(ink="6B7687")
        for row in rows:
            if row.group != group:
                if group and sheet.total:
                    self._sum("小计", part.words(sheet.noun), part.value, SUBTOTAL)
                group, part = row.group, Sums(sheet.columns)
                self._texts({0: group}, Look(bold=True, fill=GROUP))
                self._merge(0, len(self.shown) - 1)
            number = self.at + 1
            makers = muted if row.muted else plain
            values = (*row.values, row.key, row.version) if sheet.keyed else row.values
            self._line([make[type(value)](value, number) for make, value in zip(makers, values, strict=True)])
            self.count += 1
            self.simulated += row.simulated
            whole.add(row)
            part.add(row)
        self._end(whole, part if group else None)

    def _end(self, whole: Sums, part: Sums | None) -> None:
        """The last 小计, 合计, and the notes."""
        sheet = self.sheet
        notes = [*sheet.notes]
        if not self.count:
            self._texts({0: sheet.blank}, Look(align="center", ink="596577"), 24)
            self._merge(0, len(self.shown) - 1)
        elif sheet.foot is not None:
            self._foot(sheet.foot)
            notes += sheet.foot.notes
        elif sheet.total:
            if part is not None:
                self._sum("小计", part.words(sheet.noun), part.value, SUBTOTAL)
            self._sum("合计", whole.words(sheet.noun), whole.value, TOTAL)
            notes += whole.notes()
        self.last_row = self.at
        for place, note in enumerate(notes):
            self._note(f"注：{note}" if place == 0 else f"　　{note}")

    def _foot(self, foot: Foot) -> None:
        self._sum("合计", foot.words, lambda column: foot.values.get(column.name), TOTAL)

    def _sum(self, label: str, words: str, value: Callable[[Column], Any], fill: str) -> None:
        number = self.at + 1
        cells = []
        for place, writer in enumerate(self.shown):
            text = label if place == 0 else words if place == 1 and not writer.column.total else ""
            if text:
                cells.append(self._cell(place, text, Look(bold=True, fill=fill, align="left" if place else "center", wrap=True)))
            else:
                amount = value(writer.column)
                cells.append(writer.maker(bold=True, fill=fill)[type(amount)](amount, number))
        self._line(cells)

    def _note(self, text: str) -> None:
        """A sentence over all columns, in as many lines as it needs."""
        width = sum(writer.width + 3 for writer in self.shown) + 1
        self._texts({0: text}, NOTE, lines_of(text, width) * LINE_HEIGHT + 3)
        self._merge(0, len(self.shown) - 1)

    def _makers(self, **changes: Any) -> list[Any]:
        return [writer.maker(**changes) for writer in self.writers]


def _runs(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Return the neighbours of each group as (first, last) from 0; a column without a group stands alone."""
    runs: list[tuple[int, int]] = []
    for place, column in enumerate(columns):
        if runs and column.group and columns[place - 1].group == column.group:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
