"""The wall chart: the way in, groups, paging, printing, cost."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from projects.choices import Nature, ResponsibilityKind, WarningLevel
from projects.services.milestone import move_milestone
from projects.tests.builders import (
    make_area,
    make_category,
    make_citation,
    make_entry,
    make_ledger,
    make_milestone,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.ledger_pages import enter
from projects.tests.wall_pages import count, groups, heads, names, page, row, words
from projects.tests.warning_builders import (
    enter_coloured,
    finish,
    make_hold,
    warn_ledger,
)

DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY
    clock.forget()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user(Role.VIEWER))
    return client


@pytest.fixture
def ledger(db):
    return make_ledger()


@pytest.fixture
def warned(ledger):
    warn_ledger(ledger)
    return ledger


# The way in.


def test_the_way_in_leads_to_the_business_years_wall_and_keeps_the_query(viewer):
    for year in (2017, 2018, 2022):
        make_ledger(str(year), year)
    assert viewer.get("/wall/?q=zwkj&group=area")["Location"] == "/wall/2018/?q=zwkj&group=area"
    html = page(viewer)
    assert [f'href="/wall/{year}/"' in html for year in (2022, 2018, 2017)] == [True] * 3


def test_without_this_years_ledger_the_latest_is_shown_and_without_any_a_sentence(viewer):
    assert "还没有区级重点项目台账" in viewer.get("/wall/").content.decode()
    make_ledger("2016", 2016)
    make_ledger("2017", 2017)
    assert viewer.get("/wall/")["Location"] == "/wall/2017/"
    assert viewer.get("/wall/2018/").status_code == 404


def test_an_empty_ledger_and_an_empty_filter_say_so(viewer, ledger):
    assert "这本台账在所示日期还没有项目" in page(viewer)
    enter(ledger, "甲")
    html = page(viewer, "?q=没有")
    assert "没有符合条件的项目" in html
    assert "清除筛选" in html


# Groups.


def test_projects_are_grouped_by_who_answers_by_pinyin_and_those_of_nobody_come_last(viewer, ledger):
    units = {name: make_unit(name) for name in ("张庄街道", "安监局")}
    for name, unit in (("甲", "张庄街道"), ("乙", "安监局"), ("丙", ""), ("丁", "张庄街道")):
        project = enter(ledger, name).project
        if unit:
            make_responsibility(project, units[unit])
    html = page(viewer)
    assert groups(html) == {"安监局": ["乙"], "张庄街道": ["甲", "丁"], "责任单位未明确": ["丙"]}
    assert heads(html) == ["安监局 1 个", "张庄街道 2 个", "责任单位未明确 1 个"]


def test_the_answering_unit_is_that_of_the_day(viewer, ledger):
    project = enter(ledger, "甲").project
    make_responsibility(project, make_unit("旧局"), until=date(2018, 6, 30))
    make_responsibility(project, make_unit("新局"), since=date(2018, 7, 1))
    assert groups(page(viewer)) == {"新局": ["甲"]}
    assert groups(page(viewer, "?as_of=2018-06-30")) == {"旧局": ["甲"]}


def test_groups_by_category_follow_the_tree_and_are_called_with_their_whole(viewer, ledger):
    town = make_category("新型城镇化", seq=2)
    roads, homes = make_category("道路", parent=town, seq=2), make_category("安置房", parent=town, seq=1)
    industry = make_category("重大产业", seq=1)
    for name, category in (("甲", roads), ("乙", industry), ("丙", None), ("丁", homes), ("戊", town)):
        enter(ledger, name, category=category)
    found = groups(page(viewer, "?group=category"))
    assert found == {"重大产业": ["乙"], "新型城镇化": ["戊"], "新型城镇化 · 安置房": ["丁"], "新型城镇化 · 道路": ["甲"], "未分类": ["丙"]}
    assert list(found) == ["重大产业", "新型城镇化", "新型城镇化 · 安置房", "新型城镇化 · 道路", "未分类"]


def test_groups_by_area_and_the_link_that_shows_a_group_alone(viewer, ledger):
    area = make_area("二七新区", code="xinqu")
    enter(ledger, "甲", area=area)
    enter(ledger, "乙")
    html = page(viewer, "?group=area")
    assert groups(html) == {"二七新区": ["甲"], "未定片区": ["乙"]}
    assert 'href="?group=area&amp;area=xinqu"' in html
    assert groups(page(viewer, "?area=xinqu&group=area")) == {"二七新区": ["甲"]}
    assert groups(page(viewer, "?blank=area&group=area")) == {"未定片区": ["乙"]}


def test_the_link_of_a_unit_gives_exactly_its_group(viewer, ledger):
    unit, other = make_unit("甲局"), make_unit("乙局")
    make_responsibility(enter(ledger, "牵头").project, unit)
    helped = enter(ledger, "配合").project
    make_responsibility(helped, unit, ResponsibilityKind.COOPERATE)
    make_responsibility(helped, other)
    html = page(viewer)
    assert f'href="?unit={unit.pk}&amp;unit_as=answering"' in html
    assert names(page(viewer, f"?unit={unit.pk}&unit_as=answering")) == ["牵头"]


def test_heads_count_the_colours_of_the_whole_group(viewer, warned):
    unit = make_unit("甲局")
    for level, name in ((WarningLevel.RED, "红"), (WarningLevel.GREEN, "绿"), (WarningLevel.RED, "红二")):
        make_responsibility(enter_coloured(warned, level, name, on=DAY).project, unit)
    assert heads(page(viewer)) == ["甲局 3 个 ◆ 告警 2 ● 正常 1"]
    assert "告警</a> <strong>2</strong>" in page(viewer)
    assert names(page(viewer, "?colour=red")) == ["红", "红二"]


def test_a_group_goes_on_on_the_next_page(viewer, ledger):
    unit = make_unit("甲局")
    for number in range(22):
        make_responsibility(enter(ledger, f"路{number}").project, unit)
    first, second = page(viewer, "?per_page=20"), page(viewer, "?per_page=20&page=2")
    assert heads(first) == ["甲局 22 个"]
    assert heads(second) == ["甲局 （续） 22 个"]
    assert [*names(first), *names(second)] == [f"路{number}" for number in range(22)]
    assert count(first) == count(second) == 22


def test_what_does_not_fit_on_one_wall_is_turned_in_smaller_pages_unless_somebody_asks(viewer, ledger, monkeypatch):
    monkeypatch.setattr("projects.views.wall.PER_PAGE", 20)
    monkeypatch.setattr("projects.views.wall.Wall.per_page", 24)
    for number in range(24):
        enter(ledger, f"路{number}")
    assert len(names(page(viewer))) == 24
    enter(ledger, "路24")
    html = page(viewer)
    assert (len(names(html)), count(html)) == (20, 25)
    assert len(names(page(viewer, "?per_page=200"))) == 25
    assert 'href="?group=category&amp;per_page=200"' in page(viewer, "?per_page=200")


def test_within_a_group_the_order_of_the_ledgers_address_counts(viewer, ledger):
    for name, amount in (("小", 1), ("大", 3), ("中", 2)):
        enter(ledger, name, total_investment=amount)
    assert names(page(viewer)) == ["小", "大", "中"]
    html = page(viewer, "?sort=-total_investment")
    assert names(html) == ["大", "中", "小"]
    assert 'href="?sort=-total_investment" aria-current="true">所选列</a>' in html
    assert 'href="?" aria-current="true">台账序号</a>' in page(viewer)
    assert "预警轻重" not in html


def test_the_gravest_come_first_where_that_is_asked(viewer, warned):
    for level in (WarningLevel.GREEN, WarningLevel.RED, WarningLevel.YELLOW):
        enter_coloured(warned, level, level.label, on=DAY)
    html = page(viewer, "?sort=level")
    assert names(html) == ["告警", "预警", "正常"]
    assert 'href="?sort=level" aria-current="true">预警轻重</a>' in html


# Weeks, paper, parts.


def test_weeks_have_a_line_each_and_a_parameter(viewer, ledger):
    enter(ledger, "甲")
    html = page(viewer, "?by=week")
    head = html.split('<svg class="wall-head"', 1)[1].split("</svg>", 1)[0]
    assert head.count('class="wh-week"') == 53
    assert "按周分列" in head
    assert "wh-week" not in page(viewer, "?by=day")


def test_all_rows_are_printed_up_to_a_bound_that_is_said(viewer, ledger, monkeypatch):
    for number in range(5):
        enter(ledger, f"路{number}")
    assert "一次最多打印" not in page(viewer, "?per_page=all")
    monkeypatch.setattr("projects.views.wall.MOST_PRINTED", 3)
    html = page(viewer, "?per_page=all&paper=a1")
    assert names(html) == ["路0", "路1", "路2"]
    assert "一次最多打印 3 个项目，本页为第 1 至 3 个，共 5 个" in html
    assert 'class="print-a1"' in html
    assert names(page(viewer, "?per_page=all&page=2")) == ["路3", "路4"]


def test_the_sheet_of_paper_says_title_day_filter_and_legend(viewer, ledger):
    enter(ledger, "甲", {"nature": Nature.NEW})
    html = page(viewer, "?nature=new&as_of=2018-06-30")
    said = words(html.split('<tr class="wall-paper">', 1)[1].split("</tr>", 1)[0])
    assert "二七区2018年重点项目挂图作战" in said
    assert "状态截至 2018年6月30日" in said
    assert "筛选：性质：新开工" in said
    assert "由基准推迟" in said


def test_htmx_gets_the_results_alone_with_a_clean_address(viewer, ledger):
    enter(ledger, "甲")
    response = viewer.get("/wall/2018/?q=甲&group=unit&by=", headers={"HX-Request": "true", "HX-Target": "results"})
    html = response.content.decode()
    assert "<html" not in html
    assert names(html) == ["甲"]
    assert response["HX-Push-Url"] == "/wall/2018/?q=%E7%94%B2"


def test_links_keep_filters_day_and_choices(viewer, ledger):
    enter(ledger, "甲", {"nature": Nature.NEW})
    html = page(viewer, "?nature=new&group=area&by=week&as_of=2018-06-30")
    assert 'href="?nature=new&amp;group=category&amp;by=week&amp;as_of=2018-06-30"' in html
    assert 'href="/ledgers/2018/?nature=new&amp;as_of=2018-06-30"' in html
    assert "/?as_of=2018-06-30" in row(html, "甲")
    assert 'name="group" value="area" form="filter-form"' in html


# Cost.


def grown(ledger, number):
    unit = make_unit()
    with clock.at(date(2018, 3, 1)):
        project = make_entry(ledger, make_project(f"项目{number}号", category=make_category(), area=make_area())).project
        make_responsibility(project, unit)
        one = make_milestone(project, "start", due_on=date(2018, 5, 1))
        make_milestone(project, "topping", name="封顶", due_on=date(2018, 7, 1))
        cited = make_milestone(project, "completion", name="竣工", due_on=date(2018, 12, 1))
        make_citation(cited)
    with clock.at(date(2018, 4, 1)):
        move_milestone(milestone=one, to=date(2018, 6, 1), cause="land", reason="土地", version=None, by=None)
    finish(one, date(2018, 9, 1))
    make_hold(project, date(2018, 9, 10), date(2018, 9, 20))


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 22),
        ("?group=category", 22),
        ("?group=area&by=week", 22),
        ("?as_of=2018-08-20", 23),
        ("?sort=level&colour=yellow&colour=red", 22),
    ],
)
def test_queries_do_not_grow_with_the_projects(viewer, warned, django_assert_num_queries, query, queries):
    grown(warned, 1)
    page(viewer, query)
    with django_assert_num_queries(queries):
        page(viewer, query)
    grown(warned, 2)
    grown(warned, 3)
    with django_assert_num_queries(queries):
        html = page(viewer, query)
    assert len(names(html)) == 3
