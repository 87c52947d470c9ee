"""我的待办: what is due from a person today, the gravest consequence first. A fixed number of queries, whatever there is to do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from erqi.common import workdays
from erqi.common.dates import chinese_day
from erqi.common.models import User
from projects.choices import LiftingState, PolicyState, ReportState, ResponsibilityKind, WarningLevel
from projects.models import (
    DateRequest,
    Hold,
    Lifting,
    ProgressReport,
    Project,
    ReportCorrection,
    Responsibility,
    WarningPolicy,
)
from projects.querysets.responsibility import in_force
from projects.rules.colour import turns
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.rules.warning import assess
from projects.sentences.warning import cause_words, lifting_words, reason_words
from projects.services.facts import schedules_of, warned_entries
from projects.services.grid import Grid, grids, units_of
from projects.services.period import Month, current_month

# How far ahead a person is shown what will turn, and how long a request may wait before it weighs more (working days).
AHEAD = timedelta(days=14)
WAITS, WAITS_LONG = 3, 6
# A list that nobody reads to its end is cut here, with the number of the rest.
MOST = 60


@dataclass(frozen=True)
class Item:
    """A line of the list: what to do, where, by when, and what follows if it is not done."""

    kind: str
    title: str
    text: str
    url: str
    action: str
    # What it weighs: the level that it has or will come to, and the day on which that is so.
    level: WarningLevel
    on: date
    due_on: date | None = None
    project: Project | None = None
    # The colour shown now, and the one that comes next (None: none is foreseen).
    shown: WarningLevel | None = None
    coming: WarningLevel | None = None
    simulated: bool = False

    @property
    def weight(self) -> tuple[int, date, str]:
        """What the list is sorted by: the gravest first, of equal ones the earliest."""
        return (-int(self.level), self.on, self.title)


KINDS = {
    "report": "月报",
    "review": "审核",
    "project": "项目预警",
    "hold": "暂停",
    "request": "审批",
    "lifting": "摘牌",
    "policy": "规则",
}


def todo(user: User, day: date) -> list[Item]:
    """Return what is due from the account on the day, sorted by consequence."""
    found: list[Item] = []
    units = units_of(user, day)
    needs_grid = user.can("report.write") or user.can("report.review")
    listed = _listed(day) if needs_grid or user.can("report.manage") or user.can("inquiry.ask") else {}
    grid = grids(listed, day) if needs_grid else {}
    if user.can("report.write") or user.can("report.manage"):
        mine = _of_units(listed, grid, units, reporting_unit) if not user.can("report.manage") else dict(listed)
        found += _reports(mine, day, everybody=user.can("report.manage"))
    if user.can("report.write"):
        mine = _of_units(listed, grid, units, reporting_unit)
        found += _projects(mine, day)
        found += _holds(mine, day)
    if user.can("report.review") or user.can("report.manage"):
        reviewed = dict(listed) if user.can("report.manage") else _of_units(listed, grid, units, reviewing_unit)
        found += _reviews(reviewed, user, day)
    if user.can("inquiry.ask"):
        found += _projects({key: listed[key] for key in _patronised(user, day) if key in listed}, day)
    if user.can("request.decide"):
        found += _requests(user, day)
    if user.can("policy.approve"):
        found += _policies(user, day)
    found += _liftings(user, day)
    return sorted(found, key=lambda item: item.weight)


def _listed(day: date) -> dict[int, Project]:
    """Return the projects that stand in the year's district ledger and have colours."""
    entries = warned_entries(day.year, day).listed(day).filter(closed_on=None).select_related("project")
    return {entry.project_id: entry.project for entry in entries}


def _of_units(listed: dict[int, Project], grid: dict[int, Grid], units: Collection[int], unit_of: Any) -> dict[int, Project]:
    return {key: project for key, project in listed.items() if unit_of(grid.get(key, [])) in units} if units else {}


def _patronised(user: User, day: date) -> list[int]:
    rows = Responsibility.objects.filter(in_force(day), kind=ResponsibilityKind.PATRON, person__account=user)
    return list(rows.values_list("project_id", flat=True))


