"""The supervision notice (督察通知单) as a table of states and steps (domain.md §5.3), and what follows from its dates.

拟稿 → 待审签 → 待下发 → 待签收 → 办理中 → 待审核 → 待办结 → 办结 → 归档. Every exception leads back to this line: an extension or a
transfer that was asked for is decided or taken back, a refusal is upheld or given to another unit, what was returned is done again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeKind, NoticeSource, NoticeUrgency, OrderAddressee, Party, WarningLevel
from supervision.choices import NoticeState as Is
from supervision.rules.machine import Machine, Step

_OFFICE = frozenset({Party.SUPERVISION})
# Who writes notices: the office, and inspectors from the site.
_WRITERS = frozenset({Party.SUPERVISION, Party.INSPECTOR})
# Who signs them (审签): supervise.approve is held by the office and by the district's leaders.
_SIGNERS = frozenset({Party.SUPERVISION, Party.LEADER})
# The unit that a notice is addressed to: its reporters and its reviewers.
_UNIT = frozenset({Party.HANDLER, Party.REVIEWER})

# Who carries a leader's instruction out, by whom it names.
ANSWERED_BY = {OrderAddressee.HANDLER: _UNIT, OrderAddressee.SUPERVISION: _OFFICE}

# The states in which the unit has the notice and owes a reply.
OWED = frozenset({Is.ISSUED, Is.HANDLING, Is.EXTENDING, Is.TRANSFERRING, Is.REFUSED})
# The states in which it is with the unit or with those who judge its reply.
UNDER_WAY = OWED | {Is.REPLIED, Is.REVIEWED}
# What only its writers and signers see: nothing has been sent yet, or never was.
INTERNAL = frozenset({Is.DRAFT, Is.APPROVING, Is.APPROVED, Is.WITHDRAWN})


def _step(
    action: Do,
    sources: set[Is | None] | frozenset[Is],
    target: Is | None,
    by: frozenset[Party],
    *needs: str,
    other_than: frozenset[Do] = frozenset(),
    ends: bool = False,
) -> Step:
    return Step(action, frozenset(sources), target, by, needs=frozenset(needs), other_than=other_than, ends=ends)


MACHINE = Machine(
    name="notice",
    label="督察通知单",
    states=tuple((one.value, str(one.label)) for one in Is),
    actions=tuple((one.value, str(one.label)) for one in Do),
    # Four eyes look no further back than the last return: who judged another reply is as good as anybody else.
    rounds=frozenset({Do.ISSUE, Do.RETURN_REPLY, Do.TRANSFER, Do.UPHOLD, Do.REOPEN}),
    steps=(
        # drafting, approval, issue
        _step(Do.DRAFT, {None}, Is.DRAFT, _WRITERS),
        _step(Do.EDIT, {Is.DRAFT}, None, _WRITERS),
        _step(Do.SUBMIT, {Is.DRAFT}, Is.APPROVING, _WRITERS),
        _step(Do.RECALL, {Is.APPROVING}, Is.DRAFT, _WRITERS),
        _step(Do.RETURN_DRAFT, {Is.APPROVING, Is.APPROVED}, Is.DRAFT, _SIGNERS, "reason"),
        _step(Do.APPROVE, {Is.APPROVING}, Is.APPROVED, _SIGNERS, other_than=frozenset({Do.DRAFT, Do.EDIT, Do.SUBMIT})),
        _step(Do.WITHDRAW, {Is.DRAFT}, Is.WITHDRAWN, _WRITERS, "reason", ends=True),
        _step(Do.ISSUE, {Is.APPROVED}, Is.ISSUED, _OFFICE),
        # the unit
        _step(Do.SIGN, {Is.ISSUED}, Is.HANDLING, _UNIT),
        _step(Do.REFUSE, {Is.ISSUED}, Is.REFUSED, _UNIT, "reason"),
        _step(Do.ASK_EXTENSION, {Is.HANDLING}, Is.EXTENDING, _UNIT, "reason", "asked_due_on"),
        _step(Do.ASK_TRANSFER, {Is.HANDLING}, Is.TRANSFERRING, _UNIT, "reason"),
        _step(Do.TAKE_BACK, {Is.EXTENDING, Is.TRANSFERRING}, Is.HANDLING, _UNIT),
        _step(Do.REPLY, {Is.HANDLING, Is.EXTENDING, Is.TRANSFERRING}, Is.REPLIED, _UNIT, "text"),
        _step(Do.RECALL_REPLY, {Is.REPLIED}, Is.HANDLING, _UNIT),
        # decisions on what the unit asked for
        _step(Do.UPHOLD, {Is.REFUSED}, Is.HANDLING, _SIGNERS, "reason"),
        _step(Do.GRANT_EXTENSION, {Is.EXTENDING}, Is.HANDLING, _OFFICE, "due_on", other_than=frozenset({Do.ASK_EXTENSION})),
        _step(Do.DENY_EXTENSION, {Is.EXTENDING}, Is.HANDLING, _OFFICE, "reason"),
        _step(Do.TRANSFER, OWED, Is.ISSUED, _OFFICE, "unit", "reason", "due_on"),
        _step(Do.DENY_TRANSFER, {Is.TRANSFERRING}, Is.HANDLING, _OFFICE, "reason"),
        # the reply is judged by two people
        _step(Do.PASS_REPLY, {Is.REPLIED}, Is.REVIEWED, _WRITERS, "text", other_than=frozenset({Do.REPLY})),
        _step(Do.RETURN_REPLY, {Is.REPLIED, Is.REVIEWED}, Is.HANDLING, _WRITERS, "reason", "due_on"),
        _step(Do.CLOSE, {Is.REVIEWED}, Is.CLOSED, _OFFICE, "text", other_than=frozenset({Do.PASS_REPLY, Do.REPLY})),
        _step(Do.REOPEN, {Is.CLOSED}, Is.HANDLING, _SIGNERS, "reason", "due_on"),
        _step(Do.ARCHIVE, {Is.CLOSED}, Is.ARCHIVED, _OFFICE, ends=True),
        # what leaves the state as it is
        _step(Do.URGE, OWED, None, _WRITERS, "text"),
        _step(Do.CHANGE, {Is.ISSUED, Is.HANDLING, Is.EXTENDING, Is.TRANSFERRING}, None, _OFFICE, "reason", "text"),
        _step(Do.INSTRUCT, UNDER_WAY, None, frozenset({Party.LEADER}), "text", "order_due_on"),
        _step(Do.ANSWER, UNDER_WAY | {Is.CLOSED}, None, _UNIT | _OFFICE, "text"),
        _step(Do.REVOKE, UNDER_WAY, Is.REVOKED, _SIGNERS, "reason", ends=True),
    ),
    finals=frozenset({Is.ARCHIVED, Is.WITHDRAWN, Is.REVOKED}),
)


# What a unit is asked to reply, by the kind of the notice (domain.md §1.7): what the text says, the reply's page, the proposal to escalate.
ASKED: dict[NoticeKind, tuple[str, ...]] = {
    NoticeKind.REMIND: ("影响进度的原因（病因）", "整改措施", "新的节点安排"),
    NoticeKind.LETTER: ("整改报告（影响进度的原因、整改情况和下一步措施）", "新的节点安排和责任人"),
    NoticeKind.SUPERVISE: ("影响进度的原因（病因）", "整改方案（时间表、路线图、责任人）", "整改进展"),
    NoticeKind.CORRECT: ("更正后的数据和情况", "出现不实的原因和责任人", "防止再次发生的措施"),
    NoticeKind.URGE: ("未按期办理的原因", "目前办理情况", "办结时间"),
    NoticeKind.ASSIGN: ("办理情况", "存在问题和下一步措施", "责任人和完成时间"),
}
# The kinds whose reply about a project names why it fell behind.
ASKS_CAUSE = frozenset({NoticeKind.REMIND, NoticeKind.SUPERVISE, NoticeKind.LETTER, NoticeKind.URGE})

# The time for the reply in working days, by what the notice follows from (domain.md §5.3); a leader's instruction by how pressing it is.
_DAYS = {
    NoticeSource.MEETING: 20,
    NoticeSource.DOCUMENT: 30,
    NoticeSource.INSTRUCTION: 15,
    NoticeSource.PROJECT: 5,
    NoticeSource.REPORT: 5,
    NoticeSource.INSPECTION: 5,
}
_INSTRUCTION_DAYS = {NoticeUrgency.URGENT: 5, NoticeUrgency.NORMAL: 15, NoticeUrgency.HARD: 30}
# What follows a project's colour has the time of the escalation (domain.md §1.7), whatever its source.
_KIND_DAYS = {NoticeKind.SUPERVISE: 3, NoticeKind.LETTER: 5, NoticeKind.CORRECT: 2, NoticeKind.URGE: 3}
MOST_DAYS = 120


def default_days(kind: str, source: str, urgency: str = NoticeUrgency.NORMAL) -> int:
    """Return how many working days a unit usually has for its reply."""
    if source in (NoticeSource.PROJECT, NoticeSource.INSPECTION) and (days := _KIND_DAYS.get(NoticeKind(kind))):
        return days
    if source == NoticeSource.INSTRUCTION:
        return _INSTRUCTION_DAYS[NoticeUrgency(urgency)]
    return _DAYS[NoticeSource(source)]


def number_text(issuer: str, year: int, number: int) -> str:
    """Return the number as it is printed: 二七督〔2018〕5号."""
    return f"{issuer}〔{year}〕{number}号"


class WorkCalendar(Protocol):
    """What the rules ask of the calendar of working days (erqi.common.workdays)."""

    def workdays_between(self, first: date, last: date) -> int: ...


class Why(Enum):
    """What a notice's level comes from."""

    NOTHING = "nothing"
    DUE = "due"
    LATE = "late"
    UNSIGNED = "unsigned"
    RETURNED = "returned"
    REFUSED = "refused"


