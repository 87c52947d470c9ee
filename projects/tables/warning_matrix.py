"""How many projects of each colour a unit, category or area has: lines of counts, each number a link to the board that shows them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.choices import WarningLevel
from projects.querysets.warning import GRAVITY


@dataclass(frozen=True)
class Cell:
    """A number of projects of one level, and where they are shown."""

    level: WarningLevel
    number: int
    url: str


@dataclass(frozen=True)
class Line:
    """A group: its name, its numbers by level in the order of gravity, all of them together."""

    label: str
    cells: list[Cell]
    total: int
    url: str


def lines_of(
    counts: Mapping[Any, Counter[WarningLevel]], label: Callable[[Any], str], url: Callable[[Any, WarningLevel | None], str]
) -> list[Line]:
    """Return a line per group, those with the gravest and most numerous colours first. `url` gives the address of a group, of one
    level or (None) of all."""
    keys = sorted(counts, key=lambda key: ([-counts[key][level] for level in GRAVITY], label(key)))
    return [
        Line(
            label(key),
            [Cell(level, counts[key][level], url(key, level) if counts[key][level] else "") for level in GRAVITY],
            counts[key].total(),
            url(key, None),
        )
        for key in keys
    ]


def merged(counts: Mapping[Any, Counter[WarningLevel]], whole: Callable[[Any], str]) -> dict[str, Counter[WarningLevel]]:
    """Return the counts by the whole that each key belongs to."""
    found: dict[str, Counter[WarningLevel]] = {}
    for key, counted in counts.items():
        found.setdefault(whole(key), Counter()).update(counted)
    return found


def narrowed(chosen: Iterable[str], whole: str, whole_of: Callable[[str], str]) -> list[str]:
    """Return what a group's link filters by: those choices of the filter that lie within the whole, or the whole itself."""
    return [code for code in chosen if whole_of(code) == whole] or [whole]
