"""What stands in a cell: text stays text, numbers are exact, dates are dates; read back with openpyxl."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erqi.common.roles import Role
from erqi.common.workbook.book import write_book
from erqi.common.workbook.cells import LONGEST_TEXT, lines_of, width_of
from erqi.common.workbook.declare import Column, Toned
from erqi.common.workbook.styles import TONES
from erqi.tests.workbooks import COVER, cells, head_of, sheet, written


@pytest.mark.parametrize("text", ["=1+1", "+86 371", "-3℃以下", "@张三", '=HYPERLINK("http://x")', "\t=1", "\n=cmd|' /C calc'!A0"])
@pytest.mark.parametrize("kind", ["text", "long", "money", "date", "level"])
def test_text_is_never_a_formula(text, kind):
    cell = cells(text, kind)
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a<b>&\"'c", "a<b>&\"'c"),
        (" 前后空格 ", " 前后空格 "),
        ("一\r\n二\r三\n四", "一\n二\n三\n四"),
        ("铃\x07、垂直\x0b、空\x00、\x1f尾", "铃、垂直、空、尾"),
        ("半个\ud800字", "半个字"),
        ("\ufffe\uffff", None),
        ("𠮷野家㙓", "𠮷野家㙓"),
        ("", None),
        ("000123", "000123"),
        ("123456789012345678", "123456789012345678"),
        ("2018-06-30", "2018-06-30"),
    ],
)
def test_text_is_kept_but_for_what_no_cell_takes(text, kept):
    cell = cells(text)
    assert cell.value == kept
    assert not cell.quotePrefix


def test_what_excel_reads_as_an_escape_is_escaped():
    # Excel shows _x0041_ as A; written so it shows what was typed.
    assert cells("_x0041_").value == "_x005F_x0041_"


def test_a_text_that_is_too_long_says_so():
    text = cells("长" * (LONGEST_TEXT + 1), "long").value
    assert len(text) == LONGEST_TEXT
    assert text.endswith("余下见系统）")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_texts_make_a_file_that_opens(texts):
    file = BytesIO()
    write_book(file, [sheet([Column("a", "甲"), Column("b", "乙", "long")], *[[text, text] for text in texts])], COVER)
    found = openpyxl.load_workbook(file).worksheets[1]
    first = head_of(found) + 1
    for line, text in enumerate(texts, first):
        assert found.cell(line, 1).data_type in ("s", "n")
        assert found.cell(line, 1).value == found.cell(line, 2).value
        if text.isalnum():
            assert found.cell(line, 1).value == text


@pytest.mark.parametrize(
    ("value", "kind", "kept", "number_format"),
    [
        (Decimal("793000.0000"), "money", 793000, "#,##0"),
        (Decimal("0.10"), "money", 0.1, "#,##0.00"),
        (Decimal("12345.6789"), "money", 12345.6789, "#,##0.0000"),
        (Decimal("-3"), "money", -3, "#,##0"),
        (Decimal("1E+3"), "money", 1000, "#,##0"),
        (Decimal(0), "money", 0, "#,##0"),
        (Decimal("99999999999.9999"), "money", 99999999999.9999, "#,##0.0000"),
        (Decimal(2) / 3, "percent", 0.66666667, "0.0%"),
        (Decimal("1.013"), "percent", 1.013, "0.0%"),
        (12, "ordinal", 12, "0"),
        (1234567, "integer", 1234567, "#,##0"),
        (2.5, "number", 2.5, "#,##0.00"),
    ],
)
def test_numbers_are_numbers(value, kind, kept, number_format):
    cell = cells(value, kind)
    assert (cell.data_type, cell.value, cell.number_format) == ("n", kept, number_format)


@pytest.mark.parametrize("value", [Decimal("12345678901234.5678"), 1234567890123456, Decimal("-1234567890123456")])
def test_a_number_with_more_digits_than_excel_keeps_is_text(value):
    cell = cells(value, "money")
    assert (cell.data_type, cell.value) == ("s", str(value))


def test_a_number_is_written_digit_by_digit():
    file = BytesIO()
    write_book(file, [sheet([Column("a", "甲", "money")], [Decimal("0.3000")], [Decimal("123456789.1234")])], COVER)
    with ZipFile(file) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "<v>0.3</v>" in xml
    assert "<v>123456789.1234</v>" in xml


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_unknown_is_empty_and_not_zero(value):
    assert cells(value, "money").value is None


@pytest.mark.parametrize(
    ("value", "kind", "kept", "number_format"),
    [
        (date(2018, 9, 28), "date", datetime(2018, 9, 28), "yyyy-mm-dd"),
        (date(1900, 3, 1), "date", datetime(1900, 3, 1), "yyyy-mm-dd"),
        (datetime(2018, 9, 28, 1, 2, 3, tzinfo=UTC), "moment", datetime(2018, 9, 28, 9, 2, 3), "yyyy-mm-dd hh:mm"),
        # What a column of dates says in words (早日) and what Excel cannot count are text.
        ("早日", "date", "早日", "@"),
        (date(1900, 2, 28), "date", "1900-02-28", "@"),
        (True, "text", "是", "@"),
        (Role.OFFICE, "text", "office", "@"),
    ],
)
def test_dates_are_dates(value, kind, kept, number_format):
    cell = cells(value, kind)
    assert (cell.value, cell.number_format) == (kept, number_format)


@pytest.mark.parametrize("tone", sorted(TONES))
def test_a_level_is_a_word_and_a_fill(tone):
    cell = cells(Toned("告警（模拟）", tone), "level")
    assert cell.value == "告警（模拟）"
    assert (cell.fill.fill_type is not None) == bool(TONES[tone][0])


def test_the_fills_of_the_levels_differ_in_grey():
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    greys = [grey(TONES[tone][0]) for tone in ("red", "blue", "yellow", "green")]
    assert all(lighter - darker > 20 for darker, lighter in zip(greys, greys[1:], strict=False)), greys
    # Ink on each is legible: 4.5 to 1 by the formula of WCAG.
    for tone, (fill, ink, _) in TONES.items():
        if fill:
            assert contrast(fill, ink) >= 4.5, tone


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2)."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("项目", 4), ("项目a", 5), ("短\n项目名称", 8), ("𠮷", 1)])
def test_chinese_characters_are_two_wide(text, width):
    assert width_of(text) == width


@pytest.mark.parametrize(("text", "width", "lines"), [("项目", 4, 2), ("项目", 5, 1), ("项" * 20, 11, 4), ("a\nb\n", 10, 3)])
def test_lines_of_a_wrapped_text(text, width, lines):
    assert lines_of(text, width) == lines


def test_columns_are_as_wide_as_their_values_need_and_not_wider_than_they_may():
    found = written(
        [Column("a", "甲", "ordinal"), Column("b", "名称"), Column("c", "说明", "long"), Column("d", "金额", "money")],
        [1, "短名", "很长的话" * 40, Decimal("1234567.5")],
    )
    widths = [found.column_dimensions[letter].width for letter in "ABCD"]
    assert widths[0] < 8
    assert widths[1] < 12
    assert 44 <= widths[2] <= 48
    # 1,234,567.50 and room beside it.
    assert widths[3] >= 14
    line = head_of(found) + 1
    # Four lines of forty-four characters: the row is as high as the text needs.
    assert found.row_dimensions[line].height > 3 * 13.5 * 2
