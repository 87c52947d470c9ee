"""What a page that is driven is: its name, the account that opens it, its address, and what it is set against."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

# An earlier day: pages are read as of it too.
EARLIER = "2018-07-31"
# The export is set against the bare loop and not against a page.
WORKBOOK = "workbook"
LEDGER, OTHER, EXPORT = 0.5, 1.0, 1.3


@dataclass(frozen=True)
class Page:
    """A page: its name, the account that opens it, how it is addressed, and what it is set against."""

    name: str
    url_name: str
    args: tuple[Any, ...] = ()
    query: dict[str, str] = field(default_factory=dict)
    user: str = "office"
    bare: str = "bare"
    # At most so many times what the bare page costs; None: no budget is set for it.
    budget: float | None = None

    @property
    def url(self) -> str | None:
        """The address, None while there is no such page."""
        try:
            path = reverse(self.url_name, args=self.args)
        except NoReverseMatch:
            return None
        return f"{path}?{urlencode(self.query, safe=',')}" if self.query else path
