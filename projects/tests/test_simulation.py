"""The simulated months: what they leave for a newcomer, how it is marked, and that the documents' own records stay as they were."""

import io
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pghistory.models import Context

from erqi import demo
from erqi.common import clock
from erqi.common.files import folder
from erqi.common.models import Attachment, SeededFact, Simulated, User
from projects.choices import DecisionState, Dimension, LiftingState, ReportState, WarningLevel
from projects.models import (
    DateRequest,
    Hold,
    InvestmentPlan,
    Ledger,
    LevelOverride,
    Lifting,
    Milestone,
    Person,
    ProgressReport,
    Project,
    ReportCorrection,
    Responsibility,
    Unit,
    WarningPolicy,
    WarningSchedule,
)
from projects.services.grid import reporters, units_of
from projects.tests.simulated_days import YEAR, entries_2018, shown

TODAY = date(2018, 9, 28)


def levels(day: date = TODAY) -> Counter:
    return Counter(WarningLevel(level) for level in WarningSchedule.objects.of_year(YEAR).with_level(day).values_list("level", flat=True))


def documented(model) -> set[int]:
    kind = ContentType.objects.get_for_model(model)
    return set(SeededFact.objects.filter(fact_type=kind).values_list("fact_id", flat=True))


class TestMarks:
    def test_everything_that_was_invented_is_marked(self, demo_db):
        mixed = {Milestone, Responsibility, WarningSchedule}
        models = [model for model in apps.get_models() if issubclass(model, Simulated) and model not in mixed]
        assert len(models) >= 9
        for model in models:
            assert not model._base_manager.filter(simulated=False).exists(), model
        # A colour is marked where anything of what it follows from is invented: all that give a level here.
        assert not WarningSchedule.objects.filter(green_on__isnull=False, simulated=False).exists()

    @pytest.mark.parametrize("model", [Milestone, Responsibility])
    def test_what_documents_say_is_not(self, demo_db, model):
        known = documented(model)
        assert known
        assert set(model.objects.filter(simulated=False).values_list("pk", flat=True)) == known
        assert model.objects.filter(simulated=True).exists()

    def test_documented_milestones_keep_their_dates(self, demo_db):
        for milestone in Milestone.objects.filter(simulated=False):
            assert milestone.recorded_on is None
            assert milestone.due_on == milestone.baseline_due_on
            assert not milestone.date_changes.exists()

    def test_a_documented_unit_stays_the_only_one(self, demo_db):
        for row in Responsibility.objects.filter(simulated=True, unit__isnull=False):
            others = row.project.responsibilities.filter(simulated=False, unit__isnull=False).exclude(kind="owner")
            assert not others.filter(since=None).exists(), row.project

    def test_invented_people_say_so(self, demo_db):
        people = Person.objects.filter(account__isnull=False)
        assert people.count() >= 15
        for person in people:
            assert person.name.startswith("演示·")
            assert all("演示" in post.title for post in person.posts.all())
        assert not User.objects.exclude(name__startswith="演示·").exists()

    def test_the_history_says_that_it_is_simulated_and_of_which_day(self, demo_db):
        days = Context.objects.filter(metadata__source="simulation")
        assert set(days.values_list("metadata__name", flat=True)) == {"模拟"}
        dates = set(days.values_list("metadata__business_date", flat=True))
        assert {"2018-02-27", "2018-03-01", "2018-09-28"} <= dates
        assert not any(day > "2018-09-28" for day in dates)


