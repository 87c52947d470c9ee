"""Walks of leaders' questions (领导问查): supervision.tests.walk says what is checked."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from erqi.tests.uploads import pdf, upload
from projects.choices import ResponsibilityKind
from projects.models import Project
from projects.tests.builders import make_project, make_responsibility
from supervision.choices import InquiryAction as A
from supervision.choices import InquiryState as S
from supervision.choices import Party
from supervision.models import Inquiry
from supervision.rules.inquiry import MACHINE
from supervision.services import inquiry as inquiries
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_family import Family, Fault, Form
from supervision.tests.walk_ways import random_walks, still_there, tours

pytestmark = pytest.mark.django_db

A_MARK_IN_THE_QUESTION = "who asked further in place of a leader stands in the question"


class Inquiries(Family):
    machine, model = MACHINE, Inquiry
    needed = "text"
    four_eyes: ClassVar = {A.CLOSE: {A.ANSWER}}
    rounds: ClassVar = {A.FURTHER}
    onward: ClassVar = {S.ASKED: {A.ANSWER}, S.ANSWERED: {A.CLOSE, A.FURTHER}}
    # Who is asked: the unit that reports the project, one without an account, nobody's project, the project's inspector, any inspector;
    # and a question in the leaders' name.
    beginnings = ("unit", "empty", "nobody", "inspector", "any inspector", "leaders")
    tours = (
        "unit/leader: answer/reporter further +4 answer/jack close? close/supervision",
        "unit/jack: answer/jack close? further withdraw",
        "empty/leader: answer/supervision close?",
        "inspector/leader: answer close/leader",
        "any inspector/second_leader: answer/second_inspector further",
        "leaders: answer further/second_leader withdraw",
        # Others answer for an inspector who has left, and close what a leader asked who has left.
        "inspector/leader: -inspector answer/second_inspector -leader further/second_leader ~inspector"
        " answer/inspector close/second_leader",
        "nobody: answer/second_supervision +1 close",
    )
    known_faults: ClassVar = {
        # Lists of a day read the question from the act, and show the mark of who stood in as if it were asked.
        A_MARK_IN_THE_QUESTION: Fault("unit/leader: answer -leader further/second_leader", wrong="（代办：走查leader已不能办理）"),
    }

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.projects = {name: self._project(name) for name in ("unit", "empty", "nobody")}
        inspector = world.users["inspector"].person
        make_responsibility(self.projects["unit"], None, ResponsibilityKind.INSPECTOR, person=inspector)

    def _project(self, name: str) -> Project:
        project = make_project(f"走查问查{name}项目")
        if name != "nobody":
            make_responsibility(project, self.world.units[name], ResponsibilityKind.UNDERTAKE)
        if name == "unit":
            make_responsibility(project, self.world.units["lead"], ResponsibilityKind.LEAD)
        return project

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        about = {"inspector": "unit", "any inspector": "empty", "leaders": "unit"}.get(how, how)
        values = {"project": self.projects[about], "text": walk.words(), "addressee": "inspector" if "inspector" in how else "unit"}
        walk.notes |= {"how": how, "about": about}
        return A.ASK, Form(inquiries.ask_inquiry, values)

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        # In the leaders' name the system asks, as the rules for warnings say.
        return [None] if how == "leaders" else [who for who in CAST if Party.LEADER in walk.world.parties(who)]

    def begun(self, walk: Walk, how: str, answer: Any) -> Any:
        walk.unit = {"nobody": None}.get(walk.notes["about"], walk.notes["about"])
        return answer

    def parties(self, walk: Walk, who: str) -> set[Party]:
        how, world = walk.notes["how"], walk.world
        # The question of a leader who is none any more, and one in the leaders' name, is every leader's.
        orphaned = walk.author is None or not world.holds(walk.author, "leader")
        author = who if orphaned and world.holds(who, "leader") else walk.author
        if "inspector" not in how:
            units = {"unit": ["unit", "lead"], "empty": ["empty"]}.get(walk.notes["about"], [])
            found = world.parties(who, handlers=units, author=author, stand_in="supervision")
            # Nobody's project: the supervision office answers.
            return found | ({Party.HANDLER} if not units and world.holds(who, "supervision") else set())
        found = world.parties(who, author=author)
        named = how == "inspector" and world.holds("inspector", "inspector")
        asked = who == "inspector" if named else True
        return found | ({Party.HANDLER} if asked and Party.INSPECTOR in found else set())

    def form(self, walk: Walk, action: str) -> Form | None:
        match action:
            case A.ANSWER:
                return walk.form(inquiries.answer_inquiry, "inquiry", text=walk.words(), uploads=lambda: [upload("答复.pdf", pdf())])
            case A.FURTHER:
                return walk.form(inquiries.ask_further, "inquiry", text=walk.words(), due_on=walk.day + timedelta(days=walk.choose([3, 0])))
        service = {A.CLOSE: inquiries.close_inquiry, A.WITHDRAW: inquiries.withdraw_inquiry}[action]
        return walk.form(service, "inquiry", text=walk.words())

    def check(self, walk: Walk, record: Any) -> None:
        said = [action for action, *_ in walk.acts]
        assert bool(record.answer) == (A.ANSWER in said)
        then = Inquiry.objects.on_day(walk.day).told(walk.day).get(pk=record.pk)
        asked = then.text_then
        if walk.looks_away(A_MARK_IN_THE_QUESTION):
            asked = asked.partition("（代办：")[0]
        assert asked == record.text, f"{asked} is not {record.text}"


def test_tours_of_inquiries():
    tours(Inquiries)


def test_known_faults_of_inquiries_are_still_there():
    still_there(Inquiries)


def test_random_walks_of_inquiries():
    random_walks(Inquiries)
