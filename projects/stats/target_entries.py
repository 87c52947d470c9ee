"""What the district's ledger holds for targets on one day or several: what its entries are, have started, completed and invested.

Every list is that of a filtered ledger page (`querysets.ledger`), so that a number equals the list it leads to. Whole lists are counted
by the database, all but bundles and what is in them; those, and the entries of a section, are read row by row. The number of queries
depends on what is asked for, never on the number of targets or rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from projects.choices import MilestoneKind
from projects.models import Ledger, LedgerEntry
from projects.querysets.ledger import inside_of
from projects.querysets.ledger_figures import Basis, with_figures
from projects.rules.bundle import Part, held_twice, holders
from projects.rules.computed import Entries, Takes

Kinds = tuple[MilestoneKind, ...]
# What is summed of the entries, by its name: in 万元 but for quantities. Without milestones also what was invested and planned.
_OF_PROJECTS = {Takes.TOTAL.value: "project__total_investment", Takes.QUANTITY.value: "project__quantity"}
_OF_FIGURES = {Takes.DONE.value: "done", "planned": "planned", "whole": "whole"}
_UNIT = "project__quantity_unit"


@dataclass(frozen=True)
class Section:
    """The part of the ledger in question: a project (key) with what is bundled in it, or what any of the units answers for, or all."""

    project: int | None = None
    units: frozenset[int] = frozenset()

    @property
    def is_whole(self) -> bool:
        return self.project is None and not self.units


@dataclass(frozen=True)
class Cut:
    """A list: the flags that its entries have, and the one that says whether simulated records make it what it is."""

    flags: tuple[str, ...] = ()
    simulated: str = ""


# The lists of all entries: what is reported and planned is said of the same ones.
_ALL = {"all": Cut(), "invested": Cut((), "done_simulated"), "planned": Cut((), "planned_simulated")}
# The lists of entries by their milestones (querysets.ledger.with_progress): done this year, in question at all; due by the day and of
# those done; dated in the year.
_ACHIEVED = {"achieved": Cut(("achieved",), "achieved_simulated"), "asked": Cut(("asked",))}
_PLANNED = {
    "due": Cut(("due",), "due_simulated"),
    "kept": Cut(("due", "achieved"), "achieved_simulated"),
    "dated": Cut(("dated",)),
}


@dataclass(frozen=True)
class _Group:
    """The entries with what is asked of their milestones (no kinds: with their figures)."""

    kinds: Kinds
    cuts: Mapping[str, Cut]
    sums: Mapping[str, str]

    @property
    def flags(self) -> list[str]:
        return sorted({flag for cut in self.cuts.values() for flag in (*cut.flags, cut.simulated) if flag})


def _group(kinds: Kinds, plans: bool) -> _Group:
    if not kinds:
        return _Group(kinds, _ALL, _OF_PROJECTS | _OF_FIGURES)
    return _Group(kinds, {**_ACHIEVED, **(_PLANNED if plans else {})}, _OF_PROJECTS)


@dataclass
class _Tally:
    """A list that is being added up."""

    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    known: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    units: set[str] = field(default_factory=set)
    simulated: bool = False
    parts: list[Part] = field(default_factory=list)

    def add_counted(self, row: Mapping[str, Any], names: Iterable[str], simulated: bool) -> None:
        """Add entries outside of bundles that the database has counted."""
        self.rows += row["rows"]
        self.units |= {row["unit_first"], row["unit_last"]} - {None}
        self.simulated |= simulated and bool(row["rows"])
        for name in names:
            self.sums[name] += row[f"{name}_sum"] or 0
            self.known[name] += row[f"{name}_known"]

    def add_part(self, part: Part, unit: str, simulated: bool) -> None:
        """Add one entry."""
        self.parts.append(part)
        if part.figures[_OF_PROJECTS[Takes.QUANTITY]] is not None:
            self.units.add(unit)
        self.simulated |= simulated

    def entries(self, sums: Mapping[str, str]) -> Entries:
        """Return what the list adds up to; what a bundle in it holds is not added again."""
        twice = held_twice(self.parts, sums)
        alone = [part for part, around in holders(self.parts) if not around]
        totals: dict[str, Decimal | None] = {}
        missing: dict[str, int] = {}
        for name, column in sums.items():
            figures = [figure for part in self.parts if (figure := part.figures[column]) is not None]
            known = self.known[name] + len(figures)
            totals[name] = self.sums[name] + sum(figures) - sum(twice[name]) if known else None
            missing[name] = self.rows - self.known[name] + sum(part.figures[column] is None for part in alone)
        return Entries(
            rows=self.rows + len(self.parts),
            inside=len(twice["projects"]),
            projects=self.rows + sum(part.count or 1 for part in self.parts) - sum(twice["projects"]),
            sums=totals,
            missing=missing,
            unit=None if len(self.units) > 1 else next(iter(self.units), ""),
            simulated=self.simulated,
        )


Lists = dict[tuple[date, Kinds, str, Section], Entries]
NONE = Entries()


def read_lists(
    ledger: Ledger, bases: Sequence[Basis], kinds: Iterable[Kinds], sections: Collection[Section], *, plans: bool = True
) -> Lists:
    """Return what the ledger's lists add up to, by (day, kinds of milestones, name of the list, section).

    Lists: "all", "invested", "planned" (kinds are empty), "achieved", "asked", and with `plans` "due", "kept", "dated". `bases` says on
    which days, and by which curve the plan of investment is asked for. Two queries for each of the kinds, the empty ones among them,
    whatever the number of days and sections.
    """
    found: Lists = {}
    for group in (_group(each, plans) for each in dict.fromkeys(((), *kinds))):
        tallies: dict[tuple[date, str, Section], _Tally] = defaultdict(_Tally)
        asked = [_entries(ledger, group, basis, place, sections) for place, basis in enumerate(bases)]
        whole = [section for section in sections if section.is_whole]
        if whole:
            for row in _together([_counted(rows, group) for rows in asked]):
                for name, cut in group.cuts.items():
                    if all(row[flag] for flag in cut.flags):
                        tally = tallies[bases[row["place"]].day, name, whole[0]]
                        tally.add_counted(row, group.sums, bool(cut.simulated and row[cut.simulated]))
        for row in _together([_single(rows, group, sections) for rows in asked]):
            part, sections_of_row = _part(row, group), list(_sections_of(row, sections))
            for name, cut in group.cuts.items():
                if not all(row[flag] for flag in cut.flags):
                    continue
                for section in sections_of_row:
                    simulated = bool(cut.simulated and row[cut.simulated]) or bool(section.units and row["answering_simulated"])
                    tallies[bases[row["place"]].day, name, section].add_part(part, row[_UNIT], simulated)
        found |= {(day, group.kinds, name, section): tally.entries(group.sums) for (day, name, section), tally in tallies.items()}
    return found


def _entries(ledger: Ledger, group: _Group, basis: Basis, place: int, sections: Collection[Section]) -> QuerySet:
    """Return the ledger's entries of a day with the flags and figures of the group; `place` says which day it is."""
    rows = LedgerEntry.objects.filter(ledger=ledger).listed(basis.day).annotate(place=Value(place, output_field=IntegerField()))
    if any(section.units for section in sections):
        rows = rows.with_answering_id(basis.day, simulated=True)
    if group.kinds:
        return rows.with_progress(basis.year, basis.day, group.kinds, plans="due" in group.cuts)
    no = Value(False, output_field=BooleanField())
    return with_figures(rows, basis).annotate(
        done_simulated=Coalesce(F("counted__simulated"), no), planned_simulated=Coalesce(F("figures_plan__simulated"), no)
    )


