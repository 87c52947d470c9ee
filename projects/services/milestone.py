"""Milestones: planning them, moving their dates, recording that they are done."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.models import DateChange, Milestone, Project
from projects.rules.phrases import due_date
from projects.services.citation import save_cited


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
    return milestone


@transaction.atomic
def change_milestone(*, milestone: Milestone, version: int | None, by: User, **values: Any) -> Milestone:
    """Change a milestone's kind, name, year, phrase or wording; dates move only by `move_milestone`.

    Raises NotAllowed, StaleRecord, InvalidInput, ServiceError for a date among the values.
    """
    require(by, "ledger.edit")
    if {"due_on", "baseline_due_on"} & set(values):
        raise ServiceError("节点时限只能通过“变更时限”修改，以便留下原因。")
    return save_cited(locked(Milestone.objects.all(), milestone.pk, version), values)


@transaction.atomic
def move_milestone(
    *, milestone: Milestone, to: date, cause: str, reason: str, version: int | None, by: User, recorded_on: date | None = None
) -> Milestone:
    """Set a milestone's current date to another day, recording from when, why (cause and reason) and by whom.

    A milestone without a date gets its baseline by the first one. Changes are recorded in the order of their days. Raises
    NotAllowed, StaleRecord, InvalidInput (same date, no reason), ServiceError when the milestone is already done, or for a
    `recorded_on` before the last change's or before the milestone was planned.
    """
    require(by, "ledger.edit")
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.done_by is not None:
        raise ServiceError("该节点已完成，不能再变更时限。")
    recorded_on = recorded_on or clock.today()
    last = milestone.date_changes.last()
    if last is not None and recorded_on < last.recorded_on:
        raise ServiceError(f"该节点{chinese_day(last.recorded_on)}已登记过时限变更，新变更的业务日期不能早于这一天。")
    if milestone.recorded_on is not None and recorded_on < milestone.recorded_on:
        raise ServiceError(f"该节点{chinese_day(milestone.recorded_on)}才登记，时限变更的业务日期不能早于这一天。")
    change = DateChange(
        milestone=milestone,
        from_due_on=milestone.due_on,
        to_due_on=to,
        cause=cause,
        reason=reason.strip(),
        recorded_on=recorded_on,
        recorded_by=str(by) if by else "系统",
    )
    checked(change).save()
    values: dict[str, Any] = {"due_on": to}
    if milestone.baseline_due_on is None:
        values["baseline_due_on"] = to
    return save_cited(milestone, values)


@transaction.atomic
def complete_milestone(*, milestone: Milestone, done_on: date, version: int | None, by: User) -> Milestone:
    """Record the day on which a milestone was done; also of one that a document only knows to be done by some day.

    Raises NotAllowed, StaleRecord, InvalidInput for a day yet to come, ServiceError when such a day is recorded already.
    """
    require(by, "ledger.edit")
    if done_on > clock.today():
        raise InvalidInput({"done_on": ["完成日期不能晚于业务日期。"]})
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.done_on is not None:
        raise ServiceError(f"该节点已登记于{chinese_day(milestone.done_on)}完成。日期有误的，请先“撤销完成”，再重新登记。")
    return save_cited(milestone, {"done_on": done_on})


@transaction.atomic
def reopen_milestone(*, milestone: Milestone, version: int | None, by: User) -> Milestone:
    """Take back a completion that was recorded by mistake; the history keeps both.

    Raises NotAllowed, StaleRecord, ServiceError when no day of completion is recorded (a document's word stands as it is).
    """
    require(by, "ledger.edit")
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.done_on is None:
        raise ServiceError("该节点的完成情况出自文件，不能在此撤销。" if milestone.done_known_on else "该节点没有登记完成日期，无需撤销。")
    return save_cited(milestone, {"done_on": None})
