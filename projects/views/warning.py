"""The warnings board: the district ledger of a year by colour, as of a day, as cards or as a list."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from erqi.common import contributions
from erqi.common.list_state import Listing
from erqi.common.listing import ListView
from projects.choices import LEVELS, WarningLevel
from projects.filters.warning import NOBODY
from projects.models import LedgerEntry
from projects.querysets.warning import GRAVITY
from projects.sentences.policy import level_word
from projects.stats.warning import Overview, overview, read_circumstances, read_standings
from projects.tables.warning_cards import Cards
from projects.tables.warning_matrix import Line, lines_of, merged, narrowed
from projects.views.warning_parts import WarningPage, lifting_address, version_address

# A level with so many projects, beside other levels or alone, is drawn whole. Of a longer one so many are drawn: nobody reads on
# here, and the list has all of them.
MOST_CARDS, FIRST_CARDS = 60, 20
MOST_ALONE, FIRST_ALONE = 200, 60
# What is fetched of a project that is drawn.
DRAWN = ("pk", "project_id", "seq", "project__code", "project__name")
# So many lines of a compact group stand open.
OPEN_LINES = 30
COLUMNS = LEVELS[::-1]
# What is drawn as cards; all else is a line each.
CARDED = (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE)
GROUPS = {"unit": "责任单位", "category": "类别", "area": "片区"}


@dataclass(frozen=True)
class Group:
    """The projects of one level: how many, those drawn, and where all of them are."""

    level: WarningLevel
    word: str
    count: int
    html: SafeString
    # What stands folded behind the open part, and how many lines that are.
    folded: SafeString
    folded_count: int
    url: str
    more: int

    @property
    def code(self) -> str:
        return self.level.code


class WarningBoard(WarningPage):
    """The board, by default as cards in four columns; `?view=table` gives the list, `?screen=1` large type for a meeting room."""

    page_title = "四色预警"
    results_template = "projects/warning_results.html"
    noun = "个项目"
    empty_title = "没有符合条件的项目"
    exportable = True

    @property
    def is_table(self) -> bool:
        # What is exported of the board is its list.
        return self.request.GET.get("view") == "table" or self.wanted is not None

    @property
    def export_unit(self) -> str:
        return str(self.ledger.unit or "")

    @property
    def is_screen(self) -> bool:
        return self.request.GET.get("screen") == "1" and not self.is_table

    @property
    def template_name(self) -> str:
        return "projects/warning_table.html" if self.is_table else "projects/warning_board.html"

    @cached_property
    def group(self) -> str:
        asked = self.request.GET.get("group", "")
        return asked if asked in GROUPS else "unit"

    def kept(self) -> dict[str, str]:
        """Return what the addresses of this page keep."""
        found = dict(self.kept_year)
        if self.is_table:
            found["view"] = "table"
        if self.group != "unit":
            found["group"] = self.group
        if self.is_screen:
            found["screen"] = "1"
        return found

    def get_queryset(self) -> QuerySet:
        rows = LedgerEntry.objects.for_warnings(self.ledger, self.day.day)
        return rows.worst_first(self.day.day) if self.is_table else rows

    def show(self, request: HttpRequest) -> HttpResponseBase:
        return ListView.get(self, request) if self.is_table else super().show(request)

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**self.frame(listing), **super().list_context(listing), "extra_tools": "projects/warning_tools.html"}

    def frame(self, listing: Listing) -> dict[str, Any]:
        return {
            **super().frame(listing),
            "export": None if self.is_table else self.export_menu(listing, ticks=False),
            "is_table": self.is_table,
            "is_screen": self.is_screen,
            "views": [
                {"label": "卡片", "url": listing.url(view=None, cols=None, sort=None, page=None), "current": not self.is_table},
                {"label": "列表", "url": listing.url(view="table", group=None), "current": self.is_table},
            ],
            "screen_url": listing.url(screen="1"),
            "leave_url": listing.url(screen=None),
            "breadcrumbs": [{"label": "四色预警"}],
        }

    # The cards.

    @cached_property
    def card_links(self) -> list[Callable[[str, WarningLevel], tuple[str, str] | None]]:
        """What gives the cards their links, as far as the person may follow them."""
        return contributions.card_actions(self.request.user, self.day.day)

    @property
    def key(self) -> tuple[Any, ...]:
        return *super().key, tuple(f"{link.__module__}.{link.__qualname__}" for link in self.card_links)

    def results(self, listing: Listing) -> dict[str, Any]:
        """Return the matrix and the projects of each level."""
        day, year = self.day.day, self.ledger.year
        found = self.overview(listing)
        totals = found.totals
        records = self.records(found)
        read_standings([record for record in records if record.level in CARDED], self.versions, day)
        read_standings([record for record in records if record.level not in CARDED], self.versions, day, plain=True)
        read_circumstances(records, year, day)
        of_level: dict[WarningLevel, list[Any]] = {level: [] for level in GRAVITY}
        for record in sorted(records, key=lambda record: (record.standing.since if record.standing else date.max, record.seq)):
            of_level[record.level].append(record)
        cards = Cards(version_address, lifting_address, self.card_links)
        asked = set(listing.filterset.cleaned.get("colour", ()))
        groups = {level: self._group(level, of_level[level], totals[level], cards, listing) for level in GRAVITY}
        return {
            "columns": [groups[level] for level in COLUMNS if not asked or level.code in asked],
            "others": [groups[level] for level in GRAVITY if level not in COLUMNS and totals[level]],
            "count": totals.total(),
            "counted": [(groups[level].word, totals[level]) for level in GRAVITY if totals[level] or level in COLUMNS],
            "totals": [(level, groups[level].word, totals[level], listing.url(colour=level.code)) for level in GRAVITY],
            "matrix": self.matrix(listing, found.counts),
            "group_tabs": [
                {"label": f"按{label}", "url": listing.url(group=None if code == "unit" else code), "active": code == self.group}
                for code, label in GROUPS.items()
            ],
            "group_label": GROUPS[self.group],
        }

    def size_of(self, results: dict[str, Any]) -> int:
        return super().size_of(results) + 2 * sum(len(group.html) + len(group.folded) for group in results["columns"] + results["others"])

    def _group(self, level: WarningLevel, records: list[Any], count: int, cards: Cards, listing: Listing) -> Group:
        compact = level not in CARDED
        drawn = [cards.compact(record) if compact else cards.card(record) for record in records]
        first, rest = (drawn[:OPEN_LINES], drawn[OPEN_LINES:]) if compact else (drawn, [])
        version = self.versions.in_force(self.day.day)
        return Group(
            level,
            level_word(version.policy if version else None, level),
            count,
            SafeString("".join(first)),
            SafeString("".join(rest)),
            len(rest),
            listing.url(view="table", colour=level.code, group=None),
            count - len(records),
        )

    def overview(self, listing: Listing) -> Overview:
        """Return the counts by group and colour, and which projects are drawn."""
        alone = len(listing.filterset.cleaned.get("colour", ())) == 1
        most = (MOST_ALONE, FIRST_ALONE) if alone else (MOST_CARDS, FIRST_CARDS)
        if self.group == "unit":
            return overview(listing.filtered.with_answering_id(self.day.day), "answering_id", *most)
        return overview(listing.filtered, f"project__{self.group}", *most)

    @staticmethod
    def records(found: Overview) -> list[Any]:
        """Return the projects that are drawn, as plain objects: one query."""
        rows = LedgerEntry.objects.filter(pk__in=found.picked).values(*DRAWN)
        records = [SimpleNamespace(**row) for row in rows]
        for record in records:
            record.level, record.schedule_key = found.picked[record.pk]
        return records

    def matrix(self, listing: Listing, counts: dict[Any, Counter[WarningLevel]]) -> list[Line]:
        """Return the lines of counts; parts of a category or area are counted with their whole."""
        filterset = listing.filterset
        chosen = filterset.cleaned.get(self.group, [])
        names = {option.value: option.label for option in filterset.filters[self.group].options()}

        def url_of(values: list[str], level: WarningLevel | None) -> str:
            changes = {self.group: values} | ({"colour": level.code} if level is not None else {})
            return listing.url(**changes)

        if self.group == "unit":
            keyed = merged(counts, lambda key: NOBODY if key is None else str(key))
            return lines_of(keyed, lambda key: names.get(key, key), lambda key, level: url_of([key], level))
        tree = filterset.trees[self.group]
        keyed = merged(counts, lambda key: tree.root(key)[0])
        return lines_of(keyed, lambda key: names[key], lambda key, level: url_of(narrowed(chosen, key, tree.root_of), level))
