"""The supervision ledger (督察台账): the columns of domain.md §3.2, sheet 3."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from html import escape
from typing import Any

from django.db.models import QuerySet

from erqi.common.columns import Column
from erqi.common.tables import BaseTable, BriefColumn, ChoiceColumn, DateColumn, LinkColumn, TextColumn
from projects.choices import DelayCause, ResponsibilityKind, WarningLevel
from projects.tables.level import SIMULATED, level_html, level_value
from supervision.choices import InspectionMethod, ItemAction, ItemSource, ItemState
from supervision.models import Finding, Inspection, ItemAct, StepDates, SupervisionItem
from supervision.rules.finding import STANDING
from supervision.stats.item import GridLine, duties_of


class _Name(LinkColumn):
    """The item, with the mark of what is simulated, and of a finding that stands against it."""

    def cell(self, record: SupervisionItem) -> str:
        untrue = ' <span class="state-badge is-dark">上报不实</span>' if record.pk in self.table.untrue else ""
        return super().cell(record) + (SIMULATED if record.simulated else "") + untrue


class _Level(Column):
    """The colour of the day; what was given up has none, and was never struck off either."""

    td_class = "level-cell"

    def cell(self, record: SupervisionItem) -> str:
        if record.state_then == ItemState.CANCELLED:
            return f'<span class="quiet">{escape(ItemState.CANCELLED.label)}</span>'
        return level_html(WarningLevel(record.level))

    def value(self, record: SupervisionItem) -> Any:
        if record.state_then == ItemState.CANCELLED:
            return f"{ItemState.CANCELLED.label}（模拟）" if record.simulated else ItemState.CANCELLED.label
        return level_value(WarningLevel(record.level), simulated=record.simulated)


class _Beside(TextColumn):
    """What the table reads beside its rows: `read` gives it of (table, record)."""

    def __init__(self, verbose_name: str, read: Callable[["ItemTable", SupervisionItem], Any], **options: Any) -> None:
        super().__init__(verbose_name, sort=[], **options)
        self.read = read

    def bind(self, name: str, table: Any) -> None:
        super().bind(name, table)
        self.get = lambda record: self.read(table, record)


class _Units(_Beside):
    """Units by their short names: no box of two lines."""

    td_class = ""

    def cell(self, record: SupervisionItem) -> str:
        return Column.cell(self, record)

    def html(self, value: str) -> str:
        return escape(value)


class _BesideDate(_Beside):
    """The same, a date."""

    td_class = "date"
    kind = "date"

    def html(self, value: date) -> str:
        return f"<div>{value.isoformat()}</div>"


def _units(table: "ItemTable", record: SupervisionItem, kind: str) -> str:
    return "、".join(line.head.unit.label for line in table.grids.get(record.pk, []) if line.kind == kind)


def _people(table: "ItemTable", record: SupervisionItem, kind: str) -> str:
    lines = [line for line in table.grids.get(record.pk, []) if line.kind == kind]
    return "；".join(f"{label}{row.person}" for line in lines for label, rows in line.people for row in rows)


def _of(kind: str) -> Callable[["ItemTable", SupervisionItem], str]:
    return lambda table, record: _units(table, record, kind)


def _people_of(kind: str) -> Callable[["ItemTable", SupervisionItem], str]:
    return lambda table, record: _people(table, record, kind)


def _last(table: "ItemTable", record: SupervisionItem) -> Inspection | None:
    return table.inspections.get(record.pk)


def _cause(table: "ItemTable", record: SupervisionItem) -> str:
    words = [str(DelayCause(record.cause_then).label) if record.cause_then else "", record.cause_note_then]
    return "：".join(filter(None, words))


class ItemTable(BaseTable):
    """Items as of a day: what lags most first."""

    fitted = True

    number = Column("编号", pinned=False, low=True)
    name = _Name("督察事项", url=lambda record: record.get_absolute_url(), accessor="said__name", pinned=True)
    theme = BriefColumn("主题", accessor="said__theme__name", sort=["said__theme__seq", "said__theme__name"], low=True)
    level = _Level("灯色", sort=["_grave"])
    state = ChoiceColumn("办理状态", ItemState, accessor="state_then")
    due_on = DateColumn("完成时限", accessor="due_then")
    lead = _Units("牵头单位", _of(ResponsibilityKind.LEAD))
    undertake = _Units("承办单位", _of(ResponsibilityKind.UNDERTAKE))
    progress = _Beside("进展", lambda table, record: table.said.get((record.pk, ItemAction.PROGRESS)))
    cause = _Beside("病因", _cause)
    source = ChoiceColumn("来源", ItemSource, accessor="said__source", shown=False)
    source_ref = TextColumn("文号或会议", accessor="said__source_ref", shown=False)
    source_text = TextColumn("原文", accessor="said__source_text", shown=False)
    lead_people = _Beside("牵头单位责任人", _people_of(ResponsibilityKind.LEAD), shown=False)
    undertake_people = _Beside("承办单位责任人", _people_of(ResponsibilityKind.UNDERTAKE), shown=False)
    cooperate = _Units("配合单位", _of(ResponsibilityKind.COOPERATE), shown=False)
    goal = TextColumn("目标任务（任务书）", accessor="said__goal", shown=False)
    timetable = _Beside("节点（时间表）", lambda table, record: table.timetables.get(record.pk), shown=False)
    roadmap = TextColumn("措施（路线图）", accessor="said__roadmap", shown=False)
    baseline_due_on = DateColumn("原定时限", shown=False)
    method = _Beside(
        "督察方式", lambda table, record: InspectionMethod(one.method).label if (one := _last(table, record)) else None, shown=False
    )
    inspected_on = _BesideDate("督察时间", lambda table, record: one.inspected_on if (one := _last(table, record)) else None, shown=False)
    opinion = _Beside("督察意见", lambda table, record: one.conclusion if (one := _last(table, record)) else None, shown=False)
    reply_due = _BesideDate("反馈时限", lambda table, record: table.reply_due.get(record.pk), shown=False)
    reply = _Beside("反馈情况", lambda table, record: table.replies.get(record.pk), shown=False)
    result = _Beside("办理结果", lambda table, record: table.results.get(record.pk), shown=False)
    closed_on = DateColumn("销号时间", accessor="closed_then", shown=False)
    registered_on = DateColumn("立项日期", shown=False)
    note = TextColumn("备注", accessor="said__note", shown=False)

    def __init__(self, queryset: QuerySet, *, as_of: date, **options: Any) -> None:
        self.as_of = as_of
        super().__init__(queryset, **options)

    def load(self, records: list[SupervisionItem]) -> None:
        """Read what stands beside the rows: a constant number of queries."""
        super().load(records)
        keys = [record.pk for record in records]
        self.grids: dict[int, list[GridLine]] = duties_of(records, self.as_of)
        acts = ItemAct.objects.filter(item__in=keys, on__lte=self.as_of).order_by("pk").values_list("item_id", "action", "text")
        self.said: dict[tuple[int, str], str] = {(item, action): text for item, action, text in acts}
        self.results = {
            item: text
            for item, action, text in acts
            if action in (ItemAction.APPLY, ItemAction.CONFIRM, ItemAction.SEND_BACK, ItemAction.REFUSE, ItemAction.CANCEL) and text
        }
        dates = StepDates.objects.on(self.as_of).filter(step__item__in=keys, dropped_on=None).select_related("step").order_by("seq", "step")
        lines: dict[int, list[str]] = defaultdict(list)
        for row in dates:
            done = f"（{row.done_on}完成）" if row.done_on else ""
            lines[row.step.item_id].append(f"{row.due_on} {row.name}{done}")
        self.timetables = {key: "；".join(words) for key, words in lines.items()}
        held = Inspection.objects.filter(item__in=keys).recorded_by(self.as_of).order_by("inspected_on", "pk")
        self.inspections = {one.item_id: one for one in held}
        found = Finding.objects.filter(item__in=keys).on_day(self.as_of).told(self.as_of).order_by("pk")
        self.reply_due, self.replies, self.untrue = {}, {}, set()
        for one in found:
            self.reply_due[one.item_id] = one.due_then
            self.replies[one.item_id] = one.explanation_then
            if one.state_then in STANDING:
                self.untrue.add(one.item_id)

    def simulated_labels(self, record: SupervisionItem) -> list[str]:
        return ["整行"] if record.simulated else []

    def row_link(self, record: SupervisionItem) -> str:
        return record.get_absolute_url()

    def row_class(self, record: SupervisionItem) -> str:
        return "is-off" if record.state_then in (ItemState.CLOSED, ItemState.CANCELLED) else ""

    def empty(self, record: SupervisionItem) -> str:
        return '<span class="quiet">—</span>'
