"""Walks of problems reported directly (问题直报): supervision.tests.walk says what is checked."""

from typing import Any, ClassVar

import pytest

from erqi.common import clock
from projects.choices import ResponsibilityKind
from projects.tests.builders import make_project, make_responsibility
from supervision.choices import IssueAction as A
from supervision.choices import IssueState as S
from supervision.choices import Party
from supervision.models import Issue, IssueMeeting
from supervision.rules.issue import MACHINE
from supervision.services import issue as office
from supervision.services import issue_escalation as higher
from supervision.services import issue_handling as unit
from supervision.services.issue_parties import seen_by
from supervision.tests.walk import Walk
from supervision.tests.walk_cast import CAST, UNITS
from supervision.tests.walk_family import Family, Fault, Form
from supervision.tests.walk_ways import random_walks, still_there, tours

pytestmark = pytest.mark.django_db

# Who may report (domain.md §2: units, inspectors, offices, leaders); the lead unit's reviewer about the project that it leads.
REPORTING = {"reporter", "reviewer", "inspector", "supervision", "office", "leader"}


class Issues(Family):
    machine, model = MACHINE, Issue
    needed = "description"
    four_eyes: ClassVar = {
        A.RETURN_REPLY: {A.REPLY},
        A.VERIFY: {A.REPLY, A.PROGRESS},
        A.CLOSE: {A.VERIFY, A.REPLY},
    }
    rounds: ClassVar = {A.ASSIGN, A.REASSIGN, A.MEET, A.RETURN_REPLY, A.REJECT_CLOSING}
    onward: ClassVar = {
        S.RETURNED: {A.RESUBMIT},
        S.REPORTED: {A.ACCEPT},
        S.ACCEPTED: {A.GRADE},
        S.GRADED: {A.ASSIGN},
        S.ASSIGNED: {A.TAKE, A.REFUSE},
        S.HANDLING: {A.REPLY},
        S.AT_OFFICE: {A.COORDINATE, A.REASSIGN},
        S.AT_MEETING: {A.MEET},
        S.REPLIED: {A.VERIFY},
        S.VERIFIED: {A.CLOSE},
    }
    beginnings = ("project", "place")
    # The leaders may all be gone: a problem is reported to them on paper, too.
    kept = ("inspector", "supervision", "office")
    tours = (
        "project/reporter: send_back resubmit +1 accept grade regrade assign=unit/jack +3"
        " urge take progress/jack +2 reply/reporter verify? return_reply"
        " +1 reply/jack return_reply? verify/inspector close? +4 reject_closing +1 reply/reporter verify/jack close",
        "place/inspector: accept grade assign=unit refuse to_meeting to_leader +5 instruct"
        " coordinate! reassign=unit take escalate coordinate escalate"
        " to_meeting meet=other",
        "place: withdraw",
        "place: accept grade assign=empty +1 take/office progress/second_office reply/office verify/inspector close? close/leader",
        # Who reported it has left: the colleagues complete it, or the office where there are none.
        "project/reporter: send_back -reporter resubmit/reviewer send_back withdraw/jack",
        "place/outsider: send_back -outsider resubmit/office send_back ~outsider resubmit/outsider",
        "place: accept grade to_meeting to_leader transcribe! -leader -second_leader -jack transcribe/office reassign=unit",
        "place/outsider: decline",
        # A form that is sent again tells nobody who has come since.
        "place: accept grade assign=unit take -second_office escalate ~second_office <",
    )
    known_faults: ClassVar = {
        # The one account of the office that is left replied for a unit without an account, and does not close it; a leader is not there
        # either. It can only reject the closing and give the problem to another unit.
        "an office of one that replied for a unit, without leaders": Fault(
            "place: accept grade assign=empty take/office reply/office verify/inspector -leader -second_leader -jack -second_office",
            lambda walk: walk.state == S.VERIFIED and not any(walk.world.holds(who, "leader") for who in CAST),
        ),
    }

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.project = make_project("走查直报项目")
        make_responsibility(self.project, world.units["unit"], ResponsibilityKind.UNDERTAKE)
        make_responsibility(self.project, world.units["lead"], ResponsibilityKind.LEAD)

    def begin(self, walk: Walk, how: str) -> tuple[str, Form]:
        values = {"title": "管线未迁改", "description": walk.words(), "project": self.project if how == "project" else None}
        return A.REPORT, Form(office.report_issue, values)

    def may_begin(self, walk: Walk, how: str) -> list[str | None]:
        return [who for who in walk.world.users if self._may_report(walk, who, how)]

    def _may_report(self, walk: Walk, who: str, how: str) -> bool:
        roles = walk.world.roles[who] & REPORTING
        # A unit without a part in the project says where it is instead.
        return bool(roles) and (how != "project" or who != "outsider")

    def parties(self, walk: Walk, who: str) -> set[Any]:
        handlers = [walk.unit] if walk.state in (S.ASSIGNED, S.HANDLING) else []
        found = walk.world.parties(who, handlers=handlers, author=walk.author, stand_in="office")
        return found | {Party.STAND_IN} if who in self._standing_in(walk) else found

    def _standing_in(self, walk: Walk) -> list[str]:
        """Return who does what an author, or leaders, would do who are not there any more."""
        world = walk.world
        office = [who for who in CAST if world.holds(who, "office")]
        if walk.state == S.AT_LEADER:
            return [] if any(world.holds(who, "leader") for who in CAST) else office
        if walk.state != S.RETURNED or any(world.holds(str(walk.author), role) for role in REPORTING):
            return []
        unit = CAST[str(walk.author)].unit
        return (world.staff([unit], REPORTING) if unit else []) or office

    def is_hindered(self, walk: Walk, who: str, action: str) -> bool:
        return self.is_stuck(walk, action)

    def is_stuck(self, walk: Walk, action: str) -> bool:
        return action == A.COORDINATE and walk.unit is None

    def form(self, walk: Walk, action: str) -> Form:
        words, given = walk.words(), self._given(walk, action)
        service, needed = SERVICES[action]
        values = dict.fromkeys(needed, words) | given
        return walk.form(service, "issue", **values)

    def _given(self, walk: Walk, action: str) -> dict[str, Any]:
        units = [name for name in UNITS if name != walk.unit]
        match action:
            case A.TRANSCRIBE:
                return {"given_by": "区长"}
            case A.GRADE:
                return {"grade": walk.choose(["C", "B", "A"]), "cause": "pipes"}
            case A.REGRADE:
                return {"grade": walk.choose(["B", "A", "C"]), "cause": "land"}
            case A.ASSIGN | A.REASSIGN:
                return {"unit": walk.world.units[walk.choose(units)]}
            case A.MEET:
                return {"held_on": walk.day, "attendees": "甲、乙", "unit": walk.world.units[walk.choose(units)], "due_on": walk.day}
        return {}

    def took(self, walk: Walk, who: str | None, action: str, form: Form | None) -> None:
        if action in (A.ASSIGN, A.REASSIGN, A.MEET) and form is not None:
            walk.unit = walk.world.unit_name(form.values["unit"].pk)
        elif action == A.REFUSE:
            walk.unit = None

    def check(self, walk: Walk, record: Any) -> None:
        # Whoever handles it has a unit and a day.
        assert record.state not in (S.ASSIGNED, S.HANDLING) or (record.unit_id and record.due_on)
        meetings = [action for action, *_ in walk.acts if action == A.MEET]
        assert IssueMeeting.objects.filter(act__issue=record).count() == len(meetings)
        with clock.at(walk.day):
            then = Issue.objects.on_day(walk.day).get(pk=record.pk)
        # What nobody has taken up is read by who reported it, and the colleagues, of those who have no office.
        told_to_the_office = record.state in (S.REPORTED, S.RETURNED, S.DECLINED, S.WITHDRAWN)
        seeing = {who for who in ("reviewer", "outsider", "viewer") if seen_by(walk.world.user(who)).filter(pk=record.pk).exists()}
        assert seeing == {who for who in ("reviewer", "outsider", "viewer") if not told_to_the_office or self._of_the_author(walk, who)}
        assert (then.grade_then, then.cause_then, then.description_then) == (record.grade, record.cause, record.description)

    def _of_the_author(self, walk: Walk, who: str) -> bool:
        unit = CAST[str(walk.author)].unit
        return who == walk.author or (bool(unit) and CAST[who].unit == unit)


