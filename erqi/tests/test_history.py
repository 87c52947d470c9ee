"""The history page: what people read of the events that the triggers write."""

from contextlib import contextmanager
from datetime import date
from uuid import uuid4

import pghistory
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.urls import reverse
from pghistory.models import Context

from erqi.common import clock
from erqi.common.history import recorded_as
from erqi.common.models import Installation
from erqi.common.roles import Role
from erqi.history.query import SYSTEM_SOURCES, Cursor
from erqi.history.registry import business_kinds, kinds
from projects.choices import DelayCause, MilestoneKind
from projects.models import Milestone, Project
from projects.services import milestone as milestones
from projects.services import project as projects
from projects.services.entry import change_entry
from projects.tests.builders import (
    make_category,
    make_citation,
    make_claim,
    make_document,
    make_entry,
    make_ledger,
    make_milestone,
    make_project,
    make_responsibility,
    make_target,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

ADDRESS, PAGE = "10.1.2.3", "/projects/x/edit/"


@pytest.fixture
def office(client):
    user = make_user(Role.OFFICE, username="wangm", name="王某")
    client.force_login(user)
    return user


@contextmanager
def told(context):
    """Record changes in a context and forget it afterwards: the library's setting lasts as long as the test's transaction."""
    with context:
        yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")


def acting(user):
    """Record changes as a request of the person would."""
    return told(pghistory.context(user=user.pk, name=user.name, source="web", address=ADDRESS, page=PAGE))


def page(client, **query):
    answer = client.get("/history/", query)
    assert answer.status_code == 200
    return answer


def entries(client, **query):
    return [entry for action in page(client, **query).context["actions"] for entry in action.entries]


def changes(entry):
    return [(change.label, change.old, change.new) for change in entry.changes]


def test_a_change_is_read_from_what_to_what(client, office):
    project = make_project("福华街地块", category=make_category("商贸"))
    with acting(office):
        projects.change_project(
            project=project, version=None, by=office, name="福华街南地块", category=make_category("文旅"), total_investment=12345, tour=True
        )
    (entry,) = entries(client, kind="project", action="update")
    assert changes(entry) == [
        ("项目名称", "福华街地块", "福华街南地块"),
        ("项目类别", "商贸", "文旅"),
        ("总投资（万元）", "", "12,345"),
        ("观摩项目", "否", "是"),
    ]
    text = page(client, kind="project", action="update").content.decode()
    for words in ("王某", "wangm", ADDRESS, PAGE, "福华街地块", "福华街南地块", "修改"):
        assert words in text
    assert "search_key" not in text
    assert "检索" not in text
    assert "版本" not in text


def test_the_name_is_the_one_at_the_time(client, office):
    project = make_project()
    with acting(office):
        projects.change_project(project=project, version=None, by=office, name="改名")
    type(office).objects.filter(pk=office.pk).update(name="王某某", username="wangmm")
    (action,) = page(client, kind="project", action="update").context["actions"]
    assert (action.author.name, action.author.username) == ("王某", "wangmm")


def test_an_addition_shows_what_was_written(client, office):
    with acting(office):
        make_project("新项目", quantity=3, quantity_unit="栋")
    (entry,) = entries(client, kind="project", action="insert")
    assert {"label": "数量", "value": "3"} in entry.contents
    assert not any(item["label"] in {"提交标识", "版本", "登记时间"} for item in entry.contents)


def test_a_removal_shows_what_was_taken_away(client, office):
    project = make_project("甲", aliases=["甲一", "甲二"])
    with acting(office):
        projects.change_project(project=project, version=None, by=office, aliases=["甲一"])
    (entry,) = entries(client, kind="projectalias", action="delete")
    assert {"label": "别名", "value": "甲二"} in entry.contents
    assert entry.project == project


def test_what_only_the_search_needs_is_left_out(client, office):
    unit = make_unit("甲局")
    with acting(office):
        type(unit).objects.filter(pk=unit.pk).update(search_key="x")
    assert entries(client, kind="unit", action="update") == []


def test_changes_of_one_request_stand_together(client, office):
    milestone = make_milestone(make_project("甲"), kind=MilestoneKind.START, due_on=date(2018, 3, 31))
    with acting(office):
        milestones.move_milestone(
            milestone=milestone, to=date(2018, 6, 30), cause=DelayCause.LAND, reason="土地未供", version=None, by=office
        )
    first = page(client).context["actions"][0]
    assert {entry.kind for entry in first.entries} == {"datechange", "milestone"}
    assert first.author.address == ADDRESS
    change = next(entry for entry in first.entries if entry.kind == "milestone")
    assert changes(change) == [("计划时限", "2018-03-31", "2018-06-30")]
    fact = next(entry for entry in first.entries if entry.kind == "datechange")
    assert {"label": "病因", "value": "土地"} in fact.contents
    assert fact.project.name == "甲"


def test_what_is_appended_names_its_writer_like_everything_else(client, office):
    """Through the pages: account, address and page of facts come from their events, whatever columns the tables have."""
    ledger, document, target = make_ledger(), make_document("D2"), make_target()
    claimed = make_claim(target, 60, document)
    for address, data in (
        (f"/ledgers/{ledger.code}/scale/", {"recorded_on": "2018-02-24", "project_count": "165"}),
        (f"/targets/2018/{target.pk}/readings/new/", {"on": "2018-06-30", "value": "3"}),
        (reverse("projects:document_upload", args=["D2"]), {"file": SimpleUploadedFile("D2.txt", "第一段".encode())}),
    ):
        assert client.post(address, {"request_key": str(uuid4()), **data}, REMOTE_ADDR=ADDRESS).status_code == 302
    with acting(office):
        make_citation(claimed, "value", document, 1, "第一段")
    found = {entry.kind: entry for entry in entries(client) if entry.action == "insert"}
    expected = {"ledgerrevision": "165", "targetreading": "3", "documenttext": "D2.txt", "citation": "第一段"}
    for kind, value in expected.items():
        author = found[kind].author
        assert (author.name, author.username, author.address) == ("王某", "wangm", ADDRESS), kind
        assert value in {item["value"] for item in found[kind].contents}, kind
    assert found["ledgerrevision"].author.page == f"/ledgers/{ledger.code}/scale/"


def test_a_citation_that_no_longer_stands_is_in_the_history(client, office):
    project = make_project("甲", quantity=3, quantity_unit="栋")
    citation = make_citation(project, "quantity")
    with acting(office):
        projects.change_project(project=project, version=None, by=office, quantity=4)
    (entry,) = entries(client, kind="citation", id=citation.pk, action="update")
    assert changes(entry) == [("与现值相符", "是", "否")]


def test_one_name_at_one_moment_is_not_one_action(client, office):
    for _ in range(2):
        with acting(office):
            make_project()
    assert len(page(client).context["actions"]) == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET note = '直接改库'")
    assert len(page(client).context["actions"]) == 4


def test_the_business_date_is_recorded_and_shown_where_it_is_not_the_clocks(client, office, settings):
    settings.FIXED_TODAY = date(2018, 9, 28)
    client.post(f"/ledgers/{make_ledger().code}/scale/", {"request_key": str(uuid4()), "recorded_on": "2018-02-24", "project_count": "165"})
    context = Context.objects.get(metadata__page="/ledgers/2018/scale/")
    assert context.metadata["business_date"] == "2018-09-28"
    assert "业务日期 2018-09-28" in page(client).content.decode()
    settings.FIXED_TODAY = None
    with told(recorded_as("bench")):
        project = make_project()
    assert Context.objects.get(metadata__source="bench").metadata["business_date"] == clock.today().isoformat()
    assert "业务日期" not in page(client, kind="project", id=project.pk).content.decode()


def test_who_fixed_the_business_date_is_the_audits(client):
    client.force_login(make_user(Role.AUDIT_ADMIN))
    with told(recorded_as("set-date", name="系统管理员甲")):
        Installation.objects.create(fixed_today=date(2018, 9, 28))
        Installation.objects.update(fixed_today=date(2018, 10, 8))
    lines = client.get("/history/audit/", {"kind": "account", "who": "系统管理员甲"}).context["lines"]
    assert [(line.category, line.what, line.author.name) for line in lines] == [
        ("安装信息", "修改", "系统管理员甲"),
        ("安装信息", "新增", "系统管理员甲"),
    ]
    assert [(change.label, change.old, change.new) for change in lines[0].changes] == [("固定业务日期", "2018-09-28", "2018-10-08")]


def test_a_project_brings_its_children(client, office):
    project, other = make_project("甲"), make_project("乙")
    ledger = make_ledger()
    with acting(office):
        for one in (project, other):
            entry = make_entry(ledger, one)
            change_entry(entry=entry, version=None, by=office, annual_goal="开工")
            make_milestone(one)
            make_responsibility(one, make_unit())
            projects.change_project(project=one, version=None, by=office, aliases=[f"{one.name}别名"])
    found = entries(client, project=project.code)
    assert {entry.kind for entry in found} == {"ledgerentry", "milestone", "responsibility", "projectalias", "project"}
    assert all(entry.project == project for entry in found)
    assert "没有编号为" in page(client, project="EQ-1999-001").content.decode()


def test_one_record_alone(client, office):
    project = make_project()
    one, two = make_milestone(project, kind=MilestoneKind.START), make_milestone(project, kind=MilestoneKind.LAND)
    with acting(office):
        milestones.complete_milestone(milestone=one, done_on=date(2018, 1, 5), version=None, by=office)
    found = entries(client, kind="milestone", id=one.pk)
    assert [entry.action for entry in found] == ["update", "insert"]
    assert {entry.obj for entry in found} == {one.pk}
    assert f"kind=milestone&id={one.pk}" in found[0].url
    assert two.pk not in {entry.obj for entry in found}
    assert "须同时指明类别" in page(client, id=one.pk).content.decode()


def test_loaded_data_is_hidden_until_asked_for(client, office):
    with told(recorded_as("seed", name="系统装入")):
        make_project("装入的")
    with acting(office):
        make_project("新建的")
    with connection.cursor() as cursor:
        # Past the product, as an administrator of the database could.
        cursor.execute("UPDATE projects_project SET note = '直接改库' WHERE name = '新建的'")
    assert {entry.title for entry in entries(client, kind="project")} == {"新建的"}
    text = page(client).content.decode()
    assert "未经平台写入数据库" in text, "what bypassed the product is never hidden"
    assert {entry.title for entry in entries(client, kind="project", system="on")} == {"新建的", "装入的"}
    assert "系统装入" in page(client, system="on").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "context_source" in Context.objects.filter(metadata__source__in=SYSTEM_SOURCES).explain(), "found by their index"


def test_filters_of_person_text_action_and_days(client, office):
    other = make_user(Role.OFFICE, username="lisi", name="李四")
    with acting(office):
        project = make_project("福华街地块")
    with acting(other):
        projects.change_project(project=project, version=None, by=other, note="二期")
    assert {action.author.name for action in page(client, who="李四").context["actions"]} == {"李四"}
    assert {action.author.name for action in page(client, who="wangm").context["actions"]} == {"王某"}
    assert entries(client, who="谁也不是") == []
    assert len(entries(client, q="fhj")) == 2, "initials find the project and what belongs to it"
    assert [entry.action for entry in entries(client, q="二期")] == ["update"]
    assert entries(client, q="没有这样的字") == []
    today = entries(client)[0].at.astimezone().date()
    assert entries(client, since=today.isoformat(), until=today.isoformat())
    assert entries(client, until="2001-01-01") == []
    assert entries(client, since="2100-01-01") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"since": "2018-13-01"}, "2018年13月1日"),
        ({"since": "2018-02-02", "until": "2018-02-01"}, "止日不能早于起日"),
        ({"kind": "secret"}, "secret"),
        ({"id": "-1", "kind": "milestone"}, ""),
    ],
)
def test_a_wrong_filter_is_said_and_nothing_guessed(client, office, query, message):
    answer = page(client, **query)
    assert answer.context["actions"] == []
    assert message in answer.content.decode()
    assert "没有查询" in answer.content.decode()


