"""What every answer tells the browser: where content may come from, who may frame it, what may be kept."""

import pytest

from erqi.common.roles import Role
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db

LOG_IN = "/accounts/login/"
# Address → status for a signed-in office; a page, the change of password, the reference data, two error pages.
PAGES = {
    "/units/": 200,
    "/accounts/password/": 200,
    "/admin/": 200,
    "/admin/projects/unit/": 200,
    "/nothing/": 404,
    "/audit-of-nothing": 404,
}


@pytest.fixture
def office(client):
    client.force_login(make_user(Role.OFFICE))
    return client


def check_frame(answer):
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "*" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("address", "status"), PAGES.items())
def test_pages_of_signed_in_people_are_framed_and_not_kept(office, address, status):
    answer = office.get(address)
    assert answer.status_code == status
    check_frame(answer)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(("address", "status"), [(LOG_IN, 200), ("/units/", 302), ("/nothing/", 404), ("/healthz", 200)])
def test_strangers_get_the_same_frame(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    check_frame(answer)


def test_a_refusal_is_framed_too(client):
    client.force_login(make_user(Role.REPORTER))
    answer = client.get("/admin/")
    assert answer.status_code == 403
    check_frame(answer)
