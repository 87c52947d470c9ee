"""Reminders that come with the days (due in 7, 3, 1 days, overdue once) and the one mail a day that carries them (design.md §1).

`manage.py remind` runs both once a day. Each line is written once per window, so that a second run adds nothing; a day that was
missed is made up for by the window that holds then.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day
from erqi.common.models import User
from projects.choices import GRAVE_LEVELS, ReminderKind, ReportState, ResponsibilityKind, WarningLevel
from projects.models import DateRequest, Digest, Hold, ProgressReport, Project, Reminder, ReportCorrection, Responsibility
from projects.querysets.responsibility import in_force
from projects.rules.colour import turns
from projects.rules.responsibility import reporting_unit
from projects.sentences.warning import cause_words
from projects.services.facts import schedules_of, warned_entries
from projects.services.grid import accounts_of, grids, permissions_by_grants
from projects.services.period import current_month
from projects.services.reminder import notify

WINDOWS = (1, 3, 7)
# A request that has waited so many working days is told again to those who decide.
WAITS = 3


@dataclass(frozen=True)
class Told:
    """How many lines were written, and how many mails were sent or could not be."""

    lines: int
    sent: int
    failed: int


def window(due_on: date, day: date) -> str:
    """Return in which window a due day stands: "7", "3", "1", "overdue", or "" while it is further away."""
    left = (due_on - day).days
    if left < 0:
        return "overdue"
    return next((str(days) for days in WINDOWS if left <= days), "")


@transaction.atomic
def write_reminders() -> int:
    """Write what the business date brings into the inboxes and return the number of new lines."""
    day = clock.today()
    entries = warned_entries(day.year, day).listed(day).filter(closed_on=None).select_related("project")
    listed = {entry.project_id: entry.project for entry in entries}
    grid = grids(listed, day)
    units = {key: reporting_unit(grid.get(key, [])) for key in listed}
    people = accounts_of({unit for unit in units.values() if unit is not None}, "report.write", day)
    writers = {key: people.get(unit, []) if unit is not None else [] for key, unit in units.items()}
    return _of_month(listed, writers, day) + _of_colours(listed, writers, day) + _of_holds(writers, day) + _of_requests(day)


def _of_month(listed: dict[int, Project], writers: dict[int, list[User]], day: date) -> int:
    """One line a person for the month's open reports."""
    month = current_month(day)
    stage = window(month.due_on, day) if month.is_open(day) else ""
    if not stage:
        return 0
    filed = ProgressReport.objects.of_month(month.year, month.month).filter(state__in=[ReportState.FILED, ReportState.PASSED])
    done = set(filed.values_list("project_id", flat=True))
    left: dict[int, int] = defaultdict(int)
    users: dict[int, User] = {}
    for key in listed:
        for user in writers[key] if key not in done else []:
            users[user.pk] = user
            left[user.pk] += 1
    overdue = stage == "overdue"
    return sum(
        notify(
            users=[user],
            kind=ReminderKind.OVERDUE if overdue else ReminderKind.DUE,
            key=f"report/{month.year}-{month.month}/{month.due_on}/{stage}",
            title=f"{month.month}月月报{'已逾期' if overdue else '即将截止'}：还有 {left[pk]} 个项目未报",
            text=f"{chinese_day(month.due_on)}截止，{chinese_day(month.locks_on)}后锁定。",
            url=f"{reverse('projects:report_grid')}?year={month.year}&month={month.month}",
        )
        for pk, user in users.items()
    )


def _of_colours(listed: dict[int, Project], writers: dict[int, list[User]], day: date) -> int:
    """A line for a project that turned yellow or red, and for one that will within a week."""
    patrons = defaultdict(list)
    rows = Responsibility.objects.filter(
        in_force(day),
        kind__in=[ResponsibilityKind.PATRON, ResponsibilityKind.INSPECTOR],
        person__account__is_active=True,
        project__in=listed,
    ).select_related("person__account")
    for row in rows.select_related("person__account"):
        patrons[row.project_id].append(row.person.account)
    written = 0
    for row, policy in schedules_of(listed, day):
        project, level = listed[row.project_id], row.level_on(day)
        if level in GRAVE_LEVELS:
            began = row.since(day)
            written += notify(
                users=[*writers[project.pk], *patrons[project.pk]],
                kind=ReminderKind.TURNED,
                key=f"turned/{project.pk}/{level.code}/{began}",
                title=f"{project}转为{policy.label(level)}",
                text=f"自{chinese_day(began)}起。",
                url=project.get_absolute_url(),
            )
        ahead = [turn for turn in turns(row.schedule.thresholds, row.bounds, day, day + timedelta(days=max(WINDOWS))) if turn[2] > turn[1]]
        for turn, _, to in ahead[:1]:
            if to not in GRAVE_LEVELS:
                continue
            cause = row.schedule.thresholds.cause(WarningLevel(to))
            written += notify(
                users=writers[project.pk],
                kind=ReminderKind.DUE,
                key=f"turns/{project.pk}/{to.code}/{turn}/{window(turn, day)}",
                title=f"{project}将于{chinese_day(turn)}转为{policy.label(to)}",
                text=f"{cause_words(cause, policy.basis)}。" if cause else "",
                url=project.get_absolute_url(),
            )
    return written


