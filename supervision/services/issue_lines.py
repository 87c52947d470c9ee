"""What the days bring to those who have to do with problems reported directly: duties that a colour follows from, daily reminders."""

from collections.abc import Collection, Iterator
from datetime import date

from django.urls import reverse

from erqi.common import workdays
from erqi.common.contributions import Duty, Place
from erqi.common.models import User
from projects.choices import ReminderKind
from projects.services.addressees import Addressees, accounts_with
from projects.services.due_lines import Day
from projects.services.reminder import Line
from supervision.choices import IssueState
from supervision.models import Issue
from supervision.rules.issue import AT_UNIT, SOON
from supervision.services.issue_parties import authors_gone
from supervision.services.parties import acting_for, without_account

SOURCE = "issue"
# A report that nobody has accepted after so many working days is told once more.
UNSEEN = 1


def duties(projects: Collection[int], year: int, day: date) -> list[Duty]:
    """Return the problems of projects whose clock runs on the day: dimension D4 (问题办理)."""
    rows = Issue.objects.running(day).filter(project__in=projects, due_then__lte=date(year, 12, 31)).order_by("pk")
    return [Duty(row.project_id, "D4", SOURCE, row.pk, f"{row.number}{row.title}", row.due_then, row.simulated) for row in rows]


def place(key: int) -> Place:
    """Return where something is done about a problem that gives a colour."""
    return Place(reverse("supervision:issue_detail", args=[key]), "办理")


def reminders(day: Day, of: Addressees) -> Iterator[Line]:
    """A line for a limit that is near or over (the unit, and when it is over the office), for a report that nobody has accepted, and for
    what waits for somebody who has no account any more (those who stand in)."""
    rows = list(Issue.objects.near(day.on))
    people = acting_for({row.unit_id for row in rows if row.unit_id}, day=day.on)
    office = accounts_with("issue.handle")
    for row in rows:
        left = workdays.workdays_between(day.on, row.due_on) if day.on <= row.due_on else -1
        if left > SOON:
            continue
        late = left < 0
        when = f"已逾期 {(day.on - row.due_on).days} 天" if late else f"还有 {left} 个工作日" if left else "今天到期"
        users = [*(people[row.unit_id] if row.state in AT_UNIT else []), *(office if late or row.state not in AT_UNIT else [])]
        yield Line(
            users,
            ReminderKind.OVERDUE if late else ReminderKind.DUE,
            f"issue/{row.pk}/{row.due_on}/{'late' if late else 'soon'}",
            f"直报问题{'已逾期' if late else '即将到期'}：{row.title}",
            f"{row.get_state_display()}，{when}。",
            row.get_absolute_url(),
            row.simulated,
        )
    for row in Issue.objects.in_states([IssueState.REPORTED]):
        waited = workdays.workdays_between(row.reported_on, day.on)
        if waited >= UNSEEN:
            yield Line(
                office,
                ReminderKind.TASK,
                f"issue/{row.pk}/unseen/{row.reported_on}",
                f"直报问题尚未受理：{row.title}",
                f"{row.author_name}直报，已等 {waited} 个工作日。",
                row.get_absolute_url(),
                row.simulated,
            )
    yield from _gone(day, office)


def _gone(day: Day, office: list[User]) -> Iterator[Line]:
    """Yield a line for each problem whose unit, or whose author, can do nothing about it any more: an account may be stopped on any day."""
    rows = list(Issue.objects.in_states(AT_UNIT))
    bare = without_account({row.unit_id for row in rows}, day.on)
    for row in rows:
        if row.unit_id in bare:
            yield Line(
                office,
                ReminderKind.TASK,
                f"issue/{row.pk}/stand-in/{row.unit_id}",
                f"直报问题须代办或改派：{row.title}",
                f"承办单位{row.unit}没有可用的账号。",
                row.get_absolute_url(),
                row.simulated,
            )
    for row, people in authors_gone(Issue.objects.in_states([IssueState.RETURNED])):
        yield Line(
            people,
            ReminderKind.TASK,
            f"issue/{row.pk}/author-gone/{row.author_id}",
            f"直报问题须代为补充或撤回：{row.title}",
            f"直报人{row.author_name}的账号已不能办理。",
            row.get_absolute_url(),
            row.simulated,
        )
