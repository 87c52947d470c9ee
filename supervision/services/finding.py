"""Findings of untrue reporting: raised by an inspection, put right and explained by the unit, checked and settled by two others."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock, workdays
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.common.texts import shortened
from projects.choices import ReminderKind
from projects.services.addressees import accounts_with
from supervision.choices import FindingAction, FindingState, InspectionState, Party
from supervision.models import Finding, Inspection
from supervision.rules.finding import DAYS, MACHINE
from supervision.services.acting import refusal
from supervision.services.finding_record import confirmed_text, refuse_unchanged
from supervision.services.parties import ANY_UNIT, WHOEVER, deciding, parties_of
from supervision.services.taking import Taken, take, tell_people, tell_units


def parties_of_finding(finding: Finding, user: User | None) -> frozenset[Party]:
    """Return as what the account acts on the finding: the unit that reported puts it right."""
    return parties_of(user, handlers=[finding.unit_id], stand_in=ANY_UNIT)


def _take(
    finding: Finding,
    action: FindingAction,
    text: str,
    version: int | None,
    by: User | None,
    key: UUID | None,
    values: dict[str, Any] | None = None,
    parties: Callable[..., Any] | frozenset[Party] = parties_of_finding,
    check: Callable[[Finding], None] | None = None,
) -> Taken[Finding]:
    known = {"by": by, "parties": parties, "version": version, "request_key": key, "text": text, "check": check}
    return take(finding, MACHINE, action, values=values or {}, **known)


def raise_finding(*, inspection: Inspection, observed: str, reported: str, by: User | None) -> Finding:
    """Make an inspection's verdict of untrue a finding, to be put right within two working days (domain.md §1.7), and tell the unit.

    Called by services.inspection in its transaction; who may inspect may raise. Raises InvalidInput without what is untrue.
    """
    on = clock.today()
    finding = Finding(
        inspection=inspection,
        unit=inspection.unit,
        project=inspection.project,
        item=inspection.item,
        observed=observed.strip(),
        reported=shortened(reported, 300),
        raised_on=on,
        due_on=workdays.add_workdays(on, DAYS),
    )
    # Who conducted the inspection was asked there already.
    taken = _take(finding, FindingAction.RAISE, observed, None, by, None, parties=WHOEVER)
    tell_units(
        [finding.unit_id], taken.act, f"上报不实：{inspection.subject}", text=f"{chinese_day(finding.due_on)}前更正并说明。{observed}"
    )
    tell_people(accounts_with("supervise"), taken.act, f"认定上报不实：{inspection.subject}")
    return taken.record


@transaction.atomic
def explain_finding(
    *,
    finding: Finding,
    corrected: str,
    explanation: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Finding:
    """Say what was put right and how the untrue report came about; inspectors are told.

    Raises NotAllowed (not the unit's), ServiceError (state), StaleRecord, InvalidInput (either missing, a wrong file).
    """
    values = {"corrected": corrected.strip(), "explanation": explanation.strip()}
    taken = _take(finding, FindingAction.EXPLAIN, explanation, version, by, request_key, values)
    if taken.is_new:
        if uploads:
            attach(owner=taken.act, uploads=uploads, by=by)
        tell_people(accounts_with("inspect"), taken.act, f"更正待核查：{finding}", text=corrected)
    return taken.record


def objection_sentence(inspection: Inspection) -> str:
    """Return why the finding of an inspection cannot be settled now: the unit objected to the conclusion and nobody has decided."""
    if inspection.state != InspectionState.ANSWERED:
        return ""
    return f"“{inspection.unit}”对督察结论提出了异议，督察办尚未复议；复议期间不计时，维持或更正结论之后才能办结。"


def pause_finding(*, inspection: Inspection, by: User | None) -> None:
    """Stop the clock of an inspection's finding as the unit objects to the conclusion; what was explained already goes on.

    Called by services.inspection in its transaction, where the unit was asked.
    """
    finding = Finding.objects.select_for_update(of=("self",)).filter(inspection=inspection, state=FindingState.OPEN).first()
    if finding is not None:
        _take(finding, FindingAction.PAUSE, "单位对督察结论提出异议，复议期间不计时", None, by, None, parties=WHOEVER)


def resume_finding(*, inspection: Inspection, by: User | None) -> None:
    """Go on with an inspection's finding after its conclusion was upheld: two working days begin anew, and the unit is told.

    Called by services.inspection in its transaction, where whoever upholds was asked.
    """
    finding = Finding.objects.select_for_update(of=("self",)).filter(inspection=inspection, state=FindingState.PAUSED).first()
    if finding is None:
        return
    due_on = workdays.add_workdays(clock.today(), DAYS)
    taken = _take(finding, FindingAction.RESUME, "结论维持", None, by, None, {"due_on": due_on}, parties=WHOEVER)
    tell_units([finding.unit_id], taken.act, f"结论维持，{chinese_day(due_on)}前更正并说明：{finding}")


def _take_right(
    finding: Finding,
    action: FindingAction,
    text: str,
    confirmed: bool,
    version: int | None,
    by: User | None,
    key: UUID | None,
    check: Callable[[Finding], None] | None = None,
) -> Taken[Finding]:
    """Take a step that says that it is right now; it is refused, or explained, while the reports still say what was found untrue."""
    said = confirmed_text(finding, text) if confirmed else text

    def look(locked: Finding) -> None:
        if check is not None:
            check(locked)
        refuse_unchanged(locked, confirmed, text)

    return _take(finding, action, said, version, by, key, check=look)


@transaction.atomic
def check_finding(
    *,
    finding: Finding,
    text: str,
    version: int | None,
    by: User | None,
    confirmed: bool = False,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Finding:
    """Record an inspector's check that what was reported is right now; the supervision office is told.

    Raises NotAllowed (no inspector; who explained), ServiceError (state), StaleRecord, InvalidInput without words, and while what was
    found untrue still stands in the reports (services.finding_record), unless it is `confirmed` that nothing is to be changed.
    """
    taken = _take_right(finding, FindingAction.CHECK, text, confirmed, version, by, request_key)
    if taken.is_new:
        if uploads:
            attach(owner=taken.act, uploads=uploads, by=by)
        explained = finding.acts.filter(action=FindingAction.EXPLAIN).order_by("-pk").values_list("by", flat=True).first()
        tell_people(deciding([explained, by.pk if by else None]), taken.act, f"不实认定待办结：{finding}")
    return taken.record


@transaction.atomic
def send_back_finding(*, finding: Finding, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Finding:
    """Send an explanation back with what is missing; two working days begin anew. Raises as `check_finding`."""
    return _returned(finding, FindingAction.SEND_BACK, reason, version, by, request_key)


@transaction.atomic
def refuse_finding(*, finding: Finding, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Finding:
    """Refuse to settle what was checked, with what is missing; two working days begin anew.

    Raises NotAllowed (without `supervise`; who explained or checked), ServiceError (state), StaleRecord, InvalidInput without a reason.
    """
    return _returned(finding, FindingAction.REFUSE, reason, version, by, request_key)


def _returned(finding: Finding, action: FindingAction, reason: str, version: int | None, by: User | None, key: UUID | None) -> Finding:
    due_on = workdays.add_workdays(clock.today(), DAYS)
    taken = _take(finding, action, reason, version, by, key, {"due_on": due_on})
    if taken.is_new:
        tell_units([finding.unit_id], taken.act, f"{action.label}：{finding}", kind=ReminderKind.RETURNED)
    return taken.record


@transaction.atomic
def settle_finding(
    *,
    finding: Finding,
    version: int | None,
    by: User | None,
    text: str = "",
    confirmed: bool = False,
    request_key: UUID | None = None,
) -> Finding:
    """Settle a finding: it is no longer shown beside the colour; the unit is told.

    Raises NotAllowed (without `supervise`; who explained or checked), ServiceError (state; an objection to the conclusion that nobody has
    decided), StaleRecord, InvalidInput while what was found untrue still stands in the reports, unless that is `confirmed` and explained.
    """
    # In the order in which a decision on the objection takes the two locks.
    inspection = Inspection.objects.select_for_update(of=("self",)).get(pk=finding.inspection_id)

    def check(locked: Finding) -> None:
        if sentence := objection_sentence(inspection):
            raise ServiceError(sentence)

    taken = _take_right(finding, FindingAction.SETTLE, text, confirmed, version, by, request_key, check)
    if taken.is_new:
        tell_units([finding.unit_id], taken.act, f"不实认定已办结：{finding}", kind=ReminderKind.DECIDED)
    return taken.record


def revoke_refusal(finding: Finding, by: User | None) -> str:
    """Return why a person cannot take the finding back with its conclusion; an empty text when they can."""
    return refusal(finding, MACHINE, FindingAction.REVOKE, by, parties_of_finding(finding, by))


def revoke_finding(*, finding: Finding, reason: str, by: User | None) -> Finding:
    """Take a finding back that was none, as the conclusion that it came from is changed. The unit is told.

    Called by services.inspection in its transaction: nobody takes a finding back by itself, the unit has objected and somebody else than
    who concluded has decided: the supervision office, or a leader. Raises NotAllowed (neither; who explained), ServiceError (state),
    InvalidInput without a reason.
    """
    taken = _take(finding, FindingAction.REVOKE, reason, None, by, None)
    if taken.is_new:
        tell_units([finding.unit_id], taken.act, f"不实认定已撤销：{finding}", kind=ReminderKind.DECIDED)
    return taken.record