@dataclass(frozen=True)
class Standing:
    """How a notice stands on a day: its level, why, and the working days that say so (late, left, or waited)."""

    level: WarningLevel
    why: Why = Why.NOTHING
    days: int = 0


# After so many working days a notice that is not signed for is called to mind, then yellow, then red (domain.md §5.3).
SIGN_REMIND, SIGN_YELLOW, SIGN_RED = 1, 2, 3
# So many working days before its end the time is short; after so many more than this it is red (domain.md §1.6, D5).
SHORT, LATE_LONG = 2, 5


def signing(sent_on: date, day: date, calendar: WorkCalendar) -> Standing:
    """Return how a notice that nobody has signed for stands, so many working days after it was sent."""
    waited = calendar.workdays_between(sent_on, day)
    levels = ((SIGN_RED, WarningLevel.RED), (SIGN_YELLOW, WarningLevel.YELLOW), (SIGN_REMIND, WarningLevel.BLUE))
    level = next((level for least, level in levels if waited >= least), WarningLevel.GREEN)
    return Standing(level, Why.UNSIGNED if level > WarningLevel.GREEN else Why.NOTHING, waited)


def answering(due_on: date, day: date, calendar: WorkCalendar) -> Standing:
    """Return how a notice that awaits its reply stands: in time, nearly due, late, long late."""
    if day > due_on:
        late = calendar.workdays_between(due_on, day)
        if late > 0:
            return Standing(WarningLevel.RED if late > LATE_LONG else WarningLevel.YELLOW, Why.LATE, late)
        # The days off after the last day are not counted.
        return Standing(WarningLevel.BLUE, Why.DUE, 0)
    left = calendar.workdays_between(day, due_on)
    return Standing(WarningLevel.BLUE, Why.DUE, left) if left <= SHORT else Standing(WarningLevel.GREEN, Why.NOTHING, left)


