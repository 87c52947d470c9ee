"""The list of findings."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from erqi.common.tables import BaseTable, ChoiceColumn, DateColumn, TextColumn
from supervision.choices import FindingState
from supervision.models import Finding
from supervision.rules.finding import STANDING
from supervision.tables.inspection import Subject


class FindingTable(BaseTable):
    """Findings as of a day: what stands first."""

    subject = Subject(
        "项目或事项", url=lambda record: record.get_absolute_url(), accessor="inspection__subject", sort=["project__sort_key"], pinned=True
    )
    unit = TextColumn("责任单位", accessor="unit__name", sort=["unit__sort_key"])
    state = ChoiceColumn("状态", FindingState, accessor="state_then")
    observed = TextColumn("不实之处")
    raised_on = DateColumn("认定日期")
    due_on = DateColumn("更正时限", accessor="due_then")
    reported = TextColumn("上报情况", shown=False)
    corrected = TextColumn("更正内容", accessor="corrected_then", shown=False)
    explanation = TextColumn("原因说明", accessor="explanation_then", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def load(self, records: list[Finding]) -> None:
        # The inspection's own subject is what the finding has read already.
        for record in records:
            record.inspection.project, record.inspection.item, record.inspection.item_said = record.project, record.item, record.item_said
        super().load(records)

    def simulated_labels(self, record: Finding) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Finding) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Finding) -> str:
        return "" if record.state_then in STANDING else "is-off"

    def empty(self, record: Finding) -> str:
        return '<span class="quiet">—</span>'
