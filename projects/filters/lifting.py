"""Filters of the list of liftings."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from erqi.common.filters import BaseFilterSet, ManyFilter, Option, SearchFilter
from projects.choices import GRAVE_LEVELS, LiftingState
from projects.models import Responsibility, Unit
from projects.rules.search import search_terms


class LiftingFilter(BaseFilterSet):
    """Filters of Lifting.objects.for_table: free text of the project, state, unit that has a responsibility, level to be left."""

    q = SearchFilter(label="搜索", hint="项目名称、编号或拼音首字母")
    state = ManyFilter(label="状态", options=LiftingState.choices)
    unit = ManyFilter(label="单位", options="unit_options")
    level = ManyFilter(label="原状态", options=[(level.code, level.label) for level in GRAVE_LEVELS])

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date) -> None:
        self.as_of = as_of
        super().__init__(data, queryset)

    def unit_options(self) -> list[Option]:
        """Return the units that have a responsibility for one of the projects, by pinyin."""
        units = Unit.objects.filter(pk__in=Responsibility.objects.filter(project__liftings__isnull=False).values("unit"))
        return [Option(str(pk), name) for pk, name in units.order_by("sort_key", "pk").values_list("pk", "name")]

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for term in search_terms(value):
            queryset = queryset.filter(project__search_key__contains=term)
        return queryset

    def filter_state(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(state_then__in=value)

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_units(map(int, value), self.as_of)

    def filter_level(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(from_level__in=[int(level) for level in GRAVE_LEVELS if level.code in value])
