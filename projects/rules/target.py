"""What can be said about a target from its figures: whether documents agree, and how far a result has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from projects.choices import Measure


@dataclass(frozen=True)
class Figure:
    """What one document says: the number, its bound (以上, 左右) and how firmly it is worded."""

    value: Decimal
    bound: str = ""
    wording: str = ""


class Agreement(StrEnum):
    """How the documents' figures for one target stand to each other."""

    NONE = "none"
    SINGLE = "single"
    AGREE = "agree"
    WORDING = "wording"  # the same figure, worded with different firmness
    CONFLICT = "conflict"


def agreement(figures: Iterable[Figure]) -> Agreement:
    """Return how the figures agree. 480亿元 and 480亿元以上 are different figures: the second promises more."""
    found = list(figures)
    if len(found) < 2:
        return Agreement.SINGLE if found else Agreement.NONE
    if len({(figure.value, figure.bound) for figure in found}) > 1:
        return Agreement.CONFLICT
    if len({figure.wording for figure in found}) > 1:
        return Agreement.WORDING
    return Agreement.AGREE


def completion(measure: str, target: Figure | None, result: Figure | None) -> Decimal | None:
    """Return result ÷ target where that plainly says how much of the target is reached, otherwise None.

    Only amounts are compared so: 5 % growth of 6 % wanted is not 83 % of the way, and a result printed as 以上 or 左右 is no
    exact figure to divide. A target printed as 以上 is compared with its printed number.
    """
    if target is None or result is None or measure != Measure.LEVEL or result.bound or target.value <= 0:
        return None
    return result.value / target.value
