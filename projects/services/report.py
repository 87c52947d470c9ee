"""Monthly reports: drafting, filing, reviewing (domain.md §5.2). Each step leaves a ReportStep with what the report said then."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.numbers import money
from erqi.common.saving import changed, checked, locked
from projects.choices import GRAVE_LEVELS, ReminderKind, ReportAction, ReportState
from projects.models import ProgressReport, Project, ReportStep, WarningSchedule
from projects.models.report import CONTENT
from projects.rules.report import ACTIONS, COUNTED_ACTIONS, EDITABLE, allowed, is_regular
from projects.services.grid import require_reviewer, require_writer
from projects.services.period import Month, month_of
from projects.services.reminder import notify
from projects.services.schedule import refresh

# What a new month begins with: last month's, but for what is said of the month itself.
_CARRIED = tuple(name for name in CONTENT if name not in {"progress", "no_change", "cutoff_on"})
NO_CHANGE = "本月无变化。"


@dataclass(frozen=True)
class Filed:
    """What became of one row of a grid: the report, or the sentence that refused it."""

    project: Project
    report: ProgressReport | None
    refusal: str = ""


def last_counted(project: Project | int, year: int, month: int) -> ProgressReport | None:
    """Return the year's last report before a month whose figures count."""
    return ProgressReport.objects.counted().filter(project=project, year=year, month__lt=month).order_by("-month").first()


def prefilled(earlier: ProgressReport | None) -> dict[str, Any]:
    """Return what the form of a new month shows first: last month's figures, problem and next step; nothing without a last month."""
    return {name: getattr(earlier, name) for name in _CARRIED} if earlier is not None else {}


def _refuse_closed(month: Month, on: date) -> None:
    """Raise ServiceError when reports of the month cannot be written on the day."""
    if on < month.opens_on:
        raise ServiceError(f"{month}的月报从{chinese_day(month.opens_on)}起填报，现在还不能填。")
    if month.is_locked(on):
        raise ServiceError(f"{month}已锁定，不能再修改。确需更正的，请填写更正单，由重点项目办审批。")


def _report(project: Project, year: int, month: int, version: int | None, request_key: UUID | None) -> ProgressReport:
    """Return the month's report under a lock, or a new one that is not stored yet; raise StaleRecord when somebody else wrote it."""
    # Two people who begin the same report at once come one after the other.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    found = ProgressReport.objects.filter(project=project, year=year, month=month).first()
    if found is None:
        report = ProgressReport(project=project, year=year, month=month)
        if request_key:
            report.request_key = request_key
        return report
    if version is None and not (request_key is not None and found.request_key == request_key):
        raise StaleRecord(found)
    return locked(ProgressReport.objects.select_related("project"), found.pk, version)


def _store(report: ProgressReport, values: dict[str, Any]) -> bool:
    """Set the values, check and save what changed (or is new) and say whether anything was written."""
    if changed(report, values) or report.pk is None:
        report.version += report.pk is not None
        checked(report).save()
        return True
    return False


@transaction.atomic
def save_draft(
    *,
    project: Project,
    year: int,
    month: int,
    values: dict[str, Any],
    version: int | None,
    by: User | None,
    request_key: UUID | None = None,
) -> ProgressReport:
    """Keep what was typed so far, whole or half, and return the report. A draft counts for nothing yet.

    `values` are columns of ReportContent; `version` is None for a report that the person saw as not begun. Raises NotAllowed (grid of
    responsibility), ServiceError (month not open or locked, report filed already), StaleRecord, InvalidInput.
    """
    require_writer(by, project)
    on = clock.today()
    _refuse_closed(month_of(year, month), on)
    report = _report(project, year, month, version, request_key)
    _refuse_state(report)
    _store(report, values)
    return report


def _refuse_state(report: ProgressReport) -> None:
    state = ReportState(report.state) if report.pk is not None else None
    if state not in EDITABLE:
        raise ServiceError(
            f"这份月报已{'报送' if state == ReportState.FILED else '通过审核'}，不能修改。需要修改的，请先撤回或请审核人退回。"
        )


