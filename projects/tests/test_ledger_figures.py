"""What the ledger says of money and reports on a day: read for a page, annotated in SQL, summed; each against the steps themselves."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erqi.common import clock
from erqi.common.errors import ServiceError
from projects.choices import Curve
from projects.filters.ledger import LedgerFilter
from projects.models import CountedReport, LedgerEntry, ProgressReport, ReportStep
from projects.querysets.ledger_figures import figure_basis, read_figures, with_figures
from projects.services.plan import set_plan
from projects.services.report import return_report, withdraw_report
from projects.stats import ledger_totals
from projects.tests.builders import make_milestone, make_unit
from projects.tests.report_builders import YEAR, district_ledger, file_month, make_reporter, report_project, report_projects

filling = import_module("projects.migrations.0004_fill_counted_report")
SEPTEMBER = date(2018, 9, 28)


def rows(day=SEPTEMBER):
    return LedgerEntry.objects.for_ledger(district_ledger(), day, delisted=True)


def read(project, day=SEPTEMBER):
    entry = rows(day).get(project=project)
    read_figures([entry], figure_basis(YEAR, day))
    return entry


def filtered(query, day=SEPTEMBER):
    return {entry.project.name for entry in LedgerFilter(QueryDict(query), rows(day), as_of=day, year=YEAR).qs}


def make_plan(project, amounts):
    with clock.at(date(2018, 1, 2)):
        set_plan(project=project, year=YEAR, cumulative=[Decimal(amount) for amount in amounts], by=None)


@pytest.fixture
def unit(db):
    return make_unit("区建设局")


def test_the_latest_months_report_counts_with_its_words(unit):
    project = report_project(unit, "甲")
    file_month(project, 7, 400, physical="主体施工", physical_percent=40)
    file_month(project, 8, 500, physical="主体封顶", physical_percent=55, problem="管线未迁", problem_cause="pipes", next_step="装饰")
    entry = read(project)
    assert (entry.done, entry.done_month, entry.reported_on) == (500, 8, date(2018, 8, 24))
    assert (entry.physical_percent, entry.physical, entry.problem, entry.problem_cause) == (55, "主体封顶", "管线未迁", "pipes")
    assert read(project, date(2018, 8, 23)).done == 400
    assert read(project, date(2018, 7, 23)).done is None


def test_what_is_withdrawn_or_distrusted_counts_no_more(unit):
    project = report_project(unit, "甲", lead=make_unit("区发改委"))
    file_month(project, 8, 500)
    report = file_month(project, 9, 900, by=make_reporter(unit))
    assert read(project).done == 900
    with clock.at(date(2018, 9, 26)):
        report = withdraw_report(report=report, version=report.version, by=report.filed_by)
    assert (read(project).done, read(project).done_month) == (500, 8)
    assert read(project, date(2018, 9, 25)).done == 900
    report = file_month(project, 9, 950, on=date(2018, 9, 27))
    with clock.at(SEPTEMBER):
        returned = return_report(report=report, reason="数据有误", version=report.version, by=None)
    assert read(project).done == 950
    report = file_month(project, 9, 960, on=SEPTEMBER)
    with clock.at(SEPTEMBER):
        assert report.version > returned.version
        return_report(report=report, reason="数据有误", version=report.version, by=None, excluded=True)
    assert read(project).done == 500
    assert read(project, date(2018, 9, 27)).done == 950


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2018, 1, 25), 0),
        (date(2018, 1, 26), 1),
        # 25 August 2018 is a Saturday: the cut-off is Monday the 27th.
        (date(2018, 8, 27), 7),
        (date(2018, 8, 28), 8),
        (date(2018, 9, 28), 9),
        (date(2018, 12, 20), 11),
        (date(2018, 12, 21), 12),
    ],
)
def test_a_months_plan_is_asked_for_from_the_day_after_its_cutoff(db, day, month):
    assert figure_basis(YEAR, day).month == month


def test_rates_are_of_the_plan_to_date_and_of_the_year(unit):
    project = report_project(unit, "甲")
    make_plan(project, [100 * month for month in range(1, 13)])
    file_month(project, 9, 990)
    entry = read(project)
    # The ledger says 1200 a year; the plan to September 900.
    assert (entry.whole, entry.planned) == (1200, 900)
    assert (entry.of_plan, entry.of_year) == (Decimal("1.1"), Decimal("0.825"))
    early = read(project, date(2018, 1, 10))
    assert (early.planned, early.of_plan, early.done) == (None, None, None)


def test_nothing_planned_or_reported_is_no_rate(unit):
    entry = read(report_project(unit, "甲"))
    assert (entry.done, entry.planned, entry.of_plan, entry.of_year) == (None, None, None, None)


def test_sql_and_python_agree_for_every_curve_and_day(unit):
    projects = report_projects(3, unit)
    make_plan(projects[0], [100 * month for month in range(1, 13)])
    make_plan(projects[1], [7 * month for month in range(1, 13)])
    for project, month, amount in ((projects[0], 3, 250), (projects[0], 4, 410), (projects[1], 6, 30)):
        file_month(project, month, amount)
    for day in (date(2018, 1, 1) + timedelta(days=step) for step in range(0, 365, 9)):
        for curve in Curve:
            basis = replace(figure_basis(YEAR, day), curve=curve)
            by_sql = {row.pk: (row.done, row.done_month, row.whole, row.planned) for row in with_figures(rows(day), basis)}
            found = list(rows(day))
            read_figures(found, basis)
            for row in found:
                done, month, whole, planned = by_sql[row.pk]
                assert (row.done, row.done_month, row.whole) == (done, month, whole)
                assert (row.planned is None) == (planned is None)
                assert planned is None or abs(planned - row.planned) < Decimal("0.01")


def test_totals_compare_like_with_like(unit):
    first, second, third = report_projects(3, unit)
    for project, amount in ((first, 100), (second, 50)):
        make_plan(project, [amount * month for month in range(1, 13)])
    file_month(first, 9, 450)
    file_month(third, 9, 77)
    found = ledger_totals(rows(), SEPTEMBER, figure_basis(YEAR, SEPTEMBER)).reported
    assert (found.done.total, found.done.known) == (527, 2)
    assert (found.planned.total, found.planned.known) == (1350, 2)
    # The second reported nothing, the third has no plan.
    assert found.of_plan == Decimal(450) / 1350
    assert found.of_year == Decimal(527) / 3600


def test_what_a_bundle_reports_holds_what_its_members_report(unit):
    bundle = report_project(unit, "道路")
    type(bundle).objects.filter(pk=bundle.pk).update(bundle_count=2)
    member = report_project(unit, "甲路")
    type(member).objects.filter(pk=member.pk).update(bundle_of=bundle)
    file_month(bundle, 9, 500)
    file_month(member, 9, 200)
    found = ledger_totals(rows(), SEPTEMBER, figure_basis(YEAR, SEPTEMBER)).reported
    assert (found.done.total, found.done.known, found.done.inside) == (500, 1, 1)


def test_filters_by_pace_report_and_what_was_achieved(unit):
    names = ("甲", "乙", "丙", "丁")
    first, second, third, fourth = (report_project(unit, name) for name in names)
    for project in (first, second, third):
        make_plan(project, [100 * month for month in range(1, 13)])
    file_month(first, 9, 900)
    file_month(second, 9, 719)
    file_month(fourth, 8, 5)
    assert filtered("pace=reached") == {"甲"}
    assert filtered("pace=behind") == {"乙", "丙"}
    assert filtered("pace=below80") == {"乙", "丙"}
    assert filtered("pace=below60") == {"丙"}
    assert filtered("pace=unplanned") == {"丁"}
    assert filtered("report=in") == {"甲", "乙"}
    assert filtered("report=missing") == {"丙", "丁"}
    assert filtered("report=missing&pace=below80") == {"丙"}
    assert filtered("report=missing", date(2018, 1, 5)) == set()
    make_milestone(first, "start", YEAR, name="开工", due_on=date(2018, 3, 31), done_on=date(2018, 3, 20))
    make_milestone(second, "start", YEAR, name="开工", due_on=date(2018, 3, 31), done_on=date(2017, 12, 20))
    make_milestone(third, "completion", YEAR, name="竣工", due_on=date(2018, 10, 31))
    assert filtered("achieved=start") == {"甲"}
    assert filtered("achieved=start", date(2018, 3, 19)) == set()
    assert filtered("achieved=completion") == set()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["file", "withdraw", "return", "exclude"]), st.integers(7, 9), st.integers(1, 999)), max_size=12))
def test_what_counts_follows_from_the_steps_whatever_people_do(unit, acts):
    project = report_project(unit)
    day = date(2018, 7, 21)
    for what, month, amount in acts:
        day = max(day + timedelta(days=3), date(2018, month, 21))
        # Locked, not open, nothing to withdraw: refused actions change nothing.
        with suppress(ServiceError, ProgressReport.DoesNotExist):
            if what == "file":
                file_month(project, month, amount, on=day)
            else:
                with clock.at(day):
                    report = project.reports.get(year=YEAR, month=month)
                    if what == "withdraw":
                        withdraw_report(report=report, version=report.version, by=None)
                    else:
                        return_report(report=report, reason="有误", version=report.version, by=None, excluded=what == "exclude")
    for ahead in range(0, 130, 3):
        on = date(2018, 7, 1) + timedelta(days=ahead)
        step = ReportStep.objects.figures(on).filter(report__project=project, report__year=YEAR).first()
        counted = CountedReport.objects.of_year(YEAR).on(on).filter(project=project).first()
        assert (counted and counted.step_id) == (step and step.pk)
        assert (counted and counted.cumulative) == (step and step.cumulative)
    # The migration that filled the table of an installation in use comes to the same rows.
    steps = ReportStep.objects.filter(report__project=project).order_by("pk").values_list(*filling.COLUMNS)
    filled = list(filling.rows_of_year(CountedReport, project.pk, YEAR, steps))
    assert [as_values(row) for row in filled] == [as_values(row) for row in CountedReport.objects.filter(project=project).order_by("pk")]


def as_values(row):
    return (row.month, row.cumulative, row.step_id, row.valid_from, row.valid_until)


def test_what_is_closed_is_asked_for_no_report_from_that_day_on(db):
    unit = make_unit("区住建局")
    still_open, closed = report_project(unit, "甲"), report_project(unit, "乙")
    closed.entries.update(closed_on=date(2018, 9, 10))
    assert filtered("report=missing", date(2018, 9, 9)) == {still_open.name, closed.name}
    assert filtered("report=missing", date(2018, 9, 10)) == {still_open.name}
