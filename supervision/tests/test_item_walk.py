"""Walks of the items of supervision ledgers (督察事项): supervision.tests.walk says what is checked."""

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from erqi.tests.uploads import picture, upload
from projects.choices import ResponsibilityKind
from supervision.choices import ItemAction as A
from supervision.choices import ItemState as S
from supervision.choices import Party
from supervision.models import ItemDuty, ItemEvidence, SupervisionItem
from supervision.rules.item import MACHINE
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_work as work
from supervision.services.mechanism import add_theme
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_family import Family, Form
from supervision.tests.walk_ways import random_walks, tours

pytestmark = pytest.mark.django_db

BEFORE, AFTER = picture(colour="red"), picture(colour="green")
# So many days after the registration another unit takes the item over, where it was registered so.
HANDED_OVER = 8
WORKING = (S.OPEN, S.APPLIED, S.VERIFIED)


class Items(Family):
    machine, model = MACHINE, SupervisionItem
    needed = "goal"
    four_eyes: ClassVar = {
        A.VERIFY: {A.APPLY},
        A.SEND_BACK: {A.APPLY},
        A.CONFIRM: {A.APPLY, A.VERIFY},
        A.REFUSE: {A.APPLY, A.VERIFY},
    }
    rounds: ClassVar = {A.APPLY}
    onward: ClassVar = {S.OPEN: {A.APPLY}, S.APPLIED: {A.VERIFY}, S.VERIFIED: {A.CONFIRM, A.REFUSE}}
    # The day's run, when a responsibility begins or ends on the day that was said beforehand.
    system: ClassVar = {A.HAND_OVER}
    beginnings = ("unit", "empty", "handed over")
    tours = (
        "unit: amend move progress cause apply! step undo_step +1 step apply/jack send_back? verify? withdraw apply/reporter send_back"
        " apply/jack verify/inspector confirm? refuse? +3 refuse apply/reporter verify/jack confirm? refuse confirm! apply/reporter"
        " verify/supervision confirm +1 reopen cancel +1 reopen/jack cancel",
        "empty: +2 step/office apply/office verify confirm",
        # Whoever is left of the supervision office has verified: a leader decides.
        "unit: step apply/reporter verify/supervision -second_supervision -jack confirm? refuse/leader"
        " apply/reporter verify/inspector confirm/leader",
        "handed over: +7 progress/reporter +4 progress/outsider step/outsider apply/outsider +1 verify",
    )

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.theme = add_theme(code="walks", seq=1, name="走查台账", by=None)

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        units = walk.world.units
        led = [] if how == "empty" else [(ResponsibilityKind.LEAD, units["lead"])]
        due_on = walk.day + timedelta(days=walk.choose([26, 3]))
        values = {
            "theme": self.theme,
            "name": "主干道两侧拆迁清零",
            "source": "meeting",
            "goal": walk.words(),
            "due_on": due_on,
            "grid": [(ResponsibilityKind.UNDERTAKE, units["empty" if how == "empty" else "unit"]), *led],
            "steps": lambda: [{"name": "摸底", "due_on": due_on}],
        }
        return A.REGISTER, Form(items.register_item, values)

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        return [who for who in CAST if Party.SUPERVISION in walk.world.parties(who)]

    def begun(self, walk: Walk, how: str, answer: Any) -> Any:
        walk.unit = "empty" if how == "empty" else "unit"
        walk.notes |= {"how": how, "step": answer.steps.get().pk, "done": False, "due": answer.due_on}
        if how == "handed over":
            # It was said when it was registered.
            last = walk.day + timedelta(days=HANDED_OVER - 1)
            ItemDuty.objects.filter(item=answer, kind=ResponsibilityKind.UNDERTAKE).update(until=last, ended_on=walk.day)
            ItemDuty.objects.create(
                item=answer, kind=ResponsibilityKind.UNDERTAKE, unit=walk.world.units["other"], since=self._day(walk), recorded_on=walk.day
            )
        return answer

    def _day(self, walk: Walk) -> date:
        return self.first_day + timedelta(days=HANDED_OVER)

    def _carrying_out(self, walk: Walk) -> list[str]:
        """Return the units that carry it out on the day, the first one first."""
        how = walk.notes["how"]
        if how == "empty":
            return ["empty"]
        return ["other" if how == "handed over" and walk.day >= self._day(walk) else "unit", "lead"]

    def parties(self, walk: Walk, who: str) -> set[Party]:
        return walk.world.parties(who, handlers=self._carrying_out(walk), stand_in="office")

    def is_hindered(self, walk: Walk, who: str, action: str) -> bool:
        match action:
            case A.APPLY | A.UNDO_STEP:
                return not walk.notes["done"]
            case A.STEP:
                return walk.notes["done"]
        return False

    def form(self, walk: Walk, action: str) -> Form | None:
        words, record = walk.words(), walk.record
        step = {"step": lambda: record.steps.model.objects.get(pk=walk.notes["step"])}
        match action:
            case A.STEP:
                return Form(work.finish_step, {**step, "done_on": walk.day, "text": words}, record.version)
            case A.UNDO_STEP:
                return Form(work.undo_step, {**step, "reason": words}, record.version)
            case A.AMEND:
                return walk.form(items.amend_item, "item", goal=words)
            case A.MOVE:
                return walk.form(items.move_item, "item", due_on=max(walk.notes["due"], walk.day) + timedelta(days=7), reason=words)
            case A.CAUSE:
                return walk.form(work.name_cause, "item", cause="land", cause_note=words)
            case A.PROGRESS:
                photos = {"uploads": lambda: [upload("现场.jpg", AFTER)]}
                return walk.form(work.report_progress, "item", text=words, cause="land", **photos)
            case A.APPLY:
                evidence = {"before": lambda: [upload("前.jpg", BEFORE)], "after": lambda: [upload("后.jpg", AFTER)]}
                return walk.form(closings.apply_closing, "item", text=words, cause="land", **evidence)
            case A.WITHDRAW:
                return walk.form(closings.withdraw_closing, "item")
        service, name = SERVICES[action]
        return walk.form(service, "item", **{name: words})

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        # With every step it has the unit of the day.
        walk.unit = self._carrying_out(walk)[0]
        if action in (A.STEP, A.UNDO_STEP):
            walk.notes["done"] = action == A.STEP

    def day_brings(self, walk: Walk) -> list[str]:
        changed = walk.unit != self._carrying_out(walk)[0]
        return [A.HAND_OVER] if changed and walk.state in WORKING else []

    def check(self, walk: Walk, record: Any) -> None:
        walk.notes["due"] = record.due_on
        assert (record.closed_on is not None) == (record.state == S.CLOSED)
        assert (record.steps.get().done_on is not None) == walk.notes["done"]
        applied = [action for action, *_ in walk.acts if action == A.APPLY]
        assert ItemEvidence.objects.filter(act__item=record).count() == 2 * len(applied)


SERVICES = {
    A.VERIFY: (closings.verify_closing, "text"),
    A.SEND_BACK: (closings.send_back_closing, "reason"),
    A.CONFIRM: (closings.confirm_closing, "text"),
    A.REFUSE: (closings.refuse_closing, "reason"),
    A.CANCEL: (items.cancel_item, "reason"),
    A.REOPEN: (items.reopen_item, "reason"),
}


def test_tours_of_items():
    tours(Items)


def test_random_walks_of_items():
    random_walks(Items)
