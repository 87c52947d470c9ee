"""What changed in colour between two days: project by project, from the schedules that held on each of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet

from projects.choices import WarningLevel
from projects.models import Ledger, LedgerEntry, WarningSchedule
from projects.querysets.ledger_state import read_answering_units
from projects.querysets.warning_state import read_people
from projects.rules.colour import Segment, segments
from projects.rules.turning import direction
from projects.stats.warning import Standing, Version, Versions, read_standings, turned_by_rules

_COLUMNS = ("pk", "project_id", "seq", "project__code", "project__name", "listed_on")
_LEVELS = ("level_was", "level_now", "schedule_key", "left_was", "left_now", "left_reason", "back_on")


@dataclass(eq=False)
class Change:
    """A project whose colour differs between two days, or that entered or left the ledger between them."""

    record: Any
    # None: not in the ledger on that day.
    before: WarningLevel | None
    after: WarningLevel | None
    # The colours from the first day to the last, as stretches.
    path: list[Segment] = field(default_factory=list)
    # The versions of the rules that turned the colour when they came into force (rules of the last day first).
    new_rules: list[Version] = field(default_factory=list)

    @property
    def standing(self) -> Standing | None:
        return self.record.standing

    @cached_property
    def kind(self) -> str:
        """What happened: listed, delisted, closed, worse, better, other."""
        if self.before is None or self.after is None:
            return "listed" if self.before is None else "delisted"
        if self.after == WarningLevel.DONE:
            return "closed"
        return direction(self.before, self.after).value

    @property
    def day(self) -> date | None:
        """The day of the last change of colour; of entering or leaving the ledger."""
        if self.kind == "listed":
            return self.record.back_on or self.record.listed_on
        if self.kind == "delisted":
            return self.record.left_now
        return self.path[-1].first if len(self.path) > 1 else None


def changes_between(ledger: Ledger, first: date, last: date, among: QuerySet | None = None) -> list[Change]:
    """Return what changed after a day, up to another one, `among` some of the ledger's entries (None: all): one query. `explain` reads the
    rest for those that are shown."""
    found = []
    entries = LedgerEntry.objects.all() if among is None else LedgerEntry.objects.filter(pk__in=among.order_by().values("pk"))
    for row in entries.changed_colour(ledger, first, last).values(*_COLUMNS, *_LEVELS):
        record = SimpleNamespace(**row)
        came = record.left_was is not None or (record.listed_on is not None and record.listed_on > first)
        before = None if came else WarningLevel(record.level_was)
        after = None if record.left_now is not None else WarningLevel(record.level_now)
        # What came and went between the days stood in the ledger on neither.
        if before is not None or after is not None:
            found.append(Change(record, before, after))
    return found


def explain(changes: list[Change], ledger: Ledger, first: date, last: date, versions: Versions) -> None:
    """Read why changes came about, by which colours, and who answers: four queries, one more where the rules changed meanwhile."""
    records = [change.record for change in changes]
    read_standings(records, versions, last)
    read_answering_units(records, last)
    read_people(records, last)
    rows = _rows([record.project_id for record in records], ledger.year, first, last)
    rules = _new_rules(rows, first, versions)
    for change in changes:
        project = change.record.project_id
        change.path = segments([row.dated for row in rows[project]], first, last) if project in rows else []
        change.new_rules = rules.get(project, [])


def _rows(projects: list[int], year: int, first: date, last: date) -> dict[int, list[WarningSchedule]]:
    """Return the projects' (keys) schedule rows from a day to another, the oldest first, without facts and causes: one query.
    What was replaced on the day on which it was written says nothing."""
    rows: dict[int, list[WarningSchedule]] = defaultdict(list)
    for row in WarningSchedule.objects.of_year(year).of_projects(projects).between(first, last).defer("facts", "causes"):
        if row.valid_until is None or row.valid_until > row.valid_from:
            rows[row.project_id].append(row)
    return rows


def _new_rules(rows: dict[int, list[WarningSchedule]], first: date, versions: Versions) -> dict[int, list[Version]]:
    """Return the versions of the rules that turned the colour of a project after the day: one query where any came into force."""
    pairs = [
        (before, row)
        for known in rows.values()
        for before, row in zip(known, known[1:], strict=False)
        if before.policy_id != row.policy_id and row.valid_from > first
    ]
    whole = WarningSchedule.objects.in_bulk({row.pk for pair in pairs for row in pair}) if pairs else {}
    found: dict[int, list[Version]] = defaultdict(list)
    for before, row in reversed(pairs):
        if turned_by_rules(whole[before.pk], whole[row.pk], versions[before.policy_id].policy):
            found[row.project_id].append(versions[row.policy_id])
    return found


def by_kind(changes: list[Change]) -> dict[str, list[Change]]:
    """Return the changes of each kind."""
    found: dict[str, list[Change]] = {kind: [] for kind in ("worse", "better", "other", "listed", "delisted", "closed")}
    for change in changes:
        found[change.kind].append(change)
    return found
