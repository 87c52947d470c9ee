"""Querysets of holds."""

from datetime import date

from django.db.models import Q, QuerySet

from projects.choices import DecisionState


class HoldQuerySet(QuerySet):
    """Holds as of a day."""

    def pending(self) -> "HoldQuerySet":
        """Return the requests that await a decision."""
        return self.filter(state=DecisionState.PENDING)

    def approved(self) -> "HoldQuerySet":
        """Return the holds that were granted."""
        return self.filter(state=DecisionState.APPROVED)

    def covering(self, day: date) -> "HoldQuerySet":
        """Return the granted holds that cover the day."""
        return self.approved().filter(Q(ended_on=None) | Q(ended_on__gt=day), since__lte=day, until__gte=day)

    def for_list(self) -> "HoldQuerySet":
        """Return holds with their project, the latest first."""
        return self.select_related("project").order_by("-pk")
