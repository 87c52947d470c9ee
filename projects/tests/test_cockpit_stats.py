"""The year by month, stage and colour: each sum is what the ledger's total says on that day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from erqi.common.dates import month_end
from projects.choices import Curve
from projects.models import LedgerEntry
from projects.querysets.ledger_figures import figure_basis
from projects.services.plan import set_plan
from projects.stats import ledger_totals
from projects.stats.cockpit import course
from projects.tests.builders import make_unit
from projects.tests.report_builders import YEAR, district_ledger, file_month, report_projects

DAY = date(2018, 9, 28)


@pytest.fixture
def projects(db):
    """A bundle that reports from July on, two of its members, and a project alone."""
    alone, bundle, member, other = found = report_projects(4, make_unit("区建设局"))
    type(bundle).objects.filter(pk=bundle.pk).update(bundle_count=2)
    type(bundle).objects.filter(pk__in=[member.pk, other.pk]).update(bundle_of=bundle)
    for project, monthly in ((alone, 100), (member, 10), (bundle, 50)):
        with clock.at(date(2018, 1, 2)):
            set_plan(project=project, year=YEAR, cumulative=[Decimal(monthly * month) for month in range(1, 13)], by=None)
    for month in range(3, 10):
        file_month(alone, month, 90 * month)
        file_month(member, month, 7 * month)
        if month >= 7:
            file_month(bundle, month, 40 * month)
    file_month(other, 9, 3)
    return found


def rows(day):
    return LedgerEntry.objects.for_ledger(district_ledger(), day, delisted=True).listed(day)


@pytest.mark.parametrize("curve", list(Curve))
@pytest.mark.parametrize("day", [DAY, date(2018, 1, 3), date(2018, 6, 30), date(2018, 12, 31)])
def test_each_month_is_what_the_ledger_says_on_that_day(projects, curve, day):
    basis = replace(figure_basis(YEAR, day), curve=curve)
    points = course(rows(day), basis)
    assert [point.month for point in points] == list(range(1, 13))
    for point in points:
        end = month_end(YEAR, point.month)
        assert point.day == (end if end <= day else day if day.month == point.month else None)
        if point.day is None:
            assert point.done is None
            continue
        then = ledger_totals(rows(day), day, replace(figure_basis(YEAR, point.day), curve=curve)).reported
        assert point.done == then.done.total
        to_month = replace(basis, month=point.month)
        planned = ledger_totals(rows(day), day, to_month).reported.planned.total
        assert abs(point.planned - planned) < Decimal("0.01")


def test_a_bundle_holds_its_members_only_while_it_has_a_figure(projects):
    points = {point.month: point.done for point in course(rows(DAY), figure_basis(YEAR, DAY))}
    assert points[6] == 540 + 42
    assert points[7] == 630 + 280
    assert points[9] == 810 + 360


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(db, django_assert_num_queries, number):
    for project in report_projects(number, make_unit("区建设局")):
        file_month(project, 9, 5)
    basis, entries = figure_basis(YEAR, DAY), rows(DAY)
    with django_assert_num_queries(3):
        course(entries, basis)
