"""Items of the supervision ledgers: registered, worded anew, moved, given up, taken up again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common import clock, pinyin
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import checked, next_number
from projects.choices import ReminderKind, ResponsibilityKind
from projects.models import Project, Unit
from projects.rules.search import search_key
from supervision.choices import ItemAction
from supervision.models import ItemStep, ItemText, StepDates, SupervisionItem, Theme
from supervision.models.item import WORDS
from supervision.rules.item import MACHINE
from supervision.services.item_grid import HANDLING, add_rows, amend, parties_of_item, take_item, units_of_item
from supervision.services.item_schedule import refresh_item
from supervision.services.taking import Taken, take, tell_units

Grid = Iterable[tuple[str, Unit]]
# What is known of a step from a day on.
STEP = ("seq", "name", "measure", "due_on", "done_on", "dropped_on")


def _searched(item: SupervisionItem) -> str:
    names = [item.name, item.source_ref]
    forms = [form for name in names if name for form in (name, pinyin.full(name), pinyin.initials(name))]
    return search_key([item.number, *forms, item.goal[:500]])


@transaction.atomic
def register_item(
    *,
    theme: Theme,
    name: str,
    source: str,
    goal: str,
    due_on: date,
    grid: Grid,
    by: User | None,
    steps: Iterable[dict[str, Any]] = (),
    projects: Iterable[Project] = (),
    request_key: UUID | None = None,
    **values: Any,
) -> SupervisionItem:
    """Register an item in a theme's ledger (立项) and return it, numbered within the year.

    `grid`: (牵头/承办/配合, unit) of today on, with at least one that leads or undertakes; `steps`: the timetable, each with name, due_on
    and measure; `values`: source_ref, source_text, roadmap, note. The units are told. A form sent twice registers once.
    Raises NotAllowed without `supervise`, InvalidInput (nobody to carry it out, a deadline that is over already, a step before today or
    after the whole, an incomplete value). What comes with a lag of its own is registered with a deadline that can still be met; the day
    that its document set stands in its words (`source_text`).
    """
    on, rows, linked = clock.today(), list(grid), list(projects)
    item = SupervisionItem(
        theme=theme, year=on.year, name=name, source=source, goal=goal, due_on=due_on, baseline_due_on=due_on, registered_on=on, **values
    )
    order = sorted((row for row in rows if row[0] in HANDLING), key=lambda row: HANDLING.index(ResponsibilityKind(row[0])))
    item.unit = order[0][1] if order else None
    item.project = linked[0] if linked else None

    def check(new: SupervisionItem) -> None:
        if not order:
            raise InvalidInput({"lead": ["请写明牵头单位或承办单位。"]})
        if due_on < on:
            told = f"完成时限{chinese_day(due_on)}已过。请填写今天或以后的日期；来源定的时限已过的，照录在“原文”中。"
            raise InvalidInput({"due_on": [told]})
        # Numbered last, so that nothing that is refused takes a number.
        new.number = f"DC-{on.year}-{next_number(f'item/{on.year}'):03d}"
        new.search_key = _searched(new)

    taken: Taken[SupervisionItem] = take(
        item, MACHINE, ItemAction.REGISTER, by=by, parties=parties_of_item, request_key=request_key, check=check
    )
    if not taken.is_new:
        return taken.record
    item = taken.record
    _keep_words(item)
    add_rows(item, [{"kind": kind, "unit": unit} for kind, unit in rows], linked, on)
    for seq, step in enumerate(steps, 1):
        _new_step(item, seq, **step, where="steps")
    refresh_item(item)
    tell_units(
        units_of_item(item), taken.act, f"督察立项：{item.name}", text=f"{item.theme}台账，{chinese_day(item.due_on)}前完成。{item.goal}"
    )
    return item


def _new_step(item: SupervisionItem, seq: int, *, name: str, due_on: date, measure: str = "", where: str = "due_on") -> ItemStep:
    """Add a step; `where` is the field in which its day was typed: the timetable of a new item, or the step's own."""
    if due_on > item.due_on:
        raise InvalidInput({where: [f"步骤“{name}”的时限晚于事项的完成时限（{chinese_day(item.due_on)}）。"]})
    _refuse_early(item, due_on, where, f"步骤“{name}”的时限")
    if due_on < clock.today():
        raise InvalidInput({where: [f"步骤“{name}”的时限不能早于今天（{chinese_day(clock.today())}）：新增的步骤不能一登记就逾期。"]})
    step = ItemStep(
        item=item, seq=seq, name=name.strip(), measure=measure.strip(), due_on=due_on, baseline_due_on=due_on, recorded_on=clock.today()
    )
    save_step(step)
    return step


