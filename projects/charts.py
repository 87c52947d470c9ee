"""Charts as Chart.js takes them: figures in, plain dictionaries out. Colours are token names (static/js/charts.js); nothing is read."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from erqi.common.numbers import WAN_PER_YI

MONTHS = range(1, 13)


def _scaled(values: Sequence[Decimal | None], unit: Decimal) -> list[float | None]:
    return [None if value is None else float(value / unit) for value in values]


def investment_curve(planned: Sequence[Decimal | None], done: Sequence[Decimal | None]) -> dict[str, Any]:
    """Return the curve of a year's cumulative investment, January to December, against its plan: both in 万元, or in 亿元 from 1亿元 on.

    Months without a figure leave a gap: what is not known is not drawn.
    """
    largest = max((value for value in (*planned, *done) if value is not None), default=Decimal(0))
    unit, name = (WAN_PER_YI, "亿元") if largest >= WAN_PER_YI else (Decimal(1), "万元")
    datasets = [{"label": "累计完成", "data": _scaled(done, unit), "tension": 0}]
    if any(value is not None for value in planned):
        datasets.insert(0, {"label": "累计计划", "data": _scaled(planned, unit), "plan": True, "tension": 0})
    return {
        "type": "line",
        "data": {"labels": [f"{month}月" for month in MONTHS], "datasets": datasets},
        "options": {
            "unit": name,
            "spanGaps": False,
            "interaction": {"mode": "index", "intersect": False},
            "scales": {"y": {"beginAtZero": True, "title": {"display": True, "text": name}}},
        },
    }
