"""From thresholds to what is shown: holds, the observation after red, a level set by hand and 销号 are bounds on the schedule.

domain.md §1.8 and §5.5: yellow and red are left only after somebody confirmed it (the floor), red by way of a yellow observation
cycle; a hold shows no colour; what is closed (销号) is neutral.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from projects.choices import GRAVE_LEVELS, EscalationStep, WarningLevel
from projects.rules.calendar import OPENS_BEFORE
from projects.rules.policy import Policy
from projects.rules.warning import Thresholds

ONE_DAY = timedelta(days=1)
# So many separate pauses a schedule holds: the one that covers the day or comes next, and those to come after it.
MOST_PAUSES = 3
# How the columns of each are called after paused_from and paused_until.
PAUSE_SUFFIXES = ("", "_2", "_3")
Pause = tuple[date, date]


@dataclass(frozen=True)
class Bounds:
    """What the thresholds are bounded by. Days are included in what they begin and end."""

    closed_on: date | None = None
    paused_from: date | None = None
    paused_until: date | None = None
    # The level below which the colour may not fall: until the day, or until a person confirms (no day).
    floor_level: WarningLevel | None = None
    floor_until: date | None = None
    # A level set by hand by the supervision office, never for ever.
    manual_level: WarningLevel | None = None
    manual_until: date | None = None
    # Further pauses, apart from the first and from each other (winter is granted in summer, and a flood comes before it).
    paused_from_2: date | None = None
    paused_until_2: date | None = None
    paused_from_3: date | None = None
    paused_until_3: date | None = None

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The pauses, first and last day of each, the first one first."""
        pairs = (
            (self.paused_from, self.paused_until),
            (self.paused_from_2, self.paused_until_2),
            (self.paused_from_3, self.paused_until_3),
        )
        return tuple((begin, end) for begin, end in pairs if begin is not None and end is not None)


def pause_columns(pauses: Sequence[Pause]) -> dict[str, date | None]:
    """Return the bounds' values, by name, that say these pauses. Raises ValueError for more than a schedule holds."""
    if len(pauses) > MOST_PAUSES:
        raise ValueError(f"{len(pauses)} pauses")
    found: dict[str, date | None] = {}
    for number, suffix in enumerate(PAUSE_SUFFIXES):
        begin, end = pauses[number] if number < len(pauses) else (None, None)
        found |= {f"paused_from{suffix}": begin, f"paused_until{suffix}": end}
    return found