def returned(times: int) -> Standing:
    """Return what a reply that was returned so often weighs."""
    if not times:
        return Standing(WarningLevel.GREEN)
    return Standing(WarningLevel.RED if times > 1 else WarningLevel.YELLOW, Why.RETURNED, times)


def standing(
    *,
    state: str | None,
    sent_on: date | None,
    due_on: date | None,
    returns: int,
    day: date,
    calendar: WorkCalendar,
    asked_on: date | None = None,
) -> Standing | None:
    """Return how a notice stands on the day (domain.md §1.6, D5), the worst of what applies; None while the unit owes nothing.

    `sent_on`: when it went to the unit that has it; `due_on`: its deadline then; `asked_on`: since when an extension waits for its
    decision: the clock stands still meanwhile (a late decision must not make a reply late).
    """
    if state not in OWED or sent_on is None or due_on is None:
        return None
    then = min(day, asked_on) if state == Is.EXTENDING and asked_on is not None else day
    found = [answering(due_on, then, calendar), returned(returns)]
    if state == Is.REFUSED:
        found.append(Standing(WarningLevel.RED, Why.REFUSED))
    elif state == Is.ISSUED:
        found.append(signing(sent_on, day, calendar))
    return max(found, key=lambda one: one.level)


@dataclass(frozen=True)
class Done:
    """An act as the course of a notice is read from it: what, when, which unit had the notice then, until when, in which words."""

    action: str
    on: date
    unit: int | None = None
    due_on: date | None = None
    text: str = ""
    by_name: str = ""
    to_state: str = ""


