"""Problems that are reported directly (问题直报): what each state allows, and how long a grade may take (domain.md §5.4, §2).

上报|直报 → 受理（退回补充）→ 定级 → 交办 → 办理中 → 反馈 → 核验 → 销号; 提级: 承办 → 重点办 → 专题会 → 区主要领导; a closing that is
refused goes back to the unit with what is missing.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from supervision.choices import IssueAction as A
from supervision.choices import IssueGrade, IssueTrack, Party
from supervision.choices import IssueState as S
from supervision.rules.limit import is_late
from supervision.rules.machine import Machine, Step

# Working days by grade; A has a calendar month.
WORKDAYS = {IssueGrade.B: 15, IssueGrade.C: 5}
# So many working days before the limit the unit is reminded, and the colour says so (domain.md §1.6, D4).
SOON = 2

# The office's own steps: so many working days for accepting, grading and handing over each (domain.md §2: 1 个工作日启动核实).
OFFICE_DAYS = {S.REPORTED: 1, S.ACCEPTED: 1, S.GRADED: 1}

_OFFICE, _HANDLER, _AUTHOR = frozenset({Party.OFFICE}), frozenset({Party.HANDLER}), frozenset({Party.AUTHOR})
_INSPECTOR, _LEADER = frozenset({Party.INSPECTOR}), frozenset({Party.LEADER})
# For whom there is no account any more (services.issue_parties): the colleagues of whoever reported it, the office for the leaders.
_STAND_IN = frozenset({Party.STAND_IN})
_TEXT = frozenset({"text"})


def _step(
    action: A,
    sources: Iterable[S | None],
    target: S | None,
    by: frozenset[Party],
    needs: Iterable[str] = (),
    other_than: Iterable[A] = (),
    ends: bool = False,
) -> Step:
    return Step(action, frozenset(sources), target, by, frozenset(needs), frozenset(other_than), ends)


MACHINE = Machine(
    name="issue",
    label="直报问题",
    states=tuple((str(state), str(state.label)) for state in S),
    actions=tuple((str(action), str(action.label)) for action in A),
    steps=(
        _step(A.REPORT, [None], S.REPORTED, _AUTHOR, ["title", "description"]),
        _step(A.ACCEPT, [S.REPORTED], S.ACCEPTED, _OFFICE),
        _step(A.SEND_BACK, [S.REPORTED], S.RETURNED, _OFFICE, _TEXT),
        _step(A.RESUBMIT, [S.RETURNED], S.REPORTED, _AUTHOR | _STAND_IN, _TEXT),
        _step(A.DECLINE, [S.REPORTED], S.DECLINED, _OFFICE, _TEXT, ends=True),
        _step(A.WITHDRAW, [S.REPORTED], S.WITHDRAWN, _AUTHOR, ends=True),
        _step(A.WITHDRAW, [S.RETURNED], S.WITHDRAWN, _AUTHOR | _STAND_IN, ends=True),
        _step(A.GRADE, [S.ACCEPTED], S.GRADED, _OFFICE, ["grade", "cause"]),
        _step(A.REGRADE, [S.GRADED, S.ASSIGNED, S.HANDLING], None, _OFFICE, ["grade", "cause", "text"]),
        _step(A.ASSIGN, [S.GRADED], S.ASSIGNED, _OFFICE, ["unit", "due_on"]),
        _step(A.TAKE, [S.ASSIGNED], S.HANDLING, _HANDLER),
        _step(A.REFUSE, [S.ASSIGNED], S.GRADED, _HANDLER, _TEXT),
        _step(A.REASSIGN, [S.ASSIGNED, S.HANDLING, S.AT_OFFICE], S.ASSIGNED, _OFFICE, ["unit", "due_on", "text"]),
        _step(A.PROGRESS, [S.HANDLING], None, _HANDLER, _TEXT),
        _step(A.ESCALATE, [S.HANDLING], S.AT_OFFICE, _HANDLER, _TEXT),
        _step(A.COORDINATE, [S.AT_OFFICE], S.HANDLING, _OFFICE, _TEXT),
        _step(A.TO_MEETING, [S.GRADED, S.HANDLING, S.AT_OFFICE], S.AT_MEETING, _OFFICE, _TEXT),
        _step(A.MEET, [S.AT_MEETING], S.ASSIGNED, _OFFICE, ["held_on", "attendees", "text", "unit", "due_on"]),
        _step(A.TO_LEADER, [S.AT_OFFICE, S.AT_MEETING], S.AT_LEADER, _OFFICE, _TEXT),
        _step(A.INSTRUCT, [S.AT_LEADER], S.AT_OFFICE, _LEADER, _TEXT),
        # A district whose leaders have no account decides on paper.
        _step(A.TRANSCRIBE, [S.AT_LEADER], S.AT_OFFICE, _STAND_IN, ["given_by", "text"]),
        _step(A.URGE, [S.ASSIGNED, S.HANDLING], None, frozenset({Party.OFFICE, Party.SUPERVISION}), _TEXT),
        _step(A.REPLY, [S.HANDLING], S.REPLIED, _HANDLER, _TEXT),
        _step(A.RETURN_REPLY, [S.REPLIED], S.HANDLING, _INSPECTOR | _OFFICE, _TEXT, [A.REPLY]),
        _step(A.VERIFY, [S.REPLIED], S.VERIFIED, _INSPECTOR, _TEXT, [A.REPLY, A.PROGRESS]),
        _step(A.REJECT_CLOSING, [S.VERIFIED], S.HANDLING, _OFFICE, _TEXT),
        # The office closes; where nobody else of it is left (it replied for a unit without an account), a leader does.
        _step(A.CLOSE, [S.VERIFIED], S.CLOSED, _OFFICE | _LEADER, (), [A.VERIFY, A.REPLY], ends=True),
    ),
    finals=frozenset({S.CLOSED, S.DECLINED, S.WITHDRAWN}),
    counter="个",
    rounds=frozenset({A.ASSIGN, A.REASSIGN, A.MEET, A.RETURN_REPLY, A.REJECT_CLOSING}),
)

# The unit has something to do; the clock runs, with the office or a meeting too. It stands while a reply is looked at.
AT_UNIT = (S.ASSIGNED, S.HANDLING)
# What nobody has taken up: it was said to the office alone, and goes on with nobody else when it is declined or withdrawn.
UNACCEPTED = (S.REPORTED, S.RETURNED, S.DECLINED, S.WITHDRAWN)
ESCALATED = (S.AT_OFFICE, S.AT_MEETING, S.AT_LEADER)
RUNNING = (*AT_UNIT, *ESCALATED)
# No unit has it.
UNASSIGNED = (S.REPORTED, S.RETURNED, S.ACCEPTED, S.GRADED, S.DECLINED, S.WITHDRAWN)
ANSWERED = (S.REPLIED, S.VERIFIED)
# The steps that give it to a unit with a limit.
HANDING_OVER = (A.ASSIGN, A.REASSIGN, A.MEET)
OPEN = tuple(state for state in S if state not in MACHINE.finals)


class WorkCalendar(Protocol):
    """What the rules ask of the calendar of working days (erqi.common.workdays)."""

    def add_workdays(self, day: date, number: int) -> date: ...

    def workdays_between(self, first: date, last: date) -> int: ...


def due_day(grade: str, on: date, calendar: WorkCalendar) -> date:
    """Return the last day for a problem of a grade that is handed over on a day."""
    if grade in WORKDAYS:
        return calendar.add_workdays(on, WORKDAYS[IssueGrade(grade)])
    year, month = (on.year + on.month // 12, on.month % 12 + 1)
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def track(state: str, due_on: date | None, ended_on: date | None, day: date, calendar: WorkCalendar) -> IssueTrack:
    """Return how a problem stands against its limit on a day; `ended_on` is when it was closed, or last answered."""
    if due_on is None or state in (S.DECLINED, S.WITHDRAWN):
        return IssueTrack.NONE
    if state == S.CLOSED:
        return IssueTrack.IN_TIME if ended_on is not None and ended_on <= due_on else IssueTrack.OVER
    if state in ANSWERED:
        return IssueTrack.WAITING
    if day > due_on:
        return IssueTrack.LATE
    return IssueTrack.SOON if calendar.workdays_between(day, due_on) <= SOON else IssueTrack.RUNNING


def office_due(state: str, since: date | None, calendar: WorkCalendar) -> date | None:
    """Return the last day for the office's next step with a problem that came into the state on a day; None for others."""
    if since is None or state not in OFFICE_DAYS:
        return None
    return calendar.add_workdays(since, OFFICE_DAYS[S(state)])


def office_track(due_on: date, day: date, calendar: WorkCalendar) -> IssueTrack:
    """Return how the office stands with its own step on a day."""
    if is_late(due_on, day, calendar):
        return IssueTrack.LATE
    return IssueTrack.SOON if day >= due_on else IssueTrack.RUNNING


# A number as people type it: 直报2018-017, 2018-17.
_TYPED = re.compile(r"(?:直报)?(20\d\d)-(\d{1,6})")


def number_sought(text: str) -> tuple[int, int] | None:
    """Return which number a search asks for (year, place in the year); None where it asks for none."""
    found = _TYPED.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    return (int(found[1]), int(found[2])) if found is not None else None
