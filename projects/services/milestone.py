"""Milestones: planning them, moving their dates, recording that they are done."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet

from erqi.common import clock
from erqi.common.attachments import attach
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import already, checked, locked, read_anew, require
from erqi.common.simulation import is_simulated
from projects.choices import DecisionState, ReminderKind, UpdateLayer
from projects.models import DateChange, Milestone, MilestoneUpdate, Project
from projects.rules.phrases import due_date
from projects.rules.responsibility import writing_units
from projects.services.citation import save_cited
from projects.services.decision import end_request, name_of
from projects.services.grid import accounts_of, grids, may_write, require_writer
from projects.services.locks import lock_project
from projects.services.reminder import notify
from projects.services.schedule import refresh


@transaction.atomic
def plan_milestone(
    *,
    project: Project,
    kind: str,
    year: int,
    by: User | None,
    name: str = "",
    due_on: date | None = None,
    due_phrase: str = "",
    request_key: UUID | None = None,
    **values: Any,
) -> Milestone:
    """Add a milestone and return it. Its first date becomes the baseline, which never changes.

    A phrase (月底, 上半年, 五一前 …) gives the date where none is given; a phrase without a date (尽快) leaves it empty. What a
    person plans is known from today on; what the system loads from documents was always known.
    Raises NotAllowed without `ledger.edit`, InvalidInput.
    """
    require(by, "ledger.edit")
    lock_project(project.pk)
    if earlier := already(Milestone.objects.all(), request_key):
        return earlier
    due_on = due_on or due_date(due_phrase, year)
    milestone = Milestone(project=project, kind=kind, year=year, due_on=due_on, baseline_due_on=due_on, due_phrase=due_phrase, **values)
    milestone.recorded_on = clock.today() if by is not None else None
    milestone.name = name.strip() or milestone.get_kind_display()
    if request_key:
        milestone.request_key = request_key
    checked(milestone).save()
    refresh(project)
    return milestone


@transaction.atomic
def change_milestone(*, milestone: Milestone, version: int | None, by: User, **values: Any) -> Milestone:
    """Change a milestone's kind, name, year, phrase or wording; dates move only by `move_milestone`.

    Raises NotAllowed, StaleRecord, InvalidInput, ServiceError for a date among the values.
    """
    require(by, "ledger.edit")
    if {"due_on", "baseline_due_on"} & set(values):
        raise ServiceError("节点时限只能通过“变更时限”修改，以便留下原因。")
    lock_project(milestone.project_id)
    changed = save_cited(locked(Milestone.objects.all(), milestone.pk, version), values)
    refresh(changed.project_id)
    return changed


@transaction.atomic
def move_milestone(*, milestone: Milestone, to: date, cause: str, reason: str, version: int | None, by: User | None) -> Milestone:
    """Set a milestone's current date to another day, recording from when, why (cause and reason) and by whom.

    A milestone without a date gets its baseline by the first one. Raises NotAllowed, StaleRecord, InvalidInput (same date, no
    reason), ServiceError when the milestone is done, or while a request to move it awaits its decision.
    """
    require(by, "ledger.edit")
    lock_project(milestone.project_id)
    milestone = locked(Milestone.objects.all(), milestone.pk, version)
    if milestone.date_requests.pending().exists():
        raise ServiceError("该节点有一份待审批的时限变更申请，请先审批。")
    apply_move(milestone, to, cause, reason, by)
    refresh(milestone.project_id)
    return milestone


def apply_move(milestone: Milestone, to: date, cause: str, reason: str, by: User | None) -> DateChange:
    """Record the change of a locked milestone's date and set it; the caller has checked who may, and refreshes the colour.

    Raises InvalidInput (same date, no reason), ServiceError when the milestone is done, or on a business date before the last change.
    """
    if milestone.done_by is not None:
        raise ServiceError("该节点已完成，不能再变更时限。")
    _refuse_before(milestone, milestone.date_changes.all(), "时限变更")
    change = DateChange(
        milestone=milestone,
        from_due_on=milestone.due_on,
        to_due_on=to,
        cause=cause,
        reason=reason.strip(),
        recorded_on=clock.today(),
        recorded_by=name_of(by),
    )
    checked(change).save()
    values: dict[str, Any] = {"due_on": to}
    if milestone.baseline_due_on is None:
        values["baseline_due_on"] = to
    save_cited(milestone, values)
    return change


def _refuse_before(milestone: Milestone, rows: QuerySet[Any], what: str) -> None:
    """Raise ServiceError on a business date before the milestone's last row or its planning: days are read back by their order."""
    on, last = clock.today(), rows.last()
    if last is not None and on < last.recorded_on:
        raise ServiceError(f"该节点{chinese_day(last.recorded_on)}已登记过{what}，新登记的业务日期不能早于这一天。")
    if milestone.recorded_on is not None and on < milestone.recorded_on:
        raise ServiceError(f"该节点{chinese_day(milestone.recorded_on)}才登记，{what}的业务日期不能早于这一天。")


