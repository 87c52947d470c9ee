"""The state of the ledger's rows: what is read for a page equals what is annotated for filters and order, on every kind of row."""

from datetime import date

import pytest

from projects.choices import MilestoneKind, Nature, ResponsibilityKind
from projects.models import LedgerEntry
from projects.querysets.ledger_state import read_answering_units, read_stage_and_next
from projects.services.milestone import move_milestone
from projects.tests.builders import make_entry, make_ledger, make_milestone, make_project, make_responsibility, make_unit, make_user

STATE = (
    *("stage", "next_milestone", "next_kind", "next_name", "next_due_on", "next_phrase"),
    *("answering_id", "answering_row", "answering_kind", "answering_unit"),
)
DAYS = [date(2018, 1, 1), date(2018, 3, 31), date(2018, 6, 30), date(2018, 9, 28), date(2019, 1, 1)]


@pytest.fixture
def ledger(db):
    return make_ledger()


def finished(milestone, **values):
    for name, value in values.items():
        setattr(milestone, name, value)
    milestone.save()


def entries(ledger):
    """One project of every kind that the two ways could read differently."""
    names = ("nothing", "planned", "running", "done", "known", "undated", "tied", "other-year", "moved", "later", "several", "cooperating")
    rows = {
        name: make_entry(ledger, make_project(name), nature={"planned": Nature.PLANNED, "running": Nature.CONTINUED}.get(name, ""))
        for name in names
    }
    project = {name: entry.project for name, entry in rows.items()}
    finished(make_milestone(project["done"], MilestoneKind.LAND, due_on=date(2018, 2, 1)), done_on=date(2018, 3, 31))
    make_milestone(project["done"], MilestoneKind.START, due_phrase="9月底前")
    finished(make_milestone(project["known"], MilestoneKind.START), done_known_on=date(2018, 6, 30), done_phrase="在建")
    finished(make_milestone(project["running"], MilestoneKind.LAND), done_on=date(2018, 1, 1))
    make_milestone(project["undated"], MilestoneKind.OTHER, due_phrase="尽快")
    make_milestone(project["undated"], MilestoneKind.START, due_phrase="年内")
    for name in ("甲", "乙"):
        make_milestone(project["tied"], MilestoneKind.OTHER, name=name, due_on=date(2018, 5, 1))
    make_milestone(project["other-year"], year=2017, due_on=date(2017, 5, 1))
    by = make_user("office")
    moved = make_milestone(project["moved"], MilestoneKind.START, due_on=date(2018, 4, 1))
    make_milestone(project["moved"], MilestoneKind.TOPPING, due_on=date(2018, 5, 1))
    for to, on in ((date(2018, 8, 1), date(2018, 3, 1)), (date(2018, 10, 1), date(2018, 7, 1))):
        moved = move_milestone(milestone=moved, to=to, cause="land", reason="供地推迟", version=None, by=by, recorded_on=on)
    first = make_milestone(project["later"], MilestoneKind.START, due_phrase="尽快")
    move_milestone(milestone=first, to=date(2018, 9, 1), cause="entry", reason="补登", version=None, by=by, recorded_on=date(2018, 6, 1))
    units = [make_unit(f"单位{number}", short_name="简" if number else "") for number in range(3)]
    make_responsibility(project["several"], units[0], ResponsibilityKind.STATED)
    make_responsibility(project["several"], units[1], ResponsibilityKind.UNDERTAKE, until=date(2018, 6, 30))
    make_responsibility(project["several"], units[2], since=date(2018, 9, 28))
    make_responsibility(project["cooperating"], units[0], ResponsibilityKind.COOPERATE)
    make_responsibility(project["tied"], units[0], ResponsibilityKind.UNDERTAKE)
    make_responsibility(project["tied"], units[1], ResponsibilityKind.UNDERTAKE)
    return rows


@pytest.mark.parametrize("day", DAYS)
def test_what_is_read_equals_what_is_annotated(ledger, day):
    entries(ledger)
    annotated = LedgerEntry.objects.for_ledger(ledger, day).with_state(day)
    read = list(LedgerEntry.objects.for_ledger(ledger, day))
    read_stage_and_next(read, ledger.year, day)
    read_answering_units(read, day)
    assert len(read) == 12
    for left, right in zip(read, annotated, strict=True):
        assert [getattr(left, name) for name in STATE] == [getattr(right, name) for name in STATE], left.project.name


def test_a_moved_milestone_is_due_on_the_date_in_force_on_the_day(ledger):
    rows = entries(ledger)
    expected = {
        date(2018, 2, 28): date(2018, 4, 1),
        date(2018, 3, 1): date(2018, 5, 1),
        date(2018, 7, 1): date(2018, 5, 1),
    }
    for day, due in expected.items():
        (entry,) = LedgerEntry.objects.filter(pk=rows["moved"].pk)
        read_stage_and_next([entry], 2018, day)
        assert entry.next_due_on == due
    (entry,) = LedgerEntry.objects.filter(pk=rows["later"].pk)
    read_stage_and_next([entry], 2018, date(2018, 5, 31))
    assert (entry.next_due_on, entry.next_phrase) == (None, "尽快")
    read_stage_and_next([entry], 2018, date(2018, 6, 1))
    assert entry.next_due_on == date(2018, 9, 1)
