"""Carrying out a step of a state machine: the one way in which a supervision record changes its state.

`act` takes the record's row lock, lets the second click on a button (or a form sent twice) return what stands, refuses what the table
does not allow in a sentence that says what is to be done, writes values, state and version, and appends the act. Families wrap it in one
keyword-only function per action of a person; what a colour follows from locks its project first (projects.services.locks), and refreshes
the colour afterwards.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import Record, User
from erqi.common.saving import checked, read_anew
from projects.services.decision import name_of
from supervision.choices import Party
from supervision.models.act import Act
from supervision.rules.machine import Machine, Step
from supervision.sentences import acting as words

R = TypeVar("R", bound=Record)
# As what somebody acts: known beforehand, or asked of the locked record and the account as it is now.
Parties = Collection[Party] | Callable[[Any, User | None], Collection[Party]]
_NOTHING = (None, "", [], ())
# Within so long the same words again are a mistake.
_SHORTLY = timedelta(minutes=10)


@transaction.atomic
def act(
    record: R,
    machine: Machine,
    action: str,
    *,
    by: User | None,
    parties: Parties,
    version: int | None = None,
    request_key: UUID | None = None,
    text: str = "",
    values: Mapping[str, Any] | None = None,
    given: Collection[str] = (),
    on: date | None = None,
    check: Callable[[R], None] | None = None,
) -> tuple[R, Act]:
    """Take a step of the table and return the record and the act; what the same person has just done, or the same form, stands as it is
    (the act says so: `is_repeat`).

    A record without a key is begun by it. `values` are columns that are set with the step; `given` names what is given besides (uploads).
    `check` looks at the locked record before anything is written (and may raise). `on`: another business day than today, for a past
    year's matters. `by=None` is the system itself, which is every party.

    Raises NotAllowed (not the person's turn, or four eyes), ServiceError (the state does not allow it), StaleRecord (somebody else wrote
    meanwhile), InvalidInput (something needed is missing, by the name of its field).
    """
    if record.pk is None:
        return _begin(record, machine, action, by, parties, request_key, text, values or {}, given, on, check)
    locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if standing := _standing(locked, machine, action, by, request_key):
        return locked, _repeated(standing)
    step = machine.step(action, locked.state)
    if step is None:
        raise ServiceError(words.wrong_state(machine, action, locked.state))
    if version is not None and locked.version != version and not _unchanged_for(locked, machine, version, by, parties):
        raise StaleRecord(locked)
    stands_in = _require(locked, machine, step, by, parties)
    said = _marked(text, locked, step) if stands_in else text
    _refuse_again(locked, machine, step, by, request_key, said, values or {})
    _require_values(step, text, values or {}, given)
    if check is not None:
        check(locked)
    before, unit = locked.state, getattr(locked, "unit_id", None)
    for name, value in (values or {}).items():
        setattr(locked, name, value)
    if step.target is not None:
        locked.state = step.target
    locked.version += 1
    checked(locked).save()
    return locked, _append(locked, step, before, by, request_key, said, on, unit)


@transaction.atomic
def act_many(records: Sequence[R], machine: Machine, action: str, *, by: User | None, texts: Sequence[str]) -> list[R]:
    """Take the same step of many records at once, as a day's run does, each with its text, and return those that took it; what does not
    stand where the step begins is left alone. New records (without a key) are begun. Who may is asked by whoever calls. The number of
    statements does not depend on how many there are."""
    if not records:
        return []
    model, pairs = type(records[0]), list(zip(records, texts, strict=True))
    if records[0].pk is None:
        step = machine.step(action, None)
        assert step is not None  # noqa: S101  the table begins a record by it
        taken = [(record, step, "", text) for record, text in pairs]
        for record in records:
            record.state = step.target
        model._default_manager.bulk_create(records)
    else:
        said = {record.pk: text for record, text in pairs}
        locked = model._default_manager.select_for_update(of=("self",)).filter(pk__in=said).order_by("pk")
        taken = []
        for record in locked:
            if (step := machine.step(action, record.state)) is not None:
                taken.append((record, step, record.state, said[record.pk]))
                record.state, record.version = step.target or record.state, record.version + 1
        model._default_manager.bulk_update([record for record, *_ in taken], ["state", "version"])
    acts = [_new_act(record, step, before, by, None, text, None) for record, step, before, text in taken]
    model._meta.get_field("acts").related_model.objects.bulk_create(acts)
    return [record for record, *_ in taken]


def refusal(record: Any, machine: Machine, action: str, by: User | None, parties: Collection[Party]) -> str:
    """Return why a person cannot take the step now, an empty text when they can: for pages, before anybody types."""
    step = machine.step(action, record.state)
    if step is None:
        return words.wrong_state(machine, action, record.state)
    try:
        _require(record, machine, step, by, frozenset(parties))
    except NotAllowed as error:
        return str(error)
    return ""


def allowed(record: Any, machine: Machine, by: User | None, parties: Collection[Party]) -> list[Step]:
    """Return the steps that a person can take now, four eyes included; one query for a record with such steps."""
    steps = machine.allowed(record.state, parties)
    if not any(step.other_than for step in steps):
        return steps
    done = _did(record, machine, by)
    return [step for step in steps if not step.other_than & done]


def _begin(
    record: R,
    machine: Machine,
    action: str,
    by: User | None,
    parties: Parties,
    request_key: UUID | None,
    text: str,
    values: Mapping[str, Any],
    given: Collection[str],
    on: date | None,
    check: Callable[[R], None] | None,
) -> tuple[R, Act]:
    model = type(record)
    if request_key and (earlier := model._default_manager.filter(request_key=request_key).first()):
        return earlier, _repeated(earlier.acts.order_by("pk").first())
    step = machine.step(action, None)
    if step is None or step.target is None:
        raise ServiceError(f"“{machine.action_label(action)}”不能新建{machine.label}。")
    stands_in = _require(record, machine, step, by, parties)
    for name, value in values.items():
        setattr(record, name, value)
    _require_values(step, text, {**{name: getattr(record, name, None) for name in step.needs}, **values}, given)
    said = _marked(text, record, step) if stands_in else text
    _refuse_twice(record, machine, step, by, request_key, said)
    if check is not None:
        check(record)
    record.state = step.target
    if request_key:
        record.request_key = request_key
    checked(record).save()
    return record, _append(record, step, "", by, None, said, on)


def _refuse_twice(record: Any, machine: Machine, step: Step, by: User | None, request_key: UUID | None, text: str) -> None:
    """Refuse a record that a page sends anew (after the Back button, with a key of its own) shortly after the same person began the very
    same one: units would be told twice, and one visit be counted as two."""
    if by is None or request_key is None:
        return
    acts = record._meta.get_field("acts").related_model.objects
    mine = acts.filter(action=step.action, from_state="", by=by, text=text.strip(), created_at__gte=timezone.now() - _SHORTLY)
    # One that has been taken back, or answered, is no reason against another.
    begun = type(record)._default_manager.filter(state=step.target, pk__in=mine.values(acts.model._meta.get_field(acts.model.of).attname))
    for one in begun.order_by("-pk"):
        if all(getattr(one, name) == getattr(record, name) for name in _said_columns(record)):
            raise ServiceError(words.begun_already(machine.action_label(step.action), one, timezone.localtime(one.created_at)))


def _said_columns(record: Any) -> list[str]:
    """Return the columns that a person fills in."""
    return [field.attname for field in record._meta.concrete_fields if field.editable and not field.unique]


def _standing(record: Any, machine: Machine, action: str, by: User | None, request_key: UUID | None) -> Act | None:
    """Return the act that this submit repeats: of the same form, or the person's own that led to where the record stands."""
    if request_key and (same := record.acts.filter(request_key=request_key).first()):
        return same
    if by is None or machine.step(action, record.state) is not None:
        return None
    last = record.acts.exclude(from_state=models.F("to_state")).order_by("-pk").first()
    return last if last is not None and last.action == action and last.by_id == by.pk and last.to_state == record.state else None


