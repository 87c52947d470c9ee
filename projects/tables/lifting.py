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
    """For how many days it has waited, or on which day it ended."""

    td_class = "date"

    def cell(self, record: Lifting) -> str:
        return escape(str(self.value(record)))

    def value(self, record: Lifting) -> str:
        if record.ended_on is not None:
            return f"{record.ended_on.isoformat()} 办结"
        days = (self.table.as_of - (record.verified_on or record.proposed_on)).days
        return f"已等 {days} 天" if days else "今日"


class LiftingTable(BaseTable):
    """Liftings: what awaits somebody first."""

    dense = False

    project = _Project("项目", url=lambda record: record.get_absolute_url(), sort=["project__sort_key"])
    levels = _Levels("摘牌", sort=["from_level"])
    state = ChoiceColumn("状态", LiftingState)
    proposed_on = DateColumn("提出")
    waiting = _Waiting("等待", sort=["proposed_on"])
    unit_label = TextColumn("责任单位", low=True)
    verified_by_name = Column("核验人", low=True)
    verify_note = TextColumn("核验情况", shown=False)
    ended_by_name = Column("办结人", shown=False)
    end_note = TextColumn("意见", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def simulated_labels(self, record: Lifting) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Lifting) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Lifting) -> str:
        return "" if record.is_open else "is-off"

    def empty(self, record: Lifting) -> str:
        return '<span class="quiet">—</span>'
