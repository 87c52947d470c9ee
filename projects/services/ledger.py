"""Ledgers: opening one, stating its scale and withdrawing it, locking it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import LedgerState
from projects.models import Ledger, LedgerRevision
from projects.services.citation import save_cited


def refuse_locked(ledger: Ledger) -> None:
    """Raise ServiceError when the ledger is locked."""
    if ledger.is_locked:
        raise ServiceError(f"“{ledger.name}”已锁定，不能修改。如确需修改，请先由重点项目办解锁。")


@transaction.atomic
def open_ledger(*, code: str, year: int, name: str, by: User | None, request_key: UUID | None = None, **values: Any) -> Ledger:
    """Open a ledger and return it. Raises NotAllowed without `ledger.edit`, InvalidInput (a year's second district ledger)."""
    require(by, "ledger.edit")
    if earlier := already(Ledger.objects.all(), request_key):
        return earlier
    ledger = Ledger(code=code, year=year, name=name, **values)
    if request_key:
        ledger.request_key = request_key
    checked(ledger).save()
    return ledger


@transaction.atomic
def change_ledger(*, ledger: Ledger, version: int | None, by: User | None, **values: Any) -> Ledger:
    """Change a ledger's name, unit or note; code, year, level and kind are fixed once it is open.

    Raises NotAllowed, ServiceError when the ledger is locked, StaleRecord, InvalidInput.
    """
    require(by, "ledger.edit")
    ledger = locked(Ledger.objects.all(), ledger.pk, version)
    refuse_locked(ledger)
    return save_cited(ledger, values)


@transaction.atomic
def state_scale(*, ledger: Ledger, recorded_on: date, by: User | None, **values: Any) -> LedgerRevision:
    """Record the ledger's stated scale on a date (`project_count`, `total_investment` and `annual_plan` in 万元).

    Scales are appended: a later date revises an earlier one, and the same scale stated twice is recorded once. Raises
    NotAllowed, ServiceError when the ledger is locked, InvalidInput (a day that has another scale, a day to come).
    """
    require(by, "ledger.edit")
    if recorded_on > clock.today() and by is not None:
        raise InvalidInput({"recorded_on": ["日期不能晚于业务日期。"]})
    refuse_locked(Ledger.objects.select_for_update().get(pk=ledger.pk))
    if by is None and (withdrawn := ledger.withdrawn_revisions.filter(recorded_on=recorded_on, **values).first()):
        # What people withdrew is not brought back by loading the same file again.
        return withdrawn
    stated = ledger.revisions.filter(recorded_on=recorded_on).first()
    if stated is not None:
        if all(getattr(stated, name) == value for name, value in values.items()):
            return stated
        raise InvalidInput({"recorded_on": ["这一天的规模已经登记，登记后不能修改。有新的数字，请按新的日期登记；登记有误的，请先撤回。"]})
    revision = checked(LedgerRevision(ledger=ledger, recorded_on=recorded_on, **values))
    revision.save()
    return revision


@transaction.atomic
def withdraw_scale(*, revision: LedgerRevision, reason: str, by: User) -> LedgerRevision:
    """Withdraw a scale that was stated wrongly; it stays in the record with the reason, and the day can be stated anew.

    The same withdrawal sent twice counts once. Raises NotAllowed without `ledger.edit`, InvalidInput without a reason,
    ServiceError when the ledger is locked or the scale was withdrawn for another reason.
    """
    require(by, "ledger.edit")
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"withdraw_reason": ["请写明撤回的原因。"]})
    refuse_locked(Ledger.objects.select_for_update().get(pk=revision.ledger_id))
    revision = LedgerRevision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    if revision.withdrawn_on is not None:
        if revision.withdraw_reason == reason:
            return revision
        raise ServiceError(f"这组规模已经撤回（{revision.withdraw_reason}），无需再办。")
    revision.withdrawn_on, revision.withdraw_reason = clock.today(), reason
    checked(revision).save(update_fields=["withdrawn_on", "withdraw_reason"])
    return revision


@transaction.atomic
def set_lock(*, ledger: Ledger, lock: bool, version: int | None, by: User) -> Ledger:
    """Lock or unlock a ledger; doing it twice changes nothing. Raises NotAllowed without `ledger.lock`, StaleRecord."""
    require(by, "ledger.lock")
    ledger = locked(Ledger.objects.all(), ledger.pk, version)
    return save_cited(ledger, {"state": LedgerState.LOCKED if lock else LedgerState.OPEN})
