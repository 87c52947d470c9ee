"""Supervision notices (督察通知单, domain.md §5.3), the sender's side: drafting, approval, issue, urging, revoking.

Another text or unit: services.notice_change. What the unit does: services.notice_unit.
What follows for the project's colour: services.notice_duty.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import models, transaction
from django.utils import timezone

from erqi.common import clock, workdays
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import checked, next_number, require
from erqi.common.simulation import is_simulated
from projects.models import Project, Unit
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.services.decision import name_of
from projects.services.grid import grids
from projects.services.locks import lock_project
from projects.services.schedule import refresh
from supervision.choices import NoticeAction, NoticeKind, NoticeSource, NoticeState, NoticeUrgency
from supervision.models import Notice, NoticeAct, NoticeCopy, NoticeText
from supervision.models.notice import ISSUER, LONGEST_REASON
from supervision.rules.limit import paused
from supervision.rules.notice import MACHINE, WAITING, default_days
from supervision.sentences.acting import said_already
from supervision.services import escalation_answer
from supervision.services import notice_tell as tell
from supervision.services.acting import act
from supervision.services.notice_parties import parties
from supervision.services.notice_words import first_words, quotes_simulated
from supervision.services.parties import WHOEVER

# What is typed in a draft, and may be corrected until it is submitted.
DRAFTED = ("kind", "source", "urgency", "basis", "title", "text", "unit", "project", "contact", "days", "due_on")
PAST = "时限应在今天（{today}）以后。"


def do(
    notice: Notice,
    action: NoticeAction,
    by: User | None,
    *,
    version: int | None = None,
    request_key: UUID | None = None,
    text: str = "",
    values: dict[str, Any] | None = None,
    given: Collection[str] = (),
    first: Callable[[Notice], None] | None = None,
) -> tuple[Notice, NoticeAct, bool]:
    """Take a step under the project's lock, bring its colour up to date, and return notice, act and whether this call did it.

    `first` looks at the locked notice before anything is written, and may set what follows from it. Raises as supervision.services.acting.
    """
    if notice.project_id:
        lock_project(notice.project_id)
    found, row = act(
        notice,
        MACHINE,
        action,
        by=by,
        parties=parties,
        version=version,
        request_key=request_key,
        text=text,
        values=values,
        given=given,
        check=first,
    )
    if not row.is_repeat and found.project_id and not found.is_internal:
        refresh(found.project_id)
    return found, row, not row.is_repeat


def body(text: str) -> str:
    """Return a text with one kind of line end, as it is compared and printed."""
    return text.replace("\r\n", "\n").strip()


def later(due_on: date | None, name: str = "due_on") -> date:
    """Return a deadline that lies ahead; raise InvalidInput otherwise."""
    today = clock.today()
    if due_on is None:
        raise InvalidInput({name: ["请填写时限。"]})
    if due_on <= today:
        raise InvalidInput({name: [PAST.format(today=chinese_day(today))]})
    return due_on


def give_back(locked: Notice) -> None:
    """Move the deadline by the working days for which what the unit asked for, or refused, waited to be decided: its clock stood still."""
    asked_on = locked.acts.filter(action=WAITING[NoticeState(locked.state)]).order_by("-pk").values_list("on", flat=True)[0]
    assert locked.due_on is not None  # noqa: S101
    locked.due_on = paused(locked.due_on, asked_on, clock.today(), workdays)


def units_for(project: Project | None) -> tuple[int | None, int | None]:
    """Return the units (keys) to which a notice about a project goes, and gets a copy: who reports it, and who leads it if another."""
    if project is None:
        return None, None
    grid = grids([project.pk])[project.pk]
    reports, leads = reporting_unit(grid), reviewing_unit(grid)
    return reports or leads, leads if leads != reports else None


def _copy_to(notice: Notice, units: Sequence[Unit]) -> None:
    wanted, today = {unit.pk for unit in units} - {notice.unit_id}, clock.today()
    standing = set(notice.copies.standing().values_list("unit_id", flat=True))
    gone = notice.copies.standing().filter(unit__in=standing - wanted)
    # What is taken out on the day on which it was put in was no day's addressee.
    gone.filter(since=today).delete()
    gone.update(until=today)
    for unit in units:
        if unit.pk in wanted - standing:
            checked(NoticeCopy(notice=notice, unit=unit, since=today)).save()
            standing.add(unit.pk)


def _end_change(notice: Notice, version: int | None, by: User | None) -> int | None:
    """End a change that awaits its approval with the notice, and return the version that stands then. It is the sender's alone, so an act
    of its own says it, and not the one that the unit reads."""
    if not notice.changes.waiting().exists():
        return version
    if notice.project_id:
        lock_project(notice.project_id)
    found, _ = act(
        notice,
        MACHINE,
        NoticeAction.RECALL_CHANGE,
        by=by,
        parties=WHOEVER,
        version=version,
        text="通知单撤销，待审签的变更随之失效",
        check=lambda locked: locked.changes.waiting().update(ended_on=clock.today()),
    )
    return found.version


def _refuse_again(notice: Notice, by: User | None, request_key: UUID | None) -> None:
    """Refuse a draft that a page sends anew (after the Back button) shortly after the same person wrote the very same."""
    if by is None or request_key is None or Notice.objects.filter(request_key=request_key).exists():
        return
    same = {name: getattr(notice, name) for name in ("kind", "unit", "project", "title", "text")}
    since = timezone.now() - timedelta(minutes=10)
    earlier = Notice.objects.filter(**same, drafted_by=by, created_at__gte=since).exclude(state=NoticeState.WITHDRAWN).first()
    if earlier is not None:
        raise ServiceError(said_already(f"拟稿《{earlier.title}》", timezone.localtime(earlier.created_at)))


@transaction.atomic
def draft_notice(
    *,
    kind: str,
    source: str,
    by: User | None,
    project: Project | None = None,
    title: str = "",
    text: str = "",
    unit: Unit | None = None,
    due_on: date | None = None,
    days: int | None = None,
    urgency: str = NoticeUrgency.NORMAL,
    basis: str = "",
    contact: str = "",
    copies: Sequence[Unit] | None = None,
    origin: models.Model | None = None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Notice:
    """Draft a notice and return it.

    About a project, what is left out is filled in: the unit that reports it (a copy for the one that leads it), title and text with the
    figures of its colour today. `days`: working days for the reply, by source and kind where none are given (domain.md §5.3, §1.7);
    `due_on`: a fixed day instead. `origin`: the record that it arose from. What follows from simulated figures, or a
    simulated record, is marked. Raises NotAllowed (neither 督察办 nor 督察员), InvalidInput.
    """
    if kind not in NoticeKind or source not in NoticeSource:
        raise InvalidInput({"kind" if kind not in NoticeKind else "source": ["请选择一项。"]})
    if due_on is not None:
        later(due_on)
    to, copied = units_for(project)
    days = days or default_days(kind, source, urgency)
    if project is not None and not (title.strip() and text.strip()):
        words = first_words(project, kind, clock.today())
        title, text = title.strip() or words.title, body(text) or words.text
    simulated = getattr(origin, "simulated", False) or quotes_simulated(project, source)
    if unit is None and to is not None:
        unit = Unit.objects.get(pk=to)
    if unit is None:
        raise InvalidInput({"unit": ["请选择承办单位：该项目没有登记承办、牵头单位。" if project else "请选择承办单位。"]})
    if copies is None:
        copies = list(Unit.objects.filter(pk=copied)) if copied else []
    notice = Notice(
        kind=kind,
        source=source,
        urgency=urgency,
        basis=basis.strip(),
        title=title.strip(),
        text=body(text),
        unit=unit,
        project=project,
        contact=contact.strip(),
        days=days,
        due_on=due_on,
        issuer=ISSUER,
        origin=origin,
        drafted_by=by,
        drafted_by_name=name_of(by),
        simulated=simulated or is_simulated(),
    )
    _refuse_again(notice, by, request_key)
    notice, _, fresh = do(notice, NoticeAction.DRAFT, by, request_key=request_key)
    if fresh:
        _copy_to(notice, copies)
        if uploads:
            attach(owner=notice, uploads=uploads, by=by)
        if origin is None:
            escalation_answer.settle(notice, by)
    return notice


@transaction.atomic
def edit_notice(
    *,
    notice: Notice,
    version: int | None,
    by: User | None,
    copies: Sequence[Unit] | None = None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
    **values: Any,
) -> Notice:
    """Correct a draft: any of `DRAFTED`, the copies. Raises NotAllowed, ServiceError once it was submitted, StaleRecord, InvalidInput."""
    if unknown := set(values) - set(DRAFTED):
        raise TypeError(f"not part of a draft: {sorted(unknown)}")
    if "text" in values:
        values["text"] = body(values["text"])
    if values.get("due_on") is not None and values["due_on"] != notice.due_on:
        later(values["due_on"])

    def mark(locked: Notice) -> None:
        project, source = values.get("project", locked.project), values.get("source", locked.source)
        locked.simulated = locked.simulated or quotes_simulated(project, source)

    notice, _, fresh = do(notice, NoticeAction.EDIT, by, version=version, request_key=request_key, values=values, first=mark)
    if fresh:
        if copies is not None:
            _copy_to(notice, copies)
        if uploads:
            attach(owner=notice, uploads=uploads, by=by)
        escalation_answer.follow(notice, by)
    return notice


@transaction.atomic
def submit_notice(*, notice: Notice, version: int | None, by: User | None, note: str = "", request_key: UUID | None = None) -> Notice:
    """Send a draft to be approved (送审). Raises NotAllowed, ServiceError, StaleRecord."""
    notice, row, _ = do(notice, NoticeAction.SUBMIT, by, version=version, text=note, request_key=request_key)
    tell.submitted(notice, row)
    return notice


@transaction.atomic
def recall_notice(*, notice: Notice, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Take a submitted draft back. Raises NotAllowed, ServiceError once it was decided on, StaleRecord."""
    return do(notice, NoticeAction.RECALL, by, version=version, request_key=request_key)[0]


