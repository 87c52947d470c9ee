"""What a problem reported directly says of its limit, and what follows."""

from datetime import date
from typing import Any, Protocol

from erqi.common.dates import chinese_day
from supervision.choices import IssueState, IssueTrack
from supervision.rules.issue import WorkCalendar, office_track


class Waiting(Protocol):
    """What the words ask of a problem."""

    state: str
    author_name: str
    unit: Any


def limit_words(track: IssueTrack, due_on: date | None, ended_on: date | None, day: date, calendar: WorkCalendar) -> str:
    """Return how a problem stands against its limit: 已逾期 3 天，2018年9月25日到期."""
    if due_on is None:
        return "尚未交办，没有时限"
    until = chinese_day(due_on)
    if track is IssueTrack.LATE:
        return f"{until}到期，已逾期 {(day - due_on).days} 天"
    if track in (IssueTrack.RUNNING, IssueTrack.SOON):
        left = calendar.workdays_between(day, due_on)
        return f"{until}到期，" + (f"还有 {left} 个工作日" if left else "今天是最后一天")
    if track in (IssueTrack.IN_TIME, IssueTrack.OVER, IssueTrack.WAITING) and ended_on is not None:
        late = (ended_on - due_on).days
        return f"{until}到期，{chinese_day(ended_on)}反馈，" + (f"超期 {late} 天" if late > 0 else "在时限内")
    return f"{until}到期"


def waits_words(issue: Waiting, stood_in: bool, bare: bool) -> str:
    """Return who stands in where a problem waits for somebody without an account in use; an empty text where it does not.

    `stood_in`: for its author, or for the leaders; `bare`: its unit has no account.
    """
    if bare:
        return f"{issue.unit}没有可用的账号，由重点项目办代为接办、反馈，或改派其他单位。"
    if not stood_in:
        return ""
    if issue.state == IssueState.AT_LEADER:
        return "区领导没有可用的账号，由重点项目办照书面批示转录。"
    return f"直报人{issue.author_name}的账号已不能办理，由其单位的填报人员补充或撤回；没有的，由重点项目办代办。"


# What the office does next in each of its own states.
OFFICE_STEPS = {IssueState.REPORTED: "受理", IssueState.ACCEPTED: "定级", IssueState.GRADED: "交办"}


# What is late is the office's own next step, not what the unit has to do.
OFFICE_LATE = "重点办超期"


def office_words(state: str, due_on: date, day: date, calendar: WorkCalendar) -> str:
    """Return how the office stands with its own step: 重点项目办应于2018年9月25日前受理，已超 2 个工作日."""
    step = f"重点项目办应于{chinese_day(due_on)}前{OFFICE_STEPS[IssueState(state)]}"
    track = office_track(due_on, day, calendar)
    if track is IssueTrack.LATE:
        return f"{step}，已超 {calendar.workdays_between(due_on, day)} 个工作日"
    if track is IssueTrack.SOON:
        return f"{step}，今天是最后一天" if day == due_on else f"{step}，已到期"
    return step
