"""The colour schedule (design.md §2.2): from what is known now follows the day on which each colour will be reached.

Facts → thresholds (four dates and their causes) → with bounds (holds, observation, a level set by hand, 销号) → the level of any day.
`assess` evaluates a single day directly, dimension by dimension; it is what the pages explain a colour with, and a property test
holds both against each other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Protocol

from projects.choices import LEVELS, MONTH_KINDS, Dimension, WarningLevel
from projects.rules.calendar import cutoffs
from projects.rules.policy import Policy
from projects.rules.progress import measured, planned

ONE_DAY = timedelta(days=1)
# 27 years of days: a figure beyond it is never reached, and the calendar ends before some that can be typed.
FAR = 9999


class WorkCalendar(Protocol):
    """What the rules ask of the calendar of working days (erqi.common.workdays)."""

    def is_workday(self, day: date) -> bool: ...

    def add_workdays(self, day: date, number: int) -> date: ...

    def workdays_between(self, first: date, last: date) -> int: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class MilestoneFact:
    """A milestone of the year: its date in force, whether it is done, and since when a change of its date awaits a decision."""

    key: int
    kind: str
    name: str
    due_on: date | None
    done: bool = False
    pending_since: date | None = None

    @property
    def dimension(self) -> Dimension:
        return Dimension.START if self.kind in MONTH_KINDS else Dimension.MILESTONE


@dataclass(frozen=True)
class InvestmentFact:
    """The year's plan (twelve cumulative amounts, the year's amount) and the amount last reported, 万元; `month` it was reported for."""

    plan: tuple[Decimal, ...] | None = None
    annual: Decimal | None = None
    done: Decimal | None = None
    month: int = 0

    @property
    def whole(self) -> Decimal | None:
        """The year's amount; the plan's December where none is stated."""
        return self.annual if self.annual is not None else (self.plan[-1] if self.plan else None)


@dataclass(frozen=True)
class Event:
    """Something that happened to an obligation and gives a level by itself, whatever the limit, until it is made good (domain.md §1.6, D5).

    `words` say it whole, `rule` what of it the rules look at, `remedy` what would make it good.
    """

    level: WarningLevel
    on: date
    words: str
    rule: str
    remedy: str


@dataclass(frozen=True)
class Obligation:
    """Something to be settled by a day: a problem (D4) or a supervision notice (D5). Without a day only its events count.

    `stopped_on`: since when its clock has stood still, because somebody else has to decide first.
    """

    key: int
    dimension: Dimension
    name: str
    due_on: date | None
    # What kind of record it is of; empty: the problem that a monthly report names.
    source: str = ""
    stopped_on: date | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Facts:
    """All that the colour of a project in a year depends on besides the policy."""

    year: int
    milestones: tuple[MilestoneFact, ...] = ()
    investment: InvestmentFact = InvestmentFact()
    obligations: tuple[Obligation, ...] = ()


class CauseKind(Enum):
    """What a cause is about."""

    MILESTONE = "milestone"
    INVESTMENT = "investment"
    OBLIGATION = "obligation"


@dataclass(frozen=True)
class Cause:
    """Why a level is reached: the record, its date, and the figure on the policy's line (at the threshold, or on the day assessed)."""

    dimension: Dimension
    kind: CauseKind
    key: int = 0
    name: str = ""
    due_on: date | None = None
    value: Decimal | None = None
    # Investment only, 万元: what was planned and done at the cut-off of this month.
    month: int = 0
    planned: Decimal | None = None
    done: Decimal | None = None
    # Obligations only: as there; and what happened, where that gives the level and not the limit.
    source: str = ""
    event: Event | None = None


