"""The ledger's columns (domain.md §3.2, sheet 1) and what their cells need beside the rows."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from html import escape
from typing import Any

from django.db.models import OuterRef, Subquery

from erqi.common import numbers
from erqi.common.tables import (
    NOT_DOCUMENTED,
    NOT_FILLED_IN,
    BaseTable,
    ChoiceColumn,
    Column,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    TextColumn,
)
from projects.choices import Grade, Nature, ResponsibilityKind, Stage
from projects.models import LedgerEntry, Milestone, Project, Responsibility, Unit
from projects.stats import Amount, LedgerTotals
from projects.tables.sources import Fact, Sources, page_address

# Where the key of each cited record stands in a row.
KEY_OF = {
    "project": "project_id",
    "ledgerentry": "pk",
    "milestone": "next_milestone",
    "responsibility": "answering_row",
}
MODELS = {"project": Project, "ledgerentry": LedgerEntry, "milestone": Milestone, "responsibility": Responsibility}


class NameColumn(LinkColumn):
    """The project's name with its marks: 打捆 and the number it stands for, 双十出彩."""

    def cell(self, record: LedgerEntry) -> str:
        project = record.project
        text = f'<a href="{escape(self.url(record))}">{escape(project.name)}</a>{self.mark(record)}'
        if project.highlight:
            text += ' <span class="row-mark" title="双十出彩项目">出彩</span>'
        if project.bundle_count is not None:
            text += f' <span class="row-mark" title="打捆项目，含 {project.bundle_count} 个">打捆 {project.bundle_count}</span>'
            text += self.table.sources.marks("project", project.pk, "bundle_count", 1)
        return text


class PartColumn(Column):
    """A category: its name, with the whole it is part of as tooltip."""

    def cell(self, record: LedgerEntry) -> str:
        part = self.get(record)
        if part is None:
            return self.table.empty(record)
        name = escape(part.name)
        return f'<span title="{escape(part.parent.name)} › {name}">{name}</span>' if part.parent else name


class QuantityColumn(NumberColumn):
    """A quantity with its unit of measure: 247 公里."""

    def cell(self, record: LedgerEntry) -> str:
        project = record.project
        if project.quantity is None:
            return self.table.empty(record)
        return f'{numbers.plain(project.quantity)}<span class="unit">{escape(project.quantity_unit)}</span>{self.mark(record)}'

    def value(self, record: LedgerEntry) -> str | None:
        project = record.project
        return None if project.quantity is None else f"{numbers.plain(project.quantity)}{project.quantity_unit}"


class DueColumn(DateColumn):
    """The next milestone's date, with the phrase as printed; the phrase alone where it names no day (尽快)."""

    def cell(self, record: Any) -> str:
        due, phrase = record.next_due_on, record.next_phrase
        if due is None and not phrase:
            # No open milestone is no gap in the documents.
            return "" if record.next_milestone is None else self.table.empty(record)
        shown = [due.isoformat()] if due else []
        if phrase:
            shown.append(f'<span class="quiet small">{escape(phrase)}</span>')
        return " ".join(shown) + self.mark(record)

    def value(self, record: Any) -> Any:
        return record.next_due_on or record.next_phrase or None


class MilestoneColumn(Column):
    """The year's next open milestone."""

    td_class = "wrap"

    def cell(self, record: Any) -> str:
        return "" if record.next_milestone is None else escape(record.next_name)


class AnsweringColumn(Column):
    """The unit that answers; where only a pledge in a document names it (表态单位), that is said."""

    KINDS = {ResponsibilityKind.UNDERTAKE: "承办", ResponsibilityKind.STATED: "表态"}
    td_class = "wrap"

    def cell(self, record: Any) -> str:
        if not record.answering_unit:
            return self.table.empty(record)
        kind = self.KINDS.get(record.answering_kind, "")
        note = f' <span class="quiet small" title="{ResponsibilityKind(record.answering_kind).label}">{kind}</span>' if kind else ""
        return escape(record.answering_unit) + note

    def value(self, record: Any) -> str | None:
        kind = self.KINDS.get(record.answering_kind, "")
        return f"{record.answering_unit}（{kind}）" if record.answering_unit and kind else record.answering_unit


class FlagsColumn(Column):
    """双十出彩, 观摩, 三个一批 with its period."""

    def flags(self, project: Project) -> list[str]:
        named = [("双十出彩", project.highlight), ("观摩", project.tour), (f"三个一批 {project.batch}", project.batch)]
        return [name for name, held in named if held]

    def cell(self, record: LedgerEntry) -> str:
        return " ".join(f'<span class="row-mark">{escape(flag)}</span>' for flag in self.flags(record.project))

    def value(self, record: LedgerEntry) -> str | None:
        return "、".join(self.flags(record.project)) or None


UNIT_SORT = Subquery(Unit.objects.filter(pk=OuterRef("answering_id")).values("sort_key")[:1])


