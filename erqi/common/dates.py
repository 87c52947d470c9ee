"""Calendar arithmetic. Pure: dates in, dates out."""

from calendar import monthrange
from datetime import date


def month_end(year: int, month: int) -> date:
    """Return the last day of the month."""
    return date(year, month, monthrange(year, month)[1])


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of quarter 1 to 4."""
    return month_end(year, quarter * 3)


def clamp(day: date, first: date, last: date) -> date:
    """Return the day itself, or the nearer end of the period when it lies outside."""
    return min(max(day, first), last)


def clamp_to_year(day: date, year: int) -> date:
    """Return the day on which a ledger of the year is read when none is asked for (design.md §2.1).

    A past year is read on its 31 December, a coming one on its 1 January, the running one on the day itself.
    """
    return clamp(day, date(year, 1, 1), date(year, 12, 31))


def in_year(day: date, year: int) -> date:
    """Return the business date on which what is recorded on the day about a year takes effect.

    A past year is read on its 31 December (`clamp_to_year`): what is corrected or made up for afterwards is put right there, or nobody
    would ever see it. In the year, and before it, that is the day itself.
    """
    return min(day, date(year, 12, 31))


def parse_day(text: str) -> date | None:
    """Return the ISO date (2018-06-30) in the text, or None when there is none or it is no date."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def chinese_day(day: date) -> str:
    """Return the day as officials write it: 2018年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"
