"""What can be said about a target from its figures: whether documents agree, how far a result has come, and whether that is enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from projects.choices import Bound, Curve, Measure
from projects.rules.calendar import nominal_cutoff
from projects.rules.progress import days_in_year, time_share

HUNDRED = Decimal(100)
# How far 左右 reaches, of the printed figure. No document says; 5 % is half a point of the 9%左右 growth of D4, which is how growth is
# rounded in reports, and the range in which “近2000亩” or “590万㎡左右” would still be read as the same figure.
ABOUT = Decimal("0.05")


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


def needed(figure: Figure) -> Decimal:
    """Return the least result that counts as the figure reached: the printed number, also for 以上; for 左右 what is within reach of it.

    More than 左右 is no miss: none of these targets is harmed by more.
    """
    return figure.value - _margin(figure.value) if figure.bound == Bound.ABOUT else figure.value


def _margin(value: Decimal) -> Decimal:
    return abs(value) * ABOUT


def reading_days(year: int) -> tuple[date, date]:
    """Return the first and the last day to which a result of the year may count: what was reached by its end is published up to three
    months late (D1's figures of 2017 are of January and February 2018). No document sets this bound."""
    return date(year, 1, 1), date(year + 1, 3, 31)


def year_share(year: int, day: date) -> Decimal:
    """Return the share (0 to 1) of the year that has passed at the end of the day."""
    passed = (day - date(year, 1, 1)).days + 1
    return Decimal(min(max(passed, 0), days_in_year(year))) / days_in_year(year)


def data_share(curve: Curve, year: int, month: int, cutoff_on: date | None, day: date) -> Decimal:
    """Return the share of the year that has passed for what is reported monthly: to the cut-off of the month that the figures are asked
    for (month and cut-off of querysets.ledger_figures.Basis; 0 and None before the first), by months where the rules in force count
    months, else by days; all of it once the year is over."""
    if day >= date(year, 12, 31):
        return Decimal(1)
    if cutoff_on is None:
        return Decimal(0)
    # A plan of its own has no share of the year: the calendar stands in.
    share = time_share(curve, year, month, cutoff_on)
    return year_share(year, cutoff_on) if share is None else share


class State(StrEnum):
    """How a target stands. The last two are the year's end: missed is not met; which words that takes depends on the wording."""

    MET = "met"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Unjudged(StrEnum):
    """Why a target cannot be judged (beside what keeps the ledger from computing it, rules.computed.Gap)."""

    NO_FIGURE = "no_figure"  # no document gives one
    NO_RESULT = "no_result"  # nothing registered by the day
    PARTIAL = "partial"  # the result is at least so much: the ledger or the figures in it are not complete
    INEXACT = "inexact"  # the result itself is given as 以上 or 左右, and either is possible
    STALE = "stale"  # the year is over and the last result is from before its end


class Yardstick(StrEnum):
    """What a running year's result is held against."""

    FIGURE = "figure"  # growth and shares: the figure itself
    TIME = "time"  # the share of the year that has passed
    PLAN = "plan"  # what is planned to the day, where the plan carries the whole figure


@dataclass(frozen=True)
class Result:
    """What was reached, in the target's unit, by the day `on`. `bound` as printed; `partial`: at least so much (rules.computed)."""

    value: Decimal
    on: date
    bound: str = ""
    partial: bool = False


@dataclass(frozen=True)
class Plan:
    """What the ledger plans, in the target's unit: by the day (`due`) and in the whole year (`year`; None: everything in question is
    planned for some day of the year, how much that is nobody has said)."""

    due: Decimal
    year: Decimal | None

    def carries(self, figure: Figure) -> bool:
        """Say whether the plan adds up to the figure: then it says better than the calendar what should be done by a day."""
        return self.year is None or self.year >= needed(figure)


@dataclass(frozen=True)
class Judgement:
    """How a target stands, why it cannot be judged, and in numbers: the share reached (level only), the share of the year that has passed,
    and the gap in percentage points (result behind or ahead of the calendar; of the figure itself for growth and shares)."""

    state: State
    why: str = ""
    yardstick: Yardstick | None = None
    share: Decimal | None = None
    time_share: Decimal | None = None
    gap: Decimal | None = None


def _reaches(result: Result, least: Decimal) -> bool | None:
    """Say whether a result reaches the least that is needed; None where it is too vague to say."""
    margin = _margin(result.value) if result.bound == Bound.ABOUT else Decimal(0)
    low, high = result.value - margin, result.value + margin
    if low >= least:
        return True
    return None if result.partial or result.bound == Bound.ABOVE or high >= least else False


def judge(
    measure: str,
    figure: Figure | None,
    result: Result | None,
    *,
    year: int,
    day: date,
    passed: Decimal | None = None,
    plan: Plan | None = None,
    why: str = "",
) -> Judgement:
    """Return how a target of the year stands on a day.

    `passed` is the share of the year that has passed for the result (None: time says nothing of it, it is a stock); `plan` what the ledger
    plans; `why` says what keeps the ledger from giving a result. Reached is reached, at any time, but for growth, which can fall again
    before the year is over. Raises nothing.
    """
    share = _share(measure, figure, result)
    level = measure == Measure.LEVEL
    passed = passed if level else None
    gap = None
    if figure is not None and result is not None and not result.bound and not result.partial:
        ahead = None if share is None or passed is None else (share - passed) * HUNDRED
        gap = ahead if level else result.value - figure.value

    def judged(state: State, why: str = "", yardstick: Yardstick | None = None) -> Judgement:
        return Judgement(state, why, yardstick, share, passed, gap)

    if figure is None:
        return judged(State.UNKNOWN, Unjudged.NO_FIGURE)
    if result is None:
        return judged(State.UNKNOWN, why or Unjudged.NO_RESULT)
    over = day >= date(year, 12, 31)
    reached = _reaches(result, needed(figure))
    if reached and (over or measure != Measure.GROWTH):
        return judged(State.MET)
    if reached is None:
        return judged(State.UNKNOWN, Unjudged.PARTIAL if result.partial else Unjudged.INEXACT)
    if over:
        # Figures of the last month count to its cut-off.
        return judged(State.MISSED) if result.on >= nominal_cutoff(year, 12) else judged(State.UNKNOWN, Unjudged.STALE)
    if not level:
        return judged(State.ON_COURSE if reached else State.BEHIND, yardstick=Yardstick.FIGURE)
    if plan is not None and plan.carries(figure):
        return judged(State.ON_COURSE if result.value >= plan.due else State.BEHIND, yardstick=Yardstick.PLAN)
    if passed is None:
        return judged(State.BEHIND, yardstick=Yardstick.FIGURE)
    return judged(State.ON_COURSE if result.value >= needed(figure) * passed else State.BEHIND, yardstick=Yardstick.TIME)


def _share(measure: str, figure: Figure | None, result: Result | None) -> Decimal | None:
    return completion(measure, figure, None if result is None else Figure(result.value, result.bound))
