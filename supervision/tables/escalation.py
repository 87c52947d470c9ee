"""The list of proposals to escalate."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from erqi.common.columns import Column
from erqi.common.tables import BaseTable, BriefColumn, ChoiceColumn, DateColumn, LinkColumn, TextColumn
from projects.choices import WarningLevel
from projects.tables.level import SIMULATED, level_html
from supervision.choices import EscalationState, EscalationTrigger
from supervision.models import Escalation
from supervision.rules.escalation import DOCUMENTS


class _Project(LinkColumn):
    """The project, with the mark of what is simulated; leads to the proposal."""

    def cell(self, record: Escalation) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class _Level(Column):
    """The colour that asked for it."""

    td_class = "level-cell"

    def cell(self, record: Escalation) -> str:
        # An untrue report is pressed for whatever the colour is.
        return self.table.empty(record) if record.level == WarningLevel.UNRATED else level_html(WarningLevel(record.level))

    def value(self, record: Escalation) -> str:
        return "" if record.level == WarningLevel.UNRATED else record.get_level_display()


class _Document(Column):
    """What it proposes."""

    def html(self, value: Any) -> str:
        return super().html(DOCUMENTS[EscalationTrigger(value)].kind.label)

    def value(self, record: Escalation) -> str:
        return str(DOCUMENTS[EscalationTrigger(record.trigger)].kind.label)


class EscalationTable(BaseTable):
    """Proposals as of a day: what waits first, the gravest at the top."""

    dense = False
    fitted = True

    project = _Project("项目", url=lambda record: record.get_absolute_url(), sort=["project__sort_key"])
    level = _Level("状态", sort=["level"])
    trigger = ChoiceColumn("触发条件", EscalationTrigger, sort=["weight"])
    document = _Document("建议", accessor="trigger", sort=[])
    since = DateColumn("自")
    state = ChoiceColumn("处置", EscalationState, accessor="state_then")
    unit = BriefColumn("责任单位", sort=["unit__sort_key"])
    reason = TextColumn("依据", sort=[])
    proposed_on = DateColumn("提出", low=True)
    decided_on = DateColumn("处置日期", accessor="acted_then", low=True, shown=False)
    decided_by = Column("处置人", sort=[], shown=False)
    opinion = TextColumn("意见", sort=[], shown=False)
    notice = LinkColumn("通知单", url=lambda record: record.notice.get_absolute_url(), sort=[], shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def load(self, records: list[Escalation]) -> None:
        """Leave out what was decided after the day, or is a draft that only its writers see."""
        for record in records:
            if record.state_then != EscalationState.CONFIRMED or (record.notice and record.notice.is_internal):
                record.notice = None
            if record.state_then == EscalationState.PROPOSED:
                record.acted_then = record.decided_by = record.opinion = None
        super().load(records)

    def simulated_labels(self, record: Escalation) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Escalation) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Any) -> str:
        return "is-off" if record.waits > 1 else ""

    def empty(self, record: Escalation) -> str:
        return '<span class="quiet">—</span>'
