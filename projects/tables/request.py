"""The list of requests: new dates, holds, corrections."""

from collections.abc import Callable
from datetime import date
from html import escape
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from erqi.common import workdays
from erqi.common.columns import Column
from erqi.common.tables import BaseTable, ChoiceColumn, DateColumn, LinkColumn, TextColumn
from projects.choices import DecisionState, DelayCause, HoldReason, RequestKind
from projects.models import Unit
from projects.services.grid import reporters
from projects.tables.level import SIMULATED

MODELS = {RequestKind.DATE: "daterequest", RequestKind.HOLD: "hold", RequestKind.CORRECTION: "reportcorrection"}
ADDRESSES = {RequestKind.DATE: "date_request", RequestKind.HOLD: "hold_detail", RequestKind.CORRECTION: "correction_detail"}
CAUSES = {RequestKind.DATE: dict(DelayCause.choices), RequestKind.HOLD: dict(HoldReason.choices)}


def _span(row: Any) -> str:
    return f"{row.first_on.isoformat() if row.first_on else '未定'} → {row.last_on.isoformat()}"


# What is asked for, in words, by kind.
WORDS: dict[str, Callable[[Any], str]] = {
    RequestKind.DATE: lambda row: f"{row.subject}：{_span(row)}",
    RequestKind.HOLD: lambda row: f"{row.first_on.isoformat()} 至 {row.last_on.isoformat()}",
    RequestKind.CORRECTION: lambda row: f"{row.month // 100}年{row.month % 100}月月报",
}


class _Project(LinkColumn):
    """The project, with the mark of what is simulated behind it; leads to the request."""

    def cell(self, record: Any) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class _Asked(Column):
    """What is asked for: the milestone's two dates, the days of the pause, the month."""

    td_class = "wrap"

    def cell(self, record: Any) -> str:
        return escape(self.value(record))

    def value(self, record: Any) -> str:
        return WORDS[record.kind](record)


class _Why(TextColumn):
    """Cause and reason."""

    def cell(self, record: Any) -> str:
        return self.html(self.value(record))

    def value(self, record: Any) -> str:
        cause = CAUSES.get(record.kind, {}).get(record.cause_code, "")
        return "：".join(filter(None, [cause, record.why]))


class _Waiting(Column):
    """For how many working days it has waited, or on which day it was decided."""

    td_class = "date"

    def cell(self, record: Any) -> str:
        return escape(self.value(record))

    def value(self, record: Any) -> str:
        if record.decided_then is not None:
            return f"{record.decided_then.isoformat()} 办结"
        days = workdays.workdays_between(record.requested_on, self.table.on)
        return f"已等 {days} 个工作日" if days > 0 else "今日提出"


class RequestTable(BaseTable):
    """Rows of projects.querysets.request."""

    dense = False

    project = _Project("项目", accessor="project_name", url=lambda record: "", sort=["project_sort", "kind"], pinned=True)
    kind = ChoiceColumn("种类", RequestKind, sort=["kind"])
    asked = _Asked("申请内容", sort=[])
    state = ChoiceColumn("状态", DecisionState, accessor="state_then", sort=["state_then", "kind"])
    waiting = _Waiting("等待", sort=["decided_then", "requested_on", "kind"])
    why = _Why("理由", sort=[])
    unit = Column("填报单位", accessor="unit_label", sort=[], low=True)
    requested_on = DateColumn("申请日期", sort=["requested_on", "kind"])
    requested_by_name = Column("申请人", sort=[], shown=False)
    decided_by_name = Column("审批人", accessor="decider_then", sort=[], shown=False)
    decision_reason = TextColumn("审批意见", accessor="opinion_then", sort=[], shown=False)

    def __init__(self, queryset: QuerySet, *, on: date, **options: Any) -> None:
        self.on = on
        super().__init__(queryset, **options)
        self.columns.columns["project"].column.url = self.row_link

    def record_of(self, row: Any) -> Any:
        return SimpleNamespace(**row)

    def row_tick(self, record: Any) -> str:
        return f"{record.kind}-{record.pk}"

    def row_key(self, record: Any) -> str:
        return f"{MODELS[record.kind]}:{record.pk}"

    def load(self, records: list[Any]) -> None:
        """Name the unit that reports each project: three queries for the page."""
        units = reporters({record.project_key for record in records})
        names = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in={key for key in units.values() if key})}
        for record in records:
            record.unit_label = names.get(units[record.project_key])
        super().load(records)

    def simulated_labels(self, record: Any) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Any) -> str:
        return reverse(f"projects:{ADDRESSES[record.kind]}", args=[record.pk])

    def row_class(self, record: Any) -> str:
        return "" if record.state_then == DecisionState.PENDING else "is-off"

    def empty(self, record: Any) -> str:
        return '<span class="quiet">—</span>'
