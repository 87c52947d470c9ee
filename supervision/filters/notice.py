"""Filters of the list of notices."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from erqi.common import workdays
from erqi.common.filters import BaseFilterSet, ManyFilter, OneFilter, Option, SearchFilter
from projects.models import Unit
from projects.services.grid import units_of
from supervision.choices import NoticeKind, NoticeSource, NoticeState
from supervision.filters.kept import Kept, computed, unit_options
from supervision.models import Notice, NoticeCopy
from supervision.rules.limit import late_before
from supervision.rules.notice import WAITING
from supervision.stats.notice import late

# How a notice stands, as far as the database says it by itself.
_STANDINGS = [("late", "逾期未反馈"), ("unsigned", "未签收"), ("asked", "申请待决定"), ("open", "未办结")]
_BOXES = [("ours", "本单位承办"), ("copies", "抄送本单位"), ("drafted", "我拟稿的")]
_FINISHED = [NoticeState.CLOSED, NoticeState.ARCHIVED, NoticeState.WITHDRAWN, NoticeState.REVOKED]


class NoticeFilter(BaseFilterSet):
    """Filters of Notice.objects.for_table."""

    q = SearchFilter(label="搜索", hint="标题、文号、依据、项目或单位")
    state = ManyFilter(label="状态", options=NoticeState.choices)
    standing = OneFilter(label="办理情况", options=_STANDINGS)
    box = OneFilter(label="范围", options=_BOXES)
    kind = ManyFilter(label="种类", options=NoticeKind.choices, more=True)
    source = ManyFilter(label="来源", options=NoticeSource.choices, more=True)
    unit = ManyFilter(label="承办单位", options="unit_options", more=True)

    def __init__(self, data: Any, queryset: QuerySet, *, as_of: date, user: Any, kept: Kept = computed) -> None:
        self.as_of, self.user, self.kept = as_of, user, kept
        super().__init__(data, queryset)

    def unit_options(self) -> list[Option]:
        """Return the units that have or had a notice, by pinyin."""
        units = Unit.objects.filter(pk__in=Notice.objects.visible_to(self.user).values("unit"))
        return self.kept("units", lambda: unit_options(units))

    def filter_q(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def filter_state(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(state_then__in=value)

    def filter_standing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "late":
            return queryset.filter(pk__in=self.kept("late", self._late))
        conditions = {
            "unsigned": Q(state_then=NoticeState.ISSUED),
            "asked": Q(state_then__in=WAITING),
            "open": ~Q(state_then__in=_FINISHED),
        }
        return queryset.filter(conditions[value])

    def _late(self) -> list[int]:
        overdue = Notice.objects.overdue(self.as_of, late_before(self.as_of, workdays))
        return [notice.pk for notice in late(overdue, self.as_of)]

    def filter_box(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "drafted":
            return queryset.filter(drafted_by=self.user)
        own = units_of(self.user, self.as_of)
        return (
            queryset.filter(unit_then__in=own)
            if value == "ours"
            else queryset.filter(pk__in=NoticeCopy.objects.on_day(self.as_of).filter(unit__in=own).values("notice"))
        )

    def filter_kind(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(kind__in=value)

    def filter_source(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(source__in=value)

    def filter_unit(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(unit_then__in=[int(key) for key in value])
