"""The lines above the rows: title, the line with 填报单位, 数据截止 and 单位, and one or two rows of headings."""

from collections.abc import Sequence

from erqi.common.workbook.cells import width_of
from erqi.common.workbook.declare import Column, Sheet
from erqi.common.workbook.layout import ONE_LINE
from erqi.common.workbook.lines import Lines
from erqi.common.workbook.styles import HEAD, TITLE_FONT, Look

TITLE = Look(align="center", size=16, font=TITLE_FONT, framed=False)
INFO = Look(framed=False)
HEADING = Look(align="center", wrap=True, bold=True, fill=HEAD)
TITLE_HEIGHT, INFO_HEIGHT, HEADING_HEIGHT = 30, 18, 30


def title_lines(sheet: Sheet) -> int:
    """Return how many lines stand above the headings."""
    return 1 + any(sheet.info)


def has_groups(sheet: Sheet) -> bool:
    """Say whether the headings take two lines."""
    return any(column.group for column in sheet.columns)


def write_head(lines: Lines, sheet: Sheet, columns: Sequence[Column], parts: Sequence[tuple[int, int]]) -> None:
    """Write the lines; `columns` are all, hidden ones included, `parts` the pages that stand side by side: each has the title above it."""
    shown = len(sheet.columns)
    lines.texts(shown, {first: sheet.title for first, _ in parts}, TITLE, TITLE_HEIGHT)
    for first, last in parts:
        lines.merge(first, last)
    if any(sheet.info):
        cells = [cell for first, last in parts for cell in _info(sheet, first, last)]
        lines.add((lines.cell(place, text, INFO.but(align=align)) for place, (text, align, _) in enumerate(cells)), INFO_HEIGHT)
        for first, (_, _, last) in enumerate(cells):
            if last is not None:
                lines.merge(first, last)
    _headings(lines, columns, {first for first, _ in parts})


def _info(sheet: Sheet, first: int, last: int) -> list[tuple[str, str, int | None]]:
    """Return the line's cells of one page: text, alignment, and to which column it is merged where a part begins."""
    width = last - first + 1
    # Where the pinned columns are repeated, they have brought the left part with them.
    texts = sheet.info if first == 0 or not sheet.pinned else ("", *sheet.info[1:])
    if width < 3:
        text = "　　".join(filter(None, texts))
        return [(text, "left", last), *[("", "left", None)] * (width - 1)]
    # Where columns stay in sight, what the left part says stays in sight with them.
    end = min(max(sheet.pinned if first == 0 else 0, width // 3), width - 2)
    cuts = [0, end, max(end + 1, width - width // 3), width]
    cells: list[tuple[str, str, int | None]] = []
    for text, align, start, stop in zip(texts, ("left", "center", "right"), cuts, cuts[1:], strict=False):
        cells += [(text, align, first + stop - 1), *[("", align, None)] * (stop - start - 1)]
    return cells


def _headings(lines: Lines, columns: Sequence[Column], starts: set[int]) -> None:
    """One row of headings, or two: neighbours of a group below its name, the others over both rows."""
    labels = {place: column.label for place, column in enumerate(columns)}
    if any(column.group for column in columns):
        runs = runs_of(columns, starts)
        tops = {first: columns[first].group or labels.pop(first) for first, _ in runs}
        lines.texts(len(columns), tops, HEADING, INFO_HEIGHT)
        for first, last in runs:
            if columns[first].group:
                lines.merge(first, last)
            else:
                lines.merge(first, first, lines.at, lines.at + 1)
    height = HEADING_HEIGHT if any(width_of(label) > ONE_LINE for label in labels.values()) else INFO_HEIGHT
    lines.texts(len(columns), labels, HEADING, height)


def runs_of(columns: Sequence[Column], starts: set[int]) -> list[tuple[int, int]]:
    """Return the neighbours of each group as (first, last) from 0; a column without a group stands alone, and a group that goes on
    another page begins anew there."""
    runs: list[tuple[int, int]] = []
    for place, column in enumerate(columns):
        if runs and column.group and columns[place - 1].group == column.group and place not in starts:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
