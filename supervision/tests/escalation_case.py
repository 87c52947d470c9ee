"""What the tests of proposals to escalate share: a project that falls behind, what is proposed on a day, a notice sent by hand."""

from datetime import date
from typing import Any

from erqi.common import clock
from projects.choices import WarningLevel
from projects.models import Ledger, Project
from projects.tests.builders import make_entry, make_milestone, make_project, make_responsibility, make_unit, make_user
from supervision.choices import EscalationAction, EscalationTrigger, Party
from supervision.models import Escalation, Notice
from supervision.rules.escalation import MACHINE, weight
from supervision.services import acting
from supervision.services import escalation as service
from supervision.services import notice as office
from supervision.services.notice import draft_notice

# A milestone due on 1 May is yellow from the 9th and red from 1 June.
YELLOW, YELLOW_LONG, RED, RED_LONG = date(2018, 5, 9), date(2018, 5, 30), date(2018, 6, 1), date(2018, 8, 27)


def make_escalation(project: Project, trigger: str = EscalationTrigger.RED, **values: Any) -> Escalation:
    """Return an open proposal about a project."""
    values = {
        "year": 2018,
        "level": WarningLevel.RED,
        "since": date(2018, 6, 1),
        "proposed_on": date(2018, 6, 4),
        "reason": "自6月1日起告警：“主体施工”已逾期 31 天",
    } | values
    escalation = Escalation(project=project, trigger=trigger, weight=weight(trigger), **values)
    return acting.act(escalation, MACHINE, EscalationAction.PROPOSE, by=None, parties=set(Party))[0]


def late(ledger: Ledger, name: str = "道路工程") -> Project:
    """Return a project whose milestone was due on the first of May, with a unit that answers for it."""
    with clock.at(date(2018, 3, 1)):
        project = make_project(name)
        make_responsibility(project, make_unit(f"{name}指挥部"), "undertake")
        make_entry(ledger, project)
        make_milestone(project, "other", name="主体施工", due_on=date(2018, 5, 1))
    return project


def propose(day: date) -> list[str]:
    with clock.at(day):
        return [escalation.trigger for escalation in service.propose_escalations()]


def states() -> list[tuple[str, str]]:
    return list(Escalation.objects.order_by("pk").values_list("trigger", "state"))


def send(project: Project, kind: str, source: str, on: date) -> Notice:
    """Return a notice that the office issued by hand."""
    writer, other = make_user("supervision"), make_user("supervision")
    with clock.at(on):
        notice = draft_notice(kind=kind, source=source, project=project, title="关于道路工程的通知", text="请加快推进。", by=writer)
        notice = office.submit_notice(notice=notice, version=None, by=writer)
        notice = office.approve_notice(notice=notice, version=None, by=other)
        return office.issue_notice(notice=notice, version=None, by=writer)
