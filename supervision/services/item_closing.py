"""Striking an item off (销号): applied for with pictures from before and after, verified on the site, confirmed by a third person."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.attachments import attach
from erqi.common.errors import InvalidInput
from erqi.common.models import User
from projects.choices import ReminderKind
from projects.services.addressees import accounts_with
from supervision.choices import EvidenceSide, ItemAction
from supervision.models import ItemAct, ItemEvidence, SupervisionItem
from supervision.services.item_grid import take_item, units_of_item
from supervision.services.item_schedule import WHOLE, deadlines_of, refresh_item
from supervision.services.item_work import refuse_without_cause
from supervision.services.parties import deciding
from supervision.services.taking import Taken, tell_people, tell_units


def returned_of(item: SupervisionItem, day: date | None = None) -> ItemAct | None:
    """Return the act that sent the last application back, as long as nobody has applied again: it says what is missing. `day`: as it was
    known then."""
    decided = (ItemAction.APPLY, ItemAction.SEND_BACK, ItemAction.REFUSE, ItemAction.CONFIRM)
    known = item.acts.filter(on__lte=day) if day is not None else item.acts.all()
    last = known.filter(action__in=decided).order_by("-pk").first()
    return last if last is not None and last.action in (ItemAction.SEND_BACK, ItemAction.REFUSE) else None


def _digests(uploads: Sequence[File]) -> dict[str, str]:
    """Return the names of the files by what they contain."""
    found = {}
    for upload in uploads:
        upload.seek(0)
        found[hashlib.sha256(upload.read()).hexdigest()] = upload.name or ""
        upload.seek(0)
    return found


def _refuse_same(before: Sequence[File], after: Sequence[File]) -> None:
    """Raise InvalidInput for a file that is said to show both how it was and how it is: it proves nothing."""
    was, now = _digests(before), _digests(after)
    if same := [now[digest] for digest in now if digest in was]:
        raise InvalidInput({"after": [f"“{'”“'.join(same)}”与办理前的是同一个文件，请上传办理后的照片或文件。"]})


def missing_of(item: SupervisionItem) -> list[str]:
    """Return what still keeps an item from being struck off: steps that are neither done nor given up."""
    return [f"步骤“{one.name}”尚未完成" for one in deadlines_of(item) if one.key != WHOLE and one.done_on is None]


def _take(
    item: SupervisionItem,
    action: ItemAction,
    text: str,
    version: int | None,
    by: User | None,
    key: UUID | None,
    values: dict[str, Any] | None = None,
    given: Sequence[str] = (),
    check: Callable[[SupervisionItem], None] | None = None,
) -> Taken[SupervisionItem]:
    return take_item(
        item,
        action,
        by=by,
        version=version,
        request_key=key,
        text=text,
        values=values or {},
        given=given,
        check=check,
    )


@transaction.atomic
def apply_closing(
    *,
    item: SupervisionItem,
    text: str,
    before: Sequence[File],
    after: Sequence[File],
    by: User | None,
    cause: str = "",
    cause_note: str = "",
    version: int | None = None,
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Ask for an item to be struck off: what was reached (`text`), how it was before and how it is after (domain.md §2: both pictures).

    Inspectors are told. Raises NotAllowed (not the unit's), ServiceError (state), StaleRecord, InvalidInput (no text, a side without
    evidence, the same file on both sides, an open step, a lagging item without 病因, a wrong file).
    """

    def check(locked: SupervisionItem) -> None:
        if missing := missing_of(locked):
            raise InvalidInput({None: [f"还不能申请销号：{'；'.join(missing)}。请先登记步骤完成，不再需要的步骤请督察办取消。"]})
        refuse_without_cause(locked, cause)
        _refuse_same(before, after)

    given = [f"evidence_{side}" for side, files in ((EvidenceSide.BEFORE, before), (EvidenceSide.AFTER, after)) if files]
    values = {"cause": cause, "cause_note": cause_note.strip()} if cause else {}
    taken = _take(item, ItemAction.APPLY, text, version, by, request_key, values, given, check)
    if taken.is_new:
        for side, files in ((EvidenceSide.BEFORE, before), (EvidenceSide.AFTER, after)):
            owner = ItemEvidence.objects.create(act=taken.act, side=side)
            attach(owner=owner, uploads=files, by=by)
        tell_people(accounts_with("inspect"), taken.act, f"销号待核验：{item.name}")
    return taken.record


@transaction.atomic
def withdraw_closing(*, item: SupervisionItem, version: int | None, by: User | None, request_key: UUID | None = None) -> SupervisionItem:
    """Take the application back before anybody verified it. Raises NotAllowed (not the unit's), ServiceError (state), StaleRecord."""
    return _take(item, ItemAction.WITHDRAW, "", version, by, request_key).record


@transaction.atomic
def verify_closing(
    *,
    item: SupervisionItem,
    text: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Record an inspector's check that the item is done, with photos where there are any; the supervision office is told.

    Raises NotAllowed (no inspector; who applied), ServiceError (state), StaleRecord, InvalidInput without words, or for a wrong file.
    """
    taken = _take(item, ItemAction.VERIFY, text, version, by, request_key)
    if taken.is_new:
        if uploads:
            attach(owner=taken.act, uploads=uploads, by=by)
        applied = item.acts.filter(action=ItemAction.APPLY).order_by("-pk").values_list("by", flat=True).first()
        tell_people(deciding([applied, by.pk if by else None]), taken.act, f"销号待确认：{item.name}")
    return taken.record


@transaction.atomic
def send_back_closing(
    *, item: SupervisionItem, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """Send the application back with what is missing (补充整改要求); the units are told.

    Raises NotAllowed (no inspector; who applied), ServiceError (state), StaleRecord, InvalidInput without a reason.
    """
    return _returned(item, ItemAction.SEND_BACK, reason, version, by, request_key)


@transaction.atomic
def refuse_closing(
    *, item: SupervisionItem, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """Refuse to strike a verified item off, with what is missing; it is worked on again, and the units are told.

    Raises NotAllowed (without `supervise`; who applied or verified), ServiceError (state), StaleRecord, InvalidInput without a reason.
    """
    return _returned(item, ItemAction.REFUSE, reason, version, by, request_key)


def _returned(
    item: SupervisionItem, action: ItemAction, reason: str, version: int | None, by: User | None, key: UUID | None
) -> SupervisionItem:
    taken = _take(item, action, reason, version, by, key)
    if taken.is_new:
        tell_units(units_of_item(taken.record), taken.act, f"{action.label}：{item.name}", kind=ReminderKind.RETURNED)
    return taken.record


@transaction.atomic
def confirm_closing(
    *, item: SupervisionItem, version: int | None, by: User | None, text: str = "", request_key: UUID | None = None
) -> SupervisionItem:
    """Confirm that a verified item is done (销号), as somebody who neither applied for it nor verified it; the units are told.

    Raises NotAllowed (without `supervise`; four eyes), ServiceError (state), StaleRecord.
    """
    taken = _take(item, ItemAction.CONFIRM, text, version, by, request_key, {"closed_on": clock.today()})
    if taken.is_new:
        refresh_item(taken.record)
        tell_units(units_of_item(taken.record), taken.act, f"已销号：{item.name}", kind=ReminderKind.DECIDED)
    return taken.record
