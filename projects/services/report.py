"""Monthly reports: drafting, filing, reviewing (domain.md §5.2). Each step leaves a ReportStep with what the report said then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.attachments import attach, withdraw_attachment
from erqi.common.dates import chinese_day, in_year
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import Attachment, User
from erqi.common.numbers import money
from erqi.common.saving import changed, checked, locked
from projects.choices import GRAVE_LEVELS, ReminderKind, ReportAction, ReportState
from projects.models import ProgressReport, Project, ReportStep, WarningSchedule
from projects.models.report import CONTENT
from projects.rules.report import ACTIONS, REPORTED, allowed, counts_after, is_regular
from projects.sentences.report import return_words
from projects.services.counted import renew_counted
from projects.services.grid import require_reviewer, require_writer
from projects.services.locks import lock_project
from projects.services.period import month_of
from projects.services.reminder import notify
from projects.services.report_doubt import Unconfirmed, refuse_unconfirmed
from projects.services.report_window import refuse_closed
from projects.services.schedule import refresh

# What a new month begins with: last month's, but for what is said of the month itself.
_CARRIED = tuple(name for name in CONTENT if name not in {"progress", "no_change", "cutoff_on"})
NO_CHANGE = "本月无变化。"
FIRST_VERSION = 1


@dataclass(frozen=True)
class Filed:
    """What became of one row of a grid: the report, or the sentence that refused it; `asked` is the amount that it asks about."""

    project: Project
    report: ProgressReport | None
    refusal: str = ""
    asked: Decimal | None = None


def last_counted(project: Project | int, year: int, month: int) -> ReportStep | None:
    """Return the step of the year's last report before a month whose figures count: what it says stands, whatever is typed meanwhile
    into a report that was returned."""
    steps = ReportStep.objects.standing().filter(report__project=project, report__year=year, report__month__lt=month)
    return steps.select_related("report").order_by("-report__month").first()


def prefilled(earlier: ReportStep | None) -> dict[str, Any]:
    """Return what the form of a new month shows first: last month's figures, problem and next step; nothing without a last month."""
    return {name: getattr(earlier, name) for name in _CARRIED} if earlier is not None else {}


def _begun(project: Project, year: int, month: int) -> ProgressReport | None:
    """Return the month's report as it stands, None while nothing was written, with the project locked until the transaction ends:
    two people who begin the same report at once come one after the other."""
    lock_project(project.pk)
    return ProgressReport.objects.select_related("project").filter(project=project, year=year, month=month).first()


def _to_write(
    found: ProgressReport | None, project: Project, year: int, month: int, version: int | None, request_key: UUID | None
) -> ProgressReport:
    """Return the report that may be written, or a new one that is not stored yet.

    Raises ServiceError when it was filed, StaleRecord when somebody wrote it after the version that the person saw (`None`: nothing).
    """
    if found is None:
        report = ProgressReport(project=project, year=year, month=month)
        if request_key:
            report.request_key = request_key
        return report
    _refuse_state(found)
    if version is None and request_key is not None and found.request_key == request_key:
        # The form that began the report is sent again because its answer was lost; what was written since is another matter.
        version = FIRST_VERSION
    if version != found.version:
        raise StaleRecord(found)
    return found


def _refuse_state(report: ProgressReport) -> None:
    """Raise ServiceError for a report that was filed: it says by whom, and what to do."""
    if report.state == ReportState.FILED:
        raise ServiceError(f"这份月报已于{chinese_day(report.filed_on)}由{report.filed_by_name}报送。需要修改的，请先撤回。")
    if report.state == ReportState.PASSED:
        raise ServiceError("这份月报已通过审核，不能修改。需要修改的，请联系审核人退回。")


def _take(report: ProgressReport, values: dict[str, Any]) -> bool:
    """Set what was typed and say whether anything differs. A report that says something else than before is no longer 无变化."""
    if "no_change" in values:
        return changed(report, values)
    differs = changed(report, values)
    if differs:
        report.no_change = False
    return differs


