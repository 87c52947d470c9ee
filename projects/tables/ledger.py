"""The ledger's columns (domain.md §3.2, sheet 1) and what their cells need beside the rows."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from django.db.models import OuterRef, Subquery

from erqi.common import clock, numbers
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
from projects.querysets.ledger import LedgerEntryQuerySet
from projects.querysets.ledger_state import read_answering_units, read_levels, read_stage_and_next
from projects.querysets.warning import gravity
from projects.stats import Amount, LedgerTotals
from projects.tables.level import LEFT, level_html, since_words
from projects.tables.sources import Fact, Sources, page_address

# Where the key of each cited record stands in a row.
KEY_OF = {
    "project": "project_id",
    "ledgerentry": "pk",
    "milestone": "next_milestone",
    "responsibility": "answering_row",
}
MODELS = {"project": Project, "ledgerentry": LedgerEntry, "milestone": Milestone, "responsibility": Responsibility}
# What is fetched of a row; the rest of its state is read by querysets.ledger_state. Attributes are called as the columns here.
FETCHED = (
    *("pk", "project_id", "seq", "nature", "annual_goal", "annual_plan", "listed_on", "delisted_on"),
    *("project__code", "project__name", "project__grade", "project__total_investment", "project__quantity", "project__quantity_unit"),
    *("project__bundle_count", "project__highlight", "project__tour", "project__batch"),
    *("project__category__name", "project__category__parent__name", "project__area__name"),
    *("project__owner__name", "project__owner__short_name"),
)

# Where every milestone of the year is done, a next one is not missing.
ALL_DONE = '<span class="quiet small">无后续节点</span>'


class NameColumn(LinkColumn):
    """The project's name with its marks: 打捆 and the number it stands for, 双十出彩."""

    def cell(self, record: Any) -> str:
        text = f'<a href="{escape(self.url(record))}">{escape(record.project__name)}</a>'
        mark = self.mark(record)
        count = record.project__bundle_count
        if count is not None:
            text += f' <span class="row-mark" title="打捆项目，含 {count} 个">打捆 {count}</span>'
            # The number has a source of its own; often it is the paragraph that names the bundle.
            number = self.table.sources.marks("project", record.project_id, "bundle_count", 1)
            mark = number if number and self.table.sources.same_place(record.project_id) else number + mark
        if record.project__highlight:
            text += ' <span class="row-mark" title="双十出彩项目">出彩</span>'
        return text + mark


class CategoryColumn(Column):
    """A category: its name, with the whole it is part of as tooltip."""

    def html(self, value: str) -> str:
        return escape(value)

    def cell(self, record: Any) -> str:
        whole = record.project__category__parent__name
        shown = super().cell(record)
        return f'<span title="{escape(whole)} › {escape(record.project__category__name)}">{shown}</span>' if whole else shown


class OwnerColumn(Column):
    """A unit by its short name where it has one."""

    def cell(self, record: Any) -> str:
        name = self.value(record)
        return escape(name) if name else self.table.empty(record)

    def value(self, record: Any) -> str | None:
        return record.project__owner__short_name or record.project__owner__name


class QuantityColumn(NumberColumn):
    """A quantity with its unit of measure: 247 公里."""

    def cell(self, record: Any) -> str:
        if record.project__quantity is None:
            return self.table.empty(record)
        unit = f'<span class="unit">{escape(record.project__quantity_unit)}</span>'
        return self.mark(record) + numbers.plain(record.project__quantity) + unit

    def value(self, record: Any) -> str | None:
        quantity = record.project__quantity
        return None if quantity is None else f"{numbers.plain(quantity)}{record.project__quantity_unit}"


class LevelColumn(Column):
    """The four-colour warning: shape and word, with the days in colour as tooltip; what had left the ledger has none."""

    td_class = "level-cell"

    def cell(self, record: Any) -> str:
        if record.level is None:
            return LEFT
        title = since_words(record.level_since, self.table.as_of)
        return level_html(record.level, record.level_word, title=title, simulated=record.level_simulated)

    def value(self, record: Any) -> str | None:
        """Return the word, as an export writes it; 模拟 where the schedule is simulated."""
        if record.level is None:
            return None
        return f"{record.level_word}（模拟）" if record.level_simulated else record.level_word


class DueColumn(DateColumn):
    """The next milestone's date, with the phrase as printed; the phrase alone where it names no day (尽快)."""

    def cell(self, record: Any) -> str:
        due, phrase = record.next_due_on, record.next_phrase
        if due is None and not phrase:
            return ALL_DONE if record.year_done else self.table.empty(record)
        shown = [due.isoformat()] if due else []
        if due and due < self.table.as_of:
            # Only what the dates say; the warning colours follow from the policy.
            shown.append(f'<strong class="small">已过 {(self.table.as_of - due).days} 天</strong>')
        if phrase:
            shown.append(f'<span class="quiet small">{escape(phrase)}</span>')
        return " ".join(shown) + self.mark(record)

    def value(self, record: Any) -> Any:
        return record.next_due_on or record.next_phrase or None


