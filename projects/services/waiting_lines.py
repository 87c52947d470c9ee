"""What has waited too long for somebody: requests, liftings, reports that nobody reviewed. Told once after three
working days and once more after six."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from erqi.common import workdays
from erqi.common.models import User
from projects.choices import LiftingState, ReminderKind, ReportState
from projects.models import DateRequest, Hold, Lifting, ProgressReport, ReportCorrection
from projects.rules.reminder import OVERDUE
from projects.rules.todo import WAITS, WAITS_LONG
from projects.sentences.report import month_name
from projects.sentences.todo import review_locks_words
from projects.services.addressees import Addressees, accounts_with
from projects.services.due_lines import Day
from projects.services.period import open_months
from projects.services.reminder import Line


def _stage(since: date, day: date) -> int:
    """Return after how many working days of waiting people are told now; 0: not yet."""
    waited = workdays.workdays_between(since, day)
    return WAITS_LONG if waited >= WAITS_LONG else WAITS if waited >= WAITS else 0


def request_lines(day: Day) -> Iterator[Line]:
    """The requests that wait, for those who decide on them; not for whoever asked."""
    kinds: list[tuple[str, str, str, Any]] = [
        ("request.decide", "date-request", "变更时限申请", DateRequest.objects.pending().select_related("milestone__project")),
        ("request.decide", "hold-request", "暂停申请", Hold.objects.pending().select_related("project")),
        ("report.manage", "correction-request", "更正单", ReportCorrection.objects.pending().select_related("report__project")),
    ]
    people = {code: accounts_with(code) for code in ("request.decide", "report.manage")}
    for permission, name, word, rows in kinds:
        for row in rows.filter(requested_on__lt=day.on).order_by("pk"):
            if stage := _stage(row.requested_on, day.on):
                yield Line(
                    [user for user in people[permission] if user.pk != row.requested_by_id],
                    ReminderKind.TASK,
                    f"{name}/{row.pk}/waits/{stage}",
                    f"{word}已等 {workdays.workdays_between(row.requested_on, day.on)} 个工作日：{_subject(row)}",
                    f"{row.requested_by_name}提出，请尽快审批。",
                    row.get_absolute_url(),
                    row.simulated,
                )


def _subject(row: Any) -> str:
    if isinstance(row, DateRequest):
        return f"{row.milestone.project} {row.milestone}"
    return str(row.report) if isinstance(row, ReportCorrection) else str(row.project)


def lifting_lines(day: Day) -> Iterator[Line]:
    """The liftings that wait: for inspectors to be verified, for the supervision office to be confirmed."""
    people = {LiftingState.PROPOSED: accounts_with("lifting.verify"), LiftingState.VERIFIED: accounts_with("lifting.confirm")}
    for row in Lifting.objects.awaiting(day.on).select_related("project").order_by("pk"):
        since, state = row.verified_on or row.proposed_on, LiftingState(row.state)
        if stage := _stage(since, day.on):
            yield Line(
                [user for user in people[state] if user.pk != row.verified_by_id],
                ReminderKind.TASK,
                f"lifting/{row.pk}/waits/{state}/{stage}",
                f"“{row.project}”摘牌{state.label}，已等 {workdays.workdays_between(since, day.on)} 个工作日",
                "办结之前，项目一直显示原状态。",
                row.get_absolute_url(),
                row.simulated,
            )


def review_lines(day: Day, of: Addressees) -> Iterator[Line]:
    """A line a reviewer for each open month with reports to review: on the last day for it, and when it is over."""
    for month in open_months(day.on):
        stage = day.window(month.review_by)
        if stage not in ("1", OVERDUE):
            continue
        people = of if month.year == of.year else Addressees(month.year, day.on)
        users: dict[int, User] = {}
        left: dict[int, int] = defaultdict(int)
        filed = ProgressReport.objects.of_month(month.year, month.month).filter(state=ReportState.FILED)
        for key, by in filed.values_list("project_id", "filed_by"):
            for user in people.reviewers.get(key, ()):
                if user.pk != by:
                    users[user.pk] = user
                    left[user.pk] += 1
        for pk in sorted(users):
            yield Line(
                [users[pk]],
                ReminderKind.OVERDUE if stage == OVERDUE else ReminderKind.DUE,
                f"review/{month.year}-{month.month}/{month.review_by}/{stage}",
                f"{month_name(month.year, month.month, day.on)}月报：{left[pk]} 份待审核" + ("，已过审核时限" if stage == OVERDUE else ""),
                f"{review_locks_words(month.locks_on, day.on)}。",
                f"{reverse('projects:report_review')}?year={month.year}&month={month.month}",
            )