def waited(since: date, day: date) -> WarningLevel:
    """Return what a request weighs that has waited since a day: the longer, the more."""
    days = workdays.workdays_between(since, day)
    if days >= WAITS_LONG:
        return WarningLevel.RED
    return WarningLevel.YELLOW if days >= WAITS else WarningLevel.BLUE


def report_level(month: Month, day: date) -> WarningLevel:
    """Return what an unreported month weighs: the bands of the reporting dimension (domain.md §1.6, D6)."""
    late = workdays.workdays_between(month.due_on, day)
    if late > 3:
        return WarningLevel.RED
    if late >= 1:
        return WarningLevel.YELLOW
    return WarningLevel.BLUE if day >= month.reminds_on else WarningLevel.GREEN


def _reports(mine: dict[int, Project], day: date, *, everybody: bool) -> list[Item]:
    """One line for the month's open reports (not one for each), and one for each that was returned."""
    month = current_month(day)
    if not mine or not month.is_open(day):
        return []
    states: dict[int, ProgressReport] = {
        report.project_id: report for report in ProgressReport.objects.of_month(month.year, month.month).filter(project__in=mine)
    }
    done = {key for key, report in states.items() if report.state in (ReportState.FILED, ReportState.PASSED)}
    left = len(mine) - len(done)
    address = f"{reverse('projects:report_grid')}?year={month.year}&month={month.month}"
    late = workdays.workdays_between(month.due_on, day)
    when = f"{chinese_day(month.due_on)}截止" + (f"，已逾期 {late} 个工作日" if late > 0 else "") + f"；{chinese_day(month.locks_on)}后锁定"
    found = []
    if left:
        title = f"{month.month}月月报：{'全区' if everybody else ''}还有 {left} 个项目未报（共 {len(mine)} 个）"
        action = "查看" if everybody else "去填报"
        found.append(Item("report", title, when, address, action, report_level(month, day), month.due_on, month.due_on))
    if not everybody:
        for key, report in states.items():
            if report.state == ReportState.RETURNED:
                title = f"{month.month}月月报被{report.reviewed_by_name or '审核人'}退回"
                found.append(
                    Item(
                        "report",
                        title,
                        f"退回原因：{report.return_reason}",
                        reverse("projects:report_detail", args=[mine[key].code, month.year, month.month]),
                        "修改后重报",
                        max(report_level(month, day), WarningLevel.YELLOW),
                        month.due_on,
                        month.due_on,
                        mine[key],
                        simulated=report.simulated,
                    )
                )
    return found


def _reviews(mine: dict[int, Project], user: User, day: date) -> list[Item]:
    waiting = [report for report in ProgressReport.objects.to_review().filter(project__in=mine) if report.filed_by_id != user.pk]
    if not waiting:
        return []
    first = min(report.filed_on for report in waiting if report.filed_on)
    return [
        Item(
            "review",
            f"{len(waiting)} 份月报待审核",
            f"最早的一份报送于{chinese_day(first)}",
            reverse("projects:report_review"),
            "去审核",
            waited(first, day),
            first,
        )
    ]


def _projects(mine: dict[int, Project], day: date) -> list[Item]:
    """A line for each project that is blue or worse, or will turn soon: why, and what would lift or prevent it."""
    found = []
    for row, policy in schedules_of(mine, day):
        thresholds, bounds, level = row.schedule.thresholds, row.bounds, row.level_on(day)
        if level in (WarningLevel.DONE, WarningLevel.PAUSED):
            continue
        ahead = next(iter(turns(thresholds, bounds, day, day + AHEAD)), None)
        worse = ahead if ahead is not None and ahead[2] > level else None
        if level < WarningLevel.BLUE and worse is None:
            continue
        judged = assess(policy, row.known_facts, workdays, day)
        coming = worse[2] if worse else None
        cause = thresholds.cause(coming) if coming is not None else None
        if level >= WarningLevel.BLUE:
            why, remedy = reason_words(level, policy, judged, bounds, day), lifting_words(level, bounds, judged, policy)
        else:
            why, remedy = (cause_words(cause, policy.basis) if cause else ""), ""
        text = "；".join(filter(None, [why, f"如无新进展，{chinese_day(worse[0])}转为{policy.label(worse[2])}" if worse else "", remedy]))
        found.append(
            Item(
                "project",
                mine[row.project_id].name,
                text,
                mine[row.project_id].get_absolute_url(),
                "更新进展",
                max(level, coming or level),
                worse[0] if worse and worse[2] > level else row.since(day),
                worse[0] if worse else None,
                mine[row.project_id],
                level,
                coming,
                row.simulated,
            )
        )
    return found


