"""Dates from the phrases in which documents state deadlines (domain.md §0.4): the phrase is kept, the date is computed.

A date computed here becomes a baseline, which never changes. So where a text could mean more than one day, none is given.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from unicodedata import normalize

_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(?:\d+|[一二三四五六七八九十]+)"
_MANY = r"(?:\d+|[〇零一二两三四五六七八九十百几数多]+)"
_RELATIVE = (
    {"今年": 0, "本年": 0, "当年": 0} | dict.fromkeys(("明年", "次年", "来年", "翌年", "下年"), 1) | dict.fromkeys(("去年", "上年"), -1)
)
_TENTHS = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}
_HALVES = {"上": (6, 30), "下": (12, 31)}
# Holidays whose date does not move. 五一前 means by 30 April (domain.md §0.4); 春节 moves with the moon and gives no date.
_HOLIDAYS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "七一": (7, 1), "八一": (8, 1), "十一": (10, 1), "国庆": (10, 1)}

# Words that name a time without saying which day: periods of some length, recurring and unknown days, beginnings.
_VAGUE = rf"""
      (?<!\d)\d+[-—–~至到和或及与、/.]\d+(?:年|月|日|号|季度)
    | [一二三四五六七八九十]+[-—–~至到和或及与、/.][一二三四五六七八九十]+(?:年|月|日|号|季度)
    | 第?{_MANY}个?(?:工作日|季度|年|月|周|天|日)(?:之|以)?内
    | {_MANY}个(?:半)?(?:月|季度) | (?:\d{{1,3}}|\d{{5,}}|[〇零一二两三四五六七八九十百几数多]+)年
    | (?:后|前|每|同|近|历|往|逐|隔)年 | 年[前初中后] | (?<![上下])半年
    | [每本当次隔上下](?:个)?(?:月|季度) | (?<!\d)\d{{1,2}}日 | (?<![0-9一二三四五六七八九十])月[初中底末] | [上中下]旬
    | 元旦 | 国庆 | 劳动节 | 春节 | 中秋 | 端午 | 清明 | 元宵 | [春夏秋冬][季天] | 汛期 | 雨季 | 采暖季
"""
_POINT = rf"""
      (?P<month>{_NUMBER})月份?
        (?:(?P<day>{_NUMBER})[日号] | (?P<part>上旬|中旬|下旬|初|中|底|末) | (?P<stray>\d))?
    | 第?(?P<quarter>[一二三四1-4])季度(?P<quarter_end>底|末)?
    | (?P<half>[上下])半年(?P<half_end>底|末)?
    | (?P<holiday>{"|".join(_HOLIDAYS)})节?(?=(?:之|以)?前)
    | (?P<end>年底|年末|年内|全年|(?<=年)[底末内])
"""
_YEAR = rf"(?P<year>(?<!\d)\d{{4}}年|(?<![文说表证])(?:{'|'.join(_RELATIVE)}))度?[的,、]?"
_TIME = re.compile(
    rf"""(?P<from>[自从])?
    (?: (?:{_YEAR})?(?:{_POINT}) | (?P<vague>{_VAGUE}) | {_YEAR.replace("<year>", "<alone>")}(?P<unsaid>[初中春夏秋冬])? )
    (?P<before>(?:之|以)?前)?
    (?P<after>起|开始|以来|以后|之后|后)?""",
    re.VERBOSE,
)


def _number(text: str) -> int:
    """Return a number of one or two places in either notation; 0 for what is none (〇 months do not exist)."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


def _day(year: int, month: int, day: int | None = None) -> date | None:
    """Return the day, or the month's last; None for one that is in no calendar."""
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    last = monthrange(year, month)[1]
    if day is None:
        return date(year, month, last)
    return date(year, month, day) if 1 <= day <= last else None


def _year(printed: str | None, year: int) -> int:
    """Return the year that is meant; 0 for one that no project has."""
    if printed is None:
        return year
    if printed in _RELATIVE:
        return year + _RELATIVE[printed]
    said = int(printed[:4])
    return said if 1900 <= said <= 2200 else 0


def _meant(found: re.Match[str], year: int) -> date | None:
    """Return the last day that one mention of a time allows, None when it names no day."""
    if found["vague"] or found["unsaid"] or found["from"] or found["after"] or found["stray"]:
        return None
    year, before = _year(found["year"] or found["alone"], year), bool(found["before"])
    if found["day"] or found["holiday"]:
        month, day = _HOLIDAYS[found["holiday"]] if found["holiday"] else (_number(found["month"]), _number(found["day"]))
        on = _day(year, month, day)
        # 国庆前 and 10月1日前 mean the month before; 6月30日前 lets the 30th itself pass, as officials write and read it.
        too_late = before and (found["holiday"] or day == 1)
        return on - timedelta(days=1) if on and too_late and on > date.min else on
    if before and not (found["part"] or found["quarter_end"] or found["half_end"] or found["end"]):
        # 6月前 may mean by the beginning or by the end of June; 6月底前 is clear.
        return None
    if found["month"]:
        return _day(year, _number(found["month"]), _TENTHS.get(found["part"] or ""))
    if found["quarter"]:
        return _day(year, _number(found["quarter"]) * 3)
    if found["half"]:
        return _day(year, *_HALVES[found["half"]])
    return _day(year, 12, 31)


def due_date(phrase: str, year: int) -> date | None:
    """Return the last day that the phrase allows, or None when it names no day (尽快, 春节前, 两年内) or more than one.

    `year` is the year the phrase belongs to; a year inside the phrase (2018年3月底, 明年上半年) goes before it. 月底 is the
    month's last day, 上半年 30 June, 五一前 30 April, 10月1日前 30 September, 6月30日前 30 June, 年内 and 年底前 31 December.
    """
    text = re.sub(r"[\s“”\"'‘’]", "", normalize("NFKC", phrase))
    meant = {_meant(found, year) for found in _TIME.finditer(text)}
    return meant.pop() if len(meant) == 1 else None
