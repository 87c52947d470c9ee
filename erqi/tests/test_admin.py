"""The admin: reference data only, by permission, through the services, nothing removed that is in use."""

import pytest
from django.contrib.messages import get_messages

from erqi.common.admin import ReferenceAdmin, site
from erqi.common.errors import NotAllowed, ServiceError
from erqi.common.roles import Role
from projects.models import Area, Document, Person, Unit
from projects.services.unit import delete_reference, save_post
from projects.tests.builders import (
    make_area,
    make_citation,
    make_document,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)
from supervision.models import Theme
from supervision.services.mechanism import add_theme, delete_theme

pytestmark = pytest.mark.django_db

NO_POSTS = {"posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}


@pytest.fixture
def office(client):
    user = make_user(Role.OFFICE)
    client.force_login(user)
    return user


def unit_fields(unit=None, **changes):
    values = {"name": "新单位", "short_name": "", "kind": "government", "parent": "", "is_active": "on", "aliases": ""}
    if unit:
        values |= {"name": unit.name, "kind": unit.kind, "seen_version": str(unit.version)}
    return {**values, **changes}


def test_only_reference_data_is_registered():
    assert {model._meta.label for model in site._registry} == {
        "projects.Unit",
        "projects.Person",
        "projects.Area",
        "projects.Category",
        "projects.Document",
        "supervision.Theme",
    }


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICE, Role.SUPERVISION}])
def test_others_are_turned_away(client, role):
    client.force_login(make_user(role))
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/projects/unit/").status_code == 403
    assert client.post("/admin/projects/unit/add/", unit_fields()).status_code == 403
    assert not Unit.objects.exists()


def test_the_supervision_office_keeps_themes_only(client):
    client.force_login(make_user(Role.SUPERVISION))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/projects/unit/").status_code == 403
    fields = {"code": "new", "seq": "14", "name": "新主题", "printed_name": "", "is_active": "on"}
    assert client.post("/admin/supervision/theme/add/", fields).status_code == 302
    theme = Theme.objects.get(code="new")
    fields = {**fields, "name": "改名", "seen_version": str(theme.version)}
    assert client.post(f"/admin/supervision/theme/{theme.pk}/change/", fields).status_code == 302
    theme.refresh_from_db()
    assert (theme.name, theme.version) == ("改名", 2)


def test_the_second_log_in_page_is_ours(client):
    assert client.get("/admin/login/")["Location"] == "/accounts/login/?next=/admin/"
    chain = client.get("/admin/projects/unit/", follow=True).redirect_chain
    assert chain[-1][0] == "/accounts/login/?next=/admin/projects/unit/"


def test_changing_the_password_and_leaving_are_ours_too(client, office):
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/"
    assert client.post("/admin/logout/")["Location"] == "/accounts/login/"


def test_a_unit_is_saved_through_its_service(client, office):
    assert client.post("/admin/projects/unit/add/", unit_fields(name="二七新区管委会", aliases="新区\n新城办")).status_code == 302
    unit = Unit.objects.get()
    assert "xinqu" in unit.search_key, "the service writes the search keys"
    assert set(unit.aliases.values_list("name", flat=True)) == {"新区", "新城办"}
    answer = client.post(f"/admin/projects/unit/{unit.pk}/change/", unit_fields(unit, short_name="新区办", aliases="新区"))
    assert answer.status_code == 302
    unit.refresh_from_db()
    assert (unit.short_name, unit.version, unit.aliases.count()) == ("新区办", 2, 1)


def test_the_second_of_two_people_sees_the_first_ones_change(client, office):
    unit = make_unit("区发改委")
    stale = unit_fields(unit, short_name="发改委")
    assert client.post(f"/admin/projects/unit/{unit.pk}/change/", stale).status_code == 302
    answer = client.post(f"/admin/projects/unit/{unit.pk}/change/", {**stale, "short_name": "区发改"})
    assert "已被他人修改" in answer.content.decode()
    unit.refresh_from_db()
    assert unit.short_name == "发改委"


