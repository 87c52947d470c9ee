"""Workbooks: sheets are declared, one writer makes them Excel or CSV. What stands in them, and what does not: docs/exports.md.

    declare.py   what a report says: columns, rows, sums, charts, the cover
    cells.py     values as cells: text stays text, numbers exact, widths measured
    styles.py    looks: fonts, borders, fills of warning levels
    sheet.py     one sheet's rows: groups with 小计, 合计, notes; sums.py adds them up, lines.py gathers them
    head.py      title, 填报单位 and 单位, headings
    layout.py    widths, and which columns stand on one page
    pages.py     frozen panes, filter, paper, footer
    charts.py    native Excel charts
    cover.py     the sheet 说明
    book.py      the whole workbook as a file
    delimited.py the same rows as CSV

A report that needs a loop of its own is declared wrongly.
"""
