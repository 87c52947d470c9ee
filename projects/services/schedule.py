"""The colour schedules: computed anew in the transaction of whatever was recorded, for one project or for five hundred.

Every service that changes what a colour follows from ends with `refresh`. Reading a colour never computes one.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from erqi.common import clock, contributions, workdays
from erqi.common.dates import in_year
from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.common.saving import locked, require
from projects.choices import LedgerKind, LedgerLevel, LiftingState, WarningLevel
from projects.models import Ledger, Lifting, Project, Rescheduling, WarningPolicy, WarningSchedule
from projects.rules.colour import PAUSE_SUFFIXES, level_on, pause_columns
from projects.rules.schedule_data import causes_data, facts_data
from projects.rules.warning import Thresholds, thresholds
from projects.services.citation import save_cited
from projects.services.deferral import put_off
from projects.services.facts import Known, known_facts, warned_entries
from projects.services.floor import Floor, Past, Version, floor_of, policies_from
from projects.services.locks import lock_projects

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
    *(f"{name}{suffix}" for suffix in PAUSE_SUFFIXES for name in ("paused_from", "paused_until")),
    "floor_level",
    "floor_until",
    "manual_level",
    "manual_until",
    "causes",
    "facts",
    "valid_until",
)
_WORSE_AGAIN = "按最新数据已不具备摘牌条件。"
_WORSE_BY_RULES = "预警规则变更，按新规则已不具备摘牌条件。"
_WORSE_BY_ITSELF = "办结之前，按期限项目已再次达到原状态或更重，不再具备摘牌条件。"
_CLOSED = "项目已销号，不必摘牌。"


@dataclass
class _Proposals:
    """What a batch does to liftings, so that it is written at once."""

    new: list[Lifting] = field(default_factory=list)
    moved: list[Lifting] = field(default_factory=list)
    # Colours that waited on these very facts before: proposed only where nobody has refused just that.
    asked_before: list[Lifting] = field(default_factory=list)


def current_rows(projects: Collection[int], year: int, on: date) -> dict[int, WarningSchedule]:
    """Return the schedule row of each project that holds on the day."""
    return {row.project_id: row for row in WarningSchedule.objects.of_year(year).on(on).of_projects(projects)}


def refresh(project: Project | int) -> None:
    """Compute a project's colours anew for every year in which it has them. Called inside the transaction of a change."""
    key = project if isinstance(project, int) else project.pk
    if put_off(key):
        return
    on = clock.today()
    years = Ledger.objects.main().filter(warned_since__lte=on, entries__project=key).values_list("year", flat=True)
    for year in sorted(years):
        refresh_many([key], year)


@transaction.atomic
def refresh_many(projects: Iterable[int], year: int, *, confirmed: dict[int, Floor] | None = None) -> int:
    """Compute the colours of projects (keys) in a year anew and return how many rows are new; constant number of queries.

    A past year is computed as of its 31 December, on which it is read: what was corrected or made up for since takes effect there.

    `confirmed` is given by the confirmation of a lifting only: the colour may fall to this floor, or with Floor(UNRATED) to what
    the facts give. Otherwise yellow and red wait for people when new facts are milder; new rules are nobody's improvement, so
    what they make milder falls at once.
    """
    on = in_year(clock.today(), year)
    keys = sorted(set(projects))
    lock_projects(keys)
    versions = policies_from(on, date(year, 12, 31))
    if not versions:
        return 0
    known = known_facts(keys, year, on)
    standing = _standing_rows(keys, year, on)
    liftings: dict[int, Lifting] = {}
    lifted: dict[int, list[Lifting]] = {}
    for lifting in Lifting.objects.bearing_on(on).filter(project__in=keys, year=year):
        if lifting.is_open:
            liftings[lifting.project_id] = lifting
        else:
            lifted.setdefault(lifting.project_id, []).append(lifting)
    fresh: list[WarningSchedule] = []
    replaced: list[WarningSchedule] = []
    proposals = _Proposals()
    for key, facts in known.items():
        rows = standing.get(key, [])
        before = next((row for row in rows if row.holds_on(on)), None)
        plain = facts_data(facts.facts)
        found = [thresholds(version.policy, facts.facts, workdays) for version in versions]
        past = Past(next((row for row in rows if row.holds_on(on - ONE_DAY)), None), before, lifted.get(key, []), on)
        floor = floor_of(past, plain, versions[0], found[0], on, (confirmed or {}).get(key))
        made = _rows(key, year, facts, plain, versions, found, floor, rows)
        ahead = [row for row in rows if row.valid_until is None or row.valid_until > on]
        if not _same(ahead, made):
            replaced += ahead
            fresh += made
        _propose(proposals, made[0], before, floor, found[0].level(on), liftings.get(key), on)
    _replace(fresh, replaced, on)
    _write(proposals, year)
    return len(fresh)


