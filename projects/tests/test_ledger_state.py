"""The state of the ledger's rows: what is read for a page equals what is annotated for filters and order, on every kind of row."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError
from projects.choices import MilestoneKind, Nature, ResponsibilityKind
from projects.models import DateChange, LedgerEntry, Milestone, Project
from projects.querysets.ledger_state import read_answering_units, read_stage_and_next
from projects.rules.milestone import value_on
from projects.rules.stage import stage_on
from projects.services.milestone import complete_milestone, move_milestone, plan_milestone
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
        with clock.at(on):
            moved = move_milestone(milestone=moved, to=to, cause="land", reason="供地推迟", version=None, by=by)
    first = make_milestone(project["later"], MilestoneKind.START, due_phrase="尽快")
    with clock.at(date(2018, 6, 1)):
        move_milestone(milestone=first, to=date(2018, 9, 1), cause="entry", reason="补登", version=None, by=by)
    units = [make_unit(f"单位{number}", short_name="简" if number else "") for number in range(3)]
    make_responsibility(project["several"], units[0], ResponsibilityKind.STATED)
    make_responsibility(project["several"], units[1], ResponsibilityKind.UNDERTAKE, until=date(2018, 6, 30))
    make_responsibility(project["several"], units[2], since=date(2018, 9, 28))
    make_responsibility(project["cooperating"], units[0], ResponsibilityKind.COOPERATE)
    make_responsibility(project["tied"], units[0], ResponsibilityKind.UNDERTAKE)
    make_responsibility(project["tied"], units[1], ResponsibilityKind.UNDERTAKE)
    return rows


def agree(read, annotated):
    for left, right in zip(read, annotated, strict=True):
        assert [getattr(left, name) for name in STATE] == [getattr(right, name) for name in STATE], left.project.name


def state_on(ledger, day):
    """Return the ledger's only entry with its state on the day, after both ways were found to agree."""
    (entry,) = read = list(LedgerEntry.objects.for_ledger(ledger, day))
    read_stage_and_next(read, ledger.year, day)
    read_answering_units(read, day)
    agree(read, LedgerEntry.objects.for_ledger(ledger, day).with_state(ledger.year, day))
    return entry


@pytest.mark.parametrize("day", DAYS)
def test_what_is_read_equals_what_is_annotated(ledger, day):
    entries(ledger)
    annotated = LedgerEntry.objects.for_ledger(ledger, day).with_state(ledger.year, day)
    read = list(LedgerEntry.objects.for_ledger(ledger, day))
    read_stage_and_next(read, ledger.year, day)
    read_answering_units(read, day)
    assert len(read) == 12
    agree(read, annotated)


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


START = date(2018, 1, 1)
EVERY_STAGE = [date(2018, 6, 29), date(2018, 6, 30), date(2018, 7, 1)]


def test_stages_agree_for_every_kind_nature_and_way_of_being_done(ledger):
    """One project of each: the rule in Python, what is read for a page, and what is annotated."""
    ways = [{"done_on": EVERY_STAGE[1]}, {"done_known_on": EVERY_STAGE[1]}, {"done_on": START, "done_known_on": EVERY_STAGE[1]}, {}]
    cases = list(product(["", *Nature], MilestoneKind, ways, [None, EVERY_STAGE[1]]))
    projects = Project.objects.bulk_create(Project(code=f"EQ-2018-{number:05}", name=f"项目{number}") for number in range(len(cases)))
    rows = list(zip(projects, cases, strict=True))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(ledger=ledger, project=project, seq=seq, nature=nature) for seq, (project, (nature, *_)) in enumerate(rows, 1)
    )
    Milestone.objects.bulk_create(
        Milestone(project=project, kind=kind, name="节点", year=2018, recorded_on=recorded_on, **done)
        for project, (_, kind, done, recorded_on) in rows
    )
    for day in EVERY_STAGE:
        read = list(LedgerEntry.objects.for_ledger(ledger, day))
        read_stage_and_next(read, ledger.year, day)
        read_answering_units(read, day)
        agree(read, LedgerEntry.objects.for_ledger(ledger, day).with_state(ledger.year, day))
        for entry, (nature, kind, done, recorded_on) in zip(read, cases, strict=True):
            seen = recorded_on is None or recorded_on <= day
            by_rule = stage_on(day, [(kind, done.get("done_on") or done.get("done_known_on"))] if seen else [], nature)
            assert entry.stage == by_rule, (nature, kind, done, recorded_on, day)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.none() | st.integers(0, 30), moves=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 30)), min_size=1, max_size=5))
