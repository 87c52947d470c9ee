"""Which cumulative amounts are asked about before they are filed: a mistyped figure is plausible to a computer, not to a person.

No document sets these bounds. They are drawn so that an ordinary month never meets them.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

MONTHS = 12
# A month that adds so many times what months usually add is asked about.
LEAP = 3


class DoubtKind(Enum):
    """What is odd about an amount."""

    LESS = "less"
    OVER_YEAR = "over_year"
    LEAP = "leap"


@dataclass(frozen=True)
class Doubt:
    """Something odd about a month's cumulative amount. `against` (万元) is what it does not fit: for LESS the amount of the month
    before, for OVER_YEAR the year's plan, for LEAP what the same number of months usually adds; `by` is how far it is off: by how
    much less, by how much beyond, how much was added."""

    kind: DoubtKind
    against: Decimal
    by: Decimal


def doubts(month: int, cumulative: Decimal, earlier_month: int | None, earlier: Decimal | None, annual: Decimal | None) -> list[Doubt]:
    """Return what is odd about a month's cumulative amount (万元), the month before and the year's plan being what they are.

    `earlier` is the year's last amount that counts, of `earlier_month`; None where nothing was reported. `annual` None: no plan.
    A year's plan that was passed before is not asked about again.
    """
    before, since = (earlier, earlier_month) if earlier is not None and earlier_month is not None else (Decimal(0), 0)
    if earlier is not None and cumulative < before:
        return [Doubt(DoubtKind.LESS, before, before - cumulative)]
    found = []
    if annual is not None and annual > 0 and before <= annual < cumulative:
        found.append(Doubt(DoubtKind.OVER_YEAR, annual, cumulative - annual))
    usual = max(before / since if since else Decimal(0), annual / MONTHS if annual is not None else Decimal(0)) * (month - since)
    added = cumulative - before
    if usual > 0 and added > LEAP * usual:
        found.append(Doubt(DoubtKind.LEAP, usual, added))
    return found
