"""The wall chart (挂图作战): a project's year as a road on a line of days (design.md §6).

Places are whole half-days from the first day's midnight, clipped into the window: a deadline stands in the middle of its day, a stretch
begins with its first day and ends with its last. Nothing here knows how wide a day is drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from projects.choices import MilestoneKind, Nature, Stage
from projects.rules.milestone import MilestoneState, Standing, belongs
from projects.rules.stage import STAGE_OF_MILESTONE

# What is built from, and until: the kinds whose completion opens and closes the time of construction (rules.stage).
BEGUN = (MilestoneKind.START, MilestoneKind.TOPPING)
ENDED = (MilestoneKind.COMPLETION, MilestoneKind.PRODUCTION, MilestoneKind.SERVICE)


@dataclass(frozen=True)
class Window:
    """The days that a chart shows, both included."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> "Window":
        """Return the days of a year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def width(self) -> int:
        """The whole line, in half-days."""
        return 2 * self.days

    def side(self, day: date) -> int:
        """Say on which side of the window a day lies: -1 before it, 1 after it, 0 within."""
        return -1 if day < self.first else int(day > self.last)

    def start(self, day: date) -> int:
        """Return where a day begins, in half-days."""
        return min(max(2 * (day - self.first).days, 0), self.width)

    def middle(self, day: date) -> int:
        """Return the middle of a day; a day outside gives the nearer end."""
        return min(max(2 * (day - self.first).days + 1, 0), self.width)

    def end(self, day: date) -> int:
        """Return where a day ends."""
        return min(max(2 * (day - self.first).days + 2, 0), self.width)


@dataclass(frozen=True)
class Stretch:
    """Days from one to another, both included; `begun` says that it began earlier, or on a day that nobody knows."""

    first: date
    last: date
    begun: bool = False


@dataclass(frozen=True)
class Asked:
    """A request to move a milestone's date that awaited a decision on the day: its clock stands still."""

    to: date
    since: date


@dataclass(frozen=True)
class Step:
    """A milestone as it stood on a day. `cause` and `moves` are those of its changes of date recorded by then."""

    key: int
    kind: str
    name: str
    year: int
    phrase: str
    baseline_on: date | None
    standing: Standing
    done_on: date | None
    done_known_on: date | None
    simulated: bool = False
    documented: bool = False
    cause: str = ""
    moves: int = 0
    asked: Asked | None = None

    @property
    def state(self) -> MilestoneState:
        return self.standing.state

    @property
    def due_on(self) -> date | None:
        return self.standing.due_on

    @property
    def is_done(self) -> bool:
        return self.standing.state is MilestoneState.DONE

    @property
    def done_by(self) -> date | None:
        """The day on which, or by which, it is known to be done; None while it is open."""
        return (self.done_on or self.done_known_on) if self.is_done else None

    @property
    def at(self) -> date | None:
        """The day at which its mark stands: when it was done, else when it is due."""
        return self.done_by or self.due_on

    @property
    def slip(self) -> int:
        """How many days the current plan lies behind the baseline; negative: before it; 0 where either is unknown."""
        if self.baseline_on is None or self.due_on is None:
            return 0
        return (self.due_on - self.baseline_on).days


def on_wall(year: int, planned_year: int, due: date | None, baseline: date | None, done_by: date | None) -> bool:
    """Say whether a milestone stands on the wall of a year: it belongs to the year's ledger, or a date of it lies in the year."""
    return belongs(planned_year, due, year) or any(day is not None and day.year == year for day in (due, baseline, done_by))


def delay(step: Step, day: date) -> tuple[date, date] | None:
    """Return from when to when a milestone was or is late: from its date to the day it was done, or to the day while it is open."""
    if step.due_on is None or step.standing.days_late is None or step.standing.days_late <= 0:
        return None
    return step.due_on, step.done_on if step.is_done and step.done_on is not None else day


def extent(step: Step, day: date) -> tuple[date, date] | None:
    """Return the first and last day that a milestone's mark and tails cover; None for one without a date."""
    if step.at is None:
        return None
    late = delay(step, day)
    days = [one for one in (step.baseline_on, step.due_on, step.at, late and late[1]) if one is not None]
    return min(days), max(days)