def test_a_unit_in_use_is_not_removed(client, office):
    unit = make_unit("区住建局")
    make_responsibility(make_project(), unit)
    answer = client.get(f"/admin/projects/unit/{unit.pk}/delete/").content.decode()
    assert "责任" in answer
    assert "受保护" in answer
    client.post(f"/admin/projects/unit/{unit.pk}/delete/", {"post": "yes"})
    assert Unit.objects.filter(pk=unit.pk).exists()


def test_a_unit_that_a_document_names_is_not_removed(client, office):
    unit = make_unit("区商务局")
    make_citation(unit, "name")
    answer = client.post(f"/admin/projects/unit/{unit.pk}/delete/", {"post": "yes"})
    assert "1 条文件出处" in answer.content.decode()
    assert Unit.objects.filter(pk=unit.pk).exists()


def test_an_alias_with_a_source_stays(client, office):
    unit = make_unit("二七新区管委会", aliases=["新城办"])
    make_citation(unit.aliases.get(), "name")
    answer = client.post(f"/admin/projects/unit/{unit.pk}/change/", unit_fields(unit))
    assert "有文件出处，不能删除" in answer.content.decode()


def test_a_record_that_nothing_refers_to_is_removed(client, office):
    area = make_area("误建")
    assert client.post(f"/admin/projects/area/{area.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Area.objects.exists()


def test_a_person_is_saved_with_posts(client, office):
    unit = make_unit()
    row = {"posts-0-unit": str(unit.pk), "posts-0-title": "区长", "posts-0-since": "", "posts-0-until": ""}
    fields = {"name": "苏某", "note": "", "posts-TOTAL_FORMS": "1", "posts-INITIAL_FORMS": "0", **row}
    assert client.post("/admin/projects/person/add/", fields).status_code == 302
    person = Person.objects.get()
    assert person.posts.get().title == "区长"
    assert "区长" in person.search_key
    post = person.posts.get()
    fields |= {"posts-INITIAL_FORMS": "1", "posts-0-id": str(post.pk), "posts-0-person": str(person.pk)}
    fields |= {"posts-0-until": "2018-05-01", "seen_version": str(person.version)}
    assert client.post(f"/admin/projects/person/{person.pk}/change/", fields).status_code == 302
    post.refresh_from_db()
    assert str(post.until) == "2018-05-01"


def test_a_document_is_registered_with_its_articles(client, office):
    fields = {"code": "D9", "title": "会议报道", "kind": "news", "published_on": "2018-02-24", "dated_after": "", "date_note": ""}
    fields |= {"rank": "1", "rank_note": "", "articles-TOTAL_FORMS": "1", "articles-INITIAL_FORMS": "0"}
    fields |= {"articles-0-seq": "1", "articles-0-heading": "全文", "articles-0-byline": "", "articles-0-paragraphs": "1-9"}
    assert client.post("/admin/projects/document/add/", fields).status_code == 302
    document = Document.objects.get()
    assert document.articles.get().paragraphs == "1-9"
    changed = {**fields, "title": "全会报道", "seen_version": str(document.version)}
    changed |= {"articles-TOTAL_FORMS": "0", "articles-INITIAL_FORMS": "0"}
    assert client.post(f"/admin/projects/document/{document.pk}/change/", changed).status_code == 302
    document.refresh_from_db()
    assert (document.title, document.version) == ("全会报道", 2)


def test_two_articles_cannot_claim_a_paragraph(client, office):
    fields = {"code": "D9", "title": "会议报道", "kind": "news", "published_on": "", "dated_after": "", "date_note": "", "rank": "1"}
    fields |= {"rank_note": "", "articles-TOTAL_FORMS": "2", "articles-INITIAL_FORMS": "0"}
    for number in ("0", "1"):
        fields |= {f"articles-{number}-seq": str(int(number) + 1), f"articles-{number}-heading": "篇", f"articles-{number}-byline": ""}
        fields |= {f"articles-{number}-paragraphs": "1-9"}
    answer = client.post("/admin/projects/document/add/", fields, follow=True)
    assert "同时属于两个篇目" in answer.content.decode()
    assert not Document.objects.exists()


@pytest.mark.parametrize("address", ["unit", "person", "area", "category", "document"])
def test_every_list_and_form_opens(client, office, address):
    make_unit()
    make_person()
    make_document()
    assert client.get(f"/admin/projects/{address}/?q=x").status_code == 200
    assert client.get(f"/admin/projects/{address}/add/").status_code == 200


def test_a_document_changed_says_which_sources_no_longer_stand(client, office):
    document = make_document("D9")
    citation = make_citation(document, "title")
    fields = {
        "title": "改过的标题",
        "kind": document.kind,
        "published_on": "",
        "dated_after": "",
        "date_note": "",
        "rank": "1",
        "rank_note": "",
    }
    fields |= {"seen_version": str(document.version), "articles-TOTAL_FORMS": "0", "articles-INITIAL_FORMS": "0"}
    assert client.post(f"/admin/projects/document/{document.pk}/change/", fields).status_code == 302
    citation.refresh_from_db()
    assert not citation.stands


def test_a_theme_changed_says_which_sources_no_longer_stand(client):
    client.force_login(make_user(Role.SUPERVISION))
    theme = add_theme(code="x", seq=1, name="主题", by=None)
    citation = make_citation(theme, "name")
    fields = {"seq": "1", "name": "改名", "printed_name": "", "is_active": "on", "seen_version": str(theme.version)}
    assert client.post(f"/admin/supervision/theme/{theme.pk}/change/", fields).status_code == 302
    citation.refresh_from_db()
    assert not citation.stands


def test_a_post_changed_is_searched_by_its_new_title_and_its_sources_reviewed(client, office):
    person = make_person("苏某", posts=[{"unit": make_unit(), "title": "区长"}])
    post = person.posts.get()
    citation = make_citation(post, "title")
    fields = {"name": "苏某", "note": "", "seen_version": str(person.version), "posts-TOTAL_FORMS": "1", "posts-INITIAL_FORMS": "1"}
    fields |= {"posts-0-id": str(post.pk), "posts-0-person": str(person.pk), "posts-0-unit": str(post.unit_id), "posts-0-title": "区委书记"}
    assert client.post(f"/admin/projects/person/{person.pk}/change/", fields).status_code == 302
    person.refresh_from_db()
    citation.refresh_from_db()
    assert "区委书记" in person.search_key
    assert not citation.stands
    office.grants.all().delete()
    with pytest.raises(NotAllowed):
        save_post(post=post, by=office)


def test_what_belongs_to_a_record_and_is_documented_keeps_it(client, office):
    """Aliases and posts go with their record, unless a document prints them."""
    unit, person = make_unit("二七新区管委会", aliases=["新城办"]), make_person(posts=[{"unit": None, "title": "区长"}])
    make_citation(unit.aliases.get(), "name")
    make_citation(person.posts.get(), "title")
    for record, address in ((unit, "unit"), (person, "person")):
        client.post(f"/admin/projects/{address}/{record.pk}/delete/", {"post": "yes"})
        assert type(record).objects.filter(pk=record.pk).exists()
        with pytest.raises(ServiceError, match="1 条文件出处，不能删除"):
            delete_reference(record=record, by=office)
    unused = make_unit("误建", aliases=["误"])
    assert client.post(f"/admin/projects/unit/{unused.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Unit.objects.filter(pk=unused.pk).exists()


def test_a_reference_made_meanwhile_is_answered_in_a_sentence(client, office, monkeypatch):
    unit = make_unit("区住建局")
    make_responsibility(make_project(), unit)
    with pytest.raises(ServiceError, match="“区住建局”已被其他记录引用（责任"):
        delete_reference(record=unit, by=office)
    # The page was opened before: it found nothing against the removal.
    monkeypatch.setattr(ReferenceAdmin, "get_deleted_objects", lambda *arguments: ([], {}, set(), []))
    answer = client.post(f"/admin/projects/unit/{unit.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, Unit.objects.filter(pk=unit.pk).exists()) == (302, True)
    assert "已被其他记录引用" in "".join(str(message) for message in get_messages(answer.wsgi_request))


def test_removing_asks_for_the_permission():
    viewer = make_user(Role.VIEWER)
    with pytest.raises(NotAllowed):
        delete_reference(record=make_area(), by=viewer)
    with pytest.raises(NotAllowed):
        delete_theme(theme=add_theme(code="x", seq=1, name="主题", by=None), by=viewer)
    assert Area.objects.exists()
    assert Theme.objects.exists()
