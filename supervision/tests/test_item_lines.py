"""The day's reminders of items, findings and questions: once in each window; replaced rules reach the items' colours."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common import clock
from projects.choices import WarningLevel
from projects.models import Reminder
from projects.services.daily import write_reminders
from projects.services.schedule import continue_pass, start_pass
from projects.tests.warning_builders import make_policy
from supervision.models import SupervisionItem
from supervision.services.item_schedule import refresh_outdated
from supervision.tests.item_case import DAY, DUE, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def business_date(settings):
    settings.FIXED_TODAY = DAY


def write(day: date) -> list[str]:
    """Write the day's reminders and return the keys of those of ours that are new."""
    before = set(Reminder.objects.values_list("pk", flat=True))
    with clock.at(day):
        write_reminders()
    new = Reminder.objects.exclude(pk__in=before)
    return [key for key in new.order_by("pk").values_list("key", flat=True) if key.split("/")[0] in {"item", "finding", "inquiry"}]


def test_each_window_is_told_once():
    case = make_case()
    item, finding, asked = case.item(), case.finding(), case.ask()
    assert set(write(date(2018, 6, 5))) == {f"finding/{finding.pk}/2018-06-06/1"}
    assert write(date(2018, 6, 5)) == []
    assert f"finding/{finding.pk}/2018-06-06/overdue" in write(date(2018, 6, 7))
    assert f"inquiry/{asked.pk}/2018-06-11/overdue" in write(date(2018, 6, 12))
    assert write(date(2018, 6, 25)) == [f"item/{item.pk}/{DUE}/7"]
    late = write(date(2018, 7, 2))
    assert f"item/{item.pk}/{DUE}/overdue" in late
    assert Reminder.objects.filter(user=case.supervision, key=f"item/{item.pk}/{DUE}/overdue").exists()
    assert not Reminder.objects.filter(user=case.stranger, key__startswith="item/").exists()


def test_the_number_of_queries_does_not_grow():
    counts = []
    for number in (1, 3):
        for place in range(number):
            case = make_case(f"工程{number}{place}")
            case.item(due_on=DAY)
            case.finding()
            case.ask(due_on=DAY)
        Reminder.objects.all().delete()
        with clock.at(date(2018, 6, 8)), CaptureQueriesContext(connection) as queries:
            write_reminders()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_rules_that_are_replaced_reach_the_items():
    item = make_case().item(due_on=date(2018, 6, 30))
    make_policy(date(2018, 6, 10))
    with clock.at(date(2018, 6, 11)):
        assert refresh_outdated() == 1
        assert refresh_outdated() == 0
    assert SupervisionItem.objects.with_level(date(2018, 6, 12)).get(pk=item.pk).level == WarningLevel.GREEN


def test_rules_that_reach_the_projects_reach_the_items_at_once(django_capture_on_commit_callbacks):
    item = make_case().item(due_on=date(2018, 6, 30))
    rules = make_policy(date(2018, 6, 10))
    with clock.at(date(2018, 6, 11)):
        run = start_pass(reason="新规则", by=None, policy=rules)
        with django_capture_on_commit_callbacks(execute=True):
            assert continue_pass(run).finished_at is not None
    assert item.schedules.get(valid_until=None).policy == rules
