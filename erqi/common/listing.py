"""The list page: queryset → filters → order and columns → page, printable whole or swapped in part; all of it in the address.

Parameters besides the filters: `sort` (column, `-` before it for descending; several with commas), `cols` (columns in order),
`page`, `per_page` (20, 50, 100, 200 or all), `money` (wan or yi), `as_of`; `export` (erqi.common.exporting) answers with a file of the
view, of the rows ticked (`pk`, several) or of all. What is wrong is left out with a sentence; what is
the default is left out of links, so that addresses stay short and two equal views have one address.

    class UnitList(ListView):
        permission = "business.view"
        table_class, filterset_class = UnitTable, UnitFilter
        template_name = "projects/unit_list.html"
        page_title = "单位"

        def get_queryset(self):
            return Unit.objects.for_list()

The page's template shows the list by `{% include "components/list.html" %}`. A request of htmx gets only that, or only the results
below the filter bar, from the same context.
"""

from collections.abc import Hashable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.generic import View

from erqi.common import clock, exporting
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf
from erqi.common.dates import chinese_day
from erqi.common.filters import BaseFilterSet
from erqi.common.kept import Keeper
from erqi.common.list_export import list_sheet, order_words
from erqi.common.list_state import MONEY_UNITS, Listing
from erqi.common.saved_views import views_for
from erqi.common.tables import BaseTable

__all__ = ["ListView", "Listing", "without_empty"]

# The parts of the page that htmx swaps: everything below the heading, or what is below the filter bar.
LIST_REGION = "list"
RESULTS_REGION = "results"


def without_empty(params: QueryDict) -> QueryDict:
    """Return the parameters that say something: a submitted form names its empty fields too."""
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        if values := [value for value in values if value.strip()]:
            kept.setlist(name, values)
    return kept


