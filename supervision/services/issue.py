"""Problems reported directly (问题直报): reporting, accepting, grading, handing over, closing (domain.md §5.4, §2).

Anybody who reports, reviews, inspects or leads may report one, straight to the office of key projects, which bypasses the chain of
units (D1). What is done by the unit and the inspector: services.issue_handling; escalation: services.issue_escalation.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock, workdays
from erqi.common.attachments import attach
from erqi.common.errors import InvalidInput, NotAllowed
from erqi.common.models import User
from erqi.common.saving import already, next_number, read_anew
from projects.choices import ReminderKind
from projects.models import Project, Responsibility, Unit
from projects.querysets.responsibility import in_force
from projects.services.addressees import accounts_with
from projects.services.decision import name_of
from projects.services.grid import units_of
from projects.services.locks import lock_project
from projects.services.reminder import notify
from projects.services.schedule import refresh
from supervision.choices import IssueAction
from supervision.models import Issue, IssueAct
from supervision.rules.issue import HANDING_OVER, MACHINE, due_day
from supervision.rules.limit import paused
from supervision.services import acting
from supervision.services.issue_parties import authors_gone, issue_parties, may_report, unit_people


def take_step(
    issue: Issue,
    action: str,
    *,
    by: User | None,
    version: int | None = None,
    request_key: UUID | None = None,
    text: str = "",
    uploads: Sequence[File] = (),
    values: Mapping[str, Any] | None = None,
    given: Collection[str] = (),
    check: Callable[[Issue], None] | None = None,
) -> tuple[Issue, IssueAct]:
    """Take a step of a problem and return it with its act; uploads hang on the act, and the project's colour is computed anew."""
    if issue.project_id:
        lock_project(issue.project_id)
    found, done = acting.act(
        issue,
        MACHINE,
        action,
        by=by,
        parties=issue_parties,
        version=version,
        request_key=request_key,
        text=text,
        values=values,
        given=given,
        check=check,
    )
    if done.is_repeat:
        return found, done
    if uploads:
        attach(owner=done, uploads=uploads, by=by)
    if found.project_id:
        refresh(found.project_id)
    return found, done


def tell(issue: Issue, act: IssueAct, users: Collection[User | None], title: str, kind: ReminderKind = ReminderKind.TASK) -> None:
    """Tell people what was done to a problem, once, by the submit that did it; whoever did it knows."""
    if act.is_repeat:
        return
    people = [user for user in users if user is not None and user.pk != act.by_id]
    text = f"{act.by_name}：{act.text}" if act.text else f"{act.by_name}办理"
    notify(
        users=people,
        kind=kind,
        key=f"issue/{issue.pk}/{act.pk}",
        title=title,
        text=text,
        url=issue.get_absolute_url(),
        simulated=issue.simulated,
    )


def wind_up(issue: Issue) -> None:
    """Move a locked problem's limit by the working days for which its reply was looked at: the clock stood meanwhile."""
    if issue.due_on is not None and issue.replied_on is not None:
        issue.due_on = paused(issue.due_on, issue.replied_on, clock.today(), workdays)


