"""The wall's filters are the ledger's: the same address shows the same projects on both pages, on whatever day."""

from datetime import date
from urllib.parse import quote

import pytest

from erqi.common import clock
from projects.choices import Grade, Nature, ResponsibilityKind, WarningLevel
from projects.models import LedgerEntry
from projects.querysets.ledger_state import read_answering_units, read_levels, read_stage_and_next
from projects.rules.wall import next_step
from projects.services.entry import delist
from projects.services.milestone import move_milestone
from projects.stats.wall import read_wall
from projects.tests import ledger_pages, wall_pages
from projects.tests.builders import (
    make_area,
    make_category,
    make_ledger,
    make_milestone,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.ledger_pages import enter
from projects.tests.warning_builders import enter_coloured, finish, warn_ledger

DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY
    clock.forget()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user("viewer"))
    return client


@pytest.fixture
def ledger(db):
    """A ledger in which every filter finds something and leaves something out."""
    ledger = make_ledger()
    warn_ledger(ledger)
    unit, other = make_unit("甲局"), make_unit("乙局")
    whole = make_category("新型城镇化", code="town")
    with clock.at(date(2018, 3, 1)):
        road = enter(
            ledger,
            "中物科技园道路",
            {"nature": Nature.NEW, "annual_plan": 100},
            category=make_category("道路", parent=whole, code="roads"),
            total_investment=250000,
            highlight=True,
        ).project
        make_responsibility(road, unit)
        start = make_milestone(road, "start", due_on=date(2018, 5, 31))
        make_milestone(road, "completion", name="竣工", due_on=date(2018, 10, 20))
        home = enter(
            ledger,
            "绿地安置房",
            {"nature": Nature.CONTINUED, "annual_goal": "封顶"},
            category=whole,
            area=make_area("二七新区", code="xinqu"),
            total_investment=50000,
            grade=Grade.CITY,
            bundle_count=3,
        ).project
        make_responsibility(home, other)
        make_responsibility(home, unit, ResponsibilityKind.COOPERATE)
        make_milestone(home, "land", due_on=date(2018, 6, 30))
        enter(ledger, "增补项目", {"listed_on": date(2018, 7, 1)}, owner=unit, batch="第三期")
        gone = enter(ledger, "退出项目")
    delist(entry=gone, on=date(2018, 8, 1), reason="放弃", version=None, by=None)
    for level in (WarningLevel.RED, WarningLevel.BLUE, WarningLevel.PAUSED):
        enter_coloured(ledger, level, level.label, on=DAY)
    with clock.at(date(2018, 5, 20)):
        move_milestone(milestone=start, to=date(2018, 7, 31), cause="land", reason="土地", version=None, by=None)
    finish(start, date(2018, 8, 10))
    return ledger


QUERIES = [
    "",
    "q=zwkj",
    "q=" + quote("安置房"),
    "q=ldazf",
    "category=town",
    "category=roads",
    "area=xinqu",
    "unit={unit}",
    "unit={unit}&unit_as=answering",
    "nature=new&nature=continued",
    "nature=none",
    "grade=city",
    "stage=4",
    "stage=none",
    "colour=red",
    "colour=red&colour=blue&colour=paused",
    "colour=unrated",
    "flag=highlight",
    "flag=batch&flag=bundle",
    "node=start",
    "node=land&due=late",
    "due=late",
    "due=soon",
    "due=7",
    "min=5",
    "max=10",
    "min=1&max=10",
    "listed=all",
    "listed=gone",
    "blank=answering",
    "blank=next_due&blank=area",
    "q=nothing",
    "category=wrong&due=99",
]


@pytest.mark.parametrize("day", ["", "2018-07-31"])
def test_every_filter_shows_the_same_projects_as_the_ledger(viewer, ledger, day):
    unit = str(LedgerEntry.objects.get(project__name="增补项目").project.owner_id)
    for query in QUERIES:
        address = "?" + "&".join(filter(None, [query.replace("{unit}", unit), day and f"as_of={day}"]))
        wall, listed = wall_pages.page(viewer, address), ledger_pages.page(viewer, address)
        assert sorted(wall_pages.names(wall)) == sorted(ledger_pages.shown(listed)), address
        assert wall_pages.count(wall) == len(ledger_pages.shown(listed)), address


@pytest.mark.parametrize("group", ["category", "area"])
def test_however_they_are_grouped_the_same_projects_are_shown(viewer, ledger, group):
    for query in ("", "colour=red&colour=paused", "unit_as=answering&listed=all&stage=4", "due=late"):
        assert sorted(wall_pages.names(wall_pages.page(viewer, f"?group={group}&{query}"))) == sorted(
            wall_pages.names(wall_pages.page(viewer, f"?{query}"))
        )


def test_filters_that_find_something_and_leave_something_out(viewer, ledger):
    """The list above tests nothing where everything or nothing is found."""
    unit = str(LedgerEntry.objects.get(project__name="增补项目").project.owner_id)
    everything = wall_pages.count(wall_pages.page(viewer, "?listed=all"))
    for query in QUERIES[1:-2]:
        found = wall_pages.count(wall_pages.page(viewer, f"?{query.replace('{unit}', unit)}"))
        assert 0 < found < everything or query == "listed=all", query


def test_the_wall_reads_the_same_state_as_the_ledger(ledger):
    """Next milestone, stage and colour come from other queries than the ledger's: on any day they must agree."""
    for month in range(2, 13):
        day = date(2018, month, 15)
        one, other = (list(LedgerEntry.objects.for_ledger(ledger, day)) for _ in range(2))
        read_levels(one, 2018, day)
        read_stage_and_next(one, 2018, day)
        read_levels(other, 2018, day)
        read_answering_units(other, day)
        read_wall(other, 2018, day, None, past=True)
        for left, right in zip(one, other, strict=True):
            step = next_step(right.road.steps, 2018)
            assert (step and step.key, step and step.due_on) == (left.next_milestone, left.next_due_on), (day, left.project.name)
            assert right.road.stage == left.stage