def test_pages_neither_repeat_nor_skip(client, office):
    with acting(office), transaction.atomic():
        # One transaction, one moment: the order among them must be total all the same.
        for number in range(30):
            make_milestone(make_project(), name=f"节点{number}")
    seen, query = [], {"per_page": "20"}
    while True:
        answer = page(client, **query)
        seen += [(entry.kind, entry.obj, entry.action) for action in answer.context["actions"] for entry in action.entries]
        if answer.context["following"] is None:
            break
        query["before"] = str(answer.context["following"])
    assert len(seen) == len(set(seen))
    assert sum(kind == "milestone" for kind, _, _ in seen) == 30
    assert sum(kind == "project" and action == "insert" for kind, _, action in seen) == 30


@pytest.mark.parametrize("text", ["", "x", "2018-01-01T00:00:00.000000Z~project~x", "2018-99-01T00:00:00.000000Z~project~1"])
def test_a_malformed_place_is_the_beginning(client, office, text):
    assert Cursor.parse(text) is None
    page(client, before=text)


def test_the_machine_is_for_the_office_only(client, office):
    with acting(office):
        make_project()
    assert ADDRESS in page(client).content.decode()
    client.force_login(make_user(Role.LEADER))
    assert ADDRESS not in page(client).content.decode()


def test_an_empty_history_says_so(client, office):
    assert "还没有人修改过数据" in page(client).content.decode()
    assert "没有符合条件的痕迹" in page(client, who="谁也不是").content.decode()


