"""manage.py bench: what it builds, that colours are those of the services, what it prints; no time is asserted."""

import io
import json
from collections.abc import Iterator
from datetime import date

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from erqi.bench import drive, pages, report
from erqi.bench.build import Built, build
from erqi.bench.days import TODAY, YEAR
from erqi.bench.run import Finding, Findings
from erqi.bench.scratch import MARK, Scratch
from erqi.common import clock
from erqi.embedded import OperatorError
from erqi.tests import databases
from projects.models import (
    DateChange,
    Ledger,
    LedgerEntry,
    Milestone,
    MilestoneUpdate,
    ProgressReport,
    Project,
    ReportStep,
    Rescheduling,
    WarningSchedule,
)
from projects.querysets.ledger_state import read_levels
from projects.services.facts import known_facts
from projects.services.schedule import refresh_many
from projects.tests.warning_builders import levels

SIZE = 12


@pytest.fixture(scope="module")
def scratch(django_db_setup, django_db_blocker) -> Iterator[Scratch]:
    """A scratch database of a dozen projects, built once."""
    with django_db_blocker.unblock():
        made = Scratch(SIZE)
        made.create(template=databases.database_name(databases.ensure_migrated()))
        try:
            with made.in_use():
                made.built_as = build(SIZE, lambda doing: None)
            yield made
        finally:
            made.drop()


@pytest.fixture
def built(db, scratch) -> Iterator[Built]:
    """What was built, with the models reading that database."""
    with scratch.in_use():
        yield scratch.built_as


