"""Escalating a problem (提级): 承办单位 → 重点项目办 → 专题会 → 区主要领导, and what each level answers."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.files import File
from django.db import transaction

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import User
from erqi.common.saving import checked
from projects.models import Unit
from projects.services.addressees import accounts_with
from supervision.choices import IssueAction
from supervision.models import Issue, IssueMeeting
from supervision.services.issue import take_step, tell
from supervision.services.issue_parties import standing_in, unit_people


@transaction.atomic
def escalate_issue(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Ask the office for help with what the unit cannot solve alone; the clock runs on. Raises as `acting.act`; needs a reporter of the
    unit."""
    issue, act = take_step(issue, IssueAction.ESCALATE, by=by, version=version, request_key=request_key, text=reason)
    tell(issue, act, accounts_with("issue.handle"), f"提级请求协调：{issue.title}")
    return issue


@transaction.atomic
def coordinate_issue(*, issue: Issue, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Say what was coordinated; the unit handles the problem further. Raises as `acting.act`; needs the office; ServiceError where no unit
    has it."""

    def has_unit(found: Issue) -> None:
        if found.unit_id is None:
            raise ServiceError("这个问题还没有承办单位，请用“改派”交给一个单位办理。")

    issue, act = take_step(issue, IssueAction.COORDINATE, by=by, version=version, request_key=request_key, text=text, check=has_unit)
    tell(issue, act, unit_people(issue), f"重点办协调意见：{issue.title}")
    return issue


@transaction.atomic
def submit_to_meeting(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Submit a problem to a special meeting (专题会), with the reason. Raises as `acting.act`; needs the office."""
    return take_step(issue, IssueAction.TO_MEETING, by=by, version=version, request_key=request_key, text=reason)[0]


@transaction.atomic
def record_meeting(
    *,
    issue: Issue,
    held_on: date,
    attendees: str,
    decision: str,
    unit: Unit,
    due_on: date,
    version: int | None,
    by: User | None,
    chair: str = "",
    place: str = "",
    request_key: UUID | None = None,
) -> Issue:
    """Record the meeting that decided on a problem: the decision has a unit and a day, and the unit takes it from there.

    Raises as `acting.act`; needs the office; InvalidInput for a meeting of a day to come or before the problem was reported, or a limit
    that is over already.
    """
    wrong: dict[str | None, list[str]] = {}
    if held_on < issue.reported_on:
        wrong["held_on"] = [f"会议日期不能早于直报日期（{chinese_day(issue.reported_on)}）。请核对年月日。"]
    elif held_on > clock.today():
        wrong["held_on"] = ["会议尚未召开。请在会后登记议定事项。"]
    if due_on < held_on:
        wrong["due_on"] = ["完成时限不能早于会议日期。"]
    elif due_on < clock.today():
        wrong["due_on"] = [f"完成时限{chinese_day(due_on)}已过。请填写今天或以后的日期；会议定的时限已过的，在议定事项中写明。"]
    if wrong:
        raise InvalidInput(wrong)
    issue, act = take_step(
        issue,
        IssueAction.MEET,
        by=by,
        version=version,
        request_key=request_key,
        text=decision,
        values={"unit": unit, "due_on": due_on, "assigned_on": clock.today()},
        given=[name for name, value in (("held_on", held_on), ("attendees", attendees.strip())) if value],
    )
    if not IssueMeeting.objects.filter(act=act).exists():
        meeting = IssueMeeting(
            act=act,
            held_on=held_on,
            place=place.strip(),
            chair=chair.strip(),
            attendees=attendees.strip(),
            decision=decision.strip(),
            unit=unit,
            due_on=due_on,
        )
        checked(meeting).save()
    tell(issue, act, unit_people(issue), f"专题会交办：{issue.title}")
    return issue


@transaction.atomic
def report_to_leader(*, issue: Issue, reason: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Report a problem to the district's leaders, with the reason. Raises as `acting.act`; needs the office."""
    issue, act = take_step(issue, IssueAction.TO_LEADER, by=by, version=version, request_key=request_key, text=reason)
    tell(issue, act, accounts_with("inquiry.ask"), f"报请批示：{issue.title}")
    tell(issue, act, standing_in(issue), f"区领导没有可用的账号，请报送书面请示并转录批示：{issue.title}")
    return issue


@transaction.atomic
def transcribe_instruction(
    *,
    issue: Issue,
    given_by: str,
    text: str,
    version: int | None,
    by: User | None,
    uploads: Sequence[File] = (),
    request_key: UUID | None = None,
) -> Issue:
    """Write down the instruction that a leader (`given_by`: name and office) gave on paper, with the paper (转录批示).

    Only while no leader has an account in use. Raises as `acting.act`; needs the office; InvalidInput without the leader or the words."""
    said = f"{given_by.strip()}批示：{text.strip()}" if given_by.strip() and text.strip() else text
    issue, act = take_step(
        issue,
        IssueAction.TRANSCRIBE,
        by=by,
        version=version,
        request_key=request_key,
        text=said,
        uploads=uploads,
        given=["given_by"] if given_by.strip() else [],
    )
    tell(issue, act, accounts_with("issue.handle"), f"领导批示（转录）：{issue.title}")
    return issue


@transaction.atomic
def instruct_issue(*, issue: Issue, text: str, version: int | None, by: User | None, request_key: UUID | None = None) -> Issue:
    """Give a leader's instruction (批示); the office carries it out. Raises as `acting.act`; needs a leader."""
    issue, act = take_step(issue, IssueAction.INSTRUCT, by=by, version=version, request_key=request_key, text=text)
    tell(issue, act, accounts_with("issue.handle"), f"领导批示：{issue.title}")
    return issue