@transaction.atomic
def return_draft(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Return a submitted (or approved, not yet issued) draft with the reason. Raises NotAllowed, ServiceError, StaleRecord,
    InvalidInput."""
    notice, row, _ = do(
        notice, NoticeAction.RETURN_DRAFT, by, version=version, text=reason, request_key=request_key, values={"signer_name": ""}
    )
    tell.draft_returned(notice, row)
    return notice


@transaction.atomic
def approve_notice(*, notice: Notice, version: int | None, by: User | None, note: str = "", request_key: UUID | None = None) -> Notice:
    """Approve a draft (审签): by somebody else than who wrote or submitted it. Raises NotAllowed, ServiceError, StaleRecord."""
    require(by, "supervise.approve")
    values = {"signer_name": name_of(by)}
    notice, row, _ = do(notice, NoticeAction.APPROVE, by, version=version, text=note, request_key=request_key, values=values)
    tell.approved(notice, row)
    return notice


@transaction.atomic
def withdraw_notice(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Withdraw a draft for good, with the reason; the proposal that it answered waits again. Raises NotAllowed, ServiceError, StaleRecord,
    InvalidInput."""
    notice, row, _ = do(notice, NoticeAction.WITHDRAW, by, version=version, text=reason, request_key=request_key)
    escalation_answer.reopen(notice, row.action_label, by)
    return notice


def keep_text(notice: Notice, reason: str, by: User | None) -> None:
    """Keep the text as it is sent now as a version of its own."""
    assert notice.due_on is not None  # noqa: S101
    row = NoticeText(
        notice=notice,
        version=notice.text_version,
        title=notice.title,
        text=notice.text,
        unit=notice.unit,
        due_on=notice.due_on,
        reason=reason.strip()[:LONGEST_REASON],
        on=clock.today(),
        by=by,
        by_name=name_of(by),
    )
    checked(row).save()


@transaction.atomic
def issue_notice(*, notice: Notice, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Issue an approved notice (下发): it gets the next number of its issuer and year, without gaps, and its deadline counts from today.

    Raises NotAllowed, ServiceError, StaleRecord, InvalidInput for a fixed deadline that has passed meanwhile.
    """
    today = clock.today()

    def number(locked: Notice) -> None:
        due_on = later(locked.due_on) if locked.due_on is not None else workdays.add_workdays(today, locked.days)
        locked.due_on = locked.first_due_on = due_on
        locked.issued_on, locked.year, locked.text_version = today, today.year, 1
        # The last thing that can fail comes before it: a number that is given out is used.
        locked.number = next_number(f"notice/{locked.issuer}/{today.year}")

    notice, row, fresh = do(notice, NoticeAction.ISSUE, by, version=version, request_key=request_key, first=number)
    if fresh:
        keep_text(notice, "", by)
        escalation_answer.issued(notice, by)
    tell.sent(notice, row)
    return notice


@transaction.atomic
def urge_notice(*, notice: Notice, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> NoticeAct:
    """Urge the unit (催办): a trace, a line in its inbox and a 催办通知 to print; return the act. Raises NotAllowed, ServiceError,
    StaleRecord, InvalidInput without words."""
    notice, row, _ = do(notice, NoticeAction.URGE, by, version=version, text=text, request_key=request_key)
    tell.urged(notice, row)
    return row


@transaction.atomic
def uphold_notice(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Uphold a notice that the unit refused (维持交办): it counts as signed for, and has to be carried out; the deadline moves by the
    working days for which the refusal waited. Raises as `transfer_notice`."""
    notice, row, _ = do(notice, NoticeAction.UPHOLD, by, version=version, text=reason, request_key=request_key, first=give_back)
    tell.decided(notice, row)
    return notice


@transaction.atomic
def revoke_notice(*, notice: Notice, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Notice:
    """Revoke an issued notice (撤销): its number stays taken, the unit owes nothing any more. Raises NotAllowed, ServiceError,
    StaleRecord, InvalidInput without a reason."""
    version = _end_change(notice, version, by)
    notice, row, _ = do(notice, NoticeAction.REVOKE, by, version=version, text=reason, request_key=request_key)
    escalation_answer.reopen(notice, row.action_label, by)
    tell.decided(notice, row)
    return notice
