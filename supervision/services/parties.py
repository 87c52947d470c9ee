"""As what an account acts on a supervision record: by its permissions, by the units of its posts, as the one who began it."""

from collections.abc import Collection

from erqi.common.models import User
from projects.services.grid import units_of
from supervision.choices import Party
from supervision.rules.machine import Machine

# The permission that makes somebody a party, whatever the record.
BY_PERMISSION = {
    Party.SUPERVISION: "supervise",
    Party.INSPECTOR: "inspect",
    Party.LEADER: "inquiry.ask",
    Party.OFFICE: "issue.handle",
}


def parties_of(
    user: User | None, *, handlers: Collection[int] = (), reviewing: Collection[int] = (), author: int | None = None
) -> frozenset[Party]:
    """Return as what the account acts: `handlers` are the units (keys) that the record is addressed to, `reviewing` those whose reviewer
    has a say (the handling and the lead unit), `author` the account (key) that began it. `None` is the system, and everybody."""
    if user is None:
        return frozenset(Party)
    found = {party for party, permission in BY_PERMISSION.items() if user.can(permission)}
    if author is not None and user.pk == author:
        found.add(Party.AUTHOR)
    writes, reviews = user.can("report.write"), user.can("report.review")
    if (writes and handlers) or (reviews and reviewing):
        own = units_of(user)
        if writes and own & set(handlers):
            found.add(Party.HANDLER)
        if reviews and own & set(reviewing):
            found.add(Party.REVIEWER)
    return frozenset(found)


# Which permissions may make somebody a party at all: what a page asks before it looks at the record.
POSSIBLE: dict[Party, tuple[str, ...]] = {
    **{party: (permission,) for party, permission in BY_PERMISSION.items()},
    Party.HANDLER: ("report.write",),
    Party.REVIEWER: ("report.review",),
}


def permissions_for(machine: Machine, action: str, author: tuple[str, ...] = (), handler: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the permissions with which somebody may be able to do the action at all; `author`: those with which one begins a record,
    `handler`: those with which somebody acts for a unit that has no account."""
    possible = {**POSSIBLE, Party.AUTHOR: author, Party.HANDLER: (*POSSIBLE[Party.HANDLER], *handler)}
    parties = {party for step in machine.steps if step.action == action for party in step.by}
    return tuple(sorted({code for party in parties for code in possible[party]}))
