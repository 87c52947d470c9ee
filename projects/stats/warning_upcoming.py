"""What turns by itself in the coming days, unless something is recorded: from the schedules, project by project."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from projects.choices import WarningLevel
from projects.models import WarningSchedule
from projects.rules.colour import Bounds, Schedule, current, level_on, segments, turns
from projects.rules.turning import Direction, direction
from projects.rules.warning import Thresholds

_ONE_DAY = timedelta(days=1)
_DATES = ("green_on", "blue_on", "yellow_on", "red_on")
# In the order of rules.colour.Bounds.
_BOUNDS = tuple(field.name for field in fields(Bounds))


@dataclass(frozen=True)
class Turn:
    """A project's colour turning on a day, and the key of the schedule row that holds then. `new_rules`: a new version of the rules,
    in force from this day on, is what turns it: by the rules before it would not turn to this level, or not yet."""

    project: int
    day: date
    before: WarningLevel
    after: WarningLevel
    schedule: int
    new_rules: bool

    @property
    def direction(self) -> Direction:
        return direction(self.before, self.after)


def coming_turns(projects: QuerySet, year: int, after: date, until: date, *, as_known_then: bool) -> list[Turn]:
    """Return what turns after a day up to another one, by day, the graver first: one query, which reads dates only.

    `projects` are keys. With `as_known_then` (a day in the past) only what was known on the day counts; otherwise rules that are
    approved for a later day do, too.
    """
    of_year = WarningSchedule.objects.of_year(year)
    held = of_year.turning(after, until)
    if as_known_then:
        rows = held.filter(project__in=projects)
    else:
        new_rules = of_year.on(after).filter(valid_until__gt=after, valid_until__lte=until)
        moving = of_year.filter(Q(pk__in=held.values("pk")) | Q(pk__in=new_rules.values("pk")), project__in=projects)
        rows = of_year.between(after, until).filter(project__in=moving.values("project"))
    of_project: dict[int, list[tuple[int, Schedule]]] = defaultdict(list)
    for project, key, valid_from, valid_until, *columns in rows.values_list(
        "project_id", "pk", "valid_from", "valid_until", *_DATES, *_BOUNDS
    ):
        of_project[project].append((key, _schedule(valid_from, None if as_known_then else valid_until, columns)))
    found = [turn for project, known in of_project.items() for turn in _turns(project, known, after, until)]
    return sorted(found, key=lambda turn: (turn.day, -turn.after, turn.project))


def _schedule(valid_from: date, valid_until: date | None, columns: Sequence[Any]) -> Schedule:
    """Return the schedule of a row's dates; its causes are not read."""
    bounds = Bounds(*columns[len(_DATES) :])
    return Schedule(valid_from, Thresholds(*columns[: len(_DATES)]), bounds, valid_until)


def _turns(project: int, known: list[tuple[int, Schedule]], after: date, until: date) -> Iterable[Turn]:
    key, schedule = known[0]
    if len(known) == 1 and schedule.valid_from <= after and (schedule.valid_until is None or schedule.valid_until > until):
        for day, before, level in turns(schedule.thresholds, schedule.bounds, after, until):
            yield Turn(project, day, WarningLevel(before), WarningLevel(level), key, False)
        return
    schedules = [schedule for _, schedule in known]
    stretches = segments(schedules, after, until)
    for one, following in zip(stretches, stretches[1:], strict=False):
        day = following.first
        schedule = current(schedules, day) or schedules[-1]
        before = current(schedules, day - _ONE_DAY)
        new_rules = schedule.valid_from == day
        if new_rules and before is not None and level_on(before.thresholds, before.bounds, day) == following.level:
            # It turns by the rules that it has: they say why.
            schedule, new_rules = before, False
        key = next(key for key, other in known if other is schedule)
        yield Turn(project, day, WarningLevel(one.level), WarningLevel(following.level), key, new_rules)
