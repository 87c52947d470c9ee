"""重点项目总台账 (domain.md §3.2, sheet 1): all that the ledger knows of its projects, by category; summary, course of the year, plans."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from erqi.common.list_export import SIMULATED
from erqi.common.workbook.declare import SUM, Row, Share, Sheet
from projects.exports.fields import Field, columns_of, field, in_groups, of_table
from projects.exports.plans import plans_sheet
from projects.exports.scope import Scope, category_words, simulated_words
from projects.exports.summary import Tally, course_sheet
from projects.tables.ledger import LedgerTable

# The ledger's columns in the groups of the head; what is not here is computed below.
BASIC = ("code", "name", "category", "grade", "flags", "nature", "area", "bundle")
SCALE = ("content", "quantity", "years")
STEPS = (
    *("start_due_on", "start_done_on", "completion_due_on", "completion_done_on", "production_due_on", "production_done_on"),
    *("annual_goal", "next_name", "next_due"),
)
GRID = ("patrons", "leads", "chiefs", "deputies", "undertakes", "staff", "cooperates", "inspectors", "owner")
STATE = ("stage", "level", "physical", "problem", "next_step", "done_month")
FIGURES = ("total_investment", "done", "planned", "of_plan", "of_year")
# Two A3 pages side by side hold the ledger.
WIDEST = {"content": 28, "annual_goal": 24, "problem": 28, "next_step": 24, "physical": 22, "bundle": 16, "area": 14} | dict.fromkeys(
    GRID, 16
)
NOTES = [
    "本年度计划：台账载明的年度计划投资；台账未载的，取分月投资计划的全年数。",
    "占序时＝本年累计完成÷截至当期计划，年度完成率＝本年累计完成÷本年度计划；小计、合计的比率按合计数计算，不是各项比率的平均。",
]


def ledger_table(scope: Scope) -> LedgerTable:
    """Return the ledger's table with every column that a report shows."""
    names = [*BASIC, *SCALE, *STEPS, *GRID, *STATE, *FIGURES, "annual_plan"]
    table = LedgerTable(scope.by_category(), columns=names, money_unit=scope.money_unit, as_of=scope.day.day, year=scope.year)
    table.exporting = True
    return table


def whole_year(scope: Scope, group: str = "投资") -> Field:
    """Return the column of what is planned for the year."""
    return field("whole", "本年度计划", "money", lambda record: scope.amount(record.whole), group=group, total=SUM)


def ledger_sheets(scope: Scope) -> list[Sheet]:
    """Return the ledger with its summary by category, the year by month, and the plans by month."""
    tally = Tally(scope)
    return [_main(scope, tally), tally.sheet(), course_sheet(scope, tally), plans_sheet(scope)]


def _main(scope: Scope, tally: Tally) -> Sheet:
    table = ledger_table(scope)
    number = count(1)
    fields = [
        field("number", "序号", "ordinal", lambda record: next(number), group="基本"),
        *in_groups(table, {"基本": BASIC, "规模": SCALE}, WIDEST),
        of_table(table, "total_investment", group="投资", total=SUM),
        whole_year(scope),
        of_table(table, "planned", group="投资", total=SUM),
        of_table(table, "done", group="投资", total=SUM),
        of_table(table, "of_plan", group="投资", total=Share("done", "planned")),
        of_table(table, "of_year", group="投资", total=Share("done", "whole")),
        *in_groups(table, {"节点": STEPS, "责任": GRID, "状态": STATE}, WIDEST),
    ]
    return Sheet(
        name="总台账",
        title=scope.ledger.name,
        columns=[*columns_of(fields), SIMULATED],
        rows=_rows(scope, table, fields, tally),
        info=scope.info(),
        pinned=3,
        total=True,
        notes=[*scope.notes, *NOTES],
    )


def _rows(scope: Scope, table: LedgerTable, fields: list[Field], tally: Tally) -> Iterator[Row]:
    of_column = {one.column.name: one.column.group for one in fields}
    for records in table.batches():
        for record in records:
            tally.add(record)
            simulated = simulated_words(groups_of(table, record, of_column))
            yield Row(
                [*(one.value(record) for one in fields), simulated],
                key=table.row_key(record),
                version=table.row_version(record),
                group=heading_of(record),
                weight=scope.weight(record.pk, record.project__bundle_count),
                uncounted=scope.uncounted(record.pk),
                simulated=simulated is not None,
            )


def groups_of(table: LedgerTable, record: Any, of_column: dict[str, str]) -> list[str]:
    """Return the groups of the head in which some value of the record is simulated: their columns would fill a page."""
    names = [
        name for name, column in zip(table.names, table.visible, strict=True) if column.simulated and getattr(record, column.simulated)
    ]
    found = {of_column.get(name) for name in [*names, *(["whole"] if record.whole_simulated else [])]}
    return [group for group in dict.fromkeys(of_column.values()) if group and group in found]


def heading_of(record: Any) -> str:
    """Return the heading below which a record of the ledger's table stands."""
    return category_words(record.project__category__name, record.project__category__parent__name)
