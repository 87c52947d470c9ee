"""Which events of a history are not everybody's: a model says so by `history_private`, a condition on its events.

Such events are read by those who write or review the project's reports by the grid of responsibility, and by the office; where the model
names permissions (`history_readers`), by those who have one of them and nobody else. For everybody else the history goes on from what was
public before to what was made public then. The audit's trail says that something was changed, never what, and leaves nothing out.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q

from erqi.common.models import User
from erqi.history.registry import Kind
from projects.services.grid import projects_behind


def readable_by(user: User, kinds: Iterable[Kind]) -> list[Kind]:
    """Return the kinds with what the account may see of each; at most three queries."""
    found = [_for_readers(kind, user) if kind.readers else kind for kind in kinds]
    by_grid = [kind for kind in found if kind.private is not None and not kind.readers]
    if user.can("report.manage") or not by_grid:
        return found
    own = projects_behind(user)
    return [replace(kind, visible=~kind.private | Q(**{f"{kind.project}__in": own})) if kind in by_grid else kind for kind in found]


def _for_readers(kind: Kind, user: User) -> Kind:
    """Return a kind whose private events have readers by permission, with what the account may see of it."""
    if kind.private is None or any(user.can(code) for code in kind.readers):
        return kind
    return replace(kind, visible=~kind.private)
