"""Leaders' questions about milestones (领导问查) that nobody has answered: somebody's to-do (design.md §1)."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from erqi.common import workdays
from erqi.common.models import User
from projects.choices import UpdateLayer
from projects.models import MilestoneUpdate
from projects.rules.todo import waited_level
from projects.sentences.colour import month_day
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item


def inquiries(*, projects: Collection[int] | None = None, by: User | None = None) -> dict[int, MilestoneUpdate]:
    """Return the last unanswered question about each milestone (key), of these projects or asked by the account: one query.

    It is answered by whoever reports the project, or the office, saying afterwards how the milestone stands.
    """
    answers = MilestoneUpdate.objects.filter(
        milestone=OuterRef("milestone"), pk__gt=OuterRef("pk"), layer__in=[UpdateLayer.SELF, UpdateLayer.OFFICE]
    )
    rows = MilestoneUpdate.objects.filter(~Exists(answers), layer=UpdateLayer.LEADER)
    if projects is not None:
        rows = rows.filter(milestone__project__in=projects)
    if by is not None:
        rows = rows.filter(by=by)
    return {row.milestone_id: row for row in rows.select_related("milestone__project").order_by("pk")}


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
