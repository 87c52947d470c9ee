"""Charts as Chart.js takes them: figures in, plain dictionaries out. Colours are token names (static/js/charts.js); nothing is read."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from erqi.common.numbers import WAN_PER_YI
from projects.choices import WarningLevel
from projects.rules.progress import days_in_year

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


# The signal colours belong to the levels and to nothing else; what has no level is grey, so that it does not look like one.
LEVEL_TOKENS = {
    WarningLevel.RED: "token:sig-red",
    WarningLevel.YELLOW: "token:sig-yellow",
    WarningLevel.BLUE: "token:sig-blue",
    WarningLevel.GREEN: "token:sig-green",
    WarningLevel.UNRATED: "token:line-2",
    WarningLevel.PAUSED: "token:ink-3",
    WarningLevel.DONE: "token:line",
}
# How each is hatched on paper and for those who do not tell the colours apart (charts.js).
LEVEL_PATTERNS = {
    WarningLevel.RED: "cross",
    WarningLevel.YELLOW: "diagonal",
    WarningLevel.BLUE: "dots",
    WarningLevel.PAUSED: "back",
}


def colours(
    labels: Sequence[str],
    levels: Sequence[WarningLevel],
    words: Sequence[str],
    numbers: Sequence[Sequence[int]],
    links: Sequence[Sequence[str]],
) -> dict[str, Any]:
    """Return bars of projects by colour, one bar a group: `numbers` and `links` (the lists behind the pieces) by level, then by group."""
    datasets = [
        {
            "label": word,
            "data": list(of_level),
            "backgroundColor": LEVEL_TOKENS[level],
            "pattern": LEVEL_PATTERNS.get(level, ""),
            "links": list(of_links),
        }
        for level, word, of_level, of_links in zip(levels, words, numbers, links, strict=True)
    ]
    return {
        "type": "bar",
        "data": {"labels": list(labels), "datasets": datasets},
        "options": {
            "indexAxis": "y",
            "unit": "个",
            "rows": True,
            "scales": {
                "x": {"stacked": True, "beginAtZero": True, "ticks": {"precision": 0}},
                "y": {"stacked": True, "ticks": {"autoSkip": False}},
            },
            "interaction": {"mode": "nearest", "axis": "xy", "intersect": True},
        },
    }


def funnel(labels: Sequence[str], numbers: Sequence[int], links: Sequence[str]) -> dict[str, Any]:
    """Return the bars of projects by stage, each of which leads to its list."""
    return {
        "type": "bar",
        "data": {
            "labels": list(labels),
            "datasets": [{"label": "项目", "data": list(numbers), "links": list(links), "backgroundColor": "token:chart-1"}],
        },
        "options": {
            "indexAxis": "y",
            "unit": "个",
            "rows": True,
            "values": True,
            "plugins": {"legend": {"display": False}},
            "scales": {"x": {"beginAtZero": True, "ticks": {"precision": 0}}, "y": {"ticks": {"autoSkip": False}}},
        },
    }


class Point(Protocol):
    """A day in the course of a target (stats.target.CoursePoint)."""

    @property
    def day(self) -> date: ...
    @property
    def computed(self) -> Decimal | None: ...
    @property
    def reading(self) -> Decimal | None: ...
    @property
    def due(self) -> Decimal | None: ...


def target_course(points: Sequence[Point], unit: str, *, year: int, level: bool) -> dict[str, Any]:
    """Return the course of a target over its year: what the ledger computes and what was registered, against what is due by the calendar
    (for growth and shares the figure itself). Days without a figure are bridged, days to come are left empty. A day is as wide as another:
    x counts the days since 1 January, so that what grows evenly is a straight line."""
    first = date(year, 1, 1)
    days = [(point.day - first).days for point in points]
    lines = (
        ("序时应完成" if level else "目标", [point.due for point in points], {"plan": True}),
        ("台账计算", [point.computed for point in points], {}),
        ("登记", [point.reading for point in points], {}),
    )
    datasets = [
        {
            "label": f"{label}（{unit}）",
            "data": [{"x": x, "y": y} for x, y in zip(days, _scaled(values, Decimal(1)), strict=True)],
            "tension": 0,
            **more,
        }
        for label, values, more in lines
        if any(value is not None for value in values)
    ]
    return {
        "type": "line",
        "data": {"datasets": datasets},
        "options": {
            "unit": unit,
            "spanGaps": True,
            "daysSince": first.isoformat(),
            "interaction": {"mode": "index", "intersect": False},
            "scales": {"x": {"type": "linear", "min": 0, "max": max([days_in_year(year) - 1, *days])}, "y": {"beginAtZero": level}},
        },
    }
