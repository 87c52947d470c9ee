"""What turns by itself in the coming days, unless something is recorded: from the schedules, project by project."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from projects.choices import WarningLevel
from projects.models import WarningSchedule
from projects.rules.colour import segments
from projects.rules.turning import Direction, direction


@dataclass(frozen=True)
class Turn:
    """A project's colour turning on a day, and the schedule row that holds then."""

    project: int
    day: date
    before: WarningLevel
    after: WarningLevel
    row: WarningSchedule

    @property
    def direction(self) -> Direction:
        return direction(self.before, self.after)

    @property
    def by_new_rules(self) -> bool:
        """Whether a new version of the rules, in force from this day on, is what turns it."""
        return self.row.valid_from == self.day


def coming_turns(projects: QuerySet, year: int, after: date, until: date, *, as_known_then: bool) -> list[Turn]:
    """Return what turns after a day up to another one, by day, the graver first: one query.

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
    found: list[Turn] = []
    of_project: dict[int, list[WarningSchedule]] = defaultdict(list)
    for row in rows.defer("facts"):
        of_project[row.project_id].append(row)
    for project, known in of_project.items():
        found += _turns(project, known, after, until, as_known_then)
    return sorted(found, key=lambda turn: (turn.day, -turn.after, turn.project))


def _turns(project: int, rows: list[WarningSchedule], after: date, until: date, as_known_then: bool) -> list[Turn]:
    schedules = [replace(row.schedule, valid_until=None) if as_known_then else row.schedule for row in rows]
    stretches = segments(schedules, after, until)
    turns = []
    for one, following in zip(stretches, stretches[1:], strict=False):
        held = (
            row
            for row, schedule in zip(rows, schedules, strict=True)
            if schedule.valid_from <= following.first and (schedule.valid_until is None or following.first < schedule.valid_until)
        )
        row = next(held, rows[-1])
        turns.append(Turn(project, following.first, one.level, following.level, row))
    return turns
