"""Calendar arithmetic."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erqi.common.dates import chinese_day, clamp_to_year, month_end, parse_day, quarter_end


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [(2018, 2, date(2018, 2, 28)), (2020, 2, date(2020, 2, 29)), (2018, 4, date(2018, 4, 30)), (2018, 12, date(2018, 12, 31))],
)
def test_month_end(year, month, expected):
    assert month_end(year, month) == expected


@given(st.dates(date(1990, 1, 1), date(2100, 12, 1)))
def test_the_day_after_a_month_end_is_a_first(day):
    end = month_end(day.year, day.month)
    assert end >= day
    assert (end + timedelta(days=1)).day == 1


def test_quarter_ends():
    assert [quarter_end(2018, q) for q in (1, 2, 3, 4)] == [date(2018, m, d) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))]


@pytest.mark.parametrize(("year", "expected"), [(2017, date(2017, 12, 31)), (2018, date(2018, 9, 28)), (2022, date(2022, 1, 1))])
def test_a_ledger_is_read_at_the_business_date_clamped_into_its_year(year, expected):
    # design.md §2.1 gives exactly these three.
    assert clamp_to_year(date(2018, 9, 28), year) == expected


@given(st.dates(), st.integers(1900, 2200))
def test_clamped_days_lie_in_their_year(day, year):
    assert clamp_to_year(day, year).year == year
    assert clamp_to_year(clamp_to_year(day, year), year) == clamp_to_year(day, year)


@given(st.dates())
def test_an_iso_date_is_read_back(day):
    assert parse_day(f" {day.isoformat()} ") == day


@pytest.mark.parametrize("text", ["", "2018-13-01", "2018-02-30", "yesterday", "2018/06/30", "２０１８"])
def test_what_is_no_date_is_not_guessed(text):
    assert parse_day(text) is None


def test_chinese_day_has_no_leading_zeros():
    assert chinese_day(date(2018, 6, 5)) == "2018年6月5日"
