"""The ledger's columns (domain.md §3.2, sheet 1) and what their cells need beside the rows."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from html import escape
from typing import Any

from django.db.models import OuterRef, Subquery

from erqi.common import clock, numbers
from erqi.common.columns import SIMULATED
from erqi.common.tables import (
    NOT_DOCUMENTED,
    NOT_FILLED_IN,
    BaseTable,
    ChoiceColumn,
    Column,
    DateColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    TextColumn,
)
from erqi.common.workbook.declare import Foot
from projects.choices import Grade, Nature, Stage
from projects.models import LedgerEntry, Milestone, Project, Responsibility, Unit
from projects.querysets.ledger import LedgerEntryQuerySet
from projects.querysets.ledger_figures import Basis, figure_basis, rate, read_figures, with_figures
from projects.querysets.ledger_grid import GRID, read_grid
from projects.querysets.ledger_state import STEP_NAMES, read_answering_units, read_badges, read_levels, read_stage_and_next
from projects.querysets.warning import gravity
from projects.stats import Amount, LedgerTotals, Reported
from projects.tables.ledger_columns import (
    AnsweringColumn,
    CategoryColumn,
    DueColumn,
    FlagsColumn,
    LevelColumn,
    MilestoneColumn,
    MonthColumn,
    NameColumn,
    NamesColumn,
    OwnerColumn,
    ProblemColumn,
    QuantityColumn,
    ReportedColumn,
    YearsColumn,
)
from projects.tables.sources import Fact, Sources, page_address

# Columns that are read with the figures of the reports, and those that can be ordered by because they are annotated (with_figures).
FIGURES = frozenset({"done", "planned", "of_plan", "of_year", "physical", "done_month"})
REPORTED = frozenset({"progress", "problem", "next_step"})
STEP_DATES = tuple(f"{step}_{which}" for step in STEP_NAMES for which in ("due_on", "done_on"))
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
    *("pk", "project_id", "seq", "nature", "annual_goal", "annual_plan", "listed_on", "left_on"),
    *("project__code", "project__name", "project__grade", "project__total_investment", "project__quantity", "project__quantity_unit"),
    *("project__bundle_count", "project__highlight", "project__tour", "project__batch"),
    *("project__category__name", "project__category__parent__name", "project__area__name"),
    *("project__owner__name", "project__owner__short_name"),
    # Which version of the records a workbook shows.
    *("version", "project__version"),
    *("project__content", "project__start_year", "project__end_year", "project__bundle_of__name"),
)

UNIT_SORT = Subquery(Unit.objects.filter(pk=OuterRef("answering_id")).values("sort_key")[:1])


class LedgerTable(BaseTable):
    """The rows of LedgerEntry.objects.for_ledger as of a day; `year` is the ledger's."""

    flat = True
    fetched = FETCHED

    seq = NumberColumn("序号", pinned=True, kind="ordinal")
    name = NameColumn(
        "项目名称",
        accessor="project__name",
        url=lambda entry: "",
        sort=["project__sort_key"],
        pinned=True,
        fact=("project", ""),
    )
    level = LevelColumn(
        "预警", sort=[gravity()], simulated="level_simulated", hint="所示日期的四色预警；◆告警 ▲预警 ■提醒 ●正常，另有暂停、未评价、已销号"
    )
    code = Column("项目编号", accessor="project__code", shown=False, low=True, kind="code")
    category = CategoryColumn("类别", accessor="project__category__name", sort=["project__category__seq", "project__category__code"])
    area = Column("片区", accessor="project__area__name", sort=["project__area__seq", "project__area__code"])
    nature = ChoiceColumn("建设性质", Nature, fact=("ledgerentry", "nature"))
    grade = ChoiceColumn("级别", Grade, accessor="project__grade", shown=False, low=True)
    stage = ChoiceColumn("阶段", Stage, sort=["stage"], hint="截至所示日期已达到的最远阶段，由已完成节点和建设性质得出")
    next_name = MilestoneColumn("下一节点", sort=[], simulated="next_simulated", hint="本年度尚未完成的第一个节点")
    next_due = DueColumn("节点时限", accessor="next_due_on", fact=("milestone", "due_phrase"))
    answering = AnsweringColumn("责任单位", accessor="answering_unit", sort=[UNIT_SORT], simulated="answering_simulated")
    total_investment = MoneyColumn(
        "总投资", accessor="project__total_investment", fact=("project", "total_investment"), initial_sort_descending=True
    )
    annual_plan = MoneyColumn("年度计划投资", fact=("ledgerentry", "annual_plan"), initial_sort_descending=True)
    done = MoneyColumn("本年累计完成", simulated="done_simulated", initial_sort_descending=True, hint="截至所示日期最近一份计入的月报")
    planned = MoneyColumn(
        "截至当期计划",
        shown=False,
        simulated="planned_simulated",
        initial_sort_descending=True,
        hint="1月至最近一个数据截止日（每月25日，12月20日）的计划",
    )
    of_plan = PercentColumn(
        "占序时", sort=[rate("done", "planned")], simulated="done_simulated", hint="本年累计完成÷截至当期计划；可超过 100%"
    )
    of_year = PercentColumn(
        "年度完成率",
        shown=False,
        sort=[rate("done", "whole")],
        simulated="done_simulated",
        hint="本年累计完成÷年度计划投资；台账没有年度计划的，按分月计划的全年数",
    )
    physical = ReportedColumn("形象进度", shown=False, low=True, sort=["counted__step__physical_percent"], simulated="done_simulated")
    progress = TextColumn("本月进展", shown=False, low=True, sort=[], simulated="done_simulated")
    problem = ProblemColumn("存在问题", shown=False, sort=[])
    next_step = TextColumn("下步计划", shown=False, low=True, sort=[])
    done_month = MonthColumn("最近月报", shown=False, low=True, simulated="done_simulated")
    content = TextColumn("建设内容", accessor="project__content", sort=[], fact=("project", "content"), shown=False, low=True)
    years = YearsColumn("建设年限", sort=["project__start_year", "project__end_year"], shown=False, low=True)
    bundle = Column("所属打捆项目", accessor="project__bundle_of__name", shown=False, low=True)
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
    start_due_on = DateColumn("计划开工", shown=False, low=True, sort=[])
    start_done_on = DateColumn("实际开工", shown=False, low=True, sort=[])
    completion_due_on = DateColumn("计划竣工", shown=False, low=True, sort=[])
    completion_done_on = DateColumn("实际竣工", shown=False, low=True, sort=[])
    production_due_on = DateColumn("计划投产", shown=False, low=True, sort=[])
    production_done_on = DateColumn("实际投产", shown=False, low=True, sort=[])
    patrons = NamesColumn("分包领导", shown=False, low=True, sort=[], simulated="grid_simulated")
    leads = NamesColumn("牵头单位", shown=False, low=True, sort=[], simulated="grid_simulated")
    undertakes = NamesColumn("承办单位", shown=False, low=True, sort=[], simulated="grid_simulated")
    cooperates = NamesColumn("配合单位", shown=False, low=True, sort=[], simulated="grid_simulated")
    chiefs = NamesColumn("主管领导", shown=False, low=True, sort=[], simulated="grid_simulated")
    deputies = NamesColumn("分管副职", shown=False, low=True, sort=[], simulated="grid_simulated")
    staff = NamesColumn("具体责任人", shown=False, low=True, sort=[], simulated="grid_simulated")
    inspectors = NamesColumn("督察员", shown=False, low=True, sort=[], simulated="grid_simulated")
    listed_on = DateColumn("列入日期", shown=False, low=True, fact=("ledgerentry", "listed_on"))
    delisted_on = DateColumn("退出日期", accessor="left_on", shown=False)

    def __init__(self, queryset: Any, *, as_of: date, year: int, **options: Any) -> None:
        self.as_of = as_of
        self.year = year
        super().__init__(queryset, **options)
        self.sources = Sources({})
        self._address = page_address("projects:project_detail")
        self.columns.columns["name"].column.url = self.row_link

    @cached_property
    def basis(self) -> Basis:
        """What is asked of the year's plans on the day: one query, where figures are shown or ordered by."""
        return figure_basis(self.year, self.as_of)

    def sortable_by(self, name: str, rows: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
        if name == "stage":
            return rows.with_stage(self.as_of)
        if name == "level":
            return rows.with_level(self.year, self.as_of)
        if name == "next_due":
            return rows.with_next_milestone(self.year, self.as_of)
        if name in FIGURES and "done" not in rows.query.annotations:
            return with_figures(rows, self.basis)
        return rows.with_answering_unit(self.as_of) if name == "answering" else rows

    def load(self, records: list[Any]) -> None:
        """Read the state of the rows on the day and the page's sources: at most nine queries, and those of the words beside colours."""
        names = set(self.names)
        if "level" in names:
            read_levels(records, self.year, self.as_of)
            read_badges(records, self.as_of)
        if names & (FIGURES | REPORTED):
            read_figures(records, self.basis)
        if names & GRID:
            read_grid(records, self.as_of)
        if names & {"stage", "next_name", "next_due", *STEP_DATES}:
            steps = not names.isdisjoint(STEP_DATES)
            read_stage_and_next(records, self.year, self.as_of, past=self.as_of < clock.today(), steps=steps)
        if "answering" in names:
            read_answering_units(records, self.as_of)
        if not self.exporting:
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
        return "is-off" if record.left_on else ""

    def footer(self, totals: LedgerTotals) -> dict[str, str]:
        counted = f"{totals.entries} 条"
        if totals.projects != totals.entries:
            bundled = f"打捆为 {totals.bundled} 个，" if totals.inside else ""
            counted += f'<span class="foot-note">{bundled}含打捆计 {totals.projects} 个</span>'
        return {
            "seq": "合计",
            "name": counted,
            **({"quantity": self._quantity(totals)} if totals.quantity else {}),
            "total_investment": self._sum(totals.total_investment),
            "annual_plan": self._sum(totals.annual_plan),
            **(self._reported(totals.reported) if totals.reported else {}),
        }

    def _reported(self, reported: Reported) -> dict[str, str]:
        done, planned = (f" {SIMULATED}" if one else "" for one in (reported.done_simulated, reported.planned_simulated))
        return {
            "done": self._sum(reported.done) + done,
            "planned": self._sum(reported.planned) + planned,
            "of_plan": numbers.percent(reported.of_plan) + done,
            "of_year": numbers.percent(reported.of_year) + done,
        }

    def _quantity(self, totals: LedgerTotals) -> str:
        amount = totals.quantity
        if amount is not None and amount.total is not None and totals.quantity_unit is None:
            return '—<span class="foot-note">单位不一</span>'
        return self._sum(amount, lambda total: f"{numbers.plain(total)}{escape(totals.quantity_unit or '')}")

    def _sum(self, amount: Amount, shown: Callable[[Decimal], str] | None = None) -> str:
        if amount.total is None:
            return '—<span class="foot-note">均无数</span>'
        note = f"{amount.known} 项有数"
        if amount.inside:
            note += f"，{amount.inside} 项已含在打捆内"
        return f'{(shown or self.in_unit)(amount.total)}<span class="foot-note">{note}</span>'

    def also_exported(self, totals: LedgerTotals | None) -> list[str]:
        # Whoever adds up a column has to know which rows a bundle among them holds already.
        return ["bundle"] if totals is not None and totals.inside and "bundle" not in self.names else []

    def row_key(self, record: Any) -> str:
        return f"ledgerentry:{record.pk};project:{record.project_id}"

    def row_version(self, record: Any) -> str:
        return f"{record.version};{record.project__version}"

    def export_foot(self, totals: LedgerTotals) -> Foot:
        """Return the sums with what they leave out, amount by amount."""
        sums = {"total_investment": totals.total_investment, "annual_plan": totals.annual_plan}
        rates = {}
        if totals.reported:
            sums |= {"done": totals.reported.done, "planned": totals.reported.planned}
            rates = {"of_plan": totals.reported.of_plan, "of_year": totals.reported.of_year}
        shown = {name: amount for name, amount in sums.items() if name in self.names}
        words = f"{totals.entries} 条" + (f"（含打捆计 {totals.projects} 个）" if totals.projects != totals.entries else "")
        notes = [f"{self.columns.columns[name].column.verbose_name}合计：{self._known(amount)}。" for name, amount in shown.items()]
        if totals.gone:
            notes.append(f"已退出台账的 {totals.gone} 条列在表中，不计入合计。")
        return Foot({name: self.amount(amount.total) for name, amount in shown.items()} | rates, words, notes)

    @staticmethod
    def _known(amount: Amount) -> str:
        note = f"{amount.known} 项有数" if amount.known else "均无数"
        return f"{note}，{amount.inside} 项已含在打捆内、不重复计" if amount.inside else note

    def in_unit(self, wan: Decimal) -> str:
        """Return an amount in the table's unit, without naming it."""
        return numbers.plain(wan / numbers.WAN_PER_YI if self.money_unit == "yi" else wan)