@dataclass(frozen=True)
class Schedule:
    """Thresholds and bounds as they were known from `valid_from` on, until the day before `valid_until` (None: still)."""

    valid_from: date
    thresholds: Thresholds
    bounds: Bounds = Bounds()
    valid_until: date | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of days with one level, first and last day included."""

    first: date
    last: date
    level: WarningLevel


def floor_on(bounds: Bounds, day: date) -> WarningLevel:
    """Return the level below which the bounds keep the colour on the day; UNRATED when they do not."""
    floor = WarningLevel.UNRATED
    if bounds.floor_level is not None and (bounds.floor_until is None or day <= bounds.floor_until):
        floor = bounds.floor_level
    if bounds.manual_level is not None and bounds.manual_until is not None and day <= bounds.manual_until:
        floor = max(floor, bounds.manual_level)
    return floor


def underlying_level(thresholds: Thresholds, bounds: Bounds, day: date) -> WarningLevel:
    """Return the level on the day whatever is paused or closed: the worst of thresholds and floors."""
    return max(thresholds.level(day), floor_on(bounds, day))


def pause_on(bounds: Bounds, day: date) -> Pause | None:
    """Return first and last day of the pause that covers the day, None where none does."""
    return next((pause for pause in bounds.pauses if pause[0] <= day <= pause[1]), None)


def is_paused(bounds: Bounds, day: date) -> bool:
    """Say whether an approved hold covers the day."""
    return pause_on(bounds, day) is not None


def level_on(thresholds: Thresholds, bounds: Bounds, day: date) -> WarningLevel:
    """Return what is shown on the day (querysets.warning says the same in SQL)."""
    if bounds.closed_on is not None and bounds.closed_on <= day:
        return WarningLevel.DONE
    if is_paused(bounds, day):
        return WarningLevel.PAUSED
    return underlying_level(thresholds, bounds, day)


def turning_days(thresholds: Thresholds, bounds: Bounds) -> list[date]:
    """Return the days on which the level may change by itself, in order."""
    begins = [thresholds.green_on, thresholds.blue_on, thresholds.yellow_on, thresholds.red_on, bounds.closed_on]
    begins += [begin for begin, _ in bounds.pauses]
    ends: list[date | None] = [end for _, end in bounds.pauses]
    ends += [bounds.floor_until] if bounds.floor_level is not None else []
    ends += [bounds.manual_until] if bounds.manual_level is not None else []
    return sorted({day for day in begins if day is not None} | {day + ONE_DAY for day in ends if day is not None})


def turns(thresholds: Thresholds, bounds: Bounds, after: date, until: date) -> list[tuple[date, WarningLevel, WarningLevel]]:
    """Return what will turn after a day, up to another one, unless something is recorded: (day, from, to)."""
    found = []
    before = level_on(thresholds, bounds, after)
    for day in turning_days(thresholds, bounds):
        if after < day <= until:
            level = level_on(thresholds, bounds, day)
            if level != before:
                found.append((day, before, level))
            before = level
    return found


def current(schedules: Iterable[Schedule], day: date) -> Schedule | None:
    """Return the schedule that was valid on the day."""
    return next(
        (one for one in schedules if one.valid_from <= day and (one.valid_until is None or day < one.valid_until)),
        None,
    )


def segments(schedules: Sequence[Schedule], first: date, last: date) -> list[Segment]:
    """Return the colours from a day to another as stretches of equal level; days without a schedule are UNRATED."""
    if last < first:
        return []
    days = {first}
    for one in schedules:
        days |= {one.valid_from, *([one.valid_until] if one.valid_until else []), *turning_days(one.thresholds, one.bounds)}
    found: list[Segment] = []
    starts = sorted(day for day in days if first <= day <= last)
    for start, following in zip(starts, [*starts[1:], last + ONE_DAY], strict=True):
        valid = current(schedules, start)
        level = level_on(valid.thresholds, valid.bounds, start) if valid else WarningLevel.UNRATED
        if found and found[-1].level == level:
            found[-1] = Segment(found[-1].first, following - ONE_DAY, level)
        else:
            found.append(Segment(start, following - ONE_DAY, level))
    return found


def since(thresholds: Thresholds, bounds: Bounds, entered_level: WarningLevel, entered_on: date, valid_from: date, day: date) -> date:
    """Return since when the colour of the day has been shown without break.

    A schedule carries with which level it began (`entered_level`) and since when that one had been shown (`entered_on`).
    """
    began, level = entered_on, entered_level
    for turn, _, to in turns(thresholds, bounds, valid_from, day):
        if to != level:
            began, level = turn, to
    return began


def cutoffs_passed(began: date, day: date, cutoffs: Iterable[date]) -> int:
    """Return how many reporting cut-offs a colour has outlived: those from its first day to the day."""
    return sum(began <= cutoff <= day for cutoff in cutoffs)


def escalation(policy: Policy, level: WarningLevel, periods: int) -> EscalationStep | None:
    """Return the step that the policy proposes for a level that has outlived so many cut-offs (domain.md §1.7)."""
    steps = [item for item in policy.escalations if item.level == level and item.times <= periods]
    return max(steps, key=lambda item: item.times).step if steps else None


def needs_lifting(before: WarningLevel, computed: WarningLevel) -> bool:
    """Say whether people have to confirm before the colour falls from one level to the computed one (§1.8: leaving yellow or red)."""
    return before in GRAVE_LEVELS and computed < before


def observed_until(day: date, cutoffs: Iterable[date], cycles: int) -> date:
    """Return the last day of the observation after red that was confirmed on the day: so many reporting cut-offs later.

    Only months that open on the day or later count, so that at least one whole report is made under observation: red that is
    confirmed on the eve of a cut-off would else be watched for a day.
    """
    later = sorted(cutoff for cutoff in cutoffs if cutoff - OPENS_BEFORE * ONE_DAY >= day)
    return later[min(cycles, len(later)) - 1] if cycles > 0 and later else day


def merged_pauses(holds: Iterable[Pause], day: date) -> list[Pause]:
    """Return the pauses that are not over on the day, the first one first: holds that follow each other without a gap are one."""
    joined: list[list[date]] = []
    for begin, end in sorted(holds):
        if end < begin:
            continue
        if joined and begin <= joined[-1][1] + ONE_DAY:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return [(begin, end) for begin, end in joined if end >= day]


def merged_pause(holds: Iterable[Pause], day: date) -> tuple[date | None, date | None]:
    """Return the pause that covers the day, or the next one (`merged_pauses`); (None, None) without."""
    found = merged_pauses(holds, day)
    return found[0] if found else (None, None)
