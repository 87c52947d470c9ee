"""What becomes of a supervision notice, read from its acts, and how it stands on a day: the one rule of its level, for its own pages and
for the colour of its project (D5, domain.md §1.6).

Three things weigh: the limit of the reply, whose clock stands still while the sender has to decide; what happened (a reply returned, the
notice refused); how long nobody signs for it. The limit and what happened give the project its colour too. Not signing turns the notice
yellow and red (domain.md §5.3), and the project only blue (§1.6).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple, Protocol

from supervision.choices import NoticeAction as Do
from supervision.choices import NoticeState as Is
from supervision.choices import WarningLevel
from supervision.rules.notice import OWED, WAITING


class WorkCalendar(Protocol):
    """What the rules ask of the calendar of working days (erqi.common.workdays)."""

    def add_workdays(self, day: date, n: int) -> date: ...

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
    """How a notice stands on a day: its level, why, and the working days (late, left, or waited) or the times that say so."""

    level: WarningLevel
    why: Why = Why.NOTHING
    days: int = 0


@dataclass(frozen=True)
class Weight:
    """What weighs on a notice, and on its project, from a day on whatever the limit is: the level, why, and how often or how long."""

    level: WarningLevel
    on: date
    why: Why
    times: int = 0


# After so many working days a notice that is not signed for is called to mind, then yellow, then red (domain.md §5.3).
SIGN_REMIND, SIGN_YELLOW, SIGN_RED = 1, 2, 3
# After so many its project is blue (domain.md §1.6, D5).
SIGN_PROJECT = 2
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


class Done(NamedTuple):
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
    # When it went to the unit that has it, in the words that stand.
    sent_on: date | None = None
    signed_on: date | None = None
    # When the unit asked for what the sender has to decide, or refused.
    asked_on: date | None = None
    replied_on: date | None = None
    # The day on which the reply counts: while something waited for the sender's decision, that on which it was asked for.
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
    # Whether a change awaits its approval; earlier ones were made without.
    proposed: bool = False
    # The days of the returns that weigh: of this unit, since the notice was last open.
    returned: list[date] = field(default_factory=list)

    def take(self, act: Done) -> None:
        """Take the next act into account."""
        before = self.state
        self.state, self.unit = act.to_state, act.unit
        if act.due_on is not None:
            self.due_on = act.due_on
        if (name := _COUNTED.get(act.action)) is not None:
            setattr(self, name, getattr(self, name) + 1)
        match act.action:
            case Do.DRAFT:
                self.drafted_by = act.by_name
            case Do.APPROVE:
                self.signer = act.by_name
            case Do.ISSUE:
                self.issued_on, self.sent_on, self.first_due_on = act.on, act.on, act.due_on
            case Do.TRANSFER:
                self.sent_on, self.signed_on, self.returns, self.returned = act.on, None, 0, []
            case Do.PROPOSE_CHANGE:
                self.proposed = True
            case Do.CHANGE:
                self.sent_on, self.signed_on = act.on, None
                self.signer, self.proposed = act.by_name if self.proposed else self.signer, False
            case Do.DROP_CHANGE | Do.RECALL_CHANGE:
                self.proposed = False
            case Do.SIGN | Do.UPHOLD:
                self.signed_on = act.on
            case Do.ASK_EXTENSION | Do.ASK_TRANSFER | Do.REFUSE:
                self.asked_on = act.on
            case Do.REPLY:
                self.replied_on, self.reply = act.on, act.text
                self.counted_on = self.asked_on if before in WAITING else act.on
            case Do.RECALL_REPLY:
                self.replied_on = None
            case Do.RETURN_REPLY:
                self.replied_on, self.returned = None, [*self.returned, act.on]
            case Do.CLOSE:
                self.closed_on, self.conclusion, self.returned = act.on, act.text, []
            case Do.REOPEN:
                self.closed_on, self.replied_on = None, None

    @property
    def limit(self) -> date | None:
        """The day by which a reply is owed; None while none is."""
        return self.due_on if self.state in OWED else None

    @property
    def stopped_on(self) -> date | None:
        """Since when the clock has stood still, because the sender has to decide (a late decision must not make the unit late)."""
        return self.asked_on if self.state in WAITING else None

    def clock_on(self, day: date) -> date:
        """Return the day that the clock shows on another."""
        return day if self.stopped_on is None else min(day, self.stopped_on)

    def weights(self, calendar: WorkCalendar) -> list[Weight]:
        """Return what weighs besides the limit, on the notice and on its project: what was returned until a reply is passed, what was
        refused until that is decided, what nobody signs for."""
        found: list[Weight] = []
        if self.state in OWED or self.state == Is.REPLIED:
            found += [Weight(WarningLevel.YELLOW, on, Why.RETURNED, 1) for on in self.returned[:1]]
            found += [Weight(WarningLevel.RED, on, Why.RETURNED, len(self.returned)) for on in self.returned[1:2]]
        if self.state == Is.REFUSED and self.asked_on is not None:
            found.append(Weight(WarningLevel.RED, self.asked_on, Why.REFUSED))
        if self.state == Is.ISSUED and self.sent_on is not None:
            found.append(Weight(WarningLevel.BLUE, calendar.add_workdays(self.sent_on, SIGN_PROJECT), Why.UNSIGNED, SIGN_PROJECT))
        return found

    def standing(self, day: date, calendar: WorkCalendar) -> Standing | None:
        """Return how the notice stood on the day, the worst of what applies; None while nothing was owed and nothing weighed."""
        found = [answering(self.limit, self.clock_on(day), calendar)] if self.limit is not None else []
        found += [Standing(one.level, one.why, one.times) for one in self.weights(calendar) if one.on <= day]
        if self.state == Is.ISSUED and self.sent_on is not None:
            found.append(signing(self.sent_on, day, calendar))
        return max(found, key=lambda one: one.level, default=None)

    def is_late(self, day: date, calendar: WorkCalendar) -> bool:
        """Say whether the reply that was owed on the day was late, by the clock that may stand still."""
        return self.limit is not None and answering(self.limit, self.clock_on(day), calendar).why is Why.LATE

    def reply_lateness(self, calendar: WorkCalendar) -> int | None:
        """Return how many working days after its deadline the standing reply came (0: in time); None without one."""
        if self.replied_on is None or self.counted_on is None or self.due_on is None:
            return None
        return max(calendar.workdays_between(self.due_on, self.counted_on), 0)


_COUNTED: dict[str, str] = {
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
