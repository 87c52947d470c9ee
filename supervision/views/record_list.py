"""What the lists of supervision records share: a day, tabs by state, a table and filters that know the day."""

from functools import cached_property
from typing import Any, ClassVar

from erqi.common.asof import AsOf, as_of
from erqi.common.listing import Listing, ListView
from projects.views.day import day_context, tab_url


class RecordList(ListView):
    """A list of records that have acts. A subclass says `tabs` (label, states; none: all), `day_title`, and gives the rows."""

    permission = "business.view"
    template_name = "supervision/record_list.html"
    shows_day = True
    noun = "条"
    tabs: ClassVar[list[tuple[str, tuple[str, ...]]]] = []
    day_title = "查看某一天的状态"
    lead = ""

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    def filter_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day}

    def table_options(self) -> dict[str, Any]:
        return {"as_of": self.day.day}

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {**super().list_context(listing), **day_context(self.day, self.day_title)}

    def buttons(self) -> list[tuple[str, str, str]]:
        """Return the page's buttons: label, address, icon."""
        return []

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": self.page_title}]

    def get_context(self, listing: Listing) -> dict[str, Any]:
        counts: dict[str, int] = {}
        for state in self.get_queryset().order_by().values_list("state_then", flat=True):
            counts[state] = counts.get(state, 0) + 1
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
