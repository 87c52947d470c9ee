"""The ledger's filters."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet

from erqi.common.dates import month_end
from erqi.common.filters import BaseFilterSet, CodeFilter, ManyFilter, NumberFilter, OneFilter, Option, SearchFilter, tree_options
from erqi.common.kept import Keeper
from erqi.common.numbers import WAN_PER_YI
from projects.choices import Grade, MilestoneKind, Nature, ResponsibilityKind, Stage
from projects.models import Area, Category, Person, Project, Unit
from projects.querysets.ledger_figures import Basis, figure_basis, with_figures
from projects.querysets.warning import GRAVITY
from projects.stats.reporting import expected

NOTHING = ("none", "文件未载（未填）")
# The levels by their codes, the worst first.
COLOURS = {level.code: level for level in GRAVITY}
FLAGS = {
    "highlight": ("双十出彩", Q(project__highlight=True)),
    "tour": ("观摩", Q(project__tour=True)),
    "batch": ("三个一批", ~Q(project__batch="")),
    "bundle": ("打捆", Q(project__bundle_count__isnull=False)),
    "member": ("打捆内项目", Q(project__bundle_of__isnull=False)),
}
# Deadlines of the year's milestones: what is late or due soon on the day, and what has to be done by the end of a month.
DUE = {
    "late": "已过时限未完成",
    "reached": "已到时限（含已完成）",
    "week": "7天内到期",
    "soon": "30天内到期",
    **{str(month): f"{month}月底前" for month in range(1, 13)},
}
DAYS_AHEAD = {"week": 7, "soon": 30}
UNIT_AS = {"answering": "只看责任单位", "within": "责任单位及其下属"}
# How the year's investment stands against the plan to date, by the limits of the default bands (domain.md §1.6, D2).
PACE = {
    "reached": ("达到序时", Q(planned__gt=0, done__gte=F("planned"))),
    "behind": ("低于序时", Q(planned__gt=0) & (Q(done=None) | Q(done__lt=F("planned")))),
    "below80": ("低于序时的 80%", Q(planned__gt=0) & (Q(done=None) | Q(done__lt=F("planned") * Decimal("0.8")))),
    "below60": ("低于序时的 60%", Q(planned__gt=0) & (Q(done=None) | Q(done__lt=F("planned") * Decimal("0.6")))),
    "unplanned": ("没有当期计划", Q(planned=None) | Q(planned=0)),
}
# Whether the month whose cut-off passed last is reported.
REPORT = {"in": "截止月已报", "missing": "截止月未报"}
BLANK = {
    "total_investment": ("总投资", Q(project__total_investment=None)),
    "annual_plan": ("年度计划投资", Q(annual_plan=None)),
    "nature": ("建设性质", Q(nature="")),
    "annual_goal": ("年度目标", Q(annual_goal="")),
    "category": ("类别", Q(project__category=None)),
    "area": ("片区", Q(project__area=None)),
    "answering": ("责任单位", Q(answering_id=None)),
    "next_due": ("节点时限", Q(next_due_on=None)),
}


def any_of(conditions: dict[str, tuple[str, Q]], names: list[str]) -> Q:
    """Return the condition that one of the named ones holds."""
    found = Q(pk__in=[])
    for name in names:
        found |= conditions[name][1]
    return found


def _options(rows: Iterable[tuple[int, str]]) -> list[Option]:
    return [Option(str(pk), name) for pk, name in rows]


class LedgerFilter(BaseFilterSet):
    """Filters of LedgerEntry.objects.for_ledger(…, delisted=True) as of a day. Choices of one filter add up, filters narrow down."""

    q = SearchFilter(label="搜索", hint="项目名称、编号或拼音首字母")
    category = ManyFilter(label="类别", options="category_options")
    area = ManyFilter(label="片区", options="area_options")
    unit = ManyFilter(label="单位", options="unit_options")
    nature = ManyFilter(label="性质", options=[*Nature.choices, NOTHING])
    grade = ManyFilter(label="级别", options=[*Grade.choices, NOTHING])
    stage = ManyFilter(label="阶段", options=[*Stage.choices, NOTHING])
    colour = ManyFilter(label="预警", options=[(code, level.label) for code, level in COLOURS.items()])
    flag = ManyFilter(label="标志", options=[(code, label) for code, (label, _) in FLAGS.items()])
    node = ManyFilter(label="节点", options=MilestoneKind.choices)
    achieved = ManyFilter(label="本年已完成", options=MilestoneKind.choices, more=True)
    pace = OneFilter(label="投资进度", options=[(code, label) for code, (label, _) in PACE.items()], more=True)
    report = OneFilter(label="月报", options=[*REPORT.items()], more=True)
    due = OneFilter(label="时限", options=[*DUE.items()], empty="不限")
    unit_as = OneFilter(label="单位口径", options=[*UNIT_AS.items()], empty="任一责任或业主", more=True)
    answering = ManyFilter(label="责任单位", options="unit_options", more=True)
    bundle = CodeFilter(label="项目及打捆所含", hint="项目编号", shown="bundle_name", more=True)
    patron = ManyFilter(label="分包领导", options="patron_options", more=True)
    inspector = ManyFilter(label="督察员", options="inspector_options", more=True)
    min = NumberFilter(label="总投资不低于", unit="亿元", more=True)
    max = NumberFilter(label="总投资不高于", unit="亿元", more=True)
    listed = OneFilter(label="退出的项目", options=[("all", "一并显示"), ("gone", "只看已退出")], empty="不显示", more=True)
    blank = ManyFilter(label="缺少", options=[(code, label) for code, (label, _) in BLANK.items()], more=True)

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date, year: int, keeper: Keeper | None = None) -> None:
        self.as_of, self.year = as_of, year
        self.keeper = keeper or Keeper()
        super().__init__(data, queryset)

    def category_options(self) -> list[Option]:
        """Return the categories, parts below their whole."""
        rows = Category.objects.values_list("pk", "code", "name", "parent")
        options, self.category_keys = self.keeper.get("category options", lambda: tree_options(rows))
        return options

    def area_options(self) -> list[Option]:
        """Return the areas, parts below their whole."""
        rows = Area.objects.values_list("pk", "code", "name", "parent")
        options, self.area_keys = self.keeper.get("area options", lambda: tree_options(rows))
        return options

    def unit_options(self) -> list[Option]:
        """Return the units that have a responsibility for a project, own one or have targets of their own, by pinyin."""
        return self.keeper.get("unit options", lambda: _options(Unit.objects.involved()))

    def patron_options(self) -> list[Option]:
        """Return the people who are patrons of projects, by pinyin."""
        return self._people(ResponsibilityKind.PATRON)

    def inspector_options(self) -> list[Option]:
        """Return the people who are inspectors of projects, by pinyin."""
        return self._people(ResponsibilityKind.INSPECTOR)

    def _people(self, kind: str) -> list[Option]:
        return self.keeper.get(("people options", kind), lambda: _options(Person.objects.responsible(kind)))

    def check(self) -> None:
        low, high = self.cleaned.get("min"), self.cleaned.get("max")
        if low is not None and high is not None and low > high:
            del self.cleaned["min"], self.cleaned["max"]
            self.problems.append(f"总投资的下限 {low} 亿元高于上限 {high} 亿元，两者均已忽略。")
        if "unit_as" in self.cleaned and "unit" not in self.cleaned:
            del self.cleaned["unit_as"]
        if "bundle" in self.cleaned and self.whole is None:
            self.problems.append(f"没有编号为“{self.cleaned.pop('bundle')}”的项目，已忽略。")

    @cached_property
    def whole(self) -> Project | None:
        """The project that `bundle` names."""
        return Project.objects.filter(code=self.cleaned["bundle"]).first()

    def bundle_name(self, code: str) -> str:
        """Return the name of the project that `bundle` names."""
        return self.whole.name if self.whole is not None else code

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if "listed" not in self.cleaned:
            queryset = queryset.listed(self.as_of)
        return super().filter_queryset(queryset)

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def filter_category(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(project__category__in=self.category_keys(value))

    def filter_area(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(project__area__in=self.area_keys(value))

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        units = set(map(int, value))
        if self.cleaned.get("unit_as") == "within":
            units = Unit.objects.parts()(units)
        return queryset.of_units(units, self.as_of, answering="unit_as" in self.cleaned)

    def filter_bundle(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.of_bundles([self.whole.pk])

    def filter_answering(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_units(map(int, value), self.as_of, answering=True)

    def filter_unit_as(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset  # says how `unit` is meant

    def filter_patron(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_people(map(int, value), ResponsibilityKind.PATRON, self.as_of)

    def filter_inspector(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_people(map(int, value), ResponsibilityKind.INSPECTOR, self.as_of)

    def filter_nature(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(nature__in=["" if code == NOTHING[0] else code for code in value])

    def filter_grade(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(project__grade__in=["" if code == NOTHING[0] else code for code in value])

    def filter_stage(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        queryset = queryset.with_stage(self.as_of)
        wanted = Q(stage__in=[int(code) for code in value if code != NOTHING[0]])
        return queryset.filter(wanted | Q(stage=None) if NOTHING[0] in value else wanted)

    def filter_colour(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        # What had left the ledger has no colour, also where it is shown.
        return queryset.listed(self.as_of).with_level(self.year, self.as_of).filter(level__in=[COLOURS[code] for code in value])

    def filter_node(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        # Together with a deadline both are asked of one milestone: 3月底前开工.
        return queryset if "due" in self.cleaned else queryset.with_milestone(self.year, self.as_of, value)

    def filter_due(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        kinds = self.cleaned.get("node", ())
        if value == "late":
            return queryset.with_milestone(self.year, self.as_of, kinds, due_by=self.as_of - timedelta(days=1), still_open=True)
        if value == "reached":
            return queryset.with_milestone(self.year, self.as_of, kinds, due_by=self.as_of)
        if value in DAYS_AHEAD:
            until = self.as_of + timedelta(days=DAYS_AHEAD[value])
            return queryset.with_milestone(self.year, self.as_of, kinds, due_from=self.as_of, due_by=until, still_open=True)
        return queryset.with_milestone(self.year, self.as_of, kinds, due_by=month_end(self.year, int(value)))

    def filter_achieved(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.with_achieved(self.year, self.as_of, value)

    @cached_property
    def basis(self) -> Basis:
        """What is asked of the year's plans on the day."""
        return figure_basis(self.year, self.as_of)

    def filter_pace(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return with_figures(queryset, self.basis).filter(PACE[value][1])

    def filter_report(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if "done" not in queryset.query.annotations:
            queryset = with_figures(queryset, self.basis)
        filed = Q(done_month__gte=self.basis.month)
        # Before the year's first cut-off nothing is asked for yet. What is closed (销号) or has left the ledger reports no more.
        missing = (Q(done_month=None) | ~filed) & expected(self.as_of)
        return queryset.filter(filed if value == "in" else missing) if self.basis.month else queryset.none()

    def filter_flag(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(any_of(FLAGS, value))

    def filter_min(self, queryset: QuerySet, name: str, value: Decimal) -> QuerySet:
        return queryset.filter(project__total_investment__gte=value * WAN_PER_YI)

    def filter_max(self, queryset: QuerySet, name: str, value: Decimal) -> QuerySet:
        return queryset.filter(project__total_investment__lte=value * WAN_PER_YI)

    def filter_listed(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.gone(self.as_of) if value == "gone" else queryset

    def filter_blank(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        if "answering" in value:
            queryset = queryset.with_answering_unit(self.as_of)
        if "next_due" in value:
            queryset = queryset.with_next_milestone(self.year, self.as_of)
        return queryset.filter(any_of(BLANK, value))
