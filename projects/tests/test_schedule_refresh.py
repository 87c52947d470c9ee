"""Schedules after a change: what is shown from then on, since when, and what earlier days still show."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from projects.choices import WarningLevel
from projects.models import Hold, Ledger, Milestone, Project, WarningSchedule
from projects.rules.presets import STATUS_POLICY
from projects.services.schedule import refresh_many
from projects.tests.builders import make_entry, make_ledger, make_milestone
from projects.tests.warning_builders import levels, make_date_request, make_hold, make_policy, recompute, warn_ledger

pytestmark = pytest.mark.django_db
UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
FROM = date(2018, 3, 1)
# A milestone that is due on 1 June turns blue on 25 May, yellow on 9 June, red on 2 July.
DUE, YELLOW_ON, RED_ON = date(2018, 6, 1), date(2018, 6, 9), date(2018, 7, 2)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def ledger() -> Ledger:
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    return ledger


def enter(ledger: Ledger, due_on: date = DUE) -> Project:
    """Enter a project with one milestone, as of the first day."""
    with clock.at(FROM):
        project = make_entry(ledger).project
        make_milestone(project, "topping", due_on=due_on, name="封顶")
    return project


def move(milestone: Milestone, to: date, on: date) -> None:
    """Move a date as of a day, without asking who may."""
    Milestone.objects.filter(pk=milestone.pk).update(due_on=to)
    recompute(on, milestone.project)


def rows(project: Project) -> list[WarningSchedule]:
    """Return the rows that hold on some day, in order."""
    lasting = Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))
    return list(WarningSchedule.objects.filter(lasting, project=project).order_by("valid_from"))


def on(project: Project, day: date) -> WarningSchedule:
    return WarningSchedule.objects.on(day).get(project=project)


def test_one_row_foretells_the_year(ledger):
    project = enter(ledger)
    [row] = rows(project)
    assert (row.valid_from, row.valid_until, row.green_on) == (FROM, None, date(2018, 1, 1))
    assert (row.blue_on, row.yellow_on, row.red_on) == (date(2018, 5, 25), YELLOW_ON, RED_ON)
    assert [level.code for level, _ in row.schedule.thresholds.causes] == ["green", "blue", "yellow", "red"]
    assert row.known_facts.milestones[0].name == "封顶"


def test_a_change_ends_the_row_and_earlier_days_show_what_they_showed(ledger):
    project = enter(ledger)
    moved = date(2018, 6, 5)
    move(project.milestones.get(), date(2018, 9, 1), moved)
    first, second = rows(project)
    assert (first.valid_until, second.valid_from, second.valid_until) == (moved, moved, None)
    assert levels([project], moved - ONE_DAY) == [BLUE]
    assert levels([project], moved) == [GREEN]
    assert levels([project], YELLOW_ON) == [GREEN]


def test_nothing_new_writes_nothing(ledger):
    project = enter(ledger)
    for day in (FROM, YELLOW_ON, RED_ON):
        recompute(day, project)
    assert len(rows(project)) == 1


def test_the_second_change_of_a_day_leaves_the_first_without_any_day(ledger):
    project = enter(ledger)
    day = date(2018, 5, 28)
    move(project.milestones.get(), date(2018, 9, 1), day)
    between = on(project, day)
    move(project.milestones.get(), date(2018, 10, 1), day)
    first, last = rows(project)
    between.refresh_from_db()
    assert (between.valid_from, between.valid_until) == (day, day)
    assert (first.valid_until, last.valid_from, last.known_facts.milestones[0].due_on) == (day, day, date(2018, 10, 1))


def test_since_when_goes_on_over_changes_that_leave_the_colour(ledger):
    project = enter(ledger)
    first_yellow = on(project, YELLOW_ON).since(YELLOW_ON)
    assert first_yellow == YELLOW_ON
    with clock.at(date(2018, 6, 20)):
        make_milestone(project, "land", due_on=date(2018, 12, 1))
    row = on(project, date(2018, 6, 20))
    assert (row.entered_level, row.entered_on) == (YELLOW, YELLOW_ON)
    assert row.since(date(2018, 6, 25)) == YELLOW_ON
    assert row.since(RED_ON) == RED_ON


def test_since_when_is_read_off_how_days_ended(ledger):
    """What was computed in the morning and again in the evening of a day breaks no colour: the day shows how it ended."""
    project = enter(ledger)
    day = date(2018, 5, 28)
    make_hold(project, day, date(2018, 6, 30))
    assert levels([project], day) == [PAUSED]
    Hold.objects.update(ended_on=day)
    recompute(day, project)
    assert (levels([project], day), on(project, day).since(day)) == ([BLUE], date(2018, 5, 25))


def test_a_colour_of_yesterday_goes_on_through_a_change_of_today(ledger):
    """The blue of yesterday would have turned yellow today; what is recorded today keeps it blue, without break."""
    project = enter(ledger)
    make_date_request(project.milestones.get(), date(2018, 12, 1), on=date(2018, 6, 4))
    row = on(project, date(2018, 6, 4))
    assert (row.entered_level, row.entered_on) == (BLUE, date(2018, 5, 25))
    assert levels([project], RED_ON) == [BLUE]


def test_every_year_with_colours_is_computed(ledger):
    project = enter(ledger)
    with clock.at(FROM):
        make_entry(make_ledger("2019", 2019), project)
        make_entry(make_ledger("2017", 2017), project)
        Ledger.objects.filter(year=2019).update(warned_since=FROM)
        make_milestone(project, "land", year=2019, due_on=date(2019, 6, 1))
    assert levels([project], date(2018, 6, 15)) == levels([project], date(2019, 6, 15), year=2019) == [YELLOW]
    assert levels([project], date(2018, 6, 15), year=2019) == [UNRATED]
    assert not WarningSchedule.objects.of_year(2017).exists()


def test_without_rules_nothing_is_computed():
    ledger = make_ledger()
    Ledger.objects.update(warned_since=FROM)
    project = enter(ledger)
    assert rows(project) == []
    make_policy(date(2018, 8, 1))
    recompute(FROM, project)
    [row] = rows(project)
    assert (row.valid_from, levels([project], date(2018, 7, 31))) == (date(2018, 8, 1), [UNRATED])
    recompute(FROM + ONE_DAY, project)
    assert len(rows(project)) == 1


def test_a_hold_shows_no_colour_and_then_what_came_meanwhile(ledger):
    project = enter(ledger)
    make_hold(project, date(2018, 6, 5), date(2018, 7, 10))
    assert levels([project], date(2018, 6, 4)) == [BLUE]
    assert levels([project], date(2018, 6, 5)) == levels([project], date(2018, 7, 10)) == [PAUSED]
    assert levels([project], date(2018, 7, 11)) == [RED]


def test_a_hold_that_is_renewed_is_one_hold(ledger):
    project = enter(ledger)
    make_hold(project, date(2018, 6, 5), date(2018, 7, 10))
    make_hold(project, date(2018, 7, 11), date(2018, 7, 31), on=date(2018, 7, 1))
    row = on(project, date(2018, 7, 20))
    assert (row.paused_from, row.paused_until) == (date(2018, 6, 5), date(2018, 7, 31))
    assert row.since(date(2018, 7, 20)) == date(2018, 6, 5)


class TestRulesToCome:
    """Rules approved for a later day: one row until then and one from then on, whatever is recorded meanwhile."""

    COMES = date(2018, 7, 1)

    @pytest.fixture
    def project(self, ledger) -> Project:
        project = enter(ledger)
        # Under family A nothing is green and nothing turns blue by coming near.
        make_policy(self.COMES, STATUS_POLICY)
        recompute(date(2018, 5, 1), project)
        return project

    def test_two_rows(self, project):
        old, now, then = rows(project)
        assert (old.valid_until, now.valid_from, now.valid_until) == (date(2018, 5, 1), date(2018, 5, 1), self.COMES)
        assert (then.valid_from, then.valid_until) == (self.COMES, None)
        assert now.policy_id != then.policy_id
        assert (now.yellow_on, then.yellow_on) == (YELLOW_ON, DUE + ONE_DAY)

    def test_a_change_before_that_day_keeps_both_right(self, project):
        day = date(2018, 5, 10)
        move(project.milestones.get(), date(2018, 6, 25), day)
        assert levels([project], date(2018, 6, 30)) == [BLUE]
        assert levels([project], self.COMES) == [YELLOW]
        assert on(project, self.COMES).since(self.COMES) == self.COMES
        assert WarningSchedule.objects.filter(project=project, valid_until=None).count() == 1

    def test_nothing_new_writes_nothing(self, project):
        recompute(date(2018, 5, 20), project)
        assert len(rows(project)) == 3

    def test_since_when_goes_on_over_the_change_of_rules(self, project):
        assert levels([project], date(2018, 6, 30)) == levels([project], self.COMES) == [YELLOW]
        assert on(project, self.COMES).since(self.COMES) == YELLOW_ON

    def test_on_the_day_itself_and_after_it_one_row_is_left(self, project):
        for day in (self.COMES, self.COMES + ONE_DAY):
            move(project.milestones.get(), day + timedelta(days=90), day)
            assert on(project, day).valid_until is None


def refresh_queries(ledger: Ledger, number: int) -> int:
    projects = [enter(ledger, date(2018, 1 + place % 7, 1)) for place in range(number)]
    for project in projects:
        Milestone.objects.filter(project=project).update(done_on=date(2018, 9, 2))
    # Everything happens at once: rows end, rows begin, liftings are proposed.
    with clock.at(date(2018, 9, 3)), CaptureQueriesContext(connection) as found:
        assert refresh_many([project.pk for project in projects], 2018) == number
    return len(found)


def test_the_number_of_queries_does_not_grow_with_projects(ledger):
    assert refresh_queries(ledger, 1) == 18
    assert refresh_queries(ledger, 50) == 18
