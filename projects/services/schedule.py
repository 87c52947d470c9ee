"""The colour schedules: computed anew in the transaction of whatever was recorded, for one project or for five hundred.

Every service that changes what a colour follows from ends with `refresh`. Reading a colour never computes one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from erqi.common import clock, workdays
from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.common.saving import locked, require
from projects.choices import LedgerKind, LedgerLevel, LiftingState, WarningLevel
from projects.models import Ledger, Lifting, Project, Rescheduling, WarningPolicy, WarningSchedule
from projects.rules.colour import Bounds, level_on, needs_lifting
from projects.rules.policy import Policy
from projects.rules.schedule_data import causes_data, facts_data
from projects.rules.warning import Thresholds, thresholds
from projects.services.citation import save_cited
from projects.services.facts import Known, known_facts, warned_entries

BATCH = 500
ONE_DAY = timedelta(days=1)
# What makes two schedules the same; the rest of a row says since when and from what.
_SAME = (
    "policy_id",
    "green_on",
    "blue_on",
    "yellow_on",
    "red_on",
    "closed_on",
    "paused_from",
    "paused_until",
    "floor_level",
    "floor_until",
    "manual_level",
    "manual_until",
    "causes",
    "facts",
    "valid_until",
)


@dataclass(frozen=True)
class Floor:
    """The level below which a colour may not fall, until a day or (None) until somebody confirms."""

    level: WarningLevel
    until: date | None = None


@dataclass(frozen=True)
class _Version:
    """A policy with the days on which it is in force."""

    key: int
    policy: Policy
    begin: date
    end: date | None


def policies_from(on: date) -> list[_Version]:
    """Return the policy in force on the day and those approved for later days, with the days on which each is in force."""
    rows = list(WarningPolicy.objects.approved().order_by("effective_from"))
    found = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        end = following.effective_from if following else None
        if end is None or end > on:
            found.append(_Version(row.pk, row.policy, max(on, row.effective_from), end))
    return found


def current_rows(projects: Collection[int], year: int, on: date) -> dict[int, WarningSchedule]:
    """Return the schedule row of each project that holds on the day."""
    return {row.project_id: row for row in WarningSchedule.objects.of_year(year).on(on).filter(project__in=projects)}


def refresh(project: Project | int) -> None:
    """Compute a project's colours anew for every year in which it has them. Called inside the transaction of a change."""
    key = project if isinstance(project, int) else project.pk
    on = clock.today()
    years = Ledger.objects.main().filter(warned_since__lte=on, entries__project=key).values_list("year", flat=True)
    for year in sorted(years):
        refresh_many([key], year)


