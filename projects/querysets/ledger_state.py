"""The state of the ledger's rows on a day, read for the rows of one page: the same answers as the `with_…` annotations, for less."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import F

from erqi.common import contributions
from erqi.common.sql import Among
from projects.choices import ANSWERING_KINDS, MilestoneKind, WarningLevel
from projects.querysets.responsibility import in_force
from projects.rules.colour import Bounds, level_on, since
from projects.rules.milestone import known, value_on
from projects.rules.stage import stage_on
from projects.rules.warning import Thresholds

# The steps whose planned and actual day stand in columns of their own (domain.md §3.2), by kind of milestone.
STEPS = {
    MilestoneKind.START: "start",
    MilestoneKind.COMPLETION: "completion",
    MilestoneKind.PRODUCTION: "production",
    MilestoneKind.SERVICE: "production",
}
STEP_NAMES = tuple(dict.fromkeys(STEPS.values()))

_RANK = {kind: place for place, kind in enumerate(ANSWERING_KINDS)}


def read_stage_and_next(entries: Iterable[Any], year: int, as_of: date, *, past: bool = True, steps: bool = True) -> None:
    """Set `stage` and `next_milestone`, `next_kind`, `next_name`, `next_due_on`, `next_phrase`, `next_simulated` on a ledger's entries,
    `year_done` (the year has milestones and all are done), and with `steps` of each step of `STEPS` when it is due and when it was done
    (`start_due_on`, `start_done_on` …): of several the one of the ledger's year, else the last.

    Three queries; one when the day is not `past`, since then nothing can have been recorded after it.
    """
    entries = list(entries)
    projects = {entry.project_id for entry in entries}
    later = _since("DateChange", "from_due_on", projects, as_of) if past else {}
    completed = _since("MilestoneUpdate", "from_done_on", projects, as_of, changes_done=True) if past else {}
    rows = defaultdict(list)
    milestones = apps.get_model("projects", "Milestone").objects.filter(Among("project_id", projects))
    columns = ("project_id", "pk", "kind", "name", "year", "recorded_on", "due_on", "due_phrase", "done_on", "done_known_on", "simulated")
    for project, *row in milestones.order_by(F("due_on").asc(nulls_last=True), "pk").values_list(*columns):
        rows[project].append(row)
    for entry in entries:
        done, first, of_this_year = [], None, 0
        found: dict[str, tuple[bool, date | None, date | None]] = {}
        for key, kind, name, of_year, recorded_on, current, phrase, done_on, done_known_on, simulated in rows[entry.project_id]:
            if not known(recorded_on, as_of):
                continue
            done_by = (value_on(done_on, completed[key], as_of) if key in completed else done_on) or done_known_on
            done.append((kind, done_by))
            of_this_year += of_year == year
            is_open = done_by is None or done_by > as_of
            if steps and kind in STEPS and (of_year == year or not found.get(STEPS[kind], (False,))[0]):
                due = value_on(current, later[key], as_of) if key in later else current
                found[STEPS[kind]] = (of_year == year, due, None if is_open else done_by)
            if of_year == year and is_open:
                due = value_on(current, later[key], as_of) if key in later else current
                if first is None or (due or date.max, key) < first[0]:
                    first = ((due or date.max, key), (key, kind, name, due, phrase, simulated))
        entry.year_done = bool(of_this_year) and first is None
        entry.stage = stage_on(as_of, done, entry.nature)
        (
            entry.next_milestone,
            entry.next_kind,
            entry.next_name,
            entry.next_due_on,
            entry.next_phrase,
            entry.next_simulated,
        ) = first[1] if first else (None, None, None, None, None, False)
        for step in STEP_NAMES if steps else ():
            _, due, done_by = found.get(step, (False, None, None))
            setattr(entry, f"{step}_due_on", due)
            setattr(entry, f"{step}_done_on", done_by)


def _since(model: str, column: str, projects: set[int], as_of: date, **conditions: Any) -> dict[int, list[tuple[date, date | None]]]:
    """Return what was recorded after the day by milestone: (recorded on, date replaced), in the order of recording."""
    rows = (
        apps.get_model("projects", model)
        .objects.filter(Among("milestone__project_id", projects), recorded_on__gt=as_of, **conditions)
        .order_by("recorded_on", "pk")
        .values_list("milestone_id", "recorded_on", column)
    )
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for milestone, recorded_on, before in rows:
        found[milestone].append((recorded_on, before))
    return found


def read_answering_units(entries: Iterable[Any], as_of: date) -> None:
    """Set `answering_id`, `answering_row`, `answering_kind`, `answering_unit` and `answering_simulated` on entries: one query."""
    entries = list(entries)
    best: dict[int, tuple] = {}
    rows = (
        apps.get_model("projects", "Responsibility")
        .objects.filter(in_force(as_of), Among("project_id", (entry.project_id for entry in entries)), kind__in=ANSWERING_KINDS, duty="")
        .values_list("project_id", "kind", "pk", "unit_id", "unit__short_name", "unit__name", "simulated")
    )
    for project, kind, key, unit, short_name, name, simulated in rows:
        found = (_RANK[kind], key, unit, kind, short_name or name, simulated)
        if project not in best or found[:2] < best[project][:2]:
            best[project] = found
    for entry in entries:
        found = best.get(entry.project_id, (None, None, None, None, None, False))
        _, entry.answering_row, entry.answering_id, entry.answering_kind, entry.answering_unit, entry.answering_simulated = found


_DATES = ("green_on", "blue_on", "yellow_on", "red_on")
# In the order of rules.colour.Bounds.
_BOUNDS = tuple(field.name for field in fields(Bounds))
_SHOWN = ("entered_level", "entered_on", "valid_from", "simulated")


def read_levels(entries: Iterable[Any], year: int, as_of: date) -> None:
    """Set `level` (WarningLevel), `level_word` (what the rules in force call it), `level_since` (None without a schedule) and
    `level_simulated` on entries of `for_ledger`: one query. What had left its ledger by the day (`left_on`) has no level (None)."""
    entries = list(entries)
    schedules = apps.get_model("projects", "WarningSchedule").objects.of_year(year).on(as_of)
    rows = schedules.filter(Among("project_id", (entry.project_id for entry in entries))).order_by()
    found = {
        project: _shown(row, as_of)
        for project, *row in rows.values_list("project_id", *_DATES, *_BOUNDS, *_SHOWN, F("policy__rules__labels"))
    }
    for entry in entries:
        level, since, simulated, labels = found.get(entry.project_id, (WarningLevel.UNRATED, None, False, {}))
        entry.level = None if entry.left_on is not None else level
        entry.level_word = labels.get(level.code, level.label)
        entry.level_since, entry.level_simulated = since, simulated


def read_badges(entries: Iterable[Any], as_of: date) -> None:
    """Set `badges` on entries: the words that others contribute beside the colour (erqi.common.contributions.BADGES)."""
    entries = list(entries)
    found = contributions.badges({entry.project_id for entry in entries}, as_of)
    for entry in entries:
        entry.badges = found.get(entry.project_id, [])


def _shown(row: list[Any], as_of: date) -> tuple[WarningLevel, date, bool, dict[str, str]]:
    """Return level, since when, whether simulated, and the rules' words, of the columns that `read_levels` asks for."""
    dates, bounded = row[: len(_DATES)], row[len(_DATES) : -len(_SHOWN) - 1]
    entered_level, entered_on, valid_from, simulated, labels = row[-len(_SHOWN) - 1 :]
    thresholds = Thresholds(*dates)
    # A level is a number here; the rules compare numbers.
    bounds = Bounds(*bounded)
    since_day = since(thresholds, bounds, entered_level, entered_on, valid_from, as_of)
    return WarningLevel(level_on(thresholds, bounds, as_of)), since_day, simulated, labels
