"""The months of reporting: their days by the rule or as the office set them, locking early, opening again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from erqi.common import clock
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.models import ReportPeriod
from projects.rules.report import Punctuality
from projects.services.period import current_month, lock_month, month_of, months_of, set_month, unlock_month
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db

OPEN_DAY = date(2018, 9, 24)


@pytest.fixture
def office():
    return make_user("office")


def test_a_month_without_record_has_the_days_of_the_rule(django_assert_num_queries):
    with django_assert_num_queries(1):
        month = month_of(2018, 9)
    assert (month.opens_on, month.reminds_on, month.due_on) == (date(2018, 9, 20), date(2018, 9, 23), date(2018, 9, 25))
    assert (month.review_by, month.locks_on, month.locked_on) == (date(2018, 9, 27), date(2018, 9, 30), None)
    assert str(month) == "2018年9月"


def test_december_is_due_on_the_20th():
    month = month_of(2018, 12)
    assert (month.opens_on, month.due_on, month.locks_on) == (date(2018, 12, 15), date(2018, 12, 20), date(2018, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_open", "is_locked"),
    [
        (date(2018, 9, 19), False, False),
        (date(2018, 9, 20), True, False),
        (date(2018, 9, 25), True, False),
        (date(2018, 9, 26), True, False),
        (date(2018, 9, 30), True, False),
        (date(2018, 10, 1), False, True),
    ],
)
def test_a_month_opens_on_the_20th_and_is_locked_after_its_last_day(day, is_open, is_locked):
    month = month_of(2018, 9)
    assert (month.is_open(day), month.is_locked(day)) == (is_open, is_locked)


@pytest.mark.parametrize(
    ("filed_on", "day", "expected"),
    [
        (None, date(2018, 9, 19), Punctuality.NOT_OPEN),
        (None, date(2018, 9, 22), Punctuality.OPEN),
        (None, date(2018, 9, 23), Punctuality.DUE_SOON),
        (None, date(2018, 9, 25), Punctuality.DUE_SOON),
        (None, date(2018, 9, 26), Punctuality.OVERDUE),
        (None, date(2018, 9, 30), Punctuality.OVERDUE),
        (None, date(2018, 10, 1), Punctuality.MISSED),
        (date(2018, 9, 25), date(2018, 9, 30), Punctuality.IN_TIME),
        (date(2018, 9, 26), date(2018, 9, 30), Punctuality.LATE),
        (date(2018, 9, 26), date(2018, 9, 25), Punctuality.DUE_SOON),
    ],
)
def test_how_punctual_a_report_is(filed_on, day, expected):
    assert month_of(2018, 9).punctuality(filed_on, day) is expected


def test_the_months_of_a_year_cost_one_query(office, django_assert_num_queries):
    with clock.at(OPEN_DAY):
        set_month(year=2018, month=9, version=None, by=office, due_on=date(2018, 9, 27))
    with django_assert_num_queries(1):
        months = months_of(2018)
    assert [month.month for month in months] == list(range(1, 13))
    assert months[8].due_on == date(2018, 9, 27)
    assert months[7].due_on == date(2018, 8, 27)  # the 25th was a Saturday


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 9, 19), (2018, 8)),
        (date(2018, 9, 20), (2018, 9)),
        (date(2018, 9, 30), (2018, 9)),
        (date(2018, 10, 1), (2018, 9)),
        (date(2018, 1, 5), (2017, 12)),
        (date(2018, 12, 31), (2018, 12)),
    ],
)
def test_the_month_that_people_report_on_a_day(day, expected):
    month = current_month(day)
    assert (month.year, month.month) == expected


def test_a_month_that_was_opened_again_is_the_one_people_report_before_the_next_opens(office):
    with clock.at(date(2018, 10, 2)):
        unlock_month(year=2018, month=8, until=date(2018, 10, 10), note="数据有误", by=office)
    assert current_month(date(2018, 10, 2)).month == 8
    assert current_month(date(2018, 10, 20)).month == 10


def test_the_office_sets_other_days(office):
    with clock.at(OPEN_DAY):
        record = set_month(year=2018, month=9, version=None, by=office, due_on=date(2018, 9, 28), locks_on=date(2018, 10, 8), note="国庆")
        month = month_of(2018, 9)
        assert (month.reminds_on, month.due_on, month.review_by) == (date(2018, 9, 26), date(2018, 9, 28), date(2018, 9, 28))
        assert month.is_open(date(2018, 10, 8))
        assert month.is_locked(date(2018, 10, 9))
        set_month(year=2018, month=9, version=record.version, by=office, due_on=date(2018, 9, 29))
    assert month_of(2018, 9).due_on == date(2018, 9, 29)
    assert month_of(2018, 9).locks_on == date(2018, 10, 8)


def test_setting_days_twice_by_one_form_counts_once_and_a_stale_form_is_refused(office):
    key = uuid4()
    with clock.at(OPEN_DAY):
        one = set_month(year=2018, month=9, version=None, by=office, request_key=key, due_on=date(2018, 9, 28))
        two = set_month(year=2018, month=9, version=None, by=office, request_key=key, due_on=date(2018, 9, 28))
        assert one.pk == two.pk
        assert ReportPeriod.objects.get().version == 1
        with pytest.raises(StaleRecord):
            set_month(year=2018, month=9, version=None, by=office, request_key=uuid4(), due_on=date(2018, 9, 29))
        changed = set_month(year=2018, month=9, version=1, by=office, due_on=date(2018, 9, 29))
        with pytest.raises(StaleRecord):
            set_month(year=2018, month=9, version=1, by=office, due_on=date(2018, 9, 26))
    assert (changed.version, month_of(2018, 9).due_on) == (2, date(2018, 9, 29))


def test_days_out_of_order_are_refused_and_nothing_is_kept(office):
    with clock.at(OPEN_DAY), pytest.raises(InvalidInput, match="日期应依次为：开始填报、截止、锁定。"):
        set_month(year=2018, month=9, version=None, by=office, due_on=date(2018, 10, 5))
    assert not ReportPeriod.objects.exists()


def test_locking_early_closes_the_month_at_once_and_twice_is_once(office):
    with clock.at(date(2018, 9, 28)):
        one = lock_month(year=2018, month=9, by=office)
        two = lock_month(year=2018, month=9, by=office)
    assert (one.version, two.version, two.locked_on) == (2, 2, date(2018, 9, 28))
    month = month_of(2018, 9)
    assert month.is_locked(date(2018, 9, 28))
    assert not month.is_locked(date(2018, 9, 27))


def test_a_month_that_has_not_begun_or_is_over_is_not_locked_early(office):
    with clock.at(date(2018, 9, 19)), pytest.raises(ServiceError, match="还没有开始填报（2018年9月20日开始）"):
        lock_month(year=2018, month=9, by=office)
    with clock.at(date(2018, 10, 3)):
        assert lock_month(year=2018, month=9, by=office).locked_on is None


def test_opening_again_needs_a_reason_and_a_day_to_come(office):
    with clock.at(date(2018, 10, 3)):
        with pytest.raises(InvalidInput, match="请写明重新开放的原因"):
            unlock_month(year=2018, month=9, until=date(2018, 10, 8), note="  ", by=office)
        with pytest.raises(InvalidInput, match="请填写今天（2018年10月3日）或以后的日期"):
            unlock_month(year=2018, month=9, until=date(2018, 10, 2), note="漏报", by=office)
        record = unlock_month(year=2018, month=9, until=date(2018, 10, 3), note=" 漏报 ", by=office)
        assert (record.locks_on, record.note) == (date(2018, 10, 3), "漏报")
        assert month_of(2018, 9).is_open(date(2018, 10, 3))
        assert month_of(2018, 9).is_locked(date(2018, 10, 4))


def test_opening_again_twice_changes_nothing_and_an_open_month_is_refused(office):
    with clock.at(date(2018, 9, 28)):
        with pytest.raises(ServiceError, match="没有锁定，不必重新开放"):
            unlock_month(year=2018, month=9, until=date(2018, 9, 30), note="漏报", by=office)
        lock_month(year=2018, month=9, by=office)
        one = unlock_month(year=2018, month=9, until=date(2018, 9, 30), note="漏报", by=office)
        two = unlock_month(year=2018, month=9, until=date(2018, 9, 30), note="漏报", by=office)
        assert one.version == two.version
        assert month_of(2018, 9).is_open(date(2018, 9, 28))


@pytest.mark.parametrize("role", ["viewer", "reporter", "reviewer", "inspector", "supervision", "leader", "sysadmin"])
def test_only_the_office_arranges_months(role):
    user = make_user("system_admin" if role == "sysadmin" else role)
    with clock.at(OPEN_DAY):
        with pytest.raises(NotAllowed):
            set_month(year=2018, month=9, version=None, by=user, due_on=date(2018, 9, 26))
        with pytest.raises(NotAllowed):
            lock_month(year=2018, month=9, by=user)
        with pytest.raises(NotAllowed):
            unlock_month(year=2018, month=9, until=OPEN_DAY, note="x", by=user)
    assert not ReportPeriod.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_lock_a_month_at_the_same_moment_lock_it_once():
    users = [make_user("office"), make_user("office")]

    def lock(user):
        try:
            with clock.at(date(2018, 9, 28)):
                return lock_month(year=2018, month=9, by=user).locked_on
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lock, users)) == [date(2018, 9, 28)] * 2
    assert ReportPeriod.objects.get().version == 2
