"""Pauses that are about to end without anybody having asked to renew them."""

from collections.abc import Collection
from datetime import date, timedelta

from projects.choices import DecisionState
from projects.models import Hold
from projects.rules.colour import merged_pause
from projects.rules.reminder import AHEAD


def holds_ending(projects: Collection[int], day: date) -> list[Hold]:
    """Return the holds that end a pause of the projects (keys) within a week of the day, the first one first: one query.

    What is granted beyond it counts as the same pause; while a renewal awaits its decision nobody has to be told.
    """
    rows = Hold.objects.filter(project__in=projects, state__in=[DecisionState.PENDING, DecisionState.APPROVED], until__gte=day)
    of_project: dict[int, list[Hold]] = {}
    for hold in rows.select_related("project").order_by("since", "pk"):
        of_project.setdefault(hold.project_id, []).append(hold)
    found = []
    for holds in of_project.values():
        granted = [hold for hold in holds if not hold.is_pending]
        begin, end = merged_pause([(hold.since, hold.last_day) for hold in granted], day)
        if begin is None or end is None or begin > day or len(granted) < len(holds) or end > day + timedelta(days=AHEAD):
            continue
        found.append(next(hold for hold in reversed(granted) if hold.last_day == end))
    return sorted(found, key=lambda hold: (hold.last_day, hold.pk))
