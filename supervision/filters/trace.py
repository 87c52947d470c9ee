"""Filters of the time line of supervision."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from erqi.common.filters import BaseFilterSet, CodeFilter, ManyFilter, OneFilter, Option, SearchFilter
from projects.models import Project, Unit
from supervision.filters.kept import Kept, computed, unit_options
from supervision.querysets.trace import Traced, families, kinds, trace_rows

PERIODS = [("7", "近7天"), ("30", "近30天"), ("90", "近90天")]


class TraceFilter(BaseFilterSet):
    """Filters of trace_rows; they are put to each table before the union."""

    q = SearchFilter(label="搜索", hint="项目、编号文号、办理人或内容")
    kind = ManyFilter(label="种类", options="kind_options")
    unit = ManyFilter(label="单位", options="unit_options")
    days = OneFilter(label="时间", options=PERIODS)
    project = CodeFilter(label="项目", hint="项目编号", shown="project_name", more=True)

    def __init__(self, data: Any, queryset: QuerySet, *, traced: Traced, kept: Kept = computed) -> None:
        self.traced, self.kept = traced, kept
        self._project: Project | None = None
        super().__init__(data, queryset)

    def check(self) -> None:
        code = self.cleaned.get("project")
        if code:
            self._project = Project.objects.filter(code=code).first()
            if self._project is None:
                del self.cleaned["project"]
                self.problems.append(f"筛选“项目”的值“{code[:20]}”无效（没有这个项目），已忽略。")

    def project_name(self, code: str) -> str:
        """Return what is shown of a project's code."""
        return self._project.name if self._project else code

    def kind_options(self) -> list[Option]:
        """Return the families."""
        return [Option(code, label) for code, label in kinds().items()]

    def unit_options(self) -> list[Option]:
        """Return the units that something was addressed to, by pinyin: two queries for all families."""
        return self.kept("units", self._addressed)

    def _addressed(self) -> list[Option]:
        parts = [model.objects.order_by().exclude(unit=None).values_list("unit_id", flat=True) for model in families().values()]
        return unit_options(Unit.objects.filter(pk__in=list(parts[0].union(*parts[1:]))))

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        days = self.cleaned.get("days")
        traced = replace(
            self.traced,
            kinds=self.cleaned.get("kind", ()),
            units=[int(key) for key in self.cleaned.get("unit", ())],
            since=self.traced.on - timedelta(days=int(days) - 1) if days else None,
            projects=[self._project.pk] if self._project is not None else (),
            text=self.cleaned.get("q", ""),
        )
        return trace_rows(traced)
