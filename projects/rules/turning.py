"""Which way a colour turned: for the counts of what grew worse and what got better between two days."""

from enum import Enum

from projects.choices import LEVELS, WarningLevel


class Direction(Enum):
    """Which way a colour turned."""

    WORSE = "worse"
    BETTER = "better"
    # Pauses, their ends, 销号, the first evaluation of what is in order: neither worse nor better.
    OTHER = "other"


def direction(before: WarningLevel, after: WarningLevel) -> Direction:
    """Return which way a colour turned from one level to another. What was not evaluated and is now late has grown worse."""
    if before in LEVELS and after in LEVELS and before != after:
        return Direction.WORSE if after > before else Direction.BETTER
    if before == WarningLevel.UNRATED and WarningLevel.GREEN < after <= WarningLevel.RED:
        return Direction.WORSE
    return Direction.OTHER
