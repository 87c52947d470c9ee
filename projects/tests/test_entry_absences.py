"""A project that left its ledger, or was closed, and came back: the days between stay as they were shown."""

from datetime import date
from importlib import import_module

import pghistory
import pytest
from django.apps import apps
from django.db import InternalError, connection, transaction

from erqi.common import clock
from erqi.common.errors import ServiceError
from projects.choices import AbsenceKind
from projects.models import EntryAbsence, Ledger, LedgerEntry
from projects.querysets.ledger import unclosed
from projects.services import entry as service
from projects.services.period import month_of
from projects.stats.ledger import ledger_totals
from projects.stats.report import due_projects
from projects.stats.reporting import month_counts
from projects.stats.warning_changes import changes_between
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.entry_absences import BACK, LEFT, come_back, leave
from projects.tests.report_builders import district_ledger, report_project
from projects.tests.warning_builders import warn_ledger

pytestmark = pytest.mark.django_db
BETWEEN = date(2018, 3, 27)


@pytest.fixture
def entry() -> LedgerEntry:
    return LedgerEntry.objects.get(project=report_project(make_unit("区建设局"), "安置房"))


def closed_and_reopened(entry: LedgerEntry) -> LedgerEntry:
    LedgerEntry.objects.filter(pk=entry.pk).update(closed_on=LEFT)
    with clock.at(BACK):
        return service.reopen_entry(entry=entry, reason="登记有误", version=None, by=None)


def asked_from_february() -> None:
    """Let the ledger's months be asked for from February on."""
    Ledger.objects.update(warned_since=date(2018, 2, 1))


def listed(day: date) -> int:
    return LedgerEntry.objects.listed(day).count()


@pytest.mark.parametrize(
    ("day", "stands"), [(date(2018, 3, 9), 1), (LEFT, 0), (BETWEEN, 0), (date(2018, 4, 9), 0), (BACK, 1), (date(2018, 9, 28), 1)]
)
def test_the_days_between_stay_without_it(entry: LedgerEntry, day: date, stands: int) -> None:
    leave(entry)
    back = come_back(entry)
    assert (back.delisted_on, back.delist_reason) == (None, "")
    assert listed(day) == stands
    assert LedgerEntry.objects.gone(day).count() == 1 - stands
    assert LedgerEntry.objects.entered(day).count() == 1
    assert (entry.left_on(day) is None) == bool(stands)
    ledger = district_ledger()
    assert ledger_totals(LedgerEntry.objects.filter(ledger=ledger), day).entries == stands
    (row,) = LedgerEntry.objects.for_ledger(ledger, day, delisted=True)
    assert row.left_on == (None if stands else LEFT)


def test_it_may_leave_again(entry: LedgerEntry) -> None:
    leave(entry)
    come_back(entry)
    leave(entry, date(2018, 6, 1))
    assert [listed(day) for day in (BETWEEN, date(2018, 5, 1), date(2018, 6, 1))] == [0, 1, 0]
    come_back(entry, date(2018, 7, 1))
    assert [listed(day) for day in (BETWEEN, date(2018, 5, 1), date(2018, 6, 1), date(2018, 7, 1))] == [0, 1, 0, 1]
    assert list(EntryAbsence.objects.values_list("since", "until", "reason", "by_name")) == [
        (LEFT, BACK, "并入二期", "王某"),
        (date(2018, 6, 1), date(2018, 7, 1), "并入二期", "王某"),
    ]


def test_what_is_taken_back_on_the_day_itself_never_was(entry: LedgerEntry) -> None:
    leave(entry)
    come_back(entry, LEFT)
    assert not EntryAbsence.objects.exists()
    assert listed(LEFT) == 1
    with pytest.raises(ServiceError, match="没有退出"):
        come_back(entry)


def test_the_months_that_were_due_meanwhile_stay_without_it(entry: LedgerEntry) -> None:
    leave(entry)
    come_back(entry)
    asked_from_february()
    today = date(2018, 9, 28)
    counts = month_counts(2018, [month_of(2018, month) for month in range(1, 10)], today)
    # February locks before the project left, March while it was out.
    assert [counts[month].expected for month in (2, 3, 4, 9)] == [1, 0, 1, 1]
    assert [len(due_projects(month_of(2018, month), today).keys) for month in (2, 3, 4)] == [1, 0, 1]


