"""Which events of a history are not everybody's: a model says so by `history_private`, a condition on its events.

Such events are read by those who write or review the project's reports by the grid of responsibility, and by the office; where the model
names permissions (`history_readers`), by those who have one of them and nobody else. Columns that it names in `history_hidden` are read by
these alone in all its events, also where the record itself is everybody's (why somebody was looked at again). For everybody else the
history goes on from what was public before to what was made public then. What is attached to a record that is private now (a draft) is as
private as the record: its name may say what nobody is to know yet. The audit's trail says that something was changed, never what, and
leaves nothing out.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from erqi.common.models import Attachment, User
from erqi.history.registry import Kind, business_kinds
from projects.services.grid import projects_behind


def readable_by(user: User, kinds: Iterable[Kind]) -> list[Kind]:
    """Return the kinds with what the account may see of each; at most three queries."""
    return [_attached(kind, user) if kind.model is Attachment else kind for kind in _readable(user, kinds)]


def _readable(user: User, kinds: Iterable[Kind]) -> list[Kind]:
    found = [_for_readers(kind, user) if kind.readers else kind for kind in kinds]
    by_grid = [kind for kind in found if kind.private is not None and not kind.readers]
    if user.can("report.manage") or not by_grid:
        return found
    own = projects_behind(user)
    return [replace(kind, visible=~kind.private | Q(**{f"{kind.project}__in": own})) if kind in by_grid else kind for kind in found]


def _for_readers(kind: Kind, user: User) -> Kind:
    """Return a kind that has readers by permission, with what the account may see of its private events and columns."""
    if any(user.can(code) for code in kind.readers):
        return replace(kind, hidden=())
    if kind.private is None:
        return kind
    return replace(kind, visible=~kind.private)


def _attached(attachments: Kind, user: User) -> Kind:
    """Return the kind of attachments without what hangs on records that are private now, and not the account's to see."""
    visible = attachments.visible
    for kind in _readable(user, [kind for kind in business_kinds().values() if kind.private is not None]):
        if kind.visible:
            hidden = QuerySet(kind.model).exclude(kind.visible).order_by().values("pk")
            visible &= ~Q(owner_type=ContentType.objects.get_for_model(kind.model), owner_id__in=hidden)
    return replace(attachments, visible=visible)
