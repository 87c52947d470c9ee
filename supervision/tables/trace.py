"""The time line of supervision as a list."""

from datetime import date
from html import escape
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet

from erqi.common.columns import Column
from erqi.common.tables import BaseTable, BriefColumn, DateColumn, LinkColumn, TextColumn
from projects.tables.level import SIMULATED
from supervision.stats.trace import named


class _Day(DateColumn):
    """The day, with the hour below it where that is known."""

    def cell(self, record: Any) -> str:
        note = f' title="{escape(record.moment.note)}"' if record.moment.note else ""
        hour = f'<div class="quiet small">{record.moment.hour}</div>' if record.moment.hour else ""
        return f"<div{note}>{super().cell(record)}</div>{hour}" if note or hour else super().cell(record)


class _Title(LinkColumn):
    """What it is about, with the mark of what is simulated."""

    def cell(self, record: Any) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class _Step(BriefColumn):
    """What was done, and to which state it led."""

    def cell(self, record: Any) -> str:
        return self.html(self.value(record))

    def value(self, record: Any) -> str:
        return f"{record.action_label} → {record.leads_to}" if record.leads_to else record.action_label


class TraceTable(BaseTable):
    """Rows of supervision.querysets.trace, the latest first."""

    dense = False
    fitted = True
    # Of several tables at once: a key alone tells none of them.
    keyed = False

    day = _Day("日期", sort=["day", "created_at"])
    kind = Column("种类", accessor="kind_label", sort=["kind", "day"])
    title = _Title("事项", url=lambda record: record.url, sort=[])
    step = _Step("办理", sort=[])
    by_name = BriefColumn("办理人", sort=["by_name", "day"])
    text = TextColumn("内容", sort=[])
    project = LinkColumn("项目", url=lambda record: record.project.get_absolute_url() if record.project else "", sort=[])
    unit = BriefColumn("单位", sort=[], low=True)
    due_on = DateColumn("时限", sort=[], shown=False)
    hour = Column("时刻", accessor="moment__hour", sort=[], shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def record_of(self, row: Any) -> Any:
        return SimpleNamespace(**row)

    def row_tick(self, record: Any) -> str:
        return f"{record.kind}-{record.pk}"

    def row_key(self, record: Any) -> str:
        return f"{record.kind}act:{record.pk}"

    def load(self, records: list[Any]) -> None:
        """Name what the records are about: a query for each kind that occurs, and two."""
        named(records, self.as_of)
        super().load(records)

    def simulated_labels(self, record: Any) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Any) -> str:
        return record.url

    def empty(self, record: Any) -> str:
        return '<span class="quiet">—</span>'
