"""Querysets of targets."""

from django.apps import apps
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from erqi.common.sql import count_children


class TargetQuerySet(QuerySet):
    def with_figure(self) -> "TargetQuerySet":
        """Annotate the adopted claim's `value`, `bound`, `wording` and the number of claims and of different figures."""
        claims = apps.get_model("projects", "TargetClaim").objects.filter(
            target=OuterRef("pk"), adopted=True
        )
        return self.annotate(
            value=Subquery(claims.values("value")[:1]),
            bound=Subquery(claims.values("bound")[:1]),
            wording=Subquery(claims.values("wording")[:1]),
            claim_count=count_children(self.model, "claims"),
            figure_count=count_children(self.model, "claims", "value"),
        )

    def for_list(self, year: int) -> "TargetQuerySet":
        """Return the year's targets with claims, documents and readings, in order: three queries whatever the number."""
        claims = apps.get_model("projects", "TargetClaim").objects.select_related(
            "document", "adopted_by"
        )
        return (
            self.filter(year=year)
            .select_related("scope", "responsible", "project")
            .with_figure()
            .prefetch_related(
                Prefetch(
                    "claims", queryset=claims.order_by("-adopted", "document__code")
                ),
                "readings",
            )
            .order_by(F("scope").asc(nulls_first=True), "seq", "pk")
        )
