"""Sessions last as long as people work: their age counts from the last click, at few writes."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from erqi.common.middleware import SessionTouchMiddleware
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db


def expiry():
    return Session.objects.get().expire_date


def test_a_click_after_a_while_prolongs_the_session_and_the_next_does_not_write(client, django_assert_num_queries):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("projects:document_list")
    client.get(address)
    session = client.session
    session["seen"] -= SessionTouchMiddleware.EVERY_SECONDS + 1
    session.save()
    before = expiry()
    client.get(address)
    assert expiry() > before
    after = expiry()
    client.get(address)
    assert expiry() == after


@pytest.mark.parametrize("address", ["/projects/%00/", "/ledgers/2018/?q=%00"])
def test_an_address_with_a_nul_character_is_a_bad_request(client, address):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 400