def _holds(mine: dict[int, Project], day: date) -> list[Item]:
    """Holds that are about to end: the colour comes back, or the hold is renewed in time."""
    soon = day + timedelta(days=7)
    return [
        Item(
            "hold",
            f"暂停将于{chinese_day(hold.last_day)}到期",
            "到期后恢复评价；仍不能复工的，请在到期前申请续期",
            hold.get_absolute_url(),
            "查看",
            WarningLevel.BLUE,
            hold.last_day,
            hold.last_day,
            hold.project,
            WarningLevel.PAUSED,
            simulated=hold.simulated,
        )
        for hold in Hold.objects.covering(day).filter(project__in=mine, until__lte=soon).select_related("project")
    ]


def _requests(user: User, day: date) -> list[Item]:
    found = []
    for request in DateRequest.objects.pending().exclude(requested_by=user).for_list()[:MOST]:
        move = f"{chinese_day(request.milestone.due_on)}改为{chinese_day(request.to_due_on)}"
        text = f"{request.requested_by_name}申请由{move}（{request.get_cause_display()}）；审批前计时暂停"
        found.append(
            _pending(request, f"变更时限：{request.milestone.name}", text, request.get_absolute_url(), request.milestone.project, day)
        )
    for hold in Hold.objects.filter(state="pending").exclude(requested_by=user).for_list()[:MOST]:
        text = f"{hold.requested_by_name}申请暂停{chinese_day(hold.since)}至{chinese_day(hold.until)}（{hold.get_reason_display()}）"
        found.append(_pending(hold, "暂停申请", text, hold.get_absolute_url(), hold.project, day))
    slips = ReportCorrection.objects.filter(state="pending").exclude(requested_by=user).select_related("report__project")[:MOST]
    for slip in slips:
        title = f"更正单：{slip.report.year}年{slip.report.month}月月报"
        found.append(_pending(slip, title, f"{slip.requested_by_name}：{slip.reason}", slip.get_absolute_url(), slip.report.project, day))
    return found


def _pending(request: Any, title: str, text: str, url: str, project: Project, day: date) -> Item:
    since = request.requested_on
    return Item("request", title, text, url, "审批", waited(since, day), since, None, project, simulated=request.simulated)


def _policies(user: User, day: date) -> list[Item]:
    submitted = WarningPolicy.objects.filter(state=PolicyState.SUBMITTED).exclude(created_by=user)
    return [
        Item(
            "policy",
            f"预警规则“{policy.name}”待批准",
            f"{policy.created_by_name}拟定，拟自{chinese_day(policy.effective_from)}起生效"
            if policy.effective_from
            else policy.created_by_name,
            policy.get_absolute_url(),
            "查看测算并审批",
            WarningLevel.BLUE,
            policy.effective_from or day,
            policy.effective_from,
        )
        for policy in submitted
    ]


def _liftings(user: User, day: date) -> list[Item]:
    wanted = {
        state for state, code in ((LiftingState.PROPOSED, "lifting.verify"), (LiftingState.VERIFIED, "lifting.confirm")) if user.can(code)
    }
    if not wanted:
        return []
    found = []
    for lifting in Lifting.objects.filter(state__in=wanted).exclude(verified_by=user).for_list()[:MOST]:
        since = lifting.verified_on or lifting.proposed_on
        step = "核验" if lifting.state == LiftingState.PROPOSED else "确认"
        title = f"摘牌待{step}：{lifting.get_from_level_display()} → {lifting.get_to_level_display()}"
        text = f"{chinese_day(lifting.proposed_on)}起数据已好转" + (
            f"；{lifting.verified_by_name}已核验" if lifting.verified_by_name else ""
        )
        found.append(
            Item(
                "lifting",
                title,
                text,
                lifting.get_absolute_url(),
                step,
                waited(since, day),
                since,
                None,
                lifting.project,
                WarningLevel(lifting.from_level),
                simulated=lifting.simulated,
            )
        )
    return found
