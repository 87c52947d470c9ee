"""manage.py seed: complete, idempotent, all or nothing, and respectful of what people changed."""

import io
import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from erqi.common.models import Installation, User
from erqi.management.commands import seed
from projects.models import Citation, Document, Ledger, LedgerEntry, Milestone, Project, Target, TargetClaim, Unit
from projects.services.project import change_project
from supervision.models import Mechanism, Theme

RECORDS = (Document, Unit, Project, Ledger, LedgerEntry, Milestone, Target, TargetClaim, Citation, Theme, Mechanism, User)


def run_seed(**options) -> str:
    out = io.StringIO()
    call_command("seed", stdout=out, **options)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in RECORDS}


def test_a_seeded_installation_holds_the_documents_facts(seeded_db):
    assert set(Document.objects.values_list("code", flat=True)) == {"D0", "D1", "D2", "D3", "D4"}
    assert {"2017", "2018", "2022"} <= set(Ledger.objects.main().values_list("code", flat=True))
    assert Theme.objects.count() == 13
    for name in ("绿地双塔", "保利·豫见里", "芦河变电站", "金博大城扩建", "中物科技园"):
        assert Project.objects.filter(name=name, entries__ledger__code="2018").exists(), name


def test_seeding_again_adds_nothing(seeded_db):
    before = counts()
    assert "没有新增" in run_seed()
    assert counts() == before


def test_seeding_again_leaves_what_people_changed(seeded_db):
    project = Project.objects.get(name="绿地双塔")
    change_project(project=project, version=project.version, by=None, content="两座塔楼")
    run_seed()
    project.refresh_from_db()
    assert project.content == "两座塔楼"


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


@pytest.fixture
def broken_folder(tmp_path, monkeypatch):
    folder = tmp_path / "documented"
    shutil.copytree(Path(settings.BASE_DIR) / "fixtures" / "documented", folder)
    monkeypatch.setattr(seed, "FOLDER", folder)
    return folder


def break_row(folder: Path, file: str, change) -> None:
    """Break a file's first record: what stands in the files before it has then been loaded, and must vanish again."""
    path = folder / file
    rows = json.loads(path.read_text(encoding="utf-8"))
    change(rows[0])
    path.write_text(json.dumps(rows), encoding="utf-8")


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
def test_a_mistake_anywhere_writes_nothing_and_names_the_place(broken_folder, file, change, words):
    break_row(broken_folder, file, change)
    with pytest.raises(CommandError) as error:
        run_seed()
    assert file in str(error.value)
    assert words in str(error.value)
    assert not any(counts().values())
    assert not Installation.objects.exists()


@pytest.mark.django_db
def test_without_the_demonstration_there_are_no_accounts_and_no_fixed_date(monkeypatch):
    run_seed(documents_only=True)
    assert not User.objects.exists()
    assert Installation.objects.get().fixed_today is None
    assert Project.objects.exists()


@pytest.mark.django_db
def test_an_installation_seeded_before_is_not_seeded_at_every_start():
    Installation.objects.create(seeded_at="2018-01-01T00:00Z")
    assert run_seed(if_empty=True) == ""
    assert not Project.objects.exists()
