"""The ledger as a list: order, columns, pages, parts for htmx, queries."""

import re
from datetime import date

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from projects.choices import MilestoneKind, Nature
from projects.tests.builders import (
    make_area,
    make_category,
    make_citation,
    make_document,
    make_ledger,
    make_milestone,
    make_responsibility,
    make_revision,
    make_unit,
    make_user,
)
from projects.tests.ledger_pages import enter, headings, page, shown

HTMX = {"HX-Request": "true"}
PARTIAL = {**HTMX, "HX-Target": "results"}


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = date(2018, 9, 28)
    clock.forget()


@pytest.fixture
def ledger(db):
    return make_ledger()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user(Role.VIEWER))
    return client


@pytest.fixture
def office(client, db):
    client.force_login(make_user(Role.OFFICE))
    return client


# Order, columns, pages.


def test_unknown_values_come_last_both_ways(viewer, ledger):
    for name, amount in (("小", 1), ("无", None), ("大", 3), ("中", 2)):
        enter(ledger, name, total_investment=amount)
    assert shown(page(viewer, "?sort=total_investment")) == ["小", "中", "大", "无"]
    assert shown(page(viewer, "?sort=-total_investment")) == ["大", "中", "小", "无"]


def test_names_are_sorted_by_pinyin_and_choices_by_their_own_order(viewer, ledger):
    for name, nature in (("中物", Nature.PLANNED), ("安置", Nature.CONTINUED), ("保利", ""), ("康桥", Nature.NEW)):
        enter(ledger, name, {"nature": nature})
    assert shown(page(viewer, "?sort=name")) == ["安置", "保利", "康桥", "中物"]
    assert shown(page(viewer, "?sort=-name")) == ["中物", "康桥", "保利", "安置"]
    assert shown(page(viewer, "?sort=nature")) == ["康桥", "安置", "中物", "保利"]


def test_units_are_sorted_by_pinyin(viewer, ledger):
    for name, unit in (("甲", "中原局"), ("乙", "安监局"), ("丙", None)):
        entry = enter(ledger, name)
        if unit:
            make_responsibility(entry.project, make_unit(unit))
    assert shown(page(viewer, "?sort=answering")) == ["乙", "甲", "丙"]
    assert shown(page(viewer, "?sort=-answering")) == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    "column",
    ["seq", "name", "code", "category", "area", "nature", "grade", "stage", "next_due", "owner", "flags", "listed_on", "delisted_on"],
)
def test_every_sortable_column_sorts_both_ways(viewer, ledger, column):
    enter(ledger, "甲", area=make_area())
    enter(ledger, "乙", category=make_category())
    for sign in ("", "-"):
        assert sorted(shown(page(viewer, f"?sort={sign}{column}"))) == ["乙", "甲"]


def test_paging_neither_skips_nor_repeats_rows_that_are_equal(viewer, ledger):
    for number in range(45):
        enter(ledger, f"路{number}", total_investment=1)
    for sort in ("total_investment", "-total_investment", "nature", "stage"):
        found = [name for number in (1, 2, 3) for name in shown(page(viewer, f"?sort={sort}&per_page=20&page={number}"))]
        assert len(found) == 45
        assert len(set(found)) == 45


def test_a_page_that_is_none_gives_the_first_and_one_too_far_the_last(viewer, ledger):
    for number in range(21):
        enter(ledger, f"路{number}")
    assert shown(page(viewer, "?per_page=20&page=x"))[0] == "路0"
    assert shown(page(viewer, "?per_page=20&page=99")) == ["路20"]
    assert len(shown(page(viewer, "?per_page=all&page=2"))) == 21


def test_columns_are_chosen_and_ordered_by_the_address(viewer, ledger):
    enter(ledger, "甲")
    assert headings(page(viewer, "?cols=answering,code")) == ["序号", "项目名称", "责任单位", "项目编号"]
    assert headings(page(viewer, "?cols=code&cols=answering")) == ["序号", "项目名称", "项目编号", "责任单位"]
    wrong = page(viewer, "?cols=code,password&sort=password")
    assert headings(wrong) == ["序号", "项目名称", "项目编号"]
    assert "没有“password”这一列" in wrong
    assert "不能按“password”排序" in wrong
    default = headings(page(viewer))
    assert default == [
        "序号",
        "项目名称",
        "预警",
        "类别",
        "片区",
        "建设性质",
        "阶段",
        "下一节点",
        "节点时限",
        "责任单位",
        "总投资",
        "年度计划投资",
        "本年累计完成",
        "占序时",
        "年度目标",
    ]
    assert headings(page(viewer, "?cols=nonsense")) == default