# The service of each action, and its words.
SERVICES = {
    A.ACCEPT: (office.accept_issue, ["note"]),
    A.SEND_BACK: (office.send_back_issue, ["reason"]),
    A.RESUBMIT: (office.resubmit_issue, ["description", "text"]),
    A.DECLINE: (office.decline_issue, ["reason"]),
    A.WITHDRAW: (office.withdraw_issue, ["reason"]),
    A.GRADE: (office.grade_issue, ["note"]),
    A.REGRADE: (office.regrade_issue, ["reason"]),
    A.ASSIGN: (office.assign_issue, ["note"]),
    A.REASSIGN: (office.reassign_issue, ["reason"]),
    A.URGE: (office.urge_issue, ["text"]),
    A.TAKE: (unit.take_issue, ["note"]),
    A.REFUSE: (unit.refuse_issue, ["reason"]),
    A.PROGRESS: (unit.note_progress, ["text"]),
    A.REPLY: (unit.reply_issue, ["text"]),
    A.RETURN_REPLY: (unit.return_reply, ["reason"]),
    A.VERIFY: (unit.verify_issue, ["text"]),
    A.REJECT_CLOSING: (office.reject_closing, ["reason"]),
    A.CLOSE: (office.close_issue, ["note"]),
    A.ESCALATE: (higher.escalate_issue, ["reason"]),
    A.COORDINATE: (higher.coordinate_issue, ["text"]),
    A.TO_MEETING: (higher.submit_to_meeting, ["reason"]),
    A.MEET: (higher.record_meeting, ["decision"]),
    A.TO_LEADER: (higher.report_to_leader, ["reason"]),
    A.TRANSCRIBE: (higher.transcribe_instruction, ["text"]),
    A.INSTRUCT: (higher.instruct_issue, ["text"]),
}


def test_tours_of_problems():
    tours(Issues)


def test_known_faults_of_problems_are_still_there():
    still_there(Issues)


def test_random_walks_of_problems():
    random_walks(Issues)
