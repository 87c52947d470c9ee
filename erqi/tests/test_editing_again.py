"""The Back button after a submit: what is typed then is not lost, and not silently taken for the first record."""

import re

import pytest
from django.urls import reverse

from projects.models import Project
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def hidden(html: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def test_the_same_form_with_other_words_makes_a_second_record_only_when_asked(office):
    address = reverse("projects:project_create")
    key = hidden(office.get(address).content.decode(), "request_key")
    first = office.post(address, {"request_key": key, "name": "甲项目"})
    assert first.status_code == 302
    assert office.post(address, {"request_key": key, "name": "甲项目"}).status_code == 302
    assert Project.objects.count() == 1

    again = office.post(address, {"request_key": key, "name": "乙项目"})
    html = again.content.decode()
    assert again.status_code == 409
    assert "此前已提交，登记为“甲项目”" in html
    assert 'value="乙项目"' in html
    assert Project.objects.get().name == "甲项目"

    new_key = hidden(html, "request_key")
    assert new_key != key
    assert office.post(address, {"request_key": new_key, "name": "乙项目"}).status_code == 302
    assert set(Project.objects.values_list("name", flat=True)) == {"甲项目", "乙项目"}


@pytest.mark.parametrize("address", ["/targets/10000/", "/targets/0/", "/targets/1899/"])
def test_a_year_that_no_calendar_has_is_not_found(office, address):
    assert office.get(address).status_code == 404


def test_a_saved_view_with_a_nul_character_is_refused_in_words(office):
    answer = office.post("/saved-views/", {"page": "ledger", "name": "a\x00b", "query": "", "next": "/ledgers/"}, follow=True)
    assert answer.status_code < 500


def test_pages_of_signed_in_people_are_not_kept_by_the_browser(office, client):
    assert office.get("/units/")["Cache-Control"] == "private, no-store"
