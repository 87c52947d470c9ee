"""The month's reporting calendar (domain.md §3.4): the 25th, the 20th of December, and what holidays make of them."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erqi.common import workdays
from projects.rules.calendar import MonthDates, cutoff, cutoffs, month_dates, nominal_cutoff

ONE_DAY = timedelta(days=1)
YEARS = range(2004, 2027)


def every_day(_day):
    return True


def closed(*spans):
    """Return a calendar on which every day is worked but these: (first, last)."""
    return lambda day: not any(first <= day <= last for first, last in spans)


class TestCutoff:
    @pytest.mark.parametrize("month", range(1, 12))
    def test_the_25th(self, month):
        assert nominal_cutoff(2018, month) == cutoff(2018, month, every_day) == date(2018, month, 25)

    def test_december_closes_five_days_earlier(self):
        assert nominal_cutoff(2018, 12) == cutoff(2018, 12, every_day) == date(2018, 12, 20)

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (date(2018, 4, 24), date(2018, 4, 24), date(2018, 4, 25)),
            (date(2018, 4, 25), date(2018, 4, 25), date(2018, 4, 26)),
            (date(2018, 4, 20), date(2018, 4, 29), date(2018, 4, 30)),
            # Worked again only in the next month: the last working day before.
            (date(2018, 4, 25), date(2018, 4, 30), date(2018, 4, 24)),
            (date(2018, 4, 21), date(2018, 5, 7), date(2018, 4, 20)),
        ],
    )
    def test_a_holiday_moves_it_within_the_month(self, first, last, expected):
        assert cutoff(2018, 4, closed((first, last))) == expected

    def test_a_holiday_moves_december_as_well(self):
        assert cutoff(2018, 12, closed((date(2018, 12, 20), date(2018, 12, 30)))) == date(2018, 12, 31)
        assert cutoff(2018, 12, closed((date(2018, 12, 20), date(2018, 12, 31)))) == date(2018, 12, 19)

    def test_the_twelve_cutoffs_of_2018(self):
        days = ["1-25", "2-26", "3-26", "4-25", "5-25", "6-25", "7-25", "8-27", "9-25", "10-25", "11-26", "12-20"]
        assert [f"{day.month}-{day.day}" for day in cutoffs(2018, workdays.is_workday)] == days

    @pytest.mark.parametrize(
        ("year", "month", "expected"),
        [
            (2018, 2, date(2018, 2, 26)),  # the 25th is a Sunday; the Saturday before it was worked
            (2020, 1, date(2020, 1, 23)),  # Spring Festival, prolonged to 2 February
            (2009, 1, date(2009, 1, 24)),  # Spring Festival to the 31st; the Saturday before it was worked
            (2023, 1, date(2023, 1, 28)),  # Spring Festival to the 27th; the Saturday after it was worked
            (2025, 1, date(2025, 1, 26)),  # a Saturday; the Sunday was worked in exchange for Spring Festival
            (2015, 12, date(2015, 12, 21)),  # the 20th is a Sunday
            (2022, 9, date(2022, 9, 26)),
        ],
    )
    def test_months_as_they_were(self, year, month, expected):
        assert cutoff(year, month, workdays.is_workday) == expected

    @pytest.mark.parametrize("year", YEARS)
    def test_it_is_a_working_day_of_its_month_with_none_between(self, year):
        for month, day in enumerate(cutoffs(year, workdays.is_workday), 1):
            nominal = nominal_cutoff(year, month)
            assert workdays.is_workday(day)
            assert (day.year, day.month) == (year, month)
            if day >= nominal:
                assert not any(workdays.is_workday(nominal + number * ONE_DAY) for number in range((day - nominal).days))
            else:
                month_end = date(year + month // 12, month % 12 + 1, 1)
                assert not any(workdays.is_workday(day + number * ONE_DAY) for number in range(1, (month_end - day).days))

    @given(st.integers(2000, 2100), st.sets(st.integers(0, 6), min_size=3), st.integers(0, 364), st.integers(0, 15))
    def test_the_cutoffs_of_a_year_are_in_order_under_any_calendar(self, year, weekdays, begin, length):
        first = date(year, 1, 1) + begin * ONE_DAY
        is_open = closed((first, first + length * ONE_DAY))
        days = cutoffs(year, lambda day: day.weekday() in weekdays and is_open(day))
        assert list(days) == sorted(set(days))
        assert [day.month for day in days] == list(range(1, 13))
        assert all(day.weekday() in weekdays and is_open(day) for day in days)


class TestMonthDates:
    @pytest.mark.parametrize(
        ("year", "month", "days"),
        [
            (2018, 6, (20, 23, 25, 27, 30)),
            (2018, 12, (15, 18, 20, 22, 31)),
            (2018, 2, (20, 23, 26, 28, 28)),
            (2020, 1, (20, 23, 23, 25, 31)),
            (2018, 8, (20, 23, 27, 29, 31)),
        ],
    )
    def test_opening_reminder_cutoff_review_and_lock(self, year, month, days):
        assert month_dates(year, month, workdays.is_workday) == MonthDates(*(date(year, month, day) for day in days))

    def test_the_review_ends_with_the_month(self):
        found = month_dates(2018, 4, closed((date(2018, 4, 20), date(2018, 4, 29))))
        assert (found.due_on, found.review_by, found.locks_on) == (date(2018, 4, 30),) * 3

    @pytest.mark.parametrize("is_workday", [every_day, workdays.is_workday], ids=["every day", "holidays"])
    def test_the_days_are_in_order_and_the_month_is_their_own(self, is_workday):
        for year, month in product(YEARS, range(1, 13)):
            found = month_dates(year, month, is_workday)
            assert found.opens_on < found.reminds_on <= found.due_on <= found.review_by <= found.locks_on
            assert {(day.year, day.month) for day in (found.opens_on, found.locks_on)} == {(year, month)}
            assert (found.locks_on + ONE_DAY).day == 1
