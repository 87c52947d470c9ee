"""The list of problems reported directly."""

from datetime import date
from html import escape
from typing import Any

from django.db.models import F, QuerySet

from erqi.common import workdays
from erqi.common.columns import Column
from erqi.common.tables import BaseTable, BriefColumn, ChoiceColumn, DateColumn, LinkColumn, TextColumn
from projects.choices import DelayCause
from projects.tables.level import SIMULATED
from supervision.choices import IssueState, IssueTrack
from supervision.models import Issue
from supervision.rules.issue import office_due, office_track, track
from supervision.sentences.issue import OFFICE_LATE, limit_words, office_words


class _Number(LinkColumn):
    """The number: one line."""

    td_class = "name code"


class _Title(LinkColumn):
    """The problem, with the mark of what is simulated behind it."""

    def cell(self, record: Issue) -> str:
        return super().cell(record) + (SIMULATED if record.simulated else "")


class _Track(Column):
    """How it stands against its limit; the sentence is one touch away."""

    td_class = "date"

    def own(self, record: Any) -> date | None:
        """The office's own limit, where the next step is its."""
        return office_due(record.state_then, record.entered_then, workdays)

    def of(self, record: Any) -> IssueTrack:
        if (due_on := self.own(record)) is not None:
            return office_track(due_on, self.table.as_of, workdays)
        return track(record.state_then, record.due_then, record.ended_then, self.table.as_of, workdays)

    def cell(self, record: Any) -> str:
        found = self.of(record)
        if found is IssueTrack.NONE:
            return self.table.empty(record)
        own = self.own(record)
        if own is not None:
            words = office_words(record.state_then, own, self.table.as_of, workdays)
        else:
            words = limit_words(found, record.due_then, record.ended_then, self.table.as_of, workdays)
        kind = " is-dark" if found in (IssueTrack.LATE, IssueTrack.OVER) else " is-quiet"
        return f'<span class="state-badge{kind}" title="{escape(words)}">{escape(self.value(record))}</span>'

    def value(self, record: Any) -> str:
        found = self.of(record)
        if found is IssueTrack.LATE and self.own(record) is not None:
            # It is the office's own step: the unit's limit, which figures and filters are about, does not run yet or is kept.
            return OFFICE_LATE
        return "" if found is IssueTrack.NONE else str(found.label)


class IssueTable(BaseTable):
    """Problems as of a day: what is late first."""

    dense = False
    fitted = True

    number = _Number("编号", url=lambda record: record.get_absolute_url(), sort=["year", "seq"])
    title = _Title("问题", url=lambda record: record.get_absolute_url())
    state = ChoiceColumn("状态", IssueState, accessor="state_then")
    due_on = DateColumn("办理时限", accessor="due_then")
    track = _Track("时限情况", sort=[F("waits"), F("due_then")])
    unit_label = BriefColumn("承办单位")
    project = LinkColumn("项目", url=lambda record: record.project.get_absolute_url() if record.project else "", sort=["project__sort_key"])
    grade = Column("定级", accessor="grade_then")
    cause = ChoiceColumn("病因", DelayCause, accessor="cause_then", low=True)
    reported_on = DateColumn("直报日期", low=True)
    author_name = BriefColumn("直报人", low=True)
    author_unit = BriefColumn("直报单位", shown=False, sort=["author_unit__sort_key"])
    place = TextColumn("地点", shown=False)
    description = TextColumn("情况说明", accessor="description_then", shown=False, sort=[])
    ended_on = DateColumn("反馈或办结", accessor="ended_then", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def simulated_labels(self, record: Issue) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: Issue) -> str:
        return record.get_absolute_url()

    def row_class(self, record: Any) -> str:
        return "is-off" if record.waits == 2 else ""

    def empty(self, record: Issue) -> str:
        return '<span class="quiet">—</span>'