def stretch(days: Iterable[date | None]) -> Stretch | None:
    """Return the stretch from the first to the last of the days that are known; None without any."""
    known = [day for day in days if day is not None]
    return Stretch(min(known), max(known)) if known else None


def construction(steps: Iterable[tuple[str, date | None, date | None]], nature: str, window: Window, day: date) -> Stretch | None:
    """Return since when a project has been built, up to the day or until it was completed; None where nothing says that it was begun.

    `steps` holds kind, day done and day by which it was known to be done, of all years, as known on the day. A project that is listed
    as 续建 was begun before the year (rules.stage); where only a document shows that it is being built, nobody knows since when.
    """
    begun_on: list[date] = []
    begun_by: list[date] = []
    ended: list[date] = []
    for kind, done_on, known_on in steps:
        done_by = done_on or known_on
        if done_by is None or done_by > day:
            continue
        if kind in ENDED:
            ended.append(done_by)
        elif kind in BEGUN:
            (begun_on if done_on is not None else begun_by).append(done_by)
    last = min([*ended, day])
    if begun_on:
        first, is_open = min(begun_on), False
    elif nature == Nature.CONTINUED:
        first, is_open = window.first, True
    elif begun_by:
        first, is_open = min(begun_by), True
    else:
        return None
    if last < window.first or first > min(last, window.last):
        return None
    is_open = is_open or first < window.first
    return Stretch(max(first, window.first), min(last, window.last), is_open)


def actual(steps: Iterable[Step], built: Stretch | None, window: Window) -> Stretch | None:
    """Return what really happened within the window: from the first milestone done to the last, joined with the time of construction."""
    found = stretch(step.done_by for step in steps if step.done_by is not None and not window.side(step.done_by))
    if found is None or built is None:
        return found or built
    first = min(found.first, built.first)
    return Stretch(first, max(found.last, built.last), built.begun and built.first == first)


def lanes(places: Sequence[tuple[int, int]]) -> list[int]:
    """Return the lane of each stretch (from, to) so that no two of a lane overlap or touch: the first lane that is free, from the left."""
    ends: list[int] = []
    found = [0] * len(places)
    for index in sorted(range(len(places)), key=lambda one: places[one]):
        first, last = places[index]
        lane = next((number for number, end in enumerate(ends) if end < first), len(ends))
        if lane == len(ends):
            ends.append(last)
        ends[lane] = last
        found[index] = lane
    return found


@dataclass(frozen=True)
class Leg:
    """A stage on a project's way, the milestone that stands for it (None: none is known), and whether it was reached on the day."""

    stage: Stage
    step: Step | None
    reached: bool


def route(steps: Iterable[Step], stage: Stage | None) -> list[Leg]:
    """Return the way 谋划 → 投产: for each stage the milestone that was done first, else the one that is due first, undated ones last.

    `steps` are those of all years; `stage` is the furthest reached on the day (rules.stage).
    """
    of_stage: dict[Stage, list[Step]] = {one: [] for one in Stage}
    for step in steps:
        if step.kind in STAGE_OF_MILESTONE:
            of_stage[STAGE_OF_MILESTONE[step.kind]].append(step)

    def first(step: Step) -> tuple[bool, date, int]:
        return not step.is_done, step.at or date.max, step.key

    return [Leg(one, min(found, key=first, default=None), stage is not None and stage >= one) for one, found in of_stage.items()]


def next_step(steps: Iterable[Step], year: int) -> Step | None:
    """Return the year's first milestone that is open on the day, as the ledger names it; one without a date comes last."""
    waiting = [step for step in steps if step.year == year and not step.is_done]
    return min(waiting, key=lambda step: (step.due_on or date.max, step.key), default=None)


def mondays(window: Window) -> list[date]:
    """Return the first days of the weeks of the window: its own first day, then every Monday."""
    monday = window.first + timedelta(days=(7 - window.first.weekday()) % 7)
    found = [] if monday == window.first else [window.first]
    while monday <= window.last:
        found.append(monday)
        monday += timedelta(days=7)
    return found


def months(window: Window) -> list[date]:
    """Return the first days of the months of the window."""
    found, day = [], window.first
    while day <= window.last:
        found.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found