def _refuse_early(item: SupervisionItem, due_on: date, where: str, what: str) -> None:
    """Raise InvalidInput for a deadline before there was an item: it would have been late from its first day."""
    if due_on < item.registered_on:
        raise InvalidInput({where: [f"{what}不能早于立项日期（{chinese_day(item.registered_on)}）。请核对年月日。"]})


def save_step(step: ItemStep) -> None:
    """Store a step, and what is known of it from today on. Raises InvalidInput."""
    on = clock.today()
    if step.pk is not None:
        step.version += 1
    checked(step).save()
    _keep(step.dates, StepDates(step=step, valid_from=on, simulated=step.simulated, **{name: getattr(step, name) for name in STEP}), STEP)


def _keep_words(item: SupervisionItem) -> None:
    """Store what an item says from today on."""
    words = {name: getattr(item, name) for name in WORDS}
    _keep(item.texts, ItemText(item=item, valid_from=clock.today(), simulated=item.simulated, **words), WORDS)


def _keep(rows: Any, new: Any, columns: Iterable[str]) -> None:
    """Store a revision in place of the standing one, unless it says the same."""
    standing = rows.filter(valid_until=None).first()
    if standing is not None:
        if all(getattr(standing, name) == getattr(new, name) for name in columns):
            return
        standing.valid_until = new.valid_from
        standing.save(update_fields=["valid_until"])
    new.save()


def _amended(item: SupervisionItem, values: Mapping[str, Any]) -> str:
    """Return which of an item's words are new; the words themselves are kept as they were on each day."""
    names = [str(SupervisionItem._meta.get_field(name).verbose_name) for name, value in values.items() if getattr(item, name) != value]
    return f"修改{'、'.join(names)}"


@transaction.atomic
def amend_item(
    *, item: SupervisionItem, version: int | None, by: User | None, request_key: UUID | None = None, **values: Any
) -> SupervisionItem:
    """Word an item anew (theme, name, source, goal, roadmap, note); its dates move by `move_item`. Days before show the earlier words.

    Raises NotAllowed without `supervise`, ServiceError (state), StaleRecord, InvalidInput.
    """
    wording = SupervisionItem(**{"number": item.number, **{name: getattr(item, name) for name in ("name", "source_ref", "goal")}})
    for name, value in values.items():
        setattr(wording, name, value)

    def check(locked: SupervisionItem) -> None:
        if all(getattr(locked, name) == value for name, value in values.items()):
            raise InvalidInput({None: ["内容没有改动。"]})

    taken: Taken[SupervisionItem] = take_item(
        item,
        ItemAction.AMEND,
        by=by,
        version=version,
        request_key=request_key,
        text=_amended(item, values),
        values={**values, "search_key": _searched(wording)},
        check=check,
    )
    if taken.is_new:
        _keep_words(taken.record)
    return taken.record


