"""Who may write and review what, by the grid of responsibility and by post; two people at once on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from erqi.common import clock
from erqi.common.accounts import set_active, withdraw_role
from erqi.common.errors import NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from projects.choices import ReportState, ResponsibilityKind
from projects.models import Post, ProgressReport, Project, Reminder, ReportStep, Responsibility
from projects.services import grid
from projects.services import report as service
from projects.services.responsibility import end_assignment
from projects.tests.builders import make_person, make_project, make_responsibility, make_unit, make_user
from projects.tests.report_builders import (
    MONTH,
    YEAR,
    draft,
    file_month,
    join,
    make_reporter,
    report_project,
    report_projects,
    report_values,
)

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 24)


@pytest.fixture(autouse=True)
def _on() -> Any:
    with clock.at(DAY):
        yield


def save(project: Project, by: User, version: int | None = None, **more: Any) -> ProgressReport:
    arguments = {"values": report_values(), **more}
    return service.save_draft(project=project, year=YEAR, month=MONTH, version=version, by=by, **arguments)


UNITS = ["undertake", "second", "lead", "cooperate", "stated", "owner", "none"]


def project_of_seven() -> tuple[Project, dict[str, Any]]:
    """Return a project with units of every kind, by name."""
    units = {name: make_unit(f"{name}单位") for name in UNITS}
    project = make_project(owner=units["owner"])
    for name, kind in (
        ("undertake", ResponsibilityKind.UNDERTAKE),
        ("second", ResponsibilityKind.UNDERTAKE),
        ("lead", ResponsibilityKind.LEAD),
        ("cooperate", ResponsibilityKind.COOPERATE),
        ("stated", ResponsibilityKind.STATED),
    ):
        make_responsibility(project, units[name], kind)
    return project, units


@pytest.mark.parametrize(("name", "writes"), [(name, name in {"undertake", "second", "lead"}) for name in UNITS])
def test_the_units_that_carry_out_and_the_lead_unit_write(name, writes):
    project, units = project_of_seven()
    user = make_reporter(units[name])
    assert grid.may_write(user, project) is writes
    if writes:
        assert save(project, user).state == ReportState.DRAFT
        return
    with pytest.raises(NotAllowed, match="不由您所在的单位填报。责任分工有误的，请联系重点项目办调整。"):
        save(project, user)
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize(("name", "reviews"), [(name, name == "lead") for name in UNITS])
def test_the_lead_unit_reviews(name, reviews):
    project, units = project_of_seven()
    report = file_month(project)
    user = make_reporter(units[name], roles=["reviewer"])
    assert grid.may_review(user, project) is reviews
    if reviews:
        assert service.pass_report(report=report, version=report.version, by=user).state == ReportState.PASSED
        return
    for act in (
        lambda: service.pass_report(report=report, version=report.version, by=user),
        lambda: service.return_report(report=report, reason="有误", version=report.version, by=user),
    ):
        with pytest.raises(NotAllowed, match="不由您所在的单位审核"):
            act()
    assert ProgressReport.objects.get().state == ReportState.FILED


@pytest.mark.parametrize(
    ("kinds", "reports", "reviews"),
    [
        (["undertake", "lead", "stated"], "undertake", "lead"),
        (["lead", "stated"], "lead", "lead"),
        (["undertake"], "undertake", "undertake"),
        (["stated", "cooperate"], "stated", "stated"),
        (["cooperate"], None, None),
    ],
)
def test_who_reports_and_who_reviews_where_units_are_missing(kinds, reports, reviews):
    project = make_project()
    units = {kind: make_unit() for kind in kinds}
    for kind, unit in units.items():
        make_responsibility(project, unit, kind)
    assert grid.reporters([project.pk]) == {project.pk: units[reports].pk if reports else None}
    assert grid.reviewing_unit(grid.grids([project.pk])[project.pk]) == (units[reviews].pk if reviews else None)


@pytest.mark.parametrize("role", ["viewer", "reviewer", "inspector", "supervision", "leader"])
def test_other_roles_of_the_unit_do_not_write(role):
    unit = make_unit()
    project = report_project(unit)
    with pytest.raises(NotAllowed, match="您没有进行此项操作的权限"):
        save(project, make_reporter(unit, roles=[role]))


def test_the_office_writes_and_reviews_for_everybody():
    project = report_project()
    first, second = make_user("office"), make_user("office")
    report = service.file_report(project=project, year=YEAR, month=MONTH, version=None, values=report_values(), by=first)
    with pytest.raises(NotAllowed, match="不能审核自己报送的月报，请由他人审核。"):
        service.pass_report(report=report, version=report.version, by=first)
    assert service.pass_report(report=report, version=report.version, by=second).reviewed_by_name == str(second)


def test_nobody_passes_a_report_of_their_own_though_both_roles_are_theirs():
    unit = make_unit()
    project, user = report_project(unit), make_reporter(unit, roles=["reporter", "reviewer"])
    report = service.file_report(project=project, year=YEAR, month=MONTH, version=None, values=report_values(), by=user)
    with pytest.raises(NotAllowed):
        service.pass_report(report=report, version=report.version, by=user)
    with pytest.raises(NotAllowed):
        service.return_report(report=report, reason="x", version=report.version, by=user)


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (DAY, None, True),
        (None, DAY, True),
        (date(2018, 9, 25), None, False),
        (None, date(2018, 9, 23), False),
    ],
)
def test_a_post_counts_from_its_first_day_to_its_last(since, until, holds):
    unit = make_unit()
    project, user = report_project(unit), make_user("reporter")
    make_person(account=user, posts=[{"unit": unit, "title": "科员"}])
    Post.objects.update(since=since, until=until)
    assert grid.units_of(user) == ({unit.pk} if holds else set())
    assert grid.may_write(user, project) is holds
    assert bool(grid.accounts_of([unit.pk], "report.write")) is holds


def test_a_responsibility_that_ended_gives_nothing_any_more():
    unit, other = make_unit(), make_unit()
    project, user = report_project(unit), make_reporter(unit)
    report = save(project, user)
    end_assignment(row=Responsibility.objects.get(), until=date(2018, 9, 23), version=None, by=make_user("office"))
    make_responsibility(project, other, ResponsibilityKind.UNDERTAKE)
    with pytest.raises(NotAllowed, match="不由您所在的单位填报"):
        save(project, user, report.version, values=report_values(400))
    assert save(project, make_reporter(other), report.version, values=report_values(400)).version == 2


def test_a_permission_withdrawn_while_the_form_was_open_counts():
    unit = make_unit()
    project, user = report_project(unit), make_reporter(unit)
    report = save(project, user)
    assert user.can("report.write")
    withdraw_role(user=user, role="reporter", by=make_user("security_admin"))
    for act in (
        lambda: save(project, user, report.version, values=report_values(400)),
        lambda: service.file_report(project=project, year=YEAR, month=MONTH, version=report.version, by=user),
        lambda: service.file_unchanged(project=project, year=YEAR, month=MONTH, version=report.version, by=user),
        lambda: service.withdraw_report(report=report, version=report.version, by=user),
    ):
        with pytest.raises(NotAllowed, match="您没有进行此项操作的权限（或权限刚被收回）"):
            act()
    assert (ProgressReport.objects.get().version, ProgressReport.objects.get().state) == (1, ReportState.DRAFT)


def test_an_account_that_was_closed_writes_nothing():
    unit = make_unit()
    project, user = report_project(unit), make_reporter(unit)
    set_active(user=user, active=False, by=make_user("system_admin"))
    with pytest.raises(NotAllowed):
        save(project, user)


def test_a_person_of_several_units_writes_for_each():
    one, two = make_unit(), make_unit()
    user = join(make_user("reporter"), one, two)
    for unit in (one, two):
        assert save(report_project(unit), user).state == ReportState.DRAFT


def test_the_grid_of_many_projects_costs_the_same(django_assert_num_queries):
    projects = [project.pk for project in report_projects(3, make_unit())]
    for number in (1, 3):
        with django_assert_num_queries(2):
            assert len(grid.reporters(projects[:number])) == number


def test_accounts_of_units_cost_the_same_for_any_number(django_assert_num_queries):
    units = [make_unit() for _ in range(3)]
    for unit in units:
        make_reporter(unit)
    for number in (1, 3):
        with django_assert_num_queries(2):
            assert len(grid.accounts_of([unit.pk for unit in units[:number]], "report.write")) == number


# Two at once, on real connections


def at_once(*actions: Any) -> list[Any]:
    """Return what each action gives, or the error that it raises; all begin at the same moment."""

    def run(action: Any) -> Any:
        try:
            with clock.at(DAY):
                return action()
        except ServiceError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_a_report_at_once():
    unit = make_unit()
    project, users = report_project(unit), [make_reporter(unit), make_reporter(unit)]
    results = at_once(*(lambda user=user: save(project, user, values=report_values(user.pk), request_key=uuid4()) for user in users))
    assert kinds(results) == ["ProgressReport", "StaleRecord"]
    (kept,) = [result for result in results if isinstance(result, ProgressReport)]
    (refused,) = [result for result in results if isinstance(result, StaleRecord)]
    assert refused.current.cumulative == kept.cumulative == ProgressReport.objects.get().cumulative


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_four_times_at_once_begins_one_report():
    unit = make_unit()
    project, user, key = report_project(unit), make_reporter(unit), uuid4()
    results = at_once(*[lambda: save(project, user, request_key=key)] * 4)
    assert kinds(results) == ["ProgressReport"] * 4
    assert ProgressReport.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_one_filing_sent_four_times_at_once_counts_once():
    unit = make_unit()
    project, user = report_project(unit), make_reporter(unit)
    version = draft(project).version

    def file() -> ProgressReport:
        return service.file_report(project=project, year=YEAR, month=MONTH, version=version, values=report_values(), by=user)

    assert kinds(at_once(*[file] * 4)) == ["ProgressReport"] * 4
    assert ReportStep.objects.count() == 1
    assert ProgressReport.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_one_files_while_the_other_saves():
    unit = make_unit()
    project, first, second = report_project(unit), make_reporter(unit), make_reporter(unit)
    version = draft(project).version
    results = at_once(
        lambda: service.file_report(project=project, year=YEAR, month=MONTH, version=version, values=report_values(400), by=first),
        lambda: save(project, second, version, values=report_values(500)),
    )
    assert sum(isinstance(result, ProgressReport) for result in results) == 1
    report = ProgressReport.objects.get()
    assert (report.state, report.cumulative) in [(ReportState.FILED, 400), (ReportState.DRAFT, 500)]


@pytest.mark.django_db(transaction=True)
def test_a_report_is_withdrawn_or_reviewed_but_not_both():
    unit, lead = make_unit(), make_unit()
    project = report_project(unit, lead=lead)
    reporter, reviewer = make_reporter(unit), make_reporter(lead, roles=["reviewer"])
    report = file_month(project, by=reporter)
    results = at_once(
        lambda: service.withdraw_report(report=report, version=report.version, by=reporter),
        lambda: service.return_report(report=report, reason="有误", version=report.version, by=reviewer),
    )
    assert kinds(results) == ["ProgressReport", "StaleRecord"]
    assert ReportStep.objects.count() == 2
    assert Reminder.objects.count() == (ProgressReport.objects.get().state == ReportState.RETURNED)


@pytest.mark.django_db(transaction=True)
def test_two_people_file_a_whole_unit_at_once():
    unit = make_unit()
    users = [make_reporter(unit), make_reporter(unit)]
    projects = report_projects(3, unit)
    rows = [{"project": project, "year": YEAR, "month": MONTH, "version": draft(project).version} for project in projects]
    results = at_once(*(lambda user=user: service.file_many(rows=rows, by=user) for user in users))
    assert [bool(one.report) for result in results for one in result] == [True] * 6
    assert ReportStep.objects.count() == 3
