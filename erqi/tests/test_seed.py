"""manage.py seed: complete, idempotent, all or nothing, and respectful of what people changed."""

import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erqi.common.models import Installation, SeededFact, User
from erqi.demo import BUSINESS_DATE, DEMO_ACCOUNTS
from erqi.management.commands import seed
from projects.models import (
    Area,
    Citation,
    Document,
    Ledger,
    LedgerEntry,
    Milestone,
    Person,
    Project,
    Responsibility,
    Target,
    TargetClaim,
    Unit,
)
from projects.services import unit as unit_service
from projects.services.milestone import change_milestone
from projects.services.project import change_project
from projects.services.target import change_target
from projects.tests.builders import make_unit, make_user
from supervision.models import Mechanism, Theme

RECORDS = (Document, Unit, Project, Ledger, LedgerEntry, Milestone, Target, TargetClaim, Citation, Theme, Mechanism, User)


def run_seed(no_simulation: bool = True, **options) -> str:
    """Seed without the simulated months, which projects/tests/test_simulation.py is about."""
    out = io.StringIO()
    call_command("seed", stdout=out, no_simulation=no_simulation, **options)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in RECORDS}


def test_a_seeded_installation_holds_the_documents_facts(seeded_db):
    assert set(Document.objects.values_list("code", flat=True)) == {"D0", "D1", "D2", "D3", "D4"}
    assert {"2017", "2018", "2022"} <= set(Ledger.objects.main().values_list("code", flat=True))
    assert Theme.objects.count() == 13
    for name in ("绿地双塔", "保利·豫见里", "芦河变电站", "金博大城扩建", "中物科技园"):
        assert Project.objects.filter(name=name, entries__ledger__code="2018").exists(), name


def everything() -> dict[str, list]:
    """Return every row of every table of the product, the history's included."""
    models = [model for model in apps.get_models() if model._meta.app_label in {"common", "projects", "supervision"}]
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in models if not model._meta.proxy}


def test_seeding_again_writes_nothing(seeded_db):
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        assert "没有新增" in run_seed()
    assert everything() == before
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_everything_seeded_is_in_its_first_version(seeded_db):
    for model in (Unit, Person, Area, Project, LedgerEntry, Milestone, Responsibility):
        assert set(model.objects.values_list("version", flat=True)) == {1}, model


def test_every_fact_that_a_document_proves_has_a_key_of_its_own(seeded_db):
    facts = set(SeededFact.objects.values_list("fact_type", "fact_id"))
    assert set(Citation.objects.values_list("fact_type", "fact_id")) <= facts
    assert len(facts) == SeededFact.objects.count()
    assert SeededFact.objects.filter(key="units.json:二七新区管委会").exists()
    assert SeededFact.objects.filter(key__startswith="projects.json:EQ-2018-001/milestones/").exists()


def renamed(record, **values):
    """Change a record past the services: what matters here is what the seed makes of it."""
    type(record).objects.filter(pk=record.pk).update(**values)


def test_seeding_again_leaves_what_people_changed(seeded_db):
    project = Project.objects.get(name="绿地双塔")
    change_project(project=project, version=project.version, by=None, content="两座塔楼")
    run_seed()
    project.refresh_from_db()
    assert project.content == "两座塔楼"


def test_targets_loaded_before_they_could_be_computed_are_told_how_unless_somebody_changed_them(seeded_db):
    computed = dict(Target.objects.exclude(computed="").values_list("pk", "computed"))
    assert len(computed) == 28
    Target.objects.update(computed="")
    chosen = Target.objects.get(year=2018, indicator="新开工项目")
    change_target(target=chosen, version=chosen.version, by=None, note="由人登记")
    run_seed()
    assert dict(Target.objects.exclude(computed="").values_list("pk", "computed")) == {
        pk: way for pk, way in computed.items() if pk != chosen.pk
    }


def test_a_renamed_fact_of_any_kind_is_the_same_fact(seeded_db):
    """Every column by which a fact could be looked up is changed; the seed finds all of them by their keys."""
    for model in (Unit, Area, Person, Project, Theme, Mechanism):
        for record in model.objects.all():
            renamed(record, name=f"改名{record.pk}")
    for number, document in enumerate(Document.objects.all()):
        renamed(document, code=f"X{number}")
    for milestone in Milestone.objects.all():
        renamed(milestone, kind="other", year=2031, name=f"改名{milestone.pk}")
    for target in Target.objects.all():
        renamed(target, indicator=f"改名{target.pk}", year=2031, responsible=None)
    Responsibility.objects.filter(person=None, duty="").update(kind="cooperate", unit=make_unit())
    before = everything()
    assert "没有新增" in run_seed()
    assert everything() == before


