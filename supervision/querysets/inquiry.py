"""Leaders' questions as of a day."""

from datetime import date

from django.db.models import Case, F, OuterRef, Subquery, Value, When

from supervision.choices import InquiryAction, InquiryState
from supervision.querysets.acts import ActedQuerySet


class InquiryQuerySet(ActedQuerySet):
    """Leaders' questions."""

    def told(self, day: date) -> "InquiryQuerySet":
        """Return them with what had been asked and answered by the day: `text_then`, `answer_then`, `answered_then`, `answerer_then`; and
        what was asked at first, by which it is called (`asked_first`)."""
        acts = self.model._meta.get_field("acts").related_model.objects.filter(inquiry=OuterRef("pk"), on__lte=day).order_by("-pk")
        answers = acts.filter(action=InquiryAction.ANSWER)
        return self.annotate(
            text_then=Subquery(acts.filter(action__in=[InquiryAction.ASK, InquiryAction.FURTHER]).values("text")[:1]),
            asked_first=Subquery(acts.order_by("pk").values("text")[:1]),
            answer_then=Subquery(answers.values("text")[:1]),
            answered_then=Subquery(answers.values("on")[:1]),
            answerer_then=Subquery(answers.values("by_name")[:1]),
        )

    def named_on(self, day: date) -> "InquiryQuerySet":
        """Return them as they were called on the day: by what had been asked last."""
        return self.told(day)

    def for_table(self, day: date) -> "InquiryQuerySet":
        """Return what had been asked by the day: what awaits an answer first, by its due day, then what awaits the leader (with `told`)."""
        order = Case(
            When(state_then=InquiryState.ASKED, then=Value(0)), When(state_then=InquiryState.ANSWERED, then=Value(1)), default=Value(2)
        )
        rows = self.on_day(day).select_related("project", "milestone", "unit", "person")
        return rows.told(day).annotate(_order=order).order_by("_order", F("due_then").asc(nulls_last=True), "-pk")

    def awaiting(self) -> "InquiryQuerySet":
        """Return what nobody has answered."""
        return self.filter(state=InquiryState.ASKED)

    def answered(self) -> "InquiryQuerySet":
        """Return what its leader has not read."""
        return self.filter(state=InquiryState.ANSWERED)
