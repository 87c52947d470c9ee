"""Ledgers: opening one, stating its scale, locking it; the entries by which projects stand in it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import LedgerState
from projects.models import Ledger, LedgerEntry, LedgerRevision, Project
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
    NotAllowed, ServiceError when the ledger is locked, InvalidInput (a day that has another scale).
    """
    require(by, "ledger.edit")
    refuse_locked(Ledger.objects.select_for_update().get(pk=ledger.pk))
    stated = ledger.revisions.filter(recorded_on=recorded_on).first()
    if stated is not None:
        if all(getattr(stated, name) == value for name, value in values.items()):
            return stated
        raise InvalidInput({"recorded_on": ["这一天的规模已经登记，登记后不能修改。有新的数字，请按新的日期登记。"]})
    revision = checked(LedgerRevision(ledger=ledger, recorded_on=recorded_on, **values))
    revision.save()
    return revision


@transaction.atomic
def set_lock(*, ledger: Ledger, lock: bool, version: int | None, by: User) -> Ledger:
    """Lock or unlock a ledger; doing it twice changes nothing. Raises NotAllowed without `ledger.lock`, StaleRecord."""
    require(by, "ledger.lock")
    ledger = locked(Ledger.objects.all(), ledger.pk, version)
    return save_cited(ledger, {"state": LedgerState.LOCKED if lock else LedgerState.OPEN})


@transaction.atomic
def add_entry(*, ledger: Ledger, project: Project, by: User | None, request_key: UUID | None = None, **values: Any) -> LedgerEntry:
    """Enter a project into a ledger, at the end unless `seq` is given, and return the entry.

    The ledger row is locked while the number is chosen, so that two people never get the same. Raises NotAllowed without
    `ledger.edit`, ServiceError when the ledger is locked, InvalidInput.
    """
    require(by, "ledger.edit")
    if earlier := already(LedgerEntry.objects.all(), request_key):
        return earlier
    ledger = Ledger.objects.select_for_update().get(pk=ledger.pk)
    refuse_locked(ledger)
    if values.get("seq") is None:
        values["seq"] = (ledger.entries.aggregate(last=Max("seq"))["last"] or 0) + 1
    entry = LedgerEntry(ledger=ledger, project=project, **values)
    if request_key:
        entry.request_key = request_key
    checked(entry).save()
    return entry


@transaction.atomic
def change_entry(*, entry: LedgerEntry, version: int | None, by: User | None, **values: Any) -> LedgerEntry:
    """Change an entry's number, nature, goal, plan or listing date. Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""
    require(by, "ledger.edit")
    refuse_locked(Ledger.objects.select_for_update().get(pk=entry.ledger_id))
    entry = locked(LedgerEntry.objects.all(), entry.pk, version)
    return save_cited(entry, values)


@transaction.atomic
def delist(*, entry: LedgerEntry, on: date | None, reason: str, version: int | None, by: User) -> LedgerEntry:
    """Take a project out of a ledger (退库) from a business date on; it stays visible as of earlier days.

    Raises NotAllowed, ServiceError when the ledger is locked, StaleRecord, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput({"delist_reason": ["请写明退出台账的原因。"]})
    return change_entry(entry=entry, version=version, by=by, delisted_on=on or clock.today(), delist_reason=reason.strip())


@transaction.atomic
def relist(*, entry: LedgerEntry, version: int | None, by: User) -> LedgerEntry:
    """Bring a delisted project back into the ledger. Raises NotAllowed, ServiceError, StaleRecord."""
    return change_entry(entry=entry, version=version, by=by, delisted_on=None, delist_reason="")
