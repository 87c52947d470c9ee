"""The grid of responsibility: who answers for a project, from when until when."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.models import Project, Responsibility
from projects.services.citation import save_cited


@transaction.atomic
def assign(*, project: Project, kind: str, by: User | None, request_key: UUID | None = None, **values: Any) -> Responsibility:
    """Add a row to the project's grid of responsibility (`unit`, `duty`, `person`, `since`, `until`) and return it.

    Raises NotAllowed without `ledger.edit`, InvalidInput (incomplete row, second lead unit, same row twice).
    """
    require(by, "ledger.edit")
    if earlier := already(Responsibility.objects.all(), request_key):
        return earlier
    row = Responsibility(project=project, kind=kind, **values)
    if request_key:
        row.request_key = request_key
    checked(row).save()
    return row


@transaction.atomic
def change_assignment(*, row: Responsibility, version: int | None, by: User, **values: Any) -> Responsibility:
    """Change a row of the grid. Raises NotAllowed, StaleRecord, InvalidInput."""
    require(by, "ledger.edit")
    return save_cited(locked(Responsibility.objects.all(), row.pk, version), values)


@transaction.atomic
def end_assignment(*, row: Responsibility, until: date | None, version: int | None, by: User) -> Responsibility:
    """End a responsibility on a day (today by default); the row stays, since who answered then must remain known.

    Raises NotAllowed, StaleRecord, InvalidInput, ServiceError when it has already ended.
    """
    require(by, "ledger.edit")
    row = locked(Responsibility.objects.all(), row.pk, version)
    if row.until is not None:
        raise ServiceError(f"这项责任已于{chinese_day(row.until)}结束。止日有误的，请用“修改”更正。")
    return save_cited(row, {"until": until or clock.today()})
