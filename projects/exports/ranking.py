"""单位排名: the units that answer for projects, by kind of unit: colours, done against plan, reports in time, place and how it changed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from erqi.common.dates import chinese_day
from erqi.common.numbers import ratio
from erqi.common.workbook.declare import Chart, Column, Foot, Row, Sheet
from projects.choices import UnitKind, WarningLevel
from projects.exports.scope import Scope
from projects.exports.summary import COUNTED, INCLUDES, SIMULATED
from projects.stats.ranking import Figures, Ranking, UnitLine, ranking

NOBODY = "未明确责任单位"


def previous_month_end(day: date) -> date | None:
    """Return the last day of the month before, within the year; None in January."""
    found = day.replace(day=1) - timedelta(days=1)
    return found if found.year == day.year else None


def ranking_of(scope: Scope) -> Ranking:
    """Return the ranking of a report's scope, with the places at the end of the month before."""
    day = scope.day.day
    before = previous_month_end(day)
    return ranking(scope.entries, scope.year, day, scope.entries_on(before) if before else None, before)


def ranking_sheets(scope: Scope) -> list[Sheet]:
    """Return the ranking, and the rates of its units as a chart."""
    found = ranking_of(scope)
    label = scope.versions.in_force(scope.day.day)
    word = label.policy.label if label else lambda level: str(level.label)
    before = previous_month_end(scope.day.day)
    columns = [
        Column("place", "位次", "ordinal"),
        Column("unit", "单位", "text", widest=30),
        Column("before", "上期位次", "ordinal"),
        Column("change", "变化", "center"),
        Column("entries", "条数", "integer"),
        Column("projects", "按打捆个数计", "integer"),
        *(Column(level.code, word(level), "integer", group="灯色（条）") for level in COUNTED),
        Column("other", "其他", "integer", group="灯色（条）"),
        Column("planned", "截至当期计划", "money", group="投资"),
        Column("done", "本年累计完成", "money", group="投资"),
        Column("of_plan", "占序时", "percent", group="投资"),
        Column("whole", "本年度计划", "money", group="投资"),
        Column("of_year", "年度完成率", "percent", group="投资"),
        Column("reports", "应报", "integer", group="月报（份）"),
        Column("in_time", "按时报送", "integer", group="月报（份）"),
        Column("punctual", "按时率", "percent", group="月报（份）"),
        SIMULATED,
    ]
    names = [column.name for column in columns[4:-1]]
    notes = [
        *scope.notes,
        "按单位类别分组排名：占序时高者在前，相同的告警少者在前，再相同的预警少者在前；没有当期计划的不排名。",
        f"上期：{chinese_day(before)}。" if before else "本年度没有上期可比。",
        "按时报送：各月截止日（含）前首次报送的月报；其他：暂停、未评价、已销号。同一单位的打捆项目与所含项目，金额不重复计。",
    ]
    return [
        Sheet(
            name="单位排名",
            title=f"{scope.ledger.name}单位排名",
            columns=columns,
            rows=_rows(scope, found),
            info=scope.info(),
            pinned=2,
            foot=Foot(dict(zip(names, _values(scope, found.total), strict=True)), f"{sum(map(len, found.lines.values()))} 个单位", []),
            notes=notes,
            noun="个单位",
            keyed=False,
        ),
        _chart_sheet(scope, found),
    ]


def _values(scope: Scope, figures: Figures) -> list[Any]:
    counted = [figures.levels[level] for level in COUNTED]
    return [
        *(figures.entries, figures.projects, *counted, figures.entries - sum(counted)),
        *(scope.amount(figures.planned), scope.amount(figures.done), figures.of_plan, scope.amount(figures.whole), figures.of_year),
        *(figures.reports, figures.in_time, ratio(figures.in_time, figures.reports)),
    ]


def change_words(line: UnitLine) -> str | None:
    """Return how a unit's place changed: ↑2, ↓1, 持平, 新进; None without a place."""
    if line.place is None:
        return None
    if line.risen is None:
        return "新进"
    return "持平" if line.risen == 0 else f"{'↑' if line.risen > 0 else '↓'}{abs(line.risen)}"


def _rows(scope: Scope, found: Ranking) -> Iterator[Row]:
    compared = previous_month_end(scope.day.day) is not None
    for kind, lines in found.lines.items():
        heading = str(UnitKind(kind).label) if kind else NOBODY
        for line in lines:
            values = [line.place, line.unit.name if line.unit else NOBODY, line.before, change_words(line) if compared else None]
            simulated = INCLUDES if line.figures.simulated else None
            yield Row([*values, *_values(scope, line.figures), simulated], group=heading, simulated=simulated is not None)


def _chart_sheet(scope: Scope, found: Ranking) -> Sheet:
    """Return the rates of the ranked units with a chart."""
    ranked = [line for lines in found.lines.values() for line in lines if line.unit and line.figures.of_plan is not None]
    ranked.sort(key=lambda line: -line.figures.of_plan)
    return Sheet(
        name="占序时图",
        title=f"{scope.ledger.name}各单位占序时",
        columns=[
            Column("unit", "单位"),
            Column("kind", "单位类别", "center"),
            Column("of_plan", "占序时", "percent"),
            Column("red", "告警（条）", "integer"),
            SIMULATED,
        ],
        rows=(
            Row(
                [
                    *(line.unit.label, str(UnitKind(line.unit.kind).label), line.figures.of_plan, line.figures.levels[WarningLevel.RED]),
                    INCLUDES if line.figures.simulated else None,
                ],
                simulated=line.figures.simulated,
            )
            for line in ranked
        ),
        info=scope.info(money=False),
        keyed=False,
        notes=scope.notes,
        charts=[Chart("bar", "各单位本年累计完成占截至当期计划", "unit", ["of_plan"], percent=True)],
    )