@transaction.atomic
def refresh_many(projects: Iterable[int], year: int, *, confirmed: dict[int, Floor] | None = None, policy_pass: bool = False) -> int:
    """Compute the colours of projects (keys) in a year anew and return how many rows changed; constant number of queries.

    With `policy_pass` (new rules) a milder colour needs nobody's confirmation: nothing has changed on the site. `confirmed` is given
    by the confirmation of a lifting only: the colour may fall to this floor, or with Floor(UNRATED) to what the facts give.
    """
    on = clock.today()
    keys = sorted(set(projects))
    # The projects' rows are the lock: two changes to one project wait for each other, and the facts are read after it.
    list(Project.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    versions = policies_from(on)
    known = known_facts(keys, year, on)
    before = current_rows(keys, year, on)
    liftings = {lifting.project_id: lifting for lifting in Lifting.objects.open().filter(project__in=keys, year=year)}
    fresh: list[WarningSchedule] = []
    replaced: list[WarningSchedule] = []
    refused: dict[int, tuple[Floor, Thresholds]] = {}
    for key in keys:
        if key not in known or not versions:
            continue
        row = before.get(key)
        found = thresholds(versions[0].policy, known[key].facts, workdays)
        closed_on = known[key].closed_on
        # What is closed (销号) shows no level that somebody would have to lift.
        floor = None if closed_on is not None and closed_on <= on else _floor(row, found, on, (confirmed or {}).get(key), policy_pass)
        rows = _rows(key, year, known[key], versions, floor, row, on)
        if not policy_pass and floor is not None and key not in liftings and _was_refused(row, rows[0]):
            refused[key] = (floor, found)
        if row is not None and _unchanged(row, rows):
            continue
        if row is not None:
            replaced.append(row)
        fresh += rows
        if not policy_pass and key not in refused:
            _propose(key, year, floor, found, on, liftings.get(key), known[key].simulated)
    for key in Lifting.objects.answered(refused, year) if refused else ():
        _propose(key, year, *refused[key], on, None, known[key].simulated)
    _replace(fresh, replaced, year, on)
    return len(fresh)


def _floor(row: WarningSchedule | None, found: Thresholds, on: date, confirmed: Floor | None, policy_pass: bool) -> Floor | None:
    """Return the floor of the new schedule: confirmed, kept until somebody confirms, or an observation that goes on."""
    if confirmed is not None:
        return confirmed if confirmed.level > WarningLevel.UNRATED else None
    if row is None:
        return None
    floor = Floor(WarningLevel(row.floor_level), row.floor_until) if row.floor_level is not None else None
    if floor is not None and floor.until is not None and floor.until < on:
        floor = None
    if policy_pass:
        return floor
    # An observation ends by itself; only what the dates gave, or what still awaits somebody, has to be lifted.
    waiting = floor.level if floor is not None and floor.until is None else WarningLevel.UNRATED
    base = max(row.schedule.thresholds.level(on), waiting)
    if needs_lifting(base, found.level(on)):
        return Floor(base)
    return floor if floor is not None and floor.until is not None else None


def _rows(
    key: int, year: int, known: Known, versions: list[_Version], floor: Floor | None, before: WarningSchedule | None, on: date
) -> list[WarningSchedule]:
    """Return the new rows: one, and one more for each set of rules that is approved for a later day."""
    rows: list[WarningSchedule] = []
    bounds = Bounds(
        known.closed_on,
        known.paused_from,
        known.paused_until,
        floor.level if floor else None,
        floor.until if floor else None,
        known.manual_level,
        known.manual_until,
    )
    last = before
    for version in versions:
        found = thresholds(version.policy, known.facts, workdays)
        level = level_on(found, bounds, version.begin)
        entered_on = version.begin
        if last is not None:
            day = version.begin if version.begin == on else version.begin - ONE_DAY
            if last.level_on(day) == level:
                entered_on = last.since(day)
        last = WarningSchedule(
            project_id=key,
            year=year,
            policy_id=version.key,
            valid_from=version.begin,
            valid_until=version.end,
            green_on=found.green_on,
            blue_on=found.blue_on,
            yellow_on=found.yellow_on,
            red_on=found.red_on,
            closed_on=bounds.closed_on,
            paused_from=bounds.paused_from,
            paused_until=bounds.paused_until,
            floor_level=bounds.floor_level,
            floor_until=bounds.floor_until,
            manual_level=bounds.manual_level,
            manual_until=bounds.manual_until,
            entered_level=level,
            entered_on=entered_on,
            causes=causes_data(found),
            facts=facts_data(known.facts),
            simulated=known.simulated,
        )
        rows.append(last)
    return rows


def _unchanged(before: WarningSchedule, rows: list[WarningSchedule]) -> bool:
    return len(rows) == 1 and all(getattr(before, name) == getattr(rows[0], name) for name in _SAME)


def _was_refused(before: WarningSchedule | None, row: WarningSchedule) -> bool:
    """Say whether the colour waited for people on these very facts already: with no lifting open, theirs was refused."""
    waits = row.floor_level is not None and row.floor_until is None
    return (
        waits and before is not None and before.floor_level == row.floor_level and before.floor_until is None and before.facts == row.facts
    )


def _replace(fresh: list[WarningSchedule], replaced: list[WarningSchedule], year: int, on: date) -> None:
    """End the rows that are replaced, leave those of later days without any day, and write the new ones."""
    projects = {row.project_id for row in fresh}
    ahead = WarningSchedule.objects.of_year(year).filter(project__in=projects, valid_from__gt=on)
    ahead.filter(Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))).update(valid_until=F("valid_from"))
    WarningSchedule.objects.filter(pk__in=[row.pk for row in replaced]).update(valid_until=on)
    WarningSchedule.objects.bulk_create(fresh)


