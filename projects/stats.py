"""Figures over many records, from grouped queries: plain values out, no sentences."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from projects.models import Project


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


def within(bundles: list[int]) -> Q:
    """Return the condition that an entry's project is part of one of the bundles, directly or over a bundle between them."""
    parts = Project.objects.filter(bundle_of__in=bundles).values("pk")
    return Q(project__bundle_of__in=bundles) | Q(project__bundle_of__in=parts)


def ledger_totals(entries: QuerySet, as_of: date) -> LedgerTotals:
    """Return the totals of ledger entries in two queries, whatever their number.

    A project that is listed beside the bundle it belongs to is one of those the bundle counts, and its money is part of the
    bundle's where the bundle has a figure: neither is added twice. Entries that had left by the day add nothing.
    """
    entries = entries.order_by()
    standing = Q(delisted_on=None) | Q(delisted_on__gt=as_of)
    bundles = list(
        entries.filter(standing, project__bundle_count__isnull=False).values_list("project_id", "project__total_investment", "annual_plan")
    )
    sums = {
        "count": Count("pk"),
        "entries": Count("pk", filter=standing),
        "projects": Sum(Coalesce("project__bundle_count", 1), filter=_outside([pk for pk, *_ in bundles]) & standing),
    }
    for name, column, place in (("total_investment", "project__total_investment", 1), ("annual_plan", "annual_plan", 2)):
        holders = [bundle[0] for bundle in bundles if bundle[place] is not None]
        counted = _outside(holders) & standing
        sums[f"{name}_sum"] = Sum(column, filter=counted)
        sums[f"{name}_known"] = Count(column, filter=counted)
        sums[f"{name}_all"] = Count(column, filter=standing)
    found = entries.aggregate(**sums)

    def amount(name: str) -> Amount:
        known = found[f"{name}_known"]
        return Amount(found[f"{name}_sum"], known, found[f"{name}_all"] - known)

    return LedgerTotals(found["count"], found["entries"], found["projects"] or 0, amount("total_investment"), amount("annual_plan"))


def _outside(bundles: list[int]) -> Q:
    return ~within(bundles) if bundles else Q()