_BUNDLED = Q(project__bundle_count__isnull=False) | Q(project__bundle_of__isnull=False)


def _counted(rows: QuerySet, group: _Group) -> QuerySet:
    """Return the entries outside of bundles, counted and summed by what they have in common."""
    sums = {f"{name}_sum": Sum(column) for name, column in group.sums.items()}
    known = {f"{name}_known": Count(column) for name, column in group.sums.items()}
    measured = Q(project__quantity__isnull=False)
    units = {"unit_first": Min(_UNIT, filter=measured), "unit_last": Max(_UNIT, filter=measured)}
    return rows.exclude(_BUNDLED).values("place", *group.flags).annotate(rows=Count("pk"), **sums, **known, **units)


def _single(rows: QuerySet, group: _Group, sections: Collection[Section]) -> QuerySet:
    """Return the entries that are added up one by one: bundles and what is in them, and those of a section."""
    projects = [section.project for section in sections if section.project is not None]
    units = {unit for section in sections for unit in section.units}
    wanted = _BUNDLED if any(section.is_whole for section in sections) else Q(pk__in=[])
    if projects:
        wanted |= inside_of(projects)
    if units:
        wanted |= Q(answering_id__in=units)
    answering = ["answering_id", "answering_simulated"] if units else []
    figures = sorted({*group.sums.values()})
    return rows.filter(wanted).values("place", *group.flags, *answering, *_OF_PART, _UNIT, *figures)


_OF_PART = ("project_id", "project__bundle_of_id", "project__bundle_of__bundle_of_id", "project__bundle_count")


def _part(row: Mapping[str, Any], group: _Group) -> Part:
    project, above, further, count = (row[name] for name in _OF_PART)
    return Part(project, (above, further), count, {column: row[column] for column in group.sums.values()})


def _sections_of(row: Mapping[str, Any], sections: Collection[Section]) -> Iterable[Section]:
    family = {row[name] for name in _OF_PART[:3]} - {None}
    bundled = row["project__bundle_count"] is not None or row["project__bundle_of_id"] is not None
    for section in sections:
        if section.is_whole:
            belongs = bundled
        elif section.project is not None:
            belongs = section.project in family
        else:
            belongs = row["answering_id"] in section.units
        if belongs:
            yield section


def _together(querysets: Sequence[QuerySet]) -> Iterable[Mapping[str, Any]]:
    """Return the rows of all querysets, which ask for the same columns: one query."""
    first, *others = (rows.order_by() for rows in querysets)
    return first.union(*others, all=True) if others else first
