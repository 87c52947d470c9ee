"""The system administrator's pages: opening, renaming, closing, resetting, linking to a person."""

import re

import pytest
from axes.models import AccessAttempt

from erqi.common.accounts import add_account, link_person, rename_account, set_email
from erqi.common.errors import InvalidInput, NotAllowed
from erqi.common.models import User
from erqi.common.roles import Role
from projects.tests.builders import PASSWORD, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_user(Role.SYSTEM_ADMIN, username="sysadmin", name="系统管理员甲")
    client.force_login(user)
    return user


def shown_password(answer):
    return re.search(r"一次性密码</dt><dd><strong class=\"code\">([^<]+)</strong>", answer.content.decode())[1]


def test_a_new_account_shows_its_password_once(client, admin):
    answer = client.post("/accounts/new/", {"username": "zhangsan", "name": "张三"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    account = User.objects.get(username="zhangsan")
    password = shown_password(answer)
    assert account.check_password(password)
    assert account.must_change_password
    for address in ("/accounts/", f"/accounts/{account.pk}/", "/accounts/new/"):
        assert password not in client.get(address).content.decode()
    assert not client.session.get("password")
    assert not any(password in str(value) for value in client.session.values())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"username": "", "name": "张三"}, "这个字段是必填项"),
        ({"username": "zhang san", "name": "张三"}, "用户名"),
        ({"username": "SysAdmin", "name": "张三"}, "不区分大小写"),
        ({"username": "zhangsan", "name": " "}, "这个字段是必填项"),
        ({"username": "zhangsan", "name": "长" * 41}, "40"),
    ],
)
def test_a_bad_account_is_refused_with_its_reason(client, admin, fields, message):
    answer = client.post("/accounts/new/", fields)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert User.objects.count() == 1


def test_renaming(client, admin):
    account = make_user(name="旧名")
    answer = client.post(f"/accounts/{account.pk}/", {"action": "rename", "name": "新名"})
    assert answer["Location"] == f"/accounts/{account.pk}/"
    account.refresh_from_db()
    assert account.name == "新名"
    answer = client.post(f"/accounts/{account.pk}/", {"action": "rename", "name": ""})
    assert answer.status_code == 422
    assert "field-errors" in answer.content.decode()


def test_closing_and_reopening(client, admin):
    account = make_user()
    client.post(f"/accounts/{account.pk}/", {"action": "close"})
    account.refresh_from_db()
    assert not account.is_active
    assert "已停用" in client.get(f"/accounts/{account.pk}/").content.decode()
    client.post(f"/accounts/{account.pk}/", {"action": "reopen"})
    account.refresh_from_db()
    assert account.is_active


@pytest.mark.parametrize("action", ["close", "reset"])
def test_nobody_closes_or_resets_their_own_account(client, admin, action):
    answer = client.post(f"/accounts/{admin.pk}/", {"action": action}, follow=True)
    assert "自己的" in answer.content.decode()
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.check_password(PASSWORD)


def test_resetting_shows_the_new_password_once(client, admin):
    account = make_user()
    answer = client.post(f"/accounts/{account.pk}/", {"action": "reset"})
    account.refresh_from_db()
    assert account.check_password(shown_password(answer))
    assert account.must_change_password


def test_unlocking(client, admin):
    account = make_user()
    AccessAttempt.objects.create(username=account.username, failures_since_start=5, get_data="", post_data="")
    assert "登录被锁定" in client.get("/accounts/").content.decode()
    assert account.username in client.get("/accounts/", {"state": "locked"}).content.decode()
    client.post(f"/accounts/{account.pk}/", {"action": "unlock"})
    assert not AccessAttempt.objects.exists()


def test_linking_a_person_and_ending_it(client, admin):
    account, person, other = make_user(), make_person("甲"), make_person("乙")
    client.post(f"/accounts/{account.pk}/", {"action": "link", "person": person.pk})
    person.refresh_from_db()
    assert (person.account, person.version) == (account, 2)
    client.post(f"/accounts/{account.pk}/", {"action": "link", "person": other.pk})
    person.refresh_from_db()
    assert person.account is None
    client.post(f"/accounts/{account.pk}/", {"action": "link", "person": ""})
    other.refresh_from_db()
    assert other.account is None


