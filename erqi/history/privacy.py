"""Which events of a history are not everybody's: a model says so by `history_private`, a condition on its events.

Such events are read by those who write or review the project's reports by the grid of responsibility, and by the office. For everybody
else the history goes on from what was public before to what was made public then. The audit's trail says that something was changed,
never what, and leaves nothing out.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q

from erqi.common.models import User
from erqi.history.registry import Kind
from projects.services.grid import projects_behind


def readable_by(user: User, kinds: Iterable[Kind]) -> list[Kind]:
    """Return the kinds with what the account may see of each; at most three queries."""
    found = list(kinds)
    if user.can("report.manage") or all(kind.private is None for kind in found):
        return found
    own = projects_behind(user)
    return [kind if kind.private is None else replace(kind, visible=~kind.private | Q(**{f"{kind.project}__in": own})) for kind in found]
