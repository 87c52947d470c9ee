"""Saved views of the ledger: whose they are, who may share them, what a repeated click does."""

import pytest

from erqi.common.errors import InvalidInput, NotAllowed
from erqi.common.listing import ListView
from erqi.common.models import SavedView
from erqi.common.roles import Role
from erqi.common.saved_views import delete_view, kept, save_view, views_for, withdraw_view
from projects.tests.builders import make_ledger, make_user

PLACE = "/ledgers/2018/"


@pytest.fixture
def alice(db):
    return make_user(Role.VIEWER, name="甲")


@pytest.fixture
def bob(db):
    return make_user(Role.VIEWER, name="乙")


@pytest.fixture
def office(db):
    return make_user(Role.OFFICE, name="办")


def save(by, name="我的视图", query="nature=new", **options):
    return save_view(page="ledger", name=name, query=query, by=by, **options)


def post(client, user, path, **data):
    client.force_login(user)
    return client.post(path, {"page": "ledger", "next": PLACE, **data}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_private_view_is_its_owners_alone_and_a_shared_one_everybodys(alice, bob, office):
    save(alice, "私有")
    save(office, "共享", shared=True)
    assert [view.name for view in views_for(alice, "ledger")] == ["共享", "私有"]
    assert [view.name for view in views_for(bob, "ledger")] == ["共享"]
    assert list(views_for(alice, "units")) == []


def test_sharing_needs_its_permission(alice):
    with pytest.raises(NotAllowed):
        save(alice, shared=True)
    assert not SavedView.objects.exists()


def test_administrators_keep_no_views_of_business_data(db):
    with pytest.raises(NotAllowed):
        save(make_user(Role.SYSTEM_ADMIN))


def test_saving_the_same_view_twice_keeps_it_once(alice):
    assert save(alice) == save(alice)
    assert SavedView.objects.count() == 1


def test_another_view_of_the_same_name_is_replaced_only_when_asked_for(alice, bob):
    save(bob)
    first = save(alice)
    with pytest.raises(InvalidInput, match="已有名为“我的视图”的视图"):
        save(alice, query="nature=early")
    first.refresh_from_db()
    assert first.query == "nature=new"
    save(alice, query="nature=early", replace=True)
    first.refresh_from_db()
    assert first.query == "nature=early"
    assert SavedView.objects.get(owner=bob).query == "nature=new"


def test_a_view_keeps_neither_page_nor_day(alice):
    assert kept("?nature=new&page=3&as_of=2018-06-30&cols=code,area") == "nature=new&cols=code,area"
    assert save(alice, query="page=2&sort=-name").query == "sort=-name"


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_name_is_needed_and_has_a_length(alice, name):
    with pytest.raises(InvalidInput):
        save(alice, name)


def test_only_the_owner_deletes_and_twice_does_no_harm(alice, bob):
    view = save(alice)
    with pytest.raises(NotAllowed):
        delete_view(view=view, by=bob)
    delete_view(view=view, by=alice)
    delete_view(view=view, by=alice)
    assert not SavedView.objects.exists()


def test_who_may_share_may_withdraw(alice, bob, office):
    view = save(office, shared=True)
    with pytest.raises(NotAllowed):
        withdraw_view(view=view, by=bob)
    withdraw_view(view=view, by=make_user(Role.SUPERVISION))
    assert not SavedView.objects.get().shared


def test_saving_on_the_page_and_applying_restores_filters_columns_and_order(client, alice):
    make_ledger()
    answer = post(client, alice, "/saved-views/", name="新开工", query="nature=new&cols=code&sort=-name")
    assert said(answer) == ["已保存视图“新开工”。"]
    html = client.get(f"{PLACE}?as_of=2018-06-30").content.decode()
    assert 'href="?nature=new&amp;cols=code&amp;sort=-name&amp;as_of=2018-06-30"' in html
    applied = client.get(f"{PLACE}?nature=new&cols=code&sort=-name").context["listing"]
    assert applied.query == SavedView.objects.get().query
    assert (applied.columns, list(applied.table.order_by)) == (["seq", "name", "code"], ["-name"])


def test_a_repeated_submit_says_the_same_and_keeps_one(client, alice):
    make_ledger()
    for _ in range(2):
        assert said(post(client, alice, "/saved-views/", name="视图", query="q=1")) == ["已保存视图“视图”。"]
    assert SavedView.objects.count() == 1
    path = f"/saved-views/{SavedView.objects.get().pk}/delete/"
    for _ in range(2):
        assert said(post(client, alice, path)) == ["视图已删除。"]


def test_a_refused_save_says_why(client, alice):
    make_ledger()
    answer = post(client, alice, "/saved-views/", name="视图", query="q=1", shared="1")
    assert "权限" in said(answer)[0]
    assert "没有保存。请给视图起个名称。" in said(post(client, alice, "/saved-views/", name=" ", query=""))
    assert "没有保存。这一页不能保存视图。" in said(post(client, alice, "/saved-views/", name="a", page="users"))
    assert not SavedView.objects.exists()


def test_other_peoples_private_views_cannot_be_touched_by_address(client, alice, bob):
    make_ledger()
    view = save(alice)
    post(client, bob, f"/saved-views/{view.pk}/delete/")
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert post(client, bob, f"/saved-views/{view.pk}/withdraw/").status_code == 404


def test_the_way_back_never_leaves_the_site(client, alice):
    client.force_login(alice)
    for target in ("https://example.org/", "//example.org/", "javascript:alert(1)", ""):
        answer = client.post("/saved-views/", {"page": "ledger", "name": "视图", "query": "", "next": target})
        assert answer["Location"] == "/ledgers/"
    assert client.get("/saved-views/").status_code == 405


def test_the_page_offers_sharing_only_to_those_who_may(client, alice, office):
    make_ledger()
    client.force_login(alice)
    assert 'name="shared"' not in client.get(PLACE).content.decode()
    client.force_login(office)
    assert 'name="shared"' in client.get(PLACE).content.decode()


def test_every_list_that_offers_it_keeps_views_and_no_other_page_does(client, alice):
    make_ledger()
    assert {"ledger", "items", "issues", "supervision:notice_list"} <= ListView.saved_pages
    for page in sorted(ListView.saved_pages):
        assert said(post(client, alice, "/saved-views/", page=page, name=page, query="state=open")) == [f"已保存视图“{page}”。"]
    assert said(post(client, alice, "/saved-views/", page="nothing", name="无", query="")) == ["没有保存。这一页不能保存视图。"]
