"""Figures of a ledger: plain values out, no sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from erqi.common.numbers import ratio
from projects.querysets.ledger import standing
from projects.querysets.ledger_figures import Basis, with_figures
from projects.rules.bundle import Part, held_twice, holders, is_held


@dataclass(frozen=True)
class Amount:
    """A sum in 万元 (None: nobody has a figure), the rows that make it, and those whose figure a listed bundle already holds."""

    total: Decimal | None
    known: int
    inside: int


@dataclass(frozen=True)
class Reported:
    """What the rows have done since January against what is planned to date and for the year, 万元.

    The rates compare like with like: over the rows that have a plan, with nothing done where nothing was reported; they are computed
    from the sums, never averaged. What a bundle's report and plan hold already is not added again.
    """

    done: Amount
    planned: Amount
    of_plan: Decimal | None
    of_year: Decimal | None
    # Whether simulated reports, or plans, are among what is added.
    done_simulated: bool = False
    planned_simulated: bool = False


@dataclass(frozen=True)
class LedgerTotals:
    """What a filtered ledger adds up to. `count` are all rows, `entries` those that stand in the ledger on the day and count;
    `projects` counts each bundle (打捆) with the number of projects it stands for; `inside` of the entries belong to a bundle that is
    among them. `quantity` is in `quantity_unit`, which is None where the entries have several."""

    count: int
    entries: int
    projects: int
    total_investment: Amount
    annual_plan: Amount
    reported: Reported | None = None
    inside: int = 0
    quantity: Amount | None = None
    quantity_unit: str | None = ""

    @property
    def bundled(self) -> int:
        """The entries, each bundle with its listed parts as one (打捆为)."""
        return self.entries - self.inside

    @property
    def gone(self) -> int:
        """Rows shown that had left the ledger by the day: they do not count."""
        return self.count - self.entries


def ledger_totals(entries: QuerySet, as_of: date, basis: Basis | None = None, *, quantity: bool = False) -> LedgerTotals:
    """Return the totals of ledger entries in two queries, in one where no project is part of a bundle; with `basis` also what was
    done and planned (querysets.ledger_figures), with `quantity` also the quantities.

    A project that is listed beside the bundle it belongs to is one of those the bundle counts, and its money is part of the
    bundle's where the bundle has a figure: neither is added twice. Entries that had left by the day add nothing.
    """
    entries = entries.order_by()
    stands = standing(as_of)
    sums = {"total": "project__total_investment", "plan": "annual_plan"}
    if basis is not None:
        if "done" not in entries.query.annotations:
            entries = with_figures(entries, basis)
        sums |= REPORTED
    more = {}
    if basis is not None:
        played = {"played": Q(counted__simulated=True), "plans_played": Q(figures_plan__simulated=True)}
        more |= {name: Count("pk", filter=stands & condition) for name, condition in played.items()}
    if quantity:
        sums["quantity"] = "project__quantity"
        measured = stands & Q(project__quantity__isnull=False)
        more |= {f"unit_{name}": one("project__quantity_unit", filter=measured) for name, one in (("first", Min), ("last", Max))}
    found = entries.aggregate(
        count=Count("pk"),
        entries=Count("pk", filter=stands),
        projects=Sum(Coalesce("project__bundle_count", 1), filter=stands),
        parts=Count("project__bundle_of", filter=stands),
        **{f"{name}_sum": Sum(column, filter=stands & _counts(name)) for name, column in sums.items()},
        **{f"{name}_known": Count(column, filter=stands & _counts(name)) for name, column in sums.items()},
        **more,
    )
    twice = _counted_twice(entries.filter(stands), sums) if found["parts"] else {}

    def amount(name: str) -> Amount:
        again = twice.get(name, [])
        known = found[f"{name}_known"] - len(again)
        return Amount(found[f"{name}_sum"] - sum(again) if known else None, known, len(again))

    projects = (found["projects"] or 0) - sum(twice.get("projects", []))
    reported = None
    if basis is not None:
        amounts = {name: amount(name) for name in REPORTED}
        reported = Reported(
            amounts["done"],
            amounts["planned"],
            ratio(amounts["done_of_planned"].total or 0, amounts["planned"].total),
            ratio(amounts["done_of_whole"].total or 0, amounts["whole"].total),
            done_simulated=bool(found["played"]),
            planned_simulated=bool(found["plans_played"]),
        )
    return LedgerTotals(
        found["count"],
        found["entries"],
        projects,
        amount("total"),
        amount("plan"),
        reported,
        inside=len(twice.get("projects", [])),
        quantity=amount("quantity") if quantity else None,
        quantity_unit=found["unit_first"] if quantity and found["unit_first"] == found["unit_last"] else None,
    )


# What is summed of the figures: the rates take what was done by those that have a plan only.
REPORTED = {"done": "done", "planned": "planned", "whole": "whole", "done_of_planned": "done", "done_of_whole": "done"}
_ONLY_WITH = {"done_of_planned": "planned", "done_of_whole": "whole"}


def _counts(name: str) -> Q:
    return Q(**{f"{_ONLY_WITH[name]}__isnull": False}) if name in _ONLY_WITH else Q()


def _parts(entries: QuerySet, columns: Iterable[str]) -> dict[int, Part]:
    """Return the entries that are bundles or part of one, by their keys, with their figures: one query."""
    keys = ("pk", "project_id", "project__bundle_of_id", "project__bundle_of__bundle_of_id", "project__bundle_count")
    names = sorted({*columns})
    rows = entries.filter(Q(project__bundle_of__isnull=False) | Q(project__bundle_count__isnull=False)).values_list(*keys, *names)
    return {row[0]: Part(row[1], row[2:4], row[4], dict(zip(names, row[5:], strict=True))) for row in rows}


def _counted_twice(entries: QuerySet, sums: dict[str, str]) -> dict[str, list]:
    """Return the figures of entries that a bundle among the same entries already holds (rules.bundle)."""
    return held_twice(_parts(entries, sums.values()).values(), sums, _ONLY_WITH)


def held_in_bundles(entries: QuerySet, columns: Iterable[str]) -> dict[int, frozenset[str]]:
    """Return, by entry (key) that is part of a bundle among the same entries, which of the columns the bundle's figure holds already:
    what must not be added again, as `ledger_totals` does not. One query."""
    columns = list(columns)
    parts = _parts(entries.order_by(), columns)
    return {
        key: frozenset(column for column in columns if is_held(part, around, column))
        for key, (part, around) in zip(parts, holders(parts.values()), strict=True)
        if around
    }
