"""`manage.py reschedule`, and what `manage.py up` does about a pass that was cut off."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from erqi.common import clock
from erqi.management.commands.up import Command as Up
from projects.models import Rescheduling, WarningSchedule
from projects.services.schedule import start_pass
from projects.tests.builders import make_entry, make_ledger
from projects.tests.warning_builders import warn_ledger

pytestmark = pytest.mark.django_db
FROM, DAY = date(2018, 3, 1), date(2018, 9, 28)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def warned() -> None:
    ledger = make_ledger()
    warn_ledger(ledger, FROM)
    with clock.at(FROM):
        make_entry(ledger)
    # As if it had never been computed.
    WarningSchedule.objects.update(valid_until=FROM)


def reschedule(**options) -> str:
    told = io.StringIO()
    call_command("reschedule", stdout=told, **options)
    return told.getvalue()


def test_it_finishes_what_was_cut_off_and_says_how_far_it_is(warned):
    start_pass(reason="“第一版”起执行", by=None)
    assert reschedule() == "“第一版”起执行：1／1，已完成\n"
    assert WarningSchedule.objects.on(DAY).count() == 1
    assert reschedule() == "没有未完成的重算。要重新计算所有项目，请加 --all。\n"


def test_all_begins_a_pass_of_its_own(warned):
    assert reschedule(everything=True) == "命令行发起重算：1／1，已完成\n"
    assert Rescheduling.objects.get().started_by_name == "系统"
    assert WarningSchedule.objects.on(DAY).count() == 1


def test_without_colours_there_is_nothing_to_compute():
    with pytest.raises(CommandError, match="还没有台账启用预警"):
        reschedule(everything=True)


def test_up_says_one_line_and_only_when_there_is_a_pass(warned):
    told = io.StringIO()
    up = Up(stdout=told)
    up._finish_passes()
    assert told.getvalue() == ""
    start_pass(reason="试", by=None)
    up._finish_passes()
    assert told.getvalue().startswith("✓ 未完成的预警颜色重算已完成")
    assert told.getvalue().count("\n") == 1
    assert not Rescheduling.objects.filter(finished_at=None).exists()
