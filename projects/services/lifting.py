"""Leaving yellow or red (摘牌, domain.md §1.8): evidence, an inspector's check on the site, the supervision office's confirmation.

services.schedule proposes it when the facts allow a milder colour. After a refusal the colour stays; it is proposed anew when
other facts become known, when the unit files or corrects a report or says how a milestone stands, or when an inspector asks for it.
A past year's colour is that of its 31 December, and is left as of that day (its history tells when).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from erqi.common import clock, workdays
from erqi.common.attachments import attach, of
from erqi.common.dates import in_year
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import Attachment, User
from erqi.common.saving import checked, require
from projects.choices import LiftingState, ReminderKind, ReportAction, WarningLevel
from projects.models import Lifting, MilestoneUpdate, ProgressReport, ReportStep, WarningSchedule
from projects.rules.calendar import cutoffs
from projects.rules.colour import observed_until
from projects.services.decision import name_of
from projects.services.floor import Floor
from projects.services.grid import accounts_of, may_write, reporters
from projects.services.locks import lock_project
from projects.services.reminder import notify
from projects.services.schedule import refresh_many

OWN_PROJECT = "您负责或填报过这个项目的月报，不能核验它的摘牌，请由其他督察员核验。"
NO_EVIDENCE_LEFT = "核验所依据的佐证已被撤回，不能确认摘牌。请不予摘牌，补充佐证后重新核验。"


@dataclass(frozen=True)
class Evidence:
    """Attachments that speak for a lifting, with what they hang on."""

    label: str
    attachments: list[Attachment]


def row_of(lifting: Lifting, on: date) -> WarningSchedule | None:
    """Return the schedule row of the lifting's project and year that holds on the day, with its rules."""
    return WarningSchedule.objects.of_year(lifting.year).on(on).filter(project=lifting.project_id).select_related("policy").first()


def began_on(lifting: Lifting) -> date:
    """Return since when the project has had the level that is to be left, as it stood the day before the lifting was proposed."""
    eve = lifting.proposed_on - timedelta(days=1)
    row = row_of(lifting, eve)
    return row.since(eve) if row is not None else lifting.proposed_on


def evidence_of(lifting: Lifting, since: date) -> list[Evidence]:
    """Return what proves the improvement: what hangs on the lifting itself, and on updates of the project's milestones and its reports
    of the year from the day on. What was there when an earlier lifting was refused does not prove this one, nor what was said of a
    milestone before its completion was taken back; what came after the lifting ended was not before those who decided."""
    found = [Evidence("本次核验", list(of(lifting)))]
    refused = lifting.project.liftings.filter(year=lifting.year, state=LiftingState.REJECTED, pk__lt=lifting.pk).order_by("-pk").first()
    taken_back = MilestoneUpdate.objects.filter(milestone=OuterRef("milestone"), pk__gt=OuterRef("pk"), changes_done=True, done_on=None)
    if lifting.ended_on is not None:
        taken_back = taken_back.filter(recorded_on__lte=lifting.ended_on)
    updates = MilestoneUpdate.objects.filter(~Exists(taken_back), milestone__project=lifting.project_id, recorded_on__gte=since)
    reports = ProgressReport.objects.filter(project=lifting.project_id, year=lifting.year)
    kinds = {model: ContentType.objects.get_for_model(model) for model in (MilestoneUpdate, ProgressReport)}
    rows = Attachment.objects.filter(
        Q(owner_type=kinds[MilestoneUpdate], owner_id__in=updates.values("pk"))
        | Q(owner_type=kinds[ProgressReport], owner_id__in=reports.values("pk"), uploaded_on__gte=since),
        withdrawn_on=None,
    )
    if lifting.ended_at is not None:
        rows = rows.filter(created_at__lte=lifting.ended_at)
    if refused is not None and refused.ended_at is not None:
        rows = rows.filter(created_at__gt=refused.ended_at)
    by_owner: dict[tuple[int, int], list[Attachment]] = {}
    for attachment in rows:
        by_owner.setdefault((attachment.owner_type_id, attachment.owner_id), []).append(attachment)
    names = {
        (kinds[MilestoneUpdate].pk, update.pk): f"节点“{update.milestone}”{update.get_layer_display()}"
        for update in updates.select_related("milestone")
    } | {(kinds[ProgressReport].pk, report.pk): f"{report.year}年{report.month}月月报" for report in reports}
    found += [Evidence(names[owner], attachments) for owner, attachments in by_owner.items()]
    return [one for one in found if one.attachments]


def _locked(
    lifting: Lifting, version: int | None, done: LiftingState, states: Sequence[LiftingState], by: User | None
) -> tuple[Lifting, bool]:
    """Return the lifting under lock and whether this person has done the action already (the second click on a button).

    The project's row is locked before it, as by everything that computes its colour. Raises ServiceError when somebody else was
    faster or the lifting lapsed, StaleRecord when it is otherwise not as the person saw it.
    """
    lock_project(lifting.project_id)
    lifting = Lifting.objects.select_related("project").select_for_update(of=("self",)).get(pk=lifting.pk)
    who = lifting.verified_by_id if done == LiftingState.VERIFIED else lifting.ended_by_id
    if lifting.state == done and by is not None and who == by.pk:
        return lifting, True
    if lifting.state not in states:
        raise ServiceError(refusal_of(lifting, states))
    if version is not None and lifting.version != version:
        raise StaleRecord(lifting)
    return lifting, False


