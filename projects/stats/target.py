"""How the targets of a year stand on a day: what was reached, computed from the ledger or registered, and whether that is enough."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erqi.common import workdays
from projects.choices import Computed, Measure
from projects.models import Target, TargetReading
from projects.rules.calendar import cutoffs
from projects.rules.computed import METHODS
from projects.rules.target import Figure, Judgement, Plan, Result, State, judge, needed, year_share
from projects.stats.target_computed import Reached, course_of, reached_by

COMPUTED, READING = "computed", "reading"


@dataclass(frozen=True)
class TargetState:
    """A target on a day. `figure` is the adopted one; `computed` what the ledger says (None: it is not asked), `reading` the last result
    registered by then. What the ledger can say counts before what was registered."""

    target: Target
    figure: Figure | None
    computed: Reached | None
    reading: TargetReading | None
    judgement: Judgement

    @property
    def source(self) -> str:
        """Where the result comes from: COMPUTED, READING, or an empty text for none."""
        if self.computed is not None and self.computed.value is not None:
            return COMPUTED
        return READING if self.reading is not None else ""

    @property
    def result(self) -> Decimal | None:
        """What was reached, in the target's unit."""
        if self.computed is not None and self.computed.value is not None:
            return self.computed.value
        return self.reading.value if self.reading is not None else None

    @property
    def on(self) -> date | None:
        """The day to which the result counts."""
        if self.source == COMPUTED:
            return self.computed.on if self.computed else None
        return self.reading.on if self.reading is not None else None

    @property
    def state(self) -> State:
        return self.judgement.state

    @property
    def share(self) -> Decimal | None:
        """What is reached of the figure, 0 to 1 and more."""
        return self.judgement.share

    @property
    def time_share(self) -> Decimal | None:
        """How much of the year had passed by the result, 0 to 1."""
        return self.judgement.time_share

    @property
    def gap(self) -> Decimal | None:
        """Percentage points ahead of the calendar (of the figure, for growth and shares); negative: behind."""
        return self.judgement.gap

    @property
    def link(self) -> str:
        """The ledger list behind a computed result, whose count or sum it is; else an empty text."""
        return self.computed.link if self.computed is not None and self.source == COMPUTED else ""

    @property
    def simulated(self) -> bool:
        """Whether simulated records are part of the result."""
        return self.computed is not None and self.source == COMPUTED and self.computed.simulated


def target_states(year: int, as_of: date, only: Collection[int] | None = None) -> list[TargetState]:
    """Return how the targets of a year (with `only`, those with these keys) stand on a day, in the order of the list of targets.

    At most seventeen queries, whatever the number of targets, entries and reports.
    """
    targets = Target.objects.for_list(year)
    return states_of(targets if only is None else targets.filter(pk__in=only), year, as_of)


def headline_states(year: int, as_of: date, computed: Iterable[Computed]) -> dict[Computed, TargetState]:
    """Return how the whole district's targets stand that are computed in these ways (its investment, starts, completions …)."""
    targets = Target.objects.for_list(year).filter(computed__in=list(computed), scope=None, project=None)
    found: dict[Computed, TargetState] = {}
    for state in states_of(targets, year, as_of):
        found.setdefault(Computed(state.target.computed), state)
    return found


def states_of(targets: Iterable[Target], year: int, day: date) -> list[TargetState]:
    """Return how targets of one year, fetched with their claims and readings, stand on a day."""
    targets = list(targets)
    reached = reached_by(targets, year, day)
    return [_state(target, reached.get(target.pk), year, day) for target in targets]


def adopted_figure(target: Target) -> Figure | None:
    """Return the adopted figure of a target fetched with its claims."""
    return next((Figure(claim.value, claim.bound, claim.wording) for claim in target.claims.all() if claim.adopted), None)


def last_reading(target: Target, day: date) -> TargetReading | None:
    """Return the last reading by the day, and not withdrawn by then, of a target fetched with its readings."""
    return next((reading for reading in reversed(target.readings.all()) if reading.on <= day and reading.stands_on(day)), None)


def _state(target: Target, reached: Reached | None, year: int, day: date) -> TargetState:
    figure, reading = adopted_figure(target), last_reading(target, day)
    result, passed, plan, why = None, None, None, ""
    if reached is not None and reached.value is not None:
        # What the ledger lists need not be all there is.
        partial = reached.partial or METHODS[Computed(target.computed)].is_stock
        result, passed = Result(reached.value, reached.on or day, partial=partial), reached.passed
        plan = Plan(reached.plan.due, reached.plan.year) if reached.plan else None
    elif reading is not None:
        result, passed = Result(reading.value, reading.on, reading.bound), year_share(year, reading.on)
    elif reached is not None:
        why = reached.why
    judgement = judge(target.measure, figure, result, year=year, day=day, passed=passed, plan=plan, why=why)
    return TargetState(target, figure, reached, reading, judgement)


@dataclass(frozen=True)
class CoursePoint:
    """A day of the year: what the ledger computes (None: unknown, or to come), what was registered, what is due by the calendar."""

    day: date
    computed: Decimal | None
    reading: Decimal | None
    due: Decimal | None
    simulated: bool = False


def target_course(target: Target, day: date) -> list[CoursePoint]:
    """Return the course of a target, fetched with its claims and readings, over its year: at each month's cut-off, on the days of readings,
    on the day itself and on the year's last. What a later day would say is left out. At most nine queries.

    What is due grows with the days of the year; for growth, shares and what the ledger holds at any time it is the figure.
    """
    year, figure = target.year, adopted_figure(target)
    ends = [*cutoffs(year, workdays.is_workday), date(year, 12, 31)]
    passed = [end for end in ends if end <= day]
    if target.computed and day.year == year and day not in passed:
        passed.append(day)
    reached = course_of(target, passed)
    readings = {reading.on: reading.value for reading in target.readings.all() if reading.on <= day and reading.stands_on(day)}
    grows = target.measure == Measure.LEVEL and not (target.computed and METHODS[Computed(target.computed)].is_stock)

    def due(on: date) -> Decimal | None:
        if figure is None:
            return None
        return needed(figure) * year_share(year, on) if grows else needed(figure)

    return [
        CoursePoint(on, there.value if there else None, readings.get(on), due(on), bool(there and there.simulated))
        for on in sorted({*ends, *passed, *readings})
        for there in [reached.get(on)]
    ]
