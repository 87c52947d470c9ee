"""What the warnings pages share: the ledger of a year, the day, addresses that keep both."""

from collections.abc import Hashable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from erqi.common import clock
from erqi.common.asof import AsOf, as_of
from erqi.common.dates import chinese_day
from erqi.common.kept import Keeper
from erqi.common.list_state import Listing
from erqi.common.listing import RESULTS_REGION, ListView, without_empty
from projects.filters.warning import WarningFilter
from projects.models import Ledger, Rescheduling
from projects.stats.warning import Versions
from projects.tables.warning import WarningTable
from projects.views.ledger import resolved

# What results take in memory, in bytes, cards left aside.
ROOM = 60_000


class WarningListing(Listing):
    """A list of the warnings pages: its addresses keep the year, the view, the grouping and the large type."""

    def __init__(self, params: QueryDict, *args: Any, kept: dict[str, str], **options: Any) -> None:
        self.kept = kept
        super().__init__(params, *args, **options)

    def canonical(self) -> QueryDict:
        """Return the parameters that make this view."""
        query = super().canonical()
        for name, value in self.kept.items():
            query[name] = value
        return query


class OfYear:
    """What the warnings pages share: the district ledger of the year asked for, or of the business date's; the day."""

    request: HttpRequest

    @cached_property
    def ledgers(self) -> list[Ledger]:
        return list(Ledger.objects.main().order_by("-year"))

    @cached_property
    def asked_year(self) -> str:
        return self.request.GET.get("year", "").strip()

    @cached_property
    def default_ledger(self) -> Ledger | None:
        this_year = clock.today().year
        return next((one for one in self.ledgers if one.year == this_year), self.ledgers[0] if self.ledgers else None)

    @cached_property
    def ledger(self) -> Ledger | None:
        """The ledger shown; None where there is none at all."""
        return next((one for one in self.ledgers if str(one.year) == self.asked_year), self.default_ledger)

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request, self.ledger.year if self.ledger else None)

    @property
    def kept_year(self) -> dict[str, str]:
        """The year as addresses carry it: not where it is the one shown anyway."""
        return {"year": str(self.ledger.year)} if self.ledger and self.ledger != self.default_ledger else {}

    @property
    def board_url(self) -> str:
        """The board of the same year."""
        return reverse("projects:warning_board") + (f"?{urlencode(self.kept_year)}" if self.kept_year else "")

    def year_problems(self) -> list[str]:
        """Return a sentence where a year was asked for that has no ledger."""
        if not self.asked_year or (self.ledger and str(self.ledger.year) == self.asked_year) or self.ledger is None:
            return []
        return [f"没有“{self.asked_year[:10]}”年度的区级重点项目台账，现按{self.ledger.year}年显示。"]

    def year_tabs(self) -> list[dict[str, Any]]:
        """Return the years whose ledgers have colours, to switch between them."""
        years = [one for one in self.ledgers if one.warned_since is not None or one == self.ledger]
        if len(years) < 2:
            return []
        return [
            {"label": f"{one.year}年", "url": "?" if one == self.default_ledger else f"?year={one.year}", "active": one == self.ledger}
            for one in years
        ]

    def not_warned_hint(self) -> str:
        """Return what to do where there are no colours on the day; an empty text where the colours have not been started at all."""
        since = self.ledger.warned_since if self.ledger else None
        return f"预警自{chinese_day(since)}起，请选择此后的日期查看。" if since is not None else ""

    def not_warned(self) -> str:
        """Return why there are no colours on the day, as a sentence; an empty text where there are."""
        if self.ledger is None:
            return "还没有区级重点项目台账。"
        since = self.ledger.warned_since
        if since is None:
            return f"{self.ledger.name}没有启用四色预警。"
        if since > self.day.day:
            return f"{self.ledger.name}自{chinese_day(since)}起启用四色预警，所示日期尚无颜色。"
        return ""


class WarningPage(OfYear, ListView):
    """A page of the warnings with a filter bar and results below it that are no list: `results` gives what they show."""

    shows_day = True
    permission = "business.view"
    table_class = WarningTable
    filterset_class = WarningFilter
    results_template: str
    exportable = False

    @cached_property
    def versions(self) -> Versions:
        return self.keeper.get("versions", Versions)

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper()

    @property
    def key(self) -> tuple[Any, ...]:
        """What everything on the page depends on besides its address: the words say days from the business day on."""
        return type(self).__name__, self.ledger.pk, self.day.day, self.day.asked, clock.today()

    def kept_as(self) -> tuple[Keeper, Hashable] | None:
        return self.keeper, self.key

    def kept(self) -> dict[str, str]:
        """Return what the addresses of this page keep besides filters."""
        return dict(self.kept_year)

    def filter_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day, "year": self.ledger.year, "keeper": self.keeper}

    def table_options(self) -> dict[str, Any]:
        return {"day": self.day.day, "year": self.ledger.year, "versions": self.versions}

    def get_listing(self) -> Listing:
        listing = WarningListing(
            self.request.GET,
            self.get_rows(),
            self.table_class,
            self.filterset_class,
            per_page=self.per_page,
            filter_options=self.filter_options(),
            table_options=self.table_options(),
            keeper=None if self.ticks else self.kept_as(),
            kept=self.kept(),
        )
        listing.problems = [*self.year_problems(), *listing.problems]
        return listing

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.GET = without_empty(request.GET)
        if self.ledger is None:
            return render(request, "projects/warning_none.html", {"page_title": self.page_title, "reason": self.not_warned()})
        return self.export(self.wanted) if self.wanted is not None else self.show(request)

    def show(self, request: HttpRequest) -> HttpResponseBase:
        """Return the whole page, or what htmx swaps of it."""
        listing = self.get_listing()
        results = self.keeper.get((*self.key, self.key_of(listing)), lambda: self.results(listing), self.size_of)
        context = {**self.frame(listing), **results}
        is_part = bool(request.htmx and request.htmx.target == RESULTS_REGION and not request.htmx.history_restore_request)
        template = self.results_template if is_part else self.template_name
        response = render(request, template, {**context, "is_part": is_part})
        if is_part:
            response["HX-Push-Url"] = request.path + listing.url().rstrip("?")
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def frame(self, listing: Listing) -> dict[str, Any]:
        """Return what the page shows around its results."""
        version = self.versions.in_force(self.day.day)
        return {
            "page_title": self.page_title,
            "listing": listing,
            "ledger": self.ledger,
            "as_of": self.day,
            "chips": listing.chips,
            "clear_url": listing.clear_url,
            "filter_summary": listing.summary,
            "version": version,
            "version_url": version_address(version.key) if version else "",
            "not_warned": self.not_warned(),
            "not_warned_hint": self.not_warned_hint(),
            "years": self.year_tabs(),
            "passes": Rescheduling.objects.unfinished(),
            "print_subtitle": self.ledger.name,
            "print_unit": f"规则：{version.name}" if version else "",
        }

    def results(self, listing: Listing) -> dict[str, Any]:
        """Return what the results show: plain values, the same for everybody, kept until the data change."""
        raise NotImplementedError

    def key_of(self, listing: Listing) -> Hashable:
        """Return what of the address the results depend on."""
        return listing.canonical().urlencode()

    def size_of(self, results: dict[str, Any]) -> int:
        """Return how many bytes the results take."""
        return ROOM


def version_address(key: int) -> str:
    """Return the address of a version of the rules, "" while there is no such page."""
    return resolved("projects:policy_detail", key)


def lifting_address(key: int) -> str:
    """Return the address of a lifting, "" while there is no such page."""
    return resolved("projects:lifting_detail", key)
