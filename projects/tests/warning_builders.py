"""Functions that build what colours follow from: rules in force, ledgers with colours, plans, reports, holds, levels set by hand.

Days are given as dates; what is written is written as of that day (`clock.at`), and the colours of the project are computed
then. Records stand as the services leave them, without asking who may write them.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from erqi.common import clock
from projects.choices import (
    DecisionState,
    HoldReason,
    MilestoneKind,
    PolicyState,
    ReportAction,
    ReportState,
    WarningLevel,
)
from projects.models import (
    DateRequest,
    Hold,
    InvestmentPlan,
    Ledger,
    LedgerEntry,
    LevelOverride,
    Lifting,
    Milestone,
    MilestoneUpdate,
    ProgressReport,
    Project,
    ReportStep,
    WarningPolicy,
    WarningSchedule,
)
from projects.rules.policy import Policy, to_data
from projects.rules.presets import WARNING_POLICY
from projects.services.counted import renew_counted
from projects.services.schedule import refresh, refresh_many
from projects.tests.builders import make_entry, make_milestone, make_project

FROM = date(2018, 3, 1)
# How many days before the day a milestone was due, so that the default rules give the level on the day.
DAYS_LATE = {WarningLevel.RED: 40, WarningLevel.YELLOW: 15, WarningLevel.BLUE: 3, WarningLevel.GREEN: -60}


def make_policy(
    effective_from: date | None = FROM, policy: Policy = WARNING_POLICY, *, state: str = PolicyState.APPROVED, name: str = "", **values: Any
) -> WarningPolicy:
    """Return a version of the rules, by default the preset of family B, approved and in force from the day on."""
    approved = {"approved_on": effective_from, "approved_by_name": "批准人"} if state == PolicyState.APPROVED else {}
    return WarningPolicy.objects.create(
        **{
            "name": name or f"预警规则{effective_from}",
            "state": state,
            "rules": to_data(policy),
            "effective_from": effective_from,
            "created_on": effective_from or FROM,
            "created_by_name": "拟稿人",
            **approved,
            **values,
        }
    )


def warn_ledger(ledger: Ledger, since: date = FROM) -> WarningPolicy:
    """Give the ledger's projects colours from the day on and return the rules in force (made where there are none).

    Projects that enter later get theirs by `recompute` or by the next builder of this module that is about them.
    """
    policy = WarningPolicy.objects.in_force(since).first() or make_policy(since)
    Ledger.objects.filter(pk=ledger.pk).update(warned_since=since)
    ledger.refresh_from_db()
    recompute(since, *(entry.project for entry in ledger.entries.select_related("project")))
    return policy


def recompute(day: date, *projects: Project) -> None:
    """Compute the projects' colours anew as of the day, in every year in which they have them."""
    with clock.at(day):
        for project in projects:
            refresh(project)


def recompute_ledger(ledger: Ledger, day: date) -> None:
    """Compute the colours of a whole ledger anew as of the day."""
    with clock.at(day):
        refresh_many(ledger.entries.values_list("project", flat=True), ledger.year)


def enter_coloured(
    ledger: Ledger, level: WarningLevel, name: str = "", *, on: date, since: date = FROM, entry: dict[str, Any] | None = None, **values: Any
) -> LedgerEntry:
    """Enter a project whose colour on the day `on` is the level, by the default rules; `values` are the project's.

    GREEN to RED come from a milestone that is early or late on the day; UNRATED has none, PAUSED a hold that covers the day, DONE is
    closed on the day. Its schedule is known from `since` on.
    """
    # The services compute the colour too, as of the business date.
    with clock.at(since):
        found = make_entry(ledger, make_project(name, **values), **entry or {})
        project = found.project
        if level in DAYS_LATE:
            make_milestone(project, MilestoneKind.OTHER, ledger.year, name="主体施工", due_on=on - timedelta(days=DAYS_LATE[level]))
    recompute(since, project)
    if level == WarningLevel.PAUSED:
        make_hold(project, max(since, on - timedelta(days=10)), on + timedelta(days=20))
    elif level == WarningLevel.DONE:
        close_entry(found, on)
    return found


def make_plan(
    project: Project, year: int = 2018, amounts: Sequence[int] = (), *, on: date = FROM, simulated: bool = False
) -> InvestmentPlan:
    """Give the project a plan of the year from the day on: twelve cumulative amounts in 万元 (default: 100 a month)."""
    amounts = amounts or [100 * month for month in range(1, 13)]
    InvestmentPlan.objects.standing(year).filter(project=project).update(valid_until=on)
    plan = InvestmentPlan.objects.create(
        project=project,
        year=year,
        valid_from=on,
        by_name="填报员",
        simulated=simulated,
        **{f"month_{month}": Decimal(amount) for month, amount in enumerate(amounts, 1)},
    )
    recompute(on, project)
    return plan


