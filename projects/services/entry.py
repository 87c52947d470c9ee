"""Ledger entries: entering a project into a ledger, changing its place, leaving (退库), coming back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from erqi.common import clock
from erqi.common.errors import InvalidInput
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.models import Ledger, LedgerEntry, Project
from projects.services.citation import save_cited
from projects.services.ledger import refuse_locked


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
    _refuse_later(ledger, values.get("listed_on"))
    entry = LedgerEntry(ledger=ledger, project=project, **values)
    if request_key:
        entry.request_key = request_key
    checked(entry).save()
    return entry


def _refuse_later(ledger: Ledger, listed_on: date | None) -> None:
    """Raise InvalidInput for a listing after the ledger's year, on which the ledger would never show the project."""
    if listed_on is not None and listed_on.year > ledger.year:
        raise InvalidInput({"listed_on": [f"列入日期不能晚于{ledger.year}年12月31日：这是{ledger.year}年的台账。"]})


@transaction.atomic
def change_entry(*, entry: LedgerEntry, version: int | None, by: User | None, **values: Any) -> LedgerEntry:
    """Change an entry's number, nature, goal, plan or listing date. Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""
    require(by, "ledger.edit")
    ledger = Ledger.objects.select_for_update().get(pk=entry.ledger_id)
    refuse_locked(ledger)
    _refuse_later(ledger, values.get("listed_on"))
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