def test_the_column_chooser_keeps_filters_and_order(viewer, ledger):
    enter(ledger, "甲", {"nature": Nature.NEW})
    html = page(viewer, "?nature=new&sort=-name&cols=code")
    form = re.search(r"<form[^>]*data-columns.*?</form>", html, re.DOTALL)[0]
    assert '<input type="hidden" name="nature" value="new">' in form
    assert '<input type="hidden" name="sort" value="-name">' in form
    assert 'type="hidden" name="cols"' not in form
    assert re.search(r'name="cols" value="code" checked', form)
    assert not re.search(r'name="cols" value="area" checked', form)


def test_links_carry_the_whole_state_and_leave_out_defaults(viewer, ledger):
    enter(ledger, "甲", {"nature": Nature.NEW})
    html = page(viewer, "?nature=new&nature=early&money=yi&per_page=50&cols=code&q=")
    heads = re.findall(r'<th[^>]*><a href="([^"]*)" id="sort-name"', html)
    assert heads == ["?nature=new&amp;nature=early&amp;cols=code&amp;sort=name&amp;money=yi"]
    removed = re.findall(r'<a href="([^"]*)" aria-label="去掉筛选：性质 新开工"', html)
    assert removed == ["?nature=early&amp;cols=code&amp;money=yi"]


# Parts for htmx.


def test_a_swapped_part_is_the_full_pages_part(viewer, ledger):
    for number in range(3):
        enter(ledger, f"路{number}", {"nature": Nature.NEW})
    query = "?nature=new&sort=-name"
    full, part = page(viewer, query), page(viewer, query, **PARTIAL)
    assert part.lstrip().startswith('<div id="results" data-check-scope>')
    assert "<html" not in part
    table = re.search(r'<div class="table-region".*?</table></div>', part, re.DOTALL)[0]
    assert table in full
    assert '<span id="count-nature" hx-swap-oob="true">' in part
    whole = page(viewer, query, **{**HTMX, "HX-Target": "list"})
    assert whole.lstrip().startswith('<div id="list">')
    assert 'id="filter-form"' in whole
    assert table in whole


def test_a_part_pushes_the_short_address(viewer, ledger):
    for number in range(21):
        enter(ledger, f"路{number}", {"nature": Nature.NEW})
    response = viewer.get("/ledgers/2018/?q=&nature=new&per_page=20&page=2&money=wan", headers=PARTIAL)
    assert response["HX-Push-Url"] == "/ledgers/2018/?nature=new&per_page=20&page=2"
    assert "HX-Request" in response["Vary"]
    assert viewer.get("/ledgers/2018/?q=", headers=PARTIAL)["HX-Push-Url"] == "/ledgers/2018/"
    assert "HX-Push-Url" not in viewer.get("/ledgers/2018/")


# Queries.


def grown(ledger, number):
    """One more row with everything that a cell may need."""
    entry = enter(
        ledger,
        f"路{number}",
        {"nature": Nature.NEW, "annual_plan": 1},
        category=make_category(f"类{number}", parent=make_category(f"大类{number}")),
        area=make_area(f"区{number}"),
        owner=make_unit(f"业主{number}"),
        total_investment=1,
        bundle_count=2,
    )
    milestone = make_milestone(entry.project, MilestoneKind.START, due_phrase="9月底前")
    responsibility = make_responsibility(entry.project, make_unit(f"单位{number}"))
    document = make_document()
    for fact in (entry, entry.project, milestone, responsibility):
        make_citation(fact, "", document)
    return entry


@pytest.mark.parametrize(
    ("query", "headers", "queries"),
    [
        ("", {}, 26),
        ("?sort=answering&cols=owner,category,quantity,flags,stage,next_due,answering", {}, 21),
        ("?nature=new&stage=none&stage=3&q=l", {}, 27),
        ("?per_page=all", {}, 25),
        ("?nature=new", PARTIAL, 17),
    ],
)
def test_queries_do_not_grow_with_the_rows(viewer, ledger, django_assert_num_queries, query, headers, queries):
    make_revision(ledger, project_count=165)
    grown(ledger, 1)
    # The first request notes that the session is alive and fills the cache of content types.
    page(viewer, query)
    with django_assert_num_queries(queries):
        page(viewer, query, **headers)
    grown(ledger, 2)
    grown(ledger, 3)
    with django_assert_num_queries(queries):
        page(viewer, query, **headers)
