"""Signing in: lock-out, demonstration accounts, safe `next`, forced change of password, the health check."""

from datetime import timedelta
from unittest import mock

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from erqi.common.accounts import reset_password, set_active, withdraw_role
from erqi.common.models import Installation, User
from erqi.common.roles import BUSINESS_ROLES, Role
from projects.tests.builders import PASSWORD, make_ledger, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"username": user.username, "password": password, **more})


def test_signing_in_leads_home_and_out_again(client):
    user = make_user(Role.SYSTEM_ADMIN)
    assert sign_in(client, user)["Location"] == "/"
    assert client.get("/")["Location"] == "/accounts/"
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_logging_out_takes_a_post(client):
    client.force_login(make_user(Role.SYSTEM_ADMIN))
    assert client.get("/accounts/logout/").status_code == 405


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.SYSTEM_ADMIN, "/accounts/"),
        (Role.SECURITY_ADMIN, "/accounts/roles/"),
        (Role.AUDIT_ADMIN, "/history/audit/"),
    ],
)
def test_each_administrator_starts_at_what_is_theirs(client, role, address):
    client.force_login(make_user(role))
    assert client.get("/")["Location"] == address


@pytest.mark.parametrize("role", sorted(BUSINESS_ROLES))
def test_everybody_else_starts_at_the_cockpit(client, role):
    make_ledger()
    client.force_login(make_user(role))
    assert "年重点项目态势</h1>" in client.get("/").content.decode()


def test_an_account_without_a_role_is_told_so(client):
    client.force_login(make_user())
    page = client.get("/")
    assert page.status_code == 200
    assert "没有授予任何角色" in page.content.decode()


def test_next_leads_only_to_this_site(client):
    user = make_user(Role.SYSTEM_ADMIN)
    assert sign_in(client, user, next="/accounts/password/")["Location"] == "/accounts/password/"
    client.post("/accounts/logout/")
    for hostile in (
        "https://example.org/",
        "//example.org/",
        "javascript:alert(1)",
        "\\\\example.org",
    ):
        assert sign_in(client, user, next=hostile)["Location"] == "/"
        client.post("/accounts/logout/")


def test_a_wrong_password_says_what_to_check(client):
    page = sign_in(client, make_user(Role.VIEWER), "Wrong-Guess-1")
    assert page.status_code == 200
    assert "没有登录成功" in page.content.decode()


def test_the_fifth_failure_locks_and_time_unlocks(client):
    user = make_user(Role.SYSTEM_ADMIN)
    answers = [sign_in(client, user, "Wrong-Guess-1").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    page = sign_in(client, user)
    assert page.status_code == 429, "the right password does not help while locked"
    assert "登录已暂时锁定" in page.content.decode()
    assert AccessFailureLog.objects.filter(username=user.username).count() == 6
    # Another person at the same machine is not locked out.
    assert sign_in(Client(), make_user(Role.VIEWER)).status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert sign_in(client, user).status_code == 302


def test_an_unknown_name_is_locked_like_a_known_one(client):
    for _ in range(5):
        page = client.post("/accounts/login/", {"username": "nobody", "password": "Wrong-Guess-1"})
    assert page.status_code == 429


def test_resetting_the_password_lifts_the_lock(client):
    user = make_user(Role.SYSTEM_ADMIN)
    for _ in range(5):
        sign_in(client, user, "Wrong-Guess-1")
    password = reset_password(user=user, by=make_user(Role.SYSTEM_ADMIN))
    assert sign_in(client, user, password).status_code == 302


def test_demonstration_accounts_are_listed_only_in_a_demonstration(client):
    account = make_user(Role.OFFICE, username="demo-office", name="演示重点办")
    User.objects.filter(pk=account.pk).update(is_demo=True)
    make_user(Role.LEADER, username="real-person")
    assert "demo-office" not in client.get("/accounts/login/").content.decode()
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True})
    page = client.get("/accounts/login/").content.decode()
    assert "demo-office" in page
    assert "重点项目办" in page
    assert "real-person" not in page
    assert PASSWORD not in page


