"""What must never be false is refused by the database itself, past every form and service."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from projects.choices import AdoptionRule, DelayCause, MilestoneKind, ResponsibilityKind
from projects.models import (
    Citation,
    DateChange,
    LedgerEntry,
    LedgerRevision,
    Milestone,
    Project,
    Responsibility,
    TargetClaim,
    TargetReading,
)
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


class TestAppendOnly:
    """Rows of facts are inserted once: neither the ORM nor plain SQL changes or removes them."""

    @pytest.fixture
    def rows(self):
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

    @pytest.mark.parametrize(
        ("table", "column", "triggers"),
        [
            (Citation, "as_printed", ("keep_phrase", "keep_citation")),
            (LedgerRevision, "note", ("append_only", "append_only")),
            (TargetReading, "note", ("append_only", "append_only")),
            (DateChange, "reason", ("append_only", "append_only")),
        ],
    )
    def test_facts(self, rows, table, column, triggers):
        name = table._meta.db_table
        for sql, trigger in zip((f"UPDATE {name} SET {column} = 'x'", f"DELETE FROM {name}"), triggers, strict=True):
            assert trigger in refused(lambda sql=sql: connection.cursor().execute(sql))
        assert table.objects.exists()
        assert not table.objects.filter(**{column: "x"}).exists()

    def test_history(self, rows):
        from django.apps import apps

        events = [model for model in apps.get_models() if model._meta.model_name.endswith("event") and hasattr(model, "pgh_id")]
        assert len(events) >= 15
        for model in events:
            if not model.objects.exists():
                continue
            refused(lambda model=model: connection.cursor().execute(f"UPDATE {model._meta.db_table} SET pgh_label = 'x'"))
            refused(lambda model=model: connection.cursor().execute(f"DELETE FROM {model._meta.db_table}"))
