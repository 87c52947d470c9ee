"""Dates from phrases (domain.md §0.4)."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from projects.rules.phrases import due_date

PHRASES = [
    # As printed in D2.
    ("3月底前", date(2018, 3, 31)),
    ("4月底前", date(2018, 4, 30)),
    ("5月底前", date(2018, 5, 31)),
    ("7月底前", date(2018, 7, 31)),
    ("9月底前", date(2018, 9, 30)),
    ("五一前", date(2018, 4, 30)),
    ("今年“五一”前", date(2018, 4, 30)),
    ("上半年", date(2018, 6, 30)),
    ("年内", date(2018, 12, 31)),
    ("年底前", date(2018, 12, 31)),
    ("全年", date(2018, 12, 31)),
    ("今年", date(2018, 12, 31)),
    # As other districts write them.
    ("2月底", date(2018, 2, 28)),
    ("2020年2月底", date(2020, 2, 29)),
    ("六月底前", date(2018, 6, 30)),
    ("十二月底", date(2018, 12, 31)),
    ("10月上旬", date(2018, 10, 10)),
    ("10月中旬", date(2018, 10, 20)),
    ("10月下旬", date(2018, 10, 31)),
    ("6月30日前", date(2018, 6, 30)),
    ("10月1日前", date(2018, 9, 30)),
    ("5月1日前", date(2018, 4, 30)),
    ("5月1日之前", date(2018, 4, 30)),
    ("1月1日前", date(2017, 12, 31)),
    ("三月十五日", date(2018, 3, 15)),
    ("十二月二十五日", date(2018, 12, 25)),
    ("2018年底前", date(2018, 12, 31)),
    ("2018年内", date(2018, 12, 31)),
    ("十一个项目年底前", date(2018, 12, 31)),
    ("2019年3月15日", date(2019, 3, 15)),
    ("一季度末", date(2018, 3, 31)),
    ("第三季度", date(2018, 9, 30)),
    ("下半年", date(2018, 12, 31)),
    ("国庆节前", date(2018, 9, 30)),
    ("元旦前", date(2017, 12, 31)),
    ("2019年", date(2019, 12, 31)),
    # A year beside the one that the phrase belongs to.
    ("明年", date(2019, 12, 31)),
    ("明年上半年", date(2019, 6, 30)),
    ("明年3月底前", date(2019, 3, 31)),
    ("明年年底", date(2019, 12, 31)),
    ("明年底", date(2019, 12, 31)),
    ("明年元旦前", date(2018, 12, 31)),
    ("次年", date(2019, 12, 31)),
    ("次年6月底前", date(2019, 6, 30)),
    ("去年底", date(2017, 12, 31)),
    ("去年10月", date(2017, 10, 31)),
    ("说明年底前", date(2018, 12, 31)),
    # One day said twice is one day.
    ("年内（年底前）", date(2018, 12, 31)),
    ("3月底前，最迟3月31日", date(2018, 3, 31)),
    # A length of time has no last day of its own.
    ("1年内", None),
    ("两年内", None),
    ("三年内", None),
    ("未来3年内", None),
    ("半年内", None),
    ("3个月内", None),
    ("18年底", None),
    # More than one date, or a stretch of them.
    ("年内开工，明年5月建成", None),
    ("3月底前开工，年底前建成", None),
    ("3月1日至5月底", None),
    ("2018年3月至5月", None),
    ("3-5月", None),
    ("3月1-5日", None),
    ("一至三季度", None),
    ("2018-2020年", None),
    ("春节前，最迟3月底", None),
    # Before a month, after a day, every month, a number that is no day: it could mean several days.
    ("6月前", None),
    ("2019年前", None),
    ("3月15", None),
    ("3月起", None),
    ("五一后", None),
    ("每月底前", None),
    ("本月底", None),
    ("年中", None),
    ("2019年初", None),
    # No day is named: none is guessed.
    ("尽快", None),
    ("尽早", None),
    ("春节前", None),
    ("", None),
    ("13月底", None),
    ("2月30日", None),
    ("按照既定节点", None),
]


@pytest.mark.parametrize(("phrase", "expected"), PHRASES)
def test_phrase(phrase, expected):
    assert due_date(phrase, 2018) == expected


@given(st.integers(1, 12), st.integers(2000, 2100))
def test_every_month_end_is_the_last_day_of_its_month(month, year):
    day = due_date(f"{month}月底前", year)
    assert (day.year, day.month) == (year, month)
    assert day == due_date(f"{year}年{month}月底", 1999)


MONTHS = st.integers(1, 12)
YEARS = st.sampled_from(["今年", "明年", "去年", "次年"])
PARTS = st.sampled_from(["上旬", "中旬", "下旬", "底"])
BETWEEN = st.sampled_from(["开工，", "，", "；", "至", "到", "-", "、", "或", "，最迟", "封顶、"])
# Ways to write one date; a year is printed or is the one that the phrase belongs to.
ONE_DATE = st.one_of(
    st.builds("{}月底前".format, MONTHS),
    st.builds("{}月{}日".format, MONTHS, st.integers(1, 28)),
    st.builds("{}月{}日前".format, MONTHS, st.integers(1, 28)),
    st.builds("{}年{}月".format, st.integers(2000, 2100), MONTHS),
    st.builds("{}{}月{}".format, YEARS, MONTHS, PARTS),
    st.builds("{}季度".format, st.sampled_from("一二三四")),
    st.sampled_from(["上半年", "下半年", "年内", "年底前", "明年", "去年底", "五一前", "国庆前", "元旦前", "2019年", "明年上半年"]),
)


@given(
    ONE_DATE,
    st.sampled_from(["开工，", "，", "；", "至", "到", "-", "、", "或", "，最迟", "封顶、"]),
    ONE_DATE,
    st.sampled_from(["", "建成"]),
)
def test_two_different_dates_give_none(first, between, second, end):
    # A year and a month beside it are one date: 明年，1月底前.
    assume(first not in ("明年", "2019年") or between not in ("，", "、"))
    one, two = due_date(first, 2018), due_date(second, 2018)
    assert one is not None
    assert two is not None
    day = due_date(first + between + second + end, 2018)
    assert day is None or day == one == two


@given(ONE_DATE, st.sampled_from(["", "（", "力争", "确保在"]), st.sampled_from(["", "）", "完工", "建成投用"]))
def test_words_around_a_date_do_not_change_it(phrase, before, after):
    assert due_date(before + phrase + after, 2018) == due_date(phrase, 2018)


@given(st.text(), st.integers(1, 9998))
def test_no_text_breaks_the_rule(text, year):
    day = due_date(text, year)
    assert day is None or isinstance(day, date)
