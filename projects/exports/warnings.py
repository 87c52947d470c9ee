"""预警清单: the projects in red, yellow and blue with reason, who answers, last report, next step (domain.md §3.5, 红黄清单)."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from erqi.common.workbook.declare import Row, Sheet
from projects.choices import WarningLevel
from projects.exports.fields import Field, columns_of, field, of_table
from projects.exports.scope import Scope
from projects.exports.summary import INCLUDES, SIMULATED
from projects.models import LedgerEntry
from projects.tables.warning import WarningTable
from projects.tables.warning_words import who

LISTED = (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE)


def warning_sheets(scope: Scope) -> list[Sheet]:
    """Return the list: the worst colour first, within it what has been longest in it."""
    day = scope.day.day
    wanted = LedgerEntry.objects.for_warnings(scope.ledger, day).filter(pk__in=scope.entries.order_by().values("pk"), level__in=LISTED)
    names = ("name", "level", "days", "why", "answering", "people", "report", "step", "coming", "lifting", "own", "category", "code")
    table = WarningTable(wanted.worst_first(day), columns=names, day=day, year=scope.year, versions=scope.versions)
    table.exporting = True
    number = count(1)
    fields = [
        field("number", "序号", "ordinal", lambda record: next(number)),
        of_table(table, "name"),
        of_table(table, "level", label="灯色"),
        field("since", "自", "date", lambda record: record.first),
        of_table(table, "days"),
        of_table(table, "why", widest=44),
        # Who answers by name stands in a column of its own.
        field("answering", "责任单位", "text", who, widest=20),
        of_table(table, "people", widest=26),
        of_table(table, "report", widest=26),
        of_table(table, "step", widest=20),
        of_table(table, "coming", label="如无新进展", widest=30),
        of_table(table, "lifting", widest=24),
        of_table(table, "own"),
        of_table(table, "category"),
        of_table(table, "code"),
    ]
    version = scope.versions.in_force(day)
    return [
        Sheet(
            name="预警清单",
            title=f"{scope.ledger.name}预警清单",
            columns=[*columns_of(fields), SIMULATED],
            rows=_rows(table, fields),
            info=scope.info(money=False),
            pinned=2,
            total=True,
            blank="所示日期没有告警、预警、提醒的项目",
            notes=[*scope.notes, *([f"预警规则：{version.name}。"] if version else []), "自评只在与所示状态不同时列出。"],
        )
    ]


def _rows(table: WarningTable, fields: list[Field]) -> Iterator[Row]:
    for records in table.batches():
        for record in records:
            simulated = INCLUDES if table.simulated_labels(record) else None
            yield Row(
                [*(one.value(record) for one in fields), simulated],
                key=table.row_key(record),
                group=_heading(record),
                simulated=simulated is not None,
            )


def _heading(record: Any) -> str:
    return record.standing.word if record.standing else str(WarningLevel(record.level).label)
