"""The one clock. Every rule and page asks here for the business date; nothing else reads the calendar.

A demonstration or training installation has a fixed business date: from ERQI_TODAY, or from the installation record that the
seed wrote. It is read once per process and database, since it never changes while a server runs. A simulation lives through
days of its own: `at`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.conf import settings
from django.db import connection
from django.utils import timezone

_fixed: dict[str, date | None] = {}
_at: ContextVar[date | None] = ContextVar("business_date", default=None)


def fixed_today() -> date | None:
    """Return the fixed business date of this installation, or None when the calendar rules."""
    if settings.FIXED_TODAY:
        return settings.FIXED_TODAY
    name = str(connection.settings_dict["NAME"])
    if name not in _fixed:
        # Inline: settings import this package before models can be loaded.
        from erqi.common.models import Installation  # noqa: PLC0415

        _fixed[name] = Installation.objects.values_list("fixed_today", flat=True).first()
    return _fixed[name]


def today() -> date:
    """Return the business date: that of `at`, else the fixed one, else today's date in the district's time zone."""
    return _at.get() or fixed_today() or timezone.localdate()


@contextmanager
def at(day: date) -> Iterator[None]:
    """Let `day` be the business date within the block, for this thread only; an inner block wins over an outer one.

    For simulations, which write as of days long past, and for tests. A history context takes its business date when it is
    opened, so `recorded_as` belongs inside.
    """
    token = _at.set(day)
    try:
        yield
    finally:
        _at.reset(token)


def forget() -> None:
    """Read the installation's fixed date again at the next call (after it was set)."""
    _fixed.clear()
