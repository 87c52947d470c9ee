"""The list of leaders' questions."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from erqi.common.tables import BaseTable, BriefColumn, ChoiceColumn, DateColumn, TextColumn
from supervision.choices import Addressee, InquiryState
from supervision.models import Inquiry
from supervision.tables.inspection import Subject


class InquiryTable(BaseTable):
    """Questions as of a day: what awaits an answer first."""

    fitted = True

    project = Subject(
        "项目", url=lambda record: record.get_absolute_url(), accessor="project__name", sort=["project__sort_key"], pinned=True
    )
    text = TextColumn("问查内容", accessor="text_then", sort=[])
    state = ChoiceColumn("状态", InquiryState, accessor="state_then")
    asked_by_name = BriefColumn("提出人", low=True)
    asked_on = DateColumn("提出日期")
    due_on = DateColumn("答复时限", accessor="due_then")
    addressee = ChoiceColumn("由谁答复", Addressee)
    unit = BriefColumn("填报单位", accessor="unit__name", sort=["unit__sort_key"], low=True)
    milestone = TextColumn("节点", accessor="milestone__name", shown=False)
    answer = TextColumn("答复", accessor="answer_then", shown=False, sort=[])
    answered_on = DateColumn("答复日期", accessor="answered_then", shown=False)
    answered_by_name = TextColumn("答复人", accessor="answerer_then", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def simulated_labels(self, record: Inquiry) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Inquiry) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Inquiry) -> str:
        return "is-off" if record.state_then in (InquiryState.CLOSED, InquiryState.WITHDRAWN) else ""

    def empty(self, record: Inquiry) -> str:
        return '<span class="quiet">—</span>'
