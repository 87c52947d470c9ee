"""Querysets of milestones."""

from datetime import date

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from projects.rules.stage import STAGE_OF_MILESTONE


def done_by(day: date) -> Q:
    """Return the condition that a milestone is known to be done on the day."""
    return Q(done_on__lte=day) | Q(done_on=None, done_known_on__lte=day)


class MilestoneQuerySet(QuerySet):
    """Milestones as of a day: known, done, open."""

    def known(self, as_of: date) -> "MilestoneQuerySet":
        """Return the milestones that were planned by the day (rules.milestone.known, as SQL)."""
        return self.filter(Q(recorded_on=None) | Q(recorded_on__lte=as_of))

    def done(self, as_of: date) -> "MilestoneQuerySet":
        """Return the milestones known to be done on the day."""
        return self.filter(done_by(as_of))

    def open(self, as_of: date) -> "MilestoneQuerySet":
        """Return the milestones not known to be done on the day."""
        return self.exclude(done_by(as_of))

    def furthest_stage(self) -> "MilestoneQuerySet":
        """Reduce milestones to one row per project with `stage`: the same mapping as rules.stage, as SQL."""
        whens = [When(kind=kind, then=Value(int(stage))) for kind, stage in STAGE_OF_MILESTONE.items()]
        return (
            self.order_by().values("project").annotate(stage=Max(Case(*whens, default=None, output_field=IntegerField()))).values("stage")
        )

    def for_project(self) -> "MilestoneQuerySet":
        """Return milestones in the order of the project page: by current date, undated ones last, with date changes."""
        return self.prefetch_related("date_changes").order_by("year", Coalesce("due_on", Value(date.max)), "pk")