@pytest.mark.parametrize(
    ("own", "scratch"), [("erqi", "erqi_bench_165"), ("a" * 30, "a" * 20 + "_bench_165"), ("erqi_bench_16", "erqi_bench_16_bench_165")]
)
def test_the_scratch_database_is_called_after_the_installations(own, scratch, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", own)
    assert Scratch(165).name == scratch


def test_the_installations_own_database_is_never_the_scratch_one(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "a" * 20 + "_bench_165")
    with pytest.raises(OperatorError, match="不能用作测试库"):
        Scratch(165)


def test_a_database_that_is_not_ours_is_left_alone(db):
    scratch = Scratch(1)
    with scratch._server() as cursor:
        cursor.execute(f'CREATE DATABASE "{scratch.name}"')
    try:
        for act in (scratch.find, scratch.create, scratch.drop):
            with pytest.raises(OperatorError, match="不是测速命令建立的"):
                act()
    finally:
        with scratch._server() as cursor:
            cursor.execute(f'DROP DATABASE "{scratch.name}"')


def test_the_number_of_everything(built):
    counted = {name: built.rows[name] for name in ("project", "ledgerentry", "milestone", "investmentplan", "progressreport")}
    assert counted == {
        "project": SIZE,
        "ledgerentry": SIZE,
        "milestone": SIZE * 6,
        "investmentplan": SIZE,
        "progressreport": SIZE * 12,
    }
    assert built.rows["responsibility"] == SIZE * 4 + SIZE // 3
    # Twice a passed report: filed, passed. Of the month under way three are drafts, one is returned, the rest wait or were passed.
    assert built.rows["reportstep"] == SIZE * 11 * 2 + sum(
        {0: 0, 1: 0, 7: 2, 8: 2, 9: 2}.get(number % 10, 1) for number in range(1, SIZE + 1)
    )
    assert DateChange.objects.count() == SIZE // 7
    assert clock.today() == TODAY
    assert Project.objects.get(pk=3).search_key.count("\n") >= 2


def test_milestones_say_what_their_updates_say(built):
    done = Milestone.objects.exclude(done_on=None)
    assert done.count() == MilestoneUpdate.objects.count() > SIZE * 3
    assert all(update.done_on == update.milestone.done_on for update in MilestoneUpdate.objects.select_related("milestone"))
    assert not Milestone.objects.filter(done_on__gt=TODAY).exists()


def test_reports_stand_as_their_last_step_says(built):
    standing = {step.report_id: step for step in ReportStep.objects.filter(valid_until=None)}
    for found in ProgressReport.objects.all():
        step = standing.get(found.pk)
        said = {"pass": "passed", "file": "filed", "return": "returned"}[step.action] if step else "draft"
        assert found.state == said


def test_every_project_has_the_colour_that_the_services_compute(built):
    keys = list(Project.objects.values_list("pk", flat=True))
    assert built.rescheduling.projects == SIZE
    assert not Rescheduling.objects.filter(finished_at=None).exists()
    standing = WarningSchedule.objects.filter(year=YEAR, valid_until=None)
    assert sorted(standing.values_list("project", flat=True)) == keys
    before = list(standing.order_by("project").values_list("pk", flat=True))
    # Computed anew from the facts nothing changes.
    assert refresh_many(keys, YEAR) == 0
    assert list(standing.order_by("project").values_list("pk", flat=True)) == before
    assert {row.project_id: row.known_facts for row in standing} == {
        key: known.facts for key, known in known_facts(keys, YEAR, TODAY).items()
    }
    entries = list(LedgerEntry.objects.for_ledger(Ledger.objects.get(), TODAY).order_by("project"))
    read_levels(entries, YEAR, TODAY)
    assert [entry.level for entry in entries] == levels(Project.objects.order_by("pk"), TODAY)
    assert len({entry.level for entry in entries}) >= 3


def test_earlier_days_have_colours_too(built):
    july = WarningSchedule.objects.of_year(YEAR).on(date(2018, 7, 31))
    assert july.count() == SIZE


def test_the_history_says_who_made_the_records(built):
    events = Project.pgh_event_models["insert"].objects
    assert events.count() == SIZE
    assert set(events.values_list("pgh_context__metadata__source", flat=True)) == {"bench"}


def test_two_pages_are_driven_and_the_json_says_what_was_found(db, scratch):
    scratch.built("built")
    out = io.StringIO()
    call_command("bench", size=[SIZE], reuse=True, pages=["ledger.plain", "wall"], requests=2, seconds=0.1, json="-", stdout=out)
    found = json.loads(out.getvalue())
    assert found["machine"].keys() >= {"processors", "python", "postgresql", "workers", "lxml"}
    (of_size,) = found["sizes"]
    assert of_size.keys() >= {"size", "built", "rescheduling", "bare", "pages", "missed", "not_there", "workbook_seconds"}
    assert of_size["size"] == SIZE
    assert of_size["built"] is None, "the database was there"
    ledger, wall = of_size["pages"]
    assert ledger.keys() >= {"name", "url", "clients", "queries", "sql_ms", "bytes", "bare", "ratio", "budget", "held", "processor_ms"}
    assert ledger["clients"]["1"]["requests"] >= 2
    assert ledger["clients"]["8"]["requests"] >= 8
    assert ledger["queries"] > 5
    assert ledger["bytes"] > 10_000
    assert wall["name"] == "wall"
    (bare,) = of_size["bare"]
    # A page of rows and their number.
    assert bare["queries"] == 2
    assert scratch.find() == "built", "a database that is reused is kept"


def test_a_page_nobody_knows_is_named(db, scratch):
    scratch.built("built")
    with pytest.raises(CommandError, match="没有名为“nothing”的页面"):
        call_command("bench", size=[SIZE], reuse=True, pages=["nothing"])


@pytest.mark.parametrize("wrong", [{"size": [0]}, {"size": [100_000]}, {"requests": 0}, {"seconds": 0}])
def test_figures_out_of_bounds_are_refused_before_anything_is_built(db, wrong):
    with pytest.raises(CommandError, match="应"):
        call_command("bench", **wrong)


def test_a_page_that_is_not_there_has_no_address():
    assert pages.Page("nothing", "projects:nothing").url is None
    assert pages.Page("home", "home", query={"q": "学校", "cols": "a,b"}).url == "/?q=%E5%AD%A6%E6%A0%A1&cols=a,b"


def answers(*milliseconds: float) -> drive.Answers:
    return drive.Answers(seconds=[one / 1000 for one in milliseconds], status=200, length=9, elapsed=1.0, processor=0.02)


def test_a_missed_budget_is_said_in_words():
    slow = Finding("ledger.plain", "/l/", one=answers(30, 40, 50), bare="bare", ratio=0.8, budget=0.5)
    quick = Finding("warnings.cards", "/w/", one=answers(30, 40, 50), bare="bare", ratio=0.8, budget=1.0)
    absent = Finding("wall", trouble="尚无此页", budget=1.0)
    found = Findings(pages=[slow, quick, absent])
    text = "\n".join(report.lines(10_000, None, found))
    assert "超出预算 ledger.plain：0.80 倍，预算 0.5 倍（对照 bare）" in text
    assert "未测 wall：尚无此页" in text
    assert "预算：1 页达到，1 页超出。" in text
    data = report.as_data(10_000, None, found)
    assert (data["missed"], data["not_there"]) == (["ledger.plain"], ["wall"])
    assert [page["held"] for page in data["pages"]] == [False, True, None]
    assert data["pages"][0]["clients"]["1"] == {"requests": 3, "median_ms": 40.0, "p95_ms": 49.0, "per_second": 3.0}


def test_the_address_given_to_the_servers_leads_to_the_scratch_database(db, scratch):
    with psycopg2.connect(scratch.url) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
        name, comment = cursor.fetchone()
    assert name == scratch.name
    assert comment.startswith(MARK)
