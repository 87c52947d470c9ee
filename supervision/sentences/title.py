"""How a document's title is broken into lines (GB/T 9704: 词意完整、排列对称、长短适宜): the same on the printed page and in Word.

A quoted name, a number and the word at the end (的通知) stay whole where they fit; lines are as even as that allows. Where words end nobody
knows, so a break within plain text is taken only where no better one is.
"""

import re
from itertools import combinations
from math import ceil

# So many characters of 2号 fill 156 mm; one less, since fonts that stand in may be a little wider.
WIDTH = 19
# “…” with whatever may not begin a line behind it; numbers with their unit; the end.
_WHOLE = re.compile(r"“[^“”]*”[》”，、；：）]*|[0-9A-Za-z][0-9A-Za-z.\-/%]*[年月日号期]?|.", re.DOTALL)
_TAIL = re.compile(r"[^“”《》，、；：和及与]{0,2}的(?:紧急)?(?:通知|通报|提醒|交办|督办|函|意见|决定|报告)》?$")
_NO_BEGIN, _NO_END = "》”，、；：）。", "《“（"
# After these a break is as good as beside a name.
_JOINTS = "，、；：和及与"
# What a break within plain text is worth, in characters of unevenness.
_WITHIN = 4.0
# Titles of more lines are nobody's wish; a browser breaks them as it likes.
_MOST_LINES = 3


def width_of(text: str) -> float:
    """Return how many characters wide a text is: Arabic digits and Latin letters take half."""
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def _atoms(title: str, width: float) -> list[str]:
    """Return the parts that are not broken."""
    tail = _TAIL.search(title)
    head, end = (title[: tail.start()], tail[0]) if tail else (title, "")
    parts = []
    for found in _WHOLE.findall(head):
        parts += [found] if width_of(found) <= width else list(found)
    atoms: list[str] = []
    for part in [*parts, *([end] if end else [])]:
        if atoms and (part[0] in _NO_BEGIN or atoms[-1][-1] in _NO_END):
            atoms[-1] += part
        else:
            atoms.append(part)
    return atoms


def _is_joint(before: str, after: str, last: bool) -> bool:
    """Say whether a break between two parts is a good one: beside something quoted, before the end, after a comma or an “and”."""
    return last or before[-1] in _JOINTS or before[-1] in "”》" or after[0] in "“《"


def title_lines(title: str, width: float = WIDTH) -> list[str]:
    """Return the lines of a title that is centred: as few as it takes, none wider than `width` characters where that can be."""
    title = title.strip()
    if width_of(title) <= width:
        return [title]
    atoms = _atoms(title, width)
    ends = {place: _is_joint(atoms[place - 1], atoms[place], place == len(atoms) - 1) for place in range(1, len(atoms))}
    for count in range(ceil(width_of(title) / width), _MOST_LINES + 1):
        best: tuple[float, list[str]] | None = None
        for breaks in combinations(ends, count - 1):
            places = [0, *breaks, len(atoms)]
            lines = ["".join(atoms[one:other]) for one, other in zip(places, places[1:], strict=False)]
            widths = [width_of(line) for line in lines]
            if max(widths) > width:
                continue
            cost = max(widths) - min(widths) + sum(_WITHIN for place in breaks if not ends[place])
            if best is None or cost < best[0]:
                best = (cost, lines)
        if best is not None:
            return best[1]
    return [title]
