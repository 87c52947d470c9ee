"""Places in a ranking of units (domain.md §3.5, 排名表)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Score:
    """What a unit is ranked by: done in proportion to the plan to date, then the fewer red, then the fewer yellow projects.

    A unit without a plan to date has no rate, and no place.
    """

    rate: Decimal | None
    red: int
    yellow: int


def places(scores: Mapping[Key, Score]) -> dict[Key, int]:
    """Return the places of those that have one, from 1; equal scores share a place, and the next one is left out (1, 2, 2, 4)."""
    order = [((-score.rate, score.red, score.yellow), key) for key, score in scores.items() if score.rate is not None]
    order.sort(key=lambda one: one[0])
    found: dict[Key, int] = {}
    for number, (score, key) in enumerate(order, 1):
        same = number > 1 and order[number - 2][0] == score
        found[key] = found[order[number - 2][1]] if same else number
    return found
