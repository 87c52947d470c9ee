"""What the days bring to those who report projects: months and milestones that fall due, colours that turned or will, pauses that end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse

from erqi.common import workdays
from erqi.common.models import User
from projects.choices import GRAVE_LEVELS, ReminderKind, WarningLevel
from projects.models import Project, WarningSchedule
from projects.rules.colour import turns
from projects.rules.policy import Policy
from projects.rules.reminder import OVERDUE, window
from projects.rules.warning import Cause, CauseKind, MilestoneFact, Thresholds
from projects.sentences.colour import month_day
from projects.sentences.report import calendar_words, month_name
from projects.sentences.todo import locks_words, turn_ahead_words
from projects.sentences.warning import cause_words, reason_words
from projects.services.addressees import Addressees, accounts_with
from projects.services.facts import schedules_of
from projects.services.holds_ending import holds_ending
from projects.services.period import Month, open_months
from projects.services.reminder import Line

# What has been over for longer is told by the colour that it gave, and by the list of things to do.
FRESH = timedelta(days=30)


@dataclass(frozen=True)
class Day:
    """A day on which reminders are written, and the next one: the following working day."""

    on: date

    @cached_property
    def next(self) -> date:
        return workdays.add_workdays(self.on, 1)

    def window(self, due_on: date) -> str:
        """Return in which window a due day stands."""
        return window(due_on, self.on, self.next)


def month_lines(day: Day, of: Addressees) -> Iterator[Line]:
    """A line a person for each open month with projects that are not reported: before its last day, after it, before the lock."""
    for month in open_months(day.on):
        stage, locks = day.window(month.due_on), day.window(month.locks_on) == "1"
        if not stage:
            continue
        people = of if month.year == of.year else Addressees(month.year, day.on)
        for user, keys in people.reporters_of(people.unreported(month.month)):
            yield _month_line(month, user, len(keys), stage, day)
            if locks and stage == OVERDUE:
                yield _lock_line(month, user, len(keys), day)


def _month_line(month: Month, user: User, left: int, stage: str, day: Day) -> Line:
    name = month_name(month.year, month.month, day.on)
    late = stage == OVERDUE
    return Line(
        [user],
        ReminderKind.OVERDUE if late else ReminderKind.DUE,
        f"report/{month.year}-{month.month}/{month.due_on}/{stage}",
        f"{name}月报{'已逾期' if late else '即将截止'}：还有 {left} 个项目未报",
        f"{calendar_words(month, day.on).partition('：')[2].partition('；')[0]}；{locks_words(month.locks_on, day.on)}。",
        _grid_url(month),
    )


def _lock_line(month: Month, user: User, left: int, day: Day) -> Line:
    return Line(
        [user],
        ReminderKind.OVERDUE,
        f"report/{month.year}-{month.month}/locks/{month.locks_on}",
        f"{month_name(month.year, month.month, day.on)}月报即将锁定：还有 {left} 个项目未报",
        f"{locks_words(month.locks_on, day.on)}。",
        _grid_url(month),
    )


def _grid_url(month: Month) -> str:
    return f"{reverse('projects:report_grid')}?year={month.year}&month={month.month}"


def project_lines(day: Day, of: Addressees) -> Iterator[Line]:
    """The lines about single projects: milestones that fall due, colours that turned, colours that will."""
    grave = accounts_with("lifting.confirm")
    for row, policy in schedules_of(of.projects, day.on):
        project, level = of.projects[row.project_id], row.level_on(day.on)
        if level in (WarningLevel.PAUSED, WarningLevel.DONE):
            continue
        thresholds = row.schedule.thresholds
        worse = _worse(row, thresholds, day)
        cause = _giving(thresholds, level, day) if level in GRAVE_LEVELS else None
        for milestone in row.known_facts.milestones:
            # What made the project yellow or red is told by the line about its colour.
            made_it = cause is not None and cause.kind is CauseKind.MILESTONE and cause.key == milestone.key
            if not made_it and (line := _milestone_line(project, milestone, worse, policy, thresholds, day)):
                yield _addressed(line, of.reporters[project.pk], row)
        if level in GRAVE_LEVELS:
            people = [*of.reporters[project.pk], *of.reviewers[project.pk], *of.watchers[project.pk]]
            yield _addressed(_turned_line(project, level, row, policy, day), people + (grave if level == WarningLevel.RED else []), row)
        if worse is not None and (line := _ahead_line(project, worse, policy, thresholds, day)):
            yield _addressed(line, of.reporters[project.pk], row)


def _addressed(line: Line, users: list[User], row: WarningSchedule) -> Line:
    return Line(users, line.kind, line.key, line.title, line.text, line.url, row.simulated)


def _worse(row: WarningSchedule, thresholds: Thresholds, day: Day) -> tuple[date, WarningLevel] | None:
    """Return when the colour turns worse by itself, and to what."""
    ahead = turns(thresholds, row.bounds, day.on, date(row.year, 12, 31))
    return next(((turn, WarningLevel(to)) for turn, before, to in ahead if before < to <= WarningLevel.RED), None)


def _giving(thresholds: Thresholds, level: WarningLevel, day: Day) -> Cause | None:
    """Return what gives the level on the day; None where it will do so later, or nothing does."""
    turns_on = thresholds.on(level)
    return thresholds.cause(level) if turns_on is not None and turns_on <= day.on else None


def _milestone_line(
    project: Project, fact: MilestoneFact, worse: tuple[date, WarningLevel] | None, policy: Policy, thresholds: Thresholds, day: Day
) -> Line | None:
    # While a request for another date waits the clock stands still.
    if fact.done or fact.due_on is None or fact.pending_since is not None or fact.due_on < day.on - FRESH:
        return None
    stage = day.window(fact.due_on)
    if not stage:
        return None
    left = (fact.due_on - day.on).days
    when = f"已逾期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"{month_day(fact.due_on, day.on)}到期，还有 {left} 天"
    cause = thresholds.cause(worse[1]) if worse is not None else None
    follows = ""
    if worse is not None and cause is not None and cause.kind is CauseKind.MILESTONE and cause.key == fact.key:
        follows = f"；{turn_ahead_words(policy, *worse, day.on)}"
    return Line(
        [],
        ReminderKind.OVERDUE if stage == OVERDUE else ReminderKind.DUE,
        f"milestone/{fact.key}/{fact.due_on}/{stage}",
        f"“{project}”节点“{fact.name}”{'已逾期' if stage == OVERDUE else '即将到期'}",
        f"{when}{follows}。",
        reverse("projects:milestone_update", args=[fact.key]),
    )


def _turned_line(project: Project, level: WarningLevel, row: WarningSchedule, policy: Policy, day: Day) -> Line:
    began = row.since(day.on)
    cause = _giving(row.schedule.thresholds, level, day)
    # Without one the level is kept by a person: set by hand, or not yet lifted. That is how it stands, and not why it turned.
    kept = reason_words(level, policy, [], row.bounds, day.on)
    why = f"：{cause_words(cause, policy.basis)}" if cause is not None else f"。现状：{kept}"
    return Line(
        [],
        ReminderKind.TURNED,
        f"turned/{project.pk}/{level.code}/{began}",
        f"“{project}”转为{policy.label(level)}",
        f"自{month_day(began, day.on)}起{why}。",
        reverse("projects:project_colour", args=[project.code]),
    )


def _ahead_line(project: Project, worse: tuple[date, WarningLevel], policy: Policy, thresholds: Thresholds, day: Day) -> Line | None:
    turn, to = worse
    stage = day.window(turn)
    cause = thresholds.cause(to)
    # A milestone that will turn it yellow has just fallen due, and its line says so.
    told = to == WarningLevel.YELLOW and cause is not None and cause.kind is CauseKind.MILESTONE
    if to not in GRAVE_LEVELS or not stage or told:
        return None
    return Line(
        [],
        ReminderKind.DUE,
        f"turns/{project.pk}/{to.code}/{turn}/{stage}",
        f"“{project}”{month_day(turn, day.on)}将转为{policy.label(to)}",
        f"如无新进展：届时{cause_words(cause, policy.basis)}。" if cause is not None else "",
        reverse("projects:project_colour", args=[project.code]),
    )


def hold_lines(day: Day, of: Addressees) -> Iterator[Line]:
    """A line for a pause that ends within a week: it is renewed in time, or the colour comes back."""
    for hold in holds_ending(list(of.projects), day.on):
        yield Line(
            of.reporters[hold.project_id],
            ReminderKind.DUE,
            f"hold/{hold.pk}/{hold.last_day}/{day.window(hold.last_day)}",
            f"“{hold.project}”的暂停{month_day(hold.last_day, day.on)}到期",
            "到期次日恢复评价；仍不能复工的，请在到期前申请续期。",
            reverse("projects:hold_new", args=[hold.project.code]),
            hold.simulated,
        )
