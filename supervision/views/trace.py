"""督察痕迹: all that was done in supervision, as of any day, by project, unit and kind."""

from collections.abc import Hashable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from erqi.common.listing import Listing
from projects.views.day import day_context
from supervision.filters.trace import TraceFilter
from supervision.querysets.trace import Traced, kinds, trace_rows
from supervision.tables.trace import TraceTable
from supervision.views.record_list import KeptList


def picked_traces(ticks: list[str]) -> dict[str, list[int]]:
    """Return the keys of ticked traces by kind; what names none is left out."""
    picked: dict[str, list[int]] = {kind: [] for kind in kinds()}
    for tick in ticks:
        kind, _, key = tick.rpartition("-")
        if kind in picked and key.isascii() and key.isdigit() and len(key) < 19:
            picked[kind].append(int(key))
    return picked


class TraceList(KeptList):
    """The time line, the latest first."""

    permission = "business.view"
    table_class = TraceTable
    filterset_class = TraceFilter
    template_name = "supervision/trace_list.html"
    shows_day = True
    page_title = "督察痕迹"
    noun = "条"
    empty_title = "没有符合条件的督察痕迹"
    blank_title = "还没有督察痕迹"
    blank_text = "督察通知单、直报问题、督察事项等的每一步办理都会出现在这里。"

    def seen_as(self) -> Hashable:
        # Drafts are not everybody's; of what was done today the hour is shown, as long as the real day lasts.
        return frozenset(self.request.user.permissions), timezone.localtime().date()

    @cached_property
    def traced(self) -> Traced:
        """What the list is about before any filter."""
        return Traced(self.day.day, may=self.request.user.permissions, picked=picked_traces(self.ticks) if self.ticks else None)

    def get_rows(self) -> QuerySet:
        # A union cannot be filtered: what was ticked is put to each of its tables.
        return self.get_queryset()

    def get_queryset(self) -> QuerySet:
        return trace_rows(self.traced)

    def filter_options(self) -> dict[str, Any]:
        return {"traced": self.traced, "kept": self.kept}

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, "查看截至某一天的痕迹")}

    def get_context(self, listing: Listing) -> dict[str, Any]:
        return {"breadcrumbs": [{"label": self.page_title}]}
