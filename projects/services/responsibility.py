"""The grid of responsibility: who answers for a project, from when until when."""

from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import ResponsibilityKind
from projects.models import Project, Responsibility
from projects.rules.responsibility import overlap
from projects.services.citation import save_cited
from projects.services.locks import lock_project


def _one_at_a_time(project: int) -> None:
    """Lock the project's row: whoever else writes its grid waits until this transaction ends."""
    lock_project(project)


def _refuse_second_lead(row: Responsibility) -> None:
    """Raise InvalidInput when another lead unit's period has a day in common with the row's."""
    if row.kind != ResponsibilityKind.LEAD or row.duty:
        return
    leads = Responsibility.objects.filter(project_id=row.project_id, kind=ResponsibilityKind.LEAD, duty="").exclude(pk=row.pk)
    for other in leads.select_related("unit"):
        if overlap((row.since, row.until), (other.since, other.until)):
            raise InvalidInput({None: [_second_lead(other)]})


def _second_lead(other: Responsibility) -> str:
    since = f"{chinese_day(other.since)}起" if other.since else "起日未填"
    until = f"{chinese_day(other.until)}止" if other.until else "止日未填"
    advice = "请把本行的起止日写在这段时间之外。" if other.until else "更换时请先填写原牵头单位的止日。"
    return f"该项目已有牵头单位“{other.unit}”（{since}，{until}），同一天只能有一个牵头单位；{advice}"


@transaction.atomic
def assign(*, project: Project, kind: str, by: User | None, request_key: UUID | None = None, **values: Any) -> Responsibility:
    """Add a row to the project's grid of responsibility (`unit`, `duty`, `person`, `since`, `until`) and return it.

    Raises NotAllowed without `ledger.edit`, InvalidInput (incomplete row, a second lead unit on any day, same row twice).
    """
    require(by, "ledger.edit")
    _one_at_a_time(project.pk)
    if earlier := already(Responsibility.objects.all(), request_key):
        return earlier
    row = Responsibility(project=project, kind=kind, **values)
    if request_key:
        row.request_key = request_key
    _refuse_second_lead(row)
    checked(row).save()
    return row


@transaction.atomic
def change_assignment(*, row: Responsibility, version: int | None, by: User, **values: Any) -> Responsibility:
    """Change a row of the grid. Raises NotAllowed, StaleRecord, InvalidInput."""
    require(by, "ledger.edit")
    _one_at_a_time(row.project_id)
    row = locked(Responsibility.objects.all(), row.pk, version)
    asked = copy(row)
    for name, value in values.items():
        setattr(asked, name, value)
    _refuse_second_lead(asked)
    return save_cited(row, values)


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
