"""The simulated decisions on proposals to escalate (fixtures/demo/escalations.json); what is proposed follows from the colours."""

from datetime import date
from functools import partial
from typing import Any

from projects.imports.simulation.material import YEAR
from supervision.imports.simulation.run import Story, day_of
from supervision.models import Escalation
from supervision.services import escalation as service

# The office has worked with proposals since then.
FIRST = date(YEAR, 9, 3)


def plan(story: Story) -> None:
    """Propose on each day what is due, and decide as the file says: always on what waits about a project."""
    for row in story.read("escalations.json"):
        story.at(day_of(row["on"]), partial(_decide, story, row))
    story.daily.append(_propose)


def _propose(day: date) -> None:
    if day >= FIRST:
        service.propose_escalations()


def _decide(story: Story, row: dict[str, Any]) -> None:
    project = story.cast.project(row["project"])
    escalation = Escalation.objects.open().get(project=project)
    known = {"escalation": escalation, "version": escalation.version, "by": story.cast.user(row["by"])}
    if row["do"] == "confirm":
        service.confirm_escalation(note=row.get("text", ""), **known)
    else:
        service.decline_escalation(reason=row["text"], **known)
