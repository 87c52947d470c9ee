"""Findings of untrue reporting as of a day."""

from collections.abc import Collection
from datetime import date

from django.db.models import Case, F, Value, When

from supervision.choices import FindingState
from supervision.querysets.acts import ActedQuerySet

STANDING = (FindingState.OPEN, FindingState.EXPLAINED, FindingState.CHECKED)


class FindingQuerySet(ActedQuerySet):
    """Findings."""

    def for_table(self, day: date) -> "FindingQuerySet":
        """Return what had been found by the day: what stands first, the longest standing before the others."""
        settled = Case(When(state_then__in=STANDING, then=Value(0)), default=Value(1))
        rows = self.on_day(day).select_related("unit", "project", "item", "inspection")
        return rows.annotate(_settled=settled).order_by("_settled", F("raised_on").asc(), "pk")

    def standing(self, day: date) -> "FindingQuerySet":
        """Return what was shown beside the colours on the day."""
        return self.on_day(day).filter(state_then__in=STANDING)

    def standing_of(self, projects: Collection[int], day: date) -> "FindingQuerySet":
        """Return what stood against the projects (keys) on the day."""
        return self.filter(project__in=projects).standing(day).order_by("pk")
