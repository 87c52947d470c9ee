"""The colours of items: computed from their dates once per change, by the bands for milestones of the rules in force (design.md §2.2)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from erqi.common import clock, workdays
from erqi.common.bulk import remembered
from projects.choices import MilestoneKind
from projects.rules.policy import Policy
from projects.rules.warning import Assessment, Facts, MilestoneFact, assess, thresholds
from projects.services.floor import Version, policies_from
from supervision.models import ItemSchedule, ItemStep, SupervisionItem
from supervision.rules.item import ENDED, Deadline

# The item as a whole among its steps.
WHOLE = 0
_SAME = ("policy_id", "green_on", "blue_on", "yellow_on", "red_on", "closed_on", "valid_until")


def deadlines_of(item: SupervisionItem, steps: Iterable[ItemStep] | None = None) -> list[Deadline]:
    """Return the dates that an item has to keep, the whole first; what was given up is none."""
    found = [Deadline(WHOLE, "全部完成", item.due_on, item.closed_on)]
    rows = item.steps.all() if steps is None else steps
    return found + [Deadline(row.pk, row.name, row.due_on, row.done_on) for row in rows if row.dropped_on is None]


def facts_of(item: SupervisionItem, deadlines: Iterable[Deadline]) -> Facts:
    """Return the item as the rules of the four colours look at it: each date a milestone."""
    rows = [MilestoneFact(one.key, MilestoneKind.OTHER, one.name, one.due_on, one.done_on is not None) for one in deadlines]
    return Facts(item.year, tuple(rows))


def assess_item(item: SupervisionItem, policy: Policy, deadlines: Iterable[Deadline], day: date) -> list[Assessment]:
    """Return how each date of an item stands on the day, the worst first: what the page explains its colour with."""
    return assess(policy, facts_of(item, deadlines), workdays, day)


def refresh_item(item: SupervisionItem) -> None:
    """Compute an item's colours anew. Called inside the transaction of a change, with the item locked."""
    on = clock.today()
    versions: list[Version] = remembered(("item-policies", on), lambda: policies_from(on, date(on.year, 12, 31)))
    facts = facts_of(item, deadlines_of(item))
    ended = ended_on(item)
    made = [_row(item, version, facts, ended) for version in versions] or [ItemSchedule(item=item, valid_from=on, closed_on=ended)]
    ahead = list(item.schedules.filter(Q(valid_until=None) | Q(valid_until__gt=on)).order_by("valid_from", "pk"))
    if len(ahead) == len(made) and all(_same(one, other) for one, other in zip(ahead, made, strict=True)):
        return
    rows = ItemSchedule.objects.filter(pk__in=[row.pk for row in ahead])
    rows.update(valid_until=Greatest(F("valid_from"), on))
    for row in made:
        row.simulated = item.simulated
        row.save()


def ended_on(item: SupervisionItem) -> date | None:
    """Return on which day the item was struck off or given up; None while it is worked on."""
    if item.state not in ENDED:
        return None
    return item.closed_on or item.acts.filter(to_state=item.state).values_list("on", flat=True).last()


def _row(item: SupervisionItem, version: Version, facts: Facts, ended: date | None) -> ItemSchedule:
    found = thresholds(version.policy, facts, workdays)
    values: dict[str, Any] = {f"{name}_on": getattr(found, f"{name}_on") for name in ("green", "blue", "yellow", "red")}
    return ItemSchedule(item=item, policy_id=version.key, valid_from=version.begin, valid_until=version.end, closed_on=ended, **values)


def _same(one: ItemSchedule, other: ItemSchedule) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAME)


@transaction.atomic
def refresh_outdated() -> int:
    """Compute anew the colours of items that still go by replaced rules, and return how many; run once new rules have reached all
    projects, and with the day's reminders."""
    on = clock.today()
    versions = policies_from(on, date(on.year, 12, 31))
    if not versions:
        return 0
    keys = [version.key for version in versions]
    # Each row of the rules that are known is there where the last one is: they were written together.
    current = ItemSchedule.objects.filter(valid_until=None, policy=keys[-1]).values("item")
    found = SupervisionItem.objects.exclude(state__in=ENDED).exclude(pk__in=current)
    items = list(found.select_for_update(of=("self",)).order_by("pk"))
    for item in items:
        refresh_item(item)
    return len(items)