def test_long_texts_are_shown_around_their_difference(client, office):
    before, after = "甲" * 300 + "旧" + "乙" * 300, "甲" * 300 + "新" + "乙" * 300
    project = make_project(content=before[:480])
    with acting(office):
        projects.change_project(project=project, version=None, by=office, content=after[:480])
    ((label, old, new),) = changes(entries(client, kind="project", action="update")[0])
    assert (label, "旧" in old, "新" in new) == ("建设内容", True, True)
    assert max(len(old), len(new)) < 60


def edited(user, number):
    """Change so many projects and milestones, each in a request of its own."""
    for _ in range(number):
        project = make_project(category=make_category(), owner=make_unit())
        milestone = make_milestone(project)
        with acting(user):
            projects.change_project(project=project, version=None, by=user, name=f"{project.name}改", category=make_category())
            milestones.complete_milestone(milestone=milestone, done_on=date(2018, 1, 5), version=None, by=user)


@pytest.mark.parametrize("number", [1, 3])
def test_one_kind_takes_the_same_queries_for_any_number(client, office, django_assert_num_queries, number):
    edited(office, number)
    page(client)
    # session, account, its roles, loaded contexts, hits, events, predecessors, contexts, accounts, categories, units, projects
    with django_assert_num_queries(12):
        assert len(entries(client, kind="project", action="update")) == number


