"""Correction slips (更正单): what is put right after a month was locked. The old figure stays in the report's steps."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import ReminderKind, ReportAction, ReportState
from projects.models import Ledger, LedgerEntry, ProgressReport, Project, ReportCorrection, ReportStep
from projects.models.report import CONTENT
from projects.rules.report import REPORTED
from projects.services.decision import decide, open_request, withdraw
from projects.services.grid import require_writer
from projects.services.locks import lock_project
from projects.services.period import Month, month_of
from projects.services.reminder import notify
from projects.services.report import append_step
from projects.services.schedule import refresh

PENDING = "这份月报已有一张待审批的更正单，请等待审批，或由申请人撤回后重新填写。"


def correction_refusal(project: Project, month: Month, on: date) -> str:
    """Return why no slip can be filled in for the project's month on the day, before anybody types; an empty text where one can."""
    if not month.is_locked(on):
        return f"{month}还没有锁定，请直接填写或修改月报，不必填写更正单。"
    # Asked of today, not of the month: who joined later may still report what was done before.
    ledgers = Ledger.objects.main().filter(year=month.year)
    if not LedgerEntry.objects.entered(on).filter(project=project, ledger__in=ledgers).exists():
        return f"“{project}”不在{month.year}年区级重点项目台账中，没有可以更正的月报。"
    waiting = ReportCorrection.objects.pending().filter(report__project=project)
    return PENDING if waiting.filter(report__year=month.year, report__month=month.month).exists() else ""


@transaction.atomic
def request_correction(
    *,
    project: Project,
    year: int,
    month: int,
    values: dict[str, Any],
    reason: str,
    version: int | None,
    by: User | None,
    request_key: UUID | None = None,
) -> ReportCorrection:
    """Ask for a locked month's report to be corrected, or to be made up for (补报) where none counts, and return the slip.

    `values` are columns of ReportContent as they should be; what is not among them stays as it is. `version` is the report's that the
    person saw, None where none was begun. Raises NotAllowed (grid), ServiceError (month still open, project not in the year's ledger,
    a slip that awaits its decision), StaleRecord, InvalidInput (no reason, no amount, nothing that differs).
    """
    require_writer(by, project)
    # Two people who correct the same report at once come one after the other, and so does one form that arrives twice.
    lock_project(project.pk)
    if earlier := already(ReportCorrection.objects.all(), request_key):
        return earlier
    on, days = clock.today(), month_of(year, month)
    if refusal := correction_refusal(project, days, on):
        raise ServiceError(refusal)
    report = ProgressReport.objects.filter(project=project, year=year, month=month).first()
    if report is not None and report.version != version:
        raise StaleRecord(report)
    # A slip belongs to a report: where none was begun, an empty one stands for it and counts for nothing until the approval.
    report = report or checked(ProgressReport(project=project, year=year, month=month))
    standing = standing_step(report) if report.pk is not None else None
    content = {name: getattr(standing or report, name) for name in CONTENT} | values
    # Somebody corrects it: so it does not say 无变化 any more, unless it is said anew.
    content["no_change"] = values.get("no_change", False)
    content["cutoff_on"] = content["cutoff_on"] or days.due_on
    _refuse_incomplete(report, content, reason, on)
    if report.pk is None:
        report.save()
    slip = ReportCorrection(report=report, report_version=report.version, reason=reason.strip(), **content)
    if request_key:
        slip.request_key = request_key
    return open_request(slip, by)


def standing_step(report: ProgressReport) -> ReportStep | None:
    """Return the step whose content counts for the report's month now, which a slip puts right; None where nothing counts."""
    return ReportStep.objects.standing().filter(report=report).first()


def _refuse_incomplete(report: ProgressReport, content: dict[str, Any], reason: str, on: date) -> None:
    """Raise InvalidInput for what a slip has to say and does not."""
    wrong: dict[str | None, list[str]] = {}
    if not reason.strip():
        wrong["reason"] = ["请写明更正理由。"]
    if content["cumulative"] is None:
        wrong["cumulative"] = ["请填写本年累计完成投资；没有完成投资的填 0。"]
    elif content["cumulative"] < 0:
        wrong["cumulative"] = ["累计完成投资不能为负数。"]
    if content["problem"].strip() and not content["problem_cause"]:
        wrong["problem_cause"] = ["填写了存在问题，请同时选择病因。"]
    if content["cutoff_on"] > on:
        wrong["cutoff_on"] = ["数据截止日不能晚于业务日期。"]
    said = [name for name in CONTENT if name != "no_change"]
    if report.state in REPORTED and all(content[name] == getattr(report, name) for name in said):
        wrong[None] = ["更正后的内容与原月报相同，无需更正。"]
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def decide_correction(
    *, correction: ReportCorrection, approve: bool, reason: str, version: int | None, by: User | None
) -> ReportCorrection:
    """Approve a slip (its figures count from today on; the report is passed) or refuse it with a reason.

    The same decision sent twice counts once. Raises NotAllowed without `report.manage` or on one's own slip, ServiceError when it was
    decided otherwise or the report was written again since the slip was filled in, StaleRecord, InvalidInput for a refusal without a
    reason.
    """
    require(by, "report.manage")
    lock_project(correction.report.project_id)
    slip, first_time = decide(ReportCorrection.objects.all(), correction.pk, approve, reason, version, by)
    if not first_time:
        return slip
    if approve:
        _carry_out(slip, by)
    _tell(slip)
    return slip


def _carry_out(slip: ReportCorrection, by: User | None) -> None:
    """Let the report say what the slip says, from today on."""
    on = clock.today()
    report = locked(ProgressReport.objects.select_related("project"), slip.report_id, None)
    if report.version != slip.report_version:
        raise ServiceError("填写更正单之后，这份月报又有改动，同意会覆盖那些改动。请不同意本单，由填报单位按现在的月报重新填写。")
    for name in CONTENT:
        setattr(report, name, getattr(slip, name))
    if report.first_filed_on is None or report.state not in REPORTED:
        # Made up for after the lock: it was filed when the slip was.
        report.filed_on, report.filed_by, report.filed_by_name = slip.requested_on, slip.requested_by, slip.requested_by_name
        report.first_filed_on = report.first_filed_on or slip.requested_on
    report.state, report.return_reason = ReportState.PASSED, ""
    report.reviewed_on, report.reviewed_by_name = on, slip.decided_by_name
    report.version += 1
    checked(report).save()
    append_step(report, ReportAction.CORRECT, by, on, slip.reason)
    refresh(report.project)


@transaction.atomic
def withdraw_correction(*, correction: ReportCorrection, version: int | None, by: User) -> ReportCorrection:
    """Take a slip back that awaits its decision. Raises NotAllowed for somebody else's, ServiceError when it was decided, StaleRecord."""
    return withdraw(ReportCorrection.objects.all(), correction.pk, version, by)[0]


def _tell(slip: ReportCorrection) -> None:
    if slip.requested_by is not None:
        notify(
            users=[slip.requested_by],
            kind=ReminderKind.DECIDED,
            key=f"correction/{slip.pk}/{slip.state}",
            title=f"{slip.report}的更正{slip.get_state_display()}",
            text=slip.decision_reason,
            url=slip.get_absolute_url(),
        )
