"""Supervision notices, the unit's side (domain.md §5.3): signing, replying, asking for time or another unit; what is decided on it."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock, workdays
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import checked
from erqi.common.texts import clause, shortened
from projects.choices import DelayCause
from projects.models import Unit
from projects.services.decision import name_of
from supervision.choices import NoticeAction, OrderAddressee
from supervision.models import Notice, NoticeOrder
from supervision.rules.limit import is_late
from supervision.rules.notice import ANSWERED_BY, ASKS_CAUSE, MOST_EXTENSION
from supervision.sentences.notice import answered_already, not_yours_to_answer
from supervision.services import notice_tell as tell
from supervision.services.notice import do, give_back, later
from supervision.services.notice_change import change_refusal
from supervision.services.notice_parties import parties, stand_in_words

_NOTHING_ASKED = {"asked_due_on": None, "asked_unit": None}


@transaction.atomic
def sign_notice(*, notice: Notice, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Sign for a notice (签收). Where somebody signs for a unit without an account, the act says so (`acting.act`), and its sender is told.

    Raises NotAllowed (another unit's), ServiceError, StaleRecord.
    """
    note = stand_in_words(notice, by, NoticeAction.SIGN)
    notice, row, _ = do(notice, NoticeAction.SIGN, by, version=version, request_key=request_key)
    if note:
        tell.signed_for(notice, row, note)
    return notice