def make_report(
    project: Project,
    month: int,
    cumulative: int | str | None = None,
    *,
    on: date,
    year: int = 2018,
    state: str = ReportState.PASSED,
    simulated: bool = False,
    **content: Any,
) -> ProgressReport:
    """File the project's report of a month on the day; it is passed at once unless `state` says otherwise. `content` is what it says."""
    content = {"cumulative": None if cumulative is None else Decimal(cumulative), "cutoff_on": on, **content}
    counts = state in (ReportState.FILED, ReportState.PASSED)
    report = ProgressReport.objects.create(
        project=project,
        year=year,
        month=month,
        state=state,
        simulated=simulated,
        first_filed_on=on if counts else None,
        filed_on=on if counts else None,
        filed_by_name="填报员" if counts else "",
        **content,
    )
    if counts:
        ReportStep.objects.create(
            report=report, action=ReportAction.FILE, counts=True, by_name="填报员", valid_from=on, simulated=simulated, **content
        )
        renew_counted(project.pk, year, on)
    recompute(on, project)
    return report


def finish(milestone: Milestone, on: date, done_on: date | None = None) -> MilestoneUpdate:
    """Record on the day that the milestone was done (then, or on an earlier day), as the register of completions does."""
    done_on = done_on or on
    update = MilestoneUpdate.objects.create(
        milestone=milestone,
        layer="office",
        recorded_on=on,
        changes_done=True,
        from_done_on=milestone.done_on,
        done_on=done_on,
        by_name="登记人",
    )
    Milestone.objects.filter(pk=milestone.pk).update(done_on=done_on)
    recompute(on, milestone.project)
    return update


def make_hold(
    project: Project, since: date, until: date, *, on: date | None = None, state: str = DecisionState.APPROVED, **values: Any
) -> Hold:
    """Pause the project for the days (approved on the first of them, unless `on` or `state` say otherwise)."""
    on = on or since
    decided = {} if state == DecisionState.PENDING else {"decided_on": on, "decided_by_name": "审批人"}
    hold = Hold.objects.create(
        **{
            "project": project,
            "reason": HoldReason.WINTER,
            "summary": "重污染天气管控停工",
            "steps": "管控解除后立即复工",
            "since": since,
            "until": until,
            "state": state,
            "requested_on": on,
            "requested_by_name": "填报员",
            **decided,
            **values,
        }
    )
    recompute(on, project)
    return hold


def make_date_request(milestone: Milestone, to: date, *, on: date, **values: Any) -> DateRequest:
    """Ask on the day for another date of the milestone: until it is decided the milestone's clock stands still."""
    request = DateRequest.objects.create(
        **{
            "milestone": milestone,
            "to_due_on": to,
            "cause": "land",
            "reason": "土地手续未办结",
            "requested_on": on,
            "requested_by_name": "填报员",
            **values,
        }
    )
    recompute(on, milestone.project)
    return request


def set_level(project: Project, level: WarningLevel, since: date, until: date, year: int = 2018, **values: Any) -> LevelOverride:
    """Set yellow or red by hand for the days."""
    override = LevelOverride.objects.create(
        **{
            "project": project,
            "year": year,
            "level": level,
            "since": since,
            "until": until,
            "reason": "现场进度与上报不符",
            "set_by_name": "督察办",
            **values,
        }
    )
    recompute(since, project)
    return override


def close_entry(entry: LedgerEntry, on: date) -> None:
    """Close the entry (销号) on the day."""
    LedgerEntry.objects.filter(pk=entry.pk).update(closed_on=on)
    recompute(on, entry.project)


def levels(projects: Iterable[Project], day: date, year: int = 2018) -> list[WarningLevel]:
    """Return what is shown of the projects on the day."""
    rows = {row.project_id: row for row in WarningSchedule.objects.of_year(year).on(day)}
    return [rows[project.pk].level_on(day) if project.pk in rows else WarningLevel.UNRATED for project in projects]


def make_lifting(project: Project, year: int = 2018, **values: Any) -> Lifting:
    """Return a lifting that awaits an inspector, whatever the project's colour is; where that matters, `finish` what makes it red."""
    return Lifting.objects.create(
        **{
            "project": project,
            "year": year,
            "from_level": WarningLevel.RED,
            "to_level": WarningLevel.GREEN,
            "proposed_on": date(2018, 7, 2),
            **values,
        }
    )


def open_lifting(project: Project, year: int = 2018) -> Lifting | None:
    """Return the project's lifting that awaits somebody."""
    return Lifting.objects.open().filter(project=project, year=year).first()
