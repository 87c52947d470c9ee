"""After a session that ended: signing in again leads back to the form that was sent, on this site only."""

import pytest
from django.test import Client

from erqi.common.roles import Role
from projects.tests.builders import PASSWORD, make_ledger, make_user

pytestmark = pytest.mark.django_db

# An address that forms are only sent to, and the page they stand on.
SENT_TO, PAGE = "/inbox/read/", "/inbox/?unread=1"
LOG_IN = "/accounts/login/"


def send(address: str, referer: str = "", *, with_cookie: bool = True):
    more = {"headers": {"referer": referer}} if referer else {}
    return Client(enforce_csrf_checks=not with_cookie).post(address, {}, **more)


@pytest.mark.parametrize(
    ("address", "referer", "leads_to"),
    [
        (SENT_TO, f"http://testserver{PAGE}", "/inbox/%3Funread%3D1"),
        # The page it was sent to, where the browser names none or a page of another host; it must be one that can be opened.
        ("/supervision/issues/new/?project=EQ-1", "", "/supervision/issues/new/%3Fproject%3DEQ-1"),
        ("/supervision/issues/new/", "https://example.org/accounts/", "/supervision/issues/new/"),
        ("/supervision/issues/new/", "http://testserver//example.org/", "/supervision/issues/new/"),
        ("/supervision/issues/new/", "javascript:alert(1)", "/supervision/issues/new/"),
        (SENT_TO, "", ""),
        (SENT_TO, "https://example.org/inbox/", ""),
    ],
)
def test_signing_in_again_leads_to_the_form(address, referer, leads_to):
    expected = f"{LOG_IN}?next={leads_to}" if leads_to else LOG_IN
    html = send(address, referer, with_cookie=False).content.decode()
    assert f'href="{expected}"' in html
    assert "登录后回到刚才的页面再提交" in html
    assert send(address, referer)["Location"] == expected


def test_the_log_in_page_itself_is_opened_again_as_it_was():
    html = send(LOG_IN, f"http://testserver{LOG_IN}?next=/todo/", with_cookie=False).content.decode()
    assert f'href="{LOG_IN}?next=/todo/"' in html


def test_the_address_of_the_form_survives_the_log_in(client):
    make_ledger()
    user = make_user(Role.OFFICE)
    form = "/supervision/issues/new/?project=EQ-1"
    answer = client.post(form, {})
    assert client.get(answer["Location"]).status_code == 200
    signed_in = client.post(answer["Location"], {"username": user.username, "password": PASSWORD, "next": form})
    assert signed_in["Location"] == form


def test_a_page_that_was_only_looked_at_is_led_to_as_before(client):
    assert client.get("/todo/?tab=1")["Location"] == f"{LOG_IN}?next=/todo/%3Ftab%3D1"