@transaction.atomic
def move_item(
    *, item: SupervisionItem, due_on: date | None, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """Move an item's deadline with a reason; the first one stays as 原定时限, and the units are told.

    Raises NotAllowed without `supervise`, ServiceError (state), StaleRecord, InvalidInput (the same day, before the registration or an
    open step, no reason).
    """

    def check(locked: SupervisionItem) -> None:
        if due_on is None or due_on == locked.due_on:
            raise InvalidInput({"due_on": ["请填写与现行时限不同的日期。"]})
        _refuse_early(locked, due_on, "due_on", "完成时限")
        beyond = locked.steps.filter(due_on__gt=due_on, done_on=None, dropped_on=None).first()
        if beyond is not None:
            raise InvalidInput({"due_on": [f"步骤“{beyond}”的时限是{chinese_day(beyond.due_on)}，请先调整步骤。"]})

    if not reason.strip():
        raise InvalidInput({"reason": ["调整时限请写明理由。"]})
    was = item.due_on
    said = f"完成时限由{chinese_day(was)}调整为{chinese_day(due_on)}：{reason.strip()}" if due_on is not None else reason
    taken: Taken[SupervisionItem] = take_item(
        item,
        ItemAction.MOVE,
        by=by,
        version=version,
        request_key=request_key,
        text=said,
        values={"due_on": due_on},
        check=check,
    )
    if taken.is_new:
        refresh_item(taken.record)
        tell_units(
            units_of_item(taken.record),
            taken.act,
            f"时限由{chinese_day(was)}调整为{chinese_day(taken.record.due_on)}：{item.name}",
            kind=ReminderKind.DECIDED,
        )
    return taken.record


@transaction.atomic
def cancel_item(
    *, item: SupervisionItem, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """Give an item up (撤项), which is not 销号: it was registered twice, or is no longer the district's.

    Raises NotAllowed without `supervise`, ServiceError (state), StaleRecord, InvalidInput without a reason.
    """
    return _ended(item, ItemAction.CANCEL, reason, {}, version, by, request_key)


@transaction.atomic
def reopen_item(
    *, item: SupervisionItem, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> SupervisionItem:
    """Take up an item again that was struck off or given up; the day of that stays in its course.

    Raises NotAllowed without `supervise`, ServiceError (state), StaleRecord, InvalidInput without a reason.
    """
    return _ended(item, ItemAction.REOPEN, reason, {"closed_on": None}, version, by, request_key)


def _ended(
    item: SupervisionItem,
    action: ItemAction,
    reason: str,
    values: dict[str, Any],
    version: int | None,
    by: User | None,
    request_key: UUID | None,
) -> SupervisionItem:
    taken: Taken[SupervisionItem] = take_item(
        item,
        action,
        by=by,
        version=version,
        request_key=request_key,
        text=reason,
        values=values,
    )
    if taken.is_new:
        refresh_item(taken.record)
        tell_units(units_of_item(taken.record), taken.act, f"{action.label}：{item.name}", kind=ReminderKind.DECIDED)
    return taken.record


@transaction.atomic
def add_step(
    *,
    item: SupervisionItem,
    name: str,
    due_on: date,
    measure: str = "",
    version: int | None = None,
    by: User | None,
    request_key: UUID | None = None,
) -> SupervisionItem:
    """Add a step to the timetable. Raises NotAllowed without `supervise`, ServiceError (state), StaleRecord, InvalidInput."""

    def write(locked: SupervisionItem) -> None:
        last = locked.steps.order_by("-seq").values_list("seq", flat=True).first() or 0
        _new_step(locked, last + 1, name=name, due_on=due_on, measure=measure)

    item = amend(item, write, by=by, version=version, request_key=request_key, text=f"新增步骤“{name}”，{chinese_day(due_on)}前")
    refresh_item(item)
    return item


@transaction.atomic
def change_step(
    *, step: ItemStep, by: User | None, version: int | None, request_key: UUID | None = None, reason: str = "", **values: Any
) -> SupervisionItem:
    """Change a step's words (name, measure, seq) or its date (`due_on`, with a reason); its first date stays.

    Raises NotAllowed without `supervise`, ServiceError (state, done or given up), StaleRecord, InvalidInput (a day before the registration
    or after the whole, no reason, an incomplete value).
    """
    moved = "due_on" in values and values["due_on"] != step.due_on
    if moved and not reason.strip():
        raise InvalidInput({"reason": ["调整时限请写明理由。"]})
    text = (
        f"步骤“{step.name}”由{chinese_day(step.due_on)}调整为{chinese_day(values['due_on'])}：{reason}"
        if moved
        else f"修改步骤“{step.name}”"
    )

    def write(locked: SupervisionItem) -> None:
        row = open_step(step)
        for name, value in values.items():
            setattr(row, name, value)
        if row.due_on > locked.due_on:
            raise InvalidInput({"due_on": [f"不能晚于事项的完成时限（{chinese_day(locked.due_on)}）。"]})
        if moved:
            _refuse_early(locked, row.due_on, "due_on", "步骤的时限")
        save_step(row)

    action = ItemAction.MOVE if moved else ItemAction.AMEND
    item = amend(step.item, write, by=by, version=version, request_key=request_key, text=text, action=action)
    refresh_item(item)
    return item


def open_step(step: ItemStep) -> ItemStep:
    """Return the step under lock; raise ServiceError for one that is done or given up."""
    row = ItemStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if row.done_on is not None:
        raise ServiceError(f"步骤“{row}”已登记于{chinese_day(row.done_on)}完成。登记有误的，请由督察办撤销完成。")
    if row.dropped_on is not None:
        raise ServiceError(f"步骤“{row}”已于{chinese_day(row.dropped_on)}取消，不能再办理。")
    return row


@transaction.atomic
def drop_step(*, step: ItemStep, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> SupervisionItem:
    """Give a step up, with a reason; its row stays. Raises NotAllowed, ServiceError (state, done), StaleRecord, InvalidInput."""
    if not reason.strip():
        raise InvalidInput({"reason": ["请写明取消这一步骤的理由。"]})

    def write(locked: SupervisionItem) -> None:
        row = open_step(step)
        row.dropped_on = clock.today()
        save_step(row)

    text = f"取消步骤“{step.name}”：{reason}"
    item = amend(step.item, write, by=by, version=version, request_key=request_key, text=text, action=ItemAction.AMEND)
    refresh_item(item)
    return item
