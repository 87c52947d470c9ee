"""Supervision ledgers, on their list and in forms."""

from datetime import date

from django.db.models import Q, QuerySet


class ThemeQuerySet(QuerySet):
    """Supervision ledgers, numbered as printed."""

    def known(self, day: date) -> "ThemeQuerySet":
        """Return those that there were on the day: the document's, and what was opened by then."""
        return self.filter(Q(opened_on=None) | Q(opened_on__lte=day))
