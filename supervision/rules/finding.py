"""A finding of untrue reporting (上报不实): shown beside the colour until it is settled (domain.md §1.7).

Within two working days the unit puts right what it reported and says how it came about; an inspector checks, the supervision office
settles it. Whoever explained it does neither, and whoever checked does not settle; where nobody else of the office is left, a leader does.
While the unit's objection to the conclusion is undecided, nothing is asked of it.
"""

from supervision.choices import FindingAction, FindingState, Party
from supervision.rules.machine import Machine, Step

_S, _A = FindingState, FindingAction
_UNIT = frozenset({Party.HANDLER})
_CHECK = frozenset({Party.INSPECTOR})
_OFFICE = frozenset({Party.SUPERVISION})
# Who changes the conclusion that it came from (rules/inspection.py): whoever may do so takes the finding back with it.
_JUDGE = frozenset({Party.SUPERVISION, Party.LEADER})

# Working days for 更正 + 说明 (domain.md §1.7).
DAYS = 2

MACHINE = Machine(
    name="finding",
    label="不实认定",
    states=tuple((one.value, str(one.label)) for one in FindingState),
    actions=tuple((one.value, str(one.label)) for one in FindingAction),
    steps=(
        Step(_A.RAISE, frozenset({None}), _S.OPEN, _CHECK | _OFFICE | {Party.LEADER}, needs=frozenset({"text"})),
        # An objection stops the clock; upheld, the two days begin anew.
        Step(_A.PAUSE, frozenset({_S.OPEN}), _S.PAUSED, _UNIT),
        Step(_A.RESUME, frozenset({_S.PAUSED}), _S.OPEN, _JUDGE, other_than=frozenset({_A.PAUSE})),
        Step(_A.EXPLAIN, frozenset({_S.OPEN, _S.PAUSED}), _S.EXPLAINED, _UNIT, needs=frozenset({"corrected", "text"})),
        Step(_A.CHECK, frozenset({_S.EXPLAINED}), _S.CHECKED, _CHECK, needs=frozenset({"text"}), other_than=frozenset({_A.EXPLAIN})),
        Step(_A.SEND_BACK, frozenset({_S.EXPLAINED}), _S.OPEN, _CHECK, needs=frozenset({"reason"}), other_than=frozenset({_A.EXPLAIN})),
        Step(_A.SETTLE, frozenset({_S.CHECKED}), _S.SETTLED, _JUDGE, other_than=frozenset({_A.EXPLAIN, _A.CHECK}), ends=True),
        Step(
            _A.REFUSE, frozenset({_S.CHECKED}), _S.OPEN, _JUDGE, needs=frozenset({"reason"}), other_than=frozenset({_A.EXPLAIN, _A.CHECK})
        ),
        # An inspection whose conclusion is changed takes its finding back, settled or not; nobody does so by itself.
        Step(
            _A.REVOKE,
            frozenset({_S.OPEN, _S.PAUSED, _S.EXPLAINED, _S.CHECKED, _S.SETTLED}),
            _S.REVOKED,
            _JUDGE,
            needs=frozenset({"reason"}),
            other_than=frozenset({_A.EXPLAIN}),
            ends=True,
        ),
    ),
    finals=frozenset({_S.SETTLED, _S.REVOKED}),
    counter="项",
    by_itself=frozenset({_A.RAISE, _A.PAUSE, _A.RESUME, _A.REVOKE}),
    rounds=frozenset({_A.EXPLAIN}),
)

# The states in which it is shown beside the colour, in their order.
STANDING = (_S.OPEN, _S.PAUSED, _S.EXPLAINED, _S.CHECKED)
