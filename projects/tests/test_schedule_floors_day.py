"""What came and went within a business day is no day's colour, and nobody has to lift it; what was confirmed today has been left; a red
that is observed stays so whatever else is lifted (domain.md §1.8)."""

from datetime import date, timedelta

import pytest

from erqi.common import clock
from erqi.tests.uploads import upload
from projects.choices import LiftingState, WarningLevel
from projects.models import Lifting, Milestone, Project, WarningSchedule
from projects.rules.policy import Policy
from projects.rules.presets import WARNING_POLICY
from projects.services import lifting as service
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_user
from projects.tests.warning_builders import levels, make_hold, make_policy, open_lifting, recompute, warn_ledger

pytestmark = pytest.mark.django_db
UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
FROM = date(2018, 3, 1)
# By the default rules yellow from 9 June, red from 2 July.
DUE = date(2018, 6, 1)
FAR = date(2018, 12, 1)
GREEN_DAY, YELLOW_DAY, RED_DAY = date(2018, 5, 2), date(2018, 6, 20), date(2018, 7, 10)
DAY = timedelta(days=1)


@pytest.fixture
def project(settings, tmp_path) -> Project:
    settings.DATA_DIR = tmp_path
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    with clock.at(FROM):
        project = make_entry(ledger).project
        make_milestone(project, "topping", due_on=DUE, name="封顶")
    return project


def move(project: Project, to: date, day: date) -> None:
    Milestone.objects.filter(project=project).update(due_on=to)
    recompute(day, project)


def late(day: date, level: WarningLevel) -> date:
    """Return a date by which the project has the level on the day."""
    return day - {RED: 40, YELLOW: 15, BLUE: 3}[level] * DAY


def floor(project: Project, day: date) -> tuple[WarningLevel | None, date | None]:
    row = WarningSchedule.objects.on(day).get(project=project)
    return row.floor_level, row.floor_until


def lift(project: Project, day: date) -> Lifting:
    """Verify and confirm the project's open lifting on the day."""
    with clock.at(day):
        found = service.verify_lifting(
            lifting=open_lifting(project), note="现场核对", version=None, by=make_user("inspector"), uploads=[upload(f"{day}.jpg")]
        )
        return service.confirm_lifting(lifting=found, version=None, by=make_user("supervision"))


@pytest.mark.parametrize("worse", [YELLOW, RED])
def test_a_mistake_of_the_day_leaves_nothing_behind(project, worse):
    move(project, late(GREEN_DAY, worse), GREEN_DAY)
    assert levels([project], GREEN_DAY) == [worse]
    move(project, FAR, GREEN_DAY)
    assert levels([project], GREEN_DAY) == [GREEN]
    assert floor(project, GREEN_DAY) == (None, None)
    assert not Lifting.objects.exists()


def test_what_stood_overnight_waits_for_people(project):
    move(project, late(GREEN_DAY, YELLOW), GREEN_DAY)
    move(project, FAR, GREEN_DAY + DAY)
    assert floor(project, GREEN_DAY + DAY) == (YELLOW, None)
    assert levels([project], GREEN_DAY + DAY) == [YELLOW]


def test_what_turned_by_its_date_today_waits_for_people(project):
    """Not recorded today: known before, and today it is so."""
    move(project, FAR, date(2018, 6, 9))
    assert floor(project, date(2018, 6, 9)) == (YELLOW, None)


def test_a_worse_moment_of_the_day_does_not_raise_what_waits(project):
    move(project, FAR, YELLOW_DAY)
    move(project, late(YELLOW_DAY + DAY, RED), YELLOW_DAY + DAY)
    assert levels([project], YELLOW_DAY + DAY) == [RED]
    move(project, FAR, YELLOW_DAY + DAY)
    assert floor(project, YELLOW_DAY + DAY) == (YELLOW, None)
    assert open_lifting(project).from_level == YELLOW


def test_two_changes_of_a_day_wait_for_what_the_eve_was(project):
    move(project, late(RED_DAY, YELLOW), RED_DAY)
    move(project, FAR, RED_DAY)
    assert floor(project, RED_DAY) == (RED, None)
    assert Lifting.objects.get().to_level == GREEN


