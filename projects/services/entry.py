"""Ledger entries: entering a project into a ledger, changing its place, leaving (退库), coming back, being done with (销号)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, require
from projects.choices import GRAVE_LEVELS, AbsenceKind, DecisionState
from projects.models import DateRequest, EntryAbsence, Hold, Ledger, LedgerEntry, Lifting, Milestone, Project, WarningSchedule
from projects.rules.milestone import belongs
from projects.services.citation import save_cited
from projects.services.decision import name_of
from projects.services.ledger import refuse_locked
from projects.services.locks import lock_project
from projects.services.schedule import refresh


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
    refresh(project)
    return entry


def _refuse_later(ledger: Ledger, listed_on: date | None) -> None:
    """Raise InvalidInput for a listing after the ledger's year, on which the ledger would never show the project."""
    if listed_on is not None and listed_on.year > ledger.year:
        raise InvalidInput({"listed_on": [f"列入日期不能晚于{ledger.year}年12月31日：这是{ledger.year}年的台账。"]})


@transaction.atomic
def change_entry(*, entry: LedgerEntry, version: int | None, by: User | None, **values: Any) -> LedgerEntry:
    """Change an entry's number, nature, goal, plan or listing date. Raises NotAllowed, ServiceError, StaleRecord, InvalidInput."""
    require(by, "ledger.edit")
    _refuse_later(_lock(entry), values.get("listed_on"))
    entry = save_cited(locked(LedgerEntry.objects.all(), entry.pk, version), values)
    refresh(entry.project_id)
    return entry


def _lock(entry: LedgerEntry) -> Ledger:
    """Lock what an entry's change concerns, in the one order: ledger, project (what is recorded about it waits), and return the ledger.

    Raises ServiceError when the ledger is locked against changes.
    """
    ledger = Ledger.objects.select_for_update().get(pk=entry.ledger_id)
    refuse_locked(ledger)
    lock_project(entry.project_id)
    return ledger


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
    """Bring a delisted project back into the ledger from today on: on the days between it stays out of it.

    Taken back on the day of the leaving or before, it never left. Raises NotAllowed, ServiceError, StaleRecord.
    """
    require(by, "ledger.edit")
    _lock(entry)
    entry = locked(LedgerEntry.objects.all(), entry.pk, version)
    if entry.delisted_on is None:
        raise ServiceError("该项目没有退出这本台账，无需恢复。")
    _keep_absence(entry, AbsenceKind.LEFT, entry.delisted_on, entry.delist_reason, "", by)
    entry = save_cited(entry, {"delisted_on": None, "delist_reason": ""})
    refresh(entry.project_id)
    return entry


def _keep_absence(entry: LedgerEntry, kind: AbsenceKind, since: date, reason: str, end_reason: str, by: User | None) -> None:
    """Keep what is taken back today as a time of its own; what began today or later leaves none."""
    on = clock.today()
    if since < on:
        row = EntryAbsence(entry=entry, kind=kind, since=since, until=on, reason=reason, end_reason=end_reason, by=by, by_name=name_of(by))
        checked(row).save()


def left_sentence(entry: LedgerEntry, on: date) -> str:
    """Return that an entry cannot be closed since it has left its ledger by the day, an empty text for one that stands in it."""
    if entry.delisted_on is not None and entry.delisted_on <= on:
        return f"该项目已于{chinese_day(entry.delisted_on)}退出这本台账，不能销号。"
    return ""


def closing_refusals(entry: LedgerEntry, on: date) -> list[str]:
    """Return why an entry cannot be closed (销号) on the day, each as a sentence; an empty list when it can.

    All milestones of the ledger's year are done, nothing about the project awaits a decision, and its colour is not yellow or red:
    those are left by a lifting only (domain.md §5.5).
    """
    year, project = entry.ledger.year, entry.project_id
    milestones = Milestone.objects.known(on).filter(project=project, year__lte=year).order_by("pk")
    planned = [one for one in milestones if belongs(one.year, one.due_on, year)]
    left = [one.name for one in planned if one.done_by is None or one.done_by > on]
    found = []
    if not planned:
        found.append(f"该项目{year}年没有登记节点，无从判断是否完成。请先登记节点及其完成情况。")
    if left:
        found.append(f"还有 {len(left)} 个节点没有完成：{'、'.join(left)}。请先登记完成。")
    if Lifting.objects.open().filter(project=project, year=year).exists():
        found.append("该项目有一次摘牌正在办理，请先办结。")
    if DateRequest.objects.pending().filter(milestone__project=project).exists():
        found.append("该项目有一份时限变更申请待审批，请先审批。")
    if Hold.objects.filter(project=project, state=DecisionState.PENDING).exists():
        found.append("该项目有一份暂停申请待审批，请先审批。")
    if Hold.objects.covering(on).filter(project=project).exists():
        found.append("该项目正在暂停。请先办理恢复。")
    row = WarningSchedule.objects.of_year(year).on(on).filter(project=project).select_related("policy").first()
    if row is not None and not found:
        level = row.level_on(on)
        if level in GRAVE_LEVELS:
            words = row.policy.policy.label(level)
            found.append(f"该项目现为{words}。请先办理摘牌（督察员核验、督察办确认），再销号。")
    return found


@transaction.atomic
def close_entry(*, entry: LedgerEntry, version: int | None, by: User | None) -> LedgerEntry:
    """Close an entry (销号): the year's work is done, and from today on the project shows no colour in this year.

    The same closing sent twice on a day counts once. Raises NotAllowed without `ledger.edit`, ServiceError (a locked ledger, an
    entry that has left it, `closing_refusals`), StaleRecord.
    """
    require(by, "ledger.edit")
    on = clock.today()
    _lock(entry)
    entry = LedgerEntry.objects.select_for_update(of=("self",)).select_related("ledger").get(pk=entry.pk)
    if entry.closed_on == on:
        return entry
    entry = locked(LedgerEntry.objects.select_related("ledger"), entry.pk, version)
    if entry.closed_on is not None:
        raise ServiceError(f"该项目已于{chinese_day(entry.closed_on)}销号，无需再办。")
    if left := left_sentence(entry, on):
        raise ServiceError(left)
    if refusals := closing_refusals(entry, on):
        raise ServiceError("".join(refusals))
    entry = save_cited(entry, {"closed_on": on, "reopen_reason": ""})
    refresh(entry.project_id)
    return entry


@transaction.atomic
def reopen_entry(*, entry: LedgerEntry, reason: str, version: int | None, by: User | None) -> LedgerEntry:
    """Take a closing back, with the reason: from today on the colour is again what the figures give.

    Raises NotAllowed without `ledger.edit`, InvalidInput without a reason, ServiceError (a locked ledger, an entry that is not
    closed), StaleRecord.
    """
    require(by, "ledger.edit")
    _lock(entry)
    entry = locked(LedgerEntry.objects.all(), entry.pk, version)
    if entry.closed_on is None:
        raise ServiceError("该项目没有销号，无需恢复。")
    if not reason.strip():
        raise InvalidInput({"reopen_reason": ["请写明恢复的理由。"]})
    _keep_absence(entry, AbsenceKind.CLOSED, entry.closed_on, "", reason.strip(), by)
    entry = save_cited(entry, {"closed_on": None, "reopen_reason": reason.strip()})
    refresh(entry.project_id)
    return entry
