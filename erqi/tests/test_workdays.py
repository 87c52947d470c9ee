"""Working days: the holidays of 2018 as they were published, and the years that nobody has published yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erqi.common.workdays import add_workdays, is_certain, is_workday, known_years, next_workday, workdays_between

SPRING_FESTIVAL = [date(2018, 2, day) for day in range(15, 22)]
NATIONAL_DAY = [date(2018, 10, day) for day in range(1, 8)]
# Saturdays and Sundays that were worked in exchange.
MADE_UP = [date(2018, 2, 11), date(2018, 2, 24), date(2018, 4, 8), date(2018, 4, 28), date(2018, 9, 29), date(2018, 9, 30)]
DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize("day", [*SPRING_FESTIVAL, *NATIONAL_DAY])
def test_nobody_works_on_a_holiday(day):
    assert not is_workday(day)


@pytest.mark.parametrize("day", MADE_UP)
def test_weekends_given_in_exchange_are_worked(day):
    assert day.weekday() >= 5
    assert is_workday(day)


@pytest.mark.parametrize("day", [date(2018, 2, 14), date(2018, 2, 22), date(2018, 2, 23), date(2018, 9, 28), date(2018, 10, 8)])
def test_the_days_around_them_are_worked(day):
    assert is_workday(day)


@pytest.mark.parametrize("day", [date(2018, 2, 10), date(2018, 2, 25), date(2018, 9, 22)])
def test_other_weekends_are_free(day):
    assert not is_workday(day)


def test_the_years_of_the_ledgers_are_known():
    first, last = known_years()
    assert first <= 2016
    assert last >= 2026
    assert is_certain(date(first, 1, 1))
    assert is_certain(date(last, 12, 31))
    assert not is_certain(date(first - 1, 12, 31))
    assert not is_certain(date(last + 1, 1, 1))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2003, 2, 3), True),  # Spring Festival, but nobody knows
        (date(2003, 10, 1), True),
        (date(2003, 10, 4), False),
        (date(2060, 10, 1), True),
        (date(2060, 10, 3), False),
    ],
)
def test_outside_the_known_years_monday_to_friday_are_worked(day, worked):
    assert not is_certain(day)
    assert is_workday(day) is worked


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 9, 30), date(2018, 9, 30)),
        (date(2018, 10, 1), date(2018, 10, 8)),
        (date(2018, 2, 15), date(2018, 2, 22)),
        (date(2018, 2, 10), date(2018, 2, 11)),
        (date(2060, 10, 2), date(2060, 10, 4)),
    ],
)
def test_the_next_working_day_is_the_day_itself_or_the_first_after_it(day, expected):
    assert next_workday(day) == expected


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2018, 9, 28), 1, date(2018, 9, 29)),
        (date(2018, 9, 28), 3, date(2018, 10, 8)),
        (date(2018, 9, 28), 5, date(2018, 10, 10)),
        (date(2018, 10, 3), 1, date(2018, 10, 8)),
        (date(2018, 10, 8), -1, date(2018, 9, 30)),
        (date(2018, 10, 3), -1, date(2018, 9, 30)),
        (date(2018, 10, 3), 0, date(2018, 10, 3)),
        (date(2060, 10, 1), 1, date(2060, 10, 4)),
    ],
)
def test_working_days_are_counted_from_the_day_without_it(day, n, expected):
    assert add_workdays(day, n) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2018, 9, 28), date(2018, 9, 28), 0),
        (date(2018, 9, 28), date(2018, 9, 30), 2),
        (date(2018, 9, 30), date(2018, 10, 7), 0),
        (date(2018, 9, 30), date(2018, 10, 8), 1),
        (date(2018, 10, 8), date(2018, 9, 28), -3),
        (date(2018, 2, 14), date(2018, 2, 22), 1),
    ],
)
def test_working_days_between_two_days_count_the_last_and_not_the_first(first, last, expected):
    assert workdays_between(first, last) == expected


@given(DAYS, st.integers(1, 60))
def test_adding_and_counting_agree(day, n):
    later = add_workdays(day, n)
    assert is_workday(later)
    assert workdays_between(day, later) == n
    assert workdays_between(later, day) == -n
    assert workdays_between(day, later - timedelta(days=1)) == n - 1


@given(DAYS)
def test_there_is_no_working_day_before_the_next_one(day):
    following = next_workday(day)
    assert is_workday(following)
    assert workdays_between(day, following) == (0 if following == day else 1)
    assert following - day <= timedelta(days=10)
