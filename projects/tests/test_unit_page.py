"""The pages of units: found by any name, and everything that a unit answers for."""

from datetime import date

import pytest
from django.urls import reverse

from erqi.common import clock
from projects.choices import LedgerLevel, ResponsibilityKind, UnitKind
from projects.tests.builders import (
    make_citation,
    make_claim,
    make_document,
    make_entry,
    make_ledger,
    make_person,
    make_project,
    make_responsibility,
    make_target,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_date(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2018, 9, 28))


@pytest.fixture
def viewer(client):
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def listed(client, **query) -> str:
    response = client.get(reverse("projects:unit_list"), query)
    assert response.status_code == 200
    return response.content.decode()


def page(client, unit) -> str:
    response = client.get(unit.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


class TestList:
    def test_units_stand_by_kind_in_the_order_of_kinds(self, viewer):
        make_unit("马寨镇", UnitKind.TOWN)
        make_unit("万科", UnitKind.COMPANY)
        make_unit("区委", UnitKind.PARTY)
        html = listed(viewer)
        order = [html.index(word) for word in ("区委机构", ">区委<", ">马寨镇<", ">万科<")]
        assert order == sorted(order)

    @pytest.mark.parametrize("text", ["发改委", "fzhggwyh", "发展 改革", "FGW", "qufazhan"])
    def test_a_unit_is_found_by_any_of_its_names(self, viewer, text):
        make_unit("区发展和改革委员会", aliases=["发改委"])
        make_unit("区农工委")
        html = listed(viewer, q=text)
        assert "区发展和改革委员会" in html
        assert "区农工委" not in html

    @pytest.mark.parametrize(
        ("period", "counted"),
        [
            ({}, "1"),
            ({"since": date(2018, 9, 28)}, "1"),
            ({"since": date(2018, 9, 29)}, ""),
            ({"until": date(2018, 9, 27)}, ""),
            ({"until": date(2018, 9, 28)}, "1"),
            ({"until": date(2018, 12, 31)}, "1"),
        ],
    )
    def test_projects_are_counted_as_of_today(self, viewer, period, counted):
        unit = make_unit("区农工委")
        make_responsibility(make_project(), unit, **period)
        assert f'<td data-label="负责项目" class="num">{counted}</td>' in listed(viewer)
        assert ("负责 1 个项目" in page(viewer, unit)) is bool(counted)

    def test_nothing_found(self, viewer):
        make_unit("区农工委")
        assert "没有找到这样的单位" in listed(viewer, q="<b>zzz")

    def test_an_empty_installation_says_so(self, viewer):
        assert "还没有登记单位" in listed(viewer)

    def test_queries_do_not_grow_with_rows(self, viewer, django_assert_num_queries):
        def add():
            unit = make_unit(aliases=["别名"], parent=make_unit())
            make_citation(unit)
            make_responsibility(make_project(), unit)

        add()
        listed(viewer)
        with django_assert_num_queries(6):
            listed(viewer)
        add()
        add()
        with django_assert_num_queries(6):
            listed(viewer)


class TestDetail:
    def test_everything_it_answers_for(self, viewer):
        unit = make_unit("区农工委", aliases=["二七区农工委"])
        child = make_unit("水利站", parent=unit)
        person = make_person("余莉", posts=[{"unit": unit, "title": "党组书记、主任"}])
        led, owned = make_project("侯寨森林公园"), make_project("水系连通", owner=unit)
        row = make_responsibility(led, unit)
        make_entry(make_ledger("2018", 2018), led)
        make_entry(make_ledger("2017", 2017), led)
        own = make_ledger("2018-ngw", 2018, name="农工委自建台账", level=LedgerLevel.AREA, unit=unit)
        document = make_document("D2")
        make_citation(row, "unit", document, 58, "区农工委")
        make_claim(make_target("谋划生态项目", "个", responsible=unit), 13)
        html = page(viewer, unit)
        for shown in ("牵头单位", "侯寨森林公园", "项目业主", "水系连通", "党组书记、主任", "二七区农工委", "13个", own.name):
            assert shown in html
        for record in (child, person, led, owned, own):
            assert f'href="{record.get_absolute_url()}"' in html
        assert html.index(">2018年</a>") < html.index(">2017年</a>")
        assert "#p-58" in html
        assert "负责 2 个项目、1 项目标" in html

    def test_projects_stand_by_kind_and_the_latest_year_first(self, viewer):
        unit, ledgers = make_unit(), {year: make_ledger(str(year), year) for year in (2017, 2018)}
        old, new = make_project("旧项目"), make_project("新项目")
        make_entry(ledgers[2017], old)
        make_entry(ledgers[2018], new)
        for project in (old, new):
            make_responsibility(project, unit, ResponsibilityKind.COOPERATE)
        make_responsibility(make_project("牵头的项目"), unit, ResponsibilityKind.LEAD)
        html = page(viewer, unit)
        order = [html.index(word) for word in ("牵头单位", "牵头的项目", "配合单位", "新项目", "旧项目")]
        assert order == sorted(order)

    def test_an_ended_responsibility_stays_and_is_not_counted(self, viewer):
        unit = make_unit()
        make_responsibility(make_project("移交的项目"), unit, since=date(2018, 1, 1), until=date(2018, 6, 30))
        html = page(viewer, unit)
        assert "移交的项目" in html
        assert "已结束" in html
        assert "负责 1 个项目" not in html

    def test_a_unit_of_which_nothing_is_said(self, viewer):
        html = page(viewer, make_unit("编办"))
        assert "文件没有载明它负责哪个项目或目标" in html
        assert "文件未载其人员" in html

    def test_queries_do_not_grow_with_rows(self, viewer, django_assert_num_queries):
        unit, ledger = make_unit(aliases=["别名"]), make_ledger()

        def add(number):
            project = make_project(owner=unit)
            make_entry(ledger, project)
            make_citation(make_responsibility(project, unit))
            make_person(posts=[{"unit": unit, "title": "主任"}])
            make_unit(parent=unit)
            make_ledger(f"own-{number}", 2000 + number, level=LedgerLevel.AREA, unit=unit)
            make_claim(make_target(responsible=unit), 1)

        add(1)
        page(viewer, unit)
        with django_assert_num_queries(30):
            page(viewer, unit)
        add(2)
        add(3)
        with django_assert_num_queries(30):
            page(viewer, unit)