@transaction.atomic
def report_issue(
    *,
    title: str,
    description: str,
    by: User | None,
    project: Project | None = None,
    place: str = "",
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Issue:
    """Report a problem to the office of key projects and return it. The same form sent twice counts once.

    Raises NotAllowed without one of `REPORTING`, or (for a unit) about a project in which the own unit has no part; InvalidInput.
    """
    fresh = read_anew(by) if by is not None else None
    if by is not None and (fresh is None or not may_report(fresh)):
        raise NotAllowed("您没有直报问题的权限（或权限刚被收回）。如需办理，请联系安全管理员。")
    if earlier := already(Issue.objects.all(), request_key):
        return earlier
    own = sorted(units_of(fresh)) if fresh is not None else []
    if project is not None and fresh is not None and not _has_part(fresh, project, own):
        raise InvalidInput({"project": [f"“{project}”与您任职的单位没有责任关系。可不选项目，在情况说明中写明。"]})
    today = clock.today()
    issue = Issue(
        year=today.year,
        seq=next_number(f"issue/{today.year}"),
        title=title.strip(),
        description=description.strip(),
        place=place.strip(),
        project=project,
        reported_on=today,
        author=by,
        author_name=name_of(by),
        author_unit_id=own[0] if own else None,
    )
    issue, act = take_step(issue, IssueAction.REPORT, by=by, request_key=request_key)
    if uploads and not act.is_repeat:
        attach(owner=issue, uploads=uploads, by=by)
    tell(issue, act, accounts_with("issue.handle"), f"收到直报问题：{issue.title}")
    return issue


def _has_part(user: User, project: Project, own: Collection[int]) -> bool:
    """Say whether an account may name a project: offices, inspectors and leaders any, a unit those in which it has a part."""
    if any(user.can(code) for code in ("inspect", "issue.handle", "inquiry.ask")):
        return True
    rows = Responsibility.objects.filter(in_force(clock.today()), project=project, unit__in=own)
    return project.owner_id in own or rows.exists()


def send_back_issue(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Send a report back to be completed (`reason` says what is missing). Raises as `acting.act`; needs the office."""
    return _answered(issue, IssueAction.SEND_BACK, reason, version, by, request_key, "直报问题被退回补充")


def decline_issue(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Refuse to take a report, with the reason; it ends. Raises as `acting.act`; needs the office."""
    return _answered(issue, IssueAction.DECLINE, reason, version, by, request_key, "直报问题不予受理", ended_on=clock.today())


@transaction.atomic
def _answered(
    issue: Issue, action: IssueAction, text: str, version: int | None, by: User | None, key: UUID | None, title: str, **values: Any
) -> Issue:
    issue, act = take_step(issue, action, by=by, version=version, request_key=key, text=text, values=values)
    gone = dict(authors_gone([issue])) if not MACHINE.is_final(issue.state) else {}
    tell(issue, act, gone.get(issue, [issue.author]), f"{title}：{issue.title}", ReminderKind.DECIDED)
    return issue


@transaction.atomic
def resubmit_issue(
    *,
    issue: Issue,
    description: str,
    text: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Issue:
    """Complete a report that was sent back and report it again; `text` says what was added. Raises as `acting.act`; needs its author, or
    who stands in for one that is gone (services.issue_parties)."""
    issue, act = take_step(
        issue,
        IssueAction.RESUBMIT,
        by=by,
        version=version,
        request_key=request_key,
        text=text,
        uploads=uploads,
        values={"description": description.strip()},
    )
    tell(issue, act, accounts_with("issue.handle"), f"直报问题已补充：{issue.title}")
    return issue


@transaction.atomic
def withdraw_issue(*, issue: Issue, reason: str = "", version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Take one's own report back before it is accepted; it ends. Who stands in for an author that is gone says why.

    Raises as `acting.act`; InvalidInput without the reason of a stand-in."""

    def check(locked: Issue) -> None:
        if by is not None and by.pk != locked.author_id and not reason.strip():
            raise InvalidInput({"reason": [f"请写明为什么代{locked.author_name}撤回。"]})

    values = {"ended_on": clock.today()}
    return take_step(issue, IssueAction.WITHDRAW, by=by, version=version, request_key=request_key, text=reason, values=values, check=check)[
        0
    ]


@transaction.atomic
def accept_issue(*, issue: Issue, note: str = "", version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Accept a report. Raises as `acting.act`; needs the office."""
    issue, act = take_step(issue, IssueAction.ACCEPT, by=by, version=version, request_key=request_key, text=note)
    tell(issue, act, [issue.author], f"直报问题已受理：{issue.title}", ReminderKind.DECIDED)
    return issue


@transaction.atomic
def grade_issue(
    *, issue: Issue, grade: str, cause: str, note: str = "", version: int | None, by: User | None, request_key: UUID | None = None
) -> Issue:
    """Grade a problem A, B or C and name its cause (病因). Raises as `acting.act`; needs the office."""
    values = {"grade": grade, "cause": cause}
    return take_step(issue, IssueAction.GRADE, by=by, version=version, request_key=request_key, text=note, values=values)[0]


@transaction.atomic
def regrade_issue(
    *, issue: Issue, grade: str, cause: str, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Issue:
    """Grade a problem otherwise, with the reason; where it was handed over, another grade counts the limit anew from that day, except one
    that a special meeting decided. Raises as `acting.act`; needs the office."""

    def recount(locked: Issue) -> None:
        if locked.assigned_on is None or grade == locked.grade:
            return
        last = locked.acts.filter(action__in=HANDING_OVER).order_by("-pk").values_list("action", flat=True).first()
        if last != IssueAction.MEET:
            locked.due_on = due_day(grade, locked.assigned_on, workdays)

    values = {"grade": grade, "cause": cause}
    issue, act = take_step(
        issue, IssueAction.REGRADE, by=by, version=version, request_key=request_key, text=reason, values=values, check=recount
    )
    tell(issue, act, unit_people(issue), f"直报问题调整定级：{issue.title}")
    return issue


@transaction.atomic
def assign_issue(
    *, issue: Issue, unit: Unit, note: str = "", version: int | None, by: User | None, request_key: UUID | None = None
) -> Issue:
    """Hand a graded problem over to a unit; the limit is counted from today by its grade. Raises as `acting.act`; needs the office."""
    today = clock.today()
    values = {"unit": unit, "assigned_on": today, "due_on": due_day(issue.grade, today, workdays) if issue.grade else None}
    return _handed_over(issue, IssueAction.ASSIGN, note, version, by, request_key, values)


@transaction.atomic
def reassign_issue(
    *, issue: Issue, unit: Unit, reason: str, version: int | None, by: User | None, request_key: UUID | None = None
) -> Issue:
    """Hand a problem over to another unit, with the reason; the limit is counted anew.

    Raises as `acting.act`; needs the office; InvalidInput for the unit that has it: that would only give it a new limit."""

    def check(locked: Issue) -> None:
        if locked.unit_id == unit.pk:
            raise InvalidInput({"unit": [f"“{unit}”已是承办单位，改派须选其他单位。仍由它办理的，请用“催办”或“协调”，时限不变。"]})

    today = clock.today()
    values = {"unit": unit, "assigned_on": today, "due_on": due_day(issue.grade, today, workdays) if issue.grade else None}
    return _handed_over(issue, IssueAction.REASSIGN, reason, version, by, request_key, values, check)


def _handed_over(
    issue: Issue,
    action: IssueAction,
    text: str,
    version: int | None,
    by: User | None,
    key: UUID | None,
    values: dict[str, Any],
    check: Callable[[Issue], None] | None = None,
) -> Issue:
    issue, act = take_step(issue, action, by=by, version=version, request_key=key, text=text, values=values, check=check)
    tell(issue, act, unit_people(issue), f"交办直报问题：{issue.title}")
    return issue


@transaction.atomic
def urge_issue(*, issue: Issue, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Urge the unit (催办). Raises as `acting.act`; needs the office or the supervision office."""
    issue, act = take_step(issue, IssueAction.URGE, by=by, version=version, request_key=request_key, text=text)
    tell(issue, act, unit_people(issue), f"催办：{issue.title}", ReminderKind.OVERDUE)
    return issue


@transaction.atomic
def reject_closing(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Refuse to close a verified problem: `reason` says what is missing (补充整改要求), and the unit handles it further; the limit moves by
    the working days that its reply waited. Raises as `acting.act`; needs the office."""
    values = {"replied_on": None}
    issue, act = take_step(
        issue,
        IssueAction.REJECT_CLOSING,
        by=by,
        version=version,
        request_key=request_key,
        text=reason,
        values=values,
        check=wind_up,
    )
    tell(issue, act, unit_people(issue), f"驳回销号，须补充整改：{issue.title}")
    return issue


@transaction.atomic
def close_issue(*, issue: Issue, note: str = "", version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Close a verified problem (销号). Raises as `acting.act`; needs the office, and another person than handled or verified it."""
    values = {"ended_on": clock.today()}
    issue, act = take_step(issue, IssueAction.CLOSE, by=by, version=version, request_key=request_key, text=note, values=values)
    tell(issue, act, [issue.author, *unit_people(issue)], f"直报问题已销号：{issue.title}", ReminderKind.DECIDED)
    return issue
