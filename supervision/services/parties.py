"""As what an account acts on a supervision record: by its permissions, by the units of its posts, as the one who began it."""

from collections.abc import Collection
from datetime import date

from erqi.common.models import User
from projects.services.addressees import accounts_with
from projects.services.grid import accounts_of, units_of
from supervision.choices import Party
from supervision.rules.machine import Machine

# The permission that makes somebody a party, whatever the record.
BY_PERMISSION = {
    Party.SUPERVISION: "supervise",
    Party.INSPECTOR: "inspect",
    Party.LEADER: "inquiry.ask",
    Party.OFFICE: "issue.handle",
}

# As whom a step is taken that follows from one of another record, where it was asked who may: nobody stands in for anybody by it.
WHOEVER = frozenset(Party) - {Party.STAND_IN}

# With it somebody may report for any unit (重点项目办), and acts for one of which nobody could.
ANY_UNIT = "report.manage"


def acting_for(
    units: Collection[int], *, by: Collection[str] = ("report.write",), stand_in: str = ANY_UNIT, day: date | None = None
) -> dict[int, list[User]]:
    """Return the accounts that act for each unit (key): those with a post in it and one of the permissions `by`, and where there is none
    those with the permission `stand_in`, so that no record waits for nobody."""
    found = [accounts_of(units, permission, day) for permission in by] if units else []
    people = {unit: list(dict.fromkeys(user for accounts in found for user in accounts.get(unit, ()))) for unit in units}
    if any(not users for users in people.values()):
        standing_in = accounts_with(stand_in)
        people = {unit: users or standing_in for unit, users in people.items()}
    return people


def deciding(but: Collection[int | None]) -> list[User]:
    """Return who decides for the supervision office where whoever (keys) had a hand in it may not: its other accounts, the leaders where
    none of them is left."""
    office = [user for user in accounts_with("supervise") if user.pk not in but]
    return office or [user for user in accounts_with("inquiry.ask") if user.pk not in but]


def without_account(units: Collection[int], day: date | None = None) -> set[int]:
    """Return those of the units (keys) that have no account in use that could do anything: somebody stands in for them."""
    people = accounts_of(units, "report.write", day) if units else {}
    return {unit for unit in units if not people.get(unit)}


def parties_of(
    user: User | None,
    *,
    handlers: Collection[int] = (),
    reviewing: Collection[int] = (),
    author: int | None = None,
    stand_in: str = "",
) -> frozenset[Party]:
    """Return as what the account acts: `handlers` are the units (keys) that the record is addressed to, `reviewing` those whose
    reviewers have a say, `author` the account (key) that began it; `stand_in` the permission with which somebody
    handles what is addressed to units none of which has an account that reports (a stand-in besides, so that the act says so). `None` is
    the system, and everybody."""
    if user is None:
        return frozenset(Party)
    found = {party for party, permission in BY_PERMISSION.items() if user.can(permission)}
    # An account that was stopped while its form was open is nobody's any more.
    if author is not None and user.pk == author and user.is_active:
        found.add(Party.AUTHOR)
    writes, reviews = user.can("report.write"), user.can("report.review")
    if (writes and handlers) or (reviews and reviewing):
        own = units_of(user)
        if writes and own & set(handlers):
            found.add(Party.HANDLER)
        if reviews and own & set(reviewing):
            found.add(Party.REVIEWER)
    if handlers and stand_in and Party.HANDLER not in found and user.can(stand_in) and len(without_account(handlers)) == len(set(handlers)):
        found |= {Party.HANDLER, Party.STAND_IN}
    return frozenset(found)


# Which permissions may make somebody a party at all: what a page asks before it looks at the record.
POSSIBLE: dict[Party, tuple[str, ...]] = {
    **{party: (permission,) for party, permission in BY_PERMISSION.items()},
    Party.HANDLER: ("report.write",),
    Party.REVIEWER: ("report.review",),
}


def permissions_for(
    machine: Machine, action: str, author: tuple[str, ...] = (), handler: tuple[str, ...] = (), stand_in: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return the permissions with which somebody may be able to do the action at all; `author`: those with which one begins a record,
    `handler`: those with which somebody acts for a unit that has no account, `stand_in`: for others who have none."""
    possible = {**POSSIBLE, Party.AUTHOR: author, Party.HANDLER: (*POSSIBLE[Party.HANDLER], *handler), Party.STAND_IN: stand_in}
    parties = {party for step in machine.steps if step.action == action for party in step.by}
    return tuple(sorted({code for party in parties for code in possible[party]}))