@dataclass
class Course:
    """What had become of a notice by a day, read from its acts."""

    state: str | None = None
    unit: int | None = None
    due_on: date | None = None
    first_due_on: date | None = None
    issued_on: date | None = None
    sent_on: date | None = None
    signed_on: date | None = None
    asked_on: date | None = None
    replied_on: date | None = None
    # The day on which the reply counts: while an extension waited for its decision, that on which it was asked for.
    counted_on: date | None = None
    closed_on: date | None = None
    reply: str = ""
    conclusion: str = ""
    drafted_by: str = ""
    signer: str = ""
    extensions: int = 0
    transfers: int = 0
    returns: int = 0
    urges: int = 0
    changes: int = 0
    refusals: int = 0

    def take(self, act: Done) -> None:
        """Take the next act into account."""
        before = self.state
        self.state, self.unit = act.to_state, act.unit
        if act.due_on is not None:
            self.due_on = act.due_on
        if (name := _COUNTED.get(Do(act.action))) is not None:
            setattr(self, name, getattr(self, name) + 1)
        match act.action:
            case Do.DRAFT:
                self.drafted_by = act.by_name
            case Do.APPROVE:
                self.signer = act.by_name
            case Do.ISSUE:
                self.issued_on, self.sent_on, self.first_due_on = act.on, act.on, act.due_on
            case Do.TRANSFER:
                self.sent_on, self.signed_on, self.returns = act.on, None, 0
            case Do.SIGN | Do.UPHOLD:
                self.signed_on = act.on
            case Do.ASK_EXTENSION:
                self.asked_on = act.on
            case Do.REPLY:
                self.replied_on, self.reply = act.on, act.text
                self.counted_on = self.asked_on if before == Is.EXTENDING else act.on
            case Do.RECALL_REPLY | Do.RETURN_REPLY:
                self.replied_on = None
            case Do.CLOSE:
                self.closed_on, self.conclusion = act.on, act.text
            case Do.REOPEN:
                self.closed_on, self.replied_on = None, None

    def standing(self, day: date, calendar: WorkCalendar) -> Standing | None:
        """Return how the notice stood on the day; None while the unit owed nothing."""
        return standing(
            state=self.state,
            sent_on=self.sent_on,
            due_on=self.due_on,
            returns=self.returns,
            day=day,
            calendar=calendar,
            asked_on=self.asked_on,
        )

    def reply_lateness(self, calendar: WorkCalendar) -> int | None:
        """Return how many working days after its deadline the standing reply came (0: in time); None without one."""
        if self.replied_on is None or self.counted_on is None or self.due_on is None:
            return None
        return max(calendar.workdays_between(self.due_on, self.counted_on), 0)


_COUNTED = {
    Do.GRANT_EXTENSION: "extensions",
    Do.TRANSFER: "transfers",
    Do.RETURN_REPLY: "returns",
    Do.URGE: "urges",
    Do.CHANGE: "changes",
    Do.REFUSE: "refusals",
}


def course(acts: Iterable[Done]) -> Course:
    """Return the course of a notice from its acts up to a day, in their order."""
    found = Course()
    for act in acts:
        found.take(act)
    return found
