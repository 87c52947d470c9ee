"""Places in a ranking: by rate, then fewer red, then fewer yellow; equal ones share a place."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.ranking import Score, places


def score(rate, red=0, yellow=0):
    return Score(None if rate is None else Decimal(rate), red, yellow)


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ({}, {}),
        ({"a": score(None)}, {}),
        ({"a": score("0")}, {"a": 1}),
        ({"a": score("0.9"), "b": score("1.1")}, {"b": 1, "a": 2}),
        ({"a": score("1", 1), "b": score("1", 0, 9)}, {"b": 1, "a": 2}),
        ({"a": score("1", 1, 2), "b": score("1", 1, 1)}, {"b": 1, "a": 2}),
        ({"a": score("1"), "b": score("1"), "c": score("0.5")}, {"a": 1, "b": 1, "c": 3}),
        ({"a": score("1.00"), "b": score("1.0")}, {"a": 1, "b": 1}),
        ({"a": score("2"), "b": score("1"), "c": score("1"), "d": score("1"), "e": score("0")}, {"a": 1, "b": 2, "c": 2, "d": 2, "e": 5}),
        ({"a": score("0.5"), "b": score(None, 0, 0)}, {"a": 1}),
    ],
)
def test_places(scores, found):
    assert places(scores) == found


SCORES = st.builds(Score, st.none() | st.decimals(0, 3, places=2), st.integers(0, 3), st.integers(0, 3))


@given(st.dictionaries(st.integers(0, 50), SCORES))
def test_a_place_is_one_more_than_the_number_of_better_ones(scores):
    found = places(scores)
    assert set(found) == {key for key, one in scores.items() if one.rate is not None}
    for key, place in found.items():
        mine = (-scores[key].rate, scores[key].red, scores[key].yellow)
        better = [other for other in found if (-scores[other].rate, scores[other].red, scores[other].yellow) < mine]
        assert place == len(better) + 1
