"""The supervision notice (督察通知单) as a table of states and steps (domain.md §5.3), and the usual times for the reply.

How one stands on a day: supervision.rules.notice_course.

拟稿 → 待审签 → 待下发 → 待签收 → 办理中 → 待审核 → 待办结 → 办结 → 归档. Every exception leads back to this line: an extension or a
transfer that was asked for is decided or taken back, a refusal is upheld or given to another unit, what was returned is done again.
"""

import re
import unicodedata

from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeKind, NoticeSource, NoticeUrgency, OrderAddressee, Party
from supervision.choices import NoticeState as Is
from supervision.rules.machine import Machine, Step

_OFFICE = frozenset({Party.SUPERVISION})
# Who writes notices: the office, and inspectors from the site.
_WRITERS = frozenset({Party.SUPERVISION, Party.INSPECTOR})
# Who signs them (审签): supervise.approve is held by the office and by the district's leaders.
_SIGNERS = frozenset({Party.SUPERVISION, Party.LEADER})
# The unit that a notice is addressed to: its reporters and its reviewers. The lead unit is told, by a copy (domain.md §1.7).
_UNIT = frozenset({Party.HANDLER, Party.REVIEWER})

# Who carries a leader's instruction out, by whom it names.
ANSWERED_BY = {OrderAddressee.HANDLER: _UNIT, OrderAddressee.SUPERVISION: _OFFICE}

# The states in which the unit has the notice and owes a reply.
OWED = frozenset({Is.ISSUED, Is.HANDLING, Is.EXTENDING, Is.TRANSFERRING, Is.REFUSED})
# What the unit asked for, or refused, and the sender has not decided: the clock stands still (domain.md §6.1), by what it was.
WAITING = {Is.EXTENDING: Do.ASK_EXTENSION, Is.TRANSFERRING: Do.ASK_TRANSFER, Is.REFUSED: Do.REFUSE}
# The states in which it is with the unit or with those who judge its reply.
UNDER_WAY = OWED | {Is.REPLIED, Is.REVIEWED}
# What only its writers and signers see: nothing has been sent yet, or never was.
INTERNAL = frozenset({Is.DRAFT, Is.APPROVING, Is.APPROVED, Is.WITHDRAWN})
# Steps of an issued notice that are theirs alone too: a change that was not sent (yet).
INSIDE = frozenset({Do.PROPOSE_CHANGE, Do.DROP_CHANGE, Do.RECALL_CHANGE})


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
        # The office closes; where nobody else of it is left, a leader does, so that two people have looked at it in any case.
        _step(Do.CLOSE, {Is.REVIEWED}, Is.CLOSED, _SIGNERS, "text", other_than=frozenset({Do.PASS_REPLY, Do.REPLY})),
        _step(Do.REOPEN, {Is.CLOSED}, Is.HANDLING, _SIGNERS, "reason", "due_on"),
        _step(Do.ARCHIVE, {Is.CLOSED}, Is.ARCHIVED, _OFFICE, ends=True),
        # What reads otherwise is approved by somebody else than who wrote it, as the notice was, and signed for by the unit anew; what
        # the unit has asked for is decided first. The notice goes on meanwhile.
        _step(Do.PROPOSE_CHANGE, {Is.ISSUED, Is.HANDLING}, None, _OFFICE, "reason"),
        _step(Do.CHANGE, {Is.ISSUED, Is.HANDLING}, Is.ISSUED, _SIGNERS, other_than=frozenset({Do.PROPOSE_CHANGE})),
        _step(Do.DROP_CHANGE, UNDER_WAY, None, _SIGNERS, "reason", other_than=frozenset({Do.PROPOSE_CHANGE})),
        _step(Do.RECALL_CHANGE, UNDER_WAY, None, _OFFICE),
        # what leaves the state as it is
        _step(Do.URGE, OWED, None, _WRITERS, "text"),
        _step(Do.INSTRUCT, UNDER_WAY, None, frozenset({Party.LEADER}), "text", "order_due_on"),
        _step(Do.ANSWER, UNDER_WAY | {Is.CLOSED}, None, _UNIT | _OFFICE, "text"),
        _step(Do.REVOKE, UNDER_WAY, Is.REVOKED, _SIGNERS, "reason", ends=True),
    ),
    finals=frozenset({Is.ARCHIVED, Is.WITHDRAWN, Is.REVOKED}),
    by_itself=frozenset({Do.RECALL_CHANGE}),
    quiet=INSIDE,
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
# So many days beyond the deadline in force an extension goes at most; who needs more asks again.
MOST_EXTENSION = 90


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


# A number as people type it: 二七督〔2018〕5号, 〔2018〕5, 5号; the brackets are often others, or missing.
_TYPED = re.compile(r"(?P<issuer>\D*?)(?:[〔\[(【]?(?P<year>20\d\d)[〕\])】])?第?(?P<number>\d{1,6})号?")


def number_sought(text: str) -> tuple[str, int | None, int] | None:
    """Return which number a search asks for: issuer (may be empty), year (None: any), number; None where it asks for none."""
    found = _TYPED.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    return found["issuer"], int(found["year"]) if found["year"] else None, int(found["number"])
