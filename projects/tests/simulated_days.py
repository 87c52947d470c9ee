"""Reading what pages show of a ledger's projects on a day: on the day itself while a simulation runs, and as of it afterwards."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erqi.common.models import Attachment
from projects.choices import WarningLevel
from projects.models import (
    DateChange,
    DateRequest,
    Hold,
    InvestmentPlan,
    LedgerEntry,
    LevelOverride,
    Lifting,
    Milestone,
    MilestoneUpdate,
    ProgressReport,
    Project,
    ReportStep,
    Responsibility,
    WarningSchedule,
)
from projects.querysets.ledger_state import read_stage_and_next
from projects.querysets.request import Asked, request_rows
from projects.querysets.warning_since import since_case
from projects.rules.milestone import Standing, standing
from projects.services.period import months_of
from projects.stats.report_figures import YearPlan
from projects.views.project_holds import HoldRow
from projects.views.project_reports import MonthRow, rows_of

YEAR = 2018


@dataclass(frozen=True)
class Shown:
    """What is shown of a project on a day."""

    level: WarningLevel
    since: date | None
    standings: tuple[tuple[int, Standing], ...]
    next_step: tuple[str | None, date | None]
    stage: object
    cumulative: Decimal | None
    plan: tuple[Decimal, ...] | None
    # By month: state, who filed it when, how punctual.
    reports: tuple[tuple[int, str, str, str], ...]
    # New dates, holds, corrections: state, decided when by whom.
    requests: tuple[tuple[object, ...], ...]
    holds: tuple[tuple[int, str], ...]
    liftings: tuple[tuple[object, ...], ...]


def entries_2018() -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(ledger__code="2018").select_related("project"))


def shown(day: date, *, past: bool) -> dict[str, Shown]:
    """Return what pages show of every project of the ledger on the day, by code; `past` where other days have followed it."""
    entries = entries_2018()
    read_stage_and_next(entries, YEAR, day, past=past)
    rows = {row.project_id: row for row in WarningSchedule.objects.of_year(YEAR).on(day)}
    steps = _standings(day)
    done, plans = _figures(day), {plan.project_id: plan.cumulative for plan in InvestmentPlan.objects.filter(year=YEAR).on(day)}
    reports, (requests, holds, liftings) = _reports(day), _decisions(day)
    found = {}
    for entry in entries:
        row = rows.get(entry.project_id)
        found[entry.project.code] = Shown(
            row.level_on(day) if row else WarningLevel.UNRATED,
            row.since(day) if row else None,
            steps.get(entry.project_id, ()),
            (entry.next_name, entry.next_due_on),
            entry.stage,
            done.get(entry.project_id),
            plans.get(entry.project_id),
            tuple((row.month.month, row.chip, row.filed, row.punctuality) for row in reports.get(entry.project_id, ())),
            requests.get(entry.project_id, ()),
            holds.get(entry.project_id, ()),
            liftings.get(entry.project_id, ()),
        )
    return found


def _reports(day: date) -> dict[int, list[MonthRow]]:
    """Return the months of every project as the section of its page shows them."""
    steps = ReportStep.objects.filter(report__year=YEAR, valid_from__lte=day).select_related("report__project").order_by("pk")
    by_project: dict[Project, list[ReportStep]] = defaultdict(list)
    for step in steps:
        by_project[step.report.project].append(step)
    months, nothing = months_of(YEAR), YearPlan((None,) * 12, None)
    return {project.pk: rows_of(project, months, day, rows, nothing) for project, rows in by_project.items()}


def _decisions(day: date) -> tuple[dict[int, tuple], dict[int, tuple], dict[int, tuple]]:
    """Return the requests, holds and liftings of every project as their lists and sections show them."""
    requests, holds, liftings = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in request_rows(Asked(day)).order_by("kind", "pk"):
        requests[row["project_key"]].append((row["kind"], row["pk"], row["state_then"], row["decided_then"], row["decider_then"]))
    for hold in Hold.objects.filter(requested_on__lte=day).order_by("pk"):
        holds[hold.project_id].append((hold.pk, HoldRow.on(hold, day).words))
    for one in Lifting.objects.as_of(day).order_by("pk"):
        liftings[one.project_id].append((one.pk, one.state_then, one.verified_then, one.ended_then))
    return tuple({key: tuple(rows) for key, rows in found.items()} for found in (requests, holds, liftings))


def _standings(day: date) -> dict[int, tuple[tuple[int, Standing], ...]]:
    found: dict[int, list[tuple[int, Standing]]] = {}
    for milestone in Milestone.objects.filter(project__entries__ledger__code="2018").known(day).for_project():
        changes = [(change.recorded_on, change.from_due_on) for change in milestone.date_changes.all()]
        updates = [(update.recorded_on, update.from_done_on) for update in milestone.updates.all() if update.changes_done]
        stands = standing(milestone.due_on, changes, milestone.done_on, milestone.done_known_on, day, updates)
        found.setdefault(milestone.project_id, []).append((milestone.pk, stands))
    # The order of the page follows today's dates, which move.
    return {project: tuple(sorted(rows, key=lambda row: row[0])) for project, rows in found.items()}


def _figures(day: date) -> dict[int, Decimal]:
    """Return the amount last reported of each project, as it counted on the day."""
    steps = ReportStep.objects.figures(day).filter(report__year=YEAR).values_list("report__project_id", "cumulative")
    found: dict[int, Decimal] = {}
    for project, cumulative in steps:
        found.setdefault(project, cumulative)
    return found


def figures_now() -> dict[int, Decimal]:
    """Return the same from the reports as they stand now."""
    steps = ReportStep.objects.standing().filter(report__year=YEAR).order_by("report__project_id", "-report__month")
    return dict(steps.distinct("report__project_id").values_list("report__project_id", "cumulative"))


def levels_in_sql(day: date) -> dict[str, tuple[WarningLevel, date | None]]:
    """Return level and since of every project with colours, both computed by the database."""
    rows = WarningSchedule.objects.of_year(YEAR).with_level(day).annotate(began=since_case(day))
    return {code: (WarningLevel(level), began) for code, level, began in rows.values_list("project__code", "level", "began")}


_FIGURES = {
    Milestone: ("project__code", "kind", "name", "year", "due_on", "baseline_due_on", "done_on", "recorded_on", "simulated", "version"),
    MilestoneUpdate: ("milestone__project__code", "milestone__name", "layer", "recorded_on", "text", "done_on", "from_done_on", "by_name"),
    DateChange: ("milestone__project__code", "from_due_on", "to_due_on", "cause", "recorded_on"),
    DateRequest: ("milestone__project__code", "to_due_on", "state", "requested_on", "decided_on"),
    Hold: ("project__code", "reason", "since", "until", "state"),
    InvestmentPlan: ("project__code", "month_3", "month_6", "month_9", "month_12", "valid_from"),
    ProgressReport: (
        "project__code",
        "month",
        "state",
        "cumulative",
        "progress",
        "problem",
        "next_step",
        "filed_on",
        "reviewed_on",
        "self_level",
    ),
    ReportStep: ("report__project__code", "report__month", "action", "valid_from", "valid_until", "cumulative", "by_name"),
    WarningSchedule: (
        *("project__code", "valid_from", "valid_until", "green_on", "blue_on", "yellow_on", "red_on", "paused_from", "paused_until"),
        *("paused_from_2", "paused_until_2", "paused_from_3", "paused_until_3"),
        *("floor_level", "floor_until", "manual_level", "manual_until", "closed_on", "entered_level", "entered_on"),
    ),
    Lifting: ("project__code", "state", "from_level", "to_level", "proposed_on", "verified_on", "ended_on"),
    LevelOverride: ("project__code", "level", "since", "until"),
    Responsibility: ("project__code", "kind", "unit__name", "person__name", "since", "simulated"),
    Attachment: ("sha256", "uploaded_on", "uploaded_by_name"),
}


def digest() -> dict[str, str]:
    """Return a digest of the figures and texts of each kind of record, without keys and clocks: equal for equal stories."""
    found = {}
    for model, columns in _FIGURES.items():
        rows = sorted(str(row) for row in model.objects.order_by().values_list(*columns))
        found[model.__name__] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
