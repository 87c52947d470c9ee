"""The state of supervision records on a day, read from their acts: what a page with `?as_of=` shows."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import F, OuterRef, QuerySet, Subquery

Q = TypeVar("Q", bound="ActedQuerySet")


def state_on(queryset: QuerySet, day: date) -> QuerySet:
    """Return the records that existed on the day, each with `state_then`, `due_then`, `unit_then` (key) as its last act up to the day
    left them, `acted_then` (the day of that act), and `began_on` (the day of its first act). One subquery per column."""
    acts = queryset.model._meta.get_field("acts").related_model.objects.order_by()
    name = acts.model.of
    known = acts.filter(**{name: OuterRef("pk")}, on__lte=day)
    last = known.order_by("-pk")
    return queryset.annotate(
        state_then=Subquery(last.values("to_state")[:1]),
        due_then=Subquery(last.values("due_on")[:1]),
        unit_then=Subquery(last.values("unit")[:1]),
        acted_then=Subquery(last.values("on")[:1]),
        began_on=Subquery(known.order_by("pk").values("on")[:1]),
    ).filter(state_then__isnull=False)


class ActedQuerySet(QuerySet):
    """Base of the query sets of records that have acts."""

    def on_day(self: Q, day: date) -> Q:
        """Return what existed on the day, with `state_then`, `due_then`, `unit_then`, `acted_then`, `began_on` (`state_on`)."""
        return state_on(self, day)

    def unfinished(self: Q) -> Q:
        """Return what is not finished now."""
        finals = self.model._meta.get_field("acts").related_model.machine.finals
        return self.exclude(state__in=finals)

    def counts_then(self, day: date) -> dict[str, int]:
        """Return how many records stood in each state on the day."""
        rows: Any = self.on_day(day).order_by().values_list("state_then", flat=True)
        found: dict[str, int] = {}
        for state in rows:
            found[state] = found.get(state, 0) + 1
        return found


def last_acts(record: Any, day: date) -> QuerySet:
    """Return the acts of a record up to the day, in their order, with the units that they were for."""
    return record.acts.filter(on__lte=day).select_related("unit").annotate(day=F("on")).order_by("pk")
