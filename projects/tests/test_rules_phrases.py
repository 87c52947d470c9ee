"""Dates from phrases (domain.md §0.4)."""

from datetime import date

import pytest
from hypothesis import given
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
    ("2019年3月15日", date(2019, 3, 15)),
    ("一季度末", date(2018, 3, 31)),
    ("第三季度", date(2018, 9, 30)),
    ("下半年", date(2018, 12, 31)),
    ("国庆节前", date(2018, 9, 30)),
    ("元旦前", date(2017, 12, 31)),
    ("2019年", date(2019, 12, 31)),
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


@given(st.text(), st.integers(1, 9998))
def test_no_text_breaks_the_rule(text, year):
    day = due_date(text, year)
    assert day is None or isinstance(day, date)
