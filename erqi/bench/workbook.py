"""A bare openpyxl write-only loop: what an export of as many rows is measured against."""

import tempfile
import time
from datetime import date
from statistics import median

import openpyxl
from openpyxl import Workbook

COLUMNS = 25
_TIMES = 3


def has_lxml() -> bool:
    """Say whether openpyxl writes by lxml here, which makes the loop a quarter faster."""
    return bool(openpyxl.LXML)


def bare_loop(rows: int) -> float:
    """Return the median of the seconds that writing so many rows of 25 cells takes, without any style."""
    found = []
    for _ in range(_TIMES):
        begun = time.monotonic()
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for number in range(rows):
            row = [number, f"东风里学校{number}号地块项目", 12345.67 + number, date(2018, 9, 28), "正常"] * (COLUMNS // 5)
            sheet.append(row)
        with tempfile.TemporaryFile() as file:
            book.save(file)
        found.append(time.monotonic() - begun)
    return median(found)
