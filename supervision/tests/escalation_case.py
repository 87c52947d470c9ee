"""A proposal to escalate, for tests that need one."""

from datetime import date
from typing import Any

from projects.choices import WarningLevel
from projects.models import Project
from supervision.choices import EscalationAction, EscalationTrigger, Party
from supervision.models import Escalation
from supervision.rules.escalation import MACHINE, weight
from supervision.services import acting


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