def _store(report: ProgressReport) -> None:
    """Check and save the report with its next version."""
    report.version += report.pk is not None
    checked(report).save()


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
    found = _begun(project, year, month)
    # Read under the lock: the month may have been locked while this one waited.
    refuse_closed(month_of(year, month), found, clock.today())
    report = _to_write(found, project, year, month, version, request_key)
    if _take(report, values) or report.pk is None:
        _store(report)
    return report


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
    confirmed: Decimal | None = None,
) -> ProgressReport:
    """File (报送) a month's report, with these values where given, and return it. From now on its figures count.

    The same filing sent twice counts once. Raises NotAllowed, ServiceError (month not open or locked, filed already with other
    figures), StaleRecord, InvalidInput: the cumulative amount is missing, falls below last month's without a word why, or a yellow
    or red project names no problem and cause (domain.md §0.5: every lag has its 病因); Unconfirmed, where a person files an odd amount
    (rules.report_doubt) other than the one `confirmed` (万元).
    """
    require_writer(by, project)
    found = _begun(project, year, month)
    # Read under the lock: the month may have been locked while this one waited.
    on, days = clock.today(), month_of(year, month)
    if found is not None and found.state in REPORTED and _says_the_same(found, values):
        return found
    refuse_closed(days, found, on)
    report = _to_write(found, project, year, month, version, request_key)
    _take(report, values or {})
    if report.cutoff_on is None:
        report.cutoff_on = min(on, days.due_on)
    _refuse_incomplete(report, on)
    if by is not None:
        refuse_unconfirmed(report, last_counted(project, year, month), confirmed)
    name = str(by) if by else "系统"
    report.state = ReportState.FILED
    report.filed_on, report.filed_by, report.filed_by_name = on, by, name
    report.first_filed_on = report.first_filed_on or on
    report.return_reason = ""
    _store(report)
    append_step(report, ReportAction.FILE, by, on)
    refresh(project)
    return report


def _says_the_same(report: ProgressReport, values: dict[str, Any] | None) -> bool:
    return all(getattr(report, name) == value or (value in (None, "") and name == "cutoff_on") for name, value in (values or {}).items())


def _refuse_incomplete(report: ProgressReport, on: date) -> None:
    """Raise InvalidInput for what a filed report has to say and does not."""
    wrong: dict[str | None, list[str]] = {}
    earlier = last_counted(report.project_id, report.year, report.month)
    if report.no_change and earlier is None:
        wrong["no_change"] = ["本年还没有报过月报，不能报“无变化”，请填写数据。"]
    elif report.cumulative is None:
        wrong["cumulative"] = ["请填写本年累计完成投资；没有完成投资的填 0。"]
    elif earlier is not None and not is_regular(report.cumulative, earlier.cumulative) and not report.progress.strip():
        wrong["progress"] = [f"累计完成投资比{earlier.month}月的 {money(earlier.cumulative)} 少，请在“本月进展”中说明原因。"]
    if report.problem.strip() and not report.problem_cause:
        wrong["problem_cause"] = ["填写了存在问题，请同时选择病因。"]
    elif not report.problem.strip() and _is_grave(report.project_id, report.year, on):
        wrong["problem"] = ["该项目现为预警或告警，请填写存在问题并选择病因。"]
    if report.cutoff_on is not None and report.cutoff_on > on:
        wrong["cutoff_on"] = ["数据截止日不能晚于业务日期。"]
    if wrong:
        raise InvalidInput(wrong)


def _is_grave(project: int, year: int, on: date) -> bool:
    day = in_year(on, year)
    row = WarningSchedule.objects.of_year(year).on(day).filter(project=project).first()
    return row is not None and row.level_on(day) in GRAVE_LEVELS


def append_step(
    report: ProgressReport, action: ReportAction, by: User | None, on: date, reason: str = "", *, excluded: bool = False
) -> ReportStep:
    """Append the step with what the report says, end the one before it, and see which report of the year counts now.

    `on` is the business date; after the report's year the step takes effect on its 31 December and keeps the day beside it. `excluded`
    is a return's: the figures stop counting at once.
    """
    effective = in_year(on, report.year)
    if report.version > 1:  # what was written once only has no step before
        report.steps.filter(valid_until=None).update(valid_until=effective)
    step = ReportStep(
        report=report,
        action=action,
        counts=counts_after(action, excluded),
        valid_from=effective,
        recorded_on=on if on != effective else None,
        reason=reason,
        by=by,
        by_name=str(by) if by else "系统",
        **{name: getattr(report, name) for name in CONTENT},
    )
    checked(step).save()
    renew_counted(report.project_id, report.year, effective)
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


def _refuse_evidence(report: ProgressReport, by: User | None) -> None:
    """Lock the project; raise NotAllowed or ServiceError when the report's attachments cannot be changed by the account now."""
    require_writer(by, report.project)
    lock_project(report.project_id)
    report = ProgressReport.objects.get(pk=report.pk)
    refuse_closed(month_of(report.year, report.month), report, clock.today())


@transaction.atomic
def add_evidence(*, report: ProgressReport, uploads: Sequence[File], by: User | None) -> list[Attachment]:
    """Keep photos or documents with a report, which nobody is obliged to send, and return them.

    Raises NotAllowed, ServiceError once the month is locked, InvalidInput (`uploads`) as erqi.common.attachments.attach.
    """
    _refuse_evidence(report, by)
    return attach(owner=report, uploads=uploads, by=by)


