"""Requests that somebody else decides on: opening, deciding and withdrawing one, the same way for date changes, holds and corrections."""

from typing import TypeVar

from django.db.models import QuerySet

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import checked
from projects.choices import DecisionState
from projects.models.revision import Decision

D = TypeVar("D", bound=Decision)


def name_of(by: User | None) -> str:
    """Return the name under which somebody's doing is recorded."""
    return str(by) if by is not None else "系统"


def open_request(request: D, by: User | None) -> D:
    """Record who asks and when, check the request and store it. Raises InvalidInput (also for a second one while one is pending)."""
    request.requested_on, request.requested_by, request.requested_by_name = clock.today(), by, name_of(by)
    checked(request).save()
    return request


def decide(rows: QuerySet[D], pk: int, approve: bool, reason: str, version: int | None, by: User | None) -> tuple[D, bool]:
    """Record the decision on a request and return it with whether this call made it (the same decision sent twice counts once).

    Raises NotAllowed on one's own request, InvalidInput for a refusal without a reason, ServiceError when it was decided otherwise or
    withdrawn, StaleRecord.
    """
    request = rows.select_for_update(of=("self",)).get(pk=pk)
    state = DecisionState.APPROVED if approve else DecisionState.REJECTED
    if not request.is_pending:
        if request.state == state and by is not None and request.decided_by_id == by.pk:
            return request, False
        who = f"，由{request.decided_by_name}办理" if request.decided_by_name else ""
        raise ServiceError(f"这份申请{request.get_state_display()}{who}，不能再审批。请刷新页面查看。")
    if version is not None and request.version != version:
        raise StaleRecord(request)
    if by is not None and request.requested_by_id == by.pk:
        raise NotAllowed("不能审批自己提出的申请，请由他人审批。")
    reason = reason.strip()
    if not approve and not reason:
        raise InvalidInput({"decision_reason": ["不同意的，请写明理由。"]})
    end_request(request, state, reason, by)
    return request, True


def withdraw(rows: QuerySet[D], pk: int, version: int | None, by: User) -> tuple[D, bool]:
    """Take one's own pending request back and return it with whether this call did it.

    Raises NotAllowed for somebody else's, ServiceError when it was decided, StaleRecord.
    """
    request = rows.select_for_update(of=("self",)).get(pk=pk)
    if request.requested_by_id != by.pk:
        raise NotAllowed("只能撤回自己提出的申请。")
    if request.state == DecisionState.WITHDRAWN:
        return request, False
    if not request.is_pending:
        raise ServiceError(f"这份申请{request.get_state_display()}，不能撤回。")
    if version is not None and request.version != version:
        raise StaleRecord(request)
    end_request(request, DecisionState.WITHDRAWN, "", by)
    return request, True


def end_request(request: D, state: DecisionState, reason: str, by: User | None) -> None:
    """Record how a locked request ended, when and by whom (`None`: the system itself, where something else made it pointless)."""
    request.state, request.decision_reason = state, reason
    request.decided_on, request.decided_by, request.decided_by_name = clock.today(), by, name_of(by)
    request.version += 1
    checked(request).save()
