"""Supervision notices after the issue (domain.md §5.3): another text (变更), another unit (转办). What was sent before stays; the unit
signs for it anew.

What a notice says was signed. Another text or deadline is therefore proposed by the office, and sent once somebody else who signs
notices has approved it; until then it is the sender's alone, and the notice goes on.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError
from erqi.common.models import User
from erqi.common.saving import checked, require
from projects.models import Unit
from projects.services.decision import name_of
from supervision.choices import NoticeAction
from supervision.models import Notice, NoticeChange
from supervision.rules.notice import MACHINE
from supervision.sentences import notice as words
from supervision.sentences.acting import same_person
from supervision.services import notice_tell as tell
from supervision.services.notice import body, do, keep_text, later

# The steps about a change, and the one that a change in waiting stands in the way of.
_ABOUT = {NoticeAction.PROPOSE_CHANGE, NoticeAction.CHANGE, NoticeAction.DROP_CHANGE, NoticeAction.RECALL_CHANGE, NoticeAction.CLOSE}


def change_refusal(notice: Notice, action: str, by: User | None) -> str:
    """Return why the step about a change cannot be taken besides what the table says, an empty text where it can, or is another step: one
    query for such a step."""
    return _refusal(notice, action, by, notice.changes.waiting().first()) if action in _ABOUT else ""


def changes_refused(notice: Notice, actions: Iterable[str], by: User | None) -> set[str]:
    """Return those of the actions that `change_refusal` refuses: one query at most."""
    asked = _ABOUT & set(actions)
    waiting = notice.changes.waiting().first() if asked else None
    return {action for action in asked if _refusal(notice, action, by, waiting)}


def _refusal(notice: Notice, action: str, by: User | None, waiting: NoticeChange | None) -> str:
    """Say that one waits, that none waits, or that it is the person's own, whatever was done to the notice since: the table's four eyes
    look back for a round."""
    if action == NoticeAction.PROPOSE_CHANGE:
        return words.change_waits(waiting.by_name, waiting.on) if waiting is not None else ""
    if action == NoticeAction.CLOSE:
        return words.change_overtaken(waiting.by_name, waiting.on) if waiting is not None else ""
    if waiting is None:
        return words.NO_CHANGE
    step = MACHINE.step(action, notice.state)
    own = by is not None and waiting.by_id == by.pk and action != NoticeAction.RECALL_CHANGE
    return same_person(MACHINE, step, NoticeAction.PROPOSE_CHANGE) if own and step is not None else ""


@transaction.atomic
def propose_change(
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
    """Propose another title, text or deadline of an issued notice (拟变更), with the reason: nothing is sent until somebody else approves
    it. The deadline may move, never into the past.

    Raises NotAllowed, ServiceError (one waits already), StaleRecord, InvalidInput (nothing changed, no reason).
    """

    def compare(locked: Notice) -> None:
        if sentence := change_refusal(locked, NoticeAction.PROPOSE_CHANGE, by):
            raise ServiceError(sentence)
        wanted = (title.strip(), body(text), due_on or locked.due_on)
        if wanted == (locked.title, locked.text, locked.due_on):
            raise InvalidInput({None: ["内容和时限都没有改动。请修改后再提交；只需催促的，请用“催办”。"]})
        if wanted[2] != locked.due_on:
            later(wanted[2])

    if not text.strip():
        raise InvalidInput({"text": ["请写明正文。"]})
    notice, row, fresh = do(notice, NoticeAction.PROPOSE_CHANGE, by, version=version, text=reason, request_key=request_key, first=compare)
    if fresh:
        change = NoticeChange(
            notice=notice,
            title=title.strip(),
            text=body(text),
            due_on=due_on if due_on != notice.due_on else None,
            reason=reason.strip(),
            on=clock.today(),
            by=by,
            by_name=name_of(by),
            simulated=notice.simulated,
        )
        checked(change).save()
        tell.change_proposed(notice, row)
    return notice


@transaction.atomic
def approve_change(*, notice: Notice, version: int | None, by: User | None, note: str = "", request_key: UUID | None = None) -> Notice:
    """Approve a change (变更审签) by another person than proposed it: it is sent as a new version, for which the unit signs anew; the
    earlier text stays. What the unit asked for is decided first.

    Raises NotAllowed, ServiceError (none waits, the state), StaleRecord, InvalidInput (its deadline has passed meanwhile).
    """
    require(by, "supervise.approve")
    change = notice.changes.waiting().first()
    said = "；审签意见：".join(filter(None, [change.reason if change is not None else "", note.strip()]))

    def take(locked: Notice) -> None:
        waiting = _decided(locked, NoticeAction.CHANGE, by)
        if change is None or waiting.pk != change.pk:
            raise ServiceError(words.NO_CHANGE)
        if waiting.due_on is not None and waiting.due_on <= clock.today():
            raise InvalidInput({None: [words.change_too_late(waiting.due_on)]})
        locked.title, locked.text, locked.due_on = waiting.title, waiting.text, waiting.due_on or locked.due_on
        locked.text_version += 1

    values = {"signer_name": name_of(by)}
    notice, row, fresh = do(notice, NoticeAction.CHANGE, by, version=version, text=said, request_key=request_key, values=values, first=take)
    if fresh and change is not None:
        keep_text(notice, change.reason, by)
        tell.changed(notice, row, change)
    return notice


@transaction.atomic
def drop_change(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Drop a change with the reason (不同意变更): the notice stays as it was sent. Raises as `approve_change`."""
    require(by, "supervise.approve")
    ended: list[NoticeChange] = []
    notice, row, fresh = do(
        notice,
        NoticeAction.DROP_CHANGE,
        by,
        version=version,
        text=reason,
        request_key=request_key,
        first=lambda locked: ended.append(_decided(locked, NoticeAction.DROP_CHANGE, by)),
    )
    if fresh:
        tell.change_dropped(notice, row, ended[0])
    return notice


@transaction.atomic
def recall_change(*, notice: Notice, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Take back a change that nobody has decided (收回变更): by whoever of the office. Raises NotAllowed, ServiceError, StaleRecord."""
    return do(
        notice,
        NoticeAction.RECALL_CHANGE,
        by,
        version=version,
        request_key=request_key,
        first=lambda locked: _decided(locked, NoticeAction.RECALL_CHANGE, by),
    )[0]


def _decided(locked: Notice, action: NoticeAction, by: User | None) -> NoticeChange:
    """Return the change that waits, ended today; raise ServiceError where none does, NotAllowed for who proposed it."""
    if sentence := change_refusal(locked, action, by):
        raise (NotAllowed if locked.changes.waiting().exists() else ServiceError)(sentence)
    change: NoticeChange = locked.changes.waiting().select_for_update().get()
    change.ended_on = clock.today()
    change.version += 1
    checked(change).save()
    return change


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
        tell.sent(notice, row, former[0])
    return notice
