"""The history page: what people read of the events that the triggers write."""

import pghistory
import pytest

from erqi.common.roles import Role
from erqi.history.registry import business_kinds, kinds
from projects.choices import MilestoneKind
from projects.services import milestone as milestones
from projects.services import project as projects
from projects.tests.builders import make_category, make_milestone, make_project, make_user

pytestmark = pytest.mark.django_db


def page(client, address="/history/", **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def office(client):
    user = make_user(Role.OFFICE, username="wangm", name="王某")
    client.force_login(user)
    return user


def as_person(user, **more):
    """Record changes as a request of the person would."""
    return pghistory.context(user=user.pk, name=user.name, source="web", address="10.1.2.3", page="/projects/x/edit/", **more)


def test_a_change_is_read_from_what_to_what(client, office):
    project = make_project("福华街地块")
    old, new = make_category("商贸"), make_category("文旅")
    projects.change_project(project=project, version=None, by=None, category=old)
    with as_person(office):
        projects.change_project(project=project, version=None, by=office, name="福华街南地块", category=new)
    text = page(client, project=project.code, action="update", who="王某")
    print(text)
    for word in ("王某", "wangm", "10.1.2.3", "/projects/x/edit/", "福华街地块", "福华街南地块", "商贸", "文旅", "项目类别"):
        assert word in text