def test_a_unit_renamed_by_its_service_keeps_its_facts(seeded_db):
    unit = Unit.objects.get(name="二七新区管委会")
    unit.name = "二七新区管理委员会"
    unit_service.save_unit(unit=unit, by=None)
    milestone = Milestone.objects.filter(kind="start").first()
    change_milestone(milestone=milestone, version=None, by=None, name="主体开工", year=milestone.year + 1)
    before = counts()
    run_seed()
    assert counts() == before
    assert not Unit.objects.filter(name="二七新区管委会").exists()


def test_a_removed_fact_stays_away_and_so_does_what_is_listed_in_it(seeded_db):
    milestone = Milestone.objects.filter(kind="start").first()
    unit = unit_of_its_own()
    allow_removal()
    for record in (milestone, unit):
        record.citations.all().delete()
        record.delete()
    before = everything()
    assert "没有新增" in run_seed()
    assert everything() == before


def allow_removal() -> None:
    """Let sources be removed, which keep a documented record from being deleted by the pages; an operator can."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_citation DISABLE TRIGGER USER")


def unit_of_its_own() -> Unit:
    """Return a documented unit that no other record refers to."""
    relations = [relation for relation in Unit._meta.related_objects if relation.related_model.__name__ != "UnitEvent"]
    return Unit.objects.filter(**{f"{relation.field.related_query_name()}__isnull": True for relation in relations}).first()


def test_a_citation_that_is_missing_is_completed(seeded_db):
    allow_removal()
    Citation.objects.filter(fact_type=ContentType.objects.get_for_model(Project))[:1].get().delete()
    assert "出处 1" in run_seed()


@pytest.fixture
def changed_folder(tmp_path, monkeypatch):
    folder = tmp_path / "documented"
    shutil.copytree(Path(settings.BASE_DIR) / "fixtures" / "documented", folder)
    shutil.copy(Path(settings.BASE_DIR) / "fixtures" / "mechanism_parts.json", tmp_path)
    monkeypatch.setattr(seed, "FOLDER", folder)
    return folder


def edit(folder: Path, file: str, change) -> None:
    """Change the records of a file."""
    path = folder / file
    rows = json.loads(path.read_text(encoding="utf-8"))
    change(rows)
    path.write_text(json.dumps(rows), encoding="utf-8")


def test_new_facts_are_added_to_an_installation_in_use(seeded_db, changed_folder):
    """A unit that people registered by hand is taken, what a removed record would be needed for is left out."""
    by_hand = make_unit("新设单位")
    printed = [{"at": "D2:1", "printed": "x"}]
    edit(changed_folder, "units.json", lambda rows: rows.append({"name": "新设单位", "kind": "other", "cite": printed}))
    edit(changed_folder, "units.json", lambda rows: rows[0].setdefault("aliases", []).append({"name": "新别名", "cite": printed}))
    edit(changed_folder, "people.json", lambda rows: rows[0].setdefault("posts", []).append({"title": "新职务", "cite": printed}))
    row = {"kind": "other", "year": 2018, "name": "新节点", "cite": printed}
    edit(changed_folder, "projects.json", lambda rows: rows[0].setdefault("milestones", []).append(row))
    told = run_seed()
    assert "节点 1" in told
    assert "单位 1" not in told
    assert by_hand.citations.count() == 1
    assert Person.objects.filter(posts__title="新职务").count() == 1
    assert Unit.objects.filter(aliases__name="新别名").count() == 1
    before = everything()
    assert "没有新增" in run_seed()
    assert everything() == before


def test_what_refers_to_a_removed_record_is_left_out(seeded_db, changed_folder):
    row = {"code": "new-area", "name": "新片区", "parent": "已删片区", "cite": [{"at": "D2:1", "printed": "x"}]}
    SeededFact.objects.create(key="areas.json:已删片区", fact_type=ContentType.objects.get_for_model(Area), fact_id=999999)
    edit(changed_folder, "areas.json", lambda rows: rows.append(row))
    assert "没有新增" in run_seed()


def test_a_fact_that_stands_twice_is_refused(seeded_db, changed_folder):
    edit(changed_folder, "areas.json", lambda rows: rows.append(rows[0]))
    with pytest.raises(CommandError, match="areas.json .*重复"):
        run_seed()


class TestVersions:
    """Services raise a version exactly when something changed."""

    def test_unit(self, db):
        unit = make_unit("一号单位")
        same = Unit.objects.get(pk=unit.pk)
        unit_service.save_unit(unit=same, by=None, aliases=[alias.name for alias in unit.aliases.all()])
        assert Unit.objects.get(pk=unit.pk).version == 1
        same.short_name = "一号"
        unit_service.save_unit(unit=same, by=None)
        assert Unit.objects.get(pk=unit.pk).version == 2
        unit_service.save_unit(unit=same, by=None, aliases=["壹号"])
        assert Unit.objects.get(pk=unit.pk).version == 3

    def test_person(self, db):
        post = {"unit": None, "title": "主任"}
        person = unit_service.save_person(person=Person(name="甲"), by=None, posts=[post])
        for posts in ([], [post]):
            unit_service.save_person(person=Person.objects.get(), by=None, posts=posts)
        assert Person.objects.get().version == 1
        unit_service.save_person(person=person, by=None, posts=[{"unit": None, "title": "书记"}])
        assert Person.objects.get().version == 2
        unit_service.save_post(post=person.posts.first(), by=None)
        assert Person.objects.get().version == 2

    def test_area(self, db):
        area = unit_service.save_reference(record=Area(name="东片", code="east"), by=None)
        unit_service.save_reference(record=Area.objects.get(), by=None)
        assert Area.objects.get().version == 1
        area.name = "西片"
        unit_service.save_reference(record=area, by=None)
        assert Area.objects.get().version == 2


def test_disagreeing_documents_stand_side_by_side_and_the_meeting_is_adopted(seeded_db):
    target = next(t for t in Target.objects.filter(year=2018, unit="个") if {c.value for c in t.claims.all()} == {60, 65})
    assert {(int(claim.value), claim.document.code, claim.adopted) for claim in target.claims.all()} == {
        (60, "D0", False),
        (65, "D2", True),
    }


def test_every_citation_names_an_existing_column(seeded_db):
    for citation in Citation.objects.exclude(field="").select_related("fact_type").iterator():
        names = {column.name for column in citation.fact_type.model_class()._meta.get_fields()}
        assert citation.field in names


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("targets.json", lambda row: row.update(responsible="无此单位"), "无此单位"),
        ("units.json", lambda row: row.update(surprise=1), "surprise"),
        ("projects.json", lambda row: row.update(total_investment=3.5), "total_investment"),
        ("projects.json", lambda row: row.update(total_investment="-3"), "总投资"),
        ("projects.json", lambda row: row["cite"].append({"at": "D2:999", "printed": "x"}), "999"),
        ("people.json", lambda row: row.pop("name"), "name"),
    ],
)
@pytest.mark.django_db
def test_a_mistake_anywhere_writes_nothing_and_names_the_place(changed_folder, file, change, words):
    # The first record: what stands in the files before it has then been loaded, and must vanish again.
    edit(changed_folder, file, lambda rows: change(rows[0]))
    with pytest.raises(CommandError) as error:
        run_seed()
    assert file in str(error.value)
    assert words in str(error.value)
    assert not any(counts().values())
    assert not Installation.objects.exists()
    assert not SeededFact.objects.exists()


@pytest.mark.django_db
def test_without_the_demonstration_there_are_no_accounts_and_no_fixed_date():
    run_seed(documents_only=True)
    assert not User.objects.exists()
    assert Installation.objects.get().fixed_today is None
    assert Project.objects.exists()
    # Now it is a real installation: the same command without the option does not make it a demonstration.
    told = run_seed()
    assert "没有建立演示账号" in told
    assert "--demo" in told
    assert not User.objects.exists()
    assert not Installation.objects.get().is_demo
    assert "没有建立演示账号" not in run_seed(documents_only=True)
    assert f"演示账号 {len(DEMO_ACCOUNTS)}" in run_seed(demo=True)
    assert Installation.objects.get().is_demo


@pytest.mark.django_db
def test_an_installation_with_accounts_is_in_use_before_its_first_seed(changed_folder):
    for file in changed_folder.iterdir():
        file.write_text('{"themes": [], "mechanisms": []}' if file.stem == "supervision" else "[]", encoding="utf-8")
    make_user("office")
    assert "没有建立演示账号" in run_seed()
    assert User.objects.count() == 1


def test_a_demonstration_gets_back_its_accounts_and_keeps_its_date(seeded_db):
    assert Installation.objects.get().fixed_today == BUSINESS_DATE
    day = date(2018, 10, 1)
    Installation.objects.update(fixed_today=day)
    run_seed()
    assert Installation.objects.get().fixed_today == day


@pytest.mark.django_db
def test_documents_only_and_a_demonstration_exclude_each_other():
    with pytest.raises(CommandError):
        call_command("seed", "--documents-only", "--demo")


@pytest.mark.django_db
def test_an_installation_seeded_before_is_not_seeded_at_every_start():
    Installation.objects.create(seeded_at="2018-01-01T00:00Z")
    assert run_seed(if_empty=True) == ""
    assert not Project.objects.exists()
