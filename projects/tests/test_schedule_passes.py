"""Passes over all projects: started by rules or by a ledger that joins, cut off and continued, two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from erqi.common.errors import NotAllowed, ServiceError, StaleRecord
from projects.choices import WarningLevel
from projects.models import Ledger, Lifting, Milestone, Project, Rescheduling, WarningSchedule
from projects.rules.policy import Policy
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.services.ledger import change_ledger
from projects.services.schedule import continue_pass, finish_passes, start_pass, start_warnings
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_user
from projects.tests.warning_builders import levels, make_policy, warn_ledger

pytestmark = pytest.mark.django_db
UNRATED, GREEN, BLUE, YELLOW, RED, PAUSED, DONE = WarningLevel
FROM, DAY = date(2018, 3, 1), date(2018, 9, 28)
ONE_DAY = timedelta(days=1)


def fill(ledger: Ledger, number: int) -> list[Project]:
    """Enter projects that are as many days late on the day as their place in the list says."""
    with clock.at(FROM):
        projects = [make_entry(ledger).project for _ in range(number)]
        for place, project in enumerate(projects):
            make_milestone(project, "topping", due_on=DAY - timedelta(days=place * 4))
    return projects


@pytest.fixture
def ledger() -> Ledger:
    return make_ledger()


@pytest.fixture
def warned(ledger: Ledger) -> Ledger:
    warn_ledger(ledger, FROM)
    return ledger


def standing() -> int:
    return WarningSchedule.objects.filter(valid_until=None).count()


def test_a_ledger_gets_colours_from_today_on(ledger):
    make_policy(FROM)
    projects = fill(ledger, 10)
    with clock.at(DAY):
        run = start_warnings(ledger=ledger, version=ledger.version, by=make_user("office", name="王某"))
        assert (run.total, run.done, run.percent, run.started_by_name) == (10, 0, 0, "王某")
        assert run.reason == "二七区2018年重点项目台账启用预警"
        assert levels(projects, DAY) == [UNRATED] * 10
        assert finish_passes() == 1
    ledger.refresh_from_db()
    assert (ledger.warned_since, ledger.version) == (DAY, 2)
    assert levels(projects, DAY) == [BLUE, BLUE, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, RED, RED]
    assert levels(projects, DAY - ONE_DAY) == [UNRATED] * 10
    assert not Lifting.objects.exists()


def test_who_may_start_them_and_when(ledger):
    office = make_user("office")
    with clock.at(DAY):
        with pytest.raises(NotAllowed):
            start_warnings(ledger=ledger, version=ledger.version, by=make_user("reporter"))
        with pytest.raises(ServiceError, match="还没有生效的预警规则"):
            start_warnings(ledger=ledger, version=ledger.version, by=office)
        make_policy(DAY + ONE_DAY)
        with pytest.raises(ServiceError, match="还没有生效的预警规则"):
            start_warnings(ledger=ledger, version=ledger.version, by=office)
        make_policy(DAY)
        seen = ledger.version
        change_ledger(ledger=ledger, version=seen, by=None, note="说明")
        with pytest.raises(StaleRecord):
            start_warnings(ledger=ledger, version=seen, by=office)
        start_warnings(ledger=ledger, version=seen + 1, by=office)
        with pytest.raises(ServiceError, match="已启用预警"):
            start_warnings(ledger=ledger, version=None, by=office)
        with pytest.raises(ServiceError, match="只有区级重点项目台账"):
            start_warnings(ledger=make_ledger("area", level="area"), version=None, by=office)
        with pytest.raises(ServiceError, match="往年的台账只供查阅"):
            start_warnings(ledger=make_ledger("2017", 2017), version=None, by=office)
    assert Rescheduling.objects.count() == 1


def test_a_pass_over_nothing_is_finished(ledger):
    with clock.at(DAY):
        run = start_pass(reason="试", by=None)
        assert (run.total, run.percent, run.finished_at is not None) == (0, 100, True)
        assert finish_passes() == 0


def test_a_pass_goes_on_where_it_was_cut_off(warned):
    projects = fill(warned, 7)
    WarningSchedule.objects.all().update(valid_until=FROM)  # as if they had never been computed
    with clock.at(DAY):
        run = start_pass(reason="试", by=None)
        run = continue_pass(run, size=3)
        assert (run.done, run.percent, run.finished_at, standing()) == (3, 42, None, 3)
        # Another process finds it so, days later.
    with clock.at(DAY + ONE_DAY):
        run = continue_pass(Rescheduling.objects.get(), size=3)
        assert (run.done, run.finished_at, standing()) == (6, None, 6)
        run = continue_pass(Rescheduling.objects.get(), size=3)
        assert (run.done, run.percent, standing()) == (7, 100, 7)
        assert run.finished_at is not None
        assert continue_pass(run).done == 7
    assert levels(projects[:1], DAY + ONE_DAY) == [BLUE]


def test_the_last_batch_knows_that_it_is_the_last(warned):
    fill(warned, 6)
    with clock.at(DAY):
        run = continue_pass(start_pass(reason="试", by=None), size=3)
        assert run.finished_at is None
        assert continue_pass(run, size=3).finished_at is not None


def test_years_one_after_another_and_projects_that_enter_meanwhile(warned):
    projects = fill(warned, 3)
    other = make_ledger("2019", 2019)
    with clock.at(FROM):
        Ledger.objects.filter(pk=other.pk).update(warned_since=FROM)
        make_entry(other, projects[0])
    with clock.at(DAY):
        run = continue_pass(start_pass(reason="试", by=None), size=2)
        assert run.total == 4
        make_entry(warned)
        heard = []
        finish_passes(lambda one: heard.append((one.done, one.percent)))
    assert heard == [(5, 100)]


def test_other_rules_leave_no_lifting_behind(warned):
    """Family A knows no reminder for what is late; when family B comes back yellow falls to blue, and nobody has to confirm it."""
    make_policy(FROM + ONE_DAY, STATUS_POLICY)
    projects = fill(warned, 10)
    with clock.at(DAY):
        policy = make_policy(DAY, WARNING_POLICY)
        run = start_pass(reason=f"{policy}生效", by=None, policy=policy)
        assert finish_passes() == 1
        assert Rescheduling.objects.get().policy == policy
    assert run.total == 10
    assert levels(projects, DAY - ONE_DAY) == [BLUE, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, RED, RED]
    assert levels(projects, DAY) == [BLUE, BLUE, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, YELLOW, RED, RED]
    assert set(WarningSchedule.objects.on(DAY).values_list("policy", flat=True)) == {policy.pk}
    assert not Lifting.objects.exists()


def test_the_number_of_queries_of_a_batch_does_not_grow(warned):
    def queries(day: date, rules: Policy) -> int:
        with clock.at(day):
            make_policy(day, rules)
            run = start_pass(reason="试", by=None)
            with CaptureQueriesContext(connection) as found:
                assert continue_pass(run).done == run.total
        return len(found)

    fill(warned, 1)
    assert queries(DAY, STATUS_POLICY) == 24
    fill(warned, 30)
    assert queries(DAY + ONE_DAY, WARNING_POLICY) == 24


@pytest.mark.django_db(transaction=True)
def test_two_who_continue_a_pass_at_once_do_no_batch_twice():
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    fill(ledger, 12)
    WarningSchedule.objects.all().update(valid_until=FROM)
    with clock.at(DAY):
        run = start_pass(reason="试", by=None)

    def carry(_: int) -> int:
        try:
            with clock.at(DAY):
                return continue_pass(run, size=3).done
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(carry, range(4))) == [3, 6, 9, 12]
    assert standing() == WarningSchedule.objects.filter(valid_from=DAY).count() == 12
    assert Rescheduling.objects.get().finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_passes_and_changes_at_once():
    """They wait for each other: every project ends with one standing row, and no transaction is torn."""
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    projects = fill(ledger, 12)
    with clock.at(DAY):
        policy = make_policy(DAY, STATUS_POLICY)
        runs = [start_pass(reason="甲", by=None, policy=policy), start_pass(reason="乙", by=None)]

    def carry(number: int) -> None:
        try:
            with clock.at(DAY):
                run = runs[number]
                while run.finished_at is None:
                    run = continue_pass(run, size=5)
        finally:
            connection.close()

    def change(number: int) -> None:
        try:
            with clock.at(DAY):
                for project in projects[::-1] if number else projects:
                    make_milestone(project, "land", name=f"供地{number}", due_on=DAY + 60 * ONE_DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(carry, 0), pool.submit(change, 0), pool.submit(carry, 1), pool.submit(change, 1)]
        for job in jobs:
            job.result()
    rows = WarningSchedule.objects.filter(valid_until=None)
    assert (rows.count(), set(rows.values_list("policy", flat=True))) == (12, {policy.pk})
    assert Milestone.objects.count() == 36
    assert {len(row.known_facts.milestones) for row in rows} == {3}
    assert not Rescheduling.objects.filter(finished_at=None).exists()
