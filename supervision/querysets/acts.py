"""The state of supervision records on a day, read from their acts: what a page with `?as_of=` shows.

The last act up to the day is found once for each record (by the index on record and key) and joined; what it kept is read from there.
"""

from datetime import date
from typing import Any, TypeVar

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

Q = TypeVar("Q", bound="ActedQuerySet")


def state_on(queryset: QuerySet, day: date) -> QuerySet:
    """Return the records that existed on the day, each with `state_then`, `due_then`, `unit_then` (key) as its last act up to the day
    left them, and `acted_then` (the day of that act). What else that act kept is `acts__…` in the annotations that follow."""
    acts = queryset.model._meta.get_field("acts").related_model.objects.order_by()
    last = acts.filter(**{acts.model.of: OuterRef("pk")}, on__lte=day).order_by("-pk").values("pk")[:1]
    # Of the acts that are joined one is left: conditions that follow look at acts of their own.
    return queryset.filter(acts__pk=Subquery(last)).annotate(
        state_then=F("acts__to_state"),
        due_then=F("acts__due_on"),
        unit_then=F("acts__unit"),
        acted_then=F("acts__on"),
    )


class ActedQuerySet(QuerySet):
    """Base of the query sets of records that have acts."""

    def on_day(self: Q, day: date) -> Q:
        """Return what existed on the day, with `state_then`, `due_then`, `unit_then`, `acted_then` (`state_on`)."""
        return state_on(self, day)

    def unfinished(self: Q) -> Q:
        """Return what is not finished now."""
        finals = self.model._meta.get_field("acts").related_model.machine.finals
        return self.exclude(state__in=finals)

    def counts_then(self, day: date) -> dict[str, int]:
        """Return how many records stood in each state on the day."""
        return counted_states(self.on_day(day))


def counted_states(rows: QuerySet) -> dict[str, int]:
    """Return how many of the rows, read with `on_day`, stood in each state: one query."""
    counted: Any = rows.order_by().values_list("state_then").annotate(Count("pk"))
    return dict(counted)


def last_acts(record: Any, day: date) -> QuerySet:
    """Return the acts of a record up to the day, in their order, with the units that they were for."""
    return record.acts.filter(on__lte=day).select_related("unit").annotate(day=F("on")).order_by("pk")
