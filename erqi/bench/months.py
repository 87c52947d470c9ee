"""The road of each project from March to September: milestones, completions, new dates, monthly reports with their steps, requests,
holds, levels set by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

from django.apps import apps

from erqi.bench.days import PLANNED, TODAY, YEAR
from erqi.bench.projects import annual_of, is_main_work_open, main_work_due, milestone_key, milestones_of, spread
from erqi.bench.rows import load
from projects.choices import DecisionState, DelayCause, HoldReason, ReportAction, ReportState, UpdateLayer, WarningLevel
from projects.models import DateChange, DateRequest, Hold, LevelOverride, Milestone, MilestoneUpdate, ProgressReport, ReportStep

# Twelve reports of each project: the last quarter of the year before and the nine months that have begun.
REPORTED = [(2017, 10), (2017, 11), (2017, 12), *((YEAR, month) for month in range(1, 10))]
REPORTS = len(REPORTED)
# How the month under way stands, by the last digit of the project's number; every month before was passed.
_NOW = {0: ReportState.DRAFT, 1: ReportState.DRAFT, 7: ReportState.RETURNED, 8: ReportState.PASSED, 9: ReportState.PASSED}
_MOVED_ON = date(2018, 5, 28)
_MAIN_WORK = 3
_PUT_OFF = timedelta(days=30)


def state_of(number: int, place: int) -> ReportState:
    """Return how a project's report stands, the place counted in REPORTED."""
    return ReportState.PASSED if place < REPORTS - 1 else _NOW.get(number % 10, ReportState.FILED)


def is_moved(number: int) -> bool:
    """Say whether the date of a project's main work was put off in May."""
    return number % 7 == 0


def build_months(size: int) -> None:
    """Build what happened to projects 1 to `size`; the caller holds the transaction."""
    numbers = range(1, size + 1)
    load(
        Milestone,
        ("id", "project_id", "kind", "name", "year", "due_on", "baseline_due_on", "recorded_on", "done_on"),
        (row for number in numbers for row in _milestones(number)),
    )
    _move(size)
    load(
        MilestoneUpdate,
        ("milestone_id", "layer", "recorded_on", "text", "changes_done", "done_on", "by_name"),
        (row for number in numbers for row in _completions(number)),
    )
    load(
        ProgressReport,
        (
            *("id", "project_id", "year", "month", "state", "first_filed_on", "filed_on", "filed_by_name", "reviewed_on"),
            *("reviewed_by_name", "return_reason", *_SAID),
        ),
        (_report(number, place) for number in numbers for place in range(REPORTS)),
    )
    load(
        ReportStep,
        ("report_id", "action", "counts", "reason", "by_name", "valid_from", "valid_until", *_SAID),
        (row for number in numbers for place in range(REPORTS) for row in _steps(number, place)),
    )
    # Which report counts follows from the steps: as the migration fills the table of an installation in use.
    import_module("projects.migrations.0004_fill_counted_report").fill(apps, None)
    _requests(size)


def _milestones(number: int) -> Iterator[tuple]:
    """Yield a project's milestones as they stand on the business date."""
    for place, (kind, name, first_due_on) in enumerate(milestones_of(number)):
        due_on = first_due_on + _PUT_OFF if place == _MAIN_WORK and is_moved(number) else first_due_on
        yield (milestone_key(number, place), number, kind, name, YEAR, due_on, first_due_on, PLANNED, done_on(number, place))


def _move(size: int) -> None:
    """Put off the main work of some projects in May: earlier days still show the date before."""
    moved = [number for number in range(1, size + 1) if is_moved(number)]
    load(
        DateChange,
        ("milestone_id", "from_due_on", "to_due_on", "cause", "reason", "recorded_on", "recorded_by"),
        (
            (
                milestone_key(number, _MAIN_WORK),
                main_work_due(number),
                main_work_due(number) + _PUT_OFF,
                DelayCause.LAND,
                "土地手续未办结",
                _MOVED_ON,
                "重点项目办",
            )
            for number in moved
        ),
    )


def done_on(number: int, place: int) -> date | None:
    """Return when a project's milestone was done, None while it is open: what was due is done, but for some main work."""
    due_on = milestones_of(number)[place][2]
    if place == _MAIN_WORK:
        due_on += _PUT_OFF if is_moved(number) else timedelta(0)
        if is_main_work_open(number):
            return None
    found = due_on - timedelta(days=spread(number, place, 9))
    return found if found < TODAY - timedelta(days=3) else None


def known_on(number: int, place: int, day: date) -> tuple[date, date | None]:
    """Return the date of a project's milestone as it was known on a day, and since when it was known to be done (None: it was not)."""
    due_on, done = milestones_of(number)[place][2], done_on(number, place)
    if place == _MAIN_WORK and is_moved(number) and day >= _MOVED_ON:
        due_on += _PUT_OFF
    return due_on, done if done is not None and _completed_on(number, place, done) <= day else None


