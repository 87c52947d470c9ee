"""Holds (暂停, domain.md §1.8): asked for with reason, measures and an end, approved by the office, renewed at least quarterly."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require, save_changes
from projects.choices import DecisionState, ReminderKind
from projects.models import Hold, Project, WarningPolicy
from projects.rules.colour import MOST_PAUSES, Pause, merged_pause, merged_pauses
from projects.rules.presets import WARNING_POLICY
from projects.services import decision
from projects.services.decision import end_request
from projects.services.grid import require_writer
from projects.services.locks import lock_project
from projects.services.reminder import notify
from projects.services.schedule import refresh

ONE_DAY = timedelta(days=1)
PENDING = "该项目已有一份待审批的暂停申请，请等待审批，或先撤回它。"


def longest_hold(on: date) -> int:
    """Return how many days a hold may last under the rules in force (92 by default: it has to be renewed every quarter)."""
    found = WarningPolicy.objects.in_force(on).first()
    return (found.policy if found else WARNING_POLICY).hold_max_days


def pause_of(project: Project, on: date) -> tuple[date | None, date | None]:
    """Return first and last day of the pause that is granted on the day, or of the next one; renewals are part of it."""
    return merged_pause(_granted(project), on)


def _granted(project: Project) -> list[Pause]:
    return [(hold.since, hold.last_day) for hold in Hold.objects.approved().filter(project=project)]


def _check_days(project: Project, since: date, until: date, on: date) -> None:
    """Raise InvalidInput for days that cannot be asked for."""
    longest = longest_hold(on)
    granted_days = _granted(project)
    begin, end = merged_pause(granted_days, on)
    if since < on:
        raise InvalidInput({"since": [f"暂停不能追溯，起日应为今天（{chinese_day(on)}）或以后。"]})
    latest = since + timedelta(days=longest - 1)
    if begin is not None and end is not None and until >= begin:
        granted, latest = f"该项目已批准暂停至{chinese_day(end)}", on + timedelta(days=longest - 1)
        if since > end + ONE_DAY:
            raise InvalidInput({"since": [f"{granted}，续期的起日不能晚于次日。"]})
        if latest <= end:
            earliest = end - timedelta(days=longest - 2)
            raise InvalidInput({None: [f"{granted}，每次核定最多 {longest} 天，{chinese_day(earliest)}起才能续期。"]})
        if until <= end:
            raise InvalidInput({"until": [f"{granted}，续期的止日应在此之后。"]})
        if until > latest:
            raise InvalidInput({"until": [f"续期从今天起重新核定，最多 {longest} 天，最晚到{chinese_day(latest)}。"]})
    if until > latest:
        raise InvalidInput({"until": [f"一次最多暂停 {longest} 天，最晚到{chinese_day(latest)}；到期前可申请续期。"]})
    if len(merged_pauses([*granted_days, (since, until)], on)) > MOST_PAUSES:
        raise InvalidInput({None: [f"该项目已批准的暂停有 {MOST_PAUSES} 段还没有到期，互不相连。请待其中一段到期或取消后再申请。"]})


@transaction.atomic
def request_hold(
    *,
    project: Project,
    reason: str,
    summary: str,
    steps: str,
    since: date,
    until: date,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Hold:
    """Ask for a project to be paused, or its pause to be renewed, and return the request.

    What is asked for while a hold stands renews it: it joins on without a gap, and reaches no further than the longest hold from
    today (domain.md §1.8: a pause is looked at anew every quarter). Raises NotAllowed (grid), InvalidInput: nothing explained, days in
    the past or in the wrong order, longer than the rules allow, nothing beyond the hold that stands or a gap after it; ServiceError
    while one is pending.
    """
    require_writer(by, project)
    on = clock.today()
    lock_project(project.pk)
    # Under the lock: of two submits at the same moment the second finds what the first made.
    if earlier := already(Hold.objects.all(), request_key):
        return earlier
    if Hold.objects.pending().filter(project=project).exists():
        raise ServiceError(PENDING)
    _check_days(project, since, until, on)
    hold = Hold(project=project, reason=reason, summary=summary.strip(), steps=steps.strip(), since=since, until=until)
    if request_key:
        hold.request_key = request_key
    decision.open_request(hold, by)
    if uploads:
        attach(owner=hold, uploads=uploads, by=by)
    return hold


@transaction.atomic
def decide_hold(*, hold: Hold, approve: bool, reason: str, version: int | None, by: User | None) -> Hold:
    """Approve a hold (in force from its first day, at the earliest today) or refuse it with a reason.

    Raises NotAllowed without `request.decide` or on one's own request, InvalidInput for a refusal without a reason, ServiceError when
    it was decided otherwise or its last day has passed, StaleRecord.
    """
    require(by, "request.decide")
    on = clock.today()
    lock_project(hold.project_id)
    hold, first_time = decision.decide(Hold.objects.select_related("project"), hold.pk, approve, reason, version, by)
    if not first_time:
        return hold
    if approve and hold.until < on:
        raise ServiceError("申请的暂停期已过，不能再同意；请填写理由退回。")
    if approve and hold.since < on:
        hold.since = on
        checked(hold).save(update_fields=["since"])
    refresh(hold.project)
    if hold.requested_by is not None:
        notify(
            users=[hold.requested_by],
            kind=ReminderKind.DECIDED,
            key=f"hold/{hold.pk}/{hold.state}",
            title=f"“{hold.project}”暂停申请{hold.get_state_display()}",
            text=hold.decision_reason,
            url=hold.get_absolute_url(),
        )
    return hold


@transaction.atomic
def end_hold(*, hold: Hold, reason: str, version: int | None, by: User) -> Hold:
    """End a pause early (恢复): from today on the colour shows again. What was granted as its renewal ends with it, and a renewal that
    awaits its decision is withdrawn: the site works again. A pause apart from it (the winter to come) stands.

    Raises NotAllowed (grid or office), StaleRecord, InvalidInput without a reason, ServiceError for a hold that is neither in force nor
    to come.
    """
    require_writer(by, hold.project)
    on = clock.today()
    lock_project(hold.project_id)
    hold = locked(Hold.objects.select_related("project"), hold.pk, version)
    if not reason.strip():
        raise InvalidInput({"end_reason": ["请写明恢复的情况。"]})
    if hold.state != DecisionState.APPROVED or hold.last_day < on:
        raise ServiceError("该项目现在没有这项暂停，无需恢复。")
    values = {"ended_on": on, "end_reason": reason.strip()}
    # The stretch of days without a gap that it is part of, seen from its own last day.
    block = merged_pause(_granted(hold.project), hold.last_day)
    for other in Hold.objects.filter(project=hold.project_id).exclude(pk=hold.pk).select_for_update():
        if not _joins(other, block):
            continue
        # What only begins later is called off alone, with its own renewals.
        follows = hold.since <= on or other.since >= hold.since
        if other.state == DecisionState.APPROVED and other.last_day >= on and follows:
            save_changes(other, values)
        elif other.is_pending:
            end_request(other, DecisionState.WITHDRAWN, "项目已恢复", None)
    hold = save_changes(hold, values)
    refresh(hold.project)
    return hold


def _joins(hold: Hold, block: tuple[date | None, date | None]) -> bool:
    """Say whether the hold's days are part of a stretch of days, or follow it without a gap."""
    begin, end = block
    return begin is not None and end is not None and hold.since <= end + ONE_DAY and hold.until >= begin - ONE_DAY


@transaction.atomic
def withdraw_hold(*, hold: Hold, version: int | None, by: User) -> Hold:
    """Take one's own pending request back. Raises NotAllowed (grid, somebody else's), ServiceError when it was decided, StaleRecord."""
    require_writer(by, hold.project)
    return decision.withdraw(Hold.objects.all(), hold.pk, version, by)[0]
