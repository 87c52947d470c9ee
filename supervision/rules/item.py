"""An item of a supervision ledger (督察事项): worked on until it is struck off (销号), which three people see to (domain.md §2, §5.4).

The unit applies with a picture from before and one from after, an inspector looks, the supervision office confirms; whoever did one of
these in a round does none of the others. What is refused goes back to work with what is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from supervision.choices import ItemAction, ItemState, Party
from supervision.rules.machine import Machine, Step

_S, _A = ItemState, ItemAction
_OFFICE = frozenset({Party.SUPERVISION})
_UNIT = frozenset({Party.HANDLER})
_CHECK = frozenset({Party.INSPECTOR})
# A leader decides where the office itself had a hand in it and nobody else of it is left.
_JUDGE = frozenset({Party.SUPERVISION, Party.LEADER})
_OPEN = frozenset({_S.OPEN})
# What a person of each side has to do next is in these states.
WORKING = (_S.OPEN, _S.APPLIED, _S.VERIFIED)

MACHINE = Machine(
    name="item",
    label="督察事项",
    states=tuple((one.value, str(one.label)) for one in ItemState),
    actions=tuple((one.value, str(one.label)) for one in ItemAction),
    steps=(
        Step(_A.REGISTER, frozenset({None}), _S.OPEN, _OFFICE),
        Step(_A.AMEND, _OPEN, None, _OFFICE),
        # A responsibility that began or ended on the day that had been said: the day's run writes it down.
        Step(_A.HAND_OVER, frozenset(WORKING), None, _OFFICE),
        Step(_A.MOVE, _OPEN, None, _OFFICE, needs=frozenset({"reason"})),
        Step(_A.STEP, _OPEN, None, _UNIT | _OFFICE),
        Step(_A.UNDO_STEP, _OPEN, None, _OFFICE, needs=frozenset({"reason"})),
        Step(_A.PROGRESS, _OPEN, None, _UNIT, needs=frozenset({"text"})),
        Step(_A.CAUSE, _OPEN, None, _UNIT | _CHECK | _OFFICE, needs=frozenset({"cause"})),
        Step(_A.APPLY, _OPEN, _S.APPLIED, _UNIT, needs=frozenset({"text", "evidence_before", "evidence_after"})),
        Step(_A.WITHDRAW, frozenset({_S.APPLIED}), _S.OPEN, _UNIT),
        Step(_A.VERIFY, frozenset({_S.APPLIED}), _S.VERIFIED, _CHECK, needs=frozenset({"text"}), other_than=frozenset({_A.APPLY})),
        Step(_A.SEND_BACK, frozenset({_S.APPLIED}), _S.OPEN, _CHECK, needs=frozenset({"reason"}), other_than=frozenset({_A.APPLY})),
        Step(_A.CONFIRM, frozenset({_S.VERIFIED}), _S.CLOSED, _JUDGE, other_than=frozenset({_A.APPLY, _A.VERIFY}), ends=True),
        Step(
            _A.REFUSE,
            frozenset({_S.VERIFIED}),
            _S.OPEN,
            _JUDGE,
            needs=frozenset({"reason"}),
            other_than=frozenset({_A.APPLY, _A.VERIFY}),
        ),
        Step(_A.CANCEL, _OPEN, _S.CANCELLED, _OFFICE, needs=frozenset({"reason"}), ends=True),
        # What was struck off too early, or given up by mistake.
        Step(_A.REOPEN, frozenset({_S.CLOSED, _S.CANCELLED}), _S.OPEN, _OFFICE, needs=frozenset({"reason"})),
    ),
    finals=frozenset({_S.CLOSED, _S.CANCELLED}),
    counter="项",
    by_itself=frozenset({_A.HAND_OVER}),
    rounds=frozenset({_A.APPLY}),
)

# The states in which an item counts as done with for its colour.
ENDED = frozenset({_S.CLOSED, _S.CANCELLED})


@dataclass(frozen=True)
class Deadline:
    """A date that an item has to keep: the whole (`key` 0) or one step, and on which day it was done."""

    key: int
    name: str
    due_on: date | None
    done_on: date | None = None

    def is_late(self, day: date) -> bool:
        """Say whether it was missed as of the day: passed undone, or done too late. By days, as its colour (rules.limit)."""
        return self.due_on is not None and self.due_on < min(self.done_on or day, day)

    def is_open_late(self, day: date) -> bool:
        """Say whether it is passed and still undone."""
        return self.due_on is not None and self.done_on is None and self.due_on < day


def late_deadlines(deadlines: Iterable[Deadline], day: date) -> list[Deadline]:
    """Return those that were missed as of the day: the item lags, and needs its 病因 (D3) before it can be answered or closed."""
    return [one for one in deadlines if one.is_late(day)]


def needs_cause(deadlines: Iterable[Deadline], cause: str, day: date) -> bool:
    """Say whether the item lags and nobody has said why."""
    return not cause and bool(late_deadlines(deadlines, day))
