"""Looks of cells. A look is described once and has one number in the workbook: cells then name the number, which costs nothing."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

FONT = "宋体"
TITLE_FONT = "黑体"
SIZE = 10
INK = "1B2534"
LINE = Side("thin", color="8C97A8")

# Fills of the warning levels: background, ink, pattern. In grey they are dark, middle, light and nearly white; a hold is hatched. The
# word stands in the cell as well.
TONES: dict[str, tuple[str, str, str]] = {
    "red": ("C62828", "FFFFFF", "solid"),
    "yellow": ("FFD54A", "1B2534", "solid"),
    "blue": ("6FA8DC", "1B2534", "solid"),
    "green": ("DDEFD6", "1B2534", "solid"),
    "paused": ("8C97A8", "1B2534", "lightUp"),
    "unrated": ("", "596577", ""),
    "done": ("EDEFF2", "465266", "solid"),
}
# Ink of what no longer counts.
MUTED = "596577"
HEAD, GROUP, SUBTOTAL, TOTAL = "D9E2EC", "EEF2F6", "F4F6F8", "E1E6EC"


@dataclass(frozen=True)
class Look:
    """How a cell looks. `quoted`: a leading = + - @ is text for whoever edits the cell."""

    align: str = "left"
    wrap: bool = False
    format: str = "General"
    fill: str = ""
    pattern: str = "solid"
    ink: str = INK
    bold: bool = False
    size: int = SIZE
    font: str = FONT
    framed: bool = True
    quoted: bool = False

    def but(self, **changes: object) -> "Look":
        """Return the look with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


class Styles:
    """The numbers of looks in one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[Look, int] = {}
        self._slots = 0
        # Widths are counted in digits of the workbook's default font.
        normal = Font(name=FONT, size=SIZE, family=3, charset=134)
        book._fonts[0] = normal
        book._named_styles["Normal"].font = normal

    def number(self, look: Look) -> int:
        """Return the look's number, the same one each time."""
        if look not in self._numbers:
            cell = WriteOnlyCell(SimpleNamespace(parent=self._book))
            cell.font = Font(name=look.font, size=look.size, bold=look.bold, color=look.ink, family=3, charset=134)
            if look.fill:
                cell.fill = PatternFill(look.pattern, fgColor=look.fill, bgColor="FFFFFF")
            if look.framed:
                cell.border = Border(LINE, LINE, LINE, LINE)
            indent = 1 if look.framed and look.align == "left" else 0
            cell.alignment = Alignment(horizontal=look.align, vertical="center", wrap_text=look.wrap or None, indent=indent)
            cell.number_format = look.format
            if look.quoted:
                cell._style.quotePrefix = 1
            self._numbers[look] = cell.style_id
        return self._numbers[look]

    def slot(self) -> str:
        """Return a number format that is decided later (`settle`): how many decimals a column needs is known after its last row."""
        self._slots += 1
        return f'0;-0;0;"{self._slots}"'

    def settle(self, slot: str, number_format: str) -> None:
        """Put the real format in the place of a slot; a slot that no cell used has none."""
        formats = self._book._number_formats
        if slot in formats:
            formats[formats.index(slot)] = number_format
