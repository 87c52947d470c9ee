"""What the cockpit shows of a year's ledger on a day: sums by month, counts by stage and colour. Plain values, constant queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from erqi.common.dates import month_end
from projects.choices import Curve, WarningLevel
from projects.models import CountedReport
from projects.querysets.ledger_figures import Basis, with_figures
from projects.querysets.revision import valid_on
from projects.rules.progress import time_share

MONTHS = range(1, 13)


@dataclass(frozen=True)
class MonthPoint:
    """The year up to a month: the day on which it is read (the month's end; the day of the page in its own month, None after it), what
    was done by then as it was known then, what is planned to the month as planned on the day of the page. 万元."""

    month: int
    day: date | None
    done: Decimal | None
    planned: Decimal | None


def course(entries: QuerySet, basis: Basis) -> list[MonthPoint]:
    """Return the twelve months of a year for ledger entries: at most five queries.

    Each month's sum is what the ledger's total says on that day (stats.ledger): what a bundle reports or plans already holds what its
    members do.
    """
    entries = entries.order_by()
    holders = _holders(entries)
    alone = entries.exclude(project__in=holders) if holders else entries
    days = {month: _read_on(basis, month) for month in MONTHS}
    done = _done(alone, holders, basis.year, days)
    planned = _planned(entries, alone, holders, basis)
    return [MonthPoint(month, days[month], done[month], planned[month]) for month in MONTHS]


def _read_on(basis: Basis, month: int) -> date | None:
    end = month_end(basis.year, month)
    if end <= basis.day:
        return end
    return basis.day if (basis.day.year, basis.day.month) == (basis.year, month) else None


def _holders(entries: QuerySet) -> dict[int, list[int]]:
    """Return, by project that is part of a bundle, those bundles above it that stand among the entries too."""
    columns = ("project_id", "project__bundle_of_id", "project__bundle_of__bundle_of_id")
    parts = list(entries.filter(project__bundle_of__isnull=False).values_list(*columns))
    if not parts:
        return {}
    above = {key for _, *keys in parts for key in keys if key}
    there = set(entries.filter(project__in=above).values_list("project_id", flat=True))
    found = {project: [key for key in keys if key in there] for project, *keys in parts}
    return {project: keys for project, keys in found.items() if keys}


def _done(alone: QuerySet, holders: dict[int, list[int]], year: int, days: dict[int, date | None]) -> dict[int, Decimal | None]:
    path = "project__counted_reports__"
    of_year = Q(**{f"{path}year": year})
    asked = {month: day for month, day in days.items() if day is not None}
    sums = {f"m{month}": Sum(f"{path}cumulative", filter=of_year & valid_on(day, path)) for month, day in asked.items()}
    found = alone.aggregate(**sums) if sums else {}
    held: dict[int, list[tuple[date, date | None, Decimal | None]]] = {}
    if holders:
        reports = CountedReport.objects.of_year(year).filter(project__in=_bundles_and_parts(holders))
        for project, *row in reports.values_list("project_id", "valid_from", "valid_until", "cumulative"):
            held.setdefault(project, []).append(tuple(row))

    def value(project: int, day: date) -> Decimal | None:
        for since, until, amount in held.get(project, ()):
            if since <= day and (until is None or day < until):
                return amount
        return None

    result: dict[int, Decimal | None] = dict.fromkeys(MONTHS)
    for month, day in asked.items():
        more = [value(project, day) for project, keys in holders.items() if all(value(key, day) is None for key in keys)]
        result[month] = _sum([found[f"m{month}"], *more])
    return result


def _planned(entries: QuerySet, alone: QuerySet, holders: dict[int, list[int]], basis: Basis) -> dict[int, Decimal | None]:
    monthly = basis.curve == Curve.MONTHLY_PLAN
    names = [f"figures_plan__month_{month}" for month in MONTHS] if monthly else ["whole"]
    found = with_figures(alone, basis).aggregate(**{f"sum_{place}": Sum(name) for place, name in enumerate(names)})
    held: dict[int, list[Decimal | None]] = {}
    if holders:
        parts = with_figures(entries.filter(project__in=_bundles_and_parts(holders)), basis)
        held = {project: amounts for project, *amounts in parts.values_list("project_id", *names)}
    sums = []
    for place in range(len(names)):
        free = [held[part][place] for part, keys in holders.items() if all(held[key][place] is None for key in keys)]
        sums.append(_sum([found[f"sum_{place}"], *free]))
    if monthly:
        return dict(zip(MONTHS, sums, strict=True))
    shares = {month: time_share(basis.curve, basis.year, month, basis.cutoffs[month - 1]) for month in MONTHS}
    return {month: None if share is None or sums[0] is None else sums[0] * share for month, share in shares.items()}


def _bundles_and_parts(holders: dict[int, list[int]]) -> set[int]:
    return {*holders, *(key for keys in holders.values() for key in keys)}


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def stages(entries: QuerySet, day: date) -> Counter[int | None]:
    """Return the number of entries by stage (None: nothing is known) on the day: one query."""
    rows = entries.order_by().with_stage(day).values("stage").annotate(number=Count("pk"))
    return Counter({row["stage"]: row["number"] for row in rows})


@dataclass(frozen=True)
class Colours:
    """How many entries have each colour: in all, by answering unit and by category (keys; None: none)."""

    totals: Counter[WarningLevel]
    units: dict[int | None, Counter[WarningLevel]]
    categories: dict[int | None, Counter[WarningLevel]]


def colours(entries: QuerySet, year: int, day: date) -> Colours:
    """Return the colours of ledger entries on the day: one query."""
    found = Colours(Counter(), {}, {})
    rows = entries.order_by().with_level(year, day).with_answering_id(day)
    for number, unit, category in rows.values_list("level", "answering_id", "project__category_id"):
        level = WarningLevel(number)
        found.totals[level] += 1
        found.units.setdefault(unit, Counter())[level] += 1
        found.categories.setdefault(category, Counter())[level] += 1
    return found
