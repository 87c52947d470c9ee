"""The day's reminders: what the business date brings into the inboxes. `manage.py remind` writes them on working days.

Each line is written once per window (its key says which), so that a second run adds nothing; windows are stretches of days, so that
a day on which nobody ran it is made up for.
"""

from itertools import chain

from django.db import transaction

from erqi.common import clock, contributions
from erqi.common.models import Installation
from projects.services.addressees import Addressees
from projects.services.due_lines import Day, hold_lines, month_lines, project_lines
from projects.services.reminder import tell
from projects.services.waiting_lines import lifting_lines, request_lines, review_lines


@transaction.atomic
def write_reminders() -> int:
    """Write what the business date brings into the inboxes and return the number of new lines. The number of queries does not grow
    with projects or people."""
    # Two runs at once come one after the other: the second finds every line, and says so.
    list(Installation.objects.select_for_update().values_list("pk"))
    day = Day(clock.today())
    of = Addressees(day.on.year, day.on)
    return tell(
        chain(
            month_lines(day, of),
            project_lines(day, of),
            hold_lines(day, of),
            review_lines(day, of),
            request_lines(day),
            lifting_lines(day),
            chain.from_iterable(contribution(day, of) for contribution in contributions.REMINDERS),
        )
    )