class TestNow:
    def test_every_colour_occurs_in_plausible_numbers(self, demo_db):
        found, whole = levels(), 103
        assert found.total() == whole
        assert 0.55 <= found[WarningLevel.GREEN] / whole <= 0.65
        assert 0.12 <= found[WarningLevel.BLUE] / whole <= 0.18
        assert 0.10 <= found[WarningLevel.YELLOW] / whole <= 0.14
        assert 0.05 <= found[WarningLevel.RED] / whole <= 0.08
        assert 1 <= found[WarningLevel.PAUSED] <= 3
        assert found[WarningLevel.UNRATED] >= 3
        assert found[WarningLevel.DONE] >= 3

    def test_every_dimension_gives_some_colour(self, demo_db):
        found = Counter()
        for row in WarningSchedule.objects.of_year(YEAR).on(TODAY):
            thresholds = row.schedule.thresholds
            cause = thresholds.cause(thresholds.level(TODAY))
            if cause is not None and row.level_on(TODAY) in (WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED):
                found[cause.dimension] += 1
        assert set(found) == {Dimension.MILESTONE, Dimension.INVESTMENT, Dimension.START, Dimension.ISSUE, Dimension.NOTICE}

    def test_some_projects_went_through_red_and_came_back(self, demo_db):
        project = Project.objects.get(name="人才公寓")
        seen = [shown(day, past=True)[project.code].level for day in (date(2018, 5, 31), date(2018, 7, 20), date(2018, 8, 10), TODAY)]
        assert seen == [WarningLevel.YELLOW, WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.GREEN]

    def test_one_has_been_red_for_months(self, demo_db):
        red = shown(TODAY, past=True)["EQ-2018-058"]
        assert red.level == WarningLevel.RED
        assert red.since < date(2018, 7, 10)

    def test_plans_come_to_what_the_documents_name_for_the_district(self, demo_db):
        plans = {plan.project_id: plan for plan in InvestmentPlan.objects.standing(YEAR).select_related("project")}
        parts = [plan for plan in plans.values() if plan.project.bundle_of_id in plans]
        assert len(parts) >= 15
        total = sum(plan.month_12 for plan in plans.values()) - sum(plan.month_12 for plan in parts)
        assert Decimal("4800000") <= total < Decimal("4820000")
        # What a bundle plans and reports holds what its parts do.
        for bundle in {plan.project.bundle_of_id for plan in parts}:
            of = [plan.project_id for plan in parts if plan.project.bundle_of_id == bundle]
            assert plans[bundle].month_6 > sum(plans[part].month_6 for part in of)
            reports = ProgressReport.objects.of_month(YEAR, 8)
            inside = sum(reports.filter(project__in=of).values_list("cumulative", flat=True))
            assert reports.get(project=bundle).cumulative >= inside
        roads = InvestmentPlan.objects.get(project__code="EQ-2018-059")
        assert roads.month_12 == Decimal(380000)

    def test_roads_have_several_steps(self, demo_db):
        counts = Counter(Milestone.objects.filter(year=YEAR, project__entries__ledger__code="2018").values_list("project", flat=True))
        assert sum(3 <= number <= 8 for number in counts.values()) > 80


class TestToDo:
    """What each account of the demonstration finds to do."""

    def unit(self, username: str) -> int:
        return next(iter(units_of(User.objects.get(username=username), TODAY)))

    def of_unit(self, unit: int) -> list[int]:
        found = reporters([entry.project_id for entry in entries_2018()])
        return [project for project, reporter in found.items() if reporter == unit]

    def test_the_reporter_has_reports_to_write(self, demo_db):
        own = self.of_unit(self.unit("reporter"))
        assert len(own) >= 12
        filed = set(ProgressReport.objects.of_month(YEAR, 9).values_list("project", flat=True))
        assert 5 <= len([project for project in own if project not in filed]) < len(own)

    def test_four_in_five_reports_of_september_are_in(self, demo_db):
        closed = sum(entry.closed_on is not None for entry in entries_2018())
        share = ProgressReport.objects.of_month(YEAR, 9).reported().count() / (103 - closed)
        assert 0.75 <= share <= 0.85

    def test_the_reviewer_has_reports_to_review(self, demo_db):
        unit = self.unit("reviewer")
        waiting = ProgressReport.objects.to_review().filter(month=9, project__responsibilities__unit=unit)
        assert waiting.filter(project__responsibilities__kind="lead").count() >= 3

    def test_the_office_has_requests_to_decide(self, demo_db):
        assert DateRequest.objects.pending().count() == 2
        assert Hold.objects.filter(state=DecisionState.PENDING).count() == 1
        assert ReportCorrection.objects.filter(state=DecisionState.PENDING).count() == 1

    def test_liftings_wait_for_the_inspector_and_for_the_office_of_supervision(self, demo_db):
        assert Lifting.objects.filter(state=LiftingState.PROPOSED).count() >= 2
        assert Lifting.objects.filter(state=LiftingState.VERIFIED).count() >= 2

    def test_the_leader_has_projects_of_their_own(self, demo_db):
        patron = Responsibility.objects.filter(kind="patron", person__account__username="leader")
        assert patron.count() >= 5