def test_a_closing_that_was_taken_back_leaves_its_days_closed(entry: LedgerEntry) -> None:
    closed_and_reopened(entry)
    for day, open_ in ((date(2018, 3, 9), 1), (LEFT, 0), (date(2018, 4, 9), 0), (BACK, 1)):
        assert LedgerEntry.objects.filter(unclosed(day)).count() == open_
    asked_from_february()
    counts = month_counts(2018, [month_of(2018, 3), month_of(2018, 4)], date(2018, 9, 28))
    assert [counts[month].expected for month in (3, 4)] == [0, 1]
    row = EntryAbsence.objects.get()
    assert (row.kind, row.since, row.until, row.end_reason) == (AbsenceKind.CLOSED, LEFT, BACK, "登记有误")


def test_changes_between_two_days_know_who_came_back(entry: LedgerEntry) -> None:
    warn_ledger(district_ledger(), date(2018, 3, 1))
    leave(entry)
    come_back(entry)
    ledger = district_ledger()

    def changes(first: date, last: date) -> list[tuple[str, date | None]]:
        return [(change.kind, change.day) for change in changes_between(ledger, first, last) if change.kind in ("listed", "delisted")]

    assert changes(date(2018, 3, 5), BETWEEN) == [("delisted", LEFT)]
    assert changes_between(ledger, date(2018, 3, 5), BETWEEN)[0].record.left_reason == "并入二期"
    assert changes(BETWEEN, date(2018, 4, 20)) == [("listed", BACK)]
    assert changes(BETWEEN, date(2018, 4, 1)) == changes(date(2018, 3, 5), date(2018, 4, 20)) == []


def test_the_pages_say_it(entry: LedgerEntry) -> None:
    warn_ledger(district_ledger(), date(2018, 3, 1))
    leave(entry)
    come_back(entry)
    viewer = sign_in(make_user("viewer"))
    assert "安置房" not in text(viewer.get("/ledgers/2018/?as_of=2018-03-27"))
    assert "安置房" in text(viewer.get("/ledgers/2018/?as_of=2018-03-27&listed=gone&cols=name,delisted_on"))
    assert "安置房" in text(viewer.get("/ledgers/2018/?as_of=2018-04-10"))
    page = text(viewer.get(f"{entry.project.get_absolute_url()}?as_of=2018-03-27"))
    assert "已于2018年3月10日退出" in page
    assert "2018年3月10日至2018年4月9日 退出台账：并入二期；王某2018年4月10日恢复" in page


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(number: int, django_assert_num_queries) -> None:
    unit = make_unit()
    for place in range(number):
        found = LedgerEntry.objects.get(project=report_project(unit, f"工程{place}"))
        leave(found)
        come_back(found)
    asked_from_february()
    months = [month_of(2018, month) for month in (2, 3)]
    with django_assert_num_queries(4):
        assert month_counts(2018, months, date(2018, 9, 28))[2].expected == number


@pytest.mark.parametrize("change", [{"until": date(2018, 5, 1)}, None])
def test_a_time_that_was_kept_never_changes(entry: LedgerEntry, change: dict[str, date] | None) -> None:
    leave(entry)
    come_back(entry)
    rows = EntryAbsence.objects.all()
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(**change) if change else rows.delete()


def test_what_was_erased_before_is_filled_in_from_the_history(entry: LedgerEntry) -> None:
    """The migration: entries that were relisted and reopened when nothing else kept it."""

    def write(day: date, **values: object) -> None:
        with pghistory.context(business_date=day.isoformat(), name="王某"):
            LedgerEntry.objects.filter(pk=entry.pk).update(**values)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pghistory.context_id', '', true)")

    write(LEFT, delisted_on=LEFT, delist_reason="并入二期")
    write(BACK, delisted_on=None, delist_reason="")
    write(date(2018, 6, 1), closed_on=date(2018, 6, 1))
    write(date(2018, 7, 1), closed_on=None, reopen_reason="登记有误")
    write(date(2018, 8, 1), delisted_on=date(2018, 8, 1), delist_reason="当日撤回")
    write(date(2018, 8, 1), delisted_on=None, delist_reason="")
    import_module("projects.migrations.0006_fill_entry_absence").fill(apps, None)
    assert list(EntryAbsence.objects.values_list("kind", "since", "until", "reason", "end_reason", "by_name")) == [
        ("left", LEFT, BACK, "并入二期", "", "王某"),
        ("closed", date(2018, 6, 1), date(2018, 7, 1), "", "登记有误", "王某"),
    ]
