"""Figures of a ledger: plain values out, no sentences."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce


@dataclass(frozen=True)
class Amount:
    """A sum in 万元 (None: nobody has a figure), the rows that make it, and those whose figure a listed bundle already holds."""

    total: Decimal | None
    known: int
    inside: int


@dataclass(frozen=True)
class LedgerTotals:
    """What a filtered ledger adds up to. `count` are all rows, `entries` those that stand in the ledger on the day and count;
    `projects` counts each bundle (打捆) with the number of projects it stands for."""

    count: int
    entries: int
    projects: int
    total_investment: Amount
    annual_plan: Amount

    @property
    def gone(self) -> int:
        """Rows shown that had left the ledger by the day: they do not count."""
        return self.count - self.entries


def ledger_totals(entries: QuerySet, as_of: date) -> LedgerTotals:
    """Return the totals of ledger entries in two queries, in one where no project is part of a bundle.

    A project that is listed beside the bundle it belongs to is one of those the bundle counts, and its money is part of the
    bundle's where the bundle has a figure: neither is added twice. Entries that had left by the day add nothing.
    """
    entries = entries.order_by()
    standing = Q(delisted_on=None) | Q(delisted_on__gt=as_of)
    found = entries.aggregate(
        count=Count("pk"),
        entries=Count("pk", filter=standing),
        projects=Sum(Coalesce("project__bundle_count", 1), filter=standing),
        total=Sum("project__total_investment", filter=standing),
        total_known=Count("project__total_investment", filter=standing),
        plan=Sum("annual_plan", filter=standing),
        plan_known=Count("annual_plan", filter=standing),
        parts=Count("project__bundle_of", filter=standing),
    )
    twice = _counted_twice(entries.filter(standing)) if found["parts"] else {"projects": [], "total": [], "plan": []}

    def amount(name: str) -> Amount:
        known = found[f"{name}_known"] - len(twice[name])
        return Amount(found[name] - sum(twice[name]) if known else None, known, len(twice[name]))

    projects = (found["projects"] or 0) - sum(twice["projects"])
    return LedgerTotals(found["count"], found["entries"], projects, amount("total"), amount("plan"))


def _counted_twice(entries: QuerySet) -> dict[str, list]:
    """Return the figures of entries that a bundle among the same entries already holds."""
    # A bundle between the two may be missing from the entries (it does not match the filter): its own bundle counts as well.
    columns = ("project_id", "project__bundle_of_id", "project__bundle_of__bundle_of_id", "project__bundle_count")
    rows = list(
        entries.filter(Q(project__bundle_of__isnull=False) | Q(project__bundle_count__isnull=False)).values_list(
            *columns, "project__total_investment", "annual_plan"
        )
    )
    bundles = {row[0]: row for row in rows if row[3] is not None}
    twice: dict[str, list] = {"projects": [], "total": [], "plan": []}
    for _, *above, count, total, plan in rows:
        holders = [bundles[key] for key in above if key in bundles]
        if holders:
            twice["projects"].append(1 if count is None else count)
        if total is not None and any(holder[4] is not None for holder in holders):
            twice["total"].append(total)
        if plan is not None and any(holder[5] is not None for holder in holders):
            twice["plan"].append(plan)
    return twice
