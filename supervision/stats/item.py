"""An item as its page and its ledger show it on a day: timetable, grid, links, and the sentence of its colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from projects.choices import Duty, WarningLevel
from projects.models import WarningPolicy
from projects.rules.policy import Policy
from projects.rules.warning import Assessment
from projects.sentences.warning import cause_words
from supervision.choices import ItemState
from supervision.models import ItemDuty, ItemStep, StepDates, SupervisionItem
from supervision.models.item import GRID_KINDS
from supervision.querysets.item import grid_on
from supervision.rules.item import Deadline
from supervision.services.item_schedule import WHOLE, assess_item

# So many causes of a colour are named.
_MOST = 3


@dataclass(frozen=True)
class StepLine:
    """A step on a day."""

    step: ItemStep
    due_on: date
    done_on: date | None
    dropped_on: date | None
    seq: int
    name: str
    measure: str

    @property
    def moved(self) -> bool:
        """Whether its date is not the first one."""
        return self.due_on != self.step.baseline_due_on

    def late_days(self, day: date) -> int:
        """Return for how many days it has been late, or was when it was done; 0 for one in time."""
        end = self.done_on or self.dropped_on or day
        return max((end - self.due_on).days, 0) if self.dropped_on is None else 0

    @property
    def deadline(self) -> Deadline:
        return Deadline(self.step.pk, self.name, self.due_on, self.done_on)


@dataclass(frozen=True)
class GridLine:
    """A unit's line in the item's grid."""

    kind: str
    label: str
    head: ItemDuty
    people: list[tuple[str, list[ItemDuty]]]


def steps_on(item: SupervisionItem, day: date) -> list[StepLine]:
    """Return the timetable as it was known on the day: one query."""
    rows = StepDates.objects.on(day).filter(step__item=item).select_related("step").order_by("seq", "step")
    return [StepLine(row.step, row.due_on, row.done_on, row.dropped_on, row.seq, row.name, row.measure) for row in rows]


def duties_of(items: Iterable[SupervisionItem], day: date) -> dict[int, list[GridLine]]:
    """Return the grid of each item (key) as the day knew it, kinds and units in their order: one query."""
    keys = [item.pk for item in items]
    rows = ItemDuty.objects.filter(grid_on(day), item__in=keys).select_related("unit", "person").order_by("pk")
    lines: dict[int, dict[tuple[str, int], list[ItemDuty]]] = {key: {} for key in keys}
    for row in rows:
        lines[row.item_id].setdefault((row.kind, row.unit_id), []).append(row)
    return {key: _grid(found) for key, found in lines.items()}


def _grid(found: dict[tuple[str, int], list[ItemDuty]]) -> list[GridLine]:
    grid = []
    for kind in GRID_KINDS:
        for (of, _), rows in found.items():
            if of == kind:
                head = next((row for row in rows if not row.duty), rows[0])
                people = [(str(duty.label), [row for row in rows if row.duty == duty]) for duty in Duty]
                grid.append(GridLine(kind, str(kind.label), head, people))
    return grid


@dataclass(frozen=True)
class ItemColour:
    """An item's colour on a day: the level, what the rules call it, and why; `says_due`: the sentence names the item's own deadline."""

    level: WarningLevel
    word: str
    sentence: str
    assessments: dict[int, WarningLevel]
    says_due: bool = False


def colour_of(item: SupervisionItem, steps: list[StepLine], day: date) -> ItemColour:
    """Return the colour of an item read with `with_level(day)`, and the sentence that explains it: one query."""
    policy_row = WarningPolicy.objects.in_force(day).first()
    level = WarningLevel(item.level)
    if policy_row is None:
        return ItemColour(level, str(level.label), "没有执行中的预警规则，未评价。", {})
    policy = policy_row.policy
    if level == WarningLevel.DONE:
        # Of what was given up the page says so by its state: nothing was completed.
        is_given_up = getattr(item, "state_then", item.state) == ItemState.CANCELLED
        return ItemColour(level, str(level.label), "" if is_given_up else "已办结，不再评价。", {})
    due_on = item.due_then if getattr(item, "due_then", None) else item.due_on
    deadlines = [Deadline(WHOLE, "全部完成", due_on), *(line.deadline for line in steps if line.dropped_on is None)]
    found = assess_item(item, policy, deadlines, day)
    giving = [one for one in found if one.counts and one.level == level and not one.done][:_MOST]
    levels = {one.cause.key: one.level for one in found}
    return ItemColour(level, policy.label(level), _sentence(giving, policy), levels, any(one.cause.key == WHOLE for one in giving))


def _sentence(giving: list[Assessment], policy: Policy) -> str:
    return f"{'；'.join(cause_words(one.cause, policy.basis) for one in giving)}。" if giving else "各步骤均在时限以内。"
