"""The simulated problems reported directly (fixtures/demo/issues.json): each with its steps, the day, who, what."""

from functools import partial
from typing import Any

from projects.imports.simulation import pictures
from supervision.imports.simulation.run import Story, day_of
from supervision.models import Issue
from supervision.services import issue as service
from supervision.services import issue_escalation as escalation
from supervision.services import issue_handling as handling

SERVICES = {
    "send_back": service.send_back_issue,
    "decline": service.decline_issue,
    "resubmit": service.resubmit_issue,
    "withdraw": service.withdraw_issue,
    "accept": service.accept_issue,
    "grade": service.grade_issue,
    "regrade": service.regrade_issue,
    "assign": service.assign_issue,
    "reassign": service.reassign_issue,
    "urge": service.urge_issue,
    "reject_closing": service.reject_closing,
    "close": service.close_issue,
    "take": handling.take_issue,
    "refuse": handling.refuse_issue,
    "progress": handling.note_progress,
    "reply": handling.reply_issue,
    "return_reply": handling.return_reply,
    "verify": handling.verify_issue,
    "escalate": escalation.escalate_issue,
    "coordinate": escalation.coordinate_issue,
    "to_meeting": escalation.submit_to_meeting,
    "meet": escalation.record_meeting,
    "to_leader": escalation.report_to_leader,
    "instruct": escalation.instruct_issue,
}


def plan(story: Story) -> None:
    """Put all problems of the file into the calendar of the story."""
    for row in story.read("issues.json"):
        known: dict[str, Issue] = {}
        story.at(day_of(row["on"]), partial(_report, story, row, known))
        for step in row.get("steps", []):
            story.at(day_of(step["on"]), partial(_step, story, step, known))


def _uploads(row: dict[str, Any]) -> list[Any]:
    return [pictures.upload(row["picture"])] if row.get("picture") else []


def _report(story: Story, row: dict[str, Any], known: dict[str, Issue]) -> None:
    known["issue"] = service.report_issue(
        title=row["title"],
        description=row["description"],
        place=row.get("place", ""),
        project=story.cast.project(row.get("project")),
        by=story.cast.user(row["by"]),
        uploads=_uploads(row),
    )


def _step(story: Story, step: dict[str, Any], known: dict[str, Issue]) -> None:
    values = {name: value for name, value in step.items() if name not in ("on", "by", "do", "picture")}
    if "unit" in values:
        values["unit"] = story.cast.unit(values["unit"])
    for name in ("held_on", "due_on"):
        if name in values:
            values[name] = day_of(values[name])
    if step.get("picture"):
        values["uploads"] = _uploads(step)
    issue = Issue.objects.get(pk=known["issue"].pk)
    SERVICES[step["do"]](issue=issue, version=issue.version, by=story.cast.user(step["by"]), **values)