def refusal_of(lifting: Lifting, states: Sequence[LiftingState]) -> str:
    """Return why a lifting cannot be acted on from its state, an empty text when it can."""
    if lifting.state in states:
        return ""
    if lifting.state == LiftingState.PROPOSED:
        return "这次摘牌还没有核验。请先由督察员核验。"
    if lifting.state == LiftingState.VERIFIED:
        return f"这次摘牌已由{lifting.verified_by_name}核验，正等待督察办确认，不能再核验。"
    who = f"由{lifting.ended_by_name}" if lifting.ended_by_name else ""
    if lifting.state == LiftingState.CONFIRMED:
        return f"这次摘牌已{who}确认，无需再办。"
    again = "项目条件再次好转或有新的填报时，系统会重新提出。"
    if lifting.state == LiftingState.REJECTED:
        return f"这次摘牌{who or '已'}办结，未予摘牌，不能再办理。{again}"
    return f"这次摘牌已失效，不能再办理。{again}"


def overtaken(lifting: Lifting, row: WarningSchedule | None, on: date) -> str:
    """Return why the colour would not fall today by its dates (`row` holds today), whatever the lifting's state: an empty text when it
    would. A threshold may have passed since it was proposed."""
    if row is None:
        return "该项目今天没有预警数据，不能办理。"
    level = row.dates.level(on)
    if level < lifting.from_level:
        return ""
    what = "仍应为" if level == lifting.from_level else "已转为"
    return f"按今天的数据，该项目{what}“{row.policy.policy.label(level)}”，不能摘牌。"


def _refuse_worse(lifting: Lifting, row: WarningSchedule | None, on: date) -> WarningSchedule:
    """Return the row; raise ServiceError when by its dates the colour would not fall at all today."""
    if refusal := overtaken(lifting, row, on):
        raise ServiceError(refusal)
    assert row is not None  # noqa: S101
    return row


def _save(lifting: Lifting, **values: object) -> Lifting:
    for name, value in values.items():
        setattr(lifting, name, value)
    lifting.version += 1
    checked(lifting).save()
    return lifting


def own_refusal(lifting: Lifting, by: User | None) -> str:
    """Return why the account may not check the lifting, an empty text when it may: who writes the project's reports by the grid, or
    filed one this year, does not say as an inspector that they are true."""
    if by is None:
        return ""
    filed = ReportStep.objects.filter(report__project=lifting.project_id, report__year=lifting.year, action=ReportAction.FILE, by=by)
    return OWN_PROJECT if may_write(by, lifting.project) or filed.exists() else ""


def relied_on(lifting: Lifting, found: Iterable[Evidence]) -> bool:
    """Say whether anything is left (`found`) of the evidence that was there when the lifting was checked: it may have been withdrawn
    since."""
    checked = lifting.verified_on
    # A past year's lifting is checked as of its 31 December, whenever that is done.
    return any(checked is None or in_year(one.uploaded_on, lifting.year) <= checked for part in found for one in part.attachments)


@transaction.atomic
def verify_lifting(*, lifting: Lifting, note: str, version: int | None, by: User | None, uploads: Sequence[File] = ()) -> Lifting:
    """Record an inspector's check: what was found (`note`) with evidence, and return the lifting, now awaiting confirmation.

    Evidence: photos or documents attached here, unless the project has some on updates of its milestones or its reports since it turned
    to the level that is to be left; what proves the improvement is then there, and the inspector need not photograph it again.
    The same check sent twice counts once. Raises NotAllowed without `lifting.verify`, InvalidInput (no note, no evidence, a wrong
    file), ServiceError (state; the colour would not fall today; somebody who reports the project does not check it), StaleRecord.
    """
    require(by, "lifting.verify")
    on = in_year(clock.today(), lifting.year)
    if own := own_refusal(lifting, by):
        raise NotAllowed(own)
    lifting, again = _locked(lifting, version, LiftingState.VERIFIED, [LiftingState.PROPOSED], by)
    if again:
        return lifting
    _refuse_worse(lifting, row_of(lifting, on), on)
    if not note.strip():
        raise InvalidInput({"verify_note": ["请写明核验的情况：何时何地看到什么。"]})
    if uploads:
        attach(owner=lifting, uploads=uploads, by=by)
    elif not evidence_of(lifting, began_on(lifting)):
        raise InvalidInput({"uploads": ["核验须有佐证：该项目本次预警以来没有上传过照片或文件，请在此上传。"]})
    return _save(
        lifting, state=LiftingState.VERIFIED, verified_on=on, verified_by=by, verified_by_name=name_of(by), verify_note=note.strip()
    )


