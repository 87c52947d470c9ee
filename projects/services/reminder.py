"""The in-app inbox: telling people once, marking what they have read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from erqi.common import clock
from erqi.common.models import User
from erqi.common.simulation import is_simulated
from projects.choices import ReminderKind
from projects.models import Reminder

_LONGEST_KEY = 120


@dataclass(frozen=True)
class Line:
    """What several people are told: `key` names the thing and its window, and nobody is told the same key twice."""

    users: Collection[User]
    kind: ReminderKind
    key: str
    title: str
    text: str = ""
    url: str = ""
    # Of a simulated record; what is told within a simulation is anyway.
    simulated: bool = False


def _fit(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


@transaction.atomic
def tell(lines: Iterable[Line]) -> int:
    """Put the lines into the inboxes, each once for each person, and return how many are new: two queries for any number."""
    on = clock.today()
    rows: dict[tuple[int, str], Reminder] = {}
    for line in lines:
        key = line.key[:_LONGEST_KEY]
        for user in line.users:
            rows.setdefault(
                (user.pk, key),
                Reminder(
                    user_id=user.pk,
                    kind=line.kind,
                    key=key,
                    title=_fit(line.title, 120),
                    text=_fit(line.text, 300),
                    url=line.url,
                    recorded_on=on,
                    simulated=line.simulated or is_simulated(),
                ),
            )
    if not rows:
        return 0
    known = Reminder.objects.filter(user__in={user for user, _ in rows}, key__in={key for _, key in rows})
    for pair in known.values_list("user_id", "key"):
        rows.pop(pair, None)
    # Somebody who tells the same at this moment is not in the way: the table takes each key once.
    Reminder.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=1000)
    return len(rows)


def notify(
    *, users: Iterable[User], kind: ReminderKind, key: str, title: str, text: str = "", url: str = "", simulated: bool = False
) -> int:
    """Put a line into the inbox of each person, once per `key` (the thing and its window), and return how many lines are new."""
    return tell([Line(list(users), kind, key, title, text, url, simulated)])


@transaction.atomic
def mark_read(*, user: User, reminders: Collection[int] | None = None, until: int | None = None) -> int:
    """Mark one's own reminders as read and return how many were unread: these (keys), or all, or all up to a key."""
    rows = Reminder.objects.unread().filter(user=user)
    if reminders is not None:
        rows = rows.filter(pk__in=reminders)
    if until is not None:
        rows = rows.filter(pk__lte=until)
    return rows.update(read_at=timezone.now())
