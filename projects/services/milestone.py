"""Milestones: planning them, moving their dates, recording that they are done."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import DecisionState, UpdateLayer
from projects.models import DateChange, Milestone, MilestoneUpdate, Project
from projects.rules.phrases import due_date
from projects.services.citation import save_cited
from projects.services.decision import name_of
from projects.services.grid import require_writer
from projects.services.schedule import refresh


@transaction.atomic
def plan_milestone(
    *,
    project: Project,
    kind: str,
    year: int,
    by: User | None,
    name: str = "",
    due_on: date | None = None,
    due_phrase: str = "",
    request_key: UUID | None = None,
    **values: Any,
) -> Milestone:
    """Add a milestone and return it. Its first date becomes the baseline, which never changes.

    A phrase (月底, 上半年, 五一前 …) gives the date where none is given; a phrase without a date (尽快) leaves it empty. What a
    person plans is known from today on; what the system loads from documents was always known.
    Raises NotAllowed without `ledger.edit`, InvalidInput.
    """
    require(by, "ledger.edit")
    if earlier := already(Milestone.objects.all(), request_key):
        return earlier
    due_on = due_on or due_date(due_phrase, year)
    milestone = Milestone(project=project, kind=kind, year=year, due_on=due_on, baseline_due_on=due_on, due_phrase=due_phrase, **values)
    milestone.recorded_on = clock.today() if by is not None else None
    milestone.name = name.strip() or milestone.get_kind_display()
    if request_key:
        milestone.request_key = request_key
    checked(milestone).save()
    refresh(project)
    return milestone


@transaction.atomic
def change_milestone(*, milestone: Milestone, version: int | None, by: User, **values: Any) -> Milestone:
    """Change a milestone's kind, name, year, phrase or wording; dates move only by `move_milestone`.

    Raises NotAllowed, StaleRecord, InvalidInput, ServiceError for a date among the values.
    """
    require(by, "ledger.edit")
    if {"due_on", "baseline_due_on"} & set(values):
        raise ServiceError("节点时限只能通过“变更时限”修改，以便留下原因。")
    changed = save_cited(locked(Milestone.objects.all(), milestone.pk, version), values)
    refresh(changed.project_id)
    return changed


@transaction.atomic
def move_milestone(*, milestone: Milestone, to: date, cause: str, reason: str, version: int | None, by: User | None) -> Milestone:
    """Set a milestone's current date to another day, recording from when, why (cause and reason) and by whom.

    A milestone without a date gets its baseline by the first one. Raises NotAllowed, StaleRecord, InvalidInput (same date, no
    reason), ServiceError when the milestone is done, or while a request to move it awaits its decision.
    """
    require(by, "ledger.edit")
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.date_requests.filter(state=DecisionState.PENDING).exists():
        raise ServiceError("该节点有一份待审批的时限变更申请，请先审批。")
    apply_move(milestone, to, cause, reason, by)
    refresh(milestone.project_id)
    return milestone


def apply_move(milestone: Milestone, to: date, cause: str, reason: str, by: User | None) -> DateChange:
    """Record the change of a locked milestone's date and set it; the caller has checked who may, and refreshes the colour.

    Raises InvalidInput (same date, no reason), ServiceError when the milestone is done.
    """
    if milestone.done_by is not None:
        raise ServiceError("该节点已完成，不能再变更时限。")
    change = DateChange(
        milestone=milestone,
        from_due_on=milestone.due_on,
        to_due_on=to,
        cause=cause,
        reason=reason.strip(),
        recorded_on=clock.today(),
        recorded_by=name_of(by),
    )
    checked(change).save()
    values: dict[str, Any] = {"due_on": to}
    if milestone.baseline_due_on is None:
        values["baseline_due_on"] = to
    save_cited(milestone, values)
    return change


def _layer_of(by: User | None) -> UpdateLayer:
    """Return in which layer somebody speaks of a milestone (domain.md §2): reporters of their own, inspectors, leaders, the office."""
    if by is None or by.can("ledger.edit"):
        return UpdateLayer.OFFICE
    if by.can("lifting.verify"):
        return UpdateLayer.INSPECTOR
    return UpdateLayer.LEADER if by.can("inquiry.ask") else UpdateLayer.SELF


def _record(
    milestone: Milestone, by: User | None, text: str, uploads: Sequence[File], request_key: UUID | None, **done: Any
) -> MilestoneUpdate:
    update = MilestoneUpdate(
        milestone=milestone,
        layer=_layer_of(by),
        recorded_on=clock.today(),
        text=text.strip(),
        by=by,
        by_name=name_of(by),
        request_key=request_key,
        **done,
    )
    checked(update).save()
    if uploads:
        attach(owner=update, uploads=uploads, by=by)
    return update


@transaction.atomic
def update_milestone(
    *, milestone: Milestone, text: str, by: User, uploads: Sequence[File] = (), request_key: UUID | None = None
) -> MilestoneUpdate:
    """Say how a milestone stands, with evidence, and return the update: 自查 by who reports the project, 督察 by an inspector, 问查 by a
    leader. It changes neither date nor completion.

    Raises NotAllowed (neither of the three; a project that the grid does not give), InvalidInput without a text or for a wrong file.
    """
    if earlier := already(MilestoneUpdate.objects.all(), request_key):
        return earlier
    layer = _layer_of(by)
    if layer == UpdateLayer.INSPECTOR:
        require(by, "lifting.verify")
    elif layer == UpdateLayer.LEADER:
        require(by, "inquiry.ask")
    else:
        require_writer(by, milestone.project)
    if not text.strip():
        raise InvalidInput({"text": ["请写明节点的情况。"]})
    return _record(milestone, by, text, uploads, request_key)


@transaction.atomic
def complete_milestone(
    *,
    milestone: Milestone,
    done_on: date,
    version: int | None,
    by: User | None,
    text: str = "",
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Milestone:
    """Record the day on which a milestone was done; also of one that a document only knows to be done by some day.

    The office may do it, and who reports the project, then with evidence (domain.md §6.2: photos are asked for here). A pending
    request to move its date is withdrawn by it. Raises NotAllowed, StaleRecord, InvalidInput (a day yet to come, no evidence, a wrong
    file), ServiceError when such a day is recorded already.
    """
    if already(MilestoneUpdate.objects.all(), request_key):
        return Milestone.objects.get(pk=milestone.pk)
    require_writer(by, milestone.project)
    if done_on > clock.today():
        raise InvalidInput({"done_on": ["完成日期不能晚于业务日期。"]})
    if not uploads and _layer_of(by) == UpdateLayer.SELF:
        raise InvalidInput({"uploads": ["登记节点完成须附佐证，请上传现场照片或证明文件。"]})
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.done_on is not None:
        raise ServiceError(f"该节点已登记于{chinese_day(milestone.done_on)}完成。日期有误的，请先“撤销完成”，再重新登记。")
    _record(milestone, by, text, uploads, request_key, changes_done=True, from_done_on=None, done_on=done_on)
    for request in milestone.date_requests.filter(state=DecisionState.PENDING).select_for_update():
        request.state, request.decision_reason = DecisionState.WITHDRAWN, "节点已完成"
        request.decided_on, request.decided_by_name = clock.today(), "系统"
        request.version += 1
        checked(request).save()
    milestone = save_cited(milestone, {"done_on": done_on})
    refresh(milestone.project_id)
    return milestone


@transaction.atomic
def reopen_milestone(*, milestone: Milestone, version: int | None, by: User | None, text: str = "") -> Milestone:
    """Take back a completion that was recorded by mistake or found untrue; earlier days still show it as it was known then.

    Raises NotAllowed, StaleRecord, ServiceError when no day of completion is recorded (a document's word stands as it is).
    """
    require(by, "ledger.edit")
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.done_on is None:
        raise ServiceError("该节点的完成情况出自文件，不能在此撤销。" if milestone.done_known_on else "该节点没有登记完成日期，无需撤销。")
    _record(milestone, by, text or "撤销完成", (), None, changes_done=True, from_done_on=milestone.done_on, done_on=None)
    milestone = save_cited(milestone, {"done_on": None})
    refresh(milestone.project_id)
    return milestone