def _unchanged_for(record: Any, machine: Machine, version: int, by: User | None, parties: Parties) -> bool:
    """Say whether nothing was done to a record since a version but what is quiet for the person: each step makes one version."""
    if not machine.quiet or version < 1 or by is None:
        return False
    since = list(record.acts.order_by("pk").values_list("action", flat=True)[version:])
    if not since or not machine.quiet.issuperset(since):
        return False
    held = parties(record, read_anew(by)) if callable(parties) else parties
    return not machine.insiders & frozenset(held)


def _repeated(standing: Act) -> Act:
    standing.is_repeat = True
    return standing


# What somebody is only in place of others, where STAND_IN comes with it.
_STOOD_IN = frozenset({Party.STAND_IN, Party.HANDLER, Party.AUTHOR})


def _require(record: Any, machine: Machine, step: Step, by: User | None, parties: Parties) -> bool:
    """Raise NotAllowed where it is not the person's turn; say whether the step is taken in place of somebody without an account."""
    if by is None:
        return False
    fresh = read_anew(by)
    held = frozenset(parties(record, fresh) if callable(parties) else parties)
    if fresh is None or not step.by & held:
        raise NotAllowed(words.not_yours(machine, step))
    if step.other_than and record.pk is not None and (done := sorted(step.other_than & _did(record, machine, by))):
        raise NotAllowed(words.same_person(machine, step, done[0]))
    return Party.STAND_IN in held and not step.by & (held - _STOOD_IN)


