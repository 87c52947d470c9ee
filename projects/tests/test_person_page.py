"""The pages of people: titles as printed, with their sources, and what each answers for."""

import pytest
from django.urls import reverse

from projects.choices import Duty, ResponsibilityKind
from projects.tests.builders import (
    make_citation,
    make_document,
    make_entry,
    make_ledger,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def listed(client, **query) -> str:
    response = client.get(reverse("projects:person_list"), query)
    assert response.status_code == 200
    return response.content.decode()


def page(client, person) -> str:
    response = client.get(person.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_titles_stand_as_printed_with_their_source(viewer):
    person = make_person(
        "林海", posts=[{"unit": make_unit("区温暖办"), "title": "区“温暖办”主任"}, {"unit": None, "title": "区正县级干部"}]
    )
    make_citation(person.posts.get(title="区正县级干部"), "title", make_document("D0"), 28, "区正县级干部")
    for html in (listed(viewer), page(viewer, person)):
        assert "区“温暖办”主任" in html
        assert "区正县级干部" in html
        assert f'{reverse("projects:document_detail", args=["D0"])}#p-28"' in html


@pytest.mark.parametrize("text", ["林海", "lh", "温暖办", "linhai"])
def test_a_person_is_found_by_name_title_or_pinyin(viewer, text):
    make_person("林海", posts=[{"unit": None, "title": "区“温暖办”主任"}])
    make_person("王波")
    html = listed(viewer, q=text)
    assert "林海" in html
    assert "王波" not in html


def test_nothing_found_and_nothing_there(viewer):
    assert "还没有登记人员" in listed(viewer)
    make_person("王波")
    assert "没有找到这样的人员" in listed(viewer, q="zzz")


def test_responsibilities(viewer):
    person, unit = make_person("余莉"), make_unit("区农工委")
    project, watched = make_project("水系连通"), make_project("绿地双塔")
    make_entry(make_ledger(), project)
    make_responsibility(project, unit, ResponsibilityKind.LEAD, person=person, duty=Duty.CHIEF)
    make_responsibility(watched, None, ResponsibilityKind.PATRON, person=person)
    html = page(viewer, person)
    for shown in ("牵头单位", "水系连通", "主管领导", "区农工委", "2018年", "分包领导", "绿地双塔", "未列入"):
        assert shown in html


def test_a_person_of_whom_nothing_is_said(viewer):
    html = page(viewer, make_person("王波"))
    assert "文件没有载明其负责的项目" in html


def test_queries_do_not_grow_with_rows(viewer, django_assert_num_queries):
    unit, ledger, person = make_unit(), make_ledger(), make_person("余莉")

    def add():
        project = make_project()
        make_entry(ledger, project)
        make_citation(make_responsibility(project, unit, ResponsibilityKind.COOPERATE, person=person, duty=Duty.STAFF))
        make_citation(make_person(posts=[{"unit": unit, "title": "主任"}]).posts.get(), "title")

    add()
    listed(viewer)
    page(viewer, person)
    for _ in range(2):
        with django_assert_num_queries(7):
            listed(viewer)
        with django_assert_num_queries(9):
            page(viewer, person)
        add()
        add()
