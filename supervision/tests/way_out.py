"""What a walk asks of a record after each step: whether anybody who is there can move it on."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db import transaction

from erqi.common.models import User
from supervision.rules.machine import Machine
from supervision.services.acting import allowed

Parties = Callable[[Any, User | None], Collection[Any]]


def stop(*users: User) -> None:
    """Stop accounts, as the system administrator does."""
    User.objects.filter(pk__in=[user.pk for user in users]).update(is_active=False)


def movers(record: Any, machine: Machine, parties_of: Parties, people: Iterable[User]) -> list[str]:
    """Return by whom, of those whose account is in use, the record can be led out of its state now, and how."""
    there = User.objects.in_bulk([user.pk for user in people])
    return [
        f"{user.name}: {step.action}"
        for user in there.values()
        if user.is_active
        for step in allowed(record, machine, user, parties_of(record, user))
        if step.target not in (None, record.state)
    ]


def way_out(record: Any, machine: Machine, parties_of: Parties, people: Iterable[User], gone: Iterable[User] = ()) -> None:
    """Assert that somebody can move an unfinished record on, also once the accounts of `gone` are stopped: its author, all of a unit, the
    inspector that is named. `people` and `gone` together are all who are there."""
    if machine.is_final(record.state):
        return
    gone = list(gone)
    people = list({user.pk: user for user in [*people, *gone]}.values())
    assert movers(record, machine, parties_of, people), f"nobody can move it out of {record.state}"
    if gone:
        with transaction.atomic():
            stop(*gone)
            left = movers(record, machine, parties_of, people)
            transaction.set_rollback(True)
        assert left, f"nobody can move it out of {record.state} without {'、'.join(user.name for user in gone)}"