def _standing_rows(projects: Collection[int], year: int, on: date) -> dict[int, list[WarningSchedule]]:
    """Return each project's rows of the day before, of the day and of later days, the oldest first."""
    rows = WarningSchedule.objects.of_year(year).of_projects(projects)
    # Rows without any day are what was replaced on the day on which it was written.
    lasting = rows.filter(Q(valid_until=None) | Q(valid_until__gte=on, valid_until__gt=F("valid_from"))).order_by("valid_from", "pk")
    found: dict[int, list[WarningSchedule]] = {}
    for row in lasting:
        found.setdefault(row.project_id, []).append(row)
    return found


def _rows(
    key: int,
    year: int,
    known: Known,
    plain: dict[str, Any],
    versions: list[Version],
    found: list[Thresholds],
    floor: Floor | None,
    standing: list[WarningSchedule],
) -> list[WarningSchedule]:
    """Return the new rows: one, and one more for each set of rules that is approved for a later day."""
    made: list[WarningSchedule] = []
    bounds = known.bounds
    if floor is not None:
        bounds = replace(bounds, floor_level=floor.level, floor_until=floor.until)
    for version, dates in zip(versions, found, strict=True):
        level = level_on(dates, bounds, version.begin)
        eve = version.begin - ONE_DAY
        earlier = next((row for row in [*made, *standing] if row.holds_on(eve)), None)
        unbroken = earlier is not None and earlier.level_on(eve) == level
        made.append(
            WarningSchedule(
                project_id=key,
                year=year,
                policy_id=version.key,
                valid_from=version.begin,
                valid_until=version.end,
                green_on=dates.green_on,
                blue_on=dates.blue_on,
                yellow_on=dates.yellow_on,
                red_on=dates.red_on,
                closed_on=bounds.closed_on,
                **pause_columns(bounds.pauses),
                floor_level=bounds.floor_level,
                floor_until=bounds.floor_until,
                manual_level=bounds.manual_level,
                manual_until=bounds.manual_until,
                entered_level=level,
                entered_on=earlier.since(eve) if unbroken else version.begin,
                causes=causes_data(dates),
                facts=plain,
                simulated=known.simulated,
            )
        )
    return made


def _same(ahead: list[WarningSchedule], made: list[WarningSchedule]) -> bool:
    """Say whether the rows that hold from the day on already say what the new ones would. (Their rules tell when each begins.)"""
    return len(ahead) == len(made) and all(
        all(getattr(one, name) == getattr(other, name) for name in _SAME) for one, other in zip(ahead, made, strict=True)
    )


def _replace(fresh: list[WarningSchedule], replaced: list[WarningSchedule], on: date) -> None:
    """End the rows that are replaced, leave those of the day itself and of later days without any day, and write the new ones."""
    if replaced:
        rows = WarningSchedule.objects.filter(pk__in=[row.pk for row in replaced])
        rows.update(valid_until=Greatest(F("valid_from"), on))
    WarningSchedule.objects.bulk_create(fresh)


