"""The database and the rules say the same level of any schedule on any day of a year."""

import random
from datetime import date, timedelta

import pytest

from projects.choices import GRAVE_LEVELS, LEVELS, WarningLevel
from projects.models import LedgerEntry, WarningPolicy, WarningSchedule
from projects.rules.colour import PAUSE_SUFFIXES, turns
from projects.tests.builders import make_entry, make_ledger, make_project
from projects.tests.warning_builders import make_policy

pytestmark = pytest.mark.django_db
FIRST = date(2018, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(365)]


def maybe(chance: random.Random, *, often: float = 0.5) -> date | None:
    return chance.choice(DAYS) if chance.random() < often else None


def any_schedule(chance: random.Random, policy: WarningPolicy, project: int) -> WarningSchedule:
    """Return a schedule with thresholds in any order and bounds of any kind, also such as no service would write."""
    begin, end = maybe(chance, often=0.2) or FIRST, maybe(chance, often=0.2)
    paused = {f"paused_from{suffix}": maybe(chance, often=often) for suffix, often in zip(PAUSE_SUFFIXES, (0.5, 0.3, 0.2), strict=True)}
    floor_level = chance.choice([None, *LEVELS])
    return WarningSchedule(
        project_id=project,
        year=2018,
        policy=policy,
        valid_from=begin,
        valid_until=max(begin, end) if end else None,
        **{f"{level.code}_on": maybe(chance, often=0.7) for level in LEVELS},
        closed_on=maybe(chance, often=0.3),
        **paused,
        **{name.replace("from", "until"): maybe(chance, often=0.9) if begin else None for name, begin in paused.items()},
        floor_level=floor_level,
        floor_until=maybe(chance) if floor_level else None,
        manual_level=chance.choice([None, *GRAVE_LEVELS]),
        manual_until=maybe(chance, often=0.9),
        entered_level=WarningLevel.UNRATED,
        entered_on=begin,
    )


@pytest.fixture
def schedules() -> list[WarningSchedule]:
    chance, policy = random.Random(2018), make_policy()  # noqa: S311
    ledger = make_ledger()
    projects = [make_entry(ledger, make_project()).project_id for _ in range(120)]
    return WarningSchedule.objects.bulk_create([any_schedule(chance, policy, project) for project in projects])


def test_every_day_of_a_year(schedules):
    seen = set()
    for day in DAYS:
        expected = {row.project_id: row.level_on(day) for row in schedules if row.holds_on(day)}
        assert dict(WarningSchedule.objects.with_level(day).values_list("project", "level")) == expected, day
        seen |= set(expected.values())
    assert seen == set(WarningLevel)


def test_through_the_ledger_too(schedules):
    for day in DAYS[::30]:
        expected = {row.project_id: row.level_on(day) for row in schedules if row.holds_on(day)}
        found = dict(LedgerEntry.objects.with_level(2018, day).values_list("project", "level"))
        assert found == {row.project_id: expected.get(row.project_id, WarningLevel.UNRATED) for row in schedules}, day


def test_what_may_turn_is_found_by_its_dates(schedules):
    """The database narrows down which schedules to look at; whatever the rules say turns is among them."""
    for number, day in enumerate(DAYS[:-40:15]):
        until = day + timedelta(days=(1, 7, 30)[number % 3])
        found = set(WarningSchedule.objects.turning(day, until).values_list("pk", flat=True))
        for row in schedules:
            if row.holds_on(day) and turns(row.dates, row.bounds, day, until):
                assert row.pk in found, (day, until, row.pk)
