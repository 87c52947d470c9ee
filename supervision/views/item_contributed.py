"""What items, inspections, findings and leaders' questions contribute to the pages of the other app: said once, when the app is ready."""

from erqi.common import contributions
from erqi.common.contributions import Panel
from supervision.services import escalation, finding_due, item_lines, item_schedule
from supervision.stats import item_panels, item_todo


def contribute() -> None:
    """Enter the contributions."""
    contributions.WORDS.todo_kinds.update(item_todo.KINDS)
    contributions.WORDS.acting |= {"inspect", "supervise"}
    contributions.TODO.add(item_todo.todo_items)
    contributions.WAITING.add(item_todo.waiting)
    contributions.REMINDERS.add(item_lines.reminders)
    contributions.RESCHEDULED.add(item_schedule.refresh_outdated)
    contributions.BADGES.add(item_panels.badges)
    contributions.MILESTONE_ACTIONS.add(item_panels.milestone_actions)
    if finding_due.untrue not in escalation.UNTRUE:
        escalation.UNTRUE.append(finding_due.untrue)
    contributions.HEADLINES.add(item_panels.headlines)
    contributions.PROJECT_PANELS.add(Panel("items", "supervision/_project_items.html", item_panels.project_panel, order=50))
    contributions.UNIT_PANELS.add(Panel("items", "supervision/_unit_items.html", item_panels.unit_panel, order=50))