def layers_of(by: User | None, project: Project) -> list[UpdateLayer]:
    """Return in which layers somebody may speak of the project's milestones (domain.md §2): the office, who reports the project
    (自查), an inspector (督察). A leader asks (领导问查) by a question with a due day, which is a record of its own; the layer of that
    name keeps what leaders said before. The account is read anew; `None` is the system itself."""
    if by is None:
        return [UpdateLayer.OFFICE]
    fresh = read_anew(by)
    if fresh is None:
        return []
    found = []
    if may_write(fresh, project):
        found.append(UpdateLayer.OFFICE if fresh.can("report.manage") else UpdateLayer.SELF)
    if fresh.can("lifting.verify"):
        found.append(UpdateLayer.INSPECTOR)
    return found


def _record(
    milestone: Milestone, layer: UpdateLayer, by: User | None, text: str, uploads: Sequence[File], request_key: UUID | None, **done: Any
) -> MilestoneUpdate:
    update = MilestoneUpdate(
        milestone=milestone,
        layer=layer,
        recorded_on=clock.today(),
        text=text.strip(),
        by=by,
        by_name=name_of(by),
        request_key=request_key,
        **done,
    )
    checked(update).save()
    if uploads:
        attach(owner=update, uploads=uploads, by=by)
    return update