@transaction.atomic
def file_report(
    *,
    project: Project,
    year: int,
    month: int,
    by: User | None,
    version: int | None,
    values: dict[str, Any] | None = None,
    request_key: UUID | None = None,
) -> ProgressReport:
    """File (报送) a month's report, with these values where given, and return it. From now on its figures count.

    The same filing sent twice counts once. Raises NotAllowed, ServiceError (month not open or locked, filed already with other
    figures), StaleRecord, InvalidInput: the cumulative amount is missing, falls below last month's without a word why, or a yellow
    or red project names no problem and cause (domain.md §0.5: every lag has its 病因).
    """
    require_writer(by, project)
    on = clock.today()
    found = ProgressReport.objects.filter(project=project, year=year, month=month).first()
    if found is not None and found.state in (ReportState.FILED, ReportState.PASSED):
        if _says_the_same(found, values):
            return found
        raise ServiceError(
            f"这份月报已于{chinese_day(found.filed_on or on)}由{found.filed_by_name}报送。需要修改的，请先撤回或请审核人退回。"
        )
    days = month_of(year, month)
    _refuse_closed(days, on)
    report = _report(project, year, month, version, request_key)
    changed(report, dict(values or {}))
    if report.cutoff_on is None:
        report.cutoff_on = min(on, days.due_on)
    _refuse_incomplete(report, on)
    name = str(by) if by else "系统"
    report.state = ReportState.FILED
    report.filed_on, report.filed_by, report.filed_by_name = on, by, name
    report.first_filed_on = report.first_filed_on or on
    report.return_reason = ""
    report.version += report.pk is not None
    checked(report).save()
    append_step(report, ReportAction.FILE, by, on)
    refresh(project)
    return report


def _says_the_same(report: ProgressReport, values: dict[str, Any] | None) -> bool:
    return all(getattr(report, name) == value or (value in (None, "") and name == "cutoff_on") for name, value in (values or {}).items())


def _refuse_incomplete(report: ProgressReport, on: date) -> None:
    """Raise InvalidInput for what a filed report has to say and does not."""
    wrong: dict[str | None, list[str]] = {}
    earlier = last_counted(report.project_id, report.year, report.month)
    if report.cumulative is None:
        wrong["cumulative"] = ["请填写本年累计完成投资；没有完成投资的填 0。"]
    elif earlier is not None and not is_regular(report.cumulative, earlier.cumulative) and not report.progress.strip():
        wrong["progress"] = [f"累计完成投资比{earlier.month}月的 {money(earlier.cumulative)} 少，请在“本月进展”中说明原因。"]
    if report.no_change and earlier is None:
        wrong["no_change"] = ["本年还没有报过月报，不能报“无变化”，请填写数据。"]
    if report.problem.strip() and not report.problem_cause:
        wrong["problem_cause"] = ["填写了存在问题，请同时选择病因。"]
    elif not report.problem.strip() and _is_grave(report.project_id, report.year, on):
        wrong["problem"] = ["该项目现为预警或告警，请填写存在问题并选择病因。"]
    if report.cutoff_on is not None and report.cutoff_on > on:
        wrong["cutoff_on"] = ["数据截止日不能晚于业务日期。"]
    if wrong:
        raise InvalidInput(wrong)


def _is_grave(project: int, year: int, on: date) -> bool:
    row = WarningSchedule.objects.of_year(year).on(on).filter(project=project).first()
    return row is not None and row.level_on(on) in GRAVE_LEVELS


def append_step(report: ProgressReport, action: ReportAction, by: User | None, on: date, reason: str = "") -> ReportStep:
    """Append the step with what the report says, and end the one before it."""
    report.steps.filter(valid_until=None).update(valid_until=on)
    step = ReportStep(
        report=report,
        action=action,
        counts=action in COUNTED_ACTIONS,
        valid_from=on,
        reason=reason,
        by=by,
        by_name=str(by) if by else "系统",
        **{name: getattr(report, name) for name in CONTENT},
    )
    checked(step).save()
    return step


@transaction.atomic
def file_unchanged(
    *, project: Project, year: int, month: int, version: int | None, by: User, request_key: UUID | None = None
) -> ProgressReport:
    """File a month in which nothing changed (无变化), in one click: last month's figures, problem and next step.

    Raises as `file_report`; InvalidInput where there is no month before.
    """
    earlier = last_counted(project, year, month)
    values = {**prefilled(earlier), "no_change": True, "progress": NO_CHANGE}
    return file_report(project=project, year=year, month=month, by=by, version=version, values=values, request_key=request_key)


