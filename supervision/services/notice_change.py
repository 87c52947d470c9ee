"""Supervision notices after the issue (domain.md §5.3): another text (变更), another unit (转办). What was sent before stays; the unit
signs for it anew."""

from datetime import date
from uuid import UUID

from django.db import transaction

from erqi.common.errors import InvalidInput
from erqi.common.models import User
from projects.models import Unit
from supervision.choices import NoticeAction
from supervision.models import Notice
from supervision.services import notice_tell as tell
from supervision.services.notice import body, do, keep_text, later


@transaction.atomic
def change_notice(
    *,
    notice: Notice,
    title: str,
    text: str,
    due_on: date | None,
    reason: str,
    version: int | None,
    by: User | None,
    request_key: UUID | None = None,
) -> Notice:
    """Change an issued notice (变更): a new version with its reason, for which the unit signs anew; the earlier text stays, and
    who signed it is told. The deadline may move, never into the past; what the unit asked for is decided first.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput (nothing changed, no reason).
    """

    def compare(locked: Notice) -> None:
        wanted = (title.strip(), body(text), due_on or locked.due_on)
        if wanted == (locked.title, locked.text, locked.due_on):
            raise InvalidInput({None: ["内容和时限都没有改动。请修改后再提交；只需催促的，请用“催办”。"]})
        if wanted[2] != locked.due_on:
            later(wanted[2])
        locked.title, locked.text, locked.due_on = wanted
        locked.text_version += 1

    if not text.strip():
        raise InvalidInput({"text": ["请写明正文。"]})
    notice, row, fresh = do(notice, NoticeAction.CHANGE, by, version=version, text=reason, request_key=request_key, first=compare)
    if fresh:
        keep_text(notice, reason, by)
    tell.changed(notice, row)
    return notice


@transaction.atomic
def transfer_notice(
    *,
    notice: Notice,
    unit: Unit | None,
    due_on: date | None,
    reason: str,
    version: int | None,
    by: User | None,
    request_key: UUID | None = None,
) -> Notice:
    """Give the notice to another unit (转办, 改派), which signs for it anew and has its own deadline and version; what the first unit was
    sent stays.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput (no reason, the same unit, a deadline in the past).
    """
    if unit is None:
        raise InvalidInput({"unit": ["请选择承办单位。"]})

    def compare(locked: Notice) -> None:
        later(due_on)
        if locked.unit_id == unit.pk:
            raise InvalidInput({"unit": [f"{unit}已是承办单位。请选择另一个单位，或不同意转办。"]})
        locked.text_version += 1
        former.append(locked.unit)

    former: list[Unit] = []
    values = {"unit": unit, "due_on": due_on, "asked_due_on": None, "asked_unit": None, "cause": ""}
    notice, row, fresh = do(
        notice, NoticeAction.TRANSFER, by, version=version, text=reason, request_key=request_key, values=values, first=compare
    )
    if fresh:
        keep_text(notice, f"转办：{reason.strip()}", by)
        tell.moved(notice, row, former[0])
    tell.sent(notice, row)
    return notice
