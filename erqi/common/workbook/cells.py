"""Values as cells of a sheet's XML.

openpyxl's own way from a value to a cell takes most of an export's time (six times what is below), so the rows of a sheet are written
here and openpyxl makes everything around them. What a cell holds:

- Text is text, whatever it begins with: it is written as a string, never as a formula, and marked so that editing keeps it a text.
  Characters that XML or Excel do not take are left out.
- A Decimal is written digit by digit. Excel computes with 15 digits: a number with more is written as text. Results of a division are
  cut to eight decimals.
- A date is a day's number. Excel counts wrongly before March 1900: earlier days are text.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from django.utils import timezone

from erqi.common.workbook.declare import Column, Toned
from erqi.common.workbook.styles import TONES, Look, Styles

# What is more than this wraps, by kind.
WIDEST = {"text": 26, "long": 44, "code": 30, "center": 20, "level": 16, "date": 24}
MOST_DIGITS = 15
MOST_PLACES = 8
LONGEST_TEXT = 32767
_CUT = "…（超过单元格所能容纳的长度，余下见系统）"
_DAY_ZERO = date(1899, 12, 30).toordinal()
_FIRST_DAY = date(1900, 3, 1)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What a cell editor would take for a formula (also after a tab or a line end, which some programs skip).
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_ESCAPED = re.compile("_(x[0-9A-Fa-f]{4}_)")
_CARE = re.compile("[&<>\x00-\x08\x0b\x0c\r\x0e-\x1f\ud800-\udfff\ufffe\uffff]|^[=+\\-@\t\n]|_x[0-9A-Fa-f]{4}_")

_ALIGN = {
    **dict.fromkeys(("integer", "number", "money", "percent"), "right"),
    **dict.fromkeys(("ordinal", "center", "date", "moment", "level"), "center"),
}
_FORMATS = {
    **dict.fromkeys(("text", "code", "center"), "@"),
    "ordinal": "0",
    "integer": "#,##0",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
# All values of the column have the same number of decimals, which follows from the values.
_BY_PLACES = ("money",)
_PLACES = {0: "#,##0", 2: "#,##0.00", 4: "#,##0.0000"}


def decimals(places: int) -> int:
    """Return with how many decimals a number is shown that needs so many: none, two, or four."""
    return 0 if places == 0 else 2 if places <= 2 else 4


def width_of(text: str) -> int:
    """Return how wide a text is in characters, a Chinese one counted as two; of several lines the widest."""
    if "\n" in text:
        return max(map(width_of, text.split("\n")))
    return len(text.encode("gbk", "replace"))


def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a column so wide; a Chinese character that does not fit goes to the next."""
    return sum(max(1, -(-width_of(part) // (width - 1))) for part in text.split("\n"))


def clean(text: str) -> str:
    """Return the text as a cell may hold it: without control characters and halves of characters, lines ended by \\n, not too long."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(_CUT)] + _CUT


def looks_like_formula(text: str) -> bool:
    """Say whether a program that opens the file could take the text for a formula or a command."""
    return _FORMULA.match(text) is not None


def digits(value: Decimal) -> str:
    """Return a Decimal without exponent and trailing zeros, cut to eight decimals."""
    text = format(value, "f")
    if "." not in text:
        return text
    if len(text) - text.index(".") - 1 > MOST_PLACES:
        text = format(round(value, MOST_PLACES), "f")
    return text.rstrip("0").rstrip(".")


def text_cell(letter: str, at: int, style: int, text: str) -> str:
    """Return a cell with a text, or an empty one."""
    if not text:
        return f'<c r="{letter}{at}" s="{style}"/>'
    shown = escape(_ESCAPED.sub(r"_x005F_\1", clean(text)), quote=False)
    return f'<c r="{letter}{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def base_look(column: Column) -> Look:
    """Return how a value of the column looks in an ordinary row, number formats left out that follow from the values."""
    return Look(align=_ALIGN.get(column.kind, "left"), wrap=True, format=_FORMATS.get(column.kind, "General"))


class ColumnWriter:
    """Writes the values of one column and measures them: `width` in characters, `whole` digits and `places` of decimals of its numbers,
    whether any value came (`filled`). `tall` says how many lines the present row needs; all columns of a sheet share it."""

    def __init__(self, column: Column, letter: str, styles: Styles, tall: "Tall") -> None:
        self.column, self.letter, self.styles, self.tall = column, letter, styles, tall
        self.widest = column.widest or WIDEST.get(column.kind, 60)
        self.width = self.whole = self.places = 0
        self.filled = False
        self.look = base_look(column)
        self.slot = styles.slot() if column.kind in _BY_PLACES else ""
        if self.slot:
            self.look = self.look.but(format=self.slot)
        self._makers: dict[Any, Maker] = {}

    def maker(self, **changes: Any) -> "Maker":
        """Return the functions that write this column's values in one kind of row (`changes` to the ordinary look)."""
        key = tuple(sorted(changes.items()))
        if key not in self._makers:
            self._makers[key] = Maker(self, self.look.but(**changes))
        return self._makers[key]

    def settle(self) -> None:
        """Fix the number format and the width of the column, now that all values are known: no decimals, two, or four."""
        places = 0
        if self.slot:
            places = decimals(self.places)
            self.styles.settle(self.slot, _PLACES[places])
        elif self.column.kind == "number":
            places = decimals(self.places)
        if self.whole:
            # Sums are bold: one more.
            commas = (self.whole - 1) // 3 if self.column.kind != "ordinal" else 0
            self.width = max(self.width, self.whole + commas + (1 + places if places else 0) + bool(self.column.total))


class Tall:
    """How many lines the row that is being written needs."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines = 1


class Maker(dict):
    """By type of value the function (value, row number) → cell. An unknown type is resolved when it first comes."""

    def __init__(self, writer: ColumnWriter, look: Look) -> None:
        super().__init__()
        styles, column = writer.styles, writer.column
        self._writer, self._look = writer, look
        self._open = f'<c r="{writer.letter}'
        self._value = styles.number(look)
        words = look.but(format="General" if column.kind == "long" else "@")
        self._text = styles.number(words)
        self._quoted = styles.number(words.but(quoted=True))
        self._moment = styles.number(look.but(format=_FORMATS["moment"]))
        self._day = styles.number(look.but(format=_FORMATS["date"], align="center"))
        self._tones = {
            tone: styles.number(words.but(fill=fill, ink=ink, pattern=pattern or "solid", bold=tone == "red"))
            for tone, (fill, ink, pattern) in TONES.items()
        }
        self[type(None)] = self._nothing()
        self[str] = self._words()
        self[Decimal] = self._decimal()
        self[int] = self._integer()
        self[date] = self._date()
        self[Toned] = self._toned

    def __missing__(self, kind: type) -> Callable[[Any, int], str]:
        # A datetime is a date, a bool is an int: the narrower first.
        known = [(datetime, self._datetime), (bool, self._flag), (int, self._whole), (float, self._float)]
        known += [(Decimal, self[Decimal]), (date, self[date])]
        self[kind] = next((made for base, made in known if issubclass(kind, base)), self._other)
        return self[kind]

    def _flag(self, value: bool, at: int) -> str:
        return self[str]("是" if value else "否", at)

    def _whole(self, value: int, at: int) -> str:
        return self[int](int(value), at)

    def _float(self, value: float, at: int) -> str:
        return self[Decimal](Decimal(repr(value)), at)

    def _other(self, value: Any, at: int) -> str:
        return self[str](str(value), at)

    def _nothing(self) -> Callable[[Any, int], str]:
        opened, style = self._open, self._value

        def nothing(value: None, at: int) -> str:
            return f'{opened}{at}" s="{style}"/>'

        return nothing

    def _words(self) -> Callable[[str, int], str]:
        opened, plain, quoted, writer, nothing = self._open, self._text, self._quoted, self._writer, self[type(None)]
        widest, care, tall = writer.widest, _CARE.search, writer.tall

        def words(value: str, at: int) -> str:
            style = plain
            if care(value) or len(value) > LONGEST_TEXT:
                value = clean(value)
                if looks_like_formula(value):
                    style = quoted
                shown = escape(_ESCAPED.sub(r"_x005F_\1", value), quote=False)
            else:
                shown = value
            if not value:
                return nothing(None, at)
            if 2 * len(value) > writer.width:
                wide = width_of(value)
                if wide > writer.width:
                    writer.width = min(wide, widest)
                if (wide > widest or "\n" in value) and (lines := lines_of(value, widest)) > tall.lines:
                    tall.lines = lines
            elif "\n" in value:
                tall.lines = max(tall.lines, lines_of(value, widest))
            writer.filled = True
            return f'{opened}{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'

        return words

    def _number(self, text: str, at: int, style: int | None = None) -> str:
        """Return the cell of a number written out, as text where Excel would lose digits."""
        writer = self._writer
        if len(text) > MOST_DIGITS and len(text.replace(".", "").lstrip("-0")) > MOST_DIGITS:
            return self[str](text, at)
        whole = text.find(".") if "." in text else len(text)
        if whole > writer.whole:
            writer.whole = whole
        writer.filled = True
        return f'{self._open}{at}" s="{self._value if style is None else style}"><v>{text}</v></c>'

    def _integer(self) -> Callable[[int, int], str]:
        number = self._number

        own = self._writer.styles.number(self._look.but(format=_PLACES[0])) if self._writer.column.kind == "number" else None

        def integer(value: int, at: int) -> str:
            return number(str(value), at, own)

        return integer

    def _decimal(self) -> Callable[[Decimal, int], str]:
        writer, number = self._writer, self._number
        is_rate = writer.column.kind == "percent"
        # Numbers of different units stand in one column: each has its own decimals.
        own = {places: writer.styles.number(self._look.but(format=shape)) for places, shape in _PLACES.items()}
        own = own if writer.column.kind == "number" else {}

        def decimal(value: Decimal, at: int) -> str:
            if not value.is_finite():
                return self[str](str(value), at)
            text = digits(value)
            if is_rate:
                # 51.2% takes less room than its digits.
                writer.width, writer.filled = max(writer.width, 7), True
                return f'{self._open}{at}" s="{self._value}"><v>{text}</v></c>'
            point = text.find(".")
            places = len(text) - point - 1 if point >= 0 else 0
            writer.places = max(writer.places, places)
            return number(text, at, own.get(decimals(places)))

        return decimal

    def _date(self) -> Callable[[date, int], str]:
        opened, style, writer = self._open, self._day, self._writer

        def day(value: date, at: int) -> str:
            if value < _FIRST_DAY:
                return self[str](value.isoformat(), at)
            writer.width, writer.filled = max(writer.width, 10), True
            return f'{opened}{at}" s="{style}"><v>{value.toordinal() - _DAY_ZERO}</v></c>'

        return day

    def _datetime(self, value: datetime, at: int) -> str:
        """Return the cell of a moment, in the district's time."""
        local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        if local.date() < _FIRST_DAY:
            return self[str](local.isoformat(" "), at)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        self._writer.width, self._writer.filled = max(self._writer.width, 16), True
        number = local.toordinal() - _DAY_ZERO + round(Decimal(seconds) / 86400, 10)
        return f'{self._open}{at}" s="{self._moment}"><v>{number}</v></c>'

    def _toned(self, value: Toned, at: int) -> str:
        """Return the cell of a warning level: the word, filled."""
        cell = self[str](str(value), at)
        style = self._tones.get(value.tone)
        return cell if style is None else re.sub(r' s="\d+"', f' s="{style}"', cell, count=1)
