"""How the units that answer for projects stand: projects by colour, done against plan, reports in time; their places by kind of unit."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from erqi.common.numbers import ratio
from projects.choices import UnitKind, WarningLevel
from projects.models import Ledger, ProgressReport, Unit
from projects.querysets.ledger_figures import Basis, figure_basis, with_figures
from projects.rules.ranking import Score, places
from projects.services.period import Month, months_of
from projects.stats.reporting import expected, expected_on, first_month, is_asked

# The annotations of with_figures that are summed.
FIGURES = ("whole", "planned", "done")


@dataclass(frozen=True)
class _Entry:
    """What is read of an entry; `above` are the bundles it is part of."""

    unit: int | None
    project: int
    above: tuple[int | None, int | None]
    is_bundle: bool
    count: int
    level: WarningLevel
    simulated: bool
    figures: dict[str, Decimal | None]
    # The months for which a report was due by the day.
    asked: frozenset[int]


@dataclass
class Figures:
    """Sums of some entries, 万元 (None: nobody has a figure). What a bundle among them holds already is not added again; the rates compare
    like with like, over the entries that have a plan."""

    entries: int = 0
    projects: int = 0
    levels: Counter[WarningLevel] = field(default_factory=Counter)
    whole: Decimal | None = None
    planned: Decimal | None = None
    done: Decimal | None = None
    of_plan: Decimal | None = None
    of_year: Decimal | None = None
    reports: int = 0
    in_time: int = 0
    simulated: bool = False


@dataclass(frozen=True)
class UnitLine:
    """A unit in the ranking of its kind; `unit` is None for the projects for which nobody answers. `before` is the place at the end of
    the month before (None: it had none)."""

    unit: Unit | None
    figures: Figures
    place: int | None
    before: int | None

    @property
    def risen(self) -> int | None:
        """By how many places the unit rose (negative: fell); None where there is nothing to compare."""
        return self.before - self.place if self.place is not None and self.before is not None else None


@dataclass(frozen=True)
class Ranking:
    """The lines by kind of unit in the order of UnitKind, each kind by place; and everything together."""

    lines: dict[str, list[UnitLine]]
    total: Figures


def ranking(entries: QuerySet, year: int, day: date, earlier: QuerySet | None = None, before: date | None = None) -> Ranking:
    """Return how the units stand on the day, ranked within their kind. `earlier` are the entries as they stood on `before`, usually the
    last day of the month before, from which the former places are taken. Six queries for each of the two days, and one."""
    months = _asked_months(year, day)
    read = _read(entries, year, day, months)
    filed = _filed(read, year, months)
    of_unit = {unit: _sums(found, filed) for unit, found in _by_unit(read).items()}
    units = Unit.objects.in_bulk([unit for unit in of_unit if unit is not None])
    now = _places(of_unit, units)
    then: dict[int | None, int] = {}
    if earlier is not None and before is not None:
        old = _by_unit(_read(earlier, year, before))
        old_sums = {unit: _sums(found, {}) for unit, found in old.items()}
        then = _places(old_sums, {**units, **Unit.objects.in_bulk([unit for unit in old if unit is not None and unit not in units])})
    lines: dict[str, list[UnitLine]] = {}
    for kind in (*UnitKind, ""):
        of_kind = [
            UnitLine(units.get(unit), figures, now.get(unit), then.get(unit))
            for unit, figures in of_unit.items()
            if (units[unit].kind if unit is not None else "") == kind
        ]
        if of_kind:
            lines[kind] = sorted(of_kind, key=_order)
    return Ranking(lines, _sums(read, filed))


def _asked_months(year: int, day: date) -> list[Month]:
    """Return the months whose reports were due before the day, those left out that were over before reporting began."""
    warned_since = Ledger.objects.main().filter(year=year).values_list("warned_since", flat=True).first()
    first = first_month(year, warned_since)
    return [month for month in months_of(year) if month.due_on < day and is_asked(month, first, day)]


def _order(line: UnitLine) -> tuple[bool, int, str]:
    return line.place is None, line.place or 0, line.unit.sort_key if line.unit else ""


def _places(sums: dict[int | None, Figures], units: dict[int, Unit]) -> dict[int | None, int]:
    """Return each unit's place among the units of its kind."""
    scores: dict[str, dict[int, Score]] = defaultdict(dict)
    for unit, figures in sums.items():
        if unit is not None:
            levels = figures.levels
            scores[units[unit].kind][unit] = Score(figures.of_plan, levels[WarningLevel.RED], levels[WarningLevel.YELLOW])
    return {unit: place for of_kind in scores.values() for unit, place in places(of_kind).items()}


