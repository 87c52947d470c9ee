"""What the unit that handles a problem does, and the inspector who verifies it."""

from collections.abc import Sequence
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.models import User
from projects.choices import ReminderKind
from projects.models import Unit
from projects.services.addressees import accounts_with
from projects.services.grid import reporters
from supervision.choices import IssueAction
from supervision.models import Issue
from supervision.services.issue import take_step, tell, wind_up
from supervision.services.issue_parties import closers, unit_people


def likely_unit(issue: Issue) -> Unit | None:
    """Return the unit that reports the problem's project: whom the office will most likely hand it over to."""
    key = reporters([issue.project_id])[issue.project_id] if issue.project_id else None
    return Unit.objects.filter(pk=key).first() if key else None


@transaction.atomic
def take_issue(*, issue: Issue, note: str = "", version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Take a problem that was handed over to the own unit (接办). Raises as `acting.act`; needs a reporter of the unit."""
    return take_step(issue, IssueAction.TAKE, by=by, version=version, request_key=request_key, text=note)[0]


@transaction.atomic
def refuse_issue(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Give a problem back that is not the own unit's, with the reason; the office hands it over anew. Raises as `acting.act`."""
    values = {"unit": None, "assigned_on": None, "due_on": None}
    issue, act = take_step(issue, IssueAction.REFUSE, by=by, version=version, request_key=request_key, text=reason, values=values)
    tell(issue, act, accounts_with("issue.handle"), f"承办单位退回交办：{issue.title}")
    return issue


@transaction.atomic
def note_progress(
    *, issue: Issue, text: str, version: int | None, by: User | None, uploads: Sequence[File] = (), request_key: UUID | None = None
) -> Issue:
    """Say how a problem that is being handled stands. Raises as `acting.act`; needs a reporter of the unit."""
    return take_step(issue, IssueAction.PROGRESS, by=by, version=version, request_key=request_key, text=text, uploads=uploads)[0]


@transaction.atomic
def reply_issue(
    *, issue: Issue, text: str, version: int | None, by: User | None, uploads: Sequence[File] = (), request_key: UUID | None = None
) -> Issue:
    """Reply what was done, with photos or papers; the clock stands until somebody has looked at it. Raises as `acting.act`; needs a
    reporter of the unit."""
    issue, act = take_step(
        issue,
        IssueAction.REPLY,
        by=by,
        version=version,
        request_key=request_key,
        text=text,
        uploads=uploads,
        values={"replied_on": clock.today()},
    )
    tell(issue, act, [*accounts_with("inspect"), *accounts_with("issue.handle")], f"直报问题已反馈，待核验：{issue.title}")
    return issue


@transaction.atomic
def return_reply(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Return a reply that does not settle the problem: `reason` says what is missing; the limit moves by the working days that the reply
    waited. Raises as `acting.act`; needs an inspector or the
    office."""
    values = {"replied_on": None}
    issue, act = take_step(
        issue,
        IssueAction.RETURN_REPLY,
        by=by,
        version=version,
        request_key=request_key,
        text=reason,
        values=values,
        check=wind_up,
    )
    tell(issue, act, unit_people(issue), f"反馈被退回，须补充整改：{issue.title}")
    return issue


@transaction.atomic
def verify_issue(
    *, issue: Issue, text: str, version: int | None, by: User | None, uploads: Sequence[File] = (), request_key: UUID | None = None
) -> Issue:
    """Say that the problem is settled as replied: `text` says what was seen when and where. Raises as `acting.act`; needs an inspector
    who is not the one who replied."""
    issue, act = take_step(issue, IssueAction.VERIFY, by=by, version=version, request_key=request_key, text=text, uploads=uploads)
    tell(issue, act, closers([issue])[issue.pk], f"直报问题已核验，待销号：{issue.title}", ReminderKind.TASK)
    return issue