class LedgerTable(BaseTable):
    """The rows of LedgerEntry.objects.for_ledger."""

    seq = NumberColumn("序号", pinned=True)
    name = NameColumn(
        "项目名称",
        accessor="project__name",
        url=lambda entry: "",
        sort=["project__sort_key"],
        pinned=True,
        fact=("project", ""),
    )
    code = Column("项目编号", accessor="project__code", shown=False, low=True)
    category = PartColumn("类别", accessor="project__category", sort=["project__category__seq", "project__category__code"])
    area = Column("片区", accessor="project__area__name", sort=["project__area__seq", "project__area__code"])
    nature = ChoiceColumn("建设性质", Nature, fact=("ledgerentry", "nature"))
    grade = ChoiceColumn("级别", Grade, accessor="project__grade", shown=False, low=True)
    stage = ChoiceColumn("阶段", Stage, sort=["stage"], hint="截至所示日期已达到的最远阶段，由已完成节点和建设性质得出")
    total_investment = MoneyColumn(
        "总投资", accessor="project__total_investment", fact=("project", "total_investment"), initial_sort_descending=True
    )
    annual_plan = MoneyColumn("年度计划投资", fact=("ledgerentry", "annual_plan"), initial_sort_descending=True)
    quantity = QuantityColumn("数量", accessor="project__quantity", sort=[], fact=("project", "quantity"), shown=False)
    annual_goal = TextColumn("年度目标", sort=[], fact=("ledgerentry", "annual_goal"))
    next_name = MilestoneColumn("下一节点", sort=[], hint="本年度尚未完成的第一个节点")
    next_due = DueColumn("节点时限", accessor="next_due_on", fact=("milestone", "due_phrase"))
    answering = AnsweringColumn("责任单位", accessor="answering_unit", sort=[UNIT_SORT])
    owner = Column("业主", accessor="project__owner__label", sort=["project__owner__sort_key"], shown=False)
    flags = FlagsColumn(
        "标志",
        accessor="project__highlight",
        sort=["project__highlight", "project__tour", "project__batch"],
        shown=False,
        initial_sort_descending=True,
    )
    listed_on = DateColumn("列入日期", shown=False, low=True, fact=("ledgerentry", "listed_on"))
    delisted_on = DateColumn("退出日期", shown=False)

    def __init__(self, queryset: Any, *, as_of: Any = None, **options: Any) -> None:
        super().__init__(queryset, **options)
        self.as_of = as_of
        self.sources = Sources({})
        self._address = page_address("projects:project_detail")
        self.columns.columns["name"].column.url = self.row_link

    def load(self, records: list[LedgerEntry]) -> None:
        """Fetch the page's sources: one query."""
        cited = {column.fact[0] for column in self.visible if column.fact} | {"project", "ledgerentry"}
        self.sources = Sources({MODELS[model]: self._keys(model, records) for model in cited})
        super().load(records)

    @staticmethod
    def _keys(model: str, records: Iterable[LedgerEntry]) -> list[int]:
        return [getattr(record, KEY_OF[model]) for record in records]

    def mark_of(self, fact: Fact) -> Callable[[LedgerEntry], str]:
        model, field = fact
        key, marks = KEY_OF[model], self.sources.marks
        # A name stands in many places: one is enough to follow. Figures may stand in two documents.
        most = 2 if field else 1
        if model == "milestone":
            return lambda record: marks(model, record.next_milestone, field, 1) or marks(model, record.next_milestone, "", 1)
        return lambda record: marks(model, getattr(record, key), field, most)

    def empty(self, record: LedgerEntry) -> str:
        documented = self.sources.documented
        if ("project", record.project_id) in documented or ("ledgerentry", record.pk) in documented:
            return NOT_DOCUMENTED
        return NOT_FILLED_IN

    def row_link(self, record: LedgerEntry) -> str:
        return self._address(record.project.code)

    def row_class(self, record: LedgerEntry) -> str:
        return "is-off" if record.delisted_on and self.as_of and record.delisted_on <= self.as_of else ""

    def footer(self, totals: LedgerTotals) -> dict[str, str]:
        counted = f"{totals.entries} 条"
        if totals.projects != totals.entries:
            counted += f'<span class="foot-note">含打捆计 {totals.projects} 个</span>'
        return {
            "seq": "合计",
            "name": counted,
            "total_investment": self._sum(totals.total_investment),
            "annual_plan": self._sum(totals.annual_plan),
        }

    def _sum(self, amount: Amount) -> str:
        if amount.total is None:
            return '—<span class="foot-note">均无数</span>'
        note = f"{amount.known} 项有数"
        if amount.inside:
            note += f"，{amount.inside} 项已含在打捆内"
        return f'{self.in_unit(amount.total)}<span class="foot-note">{note}</span>'

    def in_unit(self, wan: Decimal) -> str:
        """Return an amount in the table's unit, without naming it."""
        return numbers.plain(wan / numbers.WAN_PER_YI if self.money_unit == "yi" else wan)
