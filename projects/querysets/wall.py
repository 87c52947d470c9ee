"""The milestones and holds of the wall's rows as they stood on a day, read for the rows of one page (as querysets.ledger_state)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q

from projects.choices import DecisionState, Stage
from projects.rules.milestone import Changes, known, standing, value_on
from projects.rules.stage import stage_on
from projects.rules.wall import Asked, Step, Stretch, Window, actual, construction, on_wall

ONE_DAY = timedelta(days=1)
_MILESTONE = (
    *("project_id", "pk", "kind", "name", "year", "due_phrase", "recorded_on"),
    *("baseline_due_on", "due_on", "done_on", "done_known_on", "simulated"),
)


@dataclass(frozen=True)
class Pause:
    """Days on which a project was or will be paused, as known on the day, both included, and the reason's code."""

    first: date
    last: date
    reason: str
    simulated: bool


@dataclass(frozen=True)
class Road:
    """A project's way through the year as it stood on a day: its milestones on the wall, those of all years, what really happened, its
    pauses, its stage (None: not known)."""

    steps: tuple[Step, ...]
    every: tuple[Step, ...]
    actual: Stretch | None
    pauses: tuple[Pause, ...]
    stage: Stage | None

    @property
    def is_building(self) -> bool:
        """Whether the project was being built on the day."""
        return self.stage == Stage.STARTED


def read_roads(entries: Iterable[Any], year: int, day: date, *, past: bool) -> None:
    """Set `road` (Road) on a ledger's entries: five queries, six when the day is `past`."""
    entries = list(entries)
    projects = {entry.project_id for entry in entries}
    changes, causes, moves = _changes(projects, day)
    completed = _completions(projects, day) if past else {}
    asked = _asked(projects, day)
    pauses = _pauses(projects, year, day)
    rows = defaultdict(list)
    milestones = apps.get_model("projects", "Milestone").objects.filter(project__in=projects)
    for project, *row in milestones.order_by(F("due_on").asc(nulls_last=True), "pk").values_list(*_MILESTONE):
        rows[project].append(row)
    keys = [row[0] for found in rows.values() for row in found if not row[-1]]
    documented = _documented(keys)
    window = Window.of_year(year)
    for entry in entries:
        steps, every, done = [], [], []
        for key, kind, name, planned, phrase, recorded_on, baseline, due, done_on, done_known_on, simulated in rows[entry.project_id]:
            if not known(recorded_on, day):
                continue
            finished = completed.get(key, ())
            done_then = value_on(done_on, finished, day)
            done.append((kind, done_then, done_known_on))
            stands = standing(due, changes.get(key, ()), done_on, done_known_on, day, finished)
            step = Step(
                *(key, kind, name, planned, phrase, baseline, stands, done_then, done_known_on, simulated, key in documented),
                *(causes.get(key, ""), moves.get(key, 0), asked.get(key)),
            )
            every.append(step)
            if on_wall(year, planned, stands.due_on, baseline, step.done_by):
                steps.append(step)
        built = construction(done, entry.nature, window, day)
        stage = stage_on(day, [(kind, on or by) for kind, on, by in done], entry.nature)
        entry.road = Road(tuple(steps), tuple(every), actual(steps, built, window), tuple(pauses.get(entry.project_id, ())), stage)


def _changes(projects: set[int], day: date) -> tuple[Mapping[int, Changes], dict[int, str], dict[int, int]]:
    """Return the changes of dates recorded after the day by milestone, the cause of the last one before, and how many there were."""
    rows = (
        apps.get_model("projects", "DateChange")
        .objects.filter(milestone__project__in=projects)
        .order_by("recorded_on", "pk")
        .values_list("milestone_id", "recorded_on", "from_due_on", "cause")
    )
    later: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    causes: dict[int, str] = {}
    moves: dict[int, int] = defaultdict(int)
    for milestone, recorded_on, before, cause in rows:
        if recorded_on > day:
            later[milestone].append((recorded_on, before))
        else:
            causes[milestone] = cause
            moves[milestone] += 1
    return later, causes, moves


def _completions(projects: set[int], day: date) -> Mapping[int, Changes]:
    """Return what was recorded of completion after the day by milestone."""
    rows = (
        apps.get_model("projects", "MilestoneUpdate")
        .objects.filter(milestone__project__in=projects, recorded_on__gt=day)
        .deciding()
        .values_list("milestone_id", "recorded_on", "from_done_on")
    )
    later: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for milestone, recorded_on, before in rows:
        later[milestone].append((recorded_on, before))
    return later


def _asked(projects: set[int], day: date) -> dict[int, Asked]:
    """Return the requests for another date that awaited a decision on the day."""
    waits = Q(decided_on=None) | Q(decided_on__gt=day)
    rows = apps.get_model("projects", "DateRequest").objects.filter(waits, milestone__project__in=projects, requested_on__lte=day)
    return {key: Asked(to, since) for key, to, since in rows.values_list("milestone_id", "to_due_on", "requested_on")}


def _pauses(projects: set[int], year: int, day: date) -> dict[int, list[Pause]]:
    """Return the holds that had been granted by the day and touch the year; an end that was recorded later was not known."""
    rows = (
        apps.get_model("projects", "Hold")
        .objects.filter(project__in=projects, state=DecisionState.APPROVED, decided_on__lte=day)
        .filter(since__lte=date(year, 12, 31), until__gte=date(year, 1, 1))
        .order_by("since", "pk")
        .values_list("project_id", "since", "until", "ended_on", "reason", "simulated")
    )
    found: dict[int, list[Pause]] = defaultdict(list)
    for project, since, until, ended_on, reason, simulated in rows:
        last = min(until, ended_on - ONE_DAY) if ended_on is not None and ended_on <= day else until
        if last >= since:
            found[project].append(Pause(since, last, reason, simulated))
    return found


def _documented(keys: list[int]) -> set[int]:
    """Return those of the milestones (keys) for which a document is cited."""
    kind = ContentType.objects.get_for_model(apps.get_model("projects", "Milestone"))
    citations = apps.get_model("projects", "Citation").objects.filter(fact_type=kind, fact_id__in=keys)
    return set(citations.order_by().values_list("fact_id", flat=True))
