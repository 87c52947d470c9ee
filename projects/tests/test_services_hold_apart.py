"""Pauses that stand apart from each other: each works, whatever is approved before or after it, in any order."""

from datetime import date, timedelta

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput
from projects.choices import DecisionState, LedgerLevel, WarningLevel
from projects.models import Hold, LedgerEntry, WarningSchedule
from projects.querysets.warning import level_case
from projects.querysets.warning_since import since_case
from projects.rules.colour import turns
from projects.services import hold as service
from projects.stats.warning_upcoming import coming_turns
from projects.tests.request_case import RED, YELLOW, Case, make_case
from projects.tests.warning_builders import recompute
from projects.views.project_colour import read_colour

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ASKED = date(2018, 5, 2)
# Three stretches apart from each other, and what the default rules give between them (the milestone is due on 30 June).
FLOOD = (date(2018, 7, 10), date(2018, 7, 20))
SEPTEMBER = (date(2018, 9, 3), date(2018, 9, 10))
WINTER = (date(2018, 11, 15), date(2018, 12, 14))
PAUSED, YEAR_END = WarningLevel.PAUSED, date(2018, 12, 31)


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.DATA_DIR = tmp_path
    return make_case()


@pytest.fixture
def three(case: Case) -> Case:
    for since, until in (WINTER, SEPTEMBER, FLOOD):
        case.pause(since, until, on=ASKED)
    return case


def expected(day: date) -> WarningLevel:
    if any(since <= day <= until for since, until in (FLOOD, SEPTEMBER, WINTER)):
        return PAUSED
    if day >= RED:
        return WarningLevel.RED
    if day >= YELLOW:
        return WarningLevel.YELLOW
    return WarningLevel.BLUE if day >= date(2018, 6, 23) else WarningLevel.GREEN


def test_an_earlier_pause_leaves_the_later_one_alone(case: Case) -> None:
    case.pause(*WINTER, on=ASKED)
    assert case.level(WINTER[0]) == PAUSED
    case.pause(*FLOOD, on=FLOOD[0])
    assert [case.level(day) for day in (FLOOD[1], FLOOD[1] + DAY, WINTER[0], WINTER[1])] == [PAUSED, WarningLevel.YELLOW, PAUSED, PAUSED]


def test_every_day_of_the_year_in_python_and_in_sql(three: Case) -> None:
    row = WarningSchedule.objects.get(project=three.project, valid_until=None)
    day = ASKED
    while day <= YEAR_END:
        assert three.level(day) == expected(day), day
        found = WarningSchedule.objects.annotate(level=level_case(day), began=since_case(day)).get(pk=row.pk)
        assert (WarningLevel(found.level), found.began) == (expected(day), row.since(day)), day
        in_ledger = LedgerEntry.objects.with_level(2018, day).get(project=three.project, ledger__level=LedgerLevel.DISTRICT)
        assert in_ledger.level == expected(day), day
        day += DAY


def test_what_comes_is_told_with_all_of_them(three: Case) -> None:
    projects = LedgerEntry.objects.filter(project=three.project).values("project")
    with clock.at(ASKED):
        ahead = coming_turns(projects, 2018, ASKED, YEAR_END, as_known_then=False)
    days = [(turn.day, turn.after) for turn in ahead]
    assert days == [
        (date(2018, 6, 23), WarningLevel.BLUE),
        (YELLOW, WarningLevel.YELLOW),
        (FLOOD[0], PAUSED),
        (FLOOD[1] + DAY, WarningLevel.YELLOW),
        (RED, WarningLevel.RED),
        (SEPTEMBER[0], PAUSED),
        (SEPTEMBER[1] + DAY, WarningLevel.RED),
        (WINTER[0], PAUSED),
        (WINTER[1] + DAY, WarningLevel.RED),
    ]
    assert not any(turn.new_rules for turn in ahead)
    row = WarningSchedule.objects.get(project=three.project, valid_until=None)
    assert [(day, to) for day, _, to in turns(row.dates, row.bounds, ASKED, YEAR_END)] == days
    # A past day knows of them what was known then.
    with clock.at(YEAR_END):
        assert [(turn.day, turn.after) for turn in coming_turns(projects, 2018, ASKED, YEAR_END, as_known_then=True)] == days


def test_the_page_says_which_pause_it_is(three: Case) -> None:
    entry = LedgerEntry.objects.select_related("ledger").get(project=three.project)
    with clock.at(date(2018, 11, 20)):
        colour = read_colour(three.project, entry, clock.today())
        assert colour.sentence == "经批准自2018年11月15日起暂停，至2018年12月14日到期，期间不评价。"
    with clock.at(date(2018, 9, 1)):
        colour = read_colour(three.project, entry, clock.today())
        assert [ahead.reason for ahead in colour.ahead] == ["按批准暂停", "暂停到期", "按批准暂停", "暂停到期"]


def test_a_recomputation_between_them_forgets_none(three: Case) -> None:
    rows = WarningSchedule.objects.count()
    recompute(SEPTEMBER[0] - DAY, three.project)
    assert [three.level(day) for day in (SEPTEMBER[0], SEPTEMBER[1] + DAY, WINTER[0])] == [PAUSED, WarningLevel.RED, PAUSED]
    # What is over is not carried along; the rest is written once.
    assert WarningSchedule.objects.count() == rows + 1
    recompute(SEPTEMBER[0] - DAY, three.project)
    assert WarningSchedule.objects.count() == rows + 1


def test_resuming_one_leaves_the_others(three: Case) -> None:
    with clock.at(date(2018, 7, 15)):
        flood = Hold.objects.get(since=FLOOD[0])
        service.end_hold(hold=flood, reason="退水", version=None, by=three.reporter)
    days = (date(2018, 7, 14), date(2018, 7, 15), SEPTEMBER[0], WINTER[1])
    assert [three.level(day) for day in days] == [PAUSED, WarningLevel.YELLOW, PAUSED, PAUSED]
    assert Hold.objects.filter(state=DecisionState.APPROVED, ended_on=None).count() == 2


def test_resuming_leaves_a_request_for_other_days_waiting(case: Case) -> None:
    flood = case.pause(*FLOOD, on=ASKED)
    Hold.objects.create(
        project=case.project,
        reason="winter",
        summary="x",
        steps="y",
        since=WINTER[0],
        until=WINTER[1],
        requested_on=FLOOD[0],
        requested_by_name="填报员",
    )
    with clock.at(FLOOD[0] + DAY):
        service.end_hold(hold=flood, reason="退水", version=None, by=case.reporter)
    assert Hold.objects.get(since=WINTER[0]).is_pending


def test_calling_one_off_that_is_to_come_leaves_the_others(three: Case) -> None:
    with clock.at(FLOOD[0]):
        service.end_hold(hold=Hold.objects.get(since=SEPTEMBER[0]), reason="不再停工", version=None, by=three.reporter)
    assert [three.level(day) for day in (FLOOD[1], SEPTEMBER[0], WINTER[0])] == [PAUSED, WarningLevel.RED, PAUSED]


def test_a_fourth_is_refused_and_not_dropped(three: Case) -> None:
    with pytest.raises(InvalidInput, match="已批准的暂停有 3 段还没有到期，互不相连"):
        three.ask_hold(date(2018, 6, 1), date(2018, 6, 5), on=ASKED)
    # What joins one of them is none of its own.
    assert three.ask_hold(date(2018, 7, 1), FLOOD[0] - DAY, on=ASKED).is_pending
