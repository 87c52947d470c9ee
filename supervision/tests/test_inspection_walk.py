"""Walks of inspections (督察): supervision.tests.walk says what is checked."""

from datetime import date
from typing import Any, ClassVar

import pytest

from projects.choices import ResponsibilityKind
from projects.tests.builders import make_project, make_responsibility
from supervision.choices import InspectionAction as A
from supervision.choices import InspectionState as S
from supervision.choices import Party, Verdict
from supervision.models import Finding, Inspection
from supervision.rules.inspection import MACHINE
from supervision.services import inspection as inspections
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_family import Family, Form
from supervision.tests.walk_ways import random_walks, tours

pytestmark = pytest.mark.django_db

LOOKS = {Party.INSPECTOR, Party.SUPERVISION, Party.LEADER}


class Inspections(Family):
    machine, model = MACHINE, Inspection
    needed = "conclusion"
    four_eyes: ClassVar = {A.UPHOLD: {A.CONDUCT, A.OBJECT}, A.CHANGE: {A.CONDUCT, A.OBJECT}}
    onward: ClassVar = {S.PLANNED: {A.CONDUCT}, S.CONCLUDED: {A.ACCEPT, A.OBJECT}, S.ANSWERED: {A.UPHOLD, A.CHANGE}}
    # How one begins: planned, held without a plan (also at a unit without an account), a unit's own.
    beginnings = ("plan", "plan", "conduct", "empty", "self_check")
    tours = (
        "plan: +1 conduct=mostly/jack object/reporter uphold? change=untrue",
        "plan/leader: conduct=untrue/supervision +3 object/jack uphold? change? uphold",
        "plan/inspector: cancel",
        "conduct/jack: retract",
        "conduct: +1 retract! accept",
        "conduct: object/reporter change=untrue/leader",
        "plan: conduct=untrue/inspector object/reporter change=mostly/leader",
        "empty: +4 object/office uphold",
        "self_check: retract",
        "self_check: +1 retract!",
        "conduct: accept retract!",
    )

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.project = make_project("走查督察项目")
        make_responsibility(self.project, world.units["unit"], ResponsibilityKind.UNDERTAKE)
        make_responsibility(self.project, world.units["lead"], ResponsibilityKind.LEAD)

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        unit = {"unit": walk.world.units["empty"]} if how == "empty" else {}
        about = {"project": self.project, **unit}
        match how:
            case "plan":
                values = {"method": "field", "planned_for": walk.day, "purpose": walk.words(), "often_reason": "确有必要", **about}
                return A.PLAN, Form(inspections.plan_inspection, values)
            case "self_check":
                return A.SELF_CHECK, Form(inspections.self_check, {"conclusion": walk.words(), **about})
        values = {"method": "field", **about, **self._held(walk, walk.choose(["mostly", "untrue"]))}
        return A.CONDUCT, Form(inspections.conduct_inspection, values)

    def _held(self, walk: Walk, verdict: str) -> dict[str, Any]:
        said = {"untrue": "上报已封顶，现场只到三层"} if verdict == Verdict.UNTRUE else {}
        words = {"conclusion": walk.words(), "often_reason": "确有必要"}
        return {"inspected_on": walk.day, "verdict": verdict, **words, **said}

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        if how == "self_check":
            return walk.world.staff(["unit", "lead"], ["reporter"])
        return [who for who in CAST if walk.world.parties(who) & LOOKS]

    def begun(self, walk: Walk, how: str, answer: Any) -> Any:
        walk.unit = "empty" if how == "empty" else "unit"
        walk.notes |= {"held_on": None, "held_by": None, "verdict": "", "finding": False, "own": how == "self_check"}
        return answer

    def parties(self, walk: Walk, who: str) -> set[Party]:
        return walk.world.parties(who, handlers=[walk.unit], author=walk.notes["held_by"], stand_in="office")

    def is_hindered(self, walk: Walk, who: str, action: str) -> bool:
        if action == A.RETRACT:
            # On the same day, before an answer, and nobody takes a finding back alone.
            answered = walk.state == S.CLOSED and not walk.notes["own"]
            return answered or walk.notes["held_on"] != walk.day or walk.notes["finding"]
        return False

    def is_stuck(self, walk: Walk, action: str) -> bool:
        return True

    def form(self, walk: Walk, action: str) -> Form | None:
        if action == A.CONDUCT:
            return walk.form(inspections.conduct_inspection, "inspection", **self._held(walk, walk.choose(["mostly", "true", "untrue"])))
        service, name = SERVICES[action]
        given = {}
        if action == A.CHANGE:
            given["verdict"] = walk.choose([one for one in ("untrue", "mostly", "true") if one != walk.notes["verdict"]])
            given["untrue"] = "只到三层"
        return walk.form(service, "inspection", **{name: walk.words()}, **given)

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        assert form is not None
        if action in (A.CONDUCT, A.SELF_CHECK):
            walk.notes |= {"held_on": walk.day, "held_by": who}
        if action in (A.CONDUCT, A.CHANGE):
            walk.notes["verdict"] = form.values["verdict"]
            walk.notes["finding"] |= walk.notes["verdict"] == Verdict.UNTRUE

    def check(self, walk: Walk, record: Any) -> None:
        assert (record.verdict, record.inspected_on) == (walk.notes["verdict"], walk.notes["held_on"])
        findings = list(Finding.objects.filter(inspection=record).values_list("state", flat=True))
        untrue = walk.notes["verdict"] == Verdict.UNTRUE
        # Its clock stands while the unit's objection waits.
        stands = "paused" if record.state == S.ANSWERED else "open"
        assert findings == ([(stands if untrue else "revoked")] if walk.notes["finding"] else [])
        self._is_told_on_the_day(walk, record)

    def _is_told_on_the_day(self, walk: Walk, record: Any) -> None:
        """The list shows the verdict as it was."""
        walk.notes.setdefault("verdicts", {})[walk.day] = walk.notes["verdict"]
        for day, verdict in walk.notes["verdicts"].items():
            assert self._verdict(day, record) == verdict

    def _verdict(self, day: date, record: Any) -> str:
        return Inspection.objects.for_table(day).get(pk=record.pk).verdict_then


# The service of each action, and the name of its words.
SERVICES = {
    A.ACCEPT: (inspections.accept_conclusion, "text"),
    A.OBJECT: (inspections.object_conclusion, "text"),
    A.UPHOLD: (inspections.uphold_conclusion, "reason"),
    A.CHANGE: (inspections.change_conclusion, "reason"),
    A.RETRACT: (inspections.retract_inspection, "reason"),
    A.CANCEL: (inspections.cancel_inspection, "reason"),
}


def test_tours_of_inspections():
    tours(Inspections)


def test_random_walks_of_inspections():
    random_walks(Inspections)
