"""Working on an item: steps that are done, progress, and why it lags (病因)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import Q

from erqi.common import clock
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from supervision.choices import ItemAction
from supervision.models import ItemStep, SupervisionItem
from supervision.models.item import CAUSES
from supervision.rules.item import needs_cause
from supervision.services.item import open_step, save_step
from supervision.services.item_grid import take_item
from supervision.services.item_schedule import deadlines_of, refresh_item
from supervision.services.taking import Taken

CAUSE_NEEDED = "该事项已滞后，请先选择病因（影响进度的原因），再报送进展或申请销号。"


def refuse_without_cause(item: SupervisionItem, cause: str) -> None:
    """Raise InvalidInput for an item that lags and of which nobody has said why (D3: 找准影响进度的“病因”)."""
    if needs_cause(deadlines_of(item), cause or item.cause, clock.today()):
        raise InvalidInput({"cause": [CAUSE_NEEDED]})


def _cause_values(cause: str, note: str) -> dict[str, Any]:
    if cause and cause not in dict(CAUSES):
        raise InvalidInput({"cause": ["没有这一病因，请重新选择。"]})
    return {"cause": cause, "cause_note": note.strip()} if cause else {}


@transaction.atomic
def report_progress(
    *,
    item: SupervisionItem,
    text: str,
    by: User | None,
    cause: str = "",
    cause_note: str = "",
    version: int | None = None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Say how the item stands, with photos or documents. A lagging item needs its 病因, here or from before.

    Raises NotAllowed (not the unit's), ServiceError (state), StaleRecord, InvalidInput (no text, no cause, a wrong file).
    """
    taken: Taken[SupervisionItem] = take_item(
        item,
        ItemAction.PROGRESS,
        by=by,
        version=version,
        request_key=request_key,
        text=text,
        values=_cause_values(cause, cause_note),
        check=lambda locked: refuse_without_cause(locked, cause),
    )
    if taken.is_new and uploads:
        attach(owner=taken.act, uploads=uploads, by=by)
    return taken.record


@transaction.atomic
def name_cause(
    *, item: SupervisionItem, cause: str, cause_note: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """Say why an item lags (病因): the unit, an inspector or the supervision office. The last word counts, all stay in its course.

    Raises NotAllowed, ServiceError (state), StaleRecord, InvalidInput without a cause.
    """
    text = "：".join(filter(None, [dict(CAUSES).get(cause, ""), cause_note.strip()]))
    taken: Taken[SupervisionItem] = take_item(
        item,
        ItemAction.CAUSE,
        by=by,
        version=version,
        request_key=request_key,
        text=text,
        values=_cause_values(cause, cause_note),
    )
    return taken.record


def undone_milestones(item: SupervisionItem) -> list[str]:
    """Return the names of the milestones that the item is about and that are not done: a step said to be done is looked at beside them."""
    today = clock.today()
    rows = item.links.filter(milestone__isnull=False, milestone__done_on=None, milestone__done_known_on=None).filter(
        Q(until=None) | Q(until__gte=today)
    )
    return list(rows.order_by("pk").values_list("milestone__name", flat=True))


def step_warning(item: SupervisionItem) -> str:
    """Return what somebody is told who says that a step is done, while the milestones behind it are not; an empty text for nothing."""
    names = undone_milestones(item)
    return f"所涉节点“{'”“'.join(names)}”尚未登记完成，请附完成的照片或文件，并同时办理节点完成。" if names else ""


@transaction.atomic
def finish_step(
    *,
    step: ItemStep,
    done_on: date,
    by: User | None,
    text: str = "",
    version: int | None = None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Record the day on which a step was done.

    Raises NotAllowed (not the unit's), ServiceError (state; done or given up), StaleRecord, InvalidInput (a day yet to come or before the
    item was registered, a wrong file).
    """

    def check(locked: SupervisionItem) -> None:
        if done_on > clock.today():
            raise InvalidInput({"done_on": ["完成日期不能晚于业务日期。"]})
        if done_on < locked.registered_on:
            raise InvalidInput({"done_on": [f"完成日期不能早于立项日期（{chinese_day(locked.registered_on)}）。"]})
        row = open_step(step)
        row.done_on = done_on
        save_step(row)

    taken: Taken[SupervisionItem] = take_item(
        step.item,
        ItemAction.STEP,
        by=by,
        version=version,
        request_key=request_key,
        text="；".join(filter(None, [f"步骤“{step.name}”{chinese_day(done_on)}完成", text.strip()])),
        check=check,
    )
    if taken.is_new:
        if uploads:
            attach(owner=taken.act, uploads=uploads, by=by)
        refresh_item(taken.record)
    return taken.record


@transaction.atomic
def undo_step(*, step: ItemStep, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> SupervisionItem:
    """Take back that a step was done: it was not. Raises NotAllowed without `supervise`, ServiceError, StaleRecord, InvalidInput."""
    if not reason.strip():
        raise InvalidInput({"reason": ["请写明撤销的理由。"]})

    def check(locked: SupervisionItem) -> None:
        row = ItemStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
        if row.done_on is None:
            raise ServiceError(f"步骤“{row}”没有登记完成，无需撤销。")
        row.done_on = None
        save_step(row)

    taken: Taken[SupervisionItem] = take_item(
        step.item,
        ItemAction.UNDO_STEP,
        by=by,
        version=version,
        request_key=request_key,
        text=f"撤销步骤“{step.name}”的完成：{reason}",
        check=check,
    )
    if taken.is_new:
        refresh_item(taken.record)
    return taken.record
