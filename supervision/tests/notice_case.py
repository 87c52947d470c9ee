"""What the tests of notices share: people, units, a project, and a notice brought to a state by the services."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from erqi.common import clock, workdays
from erqi.common.models import User
from projects.choices import ResponsibilityKind
from projects.models import Project, Unit
from projects.tests.builders import make_person, make_project, make_responsibility, make_unit, make_user
from supervision.choices import NoticeKind, NoticeSource, NoticeState
from supervision.models import Notice, NoticeOrder
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units

# A Monday with an ordinary week behind it.
DAY = date(2018, 6, 4)


@dataclass
class Cast:
    """The people of a notice's life: a writer, another person of the office, an inspector, a leader, and two units with their staff."""

    unit: Unit = field(default_factory=lambda: make_unit("马寨产业集聚区管委会"))
    other: Unit = field(default_factory=lambda: make_unit("区城管执法局"))
    project: Project | None = None
    writer: User = field(default_factory=lambda: make_user("supervision", name="督察办甲"))
    second: User = field(default_factory=lambda: make_user("supervision", name="督察办乙"))
    inspector: User = field(default_factory=lambda: make_user("inspector", name="督察员丙"))
    leader: User = field(default_factory=lambda: make_user("leader", name="区领导丁"))
    reporter: User = field(init=False)
    stranger: User = field(init=False)

    def __post_init__(self) -> None:
        self.reporter = staff(self.unit, "reporter", "填报员戊")
        self.stranger = staff(self.other, "reporter", "填报员己")

    def with_project(self, name: str = "道路工程") -> "Cast":
        """Give the unit a project that it reports."""
        self.project = make_project(name)
        make_responsibility(self.project, self.unit, ResponsibilityKind.UNDERTAKE)
        return self

    def change(self, notice: Notice, **values: Any) -> Notice:
        """Have another text proposed by the writer and approved by the leader."""
        words = {"title": notice.title, "text": notice.text, "due_on": None, "reason": "会议补充"} | values
        notice = changing.propose_change(notice=notice, version=None, by=self.writer, **words)
        return changing.approve_change(notice=notice, version=None, by=self.leader)

    def draft(self, **values: Any) -> Notice:
        first = {
            "kind": NoticeKind.ASSIGN,
            "source": NoticeSource.MEETING,
            "title": "关于会议事项的交办",
            "text": "请按会议要求办理。",
            "unit": self.unit,
            "by": self.writer,
        }
        return office.draft_notice(**first | values)

    def issued(self, on: date = DAY, **values: Any) -> Notice:
        with clock.at(on):
            notice = self.draft(**values)
            notice = office.submit_notice(notice=notice, version=None, by=self.writer)
            notice = office.approve_notice(notice=notice, version=None, by=self.leader)
            return office.issue_notice(notice=notice, version=None, by=self.writer)

    def signed(self, on: date = DAY, **values: Any) -> Notice:
        with clock.at(on):
            return units.sign_notice(notice=self.issued(on, **values), version=None, by=self.reporter)

    def replied(self, on: date = DAY, **values: Any) -> Notice:
        with clock.at(on):
            return units.reply_notice(notice=self.signed(on, **values), text="已按要求办理。", cause="land", version=None, by=self.reporter)

    def reviewed(self, on: date = DAY) -> Notice:
        with clock.at(on):
            return units.pass_reply(notice=self.replied(on), text="已核实。", version=None, by=self.inspector)

    def closed(self, on: date = DAY) -> Notice:
        with clock.at(on):
            return units.close_notice(notice=self.reviewed(on), text="同意办结。", version=None, by=self.second)


def staff(unit: Unit, role: str, name: str) -> User:
    """Return an account with the role whose person has a post in the unit."""
    user = make_user(role, name=name)
    make_person(name, posts=[{"unit": unit, "title": "工作人员"}], account=user)
    return user


def state(notice: Notice) -> str:
    return NoticeState(Notice.objects.get(pk=notice.pk).state)


def order_on(notice: Notice) -> NoticeOrder:
    """Return a leader's instruction on a notice."""
    due_on = workdays.add_workdays(clock.today(), 3)
    return units.instruct(notice=notice, text="请抓紧", addressee="handler", due_on=due_on, version=None, by=None)
