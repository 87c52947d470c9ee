"""Findings of untrue reporting as of a day."""

from collections.abc import Collection
from datetime import date

from django.db.models import Case, F, OuterRef, Subquery, Value, When

from supervision.choices import FindingAction
from supervision.querysets.acts import ActedQuerySet
from supervision.querysets.item import item_name
from supervision.rules.finding import STANDING


class FindingQuerySet(ActedQuerySet):
    """Findings."""

    def told(self, day: date) -> "FindingQuerySet":
        """Return them with what the unit had said last by the day: `corrected_then`, `explanation_then` (NULL: nothing yet)."""
        acts = self.model._meta.get_field("acts").related_model.objects
        said = acts.filter(finding=OuterRef("pk"), on__lte=day, action=FindingAction.EXPLAIN).order_by("-pk")
        return self.annotate(corrected_then=Subquery(said.values("corrected")[:1]), explanation_then=Subquery(said.values("text")[:1]))

    def for_table(self, day: date) -> "FindingQuerySet":
        """Return what had been found by the day: what stands first, the longest standing before the others (with `told`, and `item_said`,
        what its item was called then)."""
        settled = Case(When(state_then__in=STANDING, then=Value(0)), default=Value(1))
        rows = self.on_day(day).select_related("unit", "project", "item", "inspection")
        return rows.told(day).annotate(item_said=item_name(day), _settled=settled).order_by("_settled", F("raised_on").asc(), "pk")

    def standing(self, day: date) -> "FindingQuerySet":
        """Return what was shown beside the colours on the day."""
        return self.on_day(day).filter(state_then__in=STANDING)

    def standing_of(self, projects: Collection[int], day: date) -> "FindingQuerySet":
        """Return what stood against the projects (keys) on the day."""
        return self.filter(project__in=projects).standing(day).order_by("pk")