def file_many(*, rows: list[dict[str, Any]], by: User) -> list[Filed]:
    """File several reports (each a dictionary of `file_report`'s arguments but `by`), each in a transaction of its own: what is
    refused keeps the others not. Return what became of each row, in their order."""
    found = []
    for row in rows:
        try:
            found.append(Filed(row["project"], file_report(by=by, **row)))
        except InvalidInput as error:
            found.append(Filed(row["project"], None, "".join(text for texts in error.fields.values() for text in texts)))
        except (NotAllowed, ServiceError) as error:
            found.append(Filed(row["project"], None, str(error)))
    return found


def _advance(
    report: ProgressReport, action: ReportAction, version: int | None, by: User | None, reason: str, values: dict[str, Any]
) -> ProgressReport:
    """Take a step on a filed report: lock, check state and month, write, refresh the colour."""
    Project.objects.select_for_update(no_key=True).get(pk=report.project_id)
    current = ProgressReport.objects.select_for_update(of=("self",)).select_related("project").get(pk=report.pk)
    target = ACTIONS[action][1]
    if current.state == target and current.version != version:
        # The second click on the same button.
        return current
    report = locked(ProgressReport.objects.select_related("project"), report.pk, version)
    on = clock.today()
    month = month_of(report.year, report.month)
    if month.is_locked(on):
        raise ServiceError(f"{month}已锁定，不能再办理。确需更正的，请填写更正单。")
    if not allowed(action, ReportState(report.state), locked=False):
        raise ServiceError(f"这份月报现为“{report.get_state_display()}”，不能{action.label}。请刷新页面查看。")
    report.state = target
    report.version += 1
    for name, value in values.items():
        setattr(report, name, value)
    checked(report).save()
    append_step(report, action, by, on, reason)
    refresh(report.project)
    return report


@transaction.atomic
def withdraw_report(*, report: ProgressReport, version: int | None, by: User) -> ProgressReport:
    """Take a filed report back to change it, as long as nobody has reviewed it; its figures count no more until it is filed again.

    Raises NotAllowed, ServiceError (state, locked month), StaleRecord.
    """
    require_writer(by, report.project)
    return _advance(report, ReportAction.WITHDRAW, version, by, "", {})


def _refuse_own(report: ProgressReport, by: User) -> None:
    if report.filed_by_id is not None and by is not None and report.filed_by_id == by.pk:
        raise NotAllowed("不能审核自己报送的月报，请由他人审核。")


@transaction.atomic
def pass_report(*, report: ProgressReport, version: int | None, by: User) -> ProgressReport:
    """Pass (通过) a filed report. Raises NotAllowed (grid, one's own report), ServiceError (state, locked month), StaleRecord."""
    require_reviewer(by, report.project)
    _refuse_own(report, by)
    done = {"reviewed_on": clock.today(), "reviewed_by_name": str(by) if by else "系统", "return_reason": ""}
    return _advance(report, ReportAction.PASS, version, by, "", done)


@transaction.atomic
def return_report(*, report: ProgressReport, reason: str, version: int | None, by: User) -> ProgressReport:
    """Return (退回) a report with the reason; its figures count no more, and whoever filed it is told.

    Raises NotAllowed (grid, one's own report), InvalidInput without a reason, ServiceError (state, locked month), StaleRecord.
    """
    require_reviewer(by, report.project)
    _refuse_own(report, by)
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"reason": ["请写明退回的原因，以便填报人修改。"]})
    done = {"reviewed_on": clock.today(), "reviewed_by_name": str(by) if by else "系统", "return_reason": reason}
    returned = _advance(report, ReportAction.RETURN, version, by, reason, done)
    if returned.filed_by is not None:
        notify(
            users=[returned.filed_by],
            kind=ReminderKind.RETURNED,
            key=f"report-returned/{returned.pk}/{returned.version}",
            title=f"{returned}被退回",
            text=reason,
            url=returned.get_absolute_url(),
        )
    return returned
