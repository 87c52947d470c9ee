"""Filters of inspections, findings and leaders' questions."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from erqi.common.filters import BaseFilterSet, ManyFilter, Option, SearchFilter
from projects.models import Unit
from projects.rules.search import search_terms
from supervision.choices import InspectionLayer, InspectionMethod, InspectionState, Verdict
from supervision.filters.kept import Kept, computed, unit_options


class SubjectFilter(BaseFilterSet):
    """What the three lists share: free text of the project or item, and the unit."""

    q = SearchFilter(label="搜索", hint="项目、事项或拼音首字母")
    unit = ManyFilter(label="单位", options="unit_options")

    has_item = True

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date, kept: Kept = computed) -> None:
        self.as_of, self.kept = as_of, kept
        super().__init__(data, queryset)

    def unit_options(self) -> list[Option]:
        """Return the units of the list's rows, by pinyin."""
        units = Unit.objects.filter(pk__in=self.queryset.order_by().values("unit"))
        return self.kept("units", lambda: unit_options(units))

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for term in search_terms(value):
            found = Q(project__search_key__contains=term)
            queryset = queryset.filter(found | Q(item__search_key__contains=term) if self.has_item else found)
        return queryset

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(unit__in=value)

    def filter_state(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(state_then__in=value)


class InspectionFilter(SubjectFilter):
    """Filters of Inspection.objects.for_table."""

    state = ManyFilter(label="状态", options=InspectionState.choices)
    verdict = ManyFilter(label="结论", options=Verdict.choices)
    layer = ManyFilter(label="层级", options=InspectionLayer.choices)
    method = ManyFilter(label="方式", options=InspectionMethod.choices, more=True)

    def filter_verdict(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(verdict_then__in=value)

    def filter_layer(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(layer__in=value)

    def filter_method(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(method__in=value)
