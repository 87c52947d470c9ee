"""Querysets of milestones."""

from datetime import date

from django.apps import apps
from django.db.models import Case, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from erqi.common import clock
from projects.choices import DecisionState
from projects.rules.stage import STAGE_OF_MILESTONE


def due_then(as_of: date) -> Case | F:
    """Return the expression of a milestone's date in force on the day (rules.milestone.value_on, as SQL)."""
    if as_of >= clock.today():
        return F("due_on")
    changes = apps.get_model("projects", "DateChange").objects
    later = changes.filter(milestone=OuterRef("pk"), recorded_on__gt=as_of).order_by("recorded_on", "pk")
    # What a later change moved was due, on the day, on the date that it was moved from.
    return Case(When(Exists(later), then=Subquery(later.values("from_due_on")[:1])), default=F("due_on"))


def done_then(as_of: date) -> Case | F:
    """Return the expression of a milestone's day of completion as it was known on the day (rules.milestone.value_on, as SQL)."""
    if as_of >= clock.today():
        return F("done_on")
    updates = apps.get_model("projects", "MilestoneUpdate").objects
    later = updates.filter(milestone=OuterRef("pk"), changes_done=True, recorded_on__gt=as_of).order_by("recorded_on", "pk")
    return Case(When(Exists(later), then=Subquery(later.values("from_done_on")[:1])), default=F("done_on"))


def due_when_asked() -> Coalesce:
    """Return the expression of the date from which a request (the outer row) asked to move: what the first change after it replaced."""
    changes = apps.get_model("projects", "DateChange").objects
    later = changes.filter(milestone=OuterRef("milestone"), created_at__gt=OuterRef("created_at")).order_by("created_at", "pk")
    return Coalesce(Subquery(later.values("from_due_on")[:1]), "milestone__due_on")


class MilestoneQuerySet(QuerySet):
    """Milestones as of a day: known, done, open."""

    def known(self, as_of: date) -> "MilestoneQuerySet":
        """Return the milestones that were planned by the day (rules.milestone.known, as SQL)."""
        return self.filter(Q(recorded_on=None) | Q(recorded_on__lte=as_of))

    def done(self, as_of: date) -> "MilestoneQuerySet":
        """Return the milestones that were known, on the day, to be done."""
        known = Q(_done_then__lte=as_of) | Q(_done_then=None, done_known_on__lte=as_of)
        return self.alias(_done_then=done_then(as_of)).filter(known)

    def open(self, as_of: date) -> "MilestoneQuerySet":
        """Return the milestones that were not known, on the day, to be done."""
        # Said positively: an exclusion would drop what has no date, since NOT NULL is NULL in SQL.
        unknown = Q(_done_then=None) & (Q(done_known_on=None) | Q(done_known_on__gt=as_of))
        return self.alias(_done_then=done_then(as_of)).filter(Q(_done_then__gt=as_of) | unknown)

    def furthest_stage(self) -> "MilestoneQuerySet":
        """Reduce milestones to one row per project with `stage`: the same mapping as rules.stage, as SQL."""
        whens = [When(kind=kind, then=Value(int(stage))) for kind, stage in STAGE_OF_MILESTONE.items()]
        return (
            self.order_by().values("project").annotate(stage=Max(Case(*whens, default=None, output_field=IntegerField()))).values("stage")
        )

    def for_project(self) -> "MilestoneQuerySet":
        """Return milestones in the order of the project page: by current date, undated ones last, with changes, updates, requests."""
        return self.prefetch_related("date_changes", "updates", "date_requests").order_by("year", Coalesce("due_on", Value(date.max)), "pk")


class MilestoneUpdateQuerySet(QuerySet):
    """What was said of milestones."""

    def deciding(self) -> "MilestoneUpdateQuerySet":
        """Return the updates that changed whether their milestone is done, in the order of recording."""
        return self.filter(changes_done=True).order_by("recorded_on", "pk")

    def known(self, as_of: date) -> "MilestoneUpdateQuerySet":
        """Return the updates recorded by the day."""
        return self.filter(recorded_on__lte=as_of)


class DateRequestQuerySet(QuerySet):
    """Requests to move a milestone's date."""

    def with_before(self) -> "DateRequestQuerySet":
        """Annotate `before`: the date that stood when it was asked to be moved."""
        return self.annotate(before=due_when_asked())

    def pending(self) -> "DateRequestQuerySet":
        """Return the requests that await a decision."""
        return self.filter(state=DecisionState.PENDING)

    def for_list(self) -> "DateRequestQuerySet":
        """Return requests with their milestone and project, the latest first."""
        return self.select_related("milestone__project").order_by("-pk")