def test_a_person_has_one_account(client, admin):
    person = make_person("甲")
    link_person(user=make_user(username="first"), person=person, by=admin)
    second = make_user()
    with pytest.raises(InvalidInput):
        link_person(user=second, person=person, by=admin)
    answer = client.post(f"/accounts/{second.pk}/", {"action": "link", "person": person.pk})
    assert answer.status_code == 422
    assert "已关联账号“first”" in answer.content.decode()


@pytest.mark.parametrize("fields", [{}, {"action": "explode"}, {"action": "link", "person": "x"}])
def test_what_no_button_sends_is_refused(client, admin, fields):
    account = make_user()
    assert client.post(f"/accounts/{account.pk}/", fields).status_code in {400, 422}


@pytest.mark.parametrize("role", [Role.OFFICE, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_others_cannot_write_accounts(role):
    user, account = make_user(role), make_user()
    with pytest.raises(NotAllowed):
        add_account(username="x", name="x", by=user)
    with pytest.raises(NotAllowed):
        rename_account(user=account, name="x", by=user)
    with pytest.raises(NotAllowed):
        link_person(user=account, person=None, by=user)


def test_filters(client, admin):
    make_user(Role.OFFICE, username="office1", name="重点办甲")
    make_user(username="noroles", name="无角色者")
    for query, there, away in [
        ({"q": "重点办"}, "office1", "noroles"),
        ({"q": "NOROLES"}, "noroles", "office1"),
        ({"role": "office"}, "office1", "noroles"),
        ({"role": "none"}, "noroles", "office1"),
    ]:
        text = client.get("/accounts/", query).content.decode()
        assert there in text
        assert away not in text
    assert "没有符合条件的账号" in client.get("/accounts/", {"q": "谁也不是"}).content.decode()
    assert client.get("/accounts/", {"role": "nonsense", "state": "x", "page": "x", "per_page": "7"}).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(client, admin, django_assert_num_queries, number):
    for _ in range(number):
        link_person(user=make_user(Role.OFFICE), person=make_person(), by=admin)
    client.get("/accounts/")
    # session, account, its roles, count, accounts, their roles
    with django_assert_num_queries(6):
        client.get("/accounts/")


def test_an_account_gets_and_loses_an_address(client, admin):
    account = make_user()
    address = f"/accounts/{account.pk}/"
    assert client.post(address, {"action": "email", "email": " zhang@example.gov.cn "}).status_code == 302
    account.refresh_from_db()
    assert account.email == "zhang@example.gov.cn"
    client.post(address, {"action": "email", "email": ""})
    account.refresh_from_db()
    assert account.email == ""


def test_what_is_no_address_is_refused_and_stays_in_the_form(client, admin):
    account = make_user()
    answer = client.post(f"/accounts/{account.pk}/", {"action": "email", "email": "zhang"})
    assert answer.status_code == 422
    assert 'value="zhang"' in answer.content.decode()
    account.refresh_from_db()
    assert account.email == ""


def test_a_new_account_may_have_an_address(client, admin):
    client.post("/accounts/new/", {"username": "zhangsan", "name": "张三", "email": "zhang@example.gov.cn"})
    assert User.objects.get(username="zhangsan").email == "zhang@example.gov.cn"


def test_only_the_system_administrator_sets_addresses():
    with pytest.raises(NotAllowed):
        set_email(user=make_user(), email="zhang@example.gov.cn", by=make_user(Role.OFFICE))


def test_a_change_of_the_address_is_in_the_history(client, admin):
    account = make_user()
    set_email(user=account, email="zhang@example.gov.cn", by=admin)
    assert account.events.order_by("pgh_id").last().email == "zhang@example.gov.cn"
