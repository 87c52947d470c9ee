"""Filters of the supervision ledgers."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from erqi.common.filters import BaseFilterSet, ManyFilter, OneFilter, Option, SearchFilter
from projects.choices import LEVELS, WarningLevel
from projects.models import Unit
from supervision.choices import ItemSource, ItemState
from supervision.filters.kept import Kept, computed, unit_options
from supervision.models import Finding, ItemDuty, Theme
from supervision.models.item import CAUSES

_LEVELS = [*reversed(LEVELS), WarningLevel.UNRATED, WarningLevel.DONE]


class ItemFilter(BaseFilterSet):
    """Filters of SupervisionItem.objects.for_table."""

    q = SearchFilter(label="搜索", hint="事项、编号、文号或拼音首字母")
    state = ManyFilter(label="办理状态", options=ItemState.choices)
    level = ManyFilter(label="灯色", options=[(level.code, level.label) for level in _LEVELS])
    theme = ManyFilter(label="主题", options="theme_options")
    unit = ManyFilter(label="单位", options="unit_options")
    source = ManyFilter(label="来源", options=ItemSource.choices, more=True)
    cause = ManyFilter(label="病因", options=CAUSES, more=True)
    untrue = OneFilter(label="上报不实", options=[("yes", "有未办结的不实认定")], more=True)

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date, kept: Kept = computed) -> None:
        self.as_of, self.kept = as_of, kept
        super().__init__(data, queryset)

    def theme_options(self) -> list[Option]:
        """Return the themes by their number."""
        return self.kept("themes", lambda: [Option(code, name) for code, name in Theme.objects.values_list("code", "name")])

    def unit_options(self) -> list[Option]:
        """Return the units that have a part in an item, by pinyin."""
        return self.kept("units", lambda: unit_options(Unit.objects.filter(pk__in=ItemDuty.objects.values("unit"))))

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def filter_state(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(state_then__in=value)

    def filter_level(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        # What was given up has no colour: it is not among what was struck off.
        rows = queryset.exclude(state_then=ItemState.CANCELLED)
        return rows.filter(level__in=[int(level) for level in _LEVELS if level.code in value])

    def filter_theme(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(said__theme__code__in=value)

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.of_units(map(int, value), self.as_of)

    def filter_source(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(said__source__in=value)

    def filter_cause(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(cause_then__in=value)

    def filter_untrue(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Exists(Finding.objects.filter(item=OuterRef("pk")).standing(self.as_of)))
