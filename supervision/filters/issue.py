"""Filters of the list of problems reported directly."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from erqi.common.filters import BaseFilterSet, CodeFilter, DayFilter, ManyFilter, OneFilter, Option, SearchFilter
from projects.choices import DelayCause
from projects.models import Project, Unit
from projects.rules.search import search_terms
from supervision.choices import IssueGrade, IssueState
from supervision.filters.kept import Kept, computed, unit_options
from supervision.models import IssueAct
from supervision.querysets.issue import numbered_q
from supervision.rules.issue import RUNNING

_LATE, _MET = "late", "met"
# Nobody has named the cause yet.
NO_CAUSE = "none"
# The figures of the statistics by cause (querysets.issue.figures), as the list says which of them it shows.
_FIGURES = [
    ("all", "计入病因统计（不含不予受理、撤回）"),
    ("open", "计入统计且未办结"),
    ("late", "计入统计且逾期"),
    ("in_time", "计入统计且按时办结"),
    ("over", "计入统计且超期办结"),
]


class IssueFilter(BaseFilterSet):
    """Filters of Issue.objects.for_table."""

    q = SearchFilter(label="搜索", hint="问题、编号、项目名称或拼音首字母")
    state = ManyFilter(label="状态", options=IssueState.choices)
    grade = ManyFilter(label="定级", options=IssueGrade.choices)
    cause = ManyFilter(label="病因", options=[*DelayCause.choices, (NO_CAUSE, "尚未认定")])
    unit = ManyFilter(label="承办单位", options="unit_options")
    late = OneFilter(label="时限", options=[(_LATE, "已逾期"), (_MET, "未逾期")], more=True)
    since = DayFilter(label="直报自", more=True)
    counted = OneFilter(label="统计口径", options=_FIGURES, more=True)
    project = CodeFilter(label="项目", hint="项目编号", shown="project_name", more=True)

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date, kept: Kept = computed) -> None:
        self.as_of, self.kept = as_of, kept
        self._projects: dict[str, str] = {}
        super().__init__(data, queryset)

    def check(self) -> None:
        code = self.cleaned.get("project")
        if code and (name := Project.objects.filter(code=code).values_list("name", flat=True).first()):
            self._projects[code] = name
        elif code:
            del self.cleaned["project"]
            self.problems.append(f"筛选“项目”的值“{code[:20]}”无效（没有这个项目），已忽略。")

    def project_name(self, code: str) -> str:
        """Return what is shown of a project's code."""
        return self._projects.get(code, code)

    def unit_options(self) -> list[Option]:
        """Return the units that handle or handled a problem, by pinyin."""
        units = Unit.objects.filter(pk__in=IssueAct.objects.exclude(unit=None).values("unit"))
        return self.kept("units", lambda: unit_options(units))

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        said = Q()
        for term in search_terms(value):
            found = Q(project__search_key__contains=term) | Q(title__icontains=term) | Q(description__icontains=term)
            said &= found | Q(place__icontains=term)
        sought = numbered_q(value)
        return queryset.filter(said | sought if sought is not None else said)

    def filter_state(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(state_then__in=value)

    def filter_grade(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(grade_then__in=value)

    def filter_cause(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(cause_then__in=["" if code == NO_CAUSE else code for code in value])

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(unit_then__in=[int(key) for key in value])

    def filter_late(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        late = Q(state_then__in=RUNNING, due_then__lt=self.as_of)
        return queryset.filter(late) if value == _LATE else queryset.exclude(late)

    def filter_since(self, queryset: QuerySet, name: str, value: date) -> QuerySet:
        return queryset.filter(reported_on__gte=value)

    def filter_counted(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.counting(self.as_of, value)

    def filter_project(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(project__code=value)
