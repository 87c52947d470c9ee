"""Plays the courses of supervision records through the state machines of the product: only what the tables allow is ever built.

A course is a list of moves; `play` gives the record's columns as they stand after the last one and one act a move, as
supervision.services.acting writes them. What a move changes of the record is said by the subject's own module (notices, items …).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from erqi.bench.days import SUPERVISED, TODAY
from erqi.bench.people import District
from erqi.bench.projects import spread
from erqi.bench.rows import load
from erqi.common import workdays
from supervision.choices import Party
from supervision.models.act import Act
from supervision.rules.machine import Machine

_ACCOUNTS = {
    Party.SUPERVISION: "supervision",
    Party.INSPECTOR: "inspector",
    Party.LEADER: "leader",
    Party.OFFICE: "office",
}
# A calendar has at most so many days for a working day, and so many beyond (a week of holidays).
_CALENDAR_DAYS, _HOLIDAYS = 1.5, 12


@dataclass(frozen=True)
class Move:
    """An action by a party, so many working days after the move before it; `sets`: columns that it changes besides what its subject
    says. `by` an account (user name) that the party does not tell."""

    action: str
    party: Party
    wait: int = 0
    text: str = ""
    sets: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""


@dataclass
class Made:
    """A record that was played: its columns, and its acts in their order."""

    key: int
    values: dict[str, Any]
    acts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def begun(self) -> datetime:
        return self.acts[0]["created_at"]


# What a move changes: given the columns, the move and its day.
Effect = Callable[[dict[str, Any], Move, date], None]


def nothing(values: dict[str, Any], move: Move, day: date) -> None:
    """Change nothing besides what the move itself says."""


def play(
    machine: Machine, district: District, made: Made, moves: Iterable[Move], begin: date, effect: Effect, copies: Iterable[str] = ()
) -> Made:
    """Play the moves from the day on. Raises ValueError for one that the machine does not allow: the state, the party, four eyes, words
    that are asked for."""
    values, state, day, done = made.values, None, begin, []
    for turn, move in enumerate(moves):
        day = workdays.add_workdays(day, move.wait) if move.wait else day
        who, name = _who(district, move, values.get("unit_id"))
        step = machine.step(move.action, state)
        if step is None or move.party not in step.by:
            raise ValueError(f"{machine.name}: {move.action} in {state} by {move.party}")
        if step.other_than & {action for action, one in machine.this_round(done) if one == who}:
            raise ValueError(f"{machine.name}: {move.action} by who did {sorted(step.other_than)}")
        if step.needs & {"text", "reason"} and not move.text:
            raise ValueError(f"{machine.name}: {move.action} without words")
        unit = values.get("unit_id")
        effect(values, move, day)
        values.update(move.sets)
        before, state = state or "", step.target or state
        values["state"] = state
        done.append((move.action, who))
        made.acts.append(
            {
                "action": move.action,
                "from_state": before,
                "to_state": state,
                "on": day,
                "created_at": _moment(day, made.key, turn),
                "by_id": who,
                "by_name": name,
                "unit_id": values.get("unit_id") or unit,
                "project_id": values.get("project_id"),
                "due_on": values.get("due_on"),
                "text": move.text,
                **{column: values.get(column, "") for column in copies},
            }
        )
    values["version"] = len(made.acts)
    values["created_at"] = made.begun
    return made


def _who(district: District, move: Move, unit: int | None) -> tuple[int | None, str]:
    if move.by == "system":
        return None, "系统"
    if move.by or move.party in _ACCOUNTS:
        return district.accounts[move.by or _ACCOUNTS[move.party]]
    return district.answering[unit] if unit is not None else district.accounts["reporter"]


def _moment(day: date, key: int, turn: int) -> datetime:
    """Return the hour of an act: those of a record follow each other, those of a day are mixed."""
    minutes = turn * 24 + spread(key, 60, 24)
    return timezone.make_aware(datetime.combine(day, time(8, 30)) + timedelta(minutes=min(minutes, 560)))


def ended(key: int, moves: Iterable[Move], since: date = SUPERVISED) -> date:
    """Return when a course begins that has ended: somewhere between the day and now."""
    span = int(sum(move.wait for move in moves) * _CALENDAR_DAYS) + _HOLIDAYS
    room = max((TODAY - since).days - span, 1)
    return workdays.next_workday(since + timedelta(days=spread(key, 61, room)))


def under_way(moves: Iterable[Move], standing: int) -> date:
    """Return when a course begins whose last move was so many working days ago."""
    return workdays.add_workdays(TODAY, -(sum(move.wait for move in moves) + standing))


def load_records(model: type[Model], names: Iterable[str], made: Iterable[Made]) -> None:
    """Write the records with the named columns, and what every record has."""
    columns = ("id", *names, "state", "version", "created_at")
    blank = {name: model._meta.get_field(name).get_default() for name in columns[1:]}
    load(model, columns, ([one.key, *(one.values.get(name, blank[name]) for name in columns[1:])] for one in made))


def load_acts(model: type[Act], made: Iterable[Made]) -> dict[tuple[int, int], int]:
    """Write the acts of all records as time went by, and return the key of each by record and place in its course."""
    rows = [(act["on"], act["created_at"], one.key, place, act) for one in made for place, act in enumerate(one.acts)]
    rows.sort(key=lambda row: row[:4])
    names = [*rows[0][4]] if rows else []
    load(
        model,
        ("id", f"{model.of}_id", *names),
        ([number, key, *(act[name] for name in names)] for number, (_, _, key, _, act) in enumerate(rows, 1)),
    )
    return {(key, place): number for number, (_, _, key, place, _) in enumerate(rows, 1)}


def number_each(made: Iterable[Made], day: Callable[[Made], date | None]) -> dict[int, tuple[int, int]]:
    """Return year and number of each record (by key) that has a day, numbered within its year as they came."""
    dated = sorted((found, one.key) for one in made if (found := day(one)) is not None)
    last: dict[int, int] = {}
    numbers = {}
    for found, key in dated:
        last[found.year] = last.get(found.year, 0) + 1
        numbers[key] = (found.year, last[found.year])
    return numbers
