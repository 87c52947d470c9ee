"""The list of liftings."""

from datetime import date
from html import escape
from typing import Any

from django.db.models import QuerySet

from erqi.common.columns import Column
from erqi.common.tables import BaseTable, ChoiceColumn, DateColumn, LinkColumn, TextColumn
from projects.choices import LiftingState, WarningLevel
from projects.models import Lifting
from projects.tables.level import SIMULATED, level_html


class _Project(LinkColumn):
    """The project, with the mark of what is simulated behind it; leads to the lifting."""

    def cell(self, record: Lifting) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class _Levels(Column):
    """From which level to which; the latter as it was when the lifting was proposed."""

    td_class = "level-cell"

    def cell(self, record: Lifting) -> str:
        levels = (WarningLevel(record.from_level), WarningLevel(record.to_level))
        return " → ".join(level_html(level) for level in levels)

    def value(self, record: Lifting) -> str:
        return f"{record.get_from_level_display()} → {record.get_to_level_display()}"


class _Waiting(Column):
    """For how many days it had waited on the day, or on which day it ended."""

    td_class = "date"

    def cell(self, record: Lifting) -> str:
        return escape(str(self.value(record)))

    def value(self, record: Lifting) -> str:
        if record.ended_then is not None:
            return f"{record.ended_then.isoformat()} 办结"
        if record.overtaken:
            return "状态又已加重"
        days = (self.table.as_of - (record.verified_then or record.proposed_on)).days
        return f"已等 {days} 天" if days else "今日"


class _Known(TextColumn):
    """What a step says, where the step had been taken by the day."""

    def __init__(self, verbose_name: str, step: str, **options: Any) -> None:
        super().__init__(verbose_name, **options)
        self.step = step

    def bind(self, name: str, table: BaseTable) -> None:
        super().bind(name, table)
        read = self.get
        self.get = lambda record: read(record) if getattr(record, self.step) is not None else None


class LiftingTable(BaseTable):
    """Liftings as of a day: what awaited somebody first."""

    dense = False

    project = _Project("项目", url=lambda record: record.get_absolute_url(), sort=["project__sort_key"])
    levels = _Levels("摘牌", sort=["from_level"])
    state = ChoiceColumn("状态", LiftingState, accessor="state_then")
    proposed_on = DateColumn("提出")
    waiting = _Waiting("等待", sort=["proposed_on"])
    unit_label = TextColumn("责任单位", low=True)
    verified_by_name = _Known("核验人", "verified_then", low=True, sort=[])
    verify_note = _Known("核验情况", "verified_then", shown=False, sort=[])
    ended_by_name = _Known("办结人", "ended_then", shown=False, sort=[])
    end_note = _Known("意见", "ended_then", shown=False, sort=[])

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def simulated_labels(self, record: Lifting) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Lifting) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Lifting) -> str:
        return "is-off" if record.ended_then or record.overtaken else ""

    def empty(self, record: Lifting) -> str:
        return '<span class="quiet">—</span>'
