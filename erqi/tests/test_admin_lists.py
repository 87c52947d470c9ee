"""The reference data lists: as many queries for three rows as for one."""

import pytest

from erqi.common.roles import Role
from projects.tests.builders import make_area, make_category, make_document, make_person, make_unit, make_user
from supervision.services.mechanism import add_theme

pytestmark = pytest.mark.django_db


def add_unit(number):
    make_unit(f"单位{number}", parent=make_unit(f"上级{number}"))


def add_person(number):
    make_person(f"人员{number}")


LISTS = {
    "projects/unit": (Role.OFFICE, add_unit, 5),
    "projects/person": (Role.OFFICE, add_person, 6),
    "projects/area": (Role.OFFICE, lambda number: make_area(f"片区{number}", parent=make_area(f"上级片区{number}")), 5),
    "projects/category": (Role.OFFICE, lambda number: make_category(f"类别{number}", parent=make_category(f"上级类别{number}")), 5),
    "projects/document": (Role.OFFICE, lambda number: make_document(f"T{number}"), 5),
    "supervision/theme": (Role.SUPERVISION, lambda number: add_theme(code=f"theme-{number}", seq=number, name=f"主题{number}", by=None), 5),
}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_one_and_three_rows(client, django_assert_num_queries, path, rows):
    role, add, queries = LISTS[path]
    client.force_login(make_user(role))
    for number in range(rows):
        add(number + 1)
    client.get(f"/admin/{path}/")  # the session's first click is noted; content types are read once per process
    with django_assert_num_queries(queries):
        answer = client.get(f"/admin/{path}/")
    assert answer.content.count(b"<tr>") > rows
