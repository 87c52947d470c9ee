"""Querysets of reminders."""

from django.db.models import QuerySet


class ReminderQuerySet(QuerySet):
    """A person's inbox."""

    def unread(self) -> "ReminderQuerySet":
        """Return what the person has not opened yet."""
        return self.filter(read_at=None)
