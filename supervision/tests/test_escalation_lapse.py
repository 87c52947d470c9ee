"""Proposals whose ground is gone lapse with the true reason; where it stands again they are made anew; the turn of the year."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput
from projects.models import Ledger, Project
from projects.services.milestone import complete_milestone, reopen_milestone
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_user
from projects.tests.warning_builders import finish, warn_ledger
from supervision.models import Escalation, EscalationAct
from supervision.services import escalation as service
from supervision.services import notice as office
from supervision.services.notice_words import first_words
from supervision.tests.escalation_case import RED, RED_LONG, YELLOW, late, make_escalation, propose, send, states

pytestmark = pytest.mark.django_db

D = date
# The last working days of 2018 and the first one of 2019.
EVE, NEW_YEAR = D(2018, 12, 28), D(2019, 1, 2)


@pytest.fixture
def ledger() -> Ledger:
    with clock.at(D(2018, 3, 1)):
        found = make_ledger()
        warn_ledger(found)
        return found


@pytest.fixture
def project(ledger) -> Project:
    return late(ledger)


def why() -> list[str]:
    """The reasons with which proposals lapsed."""
    return list(EscalationAct.objects.filter(action="lapse").order_by("pk").values_list("text", flat=True))


# What lapsed was not decided


def test_a_ground_that_was_gone_for_a_day_is_proposed_anew_and_once(project):
    assert propose(YELLOW) == ["yellow"]
    milestone = project.milestones.get()
    with clock.at(D(2018, 5, 14)):
        milestone = complete_milestone(milestone=milestone, done_on=D(2018, 5, 14), version=None, by=None)
    assert propose(D(2018, 5, 15)) == []
    assert states() == [("yellow", "lapsed")]
    assert why() == ["数据已经好转，颜色只待核验、确认后解除，不再需要。"]
    with clock.at(D(2018, 5, 16)):
        reopen_milestone(milestone=milestone, version=None, by=None, text="并未完成")
    assert propose(D(2018, 5, 17)) == ["yellow"]
    assert propose(D(2018, 5, 17)) == propose(D(2018, 5, 30)) == []
    assert states() == [("yellow", "lapsed"), ("yellow", "proposed")]
    first, second = Escalation.objects.order_by("pk")
    assert (first.since, first.proposed_on, second.since, second.proposed_on) == (YELLOW, YELLOW, YELLOW, D(2018, 5, 17))


def test_what_was_declined_is_not_proposed_again_though_its_ground_comes_and_goes(project):
    propose(YELLOW)
    row, milestone = Escalation.objects.get(), project.milestones.get()
    with clock.at(YELLOW):
        service.decline_escalation(escalation=row, reason="已当面提醒", version=None, by=make_user("supervision"))
    with clock.at(D(2018, 5, 14)):
        milestone = complete_milestone(milestone=milestone, done_on=D(2018, 5, 14), version=None, by=None)
    propose(D(2018, 5, 15))
    with clock.at(D(2018, 5, 16)):
        reopen_milestone(milestone=milestone, version=None, by=None, text="并未完成")
    assert propose(D(2018, 5, 17)) == []
    assert states() == [("yellow", "declined")]


def test_the_database_keeps_one_that_stands(project):
    make_escalation(project)
    with pytest.raises(InvalidInput, match="已经列入"):
        make_escalation(project)
    Escalation.objects.update(state="lapsed")
    make_escalation(project)


def test_a_graver_condition_is_said_to_be_graver(project):
    propose(YELLOW)
    propose(RED)
    assert why() == ["条件已加重为“转红”，按新的提议处置。"]


def test_what_a_notice_answered_says_so(project):
    notice = send(project, "remind", "project", YELLOW)
    with clock.at(YELLOW):
        make_escalation(project, "yellow", level=3, since=YELLOW, proposed_on=D(2018, 5, 10))
    propose(D(2018, 5, 11))
    assert why() == ["已就此下发通知单，不再需要。"]
    with clock.at(D(2018, 5, 14)):
        office.revoke_notice(notice=notice, reason="发错", version=None, by=make_user("supervision"))
    assert propose(D(2018, 5, 15)) == ["yellow"]


# The turn of the year


def started(project: Project | None, on: date = NEW_YEAR) -> Ledger:
    """A ledger of 2019 in which colours are shown from a day on, with the project or without it."""
    with clock.at(on):
        ledger = make_ledger("2019", 2019)
        if project is not None:
            make_entry(ledger, project)
            make_milestone(project, "other", name="装修", due_on=D(2019, 6, 28), year=2019)
        warn_ledger(ledger, on)
    return ledger


def test_without_a_ledger_of_the_new_year_what_is_red_stays_proposed(project):
    assert propose(EVE) == ["red_long"]
    assert propose(NEW_YEAR) == propose(D(2019, 2, 28)) == []
    assert states() == [("red_long", "proposed")]
    with clock.at(NEW_YEAR):
        row = Escalation.objects.get()
        notice = service.confirm_escalation(escalation=row, version=None, by=make_user("supervision")).notice
        assert "截至2018年12月31日" in notice.text
        assert "主体施工" in notice.text
        assert first_words(project, "supervise", NEW_YEAR).level == row.level


def test_what_was_declined_before_the_turn_of_the_year_stays_so(project):
    propose(EVE)
    with clock.at(EVE):
        row = Escalation.objects.get()
        service.decline_escalation(escalation=row, reason="已约谈", version=None, by=make_user("supervision"))
    assert propose(NEW_YEAR) == []
    assert states() == [("red_long", "declined")]


def test_a_ledger_of_the_new_year_that_is_not_started_changes_nothing(project):
    propose(EVE)
    with clock.at(EVE):
        make_entry(make_ledger("2019", 2019), project)
    assert propose(NEW_YEAR) == []
    assert states() == [("red_long", "proposed")]


def test_a_ledger_of_the_new_year_without_the_project_changes_nothing_for_it(project):
    propose(EVE)
    started(None)
    assert propose(NEW_YEAR) == []
    assert states() == [("red_long", "proposed")]


def test_in_the_new_years_ledger_the_project_is_judged_by_that(project):
    propose(EVE)
    with clock.at(EVE):
        finish(project.milestones.get(), EVE)
    started(project)
    assert propose(NEW_YEAR) == []
    assert why() == ["项目已转入2019年度台账评价，现为“正常”，2018年度的提议不再保留。"]


def test_what_is_late_by_the_new_years_ledger_too_is_proposed_by_that(project):
    propose(EVE)
    started(project)
    with clock.at(NEW_YEAR):
        make_milestone(project, "other", name="附属工程", due_on=D(2018, 10, 31), year=2019)
    assert propose(NEW_YEAR) == ["red"]
    assert why() == ["项目已转入2019年度台账评价，条件为“转红”，按新的提议处置。"]


@pytest.mark.parametrize("number", [1, 3])
def test_lapsing_asks_a_constant_number_of_questions(ledger, number, django_assert_num_queries):
    found = [late(ledger, f"项目{place}") for place in range(number)]
    propose(RED_LONG)
    with clock.at(D(2018, 8, 28)):
        for project in found:
            finish(project.milestones.get(), D(2018, 8, 28))
    with clock.at(D(2018, 8, 29)), django_assert_num_queries(19):
        assert service.propose_escalations() == []
    assert {state for _, state in states()} == {"lapsed"}
