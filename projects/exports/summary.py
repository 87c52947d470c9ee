"""The summary sheets beside the ledger: by category, and the year by month; each with its chart."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from erqi.common.numbers import ratio
from erqi.common.workbook.declare import SUM, Chart, Column, Foot, Row, Share, Sheet
from erqi.common.workbook.sums import Sums
from projects.choices import WarningLevel
from projects.exports.scope import Scope, category_words
from projects.stats.cockpit import course

# The levels that have a column; all others are 其他.
COUNTED = (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE, WarningLevel.GREEN)
INCLUDES = "含模拟"
SIMULATED = Column("simulated", "模拟数据", "center", hide_empty=True)
_MONEY = ("total_investment", "whole", "planned", "done")
_FIGURES = [
    Column("total_investment", "总投资", "money", total=SUM),
    Column("whole", "本年度计划", "money", total=SUM),
    Column("planned", "截至当期计划", "money", total=SUM),
    Column("done", "本年累计完成", "money", total=SUM),
    Column("of_plan", "占序时", "percent", total=Share("done", "planned")),
    Column("of_year", "年度完成率", "percent", total=Share("done", "whole")),
]


class Tally:
    """Counts the ledger's rows by category while they are written, so that nothing is read twice; its sheet comes after theirs."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._sums: dict[str, Sums] = {}
        self._levels: dict[str, Counter[WarningLevel]] = {}
        self._all = Sums(_FIGURES)
        self._simulated: set[str] = set()

    def add(self, record: Any) -> None:
        """Count a record of the ledger's table in."""
        name = category_words(record.project__category__parent__name or record.project__category__name, None)
        values = {
            "total_investment": record.project__total_investment,
            "whole": record.whole,
            "planned": record.planned,
            "done": record.done,
        }
        scope = self.scope
        row = Row(
            [*(scope.amount(values[name]) for name in _MONEY), None, None],
            weight=scope.weight(record.pk, record.project__bundle_count),
            uncounted=scope.uncounted(record.pk),
        )
        self._sums.setdefault(name, Sums(_FIGURES)).add(row)
        self._all.add(row)
        self._levels.setdefault(name, Counter())[record.level] += 1
        if record.level_simulated or record.done_simulated or record.planned_simulated or record.whole_simulated:
            self._simulated.add(name)

    @property
    def simulated(self) -> str | None:
        """What the rows of sums say where some of what they add up is simulated."""
        return INCLUDES if self._simulated else None

    def sheet(self) -> Sheet:
        """Return the summary by category with its chart."""
        scope = self.scope
        words = scope.versions.in_force(scope.day.day)
        label = words.policy.label if words else lambda level: str(level.label)
        levels = [Column(level.code, label(level), "integer", group="灯色（条）") for level in COUNTED]
        return Sheet(
            name="汇总",
            title=f"{scope.ledger.name}汇总（按类别）",
            columns=[
                Column("category", "项目类别", "text", widest=30),
                Column("rows", "条数", "integer"),
                Column("projects", "按打捆个数计", "integer"),
                *levels,
                Column("other", "其他", "integer", group="灯色（条）"),
                *_FIGURES,
                SIMULATED,
            ],
            rows=self._rows(),
            info=scope.info(),
            pinned=1,
            foot=self._foot,
            keyed=False,
            notes=[*scope.notes, "其他：暂停、未评价、已销号。打捆项目与所含项目均有数的，金额不重复计。"],
            charts=[Chart("bar", "各类别当期计划与累计完成", "category", ["done", "planned"], axis=scope.unit)],
        )

    def _foot(self) -> Foot:
        """Return the sums of the whole ledger: its rates compare its own rows, not the categories'."""
        levels = sum(self._levels.values(), Counter())
        counted = {level.code: levels[level] for level in COUNTED}
        figures = {column.name: self._all.value(column) for column in _FIGURES}
        other = self._all.rows - sum(counted.values())
        return Foot({"rows": self._all.rows, "projects": self._all.weight, **counted, "other": other, **figures})

    def _rows(self) -> Iterator[Row]:
        for name, sums in self._sums.items():
            levels = self._levels[name]
            counted = [levels[level] for level in COUNTED]
            figures = [sums.value(column) for column in _FIGURES]
            simulated = INCLUDES if name in self._simulated else None
            yield Row(
                [name, sums.rows, sums.weight, *counted, sums.rows - sum(counted), *figures, simulated],
                simulated=simulated is not None,
            )


def course_sheet(scope: Scope, tally: Tally) -> Sheet:
    """Return the year by month: planned and done since January, with a chart of both. Five queries at most."""
    return Sheet(
        name="分月进度",
        title=f"{scope.ledger.name}分月投资进度（1月起累计）",
        columns=[
            Column("month", "月份", "center"),
            Column("planned", "计划", "money", group="1月起累计"),
            Column("done", "完成", "money", group="1月起累计"),
            Column("rate", "占序时", "percent", group="1月起累计"),
            Column("day", "完成数截至", "date"),
            SIMULATED,
        ],
        rows=_course(scope, tally),
        info=scope.info(),
        keyed=False,
        notes=[*scope.notes, "完成：截至该日已计入的月报之和；计划：按所示日期的分月计划。"],
        charts=[Chart("line", "分月投资进度（1月起累计）", "month", ["done", "planned"], axis=scope.unit)],
    )


def _course(scope: Scope, tally: Tally) -> Iterator[Row]:
    for point in course(scope.entries, scope.basis):
        planned, done = scope.amount(point.planned), scope.amount(point.done)
        yield Row([f"{point.month}月", planned, done, ratio(done, planned), point.day, tally.simulated], simulated=bool(tally.simulated))
