"""Leaders' questions as of a day."""

from datetime import date

from django.db.models import Case, F, Value, When

from supervision.choices import InquiryState
from supervision.querysets.acts import ActedQuerySet


class InquiryQuerySet(ActedQuerySet):
    """Leaders' questions."""

    def for_table(self, day: date) -> "InquiryQuerySet":
        """Return what had been asked by the day: what awaits an answer first, by its due day, then what awaits the leader."""
        order = Case(
            When(state_then=InquiryState.ASKED, then=Value(0)), When(state_then=InquiryState.ANSWERED, then=Value(1)), default=Value(2)
        )
        rows = self.on_day(day).select_related("project", "milestone", "unit", "person")
        return rows.annotate(_order=order).order_by("_order", F("due_then").asc(nulls_last=True), "-pk")

    def awaiting(self) -> "InquiryQuerySet":
        """Return what nobody has answered."""
        return self.filter(state=InquiryState.ASKED)

    def answered(self) -> "InquiryQuerySet":
        """Return what its leader has not read."""
        return self.filter(state=InquiryState.ANSWERED)
