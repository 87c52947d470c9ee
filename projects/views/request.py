"""审批申请: all requests in one list; for the office the queue of what it decides, for a reporter what the own unit asked for."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from erqi.common.asof import AsOf, as_of
from erqi.common.listing import Listing, ListView
from projects.choices import DecisionState, RequestKind
from projects.filters.request import RequestFilter
from projects.querysets.request import Asked, request_counts, request_rows
from projects.services.grid import units_of
from projects.tables.request import RequestTable
from projects.views.day import day_context, tab_url

_ENDED = (DecisionState.APPROVED, DecisionState.REJECTED, DecisionState.WITHDRAWN)


def picked_requests(ticks: list[str]) -> dict[str, list[int]]:
    """Return the keys of ticked requests by kind; what names none is left out."""
    picked: dict[str, list[int]] = {kind: [] for kind in RequestKind.values}
    for tick in ticks:
        kind, _, key = tick.partition("-")
        if kind in picked and key.isascii() and key.isdigit() and len(key) < 19:
            picked[kind].append(int(key))
    return picked


class RequestList(ListView):
    """Requests, what awaits a decision first."""

    permission = "business.view"
    table_class = RequestTable
    filterset_class = RequestFilter
    template_name = "projects/request_list.html"
    shows_day = True
    page_title = "审批申请"
    noun = "份"
    empty_title = "没有符合条件的申请"
    blank_title = "还没有申请"
    blank_text = "在项目页的节点下申请变更时限，在“暂停”一栏申请暂停；锁定月份的月报用更正单。"

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    @cached_property
    def asked(self) -> Asked:
        """What the list is about before any filter: a reporter sees the requests of the own units, everybody else all."""
        user = self.request.user
        only_own = user.can("report.write") and not user.can("report.manage")
        picked = picked_requests(self.ticks) if self.ticks else None
        return Asked(self.day.day, own=(units_of(user, self.day.day), user.pk) if only_own else None, picked=picked)

    def get_rows(self) -> QuerySet:
        # A union cannot be filtered: what was ticked is put to each of its tables.
        return self.get_queryset()

    def get_queryset(self) -> QuerySet:
        return request_rows(self.asked)

    def filter_options(self) -> dict[str, Any]:
        return {"asked": self.asked}

    def table_options(self) -> dict[str, Any]:
        return {"on": self.day.day}

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, "查看某一天的申请")}

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts = request_counts(self.asked)
        chosen = listing.filterset.cleaned.get("state", [])
        tabs = [("全部", ()), ("待审批", (DecisionState.PENDING,)), ("已办结", _ENDED)]
        return {
            "only_own": self.asked.own is not None,
            "tabs": [
                {
                    "label": label,
                    "url": tab_url(self.request.path, self.day, states),
                    "active": sorted(chosen) == sorted(states),
                    "count": sum(counts.get(state, 0) for state in states or DecisionState),
                }
                for label, states in tabs
            ],
            "breadcrumbs": [{"label": self.page_title}],
        }
