"""The wall chart (挂图作战): the district ledger of a year as roads on a calendar, as of a day, with the ledger's own filters."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.views.generic import View

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.kept import Keeper
from erqi.common.list_state import ALL, Listing
from erqi.common.listing import RESULTS_REGION, ListView, without_empty
from projects.choices import WarningLevel
from projects.filters.ledger import LedgerFilter
from projects.models import Ledger, LedgerEntry
from projects.querysets.ledger import left_on
from projects.querysets.ledger_state import read_answering_units, read_levels
from projects.querysets.warning import GRAVITY
from projects.rules.milestone import MilestoneState
from projects.rules.wall import Window
from projects.sentences.policy import level_word
from projects.sentences.wall import STATE_WORDS
from projects.stats.wall import GROUPINGS, Outline, count_steps, outline, read_wall
from projects.stats.warning import Version, Versions
from projects.tables.ledger import LedgerTable
from projects.tables.sources import page_address
from projects.tables.wall import Heading, Roads, WallRows
from projects.tables.wall_frame import Frame
from projects.tables.wall_marks import KEY_BOX, definitions, kinds_shown

# So many projects hang on one wall; a longer ledger is turned in pages of so many, and so many are printed at once.
WHOLE, PER_PAGE, MOST_PRINTED = 200, 50, 1000
COLUMNS = {"month": "按月", "week": "按周"}
PAPERS = {"a3": "A3", "a1": "A1"}
# In which order the projects of a group may hang: the ledger's `sort`, and what it is called here.
ORDERS = {"": "台账序号", "level": "预警轻重", "next_due": "下一节点时限", "name": "项目名称"}
# Marks are read from a chair, or from a step before the sheet on the wall.
LARGE = {"screen": 1.3, "a1": 1.5}
# What the rest of a chart takes in memory besides its rows, in bytes.
ROOM = 20_000
# What is fetched of a project that is drawn; the rest of its state is read by querysets.ledger_state and querysets.wall.
DRAWN = (
    *("pk", "project_id", "seq", "nature", "left_on"),
    *("project__code", "project__name", "project__bundle_count", "project__highlight"),
)


class WallListing(Listing):
    """The wall as its address asks for it: the ledger's list, its pages cut from the groups. `kept` are the parameters of its own."""

    def __init__(self, params: QueryDict, *args: Any, kept: dict[str, str], **options: Any) -> None:
        self.kept = kept
        self.outline = Outline(())
        super().__init__(params, *args, **options)

    def settle(self, found: Outline) -> None:
        """Take the groups; where nobody chose a size of pages, what does not fit on one wall is cut into smaller ones."""
        self.outline = found
        if len(found.keys) > self.default_per_page:
            self.default_per_page = PER_PAGE
            if not self.params.get("per_page"):
                self.per_page = PER_PAGE

    def canonical(self) -> QueryDict:
        """Return the parameters that make this view."""
        query = super().canonical()
        for name, value in self.kept.items():
            query[name] = value
        return query

    @property
    def page_obj(self) -> Page:
        """The entries (keys) of the page asked for."""
        if self._page is None:
            size = MOST_PRINTED if self.per_page == ALL else self.per_page
            self._page = Paginator(self.outline.keys, size).get_page(self.params.get("page"))
        return self._page


class WallCurrent(PermissionRequiredMixin, View):
    """Leads to the wall of the business date's year, or of the latest district ledger; without any, says so."""

    permission = "business.view"
    shows_day = True
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        years = list(Ledger.objects.main().order_by("-year").values_list("year", flat=True))
        if not years:
            return render(request, "projects/wall_none.html", {"page_title": "挂图作战"})
        today = clock.today().year
        query = request.GET.urlencode()
        address = reverse("projects:wall", args=[today if today in years else years[0]])
        return redirect(address + (f"?{query}" if query else ""))


