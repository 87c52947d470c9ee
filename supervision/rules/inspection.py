"""An inspection (督察): planned, conducted, read by the inspected unit, which may object once (domain.md §2 政府督查: the conclusion is
shown to whom it concerns).

A unit's own check (责任人自查) has nobody else to read it and ends at once. A conclusion that was objected to is upheld or changed by
somebody else than who drew it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from supervision.choices import InspectionAction, InspectionLayer, InspectionMethod, InspectionState, Party, Verdict
from supervision.rules.machine import Machine, Step

_S, _A = InspectionState, InspectionAction
_LOOKS = frozenset({Party.INSPECTOR, Party.SUPERVISION, Party.LEADER})
_UNIT = frozenset({Party.HANDLER})
# Who decides on an objection: the office, or a leader where the office itself drew the conclusion and nobody else of it is left.
_JUDGE = frozenset({Party.SUPERVISION, Party.LEADER})

MACHINE = Machine(
    name="inspection",
    label="督察",
    states=tuple((one.value, str(one.label)) for one in InspectionState),
    actions=tuple((one.value, str(one.label)) for one in InspectionAction),
    steps=(
        Step(_A.PLAN, frozenset({None}), _S.PLANNED, _LOOKS),
        Step(_A.CONDUCT, frozenset({None, _S.PLANNED}), _S.CONCLUDED, _LOOKS, needs=frozenset({"verdict", "text"})),
        Step(_A.SELF_CHECK, frozenset({None}), _S.CLOSED, _UNIT, needs=frozenset({"text"}), ends=True),
        Step(_A.ACCEPT, frozenset({_S.CONCLUDED}), _S.CLOSED, _UNIT, ends=True),
        Step(_A.OBJECT, frozenset({_S.CONCLUDED}), _S.ANSWERED, _UNIT, needs=frozenset({"text"})),
        Step(
            _A.UPHOLD,
            frozenset({_S.ANSWERED}),
            _S.CLOSED,
            _JUDGE,
            needs=frozenset({"reason"}),
            other_than=frozenset({_A.CONDUCT, _A.OBJECT}),
            ends=True,
        ),
        Step(
            _A.CHANGE,
            frozenset({_S.ANSWERED}),
            _S.CLOSED,
            _JUDGE,
            needs=frozenset({"verdict", "reason"}),
            other_than=frozenset({_A.CONDUCT, _A.OBJECT}),
            ends=True,
        ),
        # What was registered by mistake, before anybody has answered it; of what is closed only a unit's own check, which nobody answers
        # (services.inspection.retract_refusal).
        Step(
            _A.RETRACT,
            frozenset({_S.CONCLUDED, _S.CLOSED}),
            _S.RETRACTED,
            frozenset({Party.AUTHOR}),
            needs=frozenset({"reason"}),
            ends=True,
        ),
        Step(_A.CANCEL, frozenset({_S.PLANNED}), _S.CANCELLED, _LOOKS, needs=frozenset({"reason"}), ends=True),
    ),
    finals=frozenset({_S.CLOSED, _S.CANCELLED, _S.RETRACTED}),
    counter="次",
)

# While it is planned, and when it was called off, an inspection is theirs alone who inspect: a covert one is none once it is known.
UNANNOUNCED = frozenset({_S.PLANNED, _S.CANCELLED})

# They burden nobody: they were not held, or are not what they say.
UNCOUNTED = frozenset({_S.CANCELLED, _S.RETRACTED})

# So many days back into the former year an inspection may be registered: one of the last days of December is written down in January.
LATE_DAYS = 31

# So many inspections of one unit in a month are usual; planning a further one asks for a reason (the national regulation limits
# how often a unit is inspected, without a figure of its own).
USUAL_A_MONTH = 2

# What is found on the site differs from what was reported when it is off by more than this: a share of the amount, points of per cent.
AMOUNT_MARGIN = Decimal("0.05")
PERCENT_MARGIN = 5

# Which methods belong to which layer: a unit only checks itself.
METHODS: dict[InspectionLayer, tuple[InspectionMethod, ...]] = {
    InspectionLayer.SELF: (InspectionMethod.SELF_CHECK,),
    InspectionLayer.INSPECTOR: tuple(one for one in InspectionMethod if one != InspectionMethod.SELF_CHECK),
    InspectionLayer.LEADER: (InspectionMethod.FIELD, InspectionMethod.COVERT, InspectionMethod.TELEPHONE),
}


def layer_of(parties: Iterable[Party]) -> InspectionLayer:
    """Return in which layer somebody inspects: a leader asks, an inspector or the supervision office inspects, a unit checks itself."""
    found = frozenset(parties)
    if found & {Party.INSPECTOR, Party.SUPERVISION}:
        return InspectionLayer.INSPECTOR
    return InspectionLayer.LEADER if Party.LEADER in found else InspectionLayer.SELF


def earliest(day: date) -> date:
    """Return the first day on which an inspection that is registered on a day may have been held: it is counted against the unit in its
    month, which a day long past would evade."""
    return min(date(day.year, 1, 1), day - timedelta(days=LATE_DAYS))


def is_finding(verdict: str) -> bool:
    """Say whether a verdict becomes a finding of its own (D2: 上报不实 is a trigger by itself, not a kind of delay)."""
    return verdict == Verdict.UNTRUE


def is_often(inspected: int) -> bool:
    """Say whether a unit that was inspected so many times this month should be asked about before it is inspected again."""
    return inspected >= USUAL_A_MONTH


def amount_differs(reported: Decimal | None, observed: Decimal | None) -> bool:
    """Say whether an amount found on the site is another one than was reported: what is counted there is an estimate, so that a small
    difference is none. What was not looked at does not differ."""
    if reported is None or observed is None:
        return False
    return abs(observed - reported) > abs(reported) * AMOUNT_MARGIN


def percent_differs(reported: int | None, observed: int | None) -> bool:
    """Say whether the physical progress found on the site is another one than was reported (`amount_differs`)."""
    return reported is not None and observed is not None and abs(observed - reported) > PERCENT_MARGIN


def contradicts(verdict: str, differs: bool) -> bool:
    """Say whether a verdict cannot be, since something was found otherwise than reported (`differs`): small differences are 基本属实."""
    return differs and verdict == Verdict.TRUE
