"""Every address × every role × GET and POST against the table in erqi.tests.permissions."""

import pytest
from django.db import transaction
from django.test import Client

from erqi.common.models import User
from erqi.common.roles import PERMISSIONS, Role
from erqi.tests.permissions import ANYBODY, PUBLIC, TABLE, address_of, addresses, samples
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db

SIGNED_OUT, NO_ROLE, SUPERUSER = "signed-out", "no-role", "superuser"
# What an answer may be when the person may come in: shown, led on, refused for what was (not) sent.
COME_IN = {200, 302, 303, 400, 405, 409, 422}
SIGN_IN_PAGES = ("/accounts/login/", "/admin/login/")


def test_the_table_names_every_address_and_no_other():
    known = {name for name, _ in addresses()}
    assert known - TABLE.keys() == set(), "say in erqi/tests/permissions.py who may open these"
    assert TABLE.keys() - known == set(), "these addresses are gone"


def test_the_table_names_permissions_that_exist():
    for name, rule in TABLE.items():
        for needed in (rule.permission, rule.post):
            codes = {needed} if isinstance(needed, str) else set(needed or ())
            assert codes <= set(PERMISSIONS) | {PUBLIC, ANYBODY}, name


def person(who: str) -> User:
    """Return the account of the matrix's row (for the signed-out one somebody to own the samples)."""
    user = make_user(*([who] if who in set(Role) else []))
    if who == SUPERUSER:
        User.objects.filter(pk=user.pk).update(is_superuser=True)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("who", [*Role, NO_ROLE, SUPERUSER, SIGNED_OUT])
def test_who_may_open_what(who):
    user = person(str(who))
    filled = samples(user)
    visitor = None if who == SIGNED_OUT else user
    client = Client()
    wrong = []
    for name, rule in TABLE.items():
        address = address_of(name, rule, filled)
        for method in ("GET", "POST"):
            if visitor and client.session.get("_auth_user_id") != str(user.pk):
                client.force_login(user)
            # Whatever the request writes is taken back, so that every line meets the same records.
            with transaction.atomic():
                answer = client.get(address) if method == "GET" else client.post(address)
                transaction.set_rollback(True)
            if fault := fault_of(answer, allowed=rule.allows(visitor, method), signed_in=visitor is not None, rule_path=bool(rule.path)):
                wrong.append(f"{method} {address} ({name}): {fault}")
    assert not wrong, "\n".join(wrong)


def fault_of(answer, *, allowed: bool, signed_in: bool, rule_path: bool) -> str:
    """Return what is wrong with an answer, or an empty text."""
    led_to_sign_in = answer.status_code == 302 and answer["Location"].startswith(SIGN_IN_PAGES)
    if allowed:
        right = answer.status_code in COME_IN or (rule_path and answer.status_code == 404)
    elif signed_in:
        right = answer.status_code == 403
    else:
        right = led_to_sign_in
    expected = "come in" if allowed else "403" if signed_in else "302 to the log-in page"
    return "" if right else f"{answer.status_code}, expected: {expected}"