def _of_holds(writers: dict[int, list[User]], day: date) -> int:
    """A line for a hold that ends within a week: it is renewed in time, or the colour comes back."""
    soon = Hold.objects.covering(day).filter(project__in=writers, until__lte=day + timedelta(days=max(WINDOWS))).select_related("project")
    return sum(
        notify(
            users=writers[hold.project_id],
            kind=ReminderKind.DUE,
            key=f"hold/{hold.pk}/{hold.until}/{window(hold.until, day)}",
            title=f"{hold.project}的暂停将于{chinese_day(hold.until)}到期",
            text="到期后恢复评价；仍不能复工的，请在到期前申请续期。",
            url=hold.get_absolute_url(),
        )
        for hold in soon
    )


def _of_requests(day: date) -> int:
    """One line, for all who decide, about the requests that have waited too long."""
    since = workdays.add_workdays(day, -WAITS)
    waiting = sum(
        rows.filter(state="pending", requested_on__lte=since).count()
        for rows in (DateRequest.objects.all(), Hold.objects.all(), ReportCorrection.objects.all())
    )
    if not waiting:
        return 0
    return notify(
        users=deciders(),
        kind=ReminderKind.TASK,
        key=f"requests/{day}",
        title=f"{waiting} 份申请已等待 {WAITS} 个工作日以上",
        text="审批前相关节点计时暂停，请尽快办理。",
        url=reverse("projects:request_list"),
    )


def deciders() -> list[User]:
    """Return the active accounts that decide on requests."""
    accounts = User.objects.filter(is_active=True, is_superuser=False).prefetch_related("grants")
    return [user for user in accounts if "request.decide" in permissions_by_grants(user)]


def send_digests(base_url: str = "") -> tuple[int, int]:
    """Send each person with an address one mail with the day's unread lines that no mail carried yet; return (sent, failed).

    The day's digest is stored before it is sent and marked after: a run that was cut off goes on with those that are not marked, so
    that nobody gets two mails of a day unless the machine dies between the sending and the mark.
    """
    day = clock.today()
    with transaction.atomic():
        fresh: dict[int, list[Reminder]] = defaultdict(list)
        rows = Reminder.objects.select_for_update(of=("self",)).unread().filter(digest=None, user__is_active=True).exclude(user__email="")
        for reminder in rows.order_by("pk"):
            fresh[reminder.user_id].append(reminder)
        sent_already = set(Digest.objects.filter(day=day, user__in=fresh).exclude(sent_at=None).values_list("user_id", flat=True))
        for user, reminders in fresh.items():
            # What comes after the day's mail waits for tomorrow's: never more than one a day.
            if user not in sent_already:
                digest, _ = Digest.objects.get_or_create(user_id=user, day=day)
                Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders]).update(digest=digest)
    return _send(list(Digest.objects.filter(day=day, sent_at=None).select_related("user").order_by("pk")), base_url)


def _send(digests: Collection[Digest], base_url: str) -> tuple[int, int]:
    sent = failed = 0
    connection = get_connection()
    for digest in digests:
        try:
            connection.send_messages([message(digest, base_url)])
        except OSError:
            # The mail server's trouble: the mark stays off, and the next run tries again.
            failed += 1
            continue
        Digest.objects.filter(pk=digest.pk).update(sent_at=timezone.now())
        sent += 1
    return sent, failed


def message(digest: Digest, base_url: str = "") -> EmailMessage:
    """Return the mail of a digest: one line each, with the address of its page when the installation's own is known."""
    reminders = list(digest.reminders.order_by("pk"))
    lines = [f"{digest.user}，您好：", "", f"截至{chinese_day(digest.day)}，您有 {len(reminders)} 条提醒：", ""]
    for number, reminder in enumerate(reminders, 1):
        lines.append(f"{number}. {reminder.title}")
        address = f"{base_url.rstrip('/')}{reminder.url}" if base_url and reminder.url else ""
        lines += [f"   {text}" for text in (reminder.text, address) if text]
    lines += ["", "本邮件由系统自动发送，请登录平台办理，无需回复。"]
    return EmailMessage(subject=f"重点项目平台：{len(reminders)} 条提醒（{digest.day}）", body="\n".join(lines), to=[digest.user.email])


def remind(base_url: str = "") -> Told:
    """Write the day's reminders and send the day's mails."""
    lines = write_reminders()
    sent, failed = send_digests(base_url)
    return Told(lines, sent, failed)
