"""How wide a sheet's columns are, and which of them stand on one printed page."""

import math
from collections.abc import Sequence
from itertools import combinations

from erqi.common.workbook.cells import ColumnWriter, width_of
from erqi.common.workbook.declare import Column, Sheet

# So many characters of 10 points stand side by side on a landscape page within the margins. With 宋体 a fifth more do: where that font is
# missing, programs take one with wider digits, and the columns with it.
ON_A4, ON_A3 = 120, 170
# Print is not made smaller than this part of its size on A4, before A3 is taken; what is wider than this goes on a second page of A3,
# where it is made about half as large at most.
SMALLEST_A4, SMALLEST_A3 = 0.75, 0.55
WIDEST_A3 = 390
# So many pages side by side at most; how many characters narrower pages must be to part a group of the head for it.
MOST_PARTS = 4
PARTED = 60
# Room beside the text, and for the button of the filter.
PADDING = 2
NARROWEST = 7
# How much larger the letters of the title are.
TITLE_SIZE = 1.6
# A heading that is wider may stand in two lines.
ONE_LINE = 6


def widths(sheet: Sheet, columns: Sequence[ColumnWriter]) -> list[float]:
    """Return the width of each column: what its values need, and its heading in two lines. Together they hold the title and the line
    below it: a narrow sheet is widened."""
    found: list[float] = []
    for one in columns:
        heading = width_of(one.column.label)
        needed = heading if heading <= ONE_LINE else 2 * math.ceil(heading / 4)
        found.append(max(one.width + PADDING + (one.look.align == "left"), needed + PADDING, NARROWEST))
    needed = max(TITLE_SIZE * width_of(sheet.title), sum(map(width_of, sheet.info))) + 6
    if (total := sum(found)) < needed:
        found = [math.ceil(wide * needed / total) for wide in found]
    return found


def parts_of(sheet: Sheet, sizes: Sequence[float]) -> list[tuple[int, int]]:
    """Return the columns (first, last, from 0) of the pages that stand side by side: one page where all are legible on A3, else several
    of about the same width, parted between groups of the head where that is possible. The pinned columns are repeated on each."""
    pinned = sum(sizes[: sheet.pinned])
    room = ON_A3 / SMALLEST_A3
    if sheet.plain or sum(sizes) <= WIDEST_A3:
        return [(0, len(sizes) - 1)]
    number = math.ceil((sum(sizes) - pinned) / max(room - pinned, room / 2))
    edges = range(sheet.pinned + 1, len(sizes))
    number = max(1, min(number, MOST_PARTS, len(edges) + 1))
    starts = min(combinations(edges, number - 1), key=lambda cuts: _widest(sizes, sheet.pinned, cuts) + _parted(sheet.columns, cuts))
    return [(first, end - 1) for first, end in zip((0, *starts), (*starts, len(sizes)), strict=True)]


def _widest(sizes: Sequence[float], pinned: int, cuts: Sequence[int]) -> float:
    """Return the width of the widest part, without the pinned columns that all of them have."""
    return max(sum(sizes[first:end]) for first, end in zip((pinned, *cuts), (*cuts, len(sizes)), strict=True))


def _parted(columns: Sequence[Column], cuts: Sequence[int]) -> float:
    """Return how much wider the widest part may be for not parting groups of the head."""
    return sum(PARTED for place in cuts if columns[place].group and columns[place].group == columns[place - 1].group)
