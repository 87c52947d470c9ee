"""Correction slips (更正单): what is put right after a month was locked. The old figure stays in the report's steps."""

from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import ReminderKind, ReportAction, ReportState
from projects.models import ProgressReport, Project, ReportCorrection
from projects.models.report import CONTENT
from projects.services.decision import decide, open_request, withdraw
from projects.services.grid import require_writer
from projects.services.period import month_of
from projects.services.reminder import notify
from projects.services.report import append_step
from projects.services.schedule import refresh


@transaction.atomic
def request_correction(
    *, project: Project, year: int, month: int, values: dict[str, Any], reason: str, by: User | None, request_key: UUID | None = None
) -> ReportCorrection:
    """Ask for a locked month's report to be corrected, or to be made up for where none was filed, and return the slip.

    `values` are all columns of ReportContent as they should be. Raises NotAllowed (grid), ServiceError while the month is open,
    InvalidInput (no reason, no amount, nothing that differs, a slip that awaits its decision already).
    """
    require_writer(by, project)
    if earlier := already(ReportCorrection.objects.all(), request_key):
        return earlier
    found = month_of(year, month)
    on = clock.today()
    if not found.is_locked(on):
        raise ServiceError(f"{found}还没有锁定，请直接修改月报，不必填写更正单。")
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    report, _ = ProgressReport.objects.get_or_create(project=project, year=year, month=month)
    wrong: dict[str | None, list[str]] = {}
    if not reason.strip():
        wrong["reason"] = ["请写明更正理由。"]
    if values.get("cumulative") is None:
        wrong["cumulative"] = ["请填写本年累计完成投资；没有完成投资的填 0。"]
    if values.get("problem") and not values.get("problem_cause"):
        wrong["problem_cause"] = ["填写了存在问题，请同时选择病因。"]
    counted = report.state in (ReportState.FILED, ReportState.PASSED)
    if counted and all(getattr(report, name) == values.get(name, getattr(report, name)) for name in CONTENT):
        wrong[None] = ["更正后的内容与原月报相同，无需更正。"]
    if wrong:
        raise InvalidInput(wrong)
    content = {name: values.get(name, getattr(report, name)) for name in CONTENT}
    slip = ReportCorrection(report=report, reason=reason.strip(), **content)
    if request_key:
        slip.request_key = request_key
    open_request(slip, by)
    return slip


@transaction.atomic
def decide_correction(
    *, correction: ReportCorrection, approve: bool, reason: str, version: int | None, by: User | None
) -> ReportCorrection:
    """Approve a slip (its figures count from today on; the report is passed) or refuse it with a reason.

    Raises NotAllowed without `report.manage` or on one's own slip, ServiceError when it was decided otherwise, StaleRecord,
    InvalidInput for a refusal without a reason.
    """
    require(by, "report.manage")
    Project.objects.select_for_update(no_key=True).get(pk=correction.report.project_id)
    slip, first_time = decide(ReportCorrection.objects.all(), correction.pk, approve, reason, version, by)
    if not first_time:
        return slip
    on = clock.today()
    if approve:
        report = locked(ProgressReport.objects.select_related("project"), slip.report_id, None)
        for name in CONTENT:
            setattr(report, name, getattr(slip, name))
        report.state = ReportState.PASSED
        report.first_filed_on = report.first_filed_on or slip.requested_on
        report.filed_on = report.filed_on or slip.requested_on
        report.filed_by_name = report.filed_by_name or slip.requested_by_name
        report.reviewed_on, report.reviewed_by_name = on, slip.decided_by_name
        report.version += 1
        checked(report).save()
        append_step(report, ReportAction.CORRECT, by, on, slip.reason)
        refresh(report.project)
    _tell(slip)
    return slip


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
            url=slip.report.get_absolute_url(),
        )
