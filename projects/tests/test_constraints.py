"""What must never be false is refused by the database itself, past every form and service."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, models, transaction
from pghistory.models import Event

from erqi.common.models import ContextGuard
from erqi.tests.uploads import make_attachment
from projects.choices import AdoptionRule, DelayCause, MilestoneKind, ResponsibilityKind
from projects.models import (
    Citation,
    CountedReport,
    DateChange,
    Digest,
    LedgerEntry,
    LedgerRevision,
    Milestone,
    MilestoneUpdate,
    Project,
    Reminder,
    ReportStep,
    Rescheduling,
    Responsibility,
    TargetClaim,
    TargetReading,
    WarningSchedule,
)
from projects.services import document as document_service
from projects.services import milestone as milestone_service
from projects.services import target as target_service
from projects.tests.builders import (
    make_citation,
    make_document,
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_unit,
    make_user,
)
from projects.tests.entry_absences import leave_and_return
from projects.tests.report_builders import file_month
from projects.tests.warning_builders import make_plan, make_report, warn_ledger
from supervision.choices import IssueAction as A
from supervision.models import ItemSchedule, ItemStep, ItemText, StepDates, SupervisionItem
from supervision.tests.escalation_case import make_escalation
from supervision.tests.issue_case import Cast as IssueCast
from supervision.tests.item_case import make_case
from supervision.tests.notice_case import Cast

pytestmark = pytest.mark.django_db

D = date


def refused(change) -> str:
    """Return the database's message when it refuses the change; fail when it does not."""
    with pytest.raises((IntegrityError, InternalError)) as error, transaction.atomic():
        change()
    return str(error.value)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("project_total_positive", {"total_investment": Decimal("-0.0001")}),
        ("project_quantity_positive", {"quantity": Decimal(-1), "quantity_unit": "公里"}),
        ("project_years_in_order", {"start_year": 2019, "end_year": 2018}),
        ("bundle_count_from_1", {"bundle_count": 0}),
        ("quantity_with_unit", {"quantity": Decimal(5)}),
        ("quantity_with_unit", {"quantity_unit": "公里"}),
    ],
)
def test_projects(constraint, values):
    project = make_project()
    assert constraint in refused(lambda: Project.objects.filter(pk=project.pk).update(**values))


def test_a_bundle_is_not_in_itself():
    project = make_project()
    assert "bundle_not_in_itself" in refused(lambda: Project.objects.filter(pk=project.pk).update(bundle_of=project))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("entry_seq_from_1", {"seq": 0}),
        ("entry_plan_positive", {"annual_plan": Decimal(-1)}),
        ("entry_dates_in_order", {"listed_on": D(2018, 3, 1), "delisted_on": D(2018, 2, 28), "delist_reason": "停建"}),
        ("entry_delisted_with_reason", {"delisted_on": D(2018, 3, 1)}),
    ],
)
def test_entries(constraint, values):
    entry = make_entry(make_ledger())
    assert constraint in refused(lambda: LedgerEntry.objects.filter(pk=entry.pk).update(**values))


def test_numbers_and_projects_stand_once_in_a_ledger():
    ledger = make_ledger()
    first, second = make_entry(ledger), make_entry(ledger)
    assert "entry_seq_in_ledger" in refused(lambda: LedgerEntry.objects.filter(pk=second.pk).update(seq=first.seq))
    assert "entry_once_per_ledger" in refused(lambda: LedgerEntry.objects.filter(pk=second.pk).update(project=first.project))


def test_one_district_ledger_a_year():
    make_ledger("2018", 2018)
    other = make_ledger("2019", 2019)
    assert "one_district_ledger_a_year" in refused(lambda: type(other).objects.filter(pk=other.pk).update(year=2018))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (ResponsibilityKind.PATRON, {"unit"}),
        (ResponsibilityKind.INSPECTOR, set()),
        (ResponsibilityKind.LEAD, {"person"}),
        (ResponsibilityKind.UNDERTAKE, set()),
    ],
)
def test_a_responsibility_names_whom_its_kind_needs(kind, given):
    values = {"unit": make_unit() if "unit" in given else None, "person": make_person() if "person" in given else None}
    assert "responsibility_complete" in refused(lambda: Responsibility.objects.create(project=make_project(), kind=kind, **values))


