"""What a bundle (打捆) among listed projects holds already: neither counted nor added twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Part:
    """A listed project: its key, the keys of the bundle it belongs to and of that one's bundle, the number of projects it stands for
    (None for no bundle), and its figures by column."""

    project: int
    above: tuple[int | None, ...]
    count: int | None
    figures: Mapping[str, Decimal | None]


def holders(parts: Iterable[Part]) -> list[tuple[Part, list[Part]]]:
    """Return each part with the bundles among the parts that it stands in. One between the two may be missing from the list (it does not
    match the filter): its own bundle counts as well."""
    parts = list(parts)
    bundles = {part.project: part for part in parts if part.count is not None}
    return [(part, [bundles[key] for key in part.above if key is not None and key in bundles]) for part in parts]


def is_held(part: Part, around: Iterable[Part], column: str) -> bool:
    """Say whether the figure of one of the bundles around a part holds the part's figure already."""
    return part.figures[column] is not None and any(holder.figures[column] is not None for holder in around)


def held_twice(parts: Iterable[Part], sums: Mapping[str, str], only_with: Mapping[str, str] | None = None) -> dict[str, list[Any]]:
    """Return by sum (name → column) the figures that a bundle among the parts already holds; "projects": how many each counts for.

    A project is inside a bundle when that one, or the bundle around it, is among the parts; its figure is, when that one has the figure
    too. `only_with` names sums that take a figure only where another column is known.
    """
    only_with = only_with or {}
    twice: dict[str, list[Any]] = {name: [] for name in ("projects", *sums)}
    for part, around in holders(parts):
        if not around:
            continue
        twice["projects"].append(1 if part.count is None else part.count)
        for name, column in sums.items():
            if is_held(part, around, column) and (name not in only_with or part.figures[only_with[name]] is not None):
                twice[name].append(part.figures[column])
    return twice
