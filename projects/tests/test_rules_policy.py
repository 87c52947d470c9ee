"""Warning policies: the bands of both presets figure by figure, what can be wrong with bands, and policies as plain data."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import LEVELS, Basis, Curve, Dimension, EscalationStep, Family, WarningLevel
from projects.rules.policy import Band, BandFault, Escalation, Fault, Policy, Rule, band_faults, faults, from_data, level_of, to_data
from projects.rules.presets import PRESETS, STATUS_POLICY, WARNING_POLICY

GREEN, BLUE, YELLOW, RED = LEVELS
EPSILON = Decimal("0.001")


def bands(text: str) -> tuple[Band, ...]:
    """Return the bands written as intervals: "green (,-7) blue [-7,8)"."""
    found = re.findall(r"(\w+) ([\[(])([^,]*),([^,\])]*)([\])])", text)
    return tuple(
        Band(level_of(code), Decimal(low) if low else None, Decimal(high) if high else None, left == "[", right == "]")
        for code, left, low, high, right in found
    )


# Hypothesis: sound bands and policies, which the properties of the colour schedule draw as well.
EDGES = st.integers(-12, 60).map(Decimal) | st.decimals(-12, 60, places=2)


@st.composite
def sound_bands(draw, down=False, edges=EDGES):
    """Bands that cover the line once and grow worse in one direction, in any order, with one to four levels."""
    levels = sorted(draw(st.sets(st.sampled_from(LEVELS), min_size=1)), reverse=down)
    inner = sorted(draw(st.sets(edges, min_size=len(levels) - 1, max_size=len(levels) - 1)))
    # Which of the two neighbours an edge belongs to.
    upper = [draw(st.booleans()) for _ in inner]
    found = [
        Band(level, low, high, low_in, not next_in)
        for level, low, high, low_in, next_in in zip(levels, [None, *inner], [*inner, None], [False, *upper], [*upper, True], strict=True)
    ]
    return tuple(draw(st.permutations(found)))


@st.composite
def sound_policies(draw):
    """Policies without a fault, of both bases and the three curves; some dimensions are missing, some do not count."""
    basis = draw(st.sampled_from(Basis))
    rules = {}
    for dimension in Dimension:
        if draw(st.integers(0, 7)):
            ratio = dimension == Dimension.INVESTMENT and basis == Basis.RATIO
            drawn = sound_bands(down=True, edges=st.decimals(0, 130, places=1)) if ratio else sound_bands()
            rules[dimension] = Rule(draw(drawn), counts=draw(st.integers(0, 4)) > 0)
    return Policy(
        family=draw(st.sampled_from(Family)),
        basis=basis,
        curve=draw(st.sampled_from(Curve)),
        min_eval_month=draw(st.integers(1, 12)),
        rules=rules,
        labels={level: level.label for level in draw(st.sets(st.sampled_from(LEVELS)))},
        observation_cycles=draw(st.integers(0, 3)),
        escalations=tuple(
            Escalation(draw(st.sampled_from(LEVELS)), number, EscalationStep.URGE) for number in draw(st.sets(st.integers(0, 4)))
        ),
    )


def probes(some: tuple[Band, ...]) -> list[Decimal]:
    """Return figures enough to say how the whole line is covered: every edge, between any two, and beyond the outer ones."""
    edges = sorted({edge for band in some for edge in (band.low, band.high) if edge is not None}) or [Decimal(0)]
    return [edges[0] - 1, *edges, *((one + other) / 2 for one, other in pairwise(edges)), edges[-1] + 1]


def covered(some: tuple[Band, ...]) -> set[int]:
    """Return by how many bands the figures are covered."""
    return {sum(band.covers(value) for band in some) for value in probes(some)}


WARNING_TABLE = {
    Dimension.MILESTONE: "-999 green, -8 green, -7 blue, 0 blue, 1 blue, 7 blue, 8 yellow, 30 yellow, 31 red, 999 red",
    Dimension.INVESTMENT: "0 red, 59.99 red, 60 yellow, 79.99 yellow, 80 blue, 99.99 blue, 100 green, 250 green",
    Dimension.START: "-11 green, -1 green, 0 blue, 1 yellow, 2 yellow, 3 red, 12 red",
    Dimension.ISSUE: "-99 green, -3 green, -2 blue, 0 blue, 1 yellow, 15 yellow, 16 red",
    Dimension.NOTICE: "-99 green, -3 green, -2 blue, 0 blue, 1 yellow, 5 yellow, 6 red",
    Dimension.REPORTING: "-99 green, -3 green, -2 blue, 0 blue, 1 yellow, 3 yellow, 4 red",
}
STATUS_TABLE = {
    Dimension.MILESTONE: "-999 blue, 0 blue, 1 yellow, 30 yellow, 31 red",
    Dimension.INVESTMENT: "0 red, 59.99 red, 60 yellow, 99.99 yellow, 100 blue, 250 blue",
    Dimension.START: "-11 blue, 0 blue, 1 yellow, 2 yellow, 3 red",
    Dimension.ISSUE: "-99 blue, 0 blue, 1 yellow, 15 yellow, 16 red",
    Dimension.NOTICE: "-99 blue, 0 blue, 1 yellow, 5 yellow, 6 red",
    Dimension.REPORTING: "-99 blue, 0 blue, 1 yellow, 3 yellow, 4 red",
}


class TestPresets:
    @pytest.mark.parametrize(
        ("policy", "dimension", "figure", "level"),
        [
            (policy, dimension, *entry.split())
            for policy, table in ((WARNING_POLICY, WARNING_TABLE), (STATUS_POLICY, STATUS_TABLE))
            for dimension, row in table.items()
            for entry in row.split(", ")
        ],
        ids=str,
    )
    def test_the_level_of_each_figure(self, policy, dimension, figure, level):
        assert policy.rules[dimension].level(Decimal(figure)).code == level

    @pytest.mark.parametrize("family", Family)
    def test_both_are_sound_and_survive_the_database(self, family):
        assert PRESETS[family].family == family
        assert faults(PRESETS[family]) == []
        assert from_data(json.loads(json.dumps(to_data(PRESETS[family])))) == PRESETS[family]

    @pytest.mark.parametrize("policy", PRESETS.values())
    def test_reporting_is_shown_beside_the_colour_and_not_in_it(self, policy):
        assert policy.rule(Dimension.REPORTING) is None
        assert all(policy.rule(dimension) for dimension in set(Dimension) - {Dimension.REPORTING})

    def test_one_level_is_called_differently_in_the_two_families(self):
        assert (WARNING_POLICY.label(GREEN), STATUS_POLICY.label(GREEN)) == ("正常", "已完成")
        assert replace(STATUS_POLICY, labels={}).label(RED) == RED.label


SOUND = "green (,-7) blue [-7,8) yellow [8,31) red [31,)"


class TestFaults:
    @pytest.mark.parametrize(
        "text",
        [
            SOUND,
            "green (,-7] blue (-7,8] yellow (8,31] red (31,)",
            "green (,-7) blue [-7,8] yellow (8,31) red [31,)",
            "red [31,) green (,-7) yellow [8,31) blue [-7,8)",
            "green (,0) yellow [0,0] red (0,)",  # a single figure is a band
            "blue (,1) red [1,)",
            "yellow (,)",
        ],
    )
    def test_sound_bands(self, text):
        assert band_faults(Dimension.MILESTONE, bands(text)) == []

    @pytest.mark.parametrize(
        ("text", "kind", "at", "first", "second"),
        [
            ("", BandFault.NONE, None, None, None),
            # Nothing is covered.
            ("green (5,5) red [5,)", BandFault.EMPTY, 5, GREEN, None),
            ("green [5,5) red [5,)", BandFault.EMPTY, 5, GREEN, None),
            ("green (,5) red (5,5]", BandFault.EMPTY, 5, RED, None),
            ("green (,5) blue [5,4] red [5,)", BandFault.EMPTY, 5, BLUE, None),
            # A level twice.
            ("green (,5) blue [5,9) green [9,)", BandFault.TWICE, None, GREEN, None),
            # Before the first, after the last.
            ("green [-9,-7) blue [-7,8) yellow [8,31) red [31,)", BandFault.GAP, -9, None, GREEN),
            ("green (,-7) blue [-7,8) yellow [8,31) red [31,99]", BandFault.GAP, 99, RED, None),
            # Between the first, the second and the third two.
            ("green (,-8) blue [-7,8) yellow [8,31) red [31,)", BandFault.GAP, -8, GREEN, BLUE),
            ("green (,-7) blue [-7,7] yellow [8,31) red [31,)", BandFault.GAP, 7, BLUE, YELLOW),
            ("green (,-7) blue [-7,8) yellow [8,30] red (31,)", BandFault.GAP, 30, YELLOW, RED),
            ("green (,-7] blue [-8,8) yellow [8,31) red [31,)", BandFault.OVERLAP, -8, GREEN, BLUE),
            ("green (,-7) blue [-7,9) yellow [8,31) red [31,)", BandFault.OVERLAP, 8, BLUE, YELLOW),
            ("green (,-7) blue [-7,8) yellow [8,) red [31,)", BandFault.OVERLAP, 31, YELLOW, RED),
            # Ends that touch: in neither, in both.
            ("green (,-7) blue (-7,8) yellow [8,31) red [31,)", BandFault.GAP, -7, GREEN, BLUE),
            ("green (,-7) blue [-7,8) yellow (8,31) red [31,)", BandFault.GAP, 8, BLUE, YELLOW),
            ("green (,-7) blue [-7,8) yellow [8,31) red (31,)", BandFault.GAP, 31, YELLOW, RED),
            ("green (,-7] blue [-7,8) yellow [8,31) red [31,)", BandFault.OVERLAP, -7, GREEN, BLUE),
            ("green (,-7) blue [-7,8] yellow [8,31) red [31,)", BandFault.OVERLAP, 8, BLUE, YELLOW),
            ("green (,-7) blue [-7,8) yellow [8,31] red [31,)", BandFault.OVERLAP, 31, YELLOW, RED),
            # A figure that two levels claim is no gap behind the smaller of them.
            ("green (,) red [5,9)", BandFault.OVERLAP, 5, GREEN, RED),
            ("green (,9) blue [2,4) red [9,)", BandFault.OVERLAP, 2, GREEN, BLUE),
            # A level that time would improve.
            ("blue (,-7) green [-7,)", BandFault.ORDER, None, None, None),
            ("green (,-7) yellow [-7,8) blue [8,31) red [31,)", BandFault.ORDER, None, None, None),
        ],
    )
    def test_one_fault_is_named_with_its_place(self, text, kind, at, first, second):
        found = band_faults(Dimension.MILESTONE, bands(text))
        assert [replace(one, until=None) for one in found] == [
            Fault(Dimension.MILESTONE, kind, None if at is None else Decimal(at), first, second)
        ]

    def test_a_gap_is_named_to_its_end(self):
        found = band_faults(Dimension.MILESTONE, bands("green (,-7) blue [-7,8) yellow [12,31) red [31,)"))
        assert [(one.at, one.until) for one in found] == [(8, 12)]

    def test_several_faults_are_all_named(self):
        found = band_faults(Dimension.START, bands("green [-9,0] blue [0,1) yellow (1,3) red [5,9)"))
        assert [(one.kind, one.at) for one in found] == [
            (BandFault.GAP, -9),
            (BandFault.OVERLAP, 0),
            (BandFault.GAP, 1),
            (BandFault.GAP, 3),
            (BandFault.GAP, 9),
        ]

    def test_only_the_percentage_of_the_plan_grows_worse_downwards(self):
        falling, rising = bands("red (,60) green [60,)"), bands("green (,60) red [60,)")
        for basis, dimension, sound in [
            (Basis.RATIO, Dimension.INVESTMENT, falling),
            (Basis.GAP, Dimension.INVESTMENT, rising),
            (Basis.RATIO, Dimension.MILESTONE, rising),
        ]:
            policy = replace(WARNING_POLICY, basis=basis, rules={dimension: Rule(sound)})
            assert faults(policy) == []
            wrong = replace(policy, rules={dimension: Rule(rising if sound is falling else falling)})
            assert [(one.dimension, one.kind) for one in faults(wrong)] == [(dimension, BandFault.ORDER)]

    def test_the_faults_of_a_policy_are_those_of_its_dimensions_in_their_order(self):
        broken = {
            Dimension.NOTICE: Rule(()),
            Dimension.MILESTONE: Rule(bands("green (,1)"), counts=False),
            Dimension.ISSUE: Rule(bands(SOUND)),
        }
        found = faults(replace(WARNING_POLICY, rules=broken))
        assert [(one.dimension, one.kind) for one in found] == [(Dimension.MILESTONE, BandFault.GAP), (Dimension.NOTICE, BandFault.NONE)]

    @given(sound_policies())
    def test_a_sound_policy_covers_every_figure_once(self, policy):
        assert faults(policy) == []
        for rule in policy.rules.values():
            assert covered(rule.bands) == {1}
            assert all(rule.level(value) in LEVELS for value in probes(rule.bands))

    @given(sound_bands(), st.booleans(), st.booleans(), st.data())
    def test_moving_one_edge_a_little_is_a_fault(self, sound, lower, outwards, data):
        line = sorted(sound, key=lambda band: (band.low is not None, band.low or 0))
        if len(line) == 1:
            return
        place = data.draw(st.integers(0, len(line) - 2))
        # The lower neighbour's upper end, or the upper neighbour's lower end; outwards is into the neighbour.
        step = EPSILON if lower == outwards else -EPSILON
        place, moved = (place, {"high": line[place].high + step}) if lower else (place + 1, {"low": line[place + 1].low + step})
        line[place] = replace(line[place], **moved)
        assert [one.kind for one in band_faults(Dimension.ISSUE, line)] == [BandFault.OVERLAP if outwards else BandFault.GAP]

    @given(sound_bands(), st.booleans(), st.data())
    def test_an_edge_is_in_one_of_its_neighbours(self, sound, lower, data):
        line = sorted(sound, key=lambda band: (band.low is not None, band.low or 0))
        if len(line) == 1:
            return
        place = data.draw(st.integers(0, len(line) - 2)) + (not lower)
        end = "high_in" if lower else "low_in"
        was_in = getattr(line[place], end)
        line[place] = replace(line[place], **{end: not was_in})
        found = band_faults(Dimension.ISSUE, line)
        assert [(one.kind, one.at) for one in found] == [
            (BandFault.GAP if was_in else BandFault.OVERLAP, line[place].high if lower else line[place].low)
        ]

    ENDS = st.none() | st.integers(-3, 3).map(Decimal)

    @given(st.lists(st.builds(Band, st.sampled_from(LEVELS), ENDS, ENDS, st.booleans(), st.booleans()), min_size=1, max_size=4))
    def test_a_gap_and_an_overlap_are_found_exactly_where_there_is_one(self, some):
        kinds = {one.kind for one in band_faults(Dimension.MILESTONE, some)}
        if kinds & {BandFault.EMPTY, BandFault.TWICE}:
            return
        assert (BandFault.GAP in kinds) == (0 in covered(some))
        assert (BandFault.OVERLAP in kinds) == (max(covered(some)) > 1)


class TestLines:
    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            (SOUND, [None, -7, 8, 31]),
            ("green (,-7] blue (-7,8] yellow (8,31] red (31,)", [None, -6, 9, 32]),
            ("green (,-7.5) blue [-7.5,7.01) yellow [7.01,30.99] red (30.99,)", [None, -7, 8, 31]),
            ("green (,0) blue [0,0.2) yellow [0.2,0.8) red [0.8,)", [None, 0, 1, 1]),  # no whole number is yellow
            ("green (,0) yellow [0,0] red (0,)", [None, 0, 0, 1]),
            ("red [3,) blue (,1) yellow [1,3)", [None, None, 1, 3]),
            ("green (,5) blue [5,)", [None, 5, "never", "never"]),
            ("red (,)", [None, None, None, None]),
        ],
    )
    def test_the_first_whole_number_of_a_level_or_a_worse_one(self, text, numbers):
        rule = Rule(bands(text))
        for level, number in zip(LEVELS, numbers, strict=True):
            if number is None:
                with pytest.raises(ValueError, match="from the beginning"):
                    rule.first_whole(level)
            else:
                assert rule.first_whole(level) == (None if number == "never" else number)

    @given(sound_bands(), st.sampled_from(LEVELS))
    def test_the_number_before_the_first_is_better(self, sound, level):
        rule = Rule(sound)
        try:
            number = rule.first_whole(level)
        except ValueError:
            assert rule.level(Decimal(-9999)) >= level
            return
        if number is None:
            assert rule.level(Decimal(9999)) < level
        else:
            assert rule.level(Decimal(number)) >= level > rule.level(Decimal(number - 1))

    def test_a_figure_without_a_band_is_not_guessed(self):
        with pytest.raises(ValueError, match="no band covers 5"):
            Rule(bands("green (,5) red (5,)")).level(Decimal(5))


BAND = {"level": "red", "low": "1", "high": None, "low_in": True, "high_in": False}
DATA = to_data(WARNING_POLICY)


class TestData:
    @given(sound_policies())
    def test_a_policy_survives_the_way_to_the_database_and_back(self, policy):
        assert from_data(json.loads(json.dumps(to_data(policy)))) == policy

    def test_figures_are_kept_as_they_were_typed(self):
        rule = to_data(replace(WARNING_POLICY, rules={Dimension.ISSUE: Rule(bands("green (,7.50) red [7.50,)"))}))["rules"]["D4"]
        assert rule == {
            "counts": True,
            "bands": [
                {"level": "green", "low": None, "high": "7.50", "low_in": False, "high_in": False},
                {"level": "red", "low": "7.50", "high": None, "low_in": True, "high_in": False},
            ],
        }

    @pytest.mark.parametrize("key", DATA)
    def test_nothing_may_be_missing(self, key):
        with pytest.raises(ValueError, match="malformed policy"):
            from_data({name: value for name, value in DATA.items() if name != key})

    @pytest.mark.parametrize(
        "change",
        [
            {"family": "C"},
            {"family": None},
            {"basis": "percent"},
            {"curve": ""},
            {"min_eval_month": "March"},
            {"min_eval_month": None},
            {"manual_max_days": "x"},
            {"labels": ["正常"]},
            {"labels": {"purple": "紫"}},
            {"rules": None},
            {"rules": {"D9": {"counts": True, "bands": []}}},
            {"rules": {"D1": None}},
            {"rules": {"D1": {"counts": True}}},
            {"rules": {"D1": {"counts": True, "bands": 3}}},
            {"escalations": [{}]},
            {"escalations": [{"level": "red", "times": "often", "step": "urge"}]},
            {"escalations": [{"level": "red", "times": 1, "step": "shout"}]},
            *({"rules": {"D1": {"counts": True, "bands": [{name: BAND[name] for name in BAND if name != key}]}}} for key in BAND),
            *(
                {"rules": {"D1": {"counts": True, "bands": [{**BAND, "low": edge}]}}}
                for edge in ["", "x", "1,5", "NaN", "sNaN", "Infinity", "-Infinity", {}, []]
            ),
            {"rules": {"D1": {"counts": True, "bands": [{**BAND, "level": "purple"}]}}},
        ],
        ids=str,
    )
    def test_what_is_malformed_is_refused(self, change):
        with pytest.raises(ValueError, match=r"\w"):
            from_data({**DATA, **change})

    @pytest.mark.parametrize("data", [None, [], "text", 3])
    def test_something_else_is_no_policy(self, data):
        with pytest.raises(ValueError, match="malformed policy"):
            from_data(data)

    def test_a_level_is_found_by_its_code(self):
        assert [level_of(level.code) for level in LEVELS] == list(LEVELS)
        for word in ("RED", "unrated", WarningLevel.DONE.code):
            with pytest.raises(ValueError, match="no level is called"):
                level_of(word)