def test_a_duty_needs_a_person():
    row = {"project": make_project(), "kind": ResponsibilityKind.LEAD, "unit": make_unit(), "duty": "chief"}
    assert "responsibility_complete" in refused(lambda: Responsibility.objects.create(**row))


def test_one_lead_unit_at_a_time():
    project = make_project()
    Responsibility.objects.create(project=project, kind=ResponsibilityKind.LEAD, unit=make_unit(), until=D(2018, 5, 1))
    Responsibility.objects.create(project=project, kind=ResponsibilityKind.LEAD, unit=make_unit())
    message = refused(lambda: Responsibility.objects.create(project=project, kind=ResponsibilityKind.LEAD, unit=make_unit()))
    assert "one_lead_unit_at_a_time" in message


def make_claims() -> tuple[TargetClaim, TargetClaim]:
    target = target_service.set_target(year=2018, indicator="新开工项目", unit="个", by=None)
    register = target_service.register_claim
    first = register(target=target, document=make_document(rank=1), value=Decimal(60), by=None)
    second = register(target=target, document=make_document(rank=3), value=Decimal(65), by=None)
    first.refresh_from_db()
    return first, second


def test_one_adopted_claim_a_target():
    first, second = make_claims()
    assert (first.adopted, second.adopted) == (False, True)
    change = {"adopted": True, "adopted_rule": AdoptionRule.RANK}
    assert "one_adopted_claim" in refused(lambda: TargetClaim.objects.filter(pk=first.pk).update(**change))


def test_an_adoption_says_by_which_rule_or_person():
    first, second = make_claims()
    claims = TargetClaim.objects
    assert "adoption_has_rule" in refused(lambda: claims.filter(pk=second.pk).update(adopted_rule=""))
    assert "adoption_names_person" in refused(lambda: claims.filter(pk=second.pk).update(adopted_rule=AdoptionRule.PERSON))


@pytest.mark.parametrize("values", [{"value": Decimal(61)}, {"wording": "ensure"}, {"bound": "above"}])
def test_a_claimed_figure_never_changes(values):
    first, _ = make_claims()
    assert "keep_claim" in refused(lambda: TargetClaim.objects.filter(pk=first.pk).update(**values))
    first.refresh_from_db()
    assert (first.value, first.wording, first.bound) == (Decimal(60), "", "")


def test_the_baseline_never_changes():
    milestone = make_milestone(make_project(), kind=MilestoneKind.START, year=2018, due_phrase="3月底前")
    assert milestone.baseline_due_on == D(2018, 3, 31)
    refused(lambda: Milestone.objects.filter(pk=milestone.pk).update(baseline_due_on=D(2018, 4, 30)))
    moved = milestone_service.move_milestone(
        milestone=milestone, to=D(2018, 6, 30), cause=DelayCause.LAND, reason="供地延后", version=1, by=make_user("office")
    )
    assert (moved.baseline_due_on, moved.due_on) == (D(2018, 3, 31), D(2018, 6, 30))


def test_a_milestone_with_a_date_has_a_baseline():
    milestone = make_milestone(make_project(), kind=MilestoneKind.START, year=2018, due_phrase="尽快")
    message = refused(lambda: Milestone.objects.filter(pk=milestone.pk).update(due_on=D(2018, 4, 30)))
    assert "milestone_has_baseline" in message


