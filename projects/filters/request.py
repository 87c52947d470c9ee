"""Filters of the list of requests."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from erqi.common.filters import BaseFilterSet, ManyFilter, Option, SearchFilter
from projects.choices import REPORTING_KINDS, DecisionState, RequestKind
from projects.models import Responsibility, Unit
from projects.querysets.request import Asked, request_rows


class RequestFilter(BaseFilterSet):
    """Filters of request_rows: free text of the project, kind, state, unit. They are put to each table before the union."""

    q = SearchFilter(label="搜索", hint="项目名称、编号或拼音首字母")
    kind = ManyFilter(label="种类", options=RequestKind.choices)
    state = ManyFilter(label="状态", options=DecisionState.choices)
    unit = ManyFilter(label="单位", options="unit_options")

    def __init__(self, data: Any, queryset: QuerySet, *, asked: Asked) -> None:
        self.asked = asked
        super().__init__(data, queryset)

    def unit_options(self) -> list[Option]:
        """Return the units that report a project for which something was asked, by pinyin."""
        asked = Q(project__milestones__date_requests__isnull=False) | Q(project__holds__isnull=False)
        asked |= Q(project__reports__corrections__isnull=False)
        rows = Responsibility.objects.filter(asked, kind__in=REPORTING_KINDS, duty="")
        units = Unit.objects.filter(pk__in=rows.values("unit"))
        return [Option(str(pk), name) for pk, name in units.order_by("sort_key", "pk").values_list("pk", "name")]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        asked = replace(
            self.asked,
            kinds=self.cleaned.get("kind", ()),
            states=self.cleaned.get("state", ()),
            units=[int(key) for key in self.cleaned.get("unit", ())],
            text=self.cleaned.get("q", ""),
        )
        return request_rows(asked)
