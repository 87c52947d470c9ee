"""Since when a colour has been shown: the database says the same as the rules, for any schedule and any day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from projects.choices import LEVELS, WarningLevel
from projects.models import WarningSchedule
from projects.querysets.warning import level_case
from projects.querysets.warning_since import since_case
from projects.rules.colour import MOST_PAUSES, level_on, pause_columns
from projects.tests.builders import make_project
from projects.tests.warning_builders import make_policy

BEGAN = date(2018, 3, 1)
DAYS = st.integers(-40, 40).map(lambda number: BEGAN + timedelta(days=number))
MAYBE = st.none() | DAYS
FLOORS = st.none() | st.sampled_from(LEVELS)


@st.composite
def pauses(draw: st.DrawFn) -> list[tuple[date, date]]:
    """Pauses as the services write them: in order, at least a day between two of them."""
    found, first = [], draw(DAYS)
    for _ in range(draw(st.integers(0, MOST_PAUSES))):
        last = first + timedelta(days=draw(st.integers(0, 20)))
        found.append((first, last))
        first = last + timedelta(days=draw(st.integers(2, 20)))
    return found


@st.composite
def rows(draw: st.DrawFn) -> dict:
    """A schedule's dates: thresholds in order of gravity, bounds as the services write them (in force when the row begins)."""
    # The first day of a level is also one of the milder ones: thresholds never fall.
    thresholds = sorted((draw(MAYBE) for _ in LEVELS), key=lambda day: (day is None, day))
    row = dict(zip(("green_on", "blue_on", "yellow_on", "red_on"), thresholds, strict=True))
    row["closed_on"] = draw(MAYBE)
    row |= pause_columns(draw(pauses()))
    row["floor_level"] = draw(FLOORS)
    row["floor_until"] = draw(MAYBE) if row["floor_level"] else None
    row["manual_level"] = draw(FLOORS)
    row["manual_until"] = draw(DAYS) if row["manual_level"] else None
    return row


class SinceTest(TestCase):
    @given(rows(), st.integers(0, 40), st.integers(0, 9))
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_the_database_says_the_same_as_the_rules(self, row, later, earlier):
        day = BEGAN + timedelta(days=later)
        schedule = WarningSchedule(
            project=self.project, policy=self.policy, year=2018, valid_from=BEGAN, entered_on=BEGAN - timedelta(days=earlier), **row
        )
        schedule.entered_level = level_on(schedule.schedule.thresholds, schedule.bounds, BEGAN)
        schedule.save()
        found = WarningSchedule.objects.annotate(level=level_case(day), first=since_case(day)).get(pk=schedule.pk)
        assert WarningLevel(found.level) == schedule.level_on(day)
        assert found.first == schedule.since(day)

    def setUp(self) -> None:
        self.project, self.policy = make_project(), make_policy()


@pytest.mark.django_db
def test_without_a_schedule_nothing_is_known():
    assert not WarningSchedule.objects.annotate(first=since_case(BEGAN)).exists()