class TestStory:
    def test_reports_were_late_missed_returned_unchanged_and_corrected(self, demo_db):
        reports = ProgressReport.objects.filter(year=YEAR)
        assert reports.filter(no_change=True).count() >= 5
        assert reports.filter(steps__action="return").distinct().count() >= 2
        assert reports.filter(month__lt=9, first_filed_on__day__gt=27).exists()
        assert reports.filter(steps__action="correct", month=5, state=ReportState.PASSED).count() == 1
        closed = {entry.project_id for entry in entries_2018() if entry.closed_on is not None}
        standing = {entry.project_id for entry in entries_2018()} - closed
        missed = [standing - set(reports.filter(month=month).values_list("project", flat=True)) for month in (7, 8)]
        assert all(len(projects) >= 2 for projects in missed)

    def test_dates_were_moved_on_request_and_one_request_was_refused(self, demo_db):
        approved = DateRequest.objects.filter(state=DecisionState.APPROVED)
        assert approved.count() == 3
        for request in approved.select_related("milestone"):
            assert request.milestone.baseline_due_on < request.milestone.due_on == request.to_due_on
        assert DateRequest.objects.filter(state=DecisionState.REJECTED).count() == 1

    def test_one_hold_is_over_and_others_are_in_force(self, demo_db):
        over = Hold.objects.get(reason="winter")
        code = over.project.code
        assert shown(date(2018, 3, 20), past=True)[code].level == WarningLevel.PAUSED
        assert shown(date(2018, 4, 2), past=True)[code].level != WarningLevel.PAUSED
        assert Hold.objects.covering(TODAY).exists()

    def test_one_level_was_set_by_hand(self, demo_db):
        override = LevelOverride.objects.get()
        assert shown(TODAY, past=True)[override.project.code].level == WarningLevel.YELLOW

    def test_a_false_report_stands_as_done_until_it_was_found_out(self, demo_db):
        milestone = Milestone.objects.get(project__code="EQ-2018-061", kind="start")
        said = [(update.layer, update.changes_done, update.done_on) for update in milestone.updates.order_by("pk")]
        assert ("self", True, date(2018, 5, 29)) in said
        assert ("office", True, None) in said

        def state(day: date) -> str:
            return next(stands for pk, stands in shown(day, past=True)["EQ-2018-061"].standings if pk == milestone.pk).state.value

        assert [state(date(2018, 5, 28)), state(date(2018, 6, 12)), state(date(2018, 6, 13)), state(TODAY)] == [
            "open",
            "done",
            "late",
            "done",
        ]

    def test_pictures_are_there(self, demo_db):
        stored = set(Attachment.objects.values_list("stored", flat=True))
        assert 3 <= len(stored) <= 8
        assert all((folder() / name).is_file() for name in stored)
        assert all(name.startswith("模拟照片") for name in Attachment.objects.values_list("name", flat=True))

    def test_texts_are_no_sentences_of_the_documents(self, demo_db):
        """A report never says what a document says of the project: only names of steps can be the same."""
        phrases = set()
        for text in ProgressReport.objects.values_list("progress", flat=True):
            phrases |= set(text.replace("。", "；").split("；"))
        assert max(map(len, phrases)) < 80
        assert len(phrases) > 300


def run_seed(**options) -> str:
    out = io.StringIO()
    call_command("seed", stdout=out, **options)
    return out.getvalue()


class TestSeed:
    def test_a_second_seed_writes_nothing(self, demo_db):
        with CaptureQueriesContext(connection) as queries:
            assert "没有新增" in run_seed()
        assert [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []

    def test_without_the_simulation_there_are_the_accounts_alone(self, seeded_db):
        assert User.objects.count() == len(demo.DEMO_ACCOUNTS)
        assert not Milestone.objects.filter(simulated=True).exists()
        assert Ledger.objects.get(code="2018").warned_since is None
        told = run_seed(no_simulation=True)
        assert "没有新增" in told
        assert "模拟" not in told

    def test_a_ledger_that_people_have_begun_to_keep_is_left_alone(self, seeded_db):
        WarningPolicy.objects.create(name="本区规则", rules={}, created_on=TODAY, created_by_name="督察办")
        assert "没有新增" in run_seed()
        assert not Milestone.objects.filter(simulated=True).exists()

    def test_a_story_that_breaks_a_rule_leaves_nothing(self, seeded_db, tmp_path, monkeypatch):
        story = tmp_path / "demo"
        shutil.copytree(demo.STORY, story)
        people = (story / "people.json").read_text(encoding="utf-8").replace("马寨产业集聚区管委会", "无此单位")
        (story / "people.json").write_text(people, encoding="utf-8")
        monkeypatch.setattr(demo, "STORY", story)
        with pytest.raises(CommandError, match="无此单位"):
            run_seed()
        assert User.objects.count() == len(demo.DEMO_ACCOUNTS)
        assert not WarningPolicy.objects.exists()
        assert clock.today() == TODAY

    def test_a_key_that_nobody_reads_is_refused(self, seeded_db, tmp_path, monkeypatch):
        story = tmp_path / "demo"
        shutil.copytree(demo.STORY, story)
        rows = (story / "projects.json").read_text(encoding="utf-8").replace('"road": "river"', '"road": "river", "surprise": 1', 1)
        (story / "projects.json").write_text(rows, encoding="utf-8")
        monkeypatch.setattr(demo, "STORY", story)
        with pytest.raises(CommandError, match="surprise"):
            run_seed()

    def test_units_of_the_story_are_documented_ones(self, demo_db):
        assert documented(Unit) == set(Unit.objects.values_list("pk", flat=True))