def test_a_date_change_changes_and_says_why():
    milestone = make_milestone(make_project(), kind=MilestoneKind.START, year=2018, due_phrase="3月底前")
    row = {"milestone": milestone, "from_due_on": D(2018, 3, 31), "cause": "land", "recorded_on": D(2018, 3, 1), "recorded_by": "x"}
    assert "date_change_changes" in refused(lambda: DateChange.objects.create(**row, to_due_on=D(2018, 3, 31), reason="无"))
    assert "date_change_has_reason" in refused(lambda: DateChange.objects.create(**row, to_due_on=D(2018, 4, 30), reason=""))


def forbidden(model: type[models.Model], operation: pgtrigger.Operation) -> bool:
    """Say whether a trigger forbids the operation on a model outright."""
    found = [trigger for owner, trigger in pgtrigger.registered() if owner is model and isinstance(trigger, pgtrigger.Protect)]
    found = [trigger for trigger in found if not isinstance(trigger, pgtrigger.ReadOnly)]
    return any(trigger.condition is None and str(operation) in str(trigger.operation) for trigger in found)


def event_tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Event) and not model._meta.proxy and model.pgh_tracked_model]


# Rows that replace each other and are never removed: a history of them would say everything twice.
OWN_HISTORY = {ReportStep, CountedReport, WarningSchedule, ItemSchedule, ItemText, StepDates}
# Records that change, with a history, and are never removed: what is given up keeps its row and its number.
KEPT = {SupervisionItem, ItemStep}
# What tells people of facts and how far the work on them got, and is no fact itself.
NO_FACTS = {Digest, Reminder, Rescheduling}


def append_only_tables() -> list[type[models.Model]]:
    """Return the models whose rows are never removed by intent: they have no history of their own, or it has no event for it, and a
    trigger says so."""
    labels = defaultdict(set)
    for table in event_tables():
        labels[table.pgh_tracked_model] |= {tracker.label for tracker in table.pgh_trackers}
    by_history = {model for model, found in labels.items() if "delete" not in found} | OWN_HISTORY
    events = {*event_tables(), ContextGuard}
    by_trigger = {model for model, _ in pgtrigger.registered() if model not in events and forbidden(model, pgtrigger.Delete)}
    assert by_history == by_trigger - KEPT, "declared with `appended` and not protected, or the other way round"
    return sorted(by_history, key=lambda model: model._meta.label)


def may_change(model: type[models.Model]) -> set[str]:
    """Return the columns that the triggers of an append-only model let change."""
    if forbidden(model, pgtrigger.Update):
        return set()
    (read_only,) = [trigger for owner, trigger in pgtrigger.registered() if owner is model and isinstance(trigger, pgtrigger.ReadOnly)]
    return set(read_only.exclude)