@transaction.atomic
def update_milestone(
    *,
    milestone: Milestone,
    text: str,
    by: User | None,
    layer: str = "",
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> MilestoneUpdate:
    """Say how a milestone stands, with evidence, and return the update: 自查 by who reports the project, 督察 by an inspector.
    It changes neither date nor completion; the latter is put into the inbox of those who report the project.

    `layer` is needed from somebody who has several. Raises NotAllowed (none of the layers; a project that the grid does not give),
    InvalidInput without a text, for words that the person said of it today already, without a choice of the layer, or for a wrong file.
    """
    layers = layers_of(by, milestone.project)
    if not layers:
        require_writer(by, milestone.project)
    lock_project(milestone.project_id)
    # Under the lock: of two submits at the same moment the second finds what the first made.
    if earlier := already(MilestoneUpdate.objects.all(), request_key):
        return earlier
    if layer not in layers and (layer or len(layers) != 1):
        raise InvalidInput({"layer": ["请选择以哪一种身份登记。"]})
    if not text.strip():
        raise InvalidInput({"text": ["请写明节点的情况。"]})
    layer = layer or layers[0]
    if by is not None and _said_today(milestone, layer, by, text):
        # After the Back button a form has another key, and still says the same.
        raise InvalidInput({"text": ["您今天已登记过同样的情况，没有重复登记。要补充的，请写明补充的内容。"]})
    update = _record(milestone, UpdateLayer(layer), by, text, uploads, request_key)
    if update.layer in (UpdateLayer.SELF, UpdateLayer.OFFICE):
        # A lifting that was refused is proposed anew once something new is said.
        refresh(milestone.project_id)
    else:
        _ask(update)
    return update


def _said_today(milestone: Milestone, layer: str, by: User, text: str) -> bool:
    """Say whether this person said these very words of the milestone on this business date, a simulation not speaking for a person."""
    said = milestone.updates.filter(layer=layer, by=by, recorded_on=clock.today(), text=text.strip())
    return said.filter(simulated=is_simulated()).exists()


def _ask(update: MilestoneUpdate) -> None:
    """Put what an inspector found into the inbox of those who report the project."""
    project = update.milestone.project
    units = writing_units(grids([project.pk])[project.pk])
    people = [user for users in accounts_of(units, "report.write").values() for user in users]
    notify(
        users=people,
        kind=ReminderKind.TASK,
        key=f"milestone-update/{update.pk}",
        title=f"{update.get_layer_display()}：“{project}”节点“{update.milestone}”",
        text=update.text,
        url=update.milestone.get_absolute_url(),
    )


@transaction.atomic
def complete_milestone(
    *,
    milestone: Milestone,
    done_on: date,
    version: int | None,
    by: User | None,
    text: str = "",
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Milestone:
    """Record the day on which a milestone was done; also of one that a document only knows to be done by some day.

    The office may do it, and who reports the project, then with evidence (domain.md §6.2: photos are asked for here). A pending
    request to move its date is withdrawn by it. Raises NotAllowed, StaleRecord, InvalidInput (a day yet to come, no evidence, a wrong
    file), ServiceError when such a day is recorded already, or on a business date before the last word about it.
    """
    require_writer(by, milestone.project)
    layer = layers_of(by, milestone.project)[0]
    lock_project(milestone.project_id)
    milestone = locked(Milestone.objects.select_related("project"), milestone.pk, None)
    # Under the lock: of two submits at the same moment the second finds what the first made.
    if already(MilestoneUpdate.objects.all(), request_key):
        return milestone
    if version is not None and milestone.version != version:
        raise StaleRecord(milestone)
    if done_on > clock.today():
        raise InvalidInput({"done_on": ["完成日期不能晚于业务日期。"]})
    if not uploads and layer == UpdateLayer.SELF:
        raise InvalidInput({"uploads": ["登记节点完成须附佐证，请上传现场照片或证明文件。"]})
    if milestone.done_on is not None:
        raise ServiceError(f"该节点已登记于{chinese_day(milestone.done_on)}完成。日期有误的，请先“撤销完成”，再重新登记。")
    _refuse_before(milestone, milestone.updates.deciding(), "完成情况")
    _record(milestone, layer, by, text, uploads, request_key, changes_done=True, from_done_on=None, done_on=done_on)
    for request in milestone.date_requests.pending().select_for_update():
        end_request(request, DecisionState.WITHDRAWN, "节点已完成", None)
    milestone = save_cited(milestone, {"done_on": done_on})
    refresh(milestone.project_id)
    return milestone


@transaction.atomic
def reopen_milestone(*, milestone: Milestone, version: int | None, by: User | None, text: str = "") -> Milestone:
    """Take back a completion that was recorded by mistake or found untrue, with the reason; earlier days still show it as it was known
    then. Whoever had recorded it is told.

    Raises NotAllowed, StaleRecord, InvalidInput from a person without a reason, ServiceError when no day of completion is recorded (a
    document's word stands as it is).
    """
    require(by, "ledger.edit")
    lock_project(milestone.project_id)
    milestone = locked(Milestone.objects.select_related("project"), milestone.pk, version)
    if milestone.done_on is None:
        raise ServiceError("该节点的完成情况出自文件，不能在此撤销。" if milestone.done_known_on else "该节点没有登记完成日期，无需撤销。")
    if by is not None and not text.strip():
        raise InvalidInput({"text": ["请写明撤销的原因。"]})
    _refuse_before(milestone, milestone.updates.deciding(), "完成情况")
    recorded = milestone.updates.deciding().last()
    update = _record(milestone, UpdateLayer.OFFICE, by, text, (), None, changes_done=True, from_done_on=milestone.done_on, done_on=None)
    milestone = save_cited(milestone, {"done_on": None})
    refresh(milestone.project_id)
    if recorded is not None and recorded.by is not None and recorded.by != by:
        notify(
            users=[recorded.by],
            kind=ReminderKind.RETURNED,
            key=f"milestone-reopened/{update.pk}",
            title=f"“{milestone.project}”节点“{milestone}”的完成登记已撤销",
            text=update.text,
            url=milestone.get_absolute_url(),
        )
    return milestone
