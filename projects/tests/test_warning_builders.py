"""The builders of warnings give what they promise: other tests rest on them."""

from datetime import date

import pytest

from projects.choices import WarningLevel
from projects.tests.builders import make_entry, make_ledger, make_milestone
from projects.tests.warning_builders import (
    enter_coloured,
    finish,
    levels,
    make_date_request,
    make_plan,
    make_report,
    open_lifting,
    set_level,
    warn_ledger,
)

DAY = date(2018, 9, 28)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    ledger = make_ledger()
    warn_ledger(ledger)
    return ledger


@pytest.mark.parametrize("level", list(WarningLevel))
def test_a_project_of_any_colour(ledger, level):
    assert levels([enter_coloured(ledger, level, on=DAY).project], DAY) == [level]


def test_plan_and_report_decide_the_colour_from_the_day_after_the_cutoff(ledger):
    project = make_entry(ledger).project
    make_plan(project, amounts=[0] * 7 + [800, 900, 1000, 1100, 1200])
    make_report(project, 8, 500, on=date(2018, 8, 20))
    # 500 of 800 万元 are 62.5 % of the plan; the 25th of August is a Saturday.
    assert levels([project], date(2018, 8, 27)) == [WarningLevel.UNRATED]
    assert levels([project], date(2018, 8, 28)) == [WarningLevel.YELLOW]


def test_what_is_done_is_green_only_after_a_lifting(ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, on=DAY)
    finish(entry.project.milestones.get(), DAY)
    assert levels([entry.project], DAY) == [WarningLevel.RED]
    assert open_lifting(entry.project).to_level == WarningLevel.GREEN


def test_a_request_stops_the_clock_and_a_level_is_set_by_hand(ledger):
    entry = make_entry(ledger)
    milestone = make_milestone(entry.project, "other", due_on=date(2018, 9, 1))
    make_date_request(milestone, date(2018, 12, 1), on=date(2018, 9, 3))
    assert levels([entry.project], DAY) == [WarningLevel.BLUE]
    set_level(entry.project, WarningLevel.RED, DAY, date(2018, 10, 20))
    assert levels([entry.project], DAY) == [WarningLevel.RED]
