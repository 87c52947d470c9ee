"""The in-app inbox: telling people once, marking what they have read."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from erqi.common import clock
from erqi.common.models import User
from projects.choices import ReminderKind
from projects.models import Reminder


def notify(*, users: Iterable[User], kind: ReminderKind, key: str, title: str, text: str = "", url: str = "") -> int:
    """Put a line into the inbox of each person, once per `key` (the thing and its window), and return how many lines are new."""
    on = clock.today()
    people = {user.pk: user for user in users}
    rows = [
        Reminder(user_id=pk, kind=kind, key=key[:120], title=title[:120], text=text[:300], url=url, recorded_on=on) for pk in sorted(people)
    ]
    known = set(Reminder.objects.filter(user__in=people, key=key[:120]).values_list("user_id", flat=True))
    Reminder.objects.bulk_create([row for row in rows if row.user_id not in known], ignore_conflicts=True)
    return len(people) - len(known)


@transaction.atomic
def mark_read(*, user: User, reminders: Iterable[int] | None = None) -> int:
    """Mark one's own reminders (keys; None: all) as read and return how many were unread."""
    rows = Reminder.objects.unread().filter(user=user)
    if reminders is not None:
        rows = rows.filter(pk__in=list(reminders))
    return rows.update(read_at=timezone.now())
