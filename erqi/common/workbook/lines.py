"""Lines of a sheet as XML, gathered and passed on in batches; and the cells that are merged."""

from collections.abc import Iterable, Mapping
from typing import IO

from openpyxl.utils import get_column_letter

from erqi.common.workbook.cells import Tall, text_cell
from erqi.common.workbook.styles import Look, Styles

# So many lines are gathered before they go to the file.
BATCH = 200
LINE_HEIGHT = 13.5
# Excel's own limit.
TALLEST = 409


class Lines:
    """Lines from one on. Columns are counted from 0 here, lines from 1, as Excel does. Without a file they are kept."""

    def __init__(self, styles: Styles, tall: Tall, at: int = 0, file: IO[bytes] | None = None) -> None:
        self.styles, self.tall, self.at, self.file = styles, tall, at, file
        self.merged: list[str] = []
        self._pending: list[str] = []

    def add(self, cells: Iterable[str], height: float | None = None) -> None:
        """Add a line of cells that were made for it."""
        # First the cells, which name the line that comes next.
        made = "".join(cells)
        self.at += 1
        size = f' ht="{height}" customHeight="1"' if height else ""
        if self.tall.lines > 1:
            # Excel finds the height by itself, other programs do not. Not "custom": it follows when the text is edited.
            size = f' ht="{min(self.tall.lines * LINE_HEIGHT + 3, TALLEST)}"'
            self.tall.lines = 1
        self._pending.append(f'<row r="{self.at}"{size}>{made}</row>')
        if self.file is not None and len(self._pending) >= BATCH:
            self.flush()

    def cell(self, place: int, text: str, look: Look) -> str:
        """Return a cell of the line that comes next, with a text of the frame: it does not widen its column."""
        return text_cell(get_column_letter(place + 1), self.at + 1, self.styles.number(look), text)

    def texts(self, number: int, texts: Mapping[int, str], look: Look, height: float | None = None) -> None:
        """Add a line of so many cells that look alike, with texts by column."""
        self.add((self.cell(place, texts.get(place, ""), look) for place in range(number)), height)

    def merge(self, first: int, last: int, top: int | None = None, bottom: int | None = None) -> None:
        """Merge columns of the line just added, or of several lines."""
        top, bottom = top or self.at, bottom or self.at
        if (first, top) != (last, bottom):
            self.merged.append(f"{get_column_letter(first + 1)}{top}:{get_column_letter(last + 1)}{bottom}")

    def text(self) -> str:
        """Return the lines that have not gone to a file."""
        return "".join(self._pending)

    def flush(self) -> None:
        """Pass the lines on to the file."""
        if self.file is not None:
            self.file.write(self.text().encode())
            self._pending.clear()