@pytest.mark.parametrize("number", [1, 3])
def test_all_kinds_take_the_same_queries_for_any_number(client, office, django_assert_num_queries, number):
    edited(office, number)
    page(client)
    # session, account, roles, accounts of the name, loaded contexts, hits of all kinds; of projects and milestones events and
    # predecessors, of categories and updates events; contexts, accounts; categories, units, projects, milestones, accounts
    with django_assert_num_queries(19):
        assert len(entries(client, who="王某")) == 4 * number


def test_a_mistaken_purge_is_refused(office):
    with acting(office):
        make_project()
    for statement in ("DELETE FROM pghistory_context", 'UPDATE pghistory_context SET metadata = metadata || \'{"name": "别人"}\''):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Context.objects.filter(metadata__name="王某").exists()


def test_every_tracked_record_is_known():
    assert {"project", "milestone", "ledgerentry", "responsibility", "projectalias", "datechange"} <= set(business_kinds())
    assert {"ledgerrevision", "citation", "targetreading", "documenttext"} <= set(business_kinds())
    assert {"user", "rolegrant", "installation"} == set(kinds()) - set(business_kinds())
    assert kinds()["project"].project == "id"
    assert kinds()["milestone"].project == "project_id"
    assert kinds()["datechange"].project == "milestone__project_id"
    assert kinds()["targetclaim"].project == "target__project_id"
    assert kinds()["unit"].project == ""


def test_every_kind_can_be_read_and_described(client, office, seeded_db):
    """All documented data: every kind's page opens with its contents."""
    user = make_user(Role.OFFICE)
    client.force_login(user)
    for code in business_kinds():
        page(client, kind=code, system="on")
    assert Project.objects.exists()
    assert Milestone.objects.exists()
    assert entries(client, system="on", per_page="100")
