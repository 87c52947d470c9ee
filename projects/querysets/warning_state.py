"""What the warnings pages say of a project besides its colour, read for the rows shown: who answers by name, the last report, a
lifting that waits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import F, Q, QuerySet

from projects.choices import Duty, LiftingState, ReportAction, ResponsibilityKind, WarningLevel
from projects.querysets.responsibility import in_force


@dataclass(frozen=True)
class LastReport:
    """The last report whose figures counted on the day: its month, the step it took and when, how the unit judged itself."""

    month: int
    action: ReportAction
    on: date
    self_level: WarningLevel | None
    simulated: bool


@dataclass(frozen=True)
class OpenLifting:
    """A lifting that awaited somebody on the day."""

    key: int
    state: LiftingState
    proposed_on: date
    to_level: WarningLevel
    simulated: bool


def read_people(entries: Iterable[Any], as_of: date) -> None:
    """Set `staff` (具体责任人 in the unit that answers, else in any) and `patrons` (分包领导) on entries, names in a list: one query.

    `answering_id` has been read before (ledger_state.read_answering_units).
    """
    entries = list(entries)
    rows = (
        apps.get_model("projects", "Responsibility")
        .objects.filter(in_force(as_of), project__in={entry.project_id for entry in entries})
        .filter(Q(kind=ResponsibilityKind.PATRON) | Q(duty=Duty.STAFF), person__isnull=False)
        .order_by("pk")
        .values_list("project_id", "kind", "unit_id", "person__name")
    )
    found: dict[int, list[tuple]] = defaultdict(list)
    for project, *row in rows:
        found[project].append(row)
    for entry in entries:
        of_project = found[entry.project_id]
        staff = [(unit, name) for kind, unit, name in of_project if kind != ResponsibilityKind.PATRON]
        named = [name for unit, name in staff if unit == entry.answering_id] or [name for _, name in staff]
        entry.staff = list(dict.fromkeys(named))
        entry.patrons = list(dict.fromkeys(name for kind, _, name in of_project if kind == ResponsibilityKind.PATRON))


def read_last_reports(entries: Iterable[Any], year: int, as_of: date) -> None:
    """Set `report` (LastReport, or None) on entries: one query."""
    entries = list(entries)
    steps = apps.get_model("projects", "ReportStep").objects.on(as_of).filter(counts=True)
    rows = (
        steps.filter(report__year=year, report__project__in={entry.project_id for entry in entries})
        .order_by("report__project_id", "-report__month", "-pk")
        .distinct("report__project_id")
        .values_list("report__project_id", "report__month", "action", "valid_from", "self_level", "simulated")
    )
    found = {
        project: LastReport(month, ReportAction(action), on, None if level is None else WarningLevel(level), simulated)
        for project, month, action, on, level, simulated in rows
    }
    for entry in entries:
        entry.report = found.get(entry.project_id)


def open_liftings(year: int, as_of: date) -> QuerySet:
    """Return the year's liftings that awaited somebody on the day and could still be carried out."""
    liftings = apps.get_model("projects", "Lifting").objects.filter(year=year, proposed_on__lte=as_of)
    return liftings.filter(Q(ended_on=None) | Q(ended_on__gt=as_of)).with_overtaken(as_of).filter(overtaken=False)


def read_liftings(entries: Iterable[Any], year: int, as_of: date) -> None:
    """Set `lifting` (OpenLifting, or None) on entries: one query."""
    entries = list(entries)
    rows = (
        open_liftings(year, as_of)
        .filter(project__in={entry.project_id for entry in entries})
        .order_by(F("proposed_on"), "pk")
        .values_list("project_id", "pk", "verified_on", "proposed_on", "to_level", "simulated")
    )
    found = {}
    for project, key, verified_on, proposed_on, to_level, simulated in rows:
        verified = verified_on is not None and verified_on <= as_of
        state = LiftingState.VERIFIED if verified else LiftingState.PROPOSED
        found[project] = OpenLifting(key, state, proposed_on, WarningLevel(to_level), simulated)
    for entry in entries:
        entry.lifting = found.get(entry.project_id)