@dataclass(frozen=True)
class Thresholds:
    """From which day each level holds unless something is recorded; None: never. Before `green_on` nothing can be evaluated."""

    green_on: date | None = None
    blue_on: date | None = None
    yellow_on: date | None = None
    red_on: date | None = None
    causes: tuple[tuple[WarningLevel, Cause], ...] = ()

    def on(self, level: WarningLevel) -> date | None:
        """Return the day from which the level holds."""
        return {
            WarningLevel.GREEN: self.green_on,
            WarningLevel.BLUE: self.blue_on,
            WarningLevel.YELLOW: self.yellow_on,
            WarningLevel.RED: self.red_on,
        }[level]

    def cause(self, level: WarningLevel) -> Cause | None:
        """Return why a level is reached."""
        return next((cause for of, cause in self.causes if of == level), None)

    def level(self, day: date) -> WarningLevel:
        """Return the worst level reached by the day, UNRATED where nothing can be evaluated yet."""
        for since, level in (
            (self.red_on, WarningLevel.RED),
            (self.yellow_on, WarningLevel.YELLOW),
            (self.blue_on, WarningLevel.BLUE),
            (self.green_on, WarningLevel.GREEN),
        ):
            if since is not None and since <= day:
                return level
        return WarningLevel.UNRATED


@dataclass(frozen=True)
class Assessment:
    """How one thing stands on a day: the record or figure, and the level that the policy gives it. `frozen`: its clock stands still;
    `done`: a milestone that needs none any more."""

    cause: Cause
    level: WarningLevel
    counts: bool = True
    frozen: bool = False
    done: bool = False


# One thing's course: from which day it has each level or a worse one, with the cause and the figure on the policy's line (None: the
# cause has its own). Most of it is passed over, so the figure is put into the cause only where it stays.
_Course = Iterator[tuple[WarningLevel, date, Cause, int | None]]


def thresholds(policy: Policy, facts: Facts, calendar: WorkCalendar) -> Thresholds:
    """Return the schedule of a project in a year: the first day of each level and its cause.

    Each dimension only grows worse while nothing is recorded, so the first day of a level is the earliest that any thing has it.
    """
    first: dict[WarningLevel, tuple[date, Cause, int | None]] = {}
    for course in _courses(policy, facts, calendar):
        for level, day, cause, number in course:
            if level not in first or day < first[level][0]:
                first[level] = (day, cause, number)
    green, blue, yellow, red = (first[level][0] if level in first else None for level in LEVELS)
    return Thresholds(green, blue, yellow, red, tuple((level, _with_value(*first[level][1:])) for level in LEVELS if level in first))


def _courses(policy: Policy, facts: Facts, calendar: WorkCalendar) -> Iterator[_Course]:
    for milestone in facts.milestones:
        rule = policy.rule(milestone.dimension)
        if milestone.due_on is not None and rule is not None:
            yield _milestone_course(policy, milestone, facts.year)
    if policy.rule(Dimension.INVESTMENT) is not None:
        yield _investment_course(policy, facts, calendar)
    for obligation in facts.obligations:
        if policy.rule(obligation.dimension) is not None:
            yield _obligation_course(policy, obligation, facts.year, calendar)


def _line_course(
    policy: Policy, dimension: Dimension, begin: date, cause: Cause, day_of: Callable[[int], date], stopped_on: date | None = None
) -> _Course:
    """Yield the first day of each level on a line where more is worse; `day_of` is the first day with a whole number on it.

    A clock that stopped on a day does not reach later what it had not reached by then.
    """
    for level, number in policy.rules[dimension].starts:
        if number is None:
            yield level, begin, cause, None
        elif number <= FAR:
            day = day_of(max(number, -FAR))
            if stopped_on is None or day <= stopped_on:
                yield level, max(day, begin), cause, number


def _with_value(cause: Cause, number: int | None) -> Cause:
    return cause if number is None else replace(cause, value=Decimal(number))


def _milestone_course(policy: Policy, milestone: MilestoneFact, year: int) -> _Course:
    begin = date(year, 1, 1)
    cause = Cause(milestone.dimension, CauseKind.MILESTONE, milestone.key, milestone.name, milestone.due_on)
    if milestone.done:
        yield WarningLevel.GREEN, begin, cause, None
        return
    due_on = milestone.due_on
    assert due_on is not None  # noqa: S101
    day_of = _first_of_month(due_on) if milestone.dimension == Dimension.START else (lambda number: due_on + number * ONE_DAY)
    yield from _line_course(policy, milestone.dimension, begin, cause, day_of, milestone.pending_since)


