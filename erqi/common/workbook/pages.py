"""The frame of a sheet: widths, frozen panes, filter, and how it is printed."""

import math

from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from erqi.common.workbook.cells import NARROWEST, width_of
from erqi.common.workbook.sheet import SheetWriter

A3, A4 = 8, 9
# So many characters of 10 points stand side by side on a landscape page within the margins.
ON_A4, ON_A3, UPRIGHT_A4 = 150, 220, 104
# Print is not made smaller than this part of its size; what is wider goes on a second page with the pinned columns repeated.
SMALLEST = 0.55
# Room beside the text, and for the button of the filter.
PADDING = 2
HEADING_LINES = 2


def widths(writer: SheetWriter) -> list[float]:
    """Return the width of each visible column: what its values need, and its heading in two lines."""
    found = []
    for place, one in enumerate(writer.shown):
        heading = width_of(one.column.label)
        needed = math.ceil(heading / (1 if heading <= NARROWEST + 1 else HEADING_LINES)) + PADDING
        wide = max(one.width + PADDING, needed, NARROWEST + PADDING)
        found.append(wide if place != 1 or not writer.sheet.total else max(wide, 14))
    return found


def frame(worksheet: WriteOnlyWorksheet, writer: SheetWriter) -> None:
    """Set everything of the sheet that is not its rows."""
    sheet = writer.sheet
    sizes = widths(writer)
    for one, size in zip(writer.shown, sizes, strict=True):
        dimension = worksheet.column_dimensions[one.letter]
        dimension.width = size
        dimension.hidden = one.column.hide_empty and not one.filled
    for one in writer.writers[len(writer.shown) :]:
        worksheet.column_dimensions[one.letter].hidden = True
    for area in writer.merged:
        worksheet.merged_cells.add(area)
    if not sheet.plain:
        pinned = min(sheet.pinned, len(writer.shown) - 1)
        worksheet.freeze_panes = f"{get_column_letter(pinned + 1)}{writer.head_last + 1}"
        if writer.count:
            last = get_column_letter(len(writer.columns))
            worksheet.auto_filter.ref = f"A{writer.head_last}:{last}{writer.last_row}"
        worksheet.print_title_rows = f"1:{writer.head_last}"
    _paper(worksheet, writer, sum(sizes))


def _paper(worksheet: WriteOnlyWorksheet, writer: SheetWriter, width: float) -> None:
    """Choose the page: A4 where the columns stay legible on it, else A3; more pages side by side where even that is too narrow."""
    sheet = writer.sheet
    setup, on_page = worksheet.page_setup, UPRIGHT_A4
    setup.orientation, setup.paperSize = "portrait", A4
    if not sheet.plain:
        setup.orientation, on_page = "landscape", ON_A4
        if width > ON_A4 / 0.75:
            setup.paperSize, on_page = A3, ON_A3
    pages = max(1, math.ceil(width * SMALLEST / on_page))
    if pages > 1 and sheet.pinned:
        worksheet.print_title_cols = f"A:{get_column_letter(sheet.pinned)}"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    setup.fitToWidth, setup.fitToHeight = pages, 0
    worksheet.print_options.horizontalCentered = True
    worksheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    footer = worksheet.oddFooter
    footer.left.text, footer.center.text, footer.right.text = sheet.title.replace("&", "&&"), "第 &P 页，共 &N 页", "打印日期：&D"
    for part in (footer.left, footer.center, footer.right):
        part.size = 9