class ListView(PermissionRequiredMixin, View):
    """A page with one list. Attributes: `permission`, `table_class`, `filterset_class`, `template_name`, `page_title`, `per_page`,
    `view_page` (the name under which saved views of this list are kept; empty: none). Override `get_queryset` and, as needed,
    `get_totals`, `get_context` (only for the whole page), `filter_options` and `table_options`."""

    # The lists of which views can be saved, by `view_page`.
    saved_pages: ClassVar[set[str]] = set()

    table_class: type[BaseTable]
    filterset_class: type[BaseFilterSet] | None = None
    template_name: str
    page_title = ""
    per_page = 50
    view_page = ""
    noun = "条"
    empty_title = "没有符合条件的记录"
    empty_text = "请去掉一些筛选条件再试。"
    # What is said where there is nothing at all, whatever the filters: how something comes here.
    blank_title = ""
    blank_text = ""
    has_money = False
    totals: bool = False
    # The rows can be exported, and ticked for it.
    exportable = True
    # Whose list it is, as an export says (填报单位).
    export_unit = ""

    http_method_names = ["get", "head", "options"]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.view_page:
            ListView.saved_pages.add(cls.view_page)

    def get_queryset(self) -> QuerySet:
        """Return all rows of the list, in its own order."""
        raise NotImplementedError

    def get_totals(self, rows: QuerySet, listing: Listing) -> Any:
        """Return the totals of the filtered rows, an object with `count`. Asked only when `totals` is true."""
        raise NotImplementedError

    def filter_options(self) -> dict[str, Any]:
        """Return what the filter set needs besides parameters and rows."""
        return {}

    def table_options(self) -> dict[str, Any]:
        """Return what the table needs besides the rows."""
        return {}

    def kept_as(self) -> tuple[Keeper, Hashable] | None:
        """Return with what and under which key the order and the pages of the list are kept (see Listing); None: they are not."""
        return None

    def get_context(self, listing: Listing) -> dict[str, Any]:
        """Return what the page shows around its list; not asked for when htmx swaps a part."""
        return {}

    @property
    def ticks(self) -> list[str]:
        """The rows that were ticked for an export."""
        return self.request.GET.getlist("pk") if exporting.PARAMETER in self.request.GET else []

    def get_rows(self) -> QuerySet:
        """Return the rows before any filter: all, or those ticked for an export."""
        rows = self.get_queryset()
        return self.table_class.ticked(rows, self.ticks) if self.ticks else rows

    def get_listing(self) -> Listing:
        """Return the list as the address asks for it; exports use it as the page does."""
        return Listing(
            self.request.GET,
            self.get_rows(),
            self.table_class,
            self.filterset_class,
            totals=self.get_totals if self.totals else None,
            per_page=self.per_page,
            filter_options=self.filter_options(),
            table_options=self.table_options(),
            keeper=None if self.ticks else self.kept_as(),
        )

    def list_context(self, listing: Listing) -> dict[str, Any]:
        """Return what the list's own templates need, for a whole page and for a part."""
        listing.table.tickable = self.exportable
        page = listing.page_obj
        return {
            "export": self.export_menu(listing) if self.exportable else None,
            "page_title": self.page_title,
            "listing": listing,
            "table": listing.table,
            "page_obj": page,
            "per_page": listing.per_page,
            "chips": listing.chips,
            "clear_url": listing.clear_url,
            "filter_summary": listing.summary,
            "foot": listing.table.foot(listing.totals) if listing.totals and listing.count else "",
            "noun": self.noun,
            "has_money": self.has_money,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
            "blank_title": self.blank_title,
            "blank_text": self.blank_text,
            "saved_views": views_for(self.request.user, self.view_page) if self.view_page else [],
            "view_page": self.view_page,
            "can_share": self.request.user.can("view.share"),
        }

    # Exports.

    @property
    def wanted(self) -> exporting.Format | None:
        """The kind of file that was asked for; None shows the page."""
        return exporting.wanted_of(self.request) if self.exportable else None

    def export_day(self) -> AsOf:
        """Return the day whose state an export shows: the page's own, or the business date."""
        return getattr(self, "day", None) or AsOf(clock.today(), asked=False)

    def export_menu(self, listing: Listing, *, ticks: bool = True) -> exporting.Menu:
        """Return what the page's export menu needs."""
        without = ("page", "per_page", "money") if self.has_money else ("page", "per_page")
        money = listing.money_unit if self.has_money else ""
        return exporting.Menu(listing.keep(*without), listing.count if ticks else None, self.noun, ticks, money)

    def export(self, wanted: exporting.Format) -> FileResponse:
        """Return the file of the view: its columns, filters, order, day and unit of money; the rows ticked, or all."""
        day = self.export_day()
        with exporting.snapshot():
            listing = self.get_listing()
            sheet = list_sheet(
                listing,
                name=self.page_title,
                title=self.page_title,
                day=chinese_day(day.day),
                noun=self.noun,
                unit=self.export_unit,
                money=self.has_money,
                keyed=not day.asked,
            )
            return exporting.answer(
                wanted,
                self.request.user,
                self.page_title,
                day,
                [sheet],
                filters=listing.summary,
                order=order_words(listing),
                money_unit=MONEY_UNITS[listing.money_unit] if self.has_money else "",
                more=[("所含记录", f"勾选的记录（勾选 {len(self.ticks)} {self.noun}）")] if self.ticks else [],
                problems=listing.problems,
            )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.GET = without_empty(request.GET)
        if self.wanted is not None:
            return self.export(self.wanted)
        listing = self.get_listing()
        if asked := request.GET.get(exporting.PARAMETER, ""):
            listing.problems.append(f"没有“{asked[:10]}”这种导出格式，现按网页显示。")
        context = self.list_context(listing)
        part = request.htmx.target if request.htmx and not request.htmx.history_restore_request else None
        if part == RESULTS_REGION:
            response = render(request, "components/list_results.html", {**context, "is_part": True})
        elif part == LIST_REGION:
            response = render(request, "components/list.html", context)
        else:
            response = render(request, self.template_name, {**context, **self.get_context(listing)})
        if part:
            page = listing.page_obj.number
            response["HX-Push-Url"] = request.path + listing.url(page=page if page > 1 else None).rstrip("?")
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response
