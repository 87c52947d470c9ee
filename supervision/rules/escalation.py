"""What follows a colour that is not left, and an untrue report (domain.md §1.7): which document, what it asks for, by when.

The rules for warnings say after how many reporting cut-offs a step follows (projects.rules.policy.Escalation); the table here says what the
step is as a document. Proposed only: a person of the supervision office confirms or declines, and each trigger is decided once. What
lapsed because its ground was gone was not decided: where the ground stands again, it is proposed anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from supervision.choices import EscalationAction as A
from supervision.choices import EscalationState as S
from supervision.choices import EscalationTrigger, NoticeKind, NoticeSource, Party
from supervision.rules.machine import Machine, Step
from supervision.rules.notice import ASKED

_OFFICE = frozenset({Party.SUPERVISION})

MACHINE = Machine(
    name="escalation",
    label="升级提议",
    states=tuple((str(state), str(state.label)) for state in S),
    actions=tuple((str(action), str(action.label)) for action in A),
    steps=(
        # By the day's run or by the office itself; what is overtaken lapses the same way.
        Step(A.PROPOSE, frozenset({None}), S.PROPOSED, _OFFICE),
        # The notice is drafted for it; it is carried out once that is issued.
        Step(A.CONFIRM, frozenset({S.PROPOSED}), S.DRAFTED, _OFFICE),
        Step(A.ISSUE, frozenset({S.PROPOSED, S.DRAFTED}), S.CONFIRMED, _OFFICE),
        Step(A.DECLINE, frozenset({S.PROPOSED}), S.DECLINED, _OFFICE, needs=frozenset({"reason"}), ends=True),
        Step(A.LAPSE, frozenset({S.PROPOSED}), S.LAPSED, _OFFICE, needs=frozenset({"text"}), ends=True),
        # What was drafted for it is about something else now, was withdrawn, or revoked after its issue: it waits again.
        Step(A.REOPEN, frozenset({S.DRAFTED, S.CONFIRMED}), S.PROPOSED, _OFFICE, needs=frozenset({"text"})),
    ),
    finals=frozenset({S.CONFIRMED, S.DECLINED, S.LAPSED}),
    counter="项",
    by_itself=frozenset({A.PROPOSE, A.ISSUE, A.LAPSE, A.REOPEN}),
)


@dataclass(frozen=True)
class Document:
    """What a trigger is answered with: the kind and source of the notice, the working days for the reply, who is told besides, what else
    the office should do by itself, and what the reply has to hold where that is not what the kind asks for."""

    kind: NoticeKind
    source: NoticeSource
    days: int
    tells: str
    besides: str = ""
    other: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """What the reply has to hold."""
        return self.other or ASKED[self.kind]

    @property
    def asks(self) -> str:
        """The same in one line."""
        return "、".join(self.asked)


_YELLOW = "承办单位主管领导、牵头单位、分包领导、督察员"
_YELLOW_AGAIN = f"{_YELLOW}、重点项目办主任"
_RED = f"{_YELLOW_AGAIN}、区分管领导、区委督察办"

_LONG_REPORT = ("书面专报（影响进度的原因、已采取的措施和效果）", "整改方案（时间表、路线图、责任人）", "需要区里协调解决的事项")

DOCUMENTS: dict[EscalationTrigger, Document] = {
    EscalationTrigger.YELLOW: Document(NoticeKind.REMIND, NoticeSource.PROJECT, 5, _YELLOW),
    EscalationTrigger.YELLOW_AGAIN: Document(NoticeKind.LETTER, NoticeSource.PROJECT, 5, _YELLOW_AGAIN, "约谈分管负责人"),
    EscalationTrigger.RED: Document(
        NoticeKind.SUPERVISE,
        NoticeSource.PROJECT,
        3,
        _RED,
        "列入警示通报，约谈主要负责人",
    ),
    EscalationTrigger.RED_LONG: Document(
        NoticeKind.SUPERVISE,
        NoticeSource.PROJECT,
        5,
        f"{_RED}、区主要领导",
        "按规则取消评先（领导问查在采纳时自动发起）",
        _LONG_REPORT,
    ),
    EscalationTrigger.UNTRUE: Document(NoticeKind.CORRECT, NoticeSource.INSPECTION, 2, "督察办、分管领导", "列入警示通报"),
}
# What a notice that the office drafts by hand, from the project's page, answers as well: the documents that follow a colour by themselves.
# Three cut-offs in red ask for another one than red itself did, in the same form; an untrue report asks for its own.
_BY_HAND = {
    DOCUMENTS[trigger].kind: trigger for trigger in (EscalationTrigger.YELLOW, EscalationTrigger.YELLOW_AGAIN, EscalationTrigger.RED)
}
# The triggers whose document may also be drafted by hand.
BY_HAND = frozenset(_BY_HAND.values())
# From the mildest to the gravest.
ORDER = (
    EscalationTrigger.YELLOW,
    EscalationTrigger.YELLOW_AGAIN,
    EscalationTrigger.RED,
    EscalationTrigger.RED_LONG,
    EscalationTrigger.UNTRUE,
)
# The steps of the rules for warnings that ask for a document; blue asks for none.
BY_STEP = {
    "notice": EscalationTrigger.YELLOW,
    "interview": EscalationTrigger.YELLOW_AGAIN,
    "urge": EscalationTrigger.RED,
    "inquiry": EscalationTrigger.RED_LONG,
}


def weight(trigger: str) -> int:
    """Return how grave a trigger is."""
    return ORDER.index(EscalationTrigger(trigger))


def due_trigger(
    level: str, began: date, day: date, cutoffs: Iterable[date], steps: Iterable[tuple[str, int, str]]
) -> tuple[EscalationTrigger, date] | None:
    """Return the gravest trigger that a colour shown since a day has pulled by another, and the day on which it was pulled.

    `cutoffs` are those of reporting; `steps` are those of the rules in force: (level, cut-offs that the colour has outlived, step). None
    where no document is asked for.
    """
    passed = sorted(cutoff for cutoff in cutoffs if began <= cutoff <= day)
    found = [(times, BY_STEP[step]) for of, times, step in steps if of == level and times <= len(passed) and step in BY_STEP]
    if not found:
        return None
    times, trigger = max(found, key=lambda one: (one[0], weight(one[1])))
    return trigger, passed[times - 1] if times else began


def is_answered_by(trigger: str, kind: str, source: str) -> bool:
    """Say whether a notice of that kind and source is the document that the trigger asks for."""
    document = DOCUMENTS[EscalationTrigger(trigger)]
    return (document.kind, document.source) == (kind, source)


def answers(kind: str, proposed: str | None) -> EscalationTrigger | None:
    """Return what a notice about a project's colour answers: the trigger of the proposal that it was drafted for (`proposed`), or by its
    kind where the office drafted it by hand."""
    return EscalationTrigger(proposed) if proposed else _BY_HAND.get(NoticeKind(kind))
