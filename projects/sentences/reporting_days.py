"""The days of a reporting month in words: where the calendar moved them, what is only assumed, what locking and opening mean."""

from datetime import date

from projects.rules.calendar import nominal_cutoff

WEEKDAYS = "一二三四五六日"
_SATURDAY = 5


def short_day(day: date, year: int) -> str:
    """Return the day without its year where that is the one spoken of: 9月25日."""
    return f"{day.month}月{day.day}日" if day.year == year else f"{day.year}年{day.month}月{day.day}日"


def weekday(day: date) -> str:
    """Return the day of the week: 星期五."""
    return f"星期{WEEKDAYS[day.weekday()]}"


def cutoff_note(year: int, month: int, cutoff_on: date) -> str:
    """Return why a month's cut-off by the rule is not its nominal day: 25日为星期日，顺延至26日; an empty text where it is."""
    nominal = nominal_cutoff(year, month)
    if cutoff_on == nominal:
        return ""
    why = weekday(nominal) if nominal.weekday() >= _SATURDAY else f"法定节假日（{weekday(nominal)}）"
    return f"{nominal.day}日为{why}，{'顺延' if cutoff_on > nominal else '提前'}至{cutoff_on.day}日"


def uncertain_note(year: int) -> str:
    """Return the sentence about a year whose holidays are not known yet."""
    return f"{year}年的放假安排尚未公布或未收录，工作日暂按星期一至星期五推算，截止日可能变动。"
