"""What a target takes of a list of ledger entries: counts, sums and units, what bundles hold already, and when nothing can be said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import Computed, MilestoneKind
from projects.rules.bundle import Part, held_twice
from projects.rules.computed import METHODS, Entries, Gap, Method, Takes, compute, in_unit, unit_fits, unknown_because
from projects.sentences.target import MEANING, WHY, meaning

STARTS = METHODS[Computed.STARTED]


def test_every_way_is_defined_and_said():
    assert set(METHODS) == set(MEANING) == set(Computed)
    assert set(Gap) <= set(WHY)
    assert meaning(Computed.STARTED, project="路") == "本年度内有“开工”节点完成的项目数（“路”及打捆所含）"
    assert meaning(Computed.STARTED, scope="管委会").endswith("（责任单位是管委会或其下属的）")


def test_a_stock_is_what_the_ledger_holds_at_any_time():
    assert {way for way in Computed if METHODS[way].is_stock} == {Computed.LISTED, Computed.TOTAL}


@pytest.mark.parametrize(
    ("way", "unit", "fits"),
    [
        (Computed.INVESTED, "亿元", True),
        (Computed.INVESTED, "万元", True),
        (Computed.INVESTED, "元", False),
        (Computed.STARTED_INVESTMENT, "个", False),
        (Computed.STARTED, "个", True),
        (Computed.STARTED, "亿元", False),
        (Computed.COMPLETED_QUANTITY, "万㎡", True),
    ],
)
def test_money_is_given_in_money_and_nothing_else_is(way, unit, fits):
    assert unit_fits(way, unit) is fits


@pytest.mark.parametrize(
    ("unit", "wanted", "value"),
    [
        ("个", "个", "10000"),
        ("个", "万个", "1"),
        ("万㎡", "㎡", "100000000"),
        ("套", "个", None),
        ("万个", "万个", "10000"),
        ("", "万", "1"),
    ],
)
def test_units_differ_at_most_by_ten_thousand(unit, wanted, value):
    assert in_unit(Decimal(10000), unit, wanted) == (None if value is None else Decimal(value))


def test_a_count_takes_a_bundle_as_one_or_with_its_parts():
    entries = Entries(rows=5, inside=2, projects=14)
    assert compute(STARTS, entries, "个", by_parts=False).value == 3
    assert compute(STARTS, entries, "个", by_parts=True).value == 14


def test_amounts_come_in_the_targets_unit_and_say_when_they_have_holes():
    entries = Entries(rows=2, sums={"total": Decimal(793000), "done": Decimal(20000)}, missing={"total": 1, "done": 1})
    found = compute(METHODS[Computed.TOTAL], entries, "亿元", by_parts=False)
    assert (found.value, found.partial) == (Decimal("79.3"), True)
    # What is not reported yet is waited for.
    found = compute(METHODS[Computed.INVESTED], entries, "万元", by_parts=False)
    assert (found.value, found.partial) == (20000, False)
    assert compute(METHODS[Computed.INVESTED], Entries(rows=1, sums={"done": None}), "亿元", by_parts=False).gap == Gap.NO_AMOUNT


@pytest.mark.parametrize(
    ("entries", "value", "gap"),
    [
        (Entries(), 0, None),
        (Entries(rows=1, sums={"quantity": None}), None, Gap.NO_QUANTITY),
        (Entries(rows=2, sums={"quantity": Decimal(50)}, unit=None), None, Gap.OTHER_UNIT),
        (Entries(rows=1, sums={"quantity": Decimal(50)}, unit="套"), None, Gap.OTHER_UNIT),
        (Entries(rows=1, sums={"quantity": Decimal(50)}, unit="万㎡"), 50, None),
        (Entries(rows=1, sums={"quantity": Decimal(500000)}, unit="㎡"), 50, None),
    ],
)
def test_quantities_need_one_unit_that_fits(entries, value, gap):
    found = compute(METHODS[Computed.STARTED_QUANTITY], entries, "万㎡", by_parts=False)
    assert (found.value, found.gap) == (value, gap)


@pytest.mark.parametrize(
    ("method", "listed", "done", "planned", "tracked", "gap"),
    [
        (STARTS, 0, 0, 0, True, Gap.NOT_LISTED),
        # Nothing done is nothing only where people record what is done, and the entries have such a milestone.
        (STARTS, 3, 0, 2, False, Gap.UNTRACKED),
        (STARTS, 3, 0, 0, True, Gap.NO_MILESTONE),
        (STARTS, 3, 0, 2, True, None),
        (STARTS, 3, 1, 0, False, None),
        (Method(Takes.COUNT), 3, 3, 0, False, None),
    ],
)
def test_nothing_is_not_taken_for_zero(method, listed, done, planned, tracked, gap):
    assert unknown_because(method, listed=listed, done=done, planned=planned, tracked=tracked) == gap


def test_completions_are_completed_in_production_or_in_use():
    assert METHODS[Computed.COMPLETED].kinds == (MilestoneKind.COMPLETION, MilestoneKind.PRODUCTION, MilestoneKind.SERVICE)


def test_what_a_bundle_holds_is_told_also_across_a_missing_one():
    whole = Part(1, (None, None), 35, {"total": Decimal(100)})
    inner = Part(2, (1, None), 6, {"total": None})
    leaf = Part(3, (2, 1), None, {"total": Decimal(7)})
    alone = Part(4, (9, None), None, {"total": Decimal(5)})
    sums = {"total": "total"}
    assert held_twice([whole, inner, leaf, alone], sums) == {"projects": [6, 1], "total": [7]}
    assert held_twice([whole, leaf], sums) == {"projects": [1], "total": [7]}
    # Where the bundle has no figure of its own, that of the part counts.
    assert held_twice([inner, leaf], sums) == {"projects": [1], "total": []}


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 5)), st.booleans(), st.one_of(st.none(), st.integers(0, 99))), max_size=6))
def test_no_project_counts_twice(rows):
    """A bundle never holds more than what stands below it, and what stands outside of bundles is never taken away."""
    parts = [
        Part(
            place, (above if above is not None and above < place else None, None), 3 if bundle else None, {"a": amount and Decimal(amount)}
        )
        for place, (above, bundle, amount) in enumerate(rows)
    ]
    twice = held_twice(parts, {"a": "a"})
    assert len(twice["projects"]) <= sum(part.above[0] is not None for part in parts)
    assert len(twice["a"]) <= len(twice["projects"])
