"""Filters of the list of investment plans."""

from django.db.models import F, QuerySet

from erqi.common.filters import BaseFilterSet, OneFilter, SearchFilter

HAS, NONE, DIFFERS = "has", "none", "differs"


class PlanFilter(BaseFilterSet):
    """Filters of ledger entries annotated by querysets.plan.with_plan: free text of the project, whether it has a plan."""

    q = SearchFilter(label="搜索", hint="项目名称、编号或拼音首字母")
    plan = OneFilter(label="计划", options=[(HAS, "有计划"), (NONE, "无计划"), (DIFFERS, "与台账年度计划不同")])

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def filter_plan(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == DIFFERS:
            return queryset.filter(annual_plan__isnull=False, planned_12__isnull=False).exclude(planned_12=F("annual_plan"))
        return queryset.filter(planned_12__isnull=value == NONE)
