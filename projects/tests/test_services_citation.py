"""Citations stand for the value that was cited: when people change it, the page says so; when they change it back, it stands again."""

from decimal import Decimal

import pytest
from django.urls import reverse

from erqi.common.errors import InvalidInput
from projects.models import Citation
from projects.services.citation import cite
from projects.services.document import upload_text
from projects.services.project import change_project
from projects.tests.builders import make_area, make_document, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(total_investment=Decimal(793000), area=make_area("马寨"))
    source = make_document("T2")
    cite(fact=project, document=source, paragraph=32, as_printed="79.3亿元", field="total_investment")
    cite(fact=project, document=source, paragraph=3, as_printed="马寨", field="area")
    return project


def standing() -> set[str]:
    return set(Citation.objects.filter(stands=True).values_list("field", flat=True))


def change(project, **values) -> None:
    project.refresh_from_db()
    change_project(project=project, version=project.version, by=make_user("office"), **values)


def test_a_changed_value_is_no_longer_what_the_document_says(project, client):
    assert standing() == {"total_investment", "area"}
    change(project, total_investment=Decimal(800000))
    assert standing() == {"area"}
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(reverse("projects:project_detail", args=[project.code])).content.decode()
    assert "现值已由人修改，与文件不同" in html
    change(project, total_investment=Decimal("793000.0000"))
    assert standing() == {"total_investment", "area"}


def test_other_changes_touch_no_citation(project):
    change(project, content="两座塔楼")
    assert standing() == {"total_investment", "area"}
    change(project, area=None)
    assert standing() == {"total_investment"}


def test_the_same_source_is_registered_once(project):
    document = make_document("T3")
    for _ in range(2):
        cite(fact=project, document=document, paragraph=1, as_printed="项目")
    assert document.citations.count() == 1


@pytest.mark.parametrize(
    ("paragraph", "field", "words"), [(99, "", "第 99 段"), (1, "colour", "没有字段“colour”")], ids=["no article", "no column"]
)
def test_a_source_that_cannot_be_right_is_refused(paragraph, field, words):
    document = make_document("T4", paragraphs="1-5")
    with pytest.raises(InvalidInput, match=words):
        cite(fact=make_project(), document=document, paragraph=paragraph, as_printed="项目", field=field)
    assert not document.citations.exists()


def test_words_that_the_uploaded_text_does_not_have_are_refused():
    document = make_document("T5", paragraphs="1-2")
    upload_text(document=document, file_name="t5.txt", raw="第一段\n\n新开工65个".encode(), by=make_user("office"))
    with pytest.raises(InvalidInput, match="没有“66个”"):
        cite(fact=make_project(), document=document, paragraph=2, as_printed="66个")
    cite(fact=make_project(), document=document, paragraph=2, as_printed="新开工 65个")
