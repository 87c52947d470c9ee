"""Leaving yellow and red: new facts wait for people, new rules and the end of a hold do not (domain.md §1.8)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from erqi.common import clock
from projects.choices import Dimension, LiftingState, WarningLevel
from projects.models import Hold, Ledger, LedgerEntry, Lifting, Milestone, Project, WarningSchedule
from projects.rules.policy import Band, Policy, Rule
from projects.rules.presets import WARNING_POLICY
from projects.services.floor import Floor
from projects.services.schedule import refresh_many
from projects.tests.builders import make_entry, make_ledger, make_milestone
from projects.tests.warning_builders import close_entry, levels, make_hold, make_policy, make_report, open_lifting, recompute, warn_ledger

pytestmark = pytest.mark.django_db
UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
FROM = date(2018, 3, 1)
# A milestone that is due on 1 June turns blue on 25 May, yellow on 9 June, red on 2 July.
DUE, YELLOW_ON, RED_ON = date(2018, 6, 1), date(2018, 6, 9), date(2018, 7, 2)
IN_YELLOW, IN_RED, LATER = date(2018, 6, 20), date(2018, 7, 10), date(2018, 8, 1)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def ledger() -> Ledger:
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    return ledger


@pytest.fixture
def project(ledger: Ledger) -> Project:
    with clock.at(FROM):
        project = make_entry(ledger).project
        make_milestone(project, "topping", due_on=DUE, name="封顶")
    return project


def move(project: Project, to: date, day: date) -> None:
    Milestone.objects.filter(project=project).update(due_on=to)
    recompute(day, project)


def row(project: Project, day: date) -> WarningSchedule:
    return WarningSchedule.objects.on(day).get(project=project)


def floor(project: Project, day: date) -> tuple[WarningLevel | None, date | None]:
    found = row(project, day)
    return found.floor_level, found.floor_until


def forgiving(days: int) -> Policy:
    """The default rules, but yellow begins only so many days after the date, and nothing is red."""
    bands = (
        Band(GREEN, None, Decimal(0), low_in=False),
        Band(BLUE, Decimal(0), Decimal(days)),
        Band(YELLOW, Decimal(days), None),
    )
    return Policy(**{**vars(WARNING_POLICY), "rules": {**WARNING_POLICY.rules, Dimension.MILESTONE: Rule(bands)}})


@pytest.mark.parametrize(("day", "level"), [(IN_YELLOW, YELLOW), (IN_RED, RED)])
def test_better_facts_keep_the_colour_and_propose_to_lift_it(project, day, level):
    move(project, date(2018, 12, 1), day)
    assert floor(project, day) == (level, None)
    assert levels([project], day) == levels([project], LATER) == [level]
    lifting = open_lifting(project)
    assert (lifting.from_level, lifting.to_level, lifting.proposed_on, lifting.state) == (level, GREEN, day, LiftingState.PROPOSED)
    assert row(project, LATER).since(LATER) == (YELLOW_ON if level == YELLOW else RED_ON)


def test_blue_and_green_need_nobody(project):
    move(project, date(2018, 12, 1), date(2018, 6, 5))
    assert levels([project], date(2018, 6, 5)) == [GREEN]
    assert open_lifting(project) is None


def test_what_was_computed_but_not_shown_yet_needs_nobody(project):
    """Yellow tomorrow is not yellow."""
    move(project, date(2018, 12, 1), YELLOW_ON - ONE_DAY)
    assert floor(project, YELLOW_ON) == (None, None)


def test_the_proposal_follows_the_facts(project):
    move(project, date(2018, 6, 21), IN_YELLOW)
    assert open_lifting(project).to_level == BLUE
    move(project, date(2018, 12, 1), IN_YELLOW + ONE_DAY)
    lifting = open_lifting(project)
    assert (lifting.to_level, lifting.version, Lifting.objects.count()) == (GREEN, 2, 1)


def test_worse_facts_let_the_proposal_lapse(project):
    move(project, date(2018, 12, 1), IN_YELLOW)
    move(project, date(2018, 6, 2), IN_YELLOW + ONE_DAY)
    lifting = Lifting.objects.get()
    assert (lifting.state, lifting.ended_on, lifting.version) == (LiftingState.LAPSED, IN_YELLOW + ONE_DAY, 2)
    assert lifting.end_note == "按最新数据已不具备摘牌条件。"
    # The floor is gone with it: the dates alone give yellow now.
    assert floor(project, LATER) == (None, None)
    assert levels([project], IN_YELLOW + ONE_DAY) == [YELLOW]


def test_red_that_improves_to_yellow_is_lifted_too(project):
    move(project, date(2018, 6, 20), IN_RED)
    assert floor(project, IN_RED) == (RED, None)
    assert open_lifting(project).to_level == YELLOW


def test_what_was_verified_as_yellow_is_proposed_anew_once_it_was_red(project):
    move(project, date(2018, 12, 1), IN_YELLOW)
    Lifting.objects.update(state=LiftingState.VERIFIED)
    # The other date comes to red while the proposal is open, and is moved again.
    move(project, date(2018, 5, 25), date(2018, 6, 25))
    move(project, date(2018, 12, 1), IN_RED)
    old, new = Lifting.objects.order_by("pk")
    assert (old.state, new.state, new.from_level) == (LiftingState.LAPSED, LiftingState.PROPOSED, RED)


def test_a_floor_rises_while_its_proposal_is_open(project):
    """Yellow waits; then another milestone comes to red by itself, without a refresh, and is moved."""
    with clock.at(FROM):
        make_milestone(project, "land", due_on=date(2018, 6, 15))
    Milestone.objects.filter(project=project, kind="topping").update(due_on=date(2018, 12, 1))
    recompute(IN_YELLOW, project)
    assert open_lifting(project).from_level == YELLOW
    Lifting.objects.update(state=LiftingState.VERIFIED)
    move(project, date(2018, 12, 1), date(2018, 7, 20))
    old, new = Lifting.objects.order_by("pk")
    assert (old.state, new.state, new.from_level, new.to_level) == (LiftingState.LAPSED, LiftingState.PROPOSED, RED, GREEN)


def confirm(project: Project, day: date, to: Floor) -> None:
    Lifting.objects.filter(project=project).update(state=LiftingState.CONFIRMED)
    with clock.at(day):
        refresh_many([project.pk], 2018, confirmed={project.pk: to})


def test_a_confirmation_lets_the_colour_fall(project):
    move(project, date(2018, 12, 1), IN_YELLOW)
    confirm(project, IN_YELLOW + ONE_DAY, Floor(UNRATED))
    assert floor(project, LATER) == (None, None)
    assert levels([project], IN_YELLOW) == [YELLOW]
    assert levels([project], IN_YELLOW + ONE_DAY) == [GREEN]
    assert Lifting.objects.count() == 1


class TestObservation:
    """Red falls to yellow for a cycle, then to what the facts give."""

    UNTIL = date(2018, 7, 25)

    @pytest.fixture
    def observed(self, project) -> Project:
        move(project, date(2018, 12, 1), IN_RED)
        confirm(project, IN_RED + ONE_DAY, Floor(YELLOW, self.UNTIL))
        return project

    def test_it_ends_by_itself(self, observed):
        assert levels([observed], IN_RED + ONE_DAY) == levels([observed], self.UNTIL) == [YELLOW]
        assert levels([observed], self.UNTIL + ONE_DAY) == [GREEN]

    def test_it_goes_on_over_other_changes_and_asks_nobody(self, observed):
        move(observed, date(2018, 11, 1), IN_RED + 3 * ONE_DAY)
        assert floor(observed, self.UNTIL) == (YELLOW, self.UNTIL)
        assert open_lifting(observed) is None
        recompute(self.UNTIL + ONE_DAY, observed)
        move(observed, date(2018, 10, 1), self.UNTIL + 2 * ONE_DAY)
        assert floor(observed, self.UNTIL + 2 * ONE_DAY) == (None, None)

    def test_its_last_day_belongs_to_it(self, observed):
        move(observed, date(2018, 11, 1), self.UNTIL)
        assert levels([observed], self.UNTIL) == [YELLOW]
        assert levels([observed], self.UNTIL + ONE_DAY) == [GREEN]

    def test_red_within_it_has_to_be_lifted_again(self, observed):
        move(observed, DUE, IN_RED + 2 * ONE_DAY)
        assert levels([observed], IN_RED + 2 * ONE_DAY) == [RED]
        move(observed, date(2018, 12, 1), IN_RED + 3 * ONE_DAY)
        assert floor(observed, self.UNTIL) == (RED, None)
        assert open_lifting(observed).from_level == RED


def test_what_was_refused_is_proposed_again_only_after_a_report(project):
    move(project, date(2018, 12, 1), IN_YELLOW)
    Lifting.objects.update(state=LiftingState.REJECTED, ended_at=timezone.now())
    recompute(IN_YELLOW + ONE_DAY, project)
    assert open_lifting(project) is None
    make_report(project, 6, 100, on=IN_YELLOW + 2 * ONE_DAY)
    assert open_lifting(project) is not None
    assert levels([project], LATER) == [YELLOW]


def test_a_hold_hides_what_is_never_shown_and_need_not_be_lifted(project):
    make_hold(project, date(2018, 6, 5), date(2018, 7, 31))
    move(project, date(2018, 12, 1), IN_RED)
    assert floor(project, IN_RED) == (None, None)
    assert levels([project], date(2018, 8, 1)) == [GREEN]


def test_a_hold_is_no_way_around_a_lifting(project):
    make_hold(project, IN_YELLOW, date(2018, 7, 31))
    move(project, date(2018, 12, 1), IN_RED)
    assert floor(project, IN_RED) == (YELLOW, None)
    assert levels([project], IN_RED) == [PAUSED]
    assert levels([project], date(2018, 8, 1)) == [YELLOW]
    assert open_lifting(project).from_level == YELLOW


def test_a_hold_that_ends_early_brings_the_waiting_colour_back(project):
    make_hold(project, IN_YELLOW, date(2018, 7, 31))
    move(project, date(2018, 12, 1), IN_YELLOW + ONE_DAY)
    Hold.objects.update(ended_on=IN_YELLOW + 2 * ONE_DAY)
    recompute(IN_YELLOW + 2 * ONE_DAY, project)
    assert levels([project], IN_YELLOW + 2 * ONE_DAY) == [YELLOW]


def test_what_is_closed_waits_for_nobody_and_waits_again_when_reopened(project):
    move(project, date(2018, 12, 1), IN_YELLOW)
    entry = LedgerEntry.objects.get(project=project)
    close_entry(entry, IN_YELLOW + ONE_DAY)
    lifting = Lifting.objects.get()
    assert (lifting.state, lifting.end_note) == (LiftingState.LAPSED, "项目已销号，不必摘牌。")
    assert levels([project], IN_YELLOW + ONE_DAY) == [DONE]
    LedgerEntry.objects.update(closed_on=None)
    recompute(IN_YELLOW + 2 * ONE_DAY, project)
    assert levels([project], IN_YELLOW + 2 * ONE_DAY) == [YELLOW]
    assert open_lifting(project) is not None


class TestNewRules:
    """What only other rules make milder falls at once, whether a pass or a change meets the project first."""

    DAY = IN_YELLOW + ONE_DAY

    @pytest.fixture
    def rules(self, project) -> None:
        make_policy(self.DAY, forgiving(90))

    def test_the_colour_falls_without_anybody(self, project, rules):
        recompute(self.DAY, project)
        assert (floor(project, self.DAY), levels([project], self.DAY)) == ((None, None), [BLUE])
        assert not Lifting.objects.exists()

    def test_also_when_a_change_comes_before_the_pass(self, project, rules):
        make_report(project, 6, 100, on=self.DAY)
        assert (floor(project, self.DAY), levels([project], self.DAY)) == ((None, None), [BLUE])
        assert not Lifting.objects.exists()

    def test_but_not_what_waits_for_people_already(self, project):
        move(project, date(2018, 12, 1), IN_YELLOW)
        make_policy(self.DAY, forgiving(90))
        recompute(self.DAY, project)
        assert (floor(project, self.DAY), levels([project], self.DAY)) == ((YELLOW, None), [YELLOW])
        assert Lifting.objects.get().is_open

    def test_and_not_what_is_yellow_under_both_and_improves(self, project):
        make_policy(self.DAY, forgiving(10))
        move(project, date(2018, 12, 1), self.DAY)
        assert floor(project, self.DAY) == (YELLOW, None)
        assert Lifting.objects.get().is_open