def test_the_first_day_of_colours_has_no_eve(project):
    with clock.at(RED_DAY):
        other = make_entry(project.entries.get().ledger).project
        milestone = make_milestone(other, "topping", due_on=DUE, name="封顶")
    recompute(RED_DAY, other)
    assert levels([other], RED_DAY) == [RED]
    Milestone.objects.filter(pk=milestone.pk).update(due_on=FAR)
    recompute(RED_DAY, other)
    assert levels([other], RED_DAY) == [GREEN]


class TestConfirmedToday:
    """What people have let go today does not come back by the next change of the day."""

    def test_yellow(self, project):
        move(project, FAR, YELLOW_DAY)
        lift(project, YELLOW_DAY)
        move(project, date(2018, 11, 1), YELLOW_DAY)
        assert floor(project, YELLOW_DAY) == (None, None)
        assert levels([project], YELLOW_DAY) == [GREEN]
        assert Lifting.objects.count() == 1

    def test_red_that_is_observed(self, project):
        move(project, FAR, RED_DAY)
        until = lift(project, RED_DAY).observed_until
        move(project, date(2018, 11, 1), RED_DAY)
        assert floor(project, RED_DAY) == (YELLOW, until)
        assert Lifting.objects.count() == 1

    def test_but_what_was_confirmed_is_what_the_facts_gave_then(self, project):
        """From red to yellow by the facts; that they are better still in the afternoon nobody has confirmed."""
        make_policy(RED_DAY - DAY, Policy(**{**vars(WARNING_POLICY), "observation_cycles": 0}))
        recompute(RED_DAY - DAY, project)
        move(project, late(RED_DAY, YELLOW), RED_DAY)
        lift(project, RED_DAY)
        assert levels([project], RED_DAY) == [YELLOW]
        move(project, FAR, RED_DAY)
        assert floor(project, RED_DAY) == (YELLOW, None)
        assert open_lifting(project).from_level == YELLOW


class TestObservationGoesOn:
    """Red lifted on 10 July is observed until 25 August; a yellow of those weeks that is lifted does not end it."""

    @pytest.fixture
    def until(self, project) -> date:
        move(project, FAR, RED_DAY)
        return lift(project, RED_DAY).observed_until

    def test_yellow_within_it(self, project, until):
        first = RED_DAY + 4 * DAY
        move(project, late(first, YELLOW), first)
        move(project, FAR, first + DAY)
        assert floor(project, first + DAY) == (YELLOW, None)
        lifting = lift(project, first + 2 * DAY)
        assert (lifting.from_level, lifting.state) == (YELLOW, LiftingState.CONFIRMED)
        assert floor(project, first + 2 * DAY) == (YELLOW, until)
        days = (first + 2 * DAY, until, until + DAY)
        assert levels([project], days[0]) == levels([project], days[1]) == [YELLOW]
        assert levels([project], days[2]) == [GREEN]

    def test_what_waited_and_lapsed(self, project, until):
        first = RED_DAY + 4 * DAY
        move(project, late(first, YELLOW), first)
        move(project, FAR, first + DAY)
        move(project, late(first + 2 * DAY, YELLOW), first + 2 * DAY)
        assert floor(project, first + 2 * DAY) == (YELLOW, until)
        make_policy(first + 3 * DAY, Policy(**{**vars(WARNING_POLICY), "rules": {}}))
        recompute(first + 3 * DAY, project)
        assert levels([project], until) == [YELLOW]
        assert levels([project], until + DAY) == [UNRATED]

    def test_red_within_it_is_observed_from_its_own_lifting_on(self, project, until):
        first = date(2018, 8, 22)
        move(project, late(first, RED), first)
        move(project, FAR, first + DAY)
        later = lift(project, first + DAY).observed_until
        assert later > until
        assert floor(project, first + DAY) == (YELLOW, later)


def test_a_pause_of_the_day_hides_what_turned_with_it(project):
    """Yellow begins by its date on the day on which the pause begins: it was never shown, and need not be lifted."""
    day = date(2018, 6, 9)
    make_hold(project, day, day + 30 * DAY)
    move(project, FAR, day)
    assert floor(project, day) == (None, None)
