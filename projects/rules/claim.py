"""Which of several documents' figures for one target is adopted when nobody has decided otherwise (design.md §2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar


@dataclass(frozen=True)
class Claim:
    """What the rule needs of a claim: any key, the rank of its document and the date it is known to be from."""

    key: int
    rank: int
    dated: date | None


T = TypeVar("T", bound=Claim)


def adopted(claims: Sequence[T]) -> T | None:
    """Return the claim of the highest-ranking document, the later one within a rank; an undated document comes first.

    Ties (same document stating a figure twice) go to the claim registered last, so that a correction wins.
    """
    return max(claims, key=lambda claim: (claim.rank, claim.dated or date.min, claim.key), default=None)
