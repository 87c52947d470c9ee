"""Totals of a year's investment plans. Plain values."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from projects.querysets.plan import QUARTERS


@dataclass(frozen=True)
class PlanTotals:
    """What the entries of a list plan together, 万元. What a bundle's plan holds already is not added again."""

    count: int
    planned: int
    annual: Decimal | None
    sums: dict[int, Decimal | None]

    @property
    def year(self) -> Decimal | None:
        """What is planned for the whole year."""
        return self.sums[QUARTERS[-1]]

    @property
    def unplanned(self) -> int:
        return self.count - self.planned


def plan_totals(entries: QuerySet) -> PlanTotals:
    """Return the totals of ledger entries annotated by querysets.plan.with_plan: one query."""
    once = Q(inside_bundle=False)
    found = entries.order_by().aggregate(
        count=Count("pk"),
        planned=Count("planned_12"),
        annual=Sum("annual_plan", filter=once),
        **{f"sum_{month}": Sum(f"planned_{month}", filter=once) for month in QUARTERS},
    )
    return PlanTotals(found["count"], found["planned"], found["annual"], {month: found[f"sum_{month}"] for month in QUARTERS})