def _read(entries: QuerySet, year: int, day: date, months: Sequence[Month] = ()) -> list[_Entry]:
    basis: Basis = figure_basis(year, day)
    rows = with_figures(entries.order_by(), basis).with_level(year, day).with_answering_id(day)
    due = {f"asked_{month.month}": expected(expected_on(month, day)) for month in months}
    rows = rows.annotate(**{name: ExpressionWrapper(condition, BooleanField()) for name, condition in due.items()})
    columns = (
        *("answering_id", "project_id", "project__bundle_of_id", "project__bundle_of__bundle_of_id", "project__bundle_count", "level"),
        *("schedule__simulated", "counted__simulated", "figures_plan__simulated"),
        *FIGURES,
        *due,
    )
    numbers = [month.month for month in months]
    return [
        _Entry(
            unit,
            project,
            (bundle, outer),
            number is not None,
            1 if number is None else number,
            WarningLevel(level),
            any(rest[:3]),
            dict(zip(FIGURES, rest[3:6], strict=True)),
            frozenset(month for month, is_asked_for in zip(numbers, rest[6:], strict=True) if is_asked_for),
        )
        for unit, project, bundle, outer, number, level, *rest in rows.values_list(*columns)
    ]


def _by_unit(entries: Iterable[_Entry]) -> dict[int | None, list[_Entry]]:
    found: dict[int | None, list[_Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.unit].append(entry)
    return found


def _filed(entries: Sequence[_Entry], year: int, months: Iterable[Month]) -> dict[int, set[int]]:
    """Return the projects whose report of a month was first filed in time, by month."""
    due = {month.month: month.due_on for month in months}
    rows = ProgressReport.objects.filter(year=year, month__in=due, project__in=[entry.project for entry in entries])
    found: dict[int, set[int]] = defaultdict(set)
    for month, project, on in rows.exclude(first_filed_on=None).order_by().values_list("month", "project_id", "first_filed_on"):
        if on <= due[month]:
            found[month].add(project)
    return found


def _sums(entries: Sequence[_Entry], in_time: dict[int, set[int]]) -> Figures:
    found = Figures(levels=Counter(entry.level for entry in entries), entries=len(entries))
    bundles = {entry.project: entry for entry in entries if entry.is_bundle}
    sums: dict[str, Decimal | None] = dict.fromkeys((*FIGURES, "done_of_planned", "done_of_whole"))

    def add(name: str, value: Decimal) -> None:
        sums[name] = (sums[name] or 0) + value

    for entry in entries:
        holders = [bundles[key] for key in entry.above if key in bundles]
        held = {name for name in FIGURES if any(holder.figures[name] is not None for holder in holders)}
        found.projects += 0 if holders else entry.count
        found.simulated = found.simulated or entry.simulated
        for name in FIGURES:
            value = entry.figures[name]
            if value is not None and name not in held:
                add(name, value)
        done = entry.figures["done"]
        if done is not None and "done" not in held:
            for name in ("planned", "whole"):
                if entry.figures[name] is not None:
                    add(f"done_of_{name}", done)
    found.whole, found.planned, found.done = sums["whole"], sums["planned"], sums["done"]
    found.of_plan = ratio(sums["done_of_planned"] or 0, found.planned)
    found.of_year = ratio(sums["done_of_whole"] or 0, found.whole)
    found.reports = sum(len(entry.asked) for entry in entries)
    found.in_time = sum(entry.project in in_time.get(month, ()) for entry in entries for month in entry.asked)
    return found