@transaction.atomic
def confirm_lifting(*, lifting: Lifting, version: int | None, by: User | None, note: str = "") -> Lifting:
    """Confirm a verified lifting (摘牌) and return it: yellow falls to what the facts give; red to yellow at best, until the next cut-off
    after today (the policy says how many), then to what the facts give.

    The same confirmation sent twice counts once. Raises NotAllowed without `lifting.confirm` or for whoever verified it, ServiceError
    (state; the colour would not fall today; nothing is left of the evidence that the check relied on), StaleRecord.
    """
    require(by, "lifting.confirm")
    on = in_year(clock.today(), lifting.year)
    lifting, again = _locked(lifting, version, LiftingState.CONFIRMED, [LiftingState.VERIFIED], by)
    if again:
        return lifting
    if by is not None and lifting.verified_by_id == by.pk:
        raise NotAllowed("不能确认自己核验的摘牌，请由督察办的其他人确认。")
    row = _refuse_worse(lifting, row_of(lifting, on), on)
    if not relied_on(lifting, evidence_of(lifting, began_on(lifting))):
        raise ServiceError(NO_EVIDENCE_LEFT)
    floor = Floor(WarningLevel.UNRATED)
    cycles = row.policy.policy.observation_cycles
    if lifting.from_level == WarningLevel.RED and cycles > 0:
        days = [*cutoffs(on.year, workdays.is_workday), *cutoffs(on.year + 1, workdays.is_workday)]
        floor = Floor(WarningLevel.YELLOW, observed_until(on, days, cycles))
    # To what it falls is known now: since it was proposed days have passed.
    to_level = row.schedule.thresholds.level(on)
    _end(lifting, LiftingState.CONFIRMED, note, by, observed_until=floor.until, to_level=to_level)
    refresh_many([lifting.project_id], lifting.year, confirmed={lifting.project_id: floor})
    return lifting


@transaction.atomic
def reject_lifting(*, lifting: Lifting, reason: str, version: int | None, by: User | None) -> Lifting:
    """Refuse a lifting and return it; the colour stays. Before the check that is the inspector's, after it the supervision office's.

    The same refusal sent twice counts once. Raises NotAllowed (`lifting.verify`, after the check `lifting.confirm`), InvalidInput
    without a reason, ServiceError (state), StaleRecord.
    """
    verified = lifting.state == LiftingState.VERIFIED
    require(by, "lifting.confirm" if verified else "lifting.verify")
    # From the state that the person saw: who may refuse a check is not who may refuse a proposal.
    states = [LiftingState.VERIFIED] if verified else [LiftingState.PROPOSED]
    lifting, again = _locked(lifting, version, LiftingState.REJECTED, states, by)
    if again:
        return lifting
    if not reason.strip():
        raise InvalidInput({"end_note": ["请写明不予摘牌的理由。"]})
    return _end(lifting, LiftingState.REJECTED, reason, by)


def _end(lifting: Lifting, state: LiftingState, note: str, by: User | None, **values: object) -> Lifting:
    """Close the lifting and tell those who report the project."""
    on = in_year(clock.today(), lifting.year)
    _save(
        lifting,
        state=state,
        ended_on=on,
        ended_at=timezone.now(),
        ended_by=by,
        ended_by_name=name_of(by),
        end_note=note.strip(),
        **values,
    )
    unit = reporters([lifting.project_id])[lifting.project_id]
    notify(
        users=accounts_of([unit], "report.write").get(unit, []) if unit is not None else [],
        kind=ReminderKind.DECIDED,
        key=f"lifting/{lifting.pk}/{state}",
        title=f"“{lifting.project}”摘牌：{state.label}",
        text=note.strip(),
        url=lifting.get_absolute_url(),
    )
    return lifting


@transaction.atomic
def propose_again(*, lifting: Lifting, by: User | None) -> Lifting:
    """Propose a refused lifting anew on the same facts, when an inspector finds that it deserves another look, and return the new one.

    Asked twice it counts once. Raises NotAllowed without `lifting.verify`, ServiceError when the lifting was not refused, when it is
    not the project's last one, or when the colour no longer waits for people.
    """
    require(by, "lifting.verify")
    on = in_year(clock.today(), lifting.year)
    lock_project(lifting.project_id)
    last = Lifting.objects.filter(project=lifting.project_id, year=lifting.year).order_by("-pk").first()
    if last is not None and last.pk > lifting.pk and last.is_open:
        return last
    row = row_of(lifting, on)
    if last != lifting or last.state != LiftingState.REJECTED or row is None or not _waits(row):
        raise ServiceError("这次摘牌不是该项目最近一次未通过的摘牌，或该项目已不需要摘牌。请打开项目页查看。")
    to_level = row.schedule.thresholds.level(on)
    return Lifting.objects.create(
        project_id=lifting.project_id, year=lifting.year, from_level=row.floor_level, to_level=to_level, proposed_on=on
    )


def _waits(row: WarningSchedule) -> bool:
    """Say whether the colour of a row stays until people confirm."""
    return row.floor_level is not None and row.floor_until is None
