"""Dates from the phrases in which documents state deadlines (domain.md §0.4): the phrase is kept, the date is computed."""

import re
from calendar import monthrange
from datetime import date

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_NUMBER = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_YEAR = re.compile(r"(\d{4})年")
_DAY = re.compile(rf"({_NUMBER})月(\d{{1,2}})[日号]")
_MONTH = re.compile(rf"({_NUMBER})月(?:份)?(上旬|中旬|下旬|初|中|底|末)?")
_QUARTER = re.compile(r"(?:第)?([一二三四1-4])季度")
_HALF = {"上半年": (6, 30), "下半年": (12, 31)}
# Holidays whose date does not move. 五一前 means by 30 April (domain.md §0.4); 春节 moves with the moon and gives no date.
_BEFORE = {
    "元旦前": (12, 31, -1),
    "五一前": (4, 30, 0),
    "七一前": (6, 30, 0),
    "八一前": (7, 31, 0),
    "十一前": (9, 30, 0),
    "国庆前": (9, 30, 0),
    "国庆节前": (9, 30, 0),
}
_YEAR_END = ("年内", "年底", "年末", "全年", "今年", "当年", "本年")
_TENTHS = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS[text]


def _month_day(year: int, month: int, day: int | None = None) -> date | None:
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day is None:
        return date(year, month, last)
    return date(year, month, day) if 1 <= day <= last else None


def due_date(phrase: str, year: int) -> date | None:
    """Return the last day that the phrase allows, or None when it names no day (尽快, 春节前).

    `year` is the year the phrase belongs to; a year inside the phrase (2018年3月底) goes before it. 月底 is the month's last
    day, 上半年 30 June, 五一前 30 April, 年内 and 年底前 31 December.
    """
    text = re.sub(r"[\s“”\"'‘’]", "", phrase)
    if printed := _YEAR.search(text):
        year = int(printed.group(1))
        if not 1900 <= year <= 2200:
            return None
        text = text.replace(printed.group(0), "", 1) or "年内"
    for words, (month, day, years) in _BEFORE.items():
        if words in text:
            return date(year + years, month, day)
    if printed := _DAY.search(text):
        return _month_day(year, _number(printed.group(1)), int(printed.group(2)))
    if printed := _MONTH.search(text):
        return _month_day(year, _number(printed.group(1)), _TENTHS.get(printed.group(2) or ""))
    if printed := _QUARTER.search(text):
        return _month_day(year, _number(printed.group(1)) * 3)
    for words, (month, day) in _HALF.items():
        if words in text:
            return date(year, month, day)
    if any(words in text for words in _YEAR_END):
        return date(year, 12, 31)
    return None
