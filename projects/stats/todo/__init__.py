"""我的待办: what is due from a person today, the gravest consequence first, each matter once."""

from collections.abc import Iterable
from itertools import chain

from erqi.common import contributions
from erqi.common.kept import Keeper
from projects.choices import ResponsibilityKind
from projects.stats.todo import colours, decisions, months
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Waiting


def todo(desk: Desk) -> list[Item]:
    """Return what is due from the person on the day, sorted by consequence."""
    user = desk.user
    found: list[Item] = []
    if user.can("report.manage"):
        found += months.overview(desk)
    else:
        if user.can("report.review"):
            found += months.reviews(desk)
    if user.can("report.write"):
        lines = colours.own_projects(desk)
        found += lines.items
        if not user.can("report.manage"):
            found += months.own_reports(desk, lines.reported)
        found += decisions.holds(desk)
    if user.can("inquiry.ask"):
        found += colours.watched_projects(desk, ResponsibilityKind.PATRON)
    if user.can("lifting.verify"):
        found += colours.watched_projects(desk, ResponsibilityKind.INSPECTOR)
    found += decisions.requests(desk)
    found += decisions.policies(desk)
    found += decisions.passes(desk)
    found += decisions.liftings(desk)
    found += chain.from_iterable(contribution(desk) for contribution in contributions.TODO)
    return sorted(found, key=lambda item: item.weight)


def kept_todo(desk: Desk) -> list[Item]:
    """Return what `todo` does, kept until the data change or the person may do other things."""
    return Keeper().get(("todo", desk.user.pk, desk.user.permissions, desk.day), lambda: todo(desk))


def waiting(desk: Desk, items: Iterable[Item] = ()) -> list[Waiting]:
    """Return what the person has handed over and others act on next, the oldest first.

    `items` is what is due from the person: a record among them is the person's own turn (a problem that a unit reported and handles
    itself), and stands on the desk once.
    """
    own = {item.url for item in items}
    found = [*decisions.waiting(desk), *chain.from_iterable(contribution(desk) for contribution in contributions.WAITING)]
    found = [one for one in found if one.url not in own]
    return sorted(found, key=lambda one: (one.since, one.label, one.text))
