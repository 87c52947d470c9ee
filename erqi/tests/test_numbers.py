"""Money and rates."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erqi.common.numbers import money, percent, plain, ratio, rounded

amounts = st.decimals(min_value=0, max_value=Decimal("99999999999"), places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("wan", "words"),
    [
        (None, ""),
        ("0", "0万元"),
        ("9999.9999", "9,999.9999万元"),
        ("10000", "1亿元"),
        ("793000", "79.3亿元"),
        ("4800000", "480亿元"),
        ("32690000", "3,269亿元"),
        ("31800.0000", "3.18亿元"),
        ("12345.6789", "1.23456789亿元"),
    ],
)
def test_money_is_shown_whole_with_the_unit_that_fits(wan, words):
    assert money(None if wan is None else Decimal(wan)) == words


@given(amounts)
def test_money_loses_nothing(wan):
    words = money(wan)
    number, unit = (words[:-2], Decimal(10000)) if words.endswith("亿元") else (words[:-2], Decimal(1))
    assert Decimal(number.replace(",", "")) * unit == wan


def test_a_rate_of_nothing_is_a_dash_and_not_zero():
    assert ratio(Decimal(5), Decimal(0)) is None
    assert ratio(None, Decimal(5)) is None
    assert percent(ratio(0, 0)) == "—"
    assert percent(ratio(0, 5)) == "0.0%"


def test_rates_may_exceed_one_hundred():
    # D2: 227.2亿元, 17.5 % above plan.
    assert percent(Decimal("1.175")) == "117.5%"


@given(amounts.filter(bool), amounts.filter(bool))
def test_a_ratio_gives_its_part_back(part, whole):
    assert abs(ratio(part, whole) * whole - part) <= part * Decimal("1e-20")


@pytest.mark.parametrize(("value", "text"), [("0.05", "0.1"), ("0.15", "0.2"), ("0.25", "0.3"), ("-0.05", "-0.1")])
def test_rounding_is_half_up_as_people_round(value, text):
    assert str(rounded(Decimal(value), 1)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_plain_numbers_have_no_exponent(value):
    text = plain(value)
    assert "E" not in text.upper()
    assert Decimal(text.replace(",", "")) == value
