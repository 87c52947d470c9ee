"""One step of a record with what belongs to it: whether this call took it, and whom it is told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from erqi.common.models import Record, User
from projects.choices import ReminderKind
from projects.services.reminder import notify
from supervision.models.act import Act
from supervision.rules.machine import Machine
from supervision.services.acting import act
from supervision.services.parties import acting_for

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Taken(Generic[R]):
    """A record after a step, the act, and whether this very call took it: the second click finds it taken, and does nothing more."""

    record: R
    act: Act
    is_new: bool


def take(record: R, machine: Machine, action: str, **options: Any) -> Taken[R]:
    """Take a step (supervision.services.acting.act, whose options and errors these are) and say whether it was new.

    Called within a transaction.
    """
    taken, done = act(record, machine, action, **options)
    return Taken(taken, done, not done.is_repeat)


def tell_units(
    units: Collection[int],
    act_: Act,
    title: str,
    *,
    text: str = "",
    kind: ReminderKind = ReminderKind.TASK,
) -> None:
    """Put a line about an act into the inboxes of those who act for the units (services.parties.acting_for)."""
    people = [user for users in acting_for(units).values() for user in users]
    tell_people(people, act_, title, text=text, kind=kind)


def tell_people(people: Iterable[User], act_: Act, title: str, *, text: str = "", kind: ReminderKind = ReminderKind.TASK) -> None:
    """Put a line about an act into people's inboxes, not into that of whoever did it."""
    notify(
        users=[user for user in {user.pk: user for user in people}.values() if user.pk != act_.by_id],
        kind=kind,
        key=f"{act_._meta.model_name}/{act_.pk}",
        title=title,
        text=text or act_.text,
        url=act_.owner.get_absolute_url(),
        simulated=act_.owner.simulated,
    )
