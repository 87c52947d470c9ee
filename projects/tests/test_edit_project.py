"""Registering and changing projects, as the office does it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.models import LedgerEntry, Project
from projects.services import project as service
from projects.services.ledger import set_lock
from projects.tests.browsing import fields, fill, office, said, text
from projects.tests.builders import make_area, make_category, make_ledger, make_project, make_unit, make_user

pytestmark = pytest.mark.django_db
NEW = "/projects/new/"


def edit_page(project: Project) -> str:
    return reverse("projects:project_edit", args=[project.code])


def test_a_project_is_registered_with_everything_the_form_has() -> None:
    main = make_category("重大产业项目")
    part = make_category("文化旅游", parent=main)
    area = make_area("樱桃沟")
    owner = make_unit("郑州二七城市建设投资有限公司", short_name="二七城投", aliases=["区城投"])
    bundle = make_project("安置房（打捆）", bundle_count=12)
    client = office()
    data = fill(
        client,
        NEW,
        name=" 樱桃沟景区提升 ",
        aliases="樱桃沟提升\r\n\r\n樱桃沟提升\r\n景区提升工程",
        category=str(part.pk),
        grade="city",
        area=str(area.pk),
        owner="区城投",
        content="道路、绿化",
        quantity="１，２００",
        quantity_unit="亩",
        total_investment="79.3亿",
        start_year="2017年",
        end_year="2019",
        bundle_of=bundle.code,
        highlight="on",
        batch="第一期",
    )
    response = client.post(NEW, data)
    project = Project.objects.get(name="樱桃沟景区提升")
    assert response.url == project.get_absolute_url()
    assert said(client, response) == f"已登记项目“樱桃沟景区提升”，编号 {project.code}。"
    assert list(project.aliases.values_list("name", flat=True)) == ["樱桃沟提升", "景区提升工程"]
    assert (project.category, project.area, project.owner, project.bundle_of) == (part, area, owner, bundle)
    assert project.total_investment == Decimal(793000)
    assert (project.quantity, project.quantity_unit) == (1200, "亩")
    assert (project.start_year, project.end_year, project.highlight, project.tour) == (2017, 2019, True, False)
    assert "ytgjqts" in project.search_key
    # The form shows it all again, and sending it unchanged writes nothing.
    shown = fields(client.get(edit_page(project)))
    assert shown["total_investment"] == "793,000"
    assert shown["bundle_of"] == f"{bundle.code} {bundle.name}"
    assert client.post(edit_page(project), shown).status_code == 302
    project.refresh_from_db()
    assert project.version == 1


def test_categories_are_offered_with_the_one_they_belong_to() -> None:
    main = make_category("重大产业项目")
    make_category("文化旅游", parent=main)
    assert "重大产业项目 / 文化旅游</option>" in text(office().get(NEW))


def test_wrong_values_are_named_at_their_fields_and_nothing_is_lost() -> None:
    make_unit("区建设局", short_name="建设局")
    make_unit("市建设局", short_name="建设局")
    make_unit("二七区发展改革委员会")
    client = office()
    data = fill(
        client,
        NEW,
        name="",
        total_investment="很多钱",
        start_year="2019",
        end_year="明年",
        owner="建设局",
        content="<b>内容</b>",
        bundle_of="不存在的打捆",
    )
    response = client.post(NEW, data)
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"name", "total_investment", "end_year", "owner", "bundle_of"}
    assert "对应 2 个单位，请写明是哪一个：“区建设局”、“市建设局”。" in form.errors["owner"][0]
    assert "没有找到项目“不存在的打捆”" in form.errors["bundle_of"][0]
    sent = fields(response)
    assert (sent["total_investment"], sent["end_year"], sent["content"]) == ("很多钱", "明年", "<b>内容</b>")
    assert "<b>内容</b>" not in text(response)
    assert not Project.objects.exists()


def test_an_unknown_unit_is_answered_with_the_nearest() -> None:
    make_unit("二七区发展改革委员会")
    client = office()
    response = client.post(NEW, fill(client, NEW, name="x", owner="发展改革"))
    assert response.context["form"].errors["owner"] == ["没有找到单位“发展改革”。相近的有：二七区发展改革委员会。"]


@pytest.mark.parametrize("typed", ["二七区城市建设投资公司", "二七 城投", "Ｅ城投", "区城投"])
def test_a_unit_is_found_however_its_marks_and_width_are_typed(typed: str) -> None:
    unit = make_unit("二七区城市建设投资公司", short_name="二七城投", aliases=["E城投", "区城投"])
    client = office()
    client.post(NEW, fill(client, NEW, name="x", owner=typed))
    assert Project.objects.get().owner == unit


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"start_year": "2019", "end_year": "2018"}, "建设终止年不能早于起始年。"),
        ({"quantity": "5"}, "数量和计量单位须同时填写。"),
        ({"total_investment": "-5"}, "金额不能为负数。"),
        ({"bundle_count": "0"}, "应在 1 到 10000 之间。"),
        ({"name": "长" * 81}, "80"),
        ({"category": "999999"}, "选择一个有效的选项"),
        ({"grade": "galaxy"}, "选择一个有效的选项"),
        ({"name": "空\x00字"}, "项目名称"),
    ],
)
def test_each_refusal_is_a_sentence_on_the_page(values: dict[str, str], sentence: str) -> None:
    client = office()
    response = client.post(NEW, {**fill(client, NEW, name="项目"), **values})
    assert response.status_code == 422
    assert sentence in text(response)
    assert "没有保存：有内容需要改正" in text(response)
    assert not Project.objects.exists()


def test_a_bundle_cannot_stand_inside_its_own_member() -> None:
    outer = make_project("外", bundle_count=2)
    inner = make_project("内", bundle_of=outer)
    client = office()
    response = client.post(edit_page(outer), fill(client, edit_page(outer), bundle_of=inner.code))
    assert "打捆关系不能成环" in text(response)
    response = client.post(edit_page(outer), fill(client, edit_page(outer), bundle_of=outer.code))
    assert "打捆关系不能成环" in text(response)


# Names that are already there


@pytest.mark.parametrize("typed", ["保利豫见里", "保利 • 豫见里", "豫见里花园", "保利·豫见里"])
def test_a_name_already_there_must_be_confirmed(typed: str) -> None:
    twin = make_project("保利·豫见里", aliases=["豫见里花园"])
    client = office()
    response = client.post(NEW, fill(client, NEW, name=typed))
    assert response.status_code == 422
    page = text(response)
    assert f'href="{twin.get_absolute_url()}"' in page
    assert "已有名称或别名相同的项目" in page
    again = fields(response)
    assert client.post(NEW, again).status_code == 422
    assert client.post(NEW, {**again, "confirmed": "on"}).status_code == 302
    assert Project.objects.count() == 2


def test_an_alias_that_is_another_projects_name_must_be_confirmed() -> None:
    make_project("保利·豫见里")
    client = office()
    assert client.post(NEW, fill(client, NEW, name="甲", aliases="保利豫见里")).status_code == 422


def test_a_longer_name_is_no_namesake() -> None:
    make_project("保利·豫见里")
    client = office()
    assert client.post(NEW, fill(client, NEW, name="保利·豫见里二期")).status_code == 302


def test_two_projects_that_share_a_name_are_not_asked_about_at_every_edit() -> None:
    project, _ = make_project("同名"), make_project("同名")
    client = office()
    assert client.post(edit_page(project), fill(client, edit_page(project), note="改")).status_code == 302
    make_project("第三")
    assert client.post(edit_page(project), fill(client, edit_page(project), name="第三")).status_code == 422


# Into a ledger at once


def test_a_new_project_enters_the_ledger_in_the_same_step() -> None:
    ledger = make_ledger()
    client = office()
    address = f"{NEW}?ledger={ledger.code}"
    data = fill(client, address, name="新项目", nature="new", annual_plan="5亿", annual_goal="完成主体", listed_on="2018.6.1")
    assert client.post(address, data).status_code == 302
    entry = LedgerEntry.objects.get()
    assert entry.project.code == "EQ-2018-001"
    assert (entry.ledger, entry.seq, entry.nature, entry.annual_plan) == (ledger, 1, "new", Decimal(50000))
    assert (entry.annual_goal, str(entry.listed_on)) == ("完成主体", "2018-06-01")


def test_neither_project_nor_entry_is_written_when_one_is_refused() -> None:
    ledger = make_ledger()
    with pytest.raises(InvalidInput):
        service.add_listed_project(ledger=ledger, entry={"annual_plan": Decimal(-1)}, name="甲", by=None)
    assert not Project.objects.exists()
    set_lock(ledger=ledger, lock=True, version=None, by=None)
    with pytest.raises(ServiceError, match="已锁定"):
        service.add_listed_project(ledger=ledger, entry={}, name="甲", by=None)
    assert not Project.objects.exists()


def test_a_locked_ledger_says_so_before_anybody_types() -> None:
    ledger = make_ledger()
    set_lock(ledger=ledger, lock=True, version=None, by=None)
    page = text(office().get(f"{NEW}?ledger={ledger.code}"))
    assert "已锁定，不能修改" in page
    assert '<button type="submit" class="btn btn-primary">' not in page


# The services by themselves


def test_services_ask_for_the_permission_version_and_state() -> None:
    project, viewer = make_project(), make_user("viewer")
    for call in (
        lambda: service.add_project(name="x", by=viewer),
        lambda: service.add_listed_project(ledger=make_ledger(), entry={}, name="x", by=viewer),
        lambda: service.change_project(project=project, version=1, by=viewer, note="x"),
    ):
        with pytest.raises(NotAllowed):
            call()
    service.change_project(project=project, version=1, by=None, note="x")
    with pytest.raises(StaleRecord):
        service.change_project(project=project, version=1, by=None, note="y")


def test_a_change_of_aliases_alone_makes_other_forms_stale() -> None:
    project = make_project()
    service.change_project(project=project, version=1, by=None, aliases=["别名"])
    with pytest.raises(StaleRecord):
        service.change_project(project=project, version=1, by=None, aliases=[])


# Where the form leads


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/ledgers/2018/?page=2", "/ledgers/2018/?page=2"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
        ("/\\evil.example", None),
    ],
)
def test_the_way_back_stays_on_our_pages(asked: str, led: str | None) -> None:
    project, client = make_project(), office()
    address = edit_page(project) + "?" + "next=" + asked.replace("?", "%3F").replace("\\", "%5C")
    page = client.get(address)
    assert "evil.example" not in text(page)
    assert "javascript:" not in text(page)
    assert client.post(address, fields(page)).url == (led or project.get_absolute_url())
