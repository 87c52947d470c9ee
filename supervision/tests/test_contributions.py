"""What one app contributes to another's pages: to-do lines, panels, badges, and duties that a colour follows from."""

from datetime import date

import pytest

from erqi.common import clock, contributions
from erqi.common.contributions import Badge, Duty, Panel
from erqi.common.roles import Role
from projects.choices import WarningLevel
from projects.models import Project
from projects.services.schedule import refresh
from projects.stats.todo import todo, waiting
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, Waiting
from projects.tests.builders import make_entry, make_ledger, make_project, make_unit, make_user
from projects.tests.warning_builders import warn_ledger

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 4)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def contribute():
    """Return a function that adds to a registry until the test ends."""
    added = []

    def add(registry, contribution):
        registry.add(contribution)
        added.append((registry, contribution))

    yield add
    for registry, contribution in added:
        registry.remove(contribution)


def test_the_same_contribution_counts_once():
    registry = contributions.Registry()
    assert registry.add(len) is len
    registry.add(len)
    assert list(registry) == [len]


def test_lines_of_others_stand_in_the_list(contribute, monkeypatch):
    monkeypatch.setitem(contributions.WORDS.todo_kinds, "parcel", "包裹")
    line = Item("parcel", "收包裹", "/x/", "签收", WarningLevel.RED, TODAY)
    contribute(contributions.TODO, lambda desk: [line])
    contribute(contributions.WAITING, lambda desk: [Waiting("包裹", "已寄出", "/x/", TODAY)])
    desk = Desk(make_user(Role.VIEWER), TODAY)
    assert todo(desk) == [line]
    assert line.kind_label == "包裹"
    assert [one.label for one in waiting(desk)] == ["包裹"]


def test_panels_badges_and_buttons_stand_on_the_pages(client, contribute):
    project, unit = make_project(), make_unit()
    names = {Panel(key, "components/empty.html", lambda request, subject, day: {}, order=order) for key, order in (("b", 2), ("a", 1))}
    for panel in names:
        contribute(contributions.PROJECT_PANELS, panel)
    contribute(contributions.PROJECT_PANELS, Panel("none", "components/empty.html", lambda request, subject, day: None))
    contribute(contributions.UNIT_PANELS, Panel("of_unit", "components/empty.html", lambda request, subject, day: {"unit": subject}))
    contribute(contributions.BADGES, lambda keys, day: {key: [Badge("上报不实", "/finding/")] for key in keys})
    contribute(contributions.PROJECT_ACTIONS, lambda user, project, day: [("拟通知单", "/new-notice/", "plus")])
    client.force_login(make_user(Role.VIEWER))
    page = client.get(project.get_absolute_url())
    assert [panel.key for panel in page.context["panels"]] == ["a", "b"]
    text = page.content.decode()
    assert "上报不实" in text
    assert 'href="/finding/"' in text
    assert 'href="/new-notice/"' in text
    assert [panel.context["unit"] for panel in client.get(unit.get_absolute_url()).context["panels"]] == [unit]


def duty(project: Project, dimension: str, due_on: date, source: str = "parcel") -> Duty:
    return Duty(project.pk, dimension, source, 7, "二七督〔2018〕5号", due_on)


@pytest.mark.parametrize(("dimension", "word"), [("D5", "办结“二七督〔2018〕5号”"), ("D4", "办结“二七督〔2018〕5号”")])
def test_a_colour_follows_from_what_others_know(client, contribute, dimension, word):
    with clock.at(date(2018, 3, 1)):
        ledger = make_ledger()
        project = make_project()
        make_entry(ledger, project)
        warn_ledger(ledger)
    contribute(contributions.DUTIES, lambda keys, year, on: [duty(project, dimension, date(2018, 6, 29))])
    refresh(project.pk)
    row = project.schedules.get(valid_until=None)
    assert row.level_on(TODAY) == WarningLevel.YELLOW
    assert row.schedule.thresholds.cause(WarningLevel.YELLOW).source == "parcel"
    assert row.known_facts.obligations[0].source == "parcel"
    client.force_login(make_user(Role.VIEWER))
    assert word in client.get(project.get_absolute_url()).content.decode()
