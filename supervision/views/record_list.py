"""What the lists of supervision records share: a day, tabs by state, a table and filters that know the day; order, pages and figures are
kept until the data change (erqi.common.kept)."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet

from erqi.common import clock
from erqi.common.asof import AsOf, as_of
from erqi.common.kept import Keeper
from erqi.common.listing import Listing, ListView
from projects.views.day import day_context, tab_url
from supervision.querysets.acts import counted_states

T = TypeVar("T")


class KeptList(ListView):
    """A list whose order and pages are kept, as of a day."""

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper()

    def seen_as(self) -> Hashable:
        """Return what the rows and their cells depend on besides day and filters: what whoever looks may see."""
        return None

    @cached_property
    def kept_key(self) -> Hashable:
        # What is late, or due, is said from the business day on.
        return (self.request.path, self.day.day, clock.today(), self.seen_as())

    def kept_as(self) -> tuple[Keeper, Hashable]:
        return self.keeper, self.kept_key

    def kept(self, name: str, compute: Callable[[], T]) -> T:
        """Return what is computed for everybody who sees this list of the day alike, kept until the data change."""
        return self.keeper.get((self.kept_key, name), compute)

    def filter_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day, "kept": self.kept}

    def table_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day}

    def counts(self, rows: QuerySet) -> dict[str, int]:
        """Return how many of the rows stood in each state on the day."""
        return self.kept("states", lambda: counted_states(rows))


class RecordList(KeptList):
    """A list of records that have acts. A subclass says `tabs` (label, states; none: all), `day_title`, and gives the rows."""

    permission = "business.view"
    template_name = "supervision/record_list.html"
    shows_day = True
    noun = "条"
    tabs: ClassVar[list[tuple[str, tuple[str, ...]]]] = []
    day_title = "查看某一天的状态"
    lead = ""

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, self.day_title)}

    def buttons(self) -> list[tuple[str, str, str]]:
        """Return the page's buttons: label, address, icon."""
        return []

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": self.page_title}]

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts = self.counts(self.get_queryset())
        chosen = listing.filterset.cleaned.get("state", [])
        return {
            "tabs": [
                {
                    "label": label,
                    "url": tab_url(self.request.path, self.day, states),
                    "active": sorted(chosen) == sorted(states),
                    "count": sum(counts.get(state, 0) for state in states) if states else sum(counts.values()),
                }
                for label, states in self.tabs
            ],
            "lead": self.lead,
            "list_buttons": self.buttons(),
            "breadcrumbs": self.breadcrumbs(),
        }