class MilestoneColumn(Column):
    """The year's next open milestone."""

    td_class = "wrap"

    def cell(self, record: Any) -> str:
        if record.next_milestone is None:
            return ALL_DONE if record.year_done else self.table.empty(record)
        return escape(record.next_name)


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

    def flags(self, record: Any) -> list[str]:
        batch = record.project__batch
        named = [("双十出彩", record.project__highlight), ("观摩", record.project__tour), (f"三个一批 {batch}", batch)]
        return [name for name, held in named if held]

    def cell(self, record: Any) -> str:
        return " ".join(f'<span class="row-mark">{escape(flag)}</span>' for flag in self.flags(record))

    def value(self, record: Any) -> str | None:
        return "、".join(self.flags(record)) or None


UNIT_SORT = Subquery(Unit.objects.filter(pk=OuterRef("answering_id")).values("sort_key")[:1])


class LedgerTable(BaseTable):
    """The rows of LedgerEntry.objects.for_ledger as of a day; `year` is the ledger's."""

    flat = True
    fetched = FETCHED

    seq = NumberColumn("序号", pinned=True)
    name = NameColumn(
        "项目名称",
        accessor="project__name",
        url=lambda entry: "",
        sort=["project__sort_key"],
        pinned=True,
        fact=("project", ""),
    )
    level = LevelColumn("预警", sort=[gravity()], hint="所示日期的四色预警；◆告警 ▲预警 ■提醒 ●正常，另有暂停、未评价、已销号")
    code = Column("项目编号", accessor="project__code", shown=False, low=True)
    category = CategoryColumn("类别", accessor="project__category__name", sort=["project__category__seq", "project__category__code"])
    area = Column("片区", accessor="project__area__name", sort=["project__area__seq", "project__area__code"])
    nature = ChoiceColumn("建设性质", Nature, fact=("ledgerentry", "nature"))
    grade = ChoiceColumn("级别", Grade, accessor="project__grade", shown=False, low=True)
    stage = ChoiceColumn("阶段", Stage, sort=["stage"], hint="截至所示日期已达到的最远阶段，由已完成节点和建设性质得出")
    next_name = MilestoneColumn("下一节点", sort=[], hint="本年度尚未完成的第一个节点")
    next_due = DueColumn("节点时限", accessor="next_due_on", fact=("milestone", "due_phrase"))
    answering = AnsweringColumn("责任单位", accessor="answering_unit", sort=[UNIT_SORT])
    total_investment = MoneyColumn(
        "总投资", accessor="project__total_investment", fact=("project", "total_investment"), initial_sort_descending=True
    )
    annual_plan = MoneyColumn("年度计划投资", fact=("ledgerentry", "annual_plan"), initial_sort_descending=True)
    quantity = QuantityColumn("数量", accessor="project__quantity", sort=[], fact=("project", "quantity"), shown=False)
    annual_goal = TextColumn("年度目标", sort=[], fact=("ledgerentry", "annual_goal"))
    owner = OwnerColumn("业主", accessor="project__owner__name", sort=["project__owner__sort_key"], shown=False)
    flags = FlagsColumn(
        "标志",
        accessor="project__highlight",
        sort=["project__highlight", "project__tour", "project__batch"],
        shown=False,
        initial_sort_descending=True,
    )
    listed_on = DateColumn("列入日期", shown=False, low=True, fact=("ledgerentry", "listed_on"))
    delisted_on = DateColumn("退出日期", shown=False)

    def __init__(self, queryset: Any, *, as_of: date, year: int, **options: Any) -> None:
        self.as_of = as_of
        self.year = year
        super().__init__(queryset, **options)
        self.sources = Sources({})
        self._address = page_address("projects:project_detail")
        self.columns.columns["name"].column.url = self.row_link

    def sortable_by(self, name: str, rows: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
        if name == "stage":
            return rows.with_stage(self.as_of)
        if name == "level":
            return rows.with_level(self.year, self.as_of)
        if name == "next_due":
            return rows.with_next_milestone(self.as_of)
        return rows.with_answering_unit(self.as_of) if name == "answering" else rows

    def load(self, records: list[Any]) -> None:
        """Read the state of the rows on the day and the page's sources: at most five queries."""
        names = set(self.names)
        if "level" in names:
            read_levels(records, self.year, self.as_of)
        if names & {"stage", "next_name", "next_due"}:
            read_stage_and_next(records, self.year, self.as_of, past=self.as_of < clock.today())
        if "answering" in names:
            read_answering_units(records, self.as_of)
        cited = {column.fact[0] for column in self.visible if column.fact} | {"project", "ledgerentry"}
        self.sources = Sources({MODELS[model]: self._keys(model, records) for model in cited})
        super().load(records)

    @staticmethod
    def _keys(model: str, records: Iterable[Any]) -> list[int]:
        return [getattr(record, KEY_OF[model]) for record in records]

    def mark_of(self, fact: Fact) -> Callable[[Any], str]:
        model, field = fact
        key, marks = KEY_OF[model], self.sources.marks
        # A name stands in many places: one is enough to follow. Figures may stand in two documents.
        most = 2 if field else 1
        if model == "milestone":
            return lambda record: marks(model, record.next_milestone, field, 1) or marks(model, record.next_milestone, "", 1)
        return lambda record: marks(model, getattr(record, key), field, most)

    def empty(self, record: Any) -> str:
        documented = self.sources.documented
        if ("project", record.project_id) in documented or ("ledgerentry", record.pk) in documented:
            return NOT_DOCUMENTED
        return NOT_FILLED_IN

    def row_link(self, record: Any) -> str:
        return self._address(record.project__code)

    def row_class(self, record: Any) -> str:
        return "is-off" if record.delisted_on and record.delisted_on <= self.as_of else ""

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