@transaction.atomic
def refuse_notice(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Refuse a notice with the reason (拒收): it has to be given to another unit, or upheld; the clock stands still meanwhile.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput without a reason.
    """
    notice, row, _ = do(notice, NoticeAction.REFUSE, by, version=version, text=reason, request_key=request_key)
    tell.asked(notice, row)
    return notice


def too_late(notice: Notice) -> str:
    """Return why no extension can be asked for any more, an empty text while one can."""
    if not is_late(notice.due_on, clock.today(), workdays):
        return ""
    return f"反馈时限{chinese_day(notice.due_on)}已过：延期须在到期前申请。请尽快反馈，并在反馈中说明原因。"


def _not_too_far(due_on: date, to: date | None, name: str) -> None:
    last = due_on + timedelta(days=MOST_EXTENSION)
    if to is not None and to > last:
        raise InvalidInput({name: [f"一次延期不超过 {MOST_EXTENSION} 天，最晚到{chinese_day(last)}。"]})


@transaction.atomic
def ask_extension(
    *,
    notice: Notice,
    to: date | None,
    reason: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Notice:
    """Ask for more time (申请延期), before the deadline passes; the clock stands still until it is decided.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput: too late to ask, no later day than the one in force, no reason.
    """

    def compare(locked: Notice) -> None:
        assert locked.due_on is not None  # noqa: S101
        if sentence := too_late(locked):
            raise InvalidInput({None: [sentence]})
        if to is not None and to <= locked.due_on:
            raise InvalidInput({"asked_due_on": [f"申请的时限应晚于现行时限（{chinese_day(locked.due_on)}）。"]})
        _not_too_far(locked.due_on, to, "asked_due_on")

    values = {"asked_due_on": to}
    notice, row, fresh = do(
        notice, NoticeAction.ASK_EXTENSION, by, version=version, text=reason, request_key=request_key, values=values, first=compare
    )
    if fresh and uploads:
        attach(owner=row, uploads=uploads, by=by)
    tell.asked(notice, row)
    return notice


@transaction.atomic
def ask_transfer(
    *, notice: Notice, unit: Unit | None, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Notice:
    """Ask that another unit carries the notice out (申请转办), with reason and perhaps a proposal; the clock stands still until it is
    decided. Raises as `refuse_notice`."""

    def compare(locked: Notice) -> None:
        if unit is not None and unit.pk == locked.unit_id:
            raise InvalidInput({"asked_unit": ["建议转办的单位不能是本单位。"]})

    values = {"asked_unit": unit}
    notice, row, _ = do(
        notice, NoticeAction.ASK_TRANSFER, by, version=version, text=reason, request_key=request_key, values=values, first=compare
    )
    tell.asked(notice, row)
    return notice


@transaction.atomic
def take_back(*, notice: Notice, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Take back what was asked for: it counts as never asked, and the clock goes on from the first. Raises NotAllowed, ServiceError once
    it was decided, StaleRecord."""
    return do(notice, NoticeAction.TAKE_BACK, by, version=version, request_key=request_key, values=_NOTHING_ASKED)[0]


@transaction.atomic
def grant_extension(
    *, notice: Notice, due_on: date | None, version: int | None, by: User | None, note: str = "", request_key: UUID | None = None
) -> Notice:
    """Grant an extension to a day (the one asked for, or an earlier one). Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""

    def compare(locked: Notice) -> None:
        assert locked.due_on is not None  # noqa: S101
        if later(due_on) <= locked.due_on:
            raise InvalidInput({"due_on": [f"新时限应晚于现行时限（{chinese_day(locked.due_on)}）；不同意的，请用“不同意延期”。"]})
        _not_too_far(locked.due_on, due_on, "due_on")

    values = {"due_on": due_on, **_NOTHING_ASKED}
    notice, row, _ = do(
        notice, NoticeAction.GRANT_EXTENSION, by, version=version, text=note, request_key=request_key, values=values, first=compare
    )
    tell.decided(notice, row)
    return notice


@transaction.atomic
def deny_extension(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Refuse an extension with the reason; the clock stood still meanwhile, so that the deadline moves by the working days for which the
    request waited. Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""
    return _deny(NoticeAction.DENY_EXTENSION, notice, reason, version, by, request_key)


@transaction.atomic
def deny_transfer(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Refuse a transfer with the reason: the unit carries on, and has the working days for which the request waited. Raises as
    `deny_extension`."""
    return _deny(NoticeAction.DENY_TRANSFER, notice, reason, version, by, request_key)


def _deny(action: NoticeAction, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None) -> Notice:
    notice, row, _ = do(notice, action, by, version=version, text=reason, request_key=request_key, values=_NOTHING_ASKED, first=give_back)
    tell.decided(notice, row)
    return notice


@transaction.atomic
def reply_notice(
    *,
    notice: Notice,
    text: str,
    version: int | None,
    by: User | None,
    cause: str = "",
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Notice:
    """Reply (反馈): what was done, with the cause of the delay (病因) where a project fell behind; what was asked for lapses.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput (no text, no cause).
    """
    if notice.project_id and notice.kind in ASKS_CAUSE and cause not in DelayCause:
        raise InvalidInput({"cause": ["请选择影响进度的病因。"]})
    values = {"cause": cause, **_NOTHING_ASKED}
    note = stand_in_words(notice, by, NoticeAction.REPLY)
    notice, row, fresh = do(notice, NoticeAction.REPLY, by, version=version, text=text, request_key=request_key, values=values)
    if fresh and uploads:
        attach(owner=row, uploads=uploads, by=by)
    tell.replied(notice, row, note)
    return notice


@transaction.atomic
def recall_reply(*, notice: Notice, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Take a reply back before it was judged. Raises NotAllowed, ServiceError, StaleRecord."""
    return do(notice, NoticeAction.RECALL_REPLY, by, version=version, request_key=request_key)[0]


@transaction.atomic
def pass_reply(*, notice: Notice, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Find the reply good (审核通过), saying what was checked; somebody else closes the notice. Raises NotAllowed, ServiceError,
    StaleRecord, InvalidInput."""
    notice, row, _ = do(notice, NoticeAction.PASS_REPLY, by, version=version, text=text, request_key=request_key)
    tell.passed(notice, row)
    return notice


@transaction.atomic
def return_reply(
    *, notice: Notice, reason: str, due_on: date | None, version: int | None, by: User | None, request_key: UUID | None = None
) -> Notice:
    """Return the reply (退回重办): what is missing, and by when. Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""
    notice, row, _ = do(
        notice,
        NoticeAction.RETURN_REPLY,
        by,
        version=version,
        text=reason,
        request_key=request_key,
        values={"due_on": due_on},
        first=lambda locked: _ahead(due_on),
    )
    tell.returned(notice, row)
    return notice


def _ahead(due_on: date | None) -> None:
    later(due_on)


def open_order(notice: Notice) -> str:
    """Return which instruction keeps a notice from being closed or archived, an empty text where none does."""
    order = notice.orders.filter(answered_on=None).first()
    if order is None:
        return ""
    said = f"{order.by_name}{chinese_day(order.on)}批示“{shortened(clause(order.text), 40)}”"
    return f"{said}由{order.get_addressee_display()}落实，还没有落实。请先落实批示，再办结、归档。"


def _may_close(locked: Notice) -> None:
    _answered(locked)
    if sentence := change_refusal(locked, NoticeAction.CLOSE, None):
        raise ServiceError(sentence)


def _answered(locked: Notice) -> None:
    if sentence := open_order(locked):
        raise ServiceError(sentence)


@transaction.atomic
def close_notice(*, notice: Notice, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Close a notice whose reply was found good (办结), by another person than found it so. Raises NotAllowed, ServiceError (an
    instruction is not answered yet), StaleRecord, InvalidInput."""
    notice, row, _ = do(notice, NoticeAction.CLOSE, by, version=version, text=text, request_key=request_key, first=_may_close)
    tell.decided(notice, row)
    return notice


@transaction.atomic
def reopen_notice(
    *, notice: Notice, reason: str, due_on: date | None, version: int | None, by: User | None, request_key: UUID | None = None
) -> Notice:
    """Open a closed notice again (重新办理) with reason and deadline. Raises as `return_reply`."""
    notice, row, _ = do(
        notice,
        NoticeAction.REOPEN,
        by,
        version=version,
        text=reason,
        request_key=request_key,
        values={"due_on": due_on},
        first=lambda locked: _ahead(due_on),
    )
    tell.returned(notice, row)
    return notice


@transaction.atomic
def archive_notice(*, notice: Notice, version: int | None, by: User | None, note: str = "", request_key: UUID | None = None) -> Notice:
    """Archive a closed notice (归档): nothing is done to it any more. Raises NotAllowed, ServiceError (an instruction is not answered
    yet), StaleRecord."""
    return do(notice, NoticeAction.ARCHIVE, by, version=version, text=note, request_key=request_key, first=_answered)[0]


@transaction.atomic
def instruct(
    *,
    notice: Notice,
    text: str,
    addressee: str,
    due_on: date | None,
    version: int | None,
    by: User | None,
    request_key: UUID | None = None,
) -> NoticeOrder:
    """Write a leader's instruction on a notice (批示) and return it: a to-do of the unit or of the supervision office until it is answered.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput (no words, no day ahead, nobody to carry it out).
    """
    if request_key and (earlier := NoticeOrder.objects.filter(request_key=request_key).first()):
        return earlier
    if addressee not in OrderAddressee:
        raise InvalidInput({"addressee": ["请选择由谁落实。"]})

    def ahead(locked: Notice) -> None:
        later(due_on, "order_due_on")

    given = ["order_due_on"] if due_on is not None else []
    notice, row, fresh = do(
        notice, NoticeAction.INSTRUCT, by, version=version, text=text, request_key=request_key, given=given, first=ahead
    )
    if not fresh:
        return notice.orders.get(request_key=request_key)
    order = NoticeOrder(notice=notice, text=text.strip(), addressee=addressee, due_on=due_on, on=clock.today(), by=by, by_name=name_of(by))
    if request_key:
        order.request_key = request_key
    checked(order).save()
    tell.ordered(notice, row, order)
    return order


@transaction.atomic
def answer_order(*, order: NoticeOrder, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> NoticeOrder:
    """Say how an instruction was carried out (落实批示). Raises NotAllowed (somebody else's to answer), ServiceError when it was answered,
    StaleRecord, InvalidInput."""

    def theirs(locked: Notice) -> None:
        standing = NoticeOrder.objects.select_for_update().get(pk=order.pk)
        if not parties(locked, by) & ANSWERED_BY[OrderAddressee(standing.addressee)]:
            raise NotAllowed(not_yours_to_answer(standing.get_addressee_display()))
        if standing.answered_on is not None:
            raise ServiceError(answered_already(standing.answered_by_name, standing.answered_on))
        if version is not None and standing.version != version:
            raise StaleRecord(standing)

    notice, row, fresh = do(order.notice, NoticeAction.ANSWER, by, text=text, request_key=request_key, first=theirs)
    order = NoticeOrder.objects.get(pk=order.pk)
    if fresh:
        order.answer, order.answered_on, order.answered_by, order.answered_by_name = text.strip(), clock.today(), by, name_of(by)
        order.version += 1
        checked(order).save()
        tell.order_answered(notice, row, order)
    return order
