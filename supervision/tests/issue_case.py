"""What the tests of problems reported directly share: people, units, a project, and a problem brought to a state by the services."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from erqi.common import clock
from erqi.common.models import User
from projects.choices import ResponsibilityKind
from projects.models import Project, Unit
from projects.tests.builders import make_person, make_project, make_responsibility, make_unit, make_user
from supervision.choices import IssueAction as A
from supervision.models import Issue
from supervision.services import issue as service
from supervision.services import issue_escalation as escalation
from supervision.services import issue_handling as handling

# A Monday with an ordinary week behind it.
DAY = date(2018, 6, 4)


@dataclass
class Cast:
    """Two people of the office, an inspector, a leader, a viewer, and the reporters of two units; the first has a project."""

    unit: Unit = field(default_factory=lambda: make_unit("马寨产业集聚区管委会"))
    other: Unit = field(default_factory=lambda: make_unit("区城管执法局"))
    project: Project = field(default_factory=lambda: make_project("道路工程"))
    office: User = field(default_factory=lambda: make_user("office", name="重点办甲"))
    supervisor: User = field(default_factory=lambda: make_user("supervision", name="督察办乙"))
    inspector: User = field(default_factory=lambda: make_user("inspector", name="督察员丙"))
    leader: User = field(default_factory=lambda: make_user("leader", name="区领导丁"))
    viewer: User = field(default_factory=lambda: make_user("viewer", name="查阅庚"))
    reporter: User = field(init=False)
    stranger: User = field(init=False)

    def __post_init__(self) -> None:
        self.reporter, self.stranger = staff(self.unit, "填报员戊"), staff(self.other, "填报员己")
        make_responsibility(self.project, self.unit, ResponsibilityKind.UNDERTAKE)

    def reported(self, **values: Any) -> Issue:
        first = {"title": "管线未迁改", "description": "燃气管线影响路基施工。", "project": self.project, "by": self.reporter}
        return service.report_issue(**first | values)

    def brought(self, *actions: str, on: date = DAY, **values: Any) -> Issue:
        """Return a problem after these actions, each by who usually does it."""
        with clock.at(on):
            issue = self.reported(**values)
            for action in actions:
                issue = self.take(issue, action, self.usual(action))
        return issue

    def handling(self, on: date = DAY, **values: Any) -> Issue:
        return self.brought(A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE, on=on, **values)

    def usual(self, action: str) -> User:
        """Return who usually does an action."""
        by_unit = (A.TAKE, A.REFUSE, A.PROGRESS, A.REPLY, A.ESCALATE, A.RESUBMIT, A.WITHDRAW)
        special = {A.VERIFY: self.inspector, A.RETURN_REPLY: self.inspector, A.INSTRUCT: self.leader}
        return self.reporter if action in by_unit else special.get(action, self.office)

    def take(self, issue: Issue, action: str, by: User, **more: Any) -> Issue:
        """Do an action as its page would, with what it needs."""
        do, values = self.doings()[action]
        return do(issue=issue, by=by, **{"version": issue.version} | values | more)

    def doings(self) -> dict[str, tuple[Callable[..., Issue], dict[str, Any]]]:
        """Return the service of each action and what it needs."""
        reason, text = {"reason": "理由"}, {"text": "情况"}
        meeting = {"held_on": clock.today(), "attendees": "甲、乙", "decision": "议定", "unit": self.unit, "due_on": clock.today()}
        return {
            A.ACCEPT: (service.accept_issue, {}),
            A.SEND_BACK: (service.send_back_issue, reason),
            A.RESUBMIT: (service.resubmit_issue, {"description": "补充后的说明", **text}),
            A.DECLINE: (service.decline_issue, reason),
            A.WITHDRAW: (service.withdraw_issue, reason),
            A.GRADE: (service.grade_issue, {"grade": "C", "cause": "pipes"}),
            A.REGRADE: (service.regrade_issue, {"grade": "B", "cause": "land", **reason}),
            A.ASSIGN: (service.assign_issue, {"unit": self.unit}),
            A.REASSIGN: (service.reassign_issue, {"unit": self.other, **reason}),
            A.URGE: (service.urge_issue, text),
            A.TAKE: (handling.take_issue, {}),
            A.REFUSE: (handling.refuse_issue, reason),
            A.PROGRESS: (handling.note_progress, text),
            A.REPLY: (handling.reply_issue, text),
            A.RETURN_REPLY: (handling.return_reply, reason),
            A.VERIFY: (handling.verify_issue, text),
            A.REJECT_CLOSING: (service.reject_closing, reason),
            A.CLOSE: (service.close_issue, {}),
            A.ESCALATE: (escalation.escalate_issue, reason),
            A.COORDINATE: (escalation.coordinate_issue, text),
            A.TO_MEETING: (escalation.submit_to_meeting, reason),
            A.MEET: (escalation.record_meeting, meeting),
            A.TO_LEADER: (escalation.report_to_leader, reason),
            A.INSTRUCT: (escalation.instruct_issue, text),
            A.TRANSCRIBE: (escalation.transcribe_instruction, {"given_by": "张区长", **text}),
        }


def staff(unit: Unit, name: str) -> User:
    """Return a reporter whose person has a post in the unit."""
    user = make_user("reporter", name=name)
    make_person(name, note=f"{unit}", posts=[{"unit": unit, "title": "工作人员"}], account=user)
    return user
