"""Inspections: planned with an eye on how often the unit was inspected, conducted with the reported figures frozen, read and answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import checked
from projects.choices import ReminderKind
from projects.models import Project, Unit
from projects.rules.responsibility import reporting_unit, writing_units
from projects.services.decision import name_of
from projects.services.grid import grids, units_of
from supervision.choices import FindingState, InspectionAction, InspectionLayer, InspectionState, Party, Verdict
from supervision.models import Finding, Inspection, InspectionPoint, SupervisionItem
from supervision.rules.inspection import MACHINE, METHODS, contradicts, earliest, is_finding, layer_of
from supervision.services import finding as findings
from supervision.services.inspection_checks import refuse_contradiction, refuse_often, refuse_strange
from supervision.services.inspection_frozen import Reported, freeze
from supervision.services.item_grid import units_of_item
from supervision.services.parties import ANY_UNIT, deciding, parties_of
from supervision.services.taking import Taken, take, tell_people, tell_units


def inspected_units(project: Project | None, item: SupervisionItem | None) -> list[int]:
    """Return the units (keys) that may be inspected about a project or an item: who reports it first, then others that write it."""
    if project is not None:
        grid = grids([project.pk])[project.pk]
        first = reporting_unit(grid)
        return [*([first] if first is not None else []), *sorted(writing_units(grid) - {first})]
    return units_of_item(item) if item is not None else []


def parties_of_inspection(inspection: Inspection, user: User | None) -> frozenset[Party]:
    """Return as what the account acts on the inspection: the inspected unit reads and answers it, who registered it is its author."""
    handlers = [inspection.unit_id] if inspection.unit_id else []
    return parties_of(user, handlers=handlers, author=inspection.inspected_by_id, stand_in=ANY_UNIT)


def _new(
    by: User | None, project: Project | None, item: SupervisionItem | None, unit: Unit | None, layer: InspectionLayer | None, **values: Any
) -> Inspection:
    if unit is None:
        keys = inspected_units(project, item)
        unit = Unit.objects.filter(pk=keys[0]).first() if keys else None
    if unit is None:
        raise InvalidInput({"unit": ["没有登记责任单位，请写明被督察的单位。"]})
    return Inspection(layer=layer or layer_of(parties_of(by)), project=project, item=item, unit=unit, **values)


def _take(
    inspection: Inspection, action: InspectionAction, text: str, version: int | None, by: User | None, key: UUID | None, **more: Any
) -> Taken[Inspection]:
    return take(inspection, MACHINE, action, by=by, parties=parties_of_inspection, version=version, request_key=key, text=text, **more)


@transaction.atomic
def plan_inspection(
    *,
    method: str,
    planned_for: date,
    by: User | None,
    project: Project | None = None,
    item: SupervisionItem | None = None,
    unit: Unit | None = None,
    purpose: str = "",
    often_reason: str = "",
    subjects: Iterable[str] = (),
    request_key: UUID | None = None,
) -> Inspection:
    """Plan an inspection of a project or an item and return it. It is not announced: the unit learns of it by its conclusion.

    Raises NotAllowed (`inspect`, `supervise` or `inquiry.ask`), InvalidInput (a day that is over, a unit inspected often without a reason).
    """
    inspection = _new(
        by, project, item, unit, None, method=method, planned_for=planned_for, purpose=purpose.strip(), often_reason=often_reason.strip()
    )

    def check(new: Inspection) -> None:
        refuse_strange(new)
        if planned_for < clock.today():
            raise InvalidInput({"planned_for": ["计划日期不能早于今天。已经完成的督察请直接登记结论。"]})
        refuse_often(new, planned_for, often_reason)

    taken = _take(inspection, InspectionAction.PLAN, purpose, None, by, request_key, check=check)
    if taken.is_new:
        _points(taken.record, dict.fromkeys(subjects, ""))
    return taken.record


def _points(inspection: Inspection, found: Mapping[str, str]) -> None:
    """Store what was looked at: the five contents of D3 as far as they were."""
    standing = {point.subject: point for point in inspection.points.all()}
    for subject, text in found.items():
        point = standing.get(subject) or InspectionPoint(inspection=inspection, subject=subject)
        point.found = text.strip()
        checked(point).save()


@transaction.atomic
def conduct_inspection(
    *,
    inspection: Inspection | None = None,
    inspected_on: date,
    verdict: str,
    conclusion: str,
    by: User | None,
    method: str = "",
    project: Project | None = None,
    item: SupervisionItem | None = None,
    unit: Unit | None = None,
    untrue: str = "",
    found: Mapping[str, str] | None = None,
    observed_done: Mapping[int, bool | None] | None = None,
    uploads: Sequence[File] = (),
    version: int | None = None,
    request_key: UUID | None = None,
    **values: Any,
) -> Inspection:
    """Record what an inspection found and its verdict, planned or not, and return it; the unit reads the conclusion.

    What the unit had reported by the day is frozen beside it: the report that counts, and each milestone. `found`: the contents looked at;
    `observed_done`: milestones (keys) as they were found; `values`: observed_cumulative, observed_percent, observed_physical, place,
    companions, often_reason. A verdict of 不实 becomes a finding in the same moment (`untrue` says what is).

    Raises NotAllowed, ServiceError (state), StaleRecord, InvalidInput (a day yet to come, a verdict that what was found contradicts, 不实
    without saying what, a unit inspected often without a reason, a wrong file).
    """
    if inspection is None:
        inspection = _new(by, project, item, unit, None, method=method)
    reported = freeze(inspection.project, inspected_on)
    seen = observed_done or {}
    columns = {
        "inspected_on": inspected_on,
        "inspected_by": by,
        "inspected_by_name": name_of(by),
        "verdict": verdict,
        "first_verdict": verdict,
        "conclusion": conclusion.strip(),
        **({"method": method} if method else {}),
        **values,
        **reported.columns,
    }

    def check(new: Inspection) -> None:
        refuse_strange(new)
        if inspected_on > clock.today():
            raise InvalidInput({"inspected_on": ["督察日期不能晚于业务日期。"]})
        first = earliest(clock.today())
        if inspected_on < first:
            raise InvalidInput({"inspected_on": [f"督察日期不能早于{chinese_day(first)}，往年的督察不再补登。请核对年份。"]})
        # Its own day: what was seen before the plan was made is no outcome of the plan.
        planned_on = new.acts.order_by("pk").values_list("on", flat=True).first() if new.pk is not None else None
        if planned_on is not None and inspected_on < planned_on:
            raise InvalidInput(
                {"inspected_on": [f"督察日期不能早于安排督察的{chinese_day(planned_on)}；此前已看过现场的，请另行“登记督察”。"]}
            )
        if contradicts(verdict, reported.overstated(seen)):
            raise InvalidInput({"verdict": ["有节点上报已完成而现场未完成，结论不能是“属实”。"]})
        refuse_contradiction(new, verdict, "observed")
        if is_finding(verdict) and not untrue.strip():
            raise InvalidInput({"untrue": ["结论为“不实”，请写明不实之处：上报怎么说，现场是怎样。"]})
        # A plan was counted, and let pass, in its own month alone.
        planned = new.planned_for if new.pk is not None else None
        if planned is None or (planned.year, planned.month) != (inspected_on.year, inspected_on.month):
            refuse_often(new, inspected_on, values.get("often_reason", new.often_reason))

    taken = _take(inspection, InspectionAction.CONDUCT, conclusion, version, by, request_key, values=columns, check=check)
    if taken.is_new:
        _settle(taken, reported, seen, found or {}, uploads, by)
        if is_finding(verdict):
            findings.raise_finding(inspection=taken.record, observed=untrue, reported=reported.said(seen), by=by)
    return taken.record


def _settle(
    taken: Taken[Inspection],
    reported: Reported,
    seen: Mapping[int, bool | None],
    found: Mapping[str, str],
    uploads: Sequence[File],
    by: User | None,
) -> None:
    """Store what belongs to a conclusion, and tell the unit to read it."""
    inspection = taken.record
    reported.keep(inspection, seen)
    _points(inspection, {subject: text for subject, text in found.items() if text.strip()})
    if uploads:
        attach(owner=inspection, uploads=uploads, by=by)
    tell_units(
        [inspection.unit_id],
        taken.act,
        f"督察结论（{inspection.get_verdict_display()}）：{inspection.subject}",
        text=f"请阅知；有异议的请说明。{inspection.conclusion}",
    )


@transaction.atomic
def self_check(
    *,
    conclusion: str,
    by: User | None,
    project: Project | None = None,
    item: SupervisionItem | None = None,
    unit: Unit | None = None,
    found: Mapping[str, str] | None = None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
    **values: Any,
) -> Inspection:
    """Record a unit's own check of a project or item (责任人自查) and return it; it needs no answer.

    Raises NotAllowed (not the unit's), InvalidInput (no words, a wrong file).
    """
    on = clock.today()
    reported = freeze(project, on)
    if unit is None and by is not None:
        own = units_of(by)
        unit = Unit.objects.filter(pk__in=[key for key in inspected_units(project, item) if key in own]).first()
    inspection = _new(by, project, item, unit, InspectionLayer.SELF, method=METHODS[InspectionLayer.SELF][0])
    columns = {
        "inspected_on": on,
        "inspected_by": by,
        "inspected_by_name": name_of(by),
        "conclusion": conclusion.strip(),
        **values,
        **reported.columns,
    }
    taken = _take(inspection, InspectionAction.SELF_CHECK, conclusion, None, by, request_key, values=columns, check=refuse_strange)
    if taken.is_new:
        reported.keep(taken.record, {})
        _points(taken.record, {subject: text for subject, text in (found or {}).items() if text.strip()})
        if uploads:
            attach(owner=taken.record, uploads=uploads, by=by)
    return taken.record


@transaction.atomic
def accept_conclusion(
    *, inspection: Inspection, version: int | None, by: User | None, text: str = "", request_key: UUID | None = None
) -> Inspection:
    """Say for the inspected unit that it read the conclusion and does not object. Raises NotAllowed, ServiceError (state), StaleRecord."""
    return _take(inspection, InspectionAction.ACCEPT, text, version, by, request_key).record


@transaction.atomic
def object_conclusion(
    *,
    inspection: Inspection,
    text: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Inspection:
    """Object for the inspected unit, once, with what speaks against the conclusion; the supervision office is told.

    Raises NotAllowed, ServiceError (state), StaleRecord, InvalidInput (no words, a wrong file).
    """
    taken = _take(inspection, InspectionAction.OBJECT, text, version, by, request_key)
    if taken.is_new:
        if uploads:
            attach(owner=taken.act, uploads=uploads, by=by)
        findings.pause_finding(inspection=taken.record, by=by)
        tell_people(deciding([inspection.inspected_by_id]), taken.act, f"对督察结论有异议：{inspection.subject}")
    return taken.record


@transaction.atomic
def uphold_conclusion(
    *, inspection: Inspection, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Inspection:
    """Uphold a conclusion against an objection, with the reason; the unit is told.

    Raises NotAllowed (without `supervise` or `inquiry.ask`; who concluded or objected), ServiceError (state), StaleRecord, InvalidInput.
    """
    taken = _take(inspection, InspectionAction.UPHOLD, reason, version, by, request_key)
    if taken.is_new:
        findings.resume_finding(inspection=taken.record, by=by)
        tell_units([inspection.unit_id], taken.act, f"维持督察结论：{inspection.subject}", kind=ReminderKind.DECIDED)
    return taken.record


def change_refusal(inspection: Inspection, by: User | None) -> str:
    """Return why a person who may decide on the objection cannot change the conclusion: its finding is taken back with it, not by who
    explained it. An empty text when they can."""
    finding = Finding.objects.filter(inspection=inspection).exclude(state=FindingState.REVOKED).first()
    return findings.revoke_refusal(finding, by) if finding is not None else ""


@transaction.atomic
def change_conclusion(
    *,
    inspection: Inspection,
    verdict: str,
    reason: str,
    version: int | None,
    by: User | None,
    untrue: str = "",
    corrected_cumulative: Decimal | None = None,
    corrected_percent: int | None = None,
    request_key: UUID | None = None,
) -> Inspection:
    """Change the verdict after an objection; a finding that no longer stands is revoked, one that now does is raised. What was
    written down on the site and is wrong is corrected beside it (amount in 万元, per cent). The unit is told.

    Raises NotAllowed (without `supervise` or `inquiry.ask`; who concluded, objected or explained the finding), ServiceError (state),
    StaleRecord, InvalidInput (the same verdict, 属实 beside figures that say otherwise).
    """

    def check(locked: Inspection) -> None:
        if verdict == locked.verdict:
            raise InvalidInput({"verdict": ["与原结论相同。维持原结论的，请用“维持结论”。"]})
        if is_finding(verdict) and not untrue.strip():
            raise InvalidInput({"untrue": ["结论改为“不实”，请写明不实之处。"]})
        locked.corrected_cumulative, locked.corrected_percent = corrected_cumulative, corrected_percent
        refuse_contradiction(locked, verdict, "corrected")

    corrected = {"corrected_cumulative": corrected_cumulative, "corrected_percent": corrected_percent}
    values = {"verdict": verdict, "changed_on": clock.today(), **corrected}
    taken = _take(inspection, InspectionAction.CHANGE, reason, version, by, request_key, values=values, check=check)
    if not taken.is_new:
        return taken.record
    finding = Finding.objects.select_for_update(of=("self",)).filter(inspection=taken.record).first()
    if is_finding(verdict) and finding is None:
        findings.raise_finding(inspection=taken.record, observed=untrue, reported="", by=by)
    elif finding is not None and finding.state != FindingState.REVOKED:
        findings.revoke_finding(finding=finding, reason=f"督察结论更正为“{Verdict(verdict).label}”：{reason}", by=by)
    tell_units(
        [inspection.unit_id],
        taken.act,
        f"督察结论更正为“{Verdict(verdict).label}”：{inspection.subject}",
        kind=ReminderKind.DECIDED,
    )
    return taken.record


@transaction.atomic
def cancel_inspection(
    *, inspection: Inspection, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Inspection:
    """Call a planned inspection off, with a reason. Raises NotAllowed, ServiceError (state), StaleRecord, InvalidInput."""
    return _take(inspection, InspectionAction.CANCEL, reason, version, by, request_key).record


def retract_refusal(inspection: Inspection) -> str:
    """Return why a registered inspection cannot be taken back by who registered it; an empty text when it can, as far as its state allows.

    Only on the day of the registration, and neither one that the unit has answered nor one that became a finding: nobody takes a finding
    back alone (`change_conclusion`).
    """
    own = inspection.layer == InspectionLayer.SELF
    if inspection.state == InspectionState.CLOSED and not own:
        return "单位已阅知结论（或复议已办结），不能再撤回登记。"
    if Finding.objects.filter(inspection=inspection).exists():
        return "督察结论为“不实”，已作出不实认定，不能撤回登记。确有错误的，由单位提出异议，督察办另一人更正结论。"
    held = inspection.acts.filter(action__in=[InspectionAction.CONDUCT, InspectionAction.SELF_CHECK]).first()
    if held is not None and held.on != clock.today():
        if own:
            return f"自查登记于{chinese_day(held.on)}，只能在登记当日撤回。情况有变化的，请再登记一次自查。"
        return f"结论已于{chinese_day(held.on)}告知单位，只能在登记当日撤回。确有错误的，由单位提出异议后更正结论。"
    return ""


@transaction.atomic
def retract_inspection(
    *, inspection: Inspection, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Inspection:
    """Take back on the same day what one registered by mistake, before the unit answered it; it stays in the record and is not counted.
    The unit is told, but of its own check. Raises NotAllowed (somebody else's), ServiceError (state, another day, a finding), StaleRecord,
    InvalidInput.
    """

    def check(locked: Inspection) -> None:
        if sentence := retract_refusal(locked):
            raise ServiceError(sentence)

    taken = _take(inspection, InspectionAction.RETRACT, reason, version, by, request_key, check=check)
    if taken.is_new and inspection.layer != InspectionLayer.SELF:
        tell_units([inspection.unit_id], taken.act, f"督察登记已撤回：{inspection.subject}", kind=ReminderKind.DECIDED)
    return taken.record


def often_words(unit: Unit, day: date) -> str:
    """Return how often a unit was inspected in a month: shown where an inspection is planned."""
    number = Inspection.objects.in_month(unit.pk, day)
    month = f"“{unit}”{day.year}年{day.month}月"
    return f"{month}已督察（含已安排）{number} 次" if number else f"{month}尚无督察"
