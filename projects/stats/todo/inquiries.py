"""The line of a leader's question (领导问查) that nobody has answered: somebody's to-do (design.md §1)."""

from datetime import date

from django.urls import reverse

from erqi.common import workdays
from projects.models import MilestoneUpdate
from projects.rules.todo import waited_level
from projects.sentences.colour import month_day
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item


def asked_words(update: MilestoneUpdate, day: date) -> str:
    """Return who asked when, and what."""
    return f"{update.by_name}{month_day(update.recorded_on, day)}问查：{update.text}"


def inquiry_item(update: MilestoneUpdate, desk: Desk) -> Item:
    """Return the line of a question that awaits an answer."""
    days = workdays.workdays_between(update.recorded_on, desk.day)
    return Item(
        "inquiry",
        f"领导问查：{update.milestone}",
        reverse("projects:milestone_update", args=[update.milestone_id]),
        "答复",
        waited_level(days),
        update.recorded_on,
        text=asked_words(update, desk.day),
        follows=f"已等 {days} 个工作日，尚未答复" if days else "今天提出",
        project=update.milestone.project,
        simulated=update.simulated,
    )
