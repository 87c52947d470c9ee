"""Rows that hold from one business day to another: the state of any day is one condition away."""

from datetime import date

from django.db.models import Q, QuerySet


def valid_on(day: date, prefix: str = "") -> Q:
    """Return the condition that a row holds on the day; `prefix` leads to it ("schedules__")."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gt": day}))


class RevisionQuerySet(QuerySet):
    """Revisions of something over time."""

    def on(self, day: date) -> "RevisionQuerySet":
        """Return the revisions that hold on the day."""
        return self.filter(valid_on(day))