@transaction.atomic
def withdraw_evidence(*, report: ProgressReport, attachment: Attachment, reason: str, by: User | None) -> Attachment:
    """Withdraw an attachment of the report that was wrong, with the reason. Raises as `add_evidence`; InvalidInput (`withdraw_reason`)."""
    _refuse_evidence(report, by)
    return withdraw_attachment(attachment=attachment, reason=reason, by=by)


def file_many(*, rows: list[dict[str, Any]], by: User) -> list[Filed]:
    """File several reports (each a dictionary of `file_report`'s arguments but `by`) and return what became of each, in their order.

    Each is a transaction of its own: the ones that are refused do not keep the others from being filed.
    """
    found = []
    for row in rows:
        try:
            found.append(Filed(row["project"], file_report(by=by, **row)))
        except InvalidInput as error:
            sentence = "".join(text for texts in error.fields.values() for text in texts)
            found.append(Filed(row["project"], None, sentence, error.amount if isinstance(error, Unconfirmed) else None))
        except ServiceError as error:
            found.append(Filed(row["project"], None, str(error)))
    return found


def _advance(
    report: ProgressReport,
    action: ReportAction,
    version: int | None,
    by: User | None,
    values: dict[str, Any],
    *,
    reason: str = "",
    excluded: bool = False,
) -> ProgressReport:
    """Take a step on a filed report: lock, check state and month, write, refresh the colour."""
    lock_project(report.project_id)
    report = locked(ProgressReport.objects.select_related("project"), report.pk, None)
    target = ACTIONS[action][1]
    if version is not None and report.version != version:
        if report.state == target and _is_repeated(report, action, by, reason, excluded):
            return report
        raise StaleRecord(report)
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
    append_step(report, action, by, on, reason, excluded=excluded)
    refresh(report.project)
    return report


def _is_repeated(report: ProgressReport, action: ReportAction, by: User | None, reason: str, excluded: bool) -> bool:
    """Say whether the report's last step is this very one (the second click on a button), and not what somebody else did or for another
    reason, which would be lost without a word."""
    last = report.steps.order_by("pk").last()
    return (
        last is not None
        and (last.action, last.by_id, last.reason) == (action, by.pk if by is not None else None, reason)
        and last.counts == counts_after(action, excluded)
    )


@transaction.atomic
def withdraw_report(*, report: ProgressReport, version: int | None, by: User) -> ProgressReport:
    """Take a filed report back to change it, as long as nobody has reviewed it; its figures count no more until it is filed again, and it
    is punctual when that is (unless a reviewer had returned it before: then it was there in time).

    Raises NotAllowed, ServiceError (state, locked month), StaleRecord.
    """
    require_writer(by, report.project)
    seen = report.steps.filter(action=ReportAction.RETURN).exists()
    return _advance(report, ReportAction.WITHDRAW, version, by, {} if seen else {"first_filed_on": None})


def _refuse_own(report: ProgressReport, by: User) -> None:
    if report.filed_by_id is not None and by is not None and report.filed_by_id == by.pk:
        raise NotAllowed("不能审核自己报送的月报，请由他人审核。")


@transaction.atomic
def pass_report(*, report: ProgressReport, version: int | None, by: User) -> ProgressReport:
    """Pass (通过) a filed report. Raises NotAllowed (grid, one's own report), ServiceError (state, locked month), StaleRecord."""
    require_reviewer(by, report.project)
    _refuse_own(report, by)
    done = {"reviewed_on": clock.today(), "reviewed_by_name": str(by) if by else "系统", "return_reason": ""}
    return _advance(report, ReportAction.PASS, version, by, done)


@transaction.atomic
def return_report(*, report: ProgressReport, reason: str, version: int | None, by: User, excluded: bool = False) -> ProgressReport:
    """Return a report to be changed (退回修改) with the reason, and tell whoever filed it. What it says goes on counting until it is
    filed again, unless the reviewer does not trust its figures (`excluded`: 退回，暂不计入), which then count no more from today on.

    The unit may file it again until two working days from today, also when the month is locked meanwhile (services.report_window).

    Raises NotAllowed (grid, one's own report), InvalidInput without a reason, ServiceError (state, locked month), StaleRecord.
    """
    require_reviewer(by, report.project)
    _refuse_own(report, by)
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"reason": ["请写明退回的原因，以便填报人修改。"]})
    done = {"reviewed_on": clock.today(), "reviewed_by_name": str(by) if by else "系统", "return_reason": reason}
    returned = _advance(report, ReportAction.RETURN, version, by, done, reason=reason, excluded=excluded)
    if returned.filed_by is not None:
        notify(
            users=[returned.filed_by],
            kind=ReminderKind.RETURNED,
            key=f"report-returned/{returned.pk}/{returned.version}",
            title=f"{returned}被退回",
            text=f"{reason}（{return_words(not excluded)}）",
            url=returned.get_absolute_url(),
        )
    return returned
