"""A leader's question (领导问查): one sentence with a due day, answered, then closed or followed by another (domain.md §2)."""

from supervision.choices import InquiryAction, InquiryState, Party
from supervision.rules.machine import Machine, Step

_S, _A = InquiryState, InquiryAction
_LEADER = frozenset({Party.LEADER})
_ASKED = frozenset({Party.HANDLER})

# Working days that a question gives where the leader names no day.
DAYS = 5

MACHINE = Machine(
    name="inquiry",
    label="领导问查",
    states=tuple((one.value, str(one.label)) for one in InquiryState),
    actions=tuple((one.value, str(one.label)) for one in InquiryAction),
    steps=(
        Step(_A.ASK, frozenset({None}), _S.ASKED, _LEADER, needs=frozenset({"text"})),
        # The unit or the inspector that was asked; where nobody could answer for the unit the supervision office stands in for it.
        Step(_A.ANSWER, frozenset({_S.ASKED}), _S.ANSWERED, _ASKED, needs=frozenset({"text"})),
        Step(_A.FURTHER, frozenset({_S.ANSWERED}), _S.ASKED, frozenset({Party.AUTHOR}), needs=frozenset({"text"})),
        # A leader who has left his office leaves no question open for ever: the supervision office closes it, unless it answered.
        Step(
            _A.CLOSE,
            frozenset({_S.ANSWERED}),
            _S.CLOSED,
            frozenset({Party.AUTHOR, Party.SUPERVISION}),
            other_than=frozenset({_A.ANSWER}),
            ends=True,
        ),
        Step(_A.WITHDRAW, frozenset({_S.ASKED}), _S.WITHDRAWN, frozenset({Party.AUTHOR}), ends=True),
    ),
    finals=frozenset({_S.CLOSED, _S.WITHDRAWN}),
    counter="条",
    by_itself=frozenset({_A.ASK, _A.WITHDRAW}),
    rounds=frozenset({_A.FURTHER}),
)
