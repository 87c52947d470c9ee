"""Native charts of Excel, drawn from the cells of their own sheet, so that they follow when a cell is changed."""

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.series import SeriesLabel, StrRef
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from erqi.common.workbook.declare import Chart
from erqi.common.workbook.sheet import SheetWriter

# No signal colours: these mean warning levels. Dark and light, so that a grey print tells them apart; lines differ by dashes as well.
COLOURS = ("1B4484", "A9BEDD", "7A6A9B", "3F7D87")
DASHES = (None, "dash", "sysDot", "dashDot")
WIDTH_CM, HEIGHT_CM, ROWS_EACH = 24, 9, 19


def draw(worksheet: WriteOnlyWorksheet, writer: SheetWriter) -> None:
    """Place the sheet's charts below its rows, one under the other."""
    if not writer.count:
        return
    row = writer.at + 2
    for chart in writer.sheet.charts:
        worksheet.add_chart(_chart(worksheet, writer, chart), f"A{row}")
        row += ROWS_EACH


def _chart(worksheet: WriteOnlyWorksheet, writer: SheetWriter, declared: Chart) -> BarChart | LineChart:
    places = {column.name: place for place, column in enumerate(writer.sheet.columns, 1)}
    chart = BarChart() if declared.kind == "bar" else LineChart()
    last = writer.first + writer.count - 1
    for name in declared.series:
        # The heading is the name: it stands in the head's last row, or in the first where the column has no group.
        top = writer.head_last if writer.sheet.columns[places[name] - 1].group else writer.head_first
        chart.add_data(Reference(worksheet, min_col=places[name], min_row=writer.first, max_row=last))
        chart.series[-1].tx = _named(worksheet, places[name], top)
    chart.set_categories(Reference(worksheet, min_col=places[declared.categories], min_row=writer.first, max_row=last))
    # A picture of simulated figures says so, wherever it is pasted.
    chart.title = f"{declared.title}（含模拟数据）" if writer.simulated else declared.title
    chart.y_axis.title = declared.axis or None
    chart.width, chart.height, chart.legend.position = WIDTH_CM, HEIGHT_CM, "b"
    chart.y_axis.number_format = "0%" if declared.percent else "#,##0"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="DBE1E9"))
    # Without these, newer versions of Excel leave the axes out.
    chart.x_axis.delete = chart.y_axis.delete = False
    for number, series in enumerate(chart.series):
        colour = COLOURS[number % len(COLOURS)]
        if declared.kind == "bar":
            series.graphicalProperties.solidFill = colour
            series.graphicalProperties.line.solidFill = "1B2534"
        else:
            series.graphicalProperties.line = LineProperties(solidFill=colour, w=28000, prstDash=DASHES[number % len(DASHES)])
            series.smooth = False
            series.marker.symbol = "circle"
    if declared.kind == "bar":
        chart.gapWidth = 60
    return chart


def _named(worksheet: WriteOnlyWorksheet, column: int, row: int) -> SeriesLabel:
    return SeriesLabel(strRef=StrRef(f"{quote_sheetname(worksheet.title)}!${get_column_letter(column)}${row}"))
