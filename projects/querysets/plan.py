"""Ledger entries with the investment plan of their year."""

from datetime import date

from django.db.models import BooleanField, Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When

from projects.querysets.report import InvestmentPlanQuerySet
from projects.querysets.revision import valid_on

# The months whose cumulative amounts a list shows: the ends of the quarters.
QUARTERS = (3, 6, 9, 12)


def with_plan(entries: QuerySet, year: int, day: date, plans: InvestmentPlanQuerySet) -> QuerySet:
    """Annotate the plan of the year that stands on the day: `planned_3` … `planned_12` (cumulative, NULL without one), `planned_on` (since
    when it stands), `plan_simulated`, and `inside_bundle`: whether its amounts are part of a bundle's that has a plan itself.

    `plans` are all plans. Never multiplies rows.
    """
    condition = Q(project__plans__year=year) & valid_on(day, "project__plans__")
    bundles = plans.on(day).filter(year=year, project=OuterRef("project__bundle_of"))
    return entries.annotate(
        plan=FilteredRelation("project__plans", condition=condition),
        planned_on=F("plan__valid_from"),
        plan_simulated=F("plan__simulated"),
        inside_bundle=Case(When(project__bundle_of=None, then=Value(False)), default=Exists(bundles), output_field=BooleanField()),
        **{f"planned_{month}": F(f"plan__month_{month}") for month in QUARTERS},
    )
