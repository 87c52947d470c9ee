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
from projects.rules.presets import WARNING_POLICY
from projects.services import decision
from projects.services.grid import require_writer
from projects.services.reminder import notify
from projects.services.schedule import refresh


def longest_hold(on: date) -> int:
    """Return how many days a hold may last under the rules in force (92 by default: it has to be renewed every quarter)."""
    found = WarningPolicy.objects.in_force(on).first()
    return (found.policy if found else WARNING_POLICY).hold_max_days


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

    Raises NotAllowed (grid), InvalidInput: nothing explained, days in the past or in the wrong order, longer than the rules allow, one
    pending already, a gap after a hold that is not over (then ask when that one has ended).
    """
    require_writer(by, project)
    if earlier := already(Hold.objects.all(), request_key):
        return earlier
    on = clock.today()
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    longest = longest_hold(on)
    if since < on:
        raise InvalidInput({"since": [f"暂停不能追溯，起日应为今天（{chinese_day(on)}）或以后。"]})
    if (until - since).days + 1 > longest:
        raise InvalidInput(
            {"until": [f"一次最多暂停 {longest} 天，最晚到{chinese_day(since + timedelta(days=longest - 1))}；到期前可申请续期。"]}
        )
    standing = [hold for hold in Hold.objects.approved().filter(project=project) if hold.last_day >= on]
    if standing and since > max(hold.last_day for hold in standing) + timedelta(days=1):
        last = max(hold.last_day for hold in standing)
        raise InvalidInput({"since": [f"该项目已批准暂停至{chinese_day(last)}，续期的起日不能晚于次日。"]})
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
    Project.objects.select_for_update(no_key=True).get(pk=hold.project_id)
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
            url=hold.project.get_absolute_url(),
        )
    return hold


@transaction.atomic
def end_hold(*, hold: Hold, reason: str, version: int | None, by: User) -> Hold:
    """End an approved hold early (恢复): from today on the colour shows again. Raises NotAllowed (grid or office), StaleRecord,
    InvalidInput without a reason, ServiceError for a hold that is not in force or to come."""
    require_writer(by, hold.project)
    on = clock.today()
    Project.objects.select_for_update(no_key=True).get(pk=hold.project_id)
    hold = locked(Hold.objects.select_related("project"), hold.pk, version)
    if not reason.strip():
        raise InvalidInput({"end_reason": ["请写明恢复的情况。"]})
    if hold.state != DecisionState.APPROVED or hold.last_day < on:
        raise ServiceError("该项目现在没有这项暂停，无需恢复。")
    hold = save_changes(hold, {"ended_on": on, "end_reason": reason.strip()})
    refresh(hold.project)
    return hold


@transaction.atomic
def withdraw_hold(*, hold: Hold, version: int | None, by: User) -> Hold:
    """Take one's own pending request back. Raises NotAllowed, ServiceError when it was decided, StaleRecord."""
    return decision.withdraw(Hold.objects.all(), hold.pk, version, by)[0]