def _first_of_month(due_on: date) -> Callable[[int], date]:
    """Return the function that gives the first day on which so many month-ends have passed since the planned month began."""

    def day_of(number: int) -> date:
        months = due_on.year * 12 + due_on.month - 1 + number
        return date(months // 12, months % 12 + 1, 1)

    return day_of


def evaluation_days(policy: Policy, year: int, calendar: WorkCalendar) -> list[tuple[int, date, date]]:
    """Return (month, cut-off, first day on which the month's plan is asked for) of the months that are evaluated.

    The day after the cut-off: whoever reports on the last day is in time.
    """
    days = cutoffs(year, calendar.is_workday)
    return [(month, days[month - 1], days[month - 1] + ONE_DAY) for month in range(max(policy.min_eval_month, 1), 13)]


def _investment_value(policy: Policy, facts: Facts, month: int, cutoff_on: date) -> Cause | None:
    """Return how the reported amount stands against the plan of a month; None where the month cannot be evaluated."""
    figures = facts.investment
    due = planned(policy.curve, figures.plan, figures.annual, facts.year, month, cutoff_on)
    if due is None:
        return None
    done = figures.done or Decimal(0)
    value = measured(policy.basis, done, due, figures.whole)
    if value is None:
        return None
    return Cause(Dimension.INVESTMENT, CauseKind.INVESTMENT, due_on=cutoff_on, value=value, month=month, planned=due, done=done)


def _is_complete(figures: InvestmentFact) -> bool:
    """Say whether the whole year's amount is invested: then there is nothing left to fall behind."""
    return bool(figures.whole) and figures.done is not None and figures.done >= (figures.whole or 0)


def _investment_level(policy: Policy, facts: Facts, cause: Cause) -> WarningLevel:
    value = cause.value
    assert value is not None  # noqa: S101
    return WarningLevel.GREEN if _is_complete(facts.investment) else policy.rules[Dimension.INVESTMENT].level(value)


def _investment_course(policy: Policy, facts: Facts, calendar: WorkCalendar) -> _Course:
    reached = WarningLevel.UNRATED
    for month, cutoff_on, day in evaluation_days(policy, facts.year, calendar):
        cause = _investment_value(policy, facts, month, cutoff_on)
        if cause is None:
            continue
        level = _investment_level(policy, facts, cause)
        # A level also counts for the milder ones, so that the earliest date of each is the true one.
        for passed in LEVELS:
            if reached < passed <= level:
                yield passed, day, cause, None
        reached = max(reached, level)
        if reached == WarningLevel.RED:
            return


def _obligation_course(policy: Policy, obligation: Obligation, year: int, calendar: WorkCalendar) -> _Course:
    begin, cause = date(year, 1, 1), _obligation_cause(obligation)
    if (due_on := obligation.due_on) is not None:

        def day_of(number: int) -> date:
            if number > 0 and obligation.dimension == Dimension.ISSUE:
                return due_on + number * ONE_DAY
            return first_day_at(due_on, number, calendar)

        yield from _line_course(policy, obligation.dimension, begin, cause, day_of, obligation.stopped_on)
    for event in obligation.events:
        # It counts for the milder levels too, so that the earliest date of each is the true one.
        yield from ((level, max(event.on, begin), replace(cause, event=event), None) for level in LEVELS if level <= event.level)


def _obligation_cause(obligation: Obligation) -> Cause:
    kind = CauseKind.OBLIGATION
    return Cause(obligation.dimension, kind, obligation.key, obligation.name, obligation.due_on, source=obligation.source)


def first_day_at(due_on: date, number: int, calendar: WorkCalendar) -> date:
    """Return the first day that is so many working days after the due day (negative: before it, so many are left)."""
    day = calendar.add_workdays(due_on, number) if number else due_on
    # Days off after a working day have the same number of working days left as the day itself counts from: the first one begins it.
    while workdays_late(due_on, day - ONE_DAY, calendar) >= number:
        day -= ONE_DAY
    return day


def workdays_late(due_on: date, day: date, calendar: WorkCalendar) -> int:
    """Return the working days that have passed since the due day; negative: those that are left."""
    return calendar.workdays_between(due_on, day) if day >= due_on else -calendar.workdays_between(day, due_on)


def month_ends_passed(planned_on: date, day: date) -> int:
    """Return how many month-ends have passed from the planned month's beginning; negative before it, 0 inside it (domain.md §1.6, D3)."""
    return (day.year * 12 + day.month) - (planned_on.year * 12 + planned_on.month)


def assess(policy: Policy, facts: Facts, calendar: WorkCalendar, day: date) -> list[Assessment]:
    """Return how each milestone, the investment and each obligation stands on the day, worst first: a direct evaluation."""
    found = [one for milestone in facts.milestones if (one := assess_milestone(policy, milestone, day)) is not None]
    found += _assess_investment(policy, facts, calendar, day)
    found += [one for obligation in facts.obligations if (one := _assess_obligation(policy, obligation, calendar, day)) is not None]
    return sorted(found, key=lambda one: (-one.counts, -one.level, one.cause.due_on or date.max, one.cause.key))


def assess_milestone(policy: Policy, milestone: MilestoneFact, day: date) -> Assessment | None:
    """Return how a milestone stands on the day; None where it has no date or the policy does not look at its kind."""
    rule = policy.rules.get(milestone.dimension)
    if milestone.due_on is None or rule is None:
        return None
    # A pending request stops the clock.
    stopped = milestone.pending_since is not None and milestone.pending_since <= day and not milestone.done
    then = day if milestone.pending_since is None else min(day, milestone.pending_since)
    late = month_ends_passed(milestone.due_on, then) if milestone.dimension == Dimension.START else (then - milestone.due_on).days
    level = WarningLevel.GREEN if milestone.done else rule.level(Decimal(late))
    cause = Cause(milestone.dimension, CauseKind.MILESTONE, milestone.key, milestone.name, milestone.due_on, Decimal(late))
    return Assessment(cause, level, rule.counts, stopped, milestone.done)


def _assess_obligation(policy: Policy, obligation: Obligation, calendar: WorkCalendar, day: date) -> Assessment | None:
    """Return how an obligation stands on the day, the worse of its limit and what happened; None where neither speaks."""
    rule, due_on, stopped_on = policy.rules.get(obligation.dimension), obligation.due_on, obligation.stopped_on
    if rule is None:
        return None
    cause, found = _obligation_cause(obligation), []
    if due_on is not None:
        then = day if stopped_on is None else min(day, stopped_on)
        by_days = then > due_on and obligation.dimension == Dimension.ISSUE
        late = Decimal((then - due_on).days if by_days else workdays_late(due_on, then, calendar))
        stopped = stopped_on is not None and stopped_on <= day
        found.append(Assessment(replace(cause, value=late), rule.level(late), rule.counts, stopped))
    found += [Assessment(replace(cause, event=event), event.level, rule.counts) for event in obligation.events if event.on <= day]
    return max(found, key=lambda one: one.level, default=None)


def _assess_investment(policy: Policy, facts: Facts, calendar: WorkCalendar, day: date) -> list[Assessment]:
    rule = policy.rules.get(Dimension.INVESTMENT)
    if rule is None:
        return []
    for month, cutoff_on, since in reversed(evaluation_days(policy, facts.year, calendar)):
        cause = _investment_value(policy, facts, month, cutoff_on) if since <= day else None
        if cause is not None:
            return [Assessment(cause, _investment_level(policy, facts, cause), rule.counts)]
    return []


def assessed_level(assessments: Sequence[Assessment]) -> WarningLevel:
    """Return the colour that the assessments make: the worst of those that count, UNRATED without any (domain.md §1.6)."""
    return max((one.level for one in assessments if one.counts), default=WarningLevel.UNRATED)