def test_a_password_set_by_somebody_else_must_be_changed_first(client):
    user = make_user(Role.SYSTEM_ADMIN)
    password = reset_password(user=user, by=make_user(Role.SYSTEM_ADMIN))
    sign_in(client, user, password)
    assert client.get("/accounts/")["Location"] == "/accounts/password/"
    page = client.get("/accounts/password/")
    assert "这个密码是别人为您设置的" in page.content.decode()
    fields = {
        "old": password,
        "new": "Own-Secret-77",
        "again": "Own-Secret-77",
    }
    assert client.post("/accounts/password/", fields)["Location"] == "/"
    user.refresh_from_db()
    assert not user.must_change_password
    assert user.check_password("Own-Secret-77")
    assert client.get("/accounts/").status_code == 200, "the session goes on"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"old": "Not-The-One-1"}, "原密码不正确"),
        (
            {"new": "short1A", "again": "short1A"},
            "密码太短，至少要有 10 个字符",
        ),
        (
            {"new": "alllowercase", "again": "alllowercase"},
            "四类中的至少三类",
        ),
        ({"again": "Other-Secret-78"}, "两次"),
        (
            {"new": PASSWORD, "again": PASSWORD},
            "新密码不能与原密码相同",
        ),
    ],
)
def test_a_bad_new_password_is_refused_with_its_reason(client, changes, message):
    user = make_user(Role.VIEWER)
    client.force_login(user)
    fields = {
        "old": PASSWORD,
        "new": "Own-Secret-77",
        "again": "Own-Secret-77",
    }
    page = client.post("/accounts/password/", {**fields, **changes})
    assert page.status_code == 422
    assert message in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_changing_the_password_ends_the_other_sessions(client):
    user = make_user(Role.SYSTEM_ADMIN)
    other = Client()
    other.force_login(user)
    client.force_login(user)
    fields = {
        "old": PASSWORD,
        "new": "Own-Secret-77",
        "again": "Own-Secret-77",
    }
    client.post("/accounts/password/", fields)
    assert other.get("/accounts/").status_code == 302


def test_a_closed_account_is_out_at_its_next_click(client):
    user = make_user(Role.SYSTEM_ADMIN)
    client.force_login(user)
    assert client.get("/accounts/").status_code == 200
    set_active(user=user, active=False, by=make_user(Role.SYSTEM_ADMIN))
    assert client.get("/accounts/")["Location"].startswith("/accounts/login/")
    assert sign_in(client, user).status_code == 200, "and cannot come back"


def test_a_withdrawn_role_counts_from_the_next_click(client):
    user = make_user(Role.SYSTEM_ADMIN)
    client.force_login(user)
    assert client.get("/accounts/").status_code == 200
    withdraw_role(user=user, role=Role.SYSTEM_ADMIN, by=make_user(Role.SECURITY_ADMIN))
    assert client.get("/accounts/").status_code == 403


def test_health_check_needs_nobody_and_no_session(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = client.get("/healthz")
    assert (page.status_code, page.content) == (200, b"ok\n")
    assert not page.cookies


def test_health_check_says_when_the_database_is_away(client):
    with mock.patch("erqi.home.connection.cursor", side_effect=DatabaseError):
        assert client.get("/healthz").status_code == 503


def test_a_stopped_account_reads_that_it_is_stopped_and_its_sessions_end_for_good(client):
    user, other, admin = make_user(Role.REPORTER), make_user(Role.REPORTER), make_user(Role.SYSTEM_ADMIN)
    sign_in(client, user)
    neighbour = Client()
    sign_in(neighbour, other)
    set_active(user=user, active=False, by=admin)
    assert client.get("/todo/")["Location"].startswith("/accounts/login/")
    assert "这个账号已停用" in sign_in(client, user).content.decode()
    # Only whoever knows the password learns of it.
    assert "已停用" not in sign_in(client, user, "wrong").content.decode()
    assert neighbour.get("/todo/").status_code == 200
    set_active(user=user, active=True, by=admin)
    assert client.get("/todo/")["Location"].startswith("/accounts/login/")
    assert sign_in(client, user)["Location"] == "/"


def test_a_session_that_nobody_used_while_the_account_was_stopped_ends_too(client):
    user, admin = make_user(Role.REPORTER), make_user(Role.SYSTEM_ADMIN)
    sign_in(client, user)
    for active in (False, True):
        set_active(user=user, active=active, by=admin)
    assert client.get("/todo/").status_code == 302


def test_a_form_without_its_cookies_is_refused_in_one_sentence():
    client = Client(enforce_csrf_checks=True)
    html = client.post("/todo/", {}).content.decode()
    assert "登录已过期，刚才提交的内容没有保存" in html