class Wall(ListView):
    """The wall of a year. Parameters besides the ledger's: `group` (unit, category, area), `by` (month, week), `paper` (a3, a1) and
    `screen=1` (large, dark, for a meeting room)."""

    permission = "business.view"
    shows_day = True
    table_class = LedgerTable
    filterset_class = LedgerFilter
    template_name = "projects/wall.html"
    results_template = "projects/wall_results.html"
    per_page = WHOLE
    noun = "个项目"

    @cached_property
    def ledger(self) -> Ledger:
        return get_object_or_404(Ledger.objects.main(), year=self.kwargs["year"])

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request, self.ledger.year)

    @property
    def page_title(self) -> str:
        return f"{self.ledger.name.removesuffix('台账')}挂图作战"

    def _chosen(self, name: str, options: dict[str, Any]) -> str:
        asked = self.request.GET.get(name, "")
        return asked if asked in options else next(iter(options))

    @cached_property
    def group(self) -> str:
        return self._chosen("group", GROUPINGS)

    @cached_property
    def columns(self) -> str:
        return self._chosen("by", COLUMNS)

    @cached_property
    def paper(self) -> str:
        return self._chosen("paper", PAPERS)

    @property
    def is_screen(self) -> bool:
        return self.request.GET.get("screen") == "1"

    @property
    def is_coloured(self) -> bool:
        """Whether the ledger has colours on the day."""
        since = self.ledger.warned_since
        return since is not None and since <= self.day.day

    @cached_property
    def version(self) -> Version | None:
        return Versions().in_force(self.day.day) if self.is_coloured else None

    def kept(self) -> dict[str, str]:
        """Return what the addresses of this page keep: what is no default."""
        found = {"group": (self.group, "unit"), "by": (self.columns, "month"), "paper": (self.paper, "a3")}
        kept = {name: value for name, (value, default) in found.items() if value != default}
        return kept | ({"screen": "1"} if self.is_screen else {})

    def get_queryset(self) -> QuerySet:
        return LedgerEntry.objects.for_ledger(self.ledger, self.day.day, delisted=True)

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper()

    @property
    def key(self) -> tuple[Any, ...]:
        """What everything on the wall depends on besides its address: what is due is said from the business day on."""
        return "wall", self.ledger.pk, self.day.day, self.day.asked, clock.today()

    def filter_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day, "year": self.ledger.year, "keeper": self.keeper}

    def table_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day, "year": self.ledger.year}

    @cached_property
    def places(self) -> dict:
        return GROUPINGS[self.group].places()

    def get_listing(self) -> WallListing:
        listing = WallListing(
            self.request.GET,
            self.get_queryset(),
            self.table_class,
            self.filterset_class,
            per_page=self.per_page,
            filter_options=self.filter_options(),
            table_options=self.table_options(),
            kept=self.kept(),
        )
        rows = listing.table.rows_ordered
        if self.group == "unit":
            rows = rows.with_answering_id(self.day.day)
        if self.is_coloured:
            rows = rows.with_level(self.ledger.year, self.day.day)
        key = (*self.key, "outline", listing.filterset.key, tuple(listing.table.order_by or ()), self.group)
        listing.settle(self.keeper.get(key, lambda: outline(rows, GROUPINGS[self.group], self.places, coloured=self.is_coloured)))
        return listing

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.GET = without_empty(request.GET)
        listing = self.get_listing()
        page = listing.page_obj.number
        key = (*self.key, "chart", listing.canonical().urlencode(), page)
        chart = self.keeper.get(key, lambda: self.chart(listing), size=lambda found: 2 * len(found["body"]) + ROOM)
        context = {**self.frame_context(listing), **chart}
        is_part = bool(request.htmx and request.htmx.target == RESULTS_REGION and not request.htmx.history_restore_request)
        response = render(request, self.results_template if is_part else self.template_name, {**context, "is_part": is_part})
        if is_part:
            response["HX-Push-Url"] = request.path + listing.url(page=page if page > 1 else None).rstrip("?")
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def frame_context(self, listing: WallListing) -> dict[str, Any]:
        """Return what stands around the chart: choices, tools, sentences."""
        return {
            "page_title": self.page_title,
            "breadcrumbs": [{"label": "挂图作战", "url": reverse("projects:wall_current")}, {"label": f"{self.ledger.year}年"}],
            "listing": listing,
            "page_obj": listing.page_obj,
            "ledger": self.ledger,
            "as_of": self.day,
            "chips": listing.chips,
            "clear_url": listing.clear_url,
            "filter_summary": listing.summary,
            "years": self._years(),
            "noun": self.noun,
            "is_screen": self.is_screen,
            "paper": self.paper,
            "papers": [
                (label, listing.url(paper=None if code == "a3" else code, per_page=ALL, page=None)) for code, label in PAPERS.items()
            ],
            "switches": [
                ("分组", self._switch(listing, "group", {code: one.label for code, one in GROUPINGS.items()}, self.group)),
                ("分列", self._switch(listing, "by", COLUMNS, self.columns)),
            ],
            "orders": self._orders(listing),
            "ledger_url": self.ledger.get_absolute_url() + self._ledger_query(listing),
            "screen_url": listing.url(screen="1"),
            "leave_url": listing.url(screen=None),
            "not_all": self._not_all(listing),
        }

    def _years(self) -> list[dict[str, Any]]:
        years = Ledger.objects.main().order_by("-year").values_list("year", flat=True)
        return [{"label": f"{year}年", "url": reverse("projects:wall", args=[year]), "active": year == self.ledger.year} for year in years]

    @staticmethod
    def _switch(listing: WallListing, name: str, options: dict[str, str], chosen: str) -> list[dict[str, Any]]:
        default = next(iter(options))
        return [
            {"label": label, "url": listing.url(**{name: None if code == default else code}, page=None), "current": code == chosen}
            for code, label in options.items()
        ]

    def _orders(self, listing: WallListing) -> list[dict[str, Any]]:
        """Return the orders that are offered, the present one first where it is none of them."""
        present = ",".join(listing.table.order_by or ())
        offered = {code: label for code, label in ORDERS.items() if code != "level" or self.is_coloured}
        if present not in offered:
            offered = {present: "所选列", **offered}
        return [
            {"label": label, "url": listing.url(sort=code or None, page=None), "current": code == present}
            for code, label in offered.items()
        ]

    def _ledger_query(self, listing: WallListing) -> str:
        """Return the filters, order and day as the ledger's address has them."""
        query = listing.canonical()
        for name in (*self.kept(), "per_page"):
            query.pop(name, None)
        return f"?{query.urlencode(safe=',')}" if query else ""

    @staticmethod
    def _not_all(listing: WallListing) -> str:
        """Return a sentence where not all that was to be printed is on the page."""
        count = listing.count
        if not listing.is_whole or count <= MOST_PRINTED:
            return ""
        page = listing.page_obj
        shown = f"本页为第 {page.start_index()} 至 {page.end_index()} 个，共 {count} 个"
        return f"一次最多打印 {MOST_PRINTED} 个项目，{shown}；其余请翻页后分次打印，或先筛选。"

    # The chart.

    def chart(self, listing: WallListing) -> dict[str, Any]:
        """Return the chart of the page: definitions, heads, rows, legend, counts."""
        records = self._records(listing)
        steps = [step for record in records for step in record.road.steps]
        scale = LARGE.get("screen" if self.is_screen else self.paper, 1)
        frame = Frame(Window.of_year(self.ledger.year), self.day.day, self.columns, scale)
        query = urlencode({"as_of": self.day.day.isoformat()}) if self.day.asked else ""
        policy = self.version.policy if self.version else None
        rows = WallRows(
            Roads(frame, policy, query),
            page_address("projects:wall_sheet", self.ledger.year),
            coloured=self.is_coloured,
            has_undated=any(step.at is None for step in steps),
        )
        counts = count_steps(records)
        levels = listing.outline.levels
        return {
            "definitions": definitions(scale),
            "grid": frame.grid(),
            "head": frame.head(),
            "body": rows.body(self._grouped(listing, records)) if records else "",
            "row_width": rows.width,
            "has_undated": rows.has_undated,
            "by_week": self.columns == "week",
            "count": listing.count,
            "levels": [
                (level_word(policy, level), levels[level], listing.url(colour=level.code, page=None)) for level in GRAVITY if levels[level]
            ],
            "counted": [(STATE_WORDS[state], counts[state]) for state in MilestoneState if counts[state]],
            "kinds": kinds_shown(step.kind for step in steps),
            "key_box": KEY_BOX,
            "has_simulated": any(step.simulated for step in steps),
            "coloured": self.is_coloured,
        }

    def _records(self, listing: WallListing) -> list[Any]:
        """Return the projects of the page with all that is drawn of them."""
        day, year = self.day.day, self.ledger.year
        keys = list(listing.page_obj.object_list)
        rows = LedgerEntry.objects.filter(pk__in=keys).annotate(left_on=left_on(day)).values(*DRAWN)
        found = {row["pk"]: SimpleNamespace(**row) for row in rows}
        records = [found[key] for key in keys if key in found]
        if self.is_coloured:
            read_levels(records, year, day)
        else:
            for record in records:
                record.level, record.level_since = (None if record.left_on is not None else WarningLevel.UNRATED), None
        read_answering_units(records, day)
        read_wall(records, year, day, self.version.policy if self.version else None, past=day < clock.today())
        return records

    def _grouped(self, listing: WallListing, records: list[Any]) -> Iterator[tuple[Heading, list[Any]]]:
        """Yield the page's projects in their groups."""
        drawn = {record.pk: record for record in records}
        page = listing.page_obj
        for group, first, last in listing.outline.parts(page.start_index() - 1, page.end_index()):
            place = self.places.get(group.key)
            heading = Heading(
                place.label if place else GROUPINGS[self.group].nobody,
                len(group.entries),
                group.levels,
                self._group_url(listing, place.code if place else None),
                is_continued=first > 0,
            )
            yield heading, [drawn[key] for key in group.entries[first:last] if key in drawn]

    def _group_url(self, listing: WallListing, code: str | None) -> str:
        """Return where a group is shown alone; "" where a filter of the same name is set already, or none would give exactly the group."""
        cleaned = listing.filterset.cleaned
        if code is None:
            return "" if "blank" in cleaned else listing.url(blank=[GROUPINGS[self.group].blank], page=None)
        if not code or self.group in cleaned:
            return ""
        only = {"unit_as": "answering"} if self.group == "unit" else {}
        return listing.url(**{self.group: [code]}, **only, page=None)