class TestAppendOnly:
    """Rows of facts are inserted once: neither the ORM nor plain SQL changes or removes them."""

    @pytest.fixture
    def rows(self, settings, tmp_path):
        settings.DATA_DIR = tmp_path
        office = make_user("office")
        project, ledger = make_project(), make_ledger()
        make_citation(project)
        LedgerRevision.objects.create(ledger=ledger, recorded_on=D(2018, 2, 24), project_count=165)
        first, _ = make_claims()
        TargetReading.objects.create(target=first.target, on=D(2018, 6, 30), value=Decimal(3))
        milestone = make_milestone(project, kind=MilestoneKind.START, year=2018, due_phrase="3月底前")
        milestone_service.move_milestone(
            milestone=milestone, to=D(2018, 6, 30), cause=DelayCause.LAND, reason="供地延后", version=1, by=office
        )
        make_attachment(milestone_service.update_milestone(milestone=milestone, text="进展", by=office))
        make_entry(ledger, project)
        file_month(leave_and_return(make_entry(ledger, make_project())).project, 4, 300)
        warn_ledger(ledger)
        make_plan(project)
        make_report(project, 3, 300, on=D(2018, 3, 26))
        document_service.upload_text(document=make_document(), file_name="D2.txt", raw="第一段".encode(), by=make_user("office"))
        self.supervise(project)

    def supervise(self, project: Project) -> None:
        """Let there be a row of each record of supervision."""
        Cast().issued()
        IssueCast(make_unit(), make_unit()).brought(*(A.ACCEPT, A.GRADE, A.ASSIGN, A.TAKE, A.ESCALATE, A.TO_MEETING, A.MEET))
        case = make_case()
        case.item(steps=[{"name": "清点", "due_on": D(2018, 6, 15)}])
        case.apply(case.item(name="另一事项"))
        case.finding()
        case.ask()
        make_escalation(project)

    def test_what_is_meant_to_be_append_only(self):
        expected = {"Citation", "DateChange", "DocumentText", "LedgerRevision", "MilestoneUpdate", "TargetReading"}
        assert expected <= {model.__name__ for model in append_only_tables()}
        assert may_change(MilestoneUpdate) == set()
        assert {name for model in OWN_HISTORY for name in may_change(model)} == {"valid_until"}
        assert may_change(Citation) == {"stands"}
        assert may_change(LedgerRevision) == {"withdrawn_on", "withdraw_reason"}

    def test_every_record_of_the_product_has_a_history(self):
        tracked = {table.pgh_tracked_model for table in event_tables()}
        own = [model for model in apps.get_models() if model._meta.app_label in {"projects", "supervision"}]
        known = tracked | OWN_HISTORY | NO_FACTS
        assert not [model for model in own if not issubclass(model, Event) and model not in known]

    def test_kept(self, rows):
        """They change, by their services, and are not removed."""
        for table in KEPT:
            assert table in {owner.pgh_tracked_model for owner in event_tables()}
            assert table.objects.exists(), f"the fixture has no row of {table.__name__}"
            said = refused(lambda table=table: connection.cursor().execute(f"DELETE FROM {table._meta.db_table}"))
            assert "annot delete" in said, table.__name__

    def test_facts(self, rows):
        """No column changes but the few that may, and nothing is removed."""
        for table in append_only_tables():
            self.fixed(table)

    def fixed(self, table: type[models.Model]) -> None:
        assert table.objects.exists(), f"the fixture has no row of {table.__name__}"
        name, before = table._meta.db_table, list(table.objects.order_by("pk").values())
        refused(lambda: connection.cursor().execute(f"DELETE FROM {name}"))
        for field in table._meta.concrete_fields:
            if field.name not in may_change(table) and not field.primary_key:
                sql = f'UPDATE {name} SET "{field.column}" = {changed_value(field)}'
                assert "annot update" in refused(lambda sql=sql: connection.cursor().execute(sql)), sql
        assert list(table.objects.order_by("pk").values()) == before

    def test_history(self, rows):
        for table in event_tables():
            assert forbidden(table, pgtrigger.Update), table.__name__
            assert forbidden(table, pgtrigger.Delete), table.__name__
            if table.objects.exists():
                name = table._meta.db_table
                refused(lambda name=name: connection.cursor().execute(f"UPDATE {name} SET pgh_label = 'x'"))
                refused(lambda name=name: connection.cursor().execute(f"DELETE FROM {name}"))

    def test_facts_leave_events(self, rows):
        for table in set(append_only_tables()) - OWN_HISTORY:
            assert table.events.rel.related_model.objects.filter(pgh_label="insert").count() == table.objects.count(), table


def changed_value(field: models.Field) -> str:
    """Return an SQL expression for a value that the column does not have."""
    match field:
        case models.CharField() | models.TextField():
            return "'y'"
        case models.DateTimeField() | models.DateField():
            return f"coalesce(\"{field.column}\", '2001-01-01') + interval '1 day'"
        case models.BooleanField():
            return f'NOT "{field.column}"'
        case models.UUIDField():
            return "gen_random_uuid()"
        case models.JSONField():
            return "'[1]'"
    return f'coalesce("{field.column}", 0) + 1'
