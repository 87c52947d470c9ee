"""What the filters offer is kept by their list until the data change (supervision.views.record_list)."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from erqi.common.filters import Option

# Gives what is kept under a name, else what the function computes, which is kept.
Kept = Callable[[str, Callable[[], Any]], Any]


def computed(name: str, compute: Callable[[], Any]) -> Any:
    """Keep nothing."""
    return compute()


def unit_options(units: QuerySet) -> list[Option]:
    """Return the units by pinyin."""
    return [Option(str(pk), name) for pk, name in units.order_by("sort_key", "pk").values_list("pk", "name")]
