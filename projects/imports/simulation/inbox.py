"""The inboxes of the demonstration, as people leave them who look in now and then."""

from datetime import timedelta

from django.utils import timezone

from erqi.common import clock
from erqi.common.simulation import simulating
from projects.models import Reminder
from projects.services.daily import write_reminders

# What is older has been read.
READ = timedelta(days=7)


def settle_inboxes() -> int:
    """Mark what is older than a week as read, write the reminders of the business date, and return how many lines wait for somebody."""
    with simulating():
        write_reminders()
    Reminder.objects.unread().filter(recorded_on__lt=clock.today() - READ).update(read_at=timezone.now())
    return Reminder.objects.unread().count()
