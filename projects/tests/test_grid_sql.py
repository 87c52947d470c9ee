"""Who reports, reviews and answers, in SQL for a whole ledger: the same answers as the rules give project by project."""

from collections import Counter
from datetime import date
from itertools import product

import pytest

from erqi.common import clock
from erqi.common.sql import Among
from projects.choices import ResponsibilityKind
from projects.models import Ledger, LedgerEntry, Project, Responsibility, Unit
from projects.querysets.ledger_state import read_answering_units
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.services.grid import grids
from projects.services.period import month_of
from projects.services.report import return_report
from projects.stats.reporting import missing_by_unit, waiting_by_unit
from projects.tests.builders import make_entry, make_ledger, make_project, make_unit
from projects.tests.report_builders import AUGUST, draft, file_month, make_reporter, report_project

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 24)
UNIT_KINDS = [kind for kind in ResponsibilityKind if kind not in (ResponsibilityKind.PATRON, ResponsibilityKind.INSPECTOR)]
PERIODS = [(None, None), (date(2018, 9, 25), None), (None, date(2018, 9, 23)), (date(2018, 9, 24), date(2018, 9, 24))]


@pytest.fixture(autouse=True)
def _on():
    with clock.at(DAY):
        yield


@pytest.fixture
def ledger() -> Ledger:
    return make_ledger()


def grid(ledger: Ledger, rows: list[tuple[str, Unit, tuple]], owner: Unit | None = None) -> Project:
    """Enter a project with these responsibilities (kind, unit, period), written as they are."""
    project = make_project(owner=owner)
    make_entry(ledger, project)
    for kind, unit, (since, until) in rows:
        Responsibility.objects.create(project=project, kind=kind, unit=unit, since=since, until=until)
    return project


def test_the_ledger_knows_what_the_rules_say_of_each_project(ledger):
    one, two, owner = make_unit(), make_unit(), make_unit()
    for (kind, period), (other, later) in product(product(UNIT_KINDS, PERIODS), product([None, *UNIT_KINDS], PERIODS[:2])):
        rows = [(kind, one, period), *([(other, two, later)] if other is not None else [])]
        # One lead unit at a time, and no row twice: the database sees to it.
        if kind == other and kind == ResponsibilityKind.LEAD and period[1] is None and later[1] is None:
            continue
        grid(ledger, rows, owner=owner if len(rows) == 1 else None)
    grid(ledger, [], owner=None)
    entries = LedgerEntry.objects.filter(ledger=ledger).order_by("project_id")
    keys = list(entries.values_list("project_id", flat=True))
    expected = grids(keys, DAY)
    found = entries.with_reporting_id(DAY).with_reviewing_id(DAY).with_answering_id(DAY)
    rows = {key: (reports, reviews) for key, reports, reviews in found.values_list("project_id", "reporting_id", "reviewing_id")}
    assert rows == {key: (reporting_unit(expected[key]), reviewing_unit(expected[key])) for key in keys}
    assert len(set(rows.values())) > 5
    plain = list(entries)
    read_answering_units(plain, DAY)
    assert list(found.values_list("answering_id", flat=True)) == [entry.answering_id for entry in plain]


def test_of_several_units_of_a_kind_the_first_counts(ledger):
    one, two = make_unit(), make_unit()
    grid(ledger, [(ResponsibilityKind.UNDERTAKE, two, (None, None)), (ResponsibilityKind.UNDERTAKE, one, (None, None))])
    assert LedgerEntry.objects.with_reporting_id(DAY).get().reporting_id == two.pk


def test_what_is_missing_and_what_waits_is_counted_by_unit():
    unit, lead = make_unit(), make_unit()
    reporter = make_reporter(unit)
    with clock.at(AUGUST):
        filed = [report_project(unit, lead=lead) for _ in range(3)]
    nobody = make_project()
    make_entry(Ledger.objects.get(), nobody)
    for day, project in zip((20, 21, 21), filed, strict=True):
        file_month(project, on=date(2018, 9, day))
    mine = report_project(unit, lead=lead)
    file_month(mine, on=date(2018, 9, 21), by=reporter)
    draft(report_project(unit, lead=lead))
    returned = report_project(unit, lead=lead)
    return_report(report=file_month(returned), reason="漏报", version=None, by=None)
    entries, month = LedgerEntry.objects.filter(ledger=Ledger.objects.get()), month_of(2018, 9)
    assert missing_by_unit(entries, month, DAY) == Counter({unit.pk: 2, None: 1})
    waiting, own = waiting_by_unit(entries, month, DAY, reporter)
    assert own == 1
    assert waiting == Counter({(lead.pk, date(2018, 9, 20)): 1, (lead.pk, date(2018, 9, 21)): 2})
    everybody, own = waiting_by_unit(entries, month, DAY, make_reporter(lead))
    assert (everybody.total(), own) == (4, 0)


@pytest.mark.parametrize("keys", [[], [1], range(1, 30)])
def test_many_keys_are_one_value(ledger, keys, django_assert_num_queries):
    known = [make_entry(ledger).project_id for _ in range(3)]
    wanted = [known[0] + key - 1 for key in keys]
    with django_assert_num_queries(1) as captured:
        found = list(LedgerEntry.objects.filter(Among("project_id", wanted)).order_by("pk").values_list("project_id", flat=True))
    assert found == [key for key in known if key in wanted]
    assert "bigint[]" in captured[0]["sql"]
