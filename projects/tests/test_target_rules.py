"""How documents' figures agree, and when a result says how much of a target is reached."""

from decimal import Decimal

import pytest

from projects.choices import Bound, Measure, Wording
from projects.rules.target import Agreement, Figure, agreement, completion


def figure(value, bound="", wording=""):
    return Figure(Decimal(value), bound, wording)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([], Agreement.NONE),
        ([figure(60)], Agreement.SINGLE),
        ([figure(60, wording=Wording.STRIVE), figure(65, wording=Wording.STRIVE)], Agreement.CONFLICT),
        ([figure("480.0", Bound.ABOVE), figure(480, Bound.ABOVE)], Agreement.AGREE),
        ([figure(480, Bound.ABOVE), figure(480)], Agreement.CONFLICT),
        ([figure(12, wording=Wording.ENSURE), figure(12, wording=Wording.STRIVE)], Agreement.WORDING),
        ([figure(200, wording=Wording.ENSURE), figure(260, wording=Wording.STRIVE)], Agreement.CONFLICT),
        ([figure(4), figure(4), figure(5)], Agreement.CONFLICT),
    ],
)
def test_agreement(figures, expected):
    assert agreement(figures) == expected


@pytest.mark.parametrize(
    ("measure", "target", "result", "expected"),
    [
        (Measure.LEVEL, figure(65), figure(52), Decimal("0.8")),
        (Measure.LEVEL, figure(480, Bound.ABOVE), figure(240), Decimal("0.5")),
        (Measure.LEVEL, figure(121), figure(150), Decimal(150) / Decimal(121)),
        (Measure.GROWTH, figure(6), figure(5), None),
        (Measure.SHARE, figure(60), figure(48), None),
        (Measure.LEVEL, figure(65), figure(52, Bound.ABOUT), None),
        (Measure.LEVEL, figure(0), figure(52), None),
        (Measure.LEVEL, None, figure(52), None),
        (Measure.LEVEL, figure(65), None, None),
    ],
)
def test_completion_is_computed_only_where_it_is_plain(measure, target, result, expected):
    assert completion(measure, target, result) == expected