def _propose(
    proposals: _Proposals,
    row: WarningSchedule,
    before: WarningSchedule | None,
    floor: Floor | None,
    to_level: WarningLevel,
    standing: Lifting | None,
    on: date,
) -> None:
    """Propose to lift a colour that waits for people, bring the open proposal up to date, or let it lapse where nothing waits."""
    closed = row.closed_on is not None and row.closed_on <= on
    waits = floor is not None and floor.waits and not closed
    if standing is not None and (not waits or standing.from_level != floor.level):
        # It turned worse since: what was verified then is no proof now.
        standing.state, standing.ended_on, standing.ended_at = LiftingState.LAPSED, on, timezone.now()
        standing.end_note = _CLOSED if closed else _why_lapsed(standing, before, row, on)
        proposals.moved.append(standing)
        standing = None
    elif standing is not None and standing.to_level != to_level:
        standing.to_level = to_level
        proposals.moved.append(standing)
    if not waits or standing is not None:
        return
    lifting = Lifting(
        project_id=row.project_id, year=row.year, from_level=floor.level, to_level=to_level, proposed_on=on, simulated=row.simulated
    )
    waited = before is not None and before.floor_level == floor.level and before.floor_until is None and before.facts == row.facts
    (proposals.asked_before if waited else proposals.new).append(lifting)


def _why_lapsed(standing: Lifting, before: WarningSchedule | None, row: WarningSchedule, on: date) -> str:
    """Return why a proposal does not hold any more: what was recorded, a threshold that had passed before, or other rules."""
    if before is not None and before.dates.level(on) >= standing.from_level:
        return _WORSE_BY_ITSELF
    by_rules = before is not None and before.policy_id != row.policy_id and before.facts == row.facts
    return _WORSE_BY_RULES if by_rules else _WORSE_AGAIN


def _write(proposals: _Proposals, year: int) -> None:
    """Write what became of the liftings; one that was refused is not proposed again before something new was reported."""
    for lifting in proposals.moved:
        lifting.version += 1
    if proposals.moved:
        Lifting.objects.bulk_update(proposals.moved, ["state", "to_level", "ended_on", "ended_at", "end_note", "version"])
    new = proposals.new
    if proposals.asked_before:
        refused = set(Lifting.objects.refused([one.project_id for one in proposals.asked_before], year))
        new = new + [one for one in proposals.asked_before if one.project_id not in refused]
    Lifting.objects.bulk_create(new)


def start_warnings(*, ledger: Ledger, version: int | None, by: User | None) -> Rescheduling:
    """Give the projects of a district ledger colours from today on, and return the pass that computes them.

    Raises NotAllowed without `warning.start`, StaleRecord, ServiceError for another kind of ledger, a past year's, one that has them
    already, or while no rules are in force.
    """
    require(by, "warning.start")
    on = clock.today()
    with transaction.atomic():
        ledger = locked(Ledger.objects.all(), ledger.pk, version)
        if ledger.level != LedgerLevel.DISTRICT or ledger.kind != LedgerKind.PROJECTS:
            raise ServiceError("只有区级重点项目台账可以启用预警。")
        if ledger.year < on.year:
            # It is read on its last 31 December: a colour from today on would never be shown.
            raise ServiceError("往年的台账只供查阅，不再启用预警。")
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
    if not total:
        transaction.on_commit(contributions.rescheduled)
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
        entries = warned_entries(year, on).filter(pk__gt=run.last_key).order_by("pk")
        # One more than the batch tells whether it is the last one.
        rows += entries.values_list("pk", "project_id", "ledger__year")[: size + 1]
    batch = sorted(rows)[:size]
    # All at once and not year by year: two passes would else lock the same projects in different orders.
    lock_projects({row[1] for row in batch})
    for year in sorted({row[2] for row in batch}):
        refresh_many([row[1] for row in batch if row[2] == year], year)
    run.done += len(batch)
    if batch:
        run.last_key = batch[-1][0]
    if len(batch) == len(rows):
        run.finished_at = timezone.now()
        # Not under the locks of the last batch: others lock their own rows first.
        transaction.on_commit(contributions.rescheduled)
    run.save()
    return run


def finish_passes(tell: Callable[[Rescheduling], None] | None = None) -> int:
    """Carry every unfinished pass to its end and return how many there were; `tell` hears of each batch."""
    runs = list(Rescheduling.objects.filter(finished_at=None).order_by("pk"))
    for run in runs:
        standing = run
        while standing.finished_at is None:
            standing = continue_pass(standing)
            if tell is not None:
                tell(standing)
    return len(runs)
