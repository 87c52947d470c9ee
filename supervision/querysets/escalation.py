"""Proposals to escalate, on their list and on desks."""

from datetime import date

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from supervision.choices import EscalationState
from supervision.querysets.acts import ActedQuerySet


class EscalationQuerySet(ActedQuerySet):
    """Proposals; `on_day` gives their state then."""

    def open(self) -> "EscalationQuerySet":
        """Return what awaits the supervision office, the gravest first."""
        return self.filter(state=EscalationState.PROPOSED).select_related("project", "unit").order_by("-weight", "since", "pk")

    def for_table(self, day: date) -> QuerySet:
        """Return what had been proposed by the day, as it stood then: what waits first, the gravest at the top, then what a notice is
        being drafted for, then what was decided last."""
        waits = Case(
            When(state_then=EscalationState.PROPOSED, then=Value(0)),
            When(state_then=EscalationState.DRAFTED, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return (
            self.on_day(day)
            .annotate(waits=waits, decided_by=F("acts__by_name"), opinion=F("acts__text"))
            .select_related("project", "unit", "notice")
            .order_by("waits", "-weight", "-acted_then", "-pk")
        )
