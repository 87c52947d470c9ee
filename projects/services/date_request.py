"""Requests to move a milestone's date: while one is pending the clock stands still, and the baseline never moves."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, locked, require
from projects.choices import ReminderKind
from projects.models import DateRequest, Milestone
from projects.services import decision
from projects.services.grid import require_writer
from projects.services.locks import lock_project
from projects.services.milestone import apply_move
from projects.services.reminder import notify
from projects.services.schedule import refresh


def refusal_of(milestone: Milestone) -> str:
    """Return why no other date can be asked for this milestone now; empty when it can."""
    if milestone.done_by is not None:
        return "该节点已完成，不必申请变更时限。"
    if milestone.due_on is None:
        return "该节点没有时限，请由重点项目办直接登记时限。"
    if pending := milestone.date_requests.pending().first():
        return f"该节点已有一份待审批的时限变更申请（改为{chinese_day(pending.to_due_on)}），请等待审批，或先撤回它。"
    return ""


@transaction.atomic
def request_date(
    *,
    milestone: Milestone,
    to: date,
    cause: str,
    reason: str,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> DateRequest:
    """Ask for a milestone's date to be moved, with cause (病因) and reason, and return the request.

    From now until the decision the milestone's colour does not worsen (domain.md §6.1: a late decision must not make a date missed).
    Raises NotAllowed (grid), ServiceError for a milestone that is done, has no date or a request that is pending, InvalidInput (same or
    earlier date, no reason).
    """
    require_writer(by, milestone.project)
    lock_project(milestone.project_id)
    milestone = locked(Milestone.objects.select_related("project"), milestone.pk, None)
    # Under the lock: of two submits at the same moment the second finds what the first made.
    if earlier := already(DateRequest.objects.all(), request_key):
        return earlier
    if sentence := refusal_of(milestone):
        raise ServiceError(sentence)
    assert milestone.due_on is not None  # noqa: S101
    if to <= milestone.due_on:
        raise InvalidInput({"to_due_on": ["申请的时限应晚于现行时限；提前完成的，到时直接登记完成即可。"]})
    if not reason.strip():
        raise InvalidInput({"reason": ["请写明申请理由。"]})
    request = DateRequest(milestone=milestone, to_due_on=to, cause=cause, reason=reason.strip())
    if request_key:
        request.request_key = request_key
    decision.open_request(request, by)
    if uploads:
        attach(owner=request, uploads=uploads, by=by)
    refresh(milestone.project_id)
    return request


@transaction.atomic
def decide_date(*, request: DateRequest, approve: bool, reason: str, version: int | None, by: User | None) -> DateRequest:
    """Approve a request (the milestone's date moves, recorded as a DateChange) or refuse it with a reason (the clock goes on).

    Raises NotAllowed without `request.decide` or on one's own request, InvalidInput for a refusal without a reason, ServiceError when
    it was decided otherwise, StaleRecord.
    """
    require(by, "request.decide")
    lock_project(request.milestone.project_id)
    milestone = locked(Milestone.objects.all(), request.milestone_id, None)
    request, first_time = decision.decide(
        DateRequest.objects.select_related("milestone__project"), request.pk, approve, reason, version, by
    )
    if not first_time:
        return request
    if approve:
        request.change = apply_move(milestone, request.to_due_on, request.cause, request.reason, by)
        request.save(update_fields=["change"])
    refresh(milestone.project_id)
    if request.requested_by is not None:
        notify(
            users=[request.requested_by],
            kind=ReminderKind.DECIDED,
            key=f"date-request/{request.pk}/{request.state}",
            title=f"“{request.milestone}”变更时限{request.get_state_display()}",
            text=request.decision_reason,
            url=request.get_absolute_url(),
        )
    return request


@transaction.atomic
def withdraw_date(*, request: DateRequest, version: int | None, by: User) -> DateRequest:
    """Take one's own pending request back; the clock goes on. Raises NotAllowed (grid, somebody else's), ServiceError when it was
    decided, StaleRecord."""
    require_writer(by, request.milestone.project)
    lock_project(request.milestone.project_id)
    locked(Milestone.objects.all(), request.milestone_id, None)
    request, first_time = decision.withdraw(DateRequest.objects.select_related("milestone"), request.pk, version, by)
    if first_time:
        refresh(request.milestone.project_id)
    return request
