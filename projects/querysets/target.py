"""Querysets of targets."""

from django.apps import apps
from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery

from erqi.common.sql import count_children


class TargetClaimQuerySet(QuerySet):
    """Claims; `standing` are those that nobody has withdrawn."""

    def standing(self) -> "TargetClaimQuerySet":
        """Return the claims that have not been withdrawn."""
        return self.filter(withdrawn_on=None)


class TargetQuerySet(QuerySet):
    """Targets of a year with their claims and readings."""

    def with_figure(self) -> "TargetQuerySet":
        """Annotate the adopted claim's `value`, `bound`, `wording` and the number of claims and of different figures."""
        claims = apps.get_model("projects", "TargetClaim").objects.filter(target=OuterRef("pk"), adopted=True)
        return self.annotate(
            value=Subquery(claims.values("value")[:1]),
            bound=Subquery(claims.values("bound")[:1]),
            wording=Subquery(claims.values("wording")[:1]),
            claim_count=count_children(self.model, "claims", withdrawn_on=None),
            figure_count=count_children(self.model, "claims", "value", withdrawn_on=None),
        )

    def years(self) -> dict[int, int]:
        """Return the number of targets by year, the latest year first."""
        return dict(self.order_by("-year").values("year").annotate(count=Count("pk")).values_list("year", "count"))

    def with_claims(self) -> "TargetQuerySet":
        """Fetch what a page shows of a target: scope, unit and project, the claims (adopted first) with their documents, readings."""
        claims = apps.get_model("projects", "TargetClaim").objects.standing().select_related("document", "adopted_by")
        return self.select_related("scope", "responsible", "project").prefetch_related(
            Prefetch("claims", queryset=claims.order_by("-adopted", "document__code")), "readings"
        )

    def for_list(self, year: int) -> "TargetQuerySet":
        """Return the year's targets with claims, documents and readings, in order: three queries whatever the number."""
        return self.filter(year=year).with_claims().with_figure().order_by(F("scope").asc(nulls_first=True), "seq", "pk")

    def for_unit(self, unit) -> "TargetQuerySet":
        """Return the targets that a unit answers for, the latest year first, with their claims."""
        return self.filter(responsible=unit).with_claims().with_figure().order_by("-year", "seq", "pk")
