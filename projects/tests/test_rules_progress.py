"""Planned progress (domain.md §1.5): the three computations, and a share of the plan against points behind it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import Basis, Curve
from projects.rules.progress import days_in_year, is_growing, measured, planned, time_share

PLAN = tuple(Decimal(number) for number in (0, 0, 50, 100, 200, 300, 450, 600, 750, 850, 950, 1000))
AMOUNTS = st.decimals("0.01", "9999999.99", places=2)


def share(text: str) -> Decimal:
    part, whole = text.split("/")
    return Decimal(part) / Decimal(whole)


class TestCurves:
    @pytest.mark.parametrize(("year", "days"), [(2018, 365), (2020, 366), (2000, 366), (2100, 365)])
    def test_leap_years(self, year, days):
        assert days_in_year(year) == days

    @pytest.mark.parametrize(
        ("cutoff_on", "passed"),
        [
            (date(2018, 1, 1), "1/365"),
            (date(2018, 1, 25), "25/365"),
            (date(2018, 2, 28), "59/365"),
            (date(2018, 3, 1), "60/365"),
            (date(2018, 6, 25), "176/365"),
            (date(2018, 12, 20), "354/365"),
            (date(2018, 12, 31), "1/1"),
            (date(2020, 2, 28), "59/366"),
            (date(2020, 2, 29), "60/366"),
            (date(2020, 3, 1), "61/366"),
            (date(2020, 12, 20), "355/366"),
            (date(2020, 12, 31), "1/1"),
        ],
    )
    def test_by_days(self, cutoff_on, passed):
        assert time_share(Curve.LINEAR_DAYS, cutoff_on.year, cutoff_on.month, cutoff_on) == share(passed)

    @pytest.mark.parametrize("month", range(1, 13))
    @pytest.mark.parametrize("year", [2018, 2020])
    def test_by_months_the_day_does_not_matter(self, year, month):
        for day in (1, 20, 28):
            assert time_share(Curve.LINEAR_MONTHS, year, month, date(year, month, day)) == share(f"{month}/12")

    @pytest.mark.parametrize(
        ("curve", "month", "cutoff_on", "due"),
        [
            (Curve.MONTHLY_PLAN, 2, date(2018, 2, 26), "0"),
            (Curve.MONTHLY_PLAN, 3, date(2018, 3, 26), "50"),
            (Curve.MONTHLY_PLAN, 12, date(2018, 12, 20), "1000"),
            (Curve.LINEAR_MONTHS, 3, date(2018, 3, 26), "300"),
            (Curve.LINEAR_MONTHS, 12, date(2018, 12, 20), "1200"),
            (Curve.LINEAR_DAYS, 3, date(2018, 3, 14), "240"),  # the 73rd day of 365
            (Curve.LINEAR_DAYS, 3, date(2020, 3, 1), "200"),  # the 61st of 366
            (Curve.LINEAR_DAYS, 12, date(2018, 12, 31), "1200"),
        ],
    )
    def test_what_is_planned_to_a_cutoff(self, curve, month, cutoff_on, due):
        assert planned(curve, PLAN, Decimal(1200), cutoff_on.year, month, cutoff_on) == Decimal(due)

    def test_the_plan_of_a_year_without_amount_is_its_december(self):
        assert planned(Curve.LINEAR_MONTHS, PLAN, None, 2018, 6, date(2018, 6, 25)) == 500
        assert planned(Curve.LINEAR_DAYS, PLAN, None, 2018, 12, date(2018, 12, 31)) == 1000

    @pytest.mark.parametrize("curve", Curve)
    def test_without_any_plan_nothing_is_planned(self, curve):
        assert planned(curve, None, None, 2018, 6, date(2018, 6, 25)) is None

    def test_an_amount_without_months_is_no_monthly_plan(self):
        assert planned(Curve.MONTHLY_PLAN, None, Decimal(1200), 2018, 6, date(2018, 6, 25)) is None

    @given(AMOUNTS, st.sampled_from([Curve.LINEAR_DAYS, Curve.LINEAR_MONTHS]), st.dates(date(2018, 1, 1), date(2020, 12, 31)))
    def test_the_linear_curves_never_exceed_the_year(self, annual, curve, day):
        due = planned(curve, None, annual, day.year, day.month, day)
        assert 0 < due <= annual


class TestMeasured:
    @pytest.mark.parametrize(
        ("done", "due", "ratio", "gap"),
        [
            # domain.md §1.5: one state of affairs, two rules.
            (Decimal(29), Decimal(50), "58", "21"),
            (Decimal(8), Decimal("16.7"), "47.9", "8.7"),
            (Decimal(8), Decimal(100) * 2 / 12, "48.0", "8.7"),
            # domain.md §8, a to e.
            (Decimal(50), Decimal(50), "100", "0"),
            (Decimal(45), Decimal(50), "90", "5"),
            (Decimal(38), Decimal(50), "76", "12"),
            (Decimal(40), Decimal(50), "80", "10"),
            (Decimal(30), Decimal(50), "60", "20"),
            # Nothing done, more done than planned.
            (Decimal(0), Decimal(50), "0", "50"),
            (Decimal(60), Decimal(50), "120", "-10"),
        ],
    )
    def test_ratio_and_points(self, done, due, ratio, gap):
        places = Decimal(1).scaleb(-1 if "." in ratio else 0)
        assert measured(Basis.RATIO, done, due, Decimal(100)).quantize(places) == Decimal(ratio)
        assert measured(Basis.GAP, done, due, Decimal(100)).quantize(Decimal("0.1")) == Decimal(gap)

    def test_points_are_of_the_year_and_not_of_the_month(self):
        assert measured(Basis.GAP, Decimal(100), Decimal(300), Decimal(1000)) == 20
        assert measured(Basis.RATIO, Decimal(100), Decimal(300), Decimal(1000)).quantize(Decimal("0.01")) == Decimal("33.33")

    @pytest.mark.parametrize("basis", Basis)
    def test_a_rate_of_nothing_is_no_rate(self, basis):
        assert measured(basis, Decimal(5), Decimal(0), Decimal(100)) is None

    @pytest.mark.parametrize("annual", [None, Decimal(0)])
    def test_points_need_the_year_and_a_percentage_does_not(self, annual):
        assert measured(Basis.GAP, Decimal(5), Decimal(10), annual) is None
        assert measured(Basis.RATIO, Decimal(5), Decimal(10), annual) == 50

    @given(AMOUNTS, st.sampled_from(["1", "0.8", "0.6", "0.335"]))
    def test_exactly_on_an_edge_is_exact(self, due, part):
        assert measured(Basis.RATIO, due * Decimal(part), due, None) == Decimal(part) * 100

    @given(AMOUNTS, st.integers(1, 12), st.sampled_from(["1", "0.8", "0.6"]))
    def test_exactly_on_an_edge_is_exact_on_the_curve_by_months(self, monthly, month, part):
        due = planned(Curve.LINEAR_MONTHS, None, monthly * 12, 2018, month, date(2018, month, 20))
        assert due == monthly * month
        assert measured(Basis.RATIO, monthly * month * Decimal(part), due, monthly * 12) == Decimal(part) * 100

    @given(AMOUNTS, st.dates(date(2018, 1, 1), date(2020, 12, 31)))
    def test_what_is_exactly_in_time_is_exact_on_the_curve_by_days(self, daily, day):
        days, passed = days_in_year(day.year), day.timetuple().tm_yday
        due = planned(Curve.LINEAR_DAYS, None, daily * days, day.year, day.month, day)
        assert due == daily * passed
        assert measured(Basis.RATIO, daily * passed, due, daily * days) == 100
        assert measured(Basis.GAP, daily * passed, due, daily * days) == 0

    def test_five_twelfths_of_a_plan(self):
        # 5/12 has no end in decimals: multiplied by it, 22.8 gives a hair more than the 9.5 that were done.
        due = planned(Curve.LINEAR_MONTHS, None, Decimal("22.8"), 2018, 5, date(2018, 5, 25))
        assert measured(Basis.RATIO, Decimal("9.5"), due, Decimal("22.8")) == 100


class TestGrowing:
    @pytest.mark.parametrize(
        ("plan", "growing"),
        [
            (PLAN, True),
            ([Decimal(0)] * 12, True),
            (PLAN[:11], False),
            ([*PLAN, Decimal(1001)], False),
            ([], False),
            ([Decimal(-1), *PLAN[1:]], False),
            ([*PLAN[:11], Decimal(949)], False),
            ([Decimal(1), *PLAN[1:]], False),
        ],
    )
    def test_twelve_amounts_that_never_fall(self, plan, growing):
        assert is_growing(plan) is growing
