"""Parts of what is said of a colour: the things assessed on a day, and the strip of the year's colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.choices import WarningLevel
from projects.rules.colour import Segment
from projects.rules.policy import Policy
from projects.rules.warning import Assessment, CauseKind, Facts
from projects.sentences.colour import computation, figure_words, plan_words, what_words
from projects.sentences.policy import level_word
from projects.sentences.warning import rule_words, waits_words
from projects.tables.level import SHAPES

# A mark stands in a stretch of the strip from this share of its width on, so that it is not cut off on a phone.
_ROOM_FOR_A_MARK = 4


@dataclass(frozen=True)
class Line:
    """One thing assessed on the day, in words."""

    assessment: Assessment
    policy: Policy
    year: int
    day: date
    whole: Decimal | None
    gives: bool
    # Since when its clock has stood still, where it does.
    stopped_on: date | None = None

    @property
    def level(self) -> WarningLevel:
        return self.assessment.level

    @property
    def done(self) -> bool:
        return self.assessment.done

    @property
    def word(self) -> str:
        return self.policy.label(self.assessment.level)

    @property
    def dimension(self) -> str:
        return self.assessment.cause.dimension.label

    @property
    def what(self) -> str:
        return what_words(self.assessment.cause, self.year)

    @property
    def plan(self) -> str:
        return plan_words(self.assessment.cause)

    @property
    def figure(self) -> str:
        return figure_words(self.assessment.cause, self.policy.basis, self.done)

    @property
    def waits(self) -> str:
        """For what its clock waits, where it stands still."""
        return waits_words(self.assessment)

    @property
    def rule(self) -> str:
        return rule_words(self.policy, self.assessment).partition("：")[2]

    @property
    def computation(self) -> str:
        return computation(self.assessment.cause, self.policy.basis, self.whole, self.stopped_on or self.day, self.done)


def lines_of(facts: Facts, policy: Policy, assessments: Sequence[Assessment], day: date) -> list[Line]:
    """Return everything that is assessed on the day, the worst first; `gives` marks what makes the colour."""
    stopped = {(CauseKind.MILESTONE, one.key, ""): one.pending_since for one in facts.milestones}
    stopped |= {(CauseKind.OBLIGATION, one.key, one.source): one.stopped_on for one in facts.obligations}
    worst = max((one.level for one in assessments if one.counts), default=WarningLevel.UNRATED)
    return [
        Line(
            one,
            policy,
            facts.year,
            day,
            whole=facts.investment.whole,
            gives=one.counts and one.level == worst and worst > WarningLevel.GREEN,
            stopped_on=stopped.get((one.cause.kind, one.cause.key, one.cause.source)) if one.frozen else None,
        )
        for one in assessments
    ]


@dataclass(frozen=True)
class Piece:
    """A stretch of days with one level: in the strip (percentages of its width) and in the table below it."""

    segment: Segment
    x: str
    width: str
    word: str

    @property
    def code(self) -> str:
        return self.segment.level.code

    @property
    def mark(self) -> str:
        return SHAPES[self.segment.level] if float(self.width) >= _ROOM_FOR_A_MARK else ""

    @property
    def middle(self) -> str:
        return f"{float(self.x) + float(self.width) / 2:.3f}"

    @property
    def days(self) -> int:
        return (self.segment.last - self.segment.first).days + 1


@dataclass(frozen=True)
class Strip:
    """The colours from a day to another: pieces, and where each month begins."""

    first: date
    last: date
    pieces: list[Piece]

    @property
    def months(self) -> list[tuple[str, str]]:
        """The months that begin within the strip: (where, name)."""
        whole = (self.last - self.first).days + 1
        starts = [date(self.first.year, month, 1) for month in range(1, 13)]
        return [(f"{(day - self.first).days * 100 / whole:.3f}", f"{day.month}月") for day in starts if self.first <= day <= self.last]


def strip_of(found: Sequence[Segment], first: date, last: date, policy: Policy | None) -> Strip:
    """Return the strip of stretches that cover the days from `first` to `last`; levels are called as the policy calls them."""
    whole = (last - first).days + 1
    pieces = [
        Piece(
            one,
            f"{(one.first - first).days * 100 / whole:.3f}",
            f"{((one.last - one.first).days + 1) * 100 / whole:.3f}",
            level_word(policy, one.level),
        )
        for one in found
    ]
    return Strip(first, last, pieces)
