"""月进度表 (domain.md §3.2, sheet 2): what was planned and done in a month and from January on, project by project."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from erqi.common.list_export import SIMULATED
from erqi.common.workbook.declare import SUM, Row, Share, Sheet
from projects.exports.fields import Field, columns_of, field, of_table
from projects.exports.ledger import heading_of
from projects.exports.scope import Scope, simulated_words
from projects.querysets.ledger import unclosed
from projects.querysets.report_month import read_month
from projects.tables.ledger import LedgerTable

NOTES = [
    "累计完成按截至本月最近一份计入的月报，与台账一致；本月未报的，状态栏注明累计数截至哪个月。",
    "本月完成＝本月累计－上月累计；本月或上月没有计入的月报的，不能算出，留空。",
    "小计、合计的比率按合计数计算，只比较有计划的项目；从未报过的按未完成计。",
]


def monthly_sheets(scope: Scope) -> list[Sheet]:
    """Return the month's table."""
    month = scope.data_month
    to = f"1—{month}月" if month > 1 else "1月"
    names = ("code", "name", "category", "answering", "total_investment", "annual_plan", "start_due_on", "start_done_on", "problem")
    table = LedgerTable(scope.by_category(), columns=names, money_unit=scope.money_unit, as_of=scope.day.day, year=scope.year)
    table.exporting = True
    number = count(1)

    def money(name: str, label: str, value: Any, group: str) -> Field:
        return field(name, label, "money", lambda record: scope.amount(value(record)), group=group, total=SUM)

    fields = [
        field("number", "序号", "ordinal", lambda record: next(number)),
        of_table(table, "name"),
        of_table(table, "answering"),
        of_table(table, "total_investment", total=SUM),
        money("whole", "本年度计划", lambda record: record.month_plan.whole, ""),
        money("in_month", "计划", lambda record: record.month_plan.in_month, "本月"),
        money("added", "完成", lambda record: record.month_added, "本月"),
        money("planned", "计划", lambda record: record.month_plan.to_month, f"{to}累计"),
        money("done", "完成", lambda record: record.month_done, f"{to}累计"),
        field("of_time", "占序时", "percent", lambda record: record.of_time, group="完成率", total=Share("done", "planned")),
        field("of_year", "占全年", "percent", lambda record: record.of_year, group="完成率", total=Share("done", "whole")),
        field("physical", "形象进度", "long", _physical, widest=30),
        field("progress", "本月进展", "long", lambda record: record.progress, widest=36),
        of_table(table, "start_due_on", group="开工"),
        of_table(table, "start_done_on", group="开工"),
        of_table(table, "problem", widest=30),
        field("next_step", "下步计划", "long", lambda record: record.next_step, widest=30),
        field("filed_by", "填报人", "text", lambda record: record.filed_by, group="月报"),
        field("filed_on", "报送日期", "date", lambda record: record.filed_on, group="月报"),
        field("reviewed_by", "审核人", "text", lambda record: record.reviewed_by, group="月报"),
        field("state", "状态", "center", _state, group="月报"),
    ]
    return [
        Sheet(
            name=f"{month}月进度表",
            title=f"{scope.ledger.name}{month}月进度表",
            columns=[*columns_of(fields), SIMULATED],
            rows=_rows(scope, table, fields),
            info=scope.info(),
            pinned=2,
            total=True,
            notes=[*scope.notes, *NOTES],
        )
    ]


def _rows(scope: Scope, table: LedgerTable, fields: list[Field]) -> Iterator[Row]:
    held = {"total_investment": "total_investment", "whole": "whole"} | dict.fromkeys(("in_month", "planned"), "planned")
    held |= dict.fromkeys(("added", "done"), "done")
    # What is closed (销号) reports no more.
    closed = set(scope.entries.order_by().exclude(unclosed(scope.day.day)).values_list("pk", flat=True))
    for records in table.batches():
        read_month(records, scope.basis, scope.data_month)
        for record in records:
            record.is_closed = record.pk in closed
            inside = scope.uncounted(record.pk)
            simulated = simulated_words(
                [
                    *(["月报"] if record.report_simulated else []),
                    *(["投资计划"] if record.plan_simulated else []),
                    *(["责任单位"] if record.answering_simulated else []),
                ]
            )
            yield Row(
                [*(one.value(record) for one in fields), simulated],
                key=table.row_key(record),
                version=table.row_version(record),
                group=heading_of(record),
                weight=scope.weight(record.pk, record.project__bundle_count),
                uncounted=frozenset(name for name, what in held.items() if what in inside),
                simulated=simulated is not None,
            )


def _physical(record: Any) -> str | None:
    percent = "" if record.physical_percent is None else f"{record.physical_percent}%"
    return "，".join(filter(None, (percent, record.physical))) or None


def _state(record: Any) -> str:
    if record.is_closed:
        return "已销号"
    if not record.has_report:
        return f"未报（累计至{record.done_month}月）" if record.done_month else "未报"
    return "已审核" if record.reviewed_by else "已报"