def _marked(text: str, record: Any, step: Step) -> str:
    """Return what is said with a step, marked as done in place of others (代办)."""
    began = record.acts.order_by("pk").first() if record.pk is not None else None
    mark = words.stood_in(step, str(getattr(record, "unit", None) or ""), began.by_name if began is not None else "")
    return f"{text.strip()}（{mark}）" if text.strip() and mark else mark or text


def _did(record: Any, machine: Machine, by: User | None) -> set[str]:
    """Return what the person did in the present round."""
    if by is None:
        return set()
    acts = machine.this_round(record.acts.order_by("pk").values_list("action", "by_id"))
    return {action for action, who in acts if who == by.pk}


def _refuse_again(
    record: Any, machine: Machine, step: Step, by: User | None, request_key: UUID | None, text: str, values: Mapping[str, Any]
) -> None:
    """Refuse what a page sends anew (after the Back button) shortly after the same person said the very same of the record. Steps that
    lead on cannot be repeated anyway, and the same words with another day, unit or text are another decision."""
    if by is None or request_key is None or not text.strip() or step.target not in (None, record.state):
        return
    if any(getattr(record, name) != value for name, value in values.items()):
        return
    since = timezone.now() - _SHORTLY
    same = record.acts.filter(action=step.action, by=by, text=text.strip(), created_at__gte=since).order_by("-pk").first()
    if same is not None:
        raise ServiceError(words.said_already(machine.action_label(step.action), timezone.localtime(same.created_at)))


def _require_values(step: Step, text: str, values: Mapping[str, Any], given: Collection[str]) -> None:
    wrong: dict[str | None, list[str]] = {}
    for name in sorted(step.needs):
        said = text.strip() if name in ("text", "reason") else ""
        if not said and name not in given and values.get(name) in _NOTHING:
            wrong[name] = [words.missing(name)]
    if wrong:
        raise InvalidInput(wrong)


def _append(
    record: Any,
    step: Step,
    before: str,
    by: User | None,
    request_key: UUID | None,
    text: str,
    on: date | None,
    unit: int | None = None,
) -> Act:
    row = _new_act(record, step, before, by, request_key, text, on, unit)
    row.save()
    return row


def _new_act(
    record: Any,
    step: Step,
    before: str,
    by: User | None,
    request_key: UUID | None,
    text: str,
    on: date | None,
    unit: int | None = None,
) -> Act:
    """Return the act. `unit`: the one that had the record before; what a unit gives back stands on that unit's time line."""
    model = record._meta.get_field("acts").related_model
    return model(
        action=step.action,
        from_state=before,
        to_state=record.state,
        on=on or clock.today(),
        by=by,
        by_name=name_of(by),
        unit_id=getattr(record, "unit_id", None) or unit,
        project_id=getattr(record, "project_id", None),
        due_on=getattr(record, "due_on", None),
        text=text.strip(),
        request_key=request_key,
        **{name: getattr(record, name) for name in model.copies},
        **{model.of: record},
    )
