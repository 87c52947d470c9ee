"""The security administrator's page: giving and taking roles."""

import pytest

from erqi.common.roles import PERMISSIONS, ROLE_PERMISSIONS, Role
from projects.tests.builders import make_user

pytestmark = pytest.mark.django_db

PAGE = "/accounts/roles/"


@pytest.fixture
def security(client):
    user = make_user(Role.SECURITY_ADMIN)
    client.force_login(user)
    return user


def held(user):
    return set(user.grants.values_list("role", flat=True))


def test_granting_and_withdrawing(client, security):
    user = make_user()
    answer = client.post(f"{PAGE}?q=x", {"action": "grant", "user": user.pk, "role": "office"})
    assert answer["Location"] == f"{PAGE}?q=x", "back to the same list"
    assert held(user) == {"office"}
    client.post(PAGE, {"action": "grant", "user": user.pk, "role": "office"})
    assert held(user) == {"office"}, "a second click changes nothing"
    client.post(PAGE, {"action": "grant", "user": user.pk, "role": "viewer"})
    client.post(PAGE, {"action": "withdraw", "user": user.pk, "role": "office"})
    assert held(user) == {"viewer"}


def test_administrators_and_business_do_not_meet_in_one_account(client, security):
    user = make_user(Role.OFFICE)
    answer = client.post(PAGE, {"action": "grant", "user": user.pk, "role": "audit_admin"}, follow=True)
    assert "不能由一人兼任" in answer.content.decode()
    assert held(user) == {"office"}
    auditor = make_user(Role.AUDIT_ADMIN)
    for role in ("viewer", "system_admin"):
        client.post(PAGE, {"action": "grant", "user": auditor.pk, "role": role})
    assert held(auditor) == {"audit_admin"}


def test_nobody_changes_their_own_roles(client, security):
    answer = client.post(PAGE, {"action": "withdraw", "user": security.pk, "role": "security_admin"}, follow=True)
    assert "不能收回自己的角色" in answer.content.decode()
    assert held(security) == {"security_admin"}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "grant", "role": "office"},
        {"action": "grant", "user": "x", "role": "office"},
        {"action": "grant", "user": "1", "role": "king"},
        {"action": "steal", "user": "1", "role": "office"},
    ],
)
def test_what_no_button_sends_is_refused(client, security, fields):
    assert client.post(PAGE, fields).status_code in {400, 404}


def test_only_what_can_be_granted_is_offered(client, security):
    make_user(Role.AUDIT_ADMIN, name="审计员")
    make_user(Role.VIEWER, name="查阅者")
    text = client.get(PAGE, {"q": "查阅者"}).content.decode()
    assert 'value="office"' in text.split("各角色的权限")[0].split("<tbody>")[1]
    assert 'value="audit_admin"' not in text.split("<tbody>")[1]
    assert "管理员角色不兼其他角色" in client.get(PAGE, {"q": "审计员"}).content.decode()


def test_the_three_administrators_hold_nothing_of_business():
    business = {"business.view", "ledger.edit", "ledger.lock", "target.edit", "target.adopt", "document.upload"}
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        assert len(ROLE_PERMISSIONS[role]) == 1
        assert not ROLE_PERMISSIONS[role] & business
    assert set().union(*ROLE_PERMISSIONS.values()) == set(PERMISSIONS), "every permission is somebody's"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(client, security, django_assert_num_queries, number):
    for _ in range(number):
        make_user(Role.OFFICE, Role.LEADER)
    client.get(PAGE)
    # session, account, its roles, count, accounts, their roles
    with django_assert_num_queries(6):
        client.get(PAGE)
