"""Walks of findings of untrue reporting (不实认定): supervision.tests.walk says what is checked."""

from typing import Any, ClassVar

import pytest

from erqi.tests.uploads import pdf, upload
from projects.choices import ResponsibilityKind
from projects.tests.builders import make_project, make_responsibility
from supervision.choices import FindingAction as A
from supervision.choices import FindingState as S
from supervision.choices import Party
from supervision.models import Finding, Inspection
from supervision.rules.finding import MACHINE
from supervision.services import finding as findings
from supervision.services import inspection as inspections
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_family import LEGAL, NOT_THEIRS, SAME_PERSON, WRONG_STATE, Family, Form
from supervision.tests.walk_ways import random_walks, tours

pytestmark = pytest.mark.django_db

LOOKS = {Party.INSPECTOR, Party.SUPERVISION, Party.LEADER}
# Where the inspection stands from which the finding came.
CONCLUDED, OBJECTED, DECIDED = "concluded", "objected", "decided"


class Findings(Family):
    machine, model = MACHINE, Finding
    needed = "untrue"
    four_eyes: ClassVar = {
        A.CHECK: {A.EXPLAIN},
        A.SEND_BACK: {A.EXPLAIN},
        A.SETTLE: {A.EXPLAIN, A.CHECK},
        A.REFUSE: {A.EXPLAIN, A.CHECK},
        A.RESUME: {A.PAUSE},
        A.REVOKE: {A.EXPLAIN},
    }
    rounds: ClassVar = {A.EXPLAIN}
    onward: ClassVar = {S.OPEN: {A.EXPLAIN}, S.PAUSED: {A.RESUME}, S.EXPLAINED: {A.CHECK, A.SEND_BACK}, S.CHECKED: {A.SETTLE, A.REFUSE}}
    beginnings = ("unit", "empty")
    tours = (
        "unit/inspector: +1 explain/jack check? send_back? send_back explain/jack check/inspector settle? refuse? +3 refuse"
        " explain/reporter check/jack settle? refuse? settle *reporter revoke/second_supervision",
        "unit/inspector: explain/reporter check/inspector *reporter settle! +4 *supervision settle",
        "unit/inspector: explain/jack *reporter revoke? revoke/supervision",
        "unit/inspector: explain/reporter *reporter revoke/leader",
        "unit/inspector: pause/jack resume? revoke? +2 resume/leader explain/reporter check/supervision -second_supervision -jack"
        " settle/leader",
        "unit/supervision: pause/reporter +1 explain/jack send_back revoke? revoke",
        "empty: +1 explain/office check settle",
        "empty: pause/office resume/supervision",
    )

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.project = make_project("走查不实项目")
        make_responsibility(self.project, world.units["unit"], ResponsibilityKind.UNDERTAKE)

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        held = {"inspected_on": walk.day, "verdict": "untrue", "untrue": "上报已封顶，现场只到三层", "often_reason": "确有必要"}
        about = {"project": self.project, "unit": walk.world.units[how], "method": "field"}
        return A.RAISE, Form(inspections.conduct_inspection, {"conclusion": walk.words(), **held, **about})

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        return [who for who in CAST if walk.world.parties(who) & LOOKS]

    def begun(self, walk: Walk, how: str, answer: Any) -> Any:
        walk.unit = how
        walk.notes |= {"inspection": answer.pk, "stands": CONCLUDED, "objected_by": None}
        return answer.finding

    def parties(self, walk: Walk, who: str) -> set[Party]:
        return walk.world.parties(who, handlers=[walk.unit], stand_in="office")

    def judge(self, walk: Walk, who: str, action: str) -> str:
        stands = walk.notes["stands"]
        if action == A.PAUSE:
            return super().judge(walk, who, action) if stands == CONCLUDED else WRONG_STATE
        if action not in (A.RESUME, A.REVOKE):
            return super().judge(walk, who, action)
        # The conclusion is upheld, or changed (which takes the finding back), once the unit has objected.
        if stands != OBJECTED or self.machine.step(action, walk.state) is None:
            return WRONG_STATE
        if not self.parties(walk, who) & {Party.SUPERVISION, Party.LEADER}:
            return NOT_THEIRS
        if who in (walk.author, walk.notes["objected_by"]) or self.four_eyes[action] & walk.did(who):
            return SAME_PERSON
        return LEGAL

    def is_hindered(self, walk: Walk, who: str, action: str) -> bool:
        # The objection is decided first.
        return action == A.SETTLE and walk.notes["stands"] == OBJECTED

    def _inspection(self, walk: Walk) -> Inspection:
        return Inspection.objects.get(pk=walk.notes["inspection"])

    def _on_inspection(self, walk: Walk, service: Any, **values: Any) -> Form:
        return Form(service, {"inspection": lambda: self._inspection(walk), **values}, self._inspection(walk).version)

    def form(self, walk: Walk, action: str) -> Form | None:
        words = walk.words()
        match action:
            case A.EXPLAIN:
                papers = {"uploads": lambda: [upload("更正.pdf", pdf())]}
                return walk.form(findings.explain_finding, "finding", corrected=words, explanation=words, **papers)
            case A.PAUSE | A.RESUME if self._only_beside(walk, action):
                return None
            case A.PAUSE:
                return self._on_inspection(walk, inspections.object_conclusion, text=words)
            case A.RESUME:
                return self._on_inspection(walk, inspections.uphold_conclusion, reason=words)
            case A.REVOKE:
                return self._on_inspection(walk, inspections.change_conclusion, verdict="mostly", reason=words)
        service, name = SERVICES[action]
        return walk.form(service, "finding", **{name: words})

    def _only_beside(self, walk: Walk, action: str) -> bool:
        """Whether objection or decision is the inspection's alone now: the finding goes on (see `aside`)."""
        return self.machine.step(action, walk.state) is None and walk.notes["stands"] == {A.PAUSE: CONCLUDED, A.RESUME: OBJECTED}[action]

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        if action == A.PAUSE:
            walk.notes |= {"stands": OBJECTED, "objected_by": who}
        elif action in (A.RESUME, A.REVOKE):
            walk.notes["stands"] = DECIDED

    def aside(self, walk: Walk) -> None:
        """The unit objects to the conclusion, which is upheld then: where the finding does not wait for it."""
        world = walk.world
        if walk.notes["stands"] == CONCLUDED and walk.state != S.OPEN:
            # An objection is one's own word: nobody puts a finding back by it that has been taken back.
            handling = [who for who in CAST if Party.HANDLER in self.parties(walk, who)]
            who = walk.choose(handling)
            walk.beside(who, "object", self._on_inspection(walk, inspections.object_conclusion, text=walk.words()))
            walk.notes |= {"stands": OBJECTED, "objected_by": who}
        elif walk.notes["stands"] == OBJECTED and walk.state != S.PAUSED:
            others = {walk.author, walk.notes["objected_by"]}
            judges = [who for who in CAST if world.parties(who) & {Party.SUPERVISION, Party.LEADER} and who not in others]
            walk.notes["stands"] = DECIDED
            walk.beside(walk.choose(judges), "uphold", self._on_inspection(walk, inspections.uphold_conclusion, reason=walk.words()))

    def check(self, walk: Walk, record: Any) -> None:
        assert bool(record.corrected) == (A.EXPLAIN in [action for action, *_ in walk.acts])
        then = Finding.objects.on_day(walk.day).told(walk.day).get(pk=record.pk)
        assert (then.corrected_then or "") == record.corrected


# The service of each action, and the name of its words.
SERVICES = {
    A.CHECK: (findings.check_finding, "text"),
    A.SEND_BACK: (findings.send_back_finding, "reason"),
    A.SETTLE: (findings.settle_finding, "text"),
    A.REFUSE: (findings.refuse_finding, "reason"),
}


def test_tours_of_findings():
    tours(Findings)


def test_random_walks_of_findings():
    random_walks(Findings)
