"""The course of a record (办理经过) as its page shows it: what was done, with what was sent along, and what was taken back of that."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from erqi.common import clock
from erqi.common.attachments import Kept, kept_for
from erqi.common.models import User
from supervision.models import ItemEvidence
from supervision.models.act import Act
from supervision.services.file_withdraw import withdrawable


@dataclass(frozen=True)
class Sent:
    """Files that hang on an act, or on the record itself: under which label, whose they are."""

    label: str
    owner: Any
    kept: Kept


@dataclass(frozen=True)
class Told:
    """An act of a record's course with what hangs on it."""

    act: Act
    files: list[Sent]
    # Whether it gave the record another unit, another limit.
    hands_over: bool = False
    sets_limit: bool = False


def files_of(acts: Collection[Act], day: date) -> dict[int, list[Sent]]:
    """Return by act (key) what was sent with it as of the day: one query."""
    owners = {act.pk: act for act in acts}
    return {key: [Sent("附件", owners[key], kept)] for key, kept in kept_for(acts, day).items() if kept}


def evidence_of(acts: Collection[Act], day: date) -> dict[int, list[Sent]]:
    """Return the same of an item's acts, the pictures of a closing from before and after apart: three queries."""
    found = files_of(acts, day)
    rows = {row.pk: row for row in ItemEvidence.objects.filter(act__in=[act.pk for act in acts])}
    for key, kept in kept_for(rows.values(), day).items():
        if kept:
            found.setdefault(rows[key].act_id, []).append(Sent(rows[key].get_side_display(), rows[key], kept))
    return found


def course(acts: Iterable[Act], day: date, files: Callable[[list[Any], date], dict[int, list[Sent]]] = files_of) -> list[Told]:
    """Return the acts, the latest first, with what hung on them on the day: the queries of `files`."""
    rows = list(acts)
    found = files(rows, day)
    told, unit, due_on = [], None, None
    for act in rows:
        # What was given back and comes to the same unit again has a new limit.
        new = act.unit_id != unit or (act.due_on is not None and due_on is None)
        told.append(Told(act, found.get(act.pk, []), bool(act.unit_id) and new, act.due_on is not None and act.due_on != due_on))
        unit, due_on = act.unit_id, act.due_on
    return told[::-1]


def may_withdraw(told: Sequence[Told], user: User, day: date, own: Iterable[Sent] = ()) -> set[int]:
    """Return which files of a page (keys) the person may take back now: of a course (the latest first) and of the record itself."""
    if day != clock.today():
        return set()
    sent = [*own, *(one for each in told for one in each.files)]
    return withdrawable([(one.owner, one.kept) for one in sent], [each.act for each in reversed(told)], user)
