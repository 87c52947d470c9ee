"""Filters of the list of proposals to escalate."""

from typing import Any

from django.db.models import QuerySet

from erqi.common.filters import BaseFilterSet, ManyFilter, Option, SearchFilter
from projects.models import Unit
from projects.rules.search import search_terms
from supervision.choices import EscalationState, EscalationTrigger
from supervision.filters.kept import Kept, computed, unit_options
from supervision.models import Escalation


class EscalationFilter(BaseFilterSet):
    """Filters of Escalation.objects.for_table."""

    q = SearchFilter(label="搜索", hint="项目名称、编号或拼音首字母")
    state = ManyFilter(label="处置", options=EscalationState.choices)
    trigger = ManyFilter(label="触发条件", options=EscalationTrigger.choices)
    unit = ManyFilter(label="责任单位", options="unit_options")

    def __init__(self, data: Any, queryset: QuerySet, *, kept: Kept = computed) -> None:
        self.kept = kept
        super().__init__(data, queryset)

    def unit_options(self) -> list[Option]:
        """Return the units that answer for a project of the list, by pinyin."""
        units = Unit.objects.filter(pk__in=Escalation.objects.exclude(unit=None).order_by().values("unit"))
        return self.kept("units", lambda: unit_options(units))

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for term in search_terms(value):
            queryset = queryset.filter(project__search_key__contains=term)
        return queryset

    def filter_state(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(state_then__in=value)

    def filter_trigger(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(trigger__in=value)

    def filter_unit(self, queryset: QuerySet, name: str, value: list[Any]) -> QuerySet:
        return queryset.filter(unit__in=[int(key) for key in value])
