"""The list of a year's investment plans."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from erqi.common import numbers
from erqi.common.tables import BaseTable, Column, DateColumn, LinkColumn, MoneyColumn, NumberColumn
from erqi.common.workbook.declare import Foot
from projects.models import Unit
from projects.services.grid import reporters
from projects.stats.plan import PlanTotals
from projects.tables.level import SIMULATED


class _Project(LinkColumn):
    """The project, 模拟 behind it where its plan is."""

    def cell(self, record: Any) -> str:
        return super().cell(record) + (SIMULATED if record.plan_simulated else "")


class _Year(MoneyColumn):
    """December's cumulative amount; by how much it differs from what the ledger plans for the year."""

    def cell(self, record: Any) -> str:
        text = super().cell(record)
        if record.planned_12 is None or record.annual_plan is None or record.planned_12 == record.annual_plan:
            return text
        gap = record.planned_12 - record.annual_plan
        return f'{text}<div class="quiet small">比台账{"多" if gap > 0 else "少"} {self.html(abs(gap))}</div>'


class _State(Column):
    """有计划 since when, or 无计划."""

    def cell(self, record: Any) -> str:
        return "有计划" if record.planned_on else "<strong>无计划</strong>"

    def value(self, record: Any) -> str:
        return "有计划" if record.planned_on else "无计划"


class PlanTable(BaseTable):
    """Ledger entries annotated by querysets.plan.with_plan. `address` gives the page that a row leads to."""

    seq = NumberColumn("序号", pinned=True, kind="ordinal")
    project = _Project("项目", accessor="project__name", url=lambda record: "", sort=["project__sort_key"], pinned=True)
    unit = Column("填报单位", accessor="unit_label", sort=[], low=True)
    annual_plan = MoneyColumn("台账年度计划", sort=["annual_plan"])
    planned_3 = MoneyColumn("1—3月", low=True)
    planned_6 = MoneyColumn("1—6月", low=True)
    planned_9 = MoneyColumn("1—9月", low=True)
    planned_12 = _Year("1—12月")
    state = _State("状态", sort=["planned_on"])
    planned_on = DateColumn("计划自")

    def __init__(self, queryset: QuerySet, *, address: Callable[[Any], str], **options: Any) -> None:
        self.address = address
        super().__init__(queryset, **options)
        self.columns.columns["project"].column.url = address

    def load(self, records: list[Any]) -> None:
        """Name the unit that reports each project: three queries for the page."""
        units = reporters({record.project_id for record in records})
        names = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in={key for key in units.values() if key})}
        for record in records:
            record.unit_label = names.get(units[record.project_id])
        super().load(records)

    def simulated_labels(self, record: Any) -> list[str]:
        return ["分月计划"] if record.plan_simulated else []

    def row_link(self, record: Any) -> str:
        return self.address(record)

    def export_foot(self, totals: PlanTotals) -> Foot:
        """Return the sums; what a bundle holds already is not added again (stats.plan)."""
        sums = {f"planned_{month}": amount for month, amount in totals.sums.items()} | {"annual_plan": totals.annual}
        return Foot(
            {name: self.amount(amount) for name, amount in sums.items()},
            f"{totals.count} 个，有计划 {totals.planned} 个",
            ["打捆项目与所含项目均有数的，不重复计入合计；没有计划的不计。"],
        )

    def footer(self, totals: PlanTotals) -> dict[str, str]:
        scale = numbers.WAN_PER_YI if self.money_unit == "yi" else 1
        sums = {f"planned_{month}": amount for month, amount in totals.sums.items()} | {"annual_plan": totals.annual}
        return {
            "seq": "合计",
            "project": f"{totals.count} 个，有计划 {totals.planned} 个",
            **{name: "" if amount is None else numbers.plain(amount / scale) for name, amount in sums.items()},
        }