def _completed_on(number: int, place: int, done: date) -> date:
    """Return when it was recorded that a milestone was done on a day."""
    return done + timedelta(days=spread(number, place + 20, 3))


def _completions(number: int) -> Iterator[tuple]:
    for place in range(len(milestones_of(number))):
        day = done_on(number, place)
        if day is not None:
            yield (
                milestone_key(number, place),
                UpdateLayer.OFFICE,
                _completed_on(number, place, day),
                "已完成，资料已核",
                True,
                day,
                "重点项目办",
            )


_SAID = (
    *("cumulative", "physical_percent", "physical", "progress", "problem", "problem_cause", "problem_due_on", "next_step"),
    *("no_change", "self_level", "cutoff_on"),
)


def _said(number: int, place: int) -> tuple:
    """Return what a report says, in the order of _SAID."""
    year, month = REPORTED[place]
    # Most invest what they planned; some less, so that the investment gives colours too.
    share = {5: 85, 11: 70}.get(number % 20, 103) if year == YEAR else 60
    cumulative = (annual_of(number) * month * share / 1200).quantize(Decimal(1))
    troubled = number % 9 == 4 and year == YEAR
    return (
        cumulative,
        min(month * 9, 100),
        f"完成主体{spread(number, month, 30) + 1}层",
        "主体结构施工，管网同步推进，安全文明施工措施到位",
        "部分土地尚未交付，影响管网施工" if troubled else "",
        DelayCause.LAND if troubled else "",
        date(2018, 10, 20) if troubled else None,
        "继续推进主体施工，完成年度目标",
        False,
        None,
        date(year, month, 20 if month == 12 else 25),
    )


def _filed_on(number: int, place: int) -> date:
    year, month = REPORTED[place]
    return date(year, month, 20 if month == 12 else 20 + spread(number, place + 40, 6))


def _reviewed_on(number: int, place: int) -> date:
    return _filed_on(number, place) + timedelta(days=2)


def _report(number: int, place: int) -> tuple:
    year, month = REPORTED[place]
    state = state_of(number, place)
    filed = None if state == ReportState.DRAFT else _filed_on(number, place)
    reviewed = _reviewed_on(number, place) if state in (ReportState.PASSED, ReportState.RETURNED) else None
    return (
        *((number - 1) * REPORTS + place + 1, number, year, month, state, filed, filed, "填报员" if filed else ""),
        *(reviewed, "审核人" if reviewed else "", "请补充形象进度" if state == ReportState.RETURNED else ""),
        *_said(number, place),
    )


def _steps(number: int, place: int) -> Iterator[tuple]:
    """Yield the steps that the report took: filed, then passed or returned; a draft took none."""
    state, key, said = state_of(number, place), (number - 1) * REPORTS + place + 1, _said(number, place)
    if state == ReportState.DRAFT:
        return
    filed, reviewed = _filed_on(number, place), _reviewed_on(number, place)
    yield (key, ReportAction.FILE, True, "", "填报员", filed, None if state == ReportState.FILED else reviewed, *said)
    if state == ReportState.PASSED:
        yield (key, ReportAction.PASS, True, "", "审核人", reviewed, None, *said)
    elif state == ReportState.RETURNED:
        yield (key, ReportAction.RETURN, False, "请补充形象进度", "审核人", reviewed, None, *said)


def _requests(size: int) -> None:
    """Some projects ask for another date of their completion, are paused or ask to be, or have a level set by hand."""
    numbers = range(1, size + 1)
    asked = date(2018, 9, 20)
    load(
        DateRequest,
        ("milestone_id", "to_due_on", "cause", "reason", "state", "requested_on", "requested_by_name"),
        (
            (milestone_key(number, 4), date(2018, 12, 31), DelayCause.PIPES, "管线迁改滞后", DecisionState.PENDING, asked, "填报员")
            for number in numbers
            if number % 40 == 3
        ),
    )
    paused = ("重污染天气管控停工", "管控解除后立即复工", date(2018, 9, 10), date(2018, 10, 31))
    load(
        Hold,
        (
            *("project_id", "reason", "summary", "steps", "since", "until", "state", "requested_on", "requested_by_name"),
            *("decided_on", "decided_by_name"),
        ),
        (
            (number, HoldReason.WINTER, *paused, state, date(2018, 9, 10), "填报员", *decided)
            for number in numbers
            for place, state, decided in (
                (7, DecisionState.APPROVED, (date(2018, 9, 10), "重点项目办")),
                (8, DecisionState.PENDING, (None, "")),
            )
            if number % 50 == place
        ),
    )
    load(
        LevelOverride,
        ("project_id", "year", "level", "since", "until", "reason", "set_by_name"),
        (
            (number, YEAR, int(WarningLevel.RED), date(2018, 9, 15), date(2018, 10, 14), "现场进度与上报不符", "督察办")
            for number in numbers
            if number % 250 == 11
        ),
    )