def test_the_date_in_force_is_the_same_by_rule_and_by_sql(ledger, first, moves):
    """Moves with days of recording in any order: what the service accepts reads alike everywhere, on every day."""
    project = make_project()
    milestone = make_milestone(project, due_on=START + timedelta(days=first) if first is not None else None, due_phrase="尽快")
    ledger.entries.all().delete()
    make_entry(ledger, project)
    history = [(date.min, milestone.due_on)]
    for recorded, to in moves:
        on, due = START + timedelta(days=recorded), START + timedelta(days=to)
        try:
            with clock.at(on):
                move_milestone(milestone=milestone, to=due, cause="land", reason="供地晚", version=None, by=None)
            history.append((on, due))
        except InvalidInput:
            assert due == history[-1][1]
        except ServiceError:
            assert on < history[-1][0]
    milestone.refresh_from_db()
    changes = list(milestone.date_changes.values_list("recorded_on", "from_due_on"))
    for number in range(-1, 10):
        day = START + timedelta(days=number)
        expected = next(due for on, due in reversed(history) if on <= day)
        assert state_on(ledger, day).next_due_on == value_on(milestone.due_on, changes, day) == expected


def test_a_change_is_not_recorded_before_the_last_one(ledger):
    milestone = make_milestone(make_project(), due_on=date(2018, 4, 1))
    move = {"milestone": milestone, "cause": "land", "reason": "供地晚", "version": None, "by": None}
    with clock.at(date(2018, 3, 10)):
        move_milestone(to=date(2018, 6, 1), **move)
    with clock.at(date(2018, 3, 9)), pytest.raises(ServiceError, match="2018年3月10日已登记过时限变更，新登记的业务日期不能早于这一天"):
        move_milestone(to=date(2018, 5, 1), **move)
    with clock.at(date(2018, 3, 10)):
        move_milestone(to=date(2018, 5, 1), **move)
    assert [change.to_due_on for change in DateChange.objects.all()] == [date(2018, 6, 1), date(2018, 5, 1)]


@pytest.mark.django_db
class TestPlannedOnADay:
    """What a person plans is not known to the days before; what documents say always was."""

    TODAY = date(2018, 9, 28)

    @pytest.fixture(autouse=True)
    def _business_date(self):
        with clock.at(self.TODAY):
            yield

    def test_the_ledger_shows_it_from_that_day_only(self, ledger):
        project, by = make_project(), make_user("office")
        make_entry(ledger, project)
        milestone = plan_milestone(project=project, kind="start", year=2018, due_on=date(2018, 12, 1), by=by)
        assert milestone.recorded_on == self.TODAY
        before, after = (state_on(ledger, day) for day in (date(2018, 9, 27), self.TODAY))
        assert (before.next_milestone, before.year_done) == (None, False)
        assert after.next_milestone == milestone.pk
        complete_milestone(milestone=milestone, done_on=date(2018, 6, 1), version=None, by=by)
        assert [state_on(ledger, day).stage for day in (date(2018, 6, 1), date(2018, 9, 27), self.TODAY)] == [None, None, 4]

    def test_a_documented_one_was_always_known(self, ledger):
        project = make_project()
        make_entry(ledger, project)
        milestone = make_milestone(project, due_on=date(2018, 12, 1))
        assert milestone.recorded_on is None
        assert state_on(ledger, START).next_milestone == milestone.pk

    def test_its_date_is_not_moved_before_it_was_planned(self, ledger):
        by = make_user("office")
        milestone = plan_milestone(project=make_project(), kind="start", year=2018, due_on=date(2018, 12, 1), by=by)
        with clock.at(date(2018, 9, 27)), pytest.raises(ServiceError, match="2018年9月28日才登记"):
            move_milestone(milestone=milestone, to=date(2019, 1, 1), cause="land", reason="x", version=1, by=by)

    def test_the_project_page_shows_it_from_that_day_only(self, client):
        project, by = make_project(), make_user("office")
        plan_milestone(project=project, kind="start", year=2018, name="二期开工", due_on=date(2018, 12, 1), by=by)
        client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
        address = reverse("projects:project_detail", args=[project.code])
        shown = {day: "二期开工" in client.get(address, {"as_of": day}).content.decode() for day in ("2018-09-27", "2018-09-28")}
        assert shown == {"2018-09-27": False, "2018-09-28": True}
        assert "二期开工" in client.get(address).content.decode()