def _propose(key: int, year: int, floor: Floor | None, found: Thresholds, on: date, open_one: Lifting | None, simulated: bool) -> None:
    """Open a lifting where the colour waits for people, bring the open one up to date, or let it lapse where the facts are worse again."""
    waits = floor is not None and floor.until is None
    to_level = found.level(on)
    if not waits:
        if open_one is not None:
            open_one.state, open_one.ended_on, open_one.end_note = LiftingState.LAPSED, on, "按最新数据已不具备摘牌条件，或已办理"
            open_one.version += 1
            open_one.save()
        return
    if open_one is None:
        Lifting.objects.create(project_id=key, year=year, from_level=floor.level, to_level=to_level, proposed_on=on, simulated=simulated)
    elif (open_one.from_level, open_one.to_level) != (floor.level, to_level):
        open_one.from_level, open_one.to_level = floor.level, to_level
        open_one.version += 1
        open_one.save()


def start_warnings(*, ledger: Ledger, version: int | None, by: User | None) -> Rescheduling:
    """Give the projects of a district ledger colours from today on, and return the pass that computes them.

    Raises NotAllowed without `warning.start`, StaleRecord, ServiceError for another kind of ledger, one that has them already, or
    while no rules are in force.
    """
    require(by, "warning.start")
    on = clock.today()
    with transaction.atomic():
        ledger = locked(Ledger.objects.all(), ledger.pk, version)
        if ledger.level != LedgerLevel.DISTRICT or ledger.kind != LedgerKind.PROJECTS:
            raise ServiceError("只有区级重点项目台账可以启用预警。")
        if ledger.warned_since is not None:
            raise ServiceError("这本台账已启用预警。")
        if not WarningPolicy.objects.in_force(on).exists():
            raise ServiceError("还没有生效的预警规则。请先由督察办拟定规则并经批准。")
        save_cited(ledger, {"warned_since": on})
        return start_pass(reason=f"{ledger.name}启用预警", by=by)


def start_pass(*, reason: str, by: User | None, policy: WarningPolicy | None = None) -> Rescheduling:
    """Begin to compute all colours anew; `continue_pass` does it in batches."""
    on = clock.today()
    total = sum(warned_entries(year, on).count() for year in warned_years(on))
    return Rescheduling.objects.create(
        reason=reason[:100],
        on=on,
        total=total,
        policy=policy,
        started_by_name=str(by) if by else "系统",
        finished_at=None if total else timezone.now(),
    )


def warned_years(on: date) -> list[int]:
    """Return the years whose district ledger has colours on the day."""
    return sorted(Ledger.objects.main().filter(warned_since__lte=on).values_list("year", flat=True))


@transaction.atomic
def continue_pass(run: Rescheduling, *, size: int = BATCH) -> Rescheduling:
    """Compute the next batch of a pass and return how it stands. Each batch is a transaction of its own: a pass that was cut off goes
    on where it stopped, and two people who continue it do not do a batch twice."""
    run = Rescheduling.objects.select_for_update().get(pk=run.pk)
    if run.finished_at is not None:
        return run
    on = clock.today()
    rows: list[tuple[int, int, int]] = []
    for year in warned_years(on):
        rows += warned_entries(year, on).filter(pk__gt=run.last_key).order_by("pk").values_list("pk", "project_id", "ledger__year")[:size]
    rows = sorted(rows)[:size]
    for year in sorted({row[2] for row in rows}):
        refresh_many([row[1] for row in rows if row[2] == year], year, policy_pass=run.policy_id is not None)
    run.done += len(rows)
    if rows:
        run.last_key = rows[-1][0]
    if len(rows) < size:
        run.finished_at = timezone.now()
    run.save()
    return run


def finish_passes() -> int:
    """Carry every unfinished pass to its end and return how many there were."""
    runs = list(Rescheduling.objects.filter(finished_at=None))
    for run in runs:
        while run.finished_at is None:
            run = continue_pass(run)  # noqa: PLW2901
    return len(runs)
