"""Figures of a ledger: plain values out, no sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from erqi.common.numbers import ratio
from projects.querysets.ledger import standing
from projects.querysets.ledger_figures import Basis, with_figures


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


@dataclass(frozen=True)
class LedgerTotals:
    """What a filtered ledger adds up to. `count` are all rows, `entries` those that stand in the ledger on the day and count;
    `projects` counts each bundle (打捆) with the number of projects it stands for."""

    count: int
    entries: int
    projects: int
    total_investment: Amount
    annual_plan: Amount
    reported: Reported | None = None

    @property
    def gone(self) -> int:
        """Rows shown that had left the ledger by the day: they do not count."""
        return self.count - self.entries


def ledger_totals(entries: QuerySet, as_of: date, basis: Basis | None = None) -> LedgerTotals:
    """Return the totals of ledger entries in two queries, in one where no project is part of a bundle; with `basis` also what was
    done and planned (querysets.ledger_figures).

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
    found = entries.aggregate(
        count=Count("pk"),
        entries=Count("pk", filter=stands),
        projects=Sum(Coalesce("project__bundle_count", 1), filter=stands),
        parts=Count("project__bundle_of", filter=stands),
        **{f"{name}_sum": Sum(column, filter=stands & _counts(name)) for name, column in sums.items()},
        **{f"{name}_known": Count(column, filter=stands & _counts(name)) for name, column in sums.items()},
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
        )
    return LedgerTotals(found["count"], found["entries"], projects, amount("total"), amount("plan"), reported)


# What is summed of the figures: the rates take what was done by those that have a plan only.
REPORTED = {"done": "done", "planned": "planned", "whole": "whole", "done_of_planned": "done", "done_of_whole": "done"}
_ONLY_WITH = {"done_of_planned": "planned", "done_of_whole": "whole"}


def _counts(name: str) -> Q:
    return Q(**{f"{_ONLY_WITH[name]}__isnull": False}) if name in _ONLY_WITH else Q()


@dataclass(frozen=True)
class _Part:
    """An entry that stands beside a bundle it is part of: its key, for how many projects it stands, its figures, the bundles' figures."""

    key: int
    count: int
    own: dict[str, Decimal | None]
    holders: list[dict[str, Decimal | None]]

    def is_held(self, column: str) -> bool:
        """Say whether a bundle's figure holds this one already."""
        return self.own[column] is not None and any(holder[column] is not None for holder in self.holders)


def _parts(entries: QuerySet, columns: Iterable[str]) -> list[_Part]:
    """Return the entries that a bundle among the same entries stands above, with the figures of both: one query."""
    # A bundle between the two may be missing from the entries (it does not match the filter): its own bundle counts as well.
    keys = ("pk", "project_id", "project__bundle_of_id", "project__bundle_of__bundle_of_id", "project__bundle_count")
    names = sorted({*columns})
    rows = list(entries.filter(Q(project__bundle_of__isnull=False) | Q(project__bundle_count__isnull=False)).values_list(*keys, *names))
    bundles = {row[1]: dict(zip(names, row[5:], strict=True)) for row in rows if row[4] is not None}
    found = []
    for key, _, *above, count, own in ((*row[:5], dict(zip(names, row[5:], strict=True))) for row in rows):
        if holders := [bundles[project] for project in above if project in bundles]:
            found.append(_Part(key, 1 if count is None else count, own, holders))
    return found


def _counted_twice(entries: QuerySet, sums: dict[str, str]) -> dict[str, list]:
    """Return the figures of entries that a bundle among the same entries already holds."""
    twice: dict[str, list] = {name: [] for name in ("projects", *sums)}
    for part in _parts(entries, sums.values()):
        twice["projects"].append(part.count)
        for name, column in sums.items():
            if part.is_held(column) and (name not in _ONLY_WITH or part.own[_ONLY_WITH[name]] is not None):
                twice[name].append(part.own[column])
    return twice


def held_in_bundles(entries: QuerySet, columns: Iterable[str]) -> dict[int, frozenset[str]]:
    """Return, by entry (key) that is part of a bundle among the same entries, which of the columns the bundle's figure holds already:
    what must not be added again, as `ledger_totals` does not. One query."""
    columns = list(columns)
    return {part.key: frozenset(column for column in columns if part.is_held(column)) for part in _parts(entries.order_by(), columns)}
