"""The frame of a sheet: widths, frozen panes, filter, and how it is printed."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from erqi.common.workbook.layout import ON_A3, ON_A4, SMALLEST_A4
from erqi.common.workbook.sheet import SheetWriter

A3, A4 = 8, 9


def frame(worksheet: WriteOnlyWorksheet, writer: SheetWriter) -> None:
    """Set everything of the sheet that is not its rows."""
    sheet = writer.sheet
    for one, size in zip(writer.shown, writer.sizes, strict=True):
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
    _paper(worksheet, writer)


def _paper(worksheet: WriteOnlyWorksheet, writer: SheetWriter) -> None:
    """Choose the page: A4 where the columns stay legible on it, else A3; several side by side where even that is too narrow."""
    sheet, sizes = writer.sheet, writer.sizes
    setup = worksheet.page_setup
    setup.orientation, setup.paperSize = "landscape", A4
    if sheet.plain:
        setup.orientation = "portrait"
    elif sum(sizes) > ON_A4 / SMALLEST_A4:
        setup.paperSize = A3
    if len(writer.parts) == 1:
        # In height as many pages as it takes; a table with charts stands on one with them.
        worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        setup.fitToWidth, setup.fitToHeight = 1, 1 if sheet.charts else 0
    else:
        # Fitting to pages and breaking them by hand exclude each other: the scale is given.
        pinned = sum(sizes[: sheet.pinned])
        widest = max(sum(sizes[first : last + 1]) + (pinned if first else 0) for first, last in writer.parts)
        setup.scale = int(100 * min(1, ON_A3 / widest))
        for _, last in writer.parts[:-1]:
            worksheet.col_breaks.append(Break(id=last + 1))
        if sheet.pinned:
            worksheet.print_title_cols = f"A:{get_column_letter(sheet.pinned)}"
    worksheet.print_options.horizontalCentered = True
    worksheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    footer = worksheet.oddFooter
    footer.left.text, footer.center.text, footer.right.text = sheet.title.replace("&", "&&"), "第 &P 页，共 &N 页", "打印日期：&D"
    for part in (footer.left, footer.center, footer.right):
        part.size = 9
