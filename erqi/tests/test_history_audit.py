"""The audit trail: who came and went, accounts and roles with their values, business records without theirs."""

import pytest
from django.test import Client

from erqi.common.history import recorded_as
from erqi.common.roles import Role
from erqi.tests.test_history import acting, told
from projects.services import project as projects
from projects.tests.builders import PASSWORD, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    user = make_user(Role.AUDIT_ADMIN, username="auditor", name="审计员")
    client.force_login(user)
    return user


def page(client, **query):
    answer = client.get("/history/audit/", query)
    assert answer.status_code == 200
    return answer


def lines(client, **query):
    return page(client, **query).context["lines"]


def sign_in(user, password=PASSWORD, address="10.9.8.7"):
    visitor = Client(REMOTE_ADDR=address)
    visitor.post("/accounts/login/", {"username": user.username, "password": password})
    return visitor


def test_coming_failing_and_going(client, auditor):
    user = make_user(Role.OFFICE, username="wangm", name="王某")
    sign_in(user, "Wrong-Guess-1")
    sign_in(user).post("/accounts/logout/")
    found = [(line.what, line.author.name, line.author.username, line.author.address) for line in lines(client, kind="sign", who="wangm")]
    assert found == [(what, "王某", "wangm", "10.9.8.7") for what in ("退出", "登录", "登录失败")]
    assert [line.what for line in lines(client, kind="sign_failed")] == ["登录失败"]
    assert lines(client, kind="sign", address="10.9.") == lines(client, kind="sign", who="王某")
    assert lines(client, kind="sign", address="10.1.") == []


def test_a_lock_out_and_an_unknown_name(client, auditor):
    user = make_user(username="wangm")
    for _ in range(5):
        sign_in(user, "Wrong-Guess-1")
    Client().post("/accounts/login/", {"username": "mallory", "password": "x"})
    found = [line.what for line in lines(client, kind="sign_failed")]
    assert found[0] == "登录失败（没有这个账号）"
    assert found[1] == "登录失败，已锁定"


def test_accounts_and_roles_with_their_values(client, auditor):
    admin = make_user(Role.SYSTEM_ADMIN, name="系统员")
    security = make_user(Role.SECURITY_ADMIN, name="安全员")
    visitor = Client(REMOTE_ADDR="10.9.8.7")
    visitor.force_login(admin)
    visitor.post("/accounts/new/", {"username": "zhangsan", "name": "张三"})
    account = type(admin).objects.get(username="zhangsan")
    visitor.post(f"/accounts/{account.pk}/", {"action": "rename", "name": "张三丰"})
    visitor.post(f"/accounts/{account.pk}/", {"action": "close"})
    visitor.force_login(security)
    visitor.post("/accounts/roles/", {"action": "grant", "user": account.pk, "role": "office"})
    visitor.post("/accounts/roles/", {"action": "withdraw", "user": account.pk, "role": "office"})
    found = lines(client, kind="account", address="10.9.8.7")
    assert [(line.category, line.what, line.author.name) for line in found] == [
        ("角色授予", "收回 张三丰 重点项目办", "安全员"),
        ("角色授予", "授予 张三丰 重点项目办", "安全员"),
        ("账号", "修改 张三丰 zhangsan", "系统员"),
        ("账号", "修改 张三丰 zhangsan", "系统员"),
        ("账号", "新增 张三 zhangsan", "系统员"),
    ]
    assert [(change.label, change.old, change.new) for change in found[3].changes] == [("姓名", "张三", "张三丰")]
    assert [(change.old, change.new) for change in found[2].changes] == [("是", "否")]
    assert "argon2" not in page(client).content.decode()


def test_business_records_show_that_and_not_what(client, auditor):
    office = make_user(Role.OFFICE, name="王某")
    with acting(office):
        project = make_project("机密项目名称")
        projects.change_project(project=project, version=None, by=office, note="机密备注")
    answer = page(client, kind="business", who="王某")
    text = answer.content.decode()
    assert f"修改（记录编号 {project.pk}）" in text
    assert "10.1.2.3" in text
    assert "机密" not in text
    assert all(not line.changes and not line.contents for line in answer.context["lines"])
    assert client.get("/history/").status_code == 403


def test_the_office_sees_no_audit(client):
    client.force_login(make_user(Role.OFFICE))
    assert client.get("/history/audit/").status_code == 403


def test_pages_and_wrong_filters(client, auditor):
    for _ in range(25):
        sign_in(auditor)
    seen, query = [], {"per_page": "20", "kind": "sign"}
    while True:
        answer = page(client, **query)
        seen += [line.at for line in answer.context["lines"]]
        if answer.context["following"] is None:
            break
        query["before"] = str(answer.context["following"])
    assert len(seen) == len(set(seen)) == 26
    assert seen == sorted(seen, reverse=True)
    assert "没有查询" in page(client, since="x").content.decode()
    assert "没有符合条件的记录" in page(client, who="谁也不是").content.decode()
    assert lines(client, kind="nonsense") == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(client, auditor, django_assert_num_queries, number):
    office, other = make_user(Role.OFFICE), make_user()
    for count in range(number):
        sign_in(office).post("/accounts/logout/")
        sign_in(office, "Wrong-Guess-1")
        with acting(office):
            make_project()
            type(office).objects.filter(pk=other.pk).update(name=f"改名{count}")
    page(client)
    # session, account, its roles, loaded contexts, hits; log-ins, failures, names of those; contexts, accounts of those; account
    # events (their predecessors stand on the same page), role events, and the accounts that these point to
    with django_assert_num_queries(13):
        page(client)


def test_loaded_accounts_are_hidden_until_asked_for(client, auditor):
    with told(recorded_as("seed", name="系统装入")):
        make_user(username="seeded")
    assert not [line for line in lines(client, kind="account") if "seeded" in line.what]
    assert [line for line in lines(client, kind="account", system="on") if "seeded" in line.what]
