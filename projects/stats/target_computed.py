"""What the district's ledger computes of targets (choices.Computed), and the course of one over the year."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min

from erqi.common import workdays
from projects.choices import Computed, Curve
from projects.models import CountedReport, Ledger, MilestoneUpdate, Target, Unit
from projects.querysets.ledger_figures import Basis, figure_basis
from projects.rules.calendar import cutoffs
from projects.rules.computed import METHODS, MONEY_UNITS, Computation, Entries, Gap, Method, Takes, compute, unknown_because
from projects.rules.target import data_share, year_share
from projects.stats.target_entries import NONE, Lists, Section, read_lists
from projects.stats.target_links import list_url


@dataclass(frozen=True)
class Planned:
    """What the ledger plans of a target by the day, in its unit, with the lists behind it: `due` by the day, of that `done`, `year` in all
    (rules.target.Plan). Of investment, what is planned and done stands in one list."""

    due: Decimal
    done: Decimal
    year: Decimal | None
    due_url: str
    done_url: str
    simulated: bool


@dataclass(frozen=True)
class Reached:
    """What the ledger computes of a target: in its unit, to which day, with the list behind it; or why it cannot (rules.computed.Gap).

    `passed` is the share of the year that had passed by then, None for what the ledger holds at any time. `partial`: at least so much.
    """

    value: Decimal | None
    why: str = ""
    on: date | None = None
    passed: Decimal | None = None
    link: str = ""
    simulated: bool = False
    partial: bool = False
    plan: Planned | None = None


def reached_by(targets: Collection[Target], year: int, day: date) -> dict[int, Reached]:
    """Return what the ledger computes of targets of a year on a day, by their keys; those that it is not asked for are left out.

    At most fourteen queries; none without such targets.
    """
    asked = [target for target in targets if target.computed]
    if not asked:
        return {}
    ledger = Ledger.objects.main().filter(year=year).first()
    if ledger is None:
        return {target.pk: Reached(None, Gap.NO_LEDGER) for target in asked}
    sections, basis, since = _sections(asked), figure_basis(year, day), tracked_since(ledger)
    lists = _read(ledger, [basis], asked, sections.values(), plans=True)
    return {target.pk: _Reading(ledger, target, sections[target.pk], lists, since).on(basis) for target in asked}


def course_of(target: Target, days: Sequence[date]) -> dict[date, Reached]:
    """Return what the ledger computes of a target on each of the days of its year, without plans: at most eight queries for any number."""
    ledger = Ledger.objects.main().filter(year=target.year).first() if target.computed else None
    if ledger is None or not days:
        return {}
    sections, since = _sections([target]), tracked_since(ledger)
    ends = cutoffs(target.year, workdays.is_workday)
    # Nothing planned is asked for: the curve does not matter.
    bases = [Basis(target.year, day, 0, Curve.MONTHLY_PLAN, ends) for day in days]
    lists = _read(ledger, bases, [target], sections.values(), plans=False)
    reading = _Reading(ledger, target, sections[target.pk], lists, since)
    return {basis.day: reading.on(basis) for basis in bases}


def tracked_since(ledger: Ledger) -> date | None:
    """Return the day on which something was first reported or recorded of the ledger's projects for its year; None for never."""
    reports = CountedReport.objects.of_year(ledger.year).filter(project__entries__ledger=ledger)
    updates = MilestoneUpdate.objects.filter(milestone__project__entries__ledger=ledger, recorded_on__year=ledger.year)
    days = [reports.aggregate(day=Min("valid_from"))["day"], updates.aggregate(day=Min("recorded_on"))["day"]]
    return min((day for day in days if day is not None), default=None)


def _sections(targets: Iterable[Target]) -> dict[int, Section]:
    """Return which part of the ledger each target is about: its project, else its scope with the units below it, else all."""
    targets = list(targets)
    scoped = [target for target in targets if target.project_id is None and target.scope_id is not None]
    parts = Unit.objects.parts() if scoped else None
    found = {target.pk: Section(project=target.project_id) for target in targets}
    return found | {target.pk: Section(units=frozenset(parts([target.scope_id]))) for target in scoped if parts}


def _read(ledger: Ledger, bases: Sequence[Basis], targets: Iterable[Target], sections: Iterable[Section], *, plans: bool) -> Lists:
    kinds = [METHODS[Computed(target.computed)].kinds for target in targets]
    return read_lists(ledger, bases, [each for each in kinds if each], set(sections), plans=plans)


@dataclass(frozen=True)
class _Reading:
    """Reads one target off the lists."""

    ledger: Ledger
    target: Target
    section: Section
    lists: Lists
    tracked_since: date | None

    @property
    def method(self) -> Method:
        return METHODS[Computed(self.target.computed)]

    def entries(self, day: date, name: str) -> Entries:
        kinds = () if name in ("all", "invested", "planned") else self.method.kinds
        return self.lists.get((day, kinds, name, self.section), NONE)

    def on(self, basis: Basis) -> Reached:
        """Return what was reached on a day."""
        method, day = self.method, basis.day
        name = "achieved" if method.kinds else "invested" if method.takes == Takes.DONE else "all"
        entries, link = self.entries(day, name), list_url(self.ledger, self.target, method, name, day)
        why = unknown_because(
            method,
            listed=self.entries(day, "all").rows,
            done=entries.rows,
            planned=self.entries(day, "asked").rows,
            tracked=self.tracked_since is not None and self.tracked_since <= day,
        )
        found = None if why else self._compute(entries)
        if found is None or found.value is None:
            return Reached(None, why or (found and found.gap) or "", link=link)
        upto, passed = day, None if method.is_stock else year_share(basis.year, day)
        if method.takes == Takes.DONE:
            upto = min(basis.cutoff_on or day, day)
            passed = data_share(basis.curve, basis.year, basis.month, basis.cutoff_on, day)
        plan = self._plan(basis)
        return Reached(found.value, "", upto, passed, link, entries.simulated, found.partial, plan)

    def _compute(self, entries: Entries) -> Computation:
        return compute(self.method, entries, self.target.unit, by_parts=self.target.project_id is not None)

    def _plan(self, basis: Basis) -> Planned | None:
        method, day = self.method, basis.day
        if method.takes == Takes.DONE:
            entries = self.entries(day, "planned")
            amounts = [entries.sums.get(name) for name in ("planned", "done", "whole")]
            if amounts[0] is None or amounts[2] is None:
                return None
            due, done, whole = ((amount or Decimal(0)) / MONEY_UNITS[self.target.unit] for amount in amounts)
            link = list_url(self.ledger, self.target, method, "all", day)
            return Planned(due, done, whole, link, link, entries.simulated)
        lists = {name: self.entries(day, name) for name in ("due", "kept", "dated")}
        if not method.kinds or not lists["dated"].rows:
            return None
        known = {name: None if each.partial else each.value for name, entries in lists.items() for each in [self._compute(entries)]}
        # Nothing is due before its day, though nobody may have said how much it is.
        none_due = not lists["due"].rows and lists["dated"].rows == self.entries(day, "asked").rows
        due, done, year = known["due"], known["kept"], known["dated"]
        if due is None or done is None or (year is None and not none_due):
            return None
        urls = (list_url(self.ledger, self.target, method, name, day) for name in ("due", "kept"))
        return Planned(due, done, year, *urls, lists["due"].simulated)
