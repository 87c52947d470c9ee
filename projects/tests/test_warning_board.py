"""The warnings board: four columns, folded groups, cards that explain themselves, counts by group."""

import re
from datetime import date, timedelta

import pytest

from erqi.common import clock
from projects.choices import Dimension, ResponsibilityKind, WarningLevel
from projects.models import LedgerEntry
from projects.services.entry import delist
from projects.tests.builders import (
    make_area,
    make_category,
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.warning_builders import (
    enter_coloured,
    finish,
    make_date_request,
    make_plan,
    make_report,
    set_level,
    warn_ledger,
)
from projects.tests.warning_pages import card, columns, folded, links, matrix, page, words

DAY = date(2018, 9, 28)
ALL = [WarningLevel(number) for number in (6, 1, 4, 5, 2, 0, 3)]


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user("viewer"))
    return client


@pytest.fixture
def ledger(db):
    ledger = make_ledger()
    warn_ledger(ledger)
    return ledger


@pytest.fixture
def of_all_colours(ledger):
    return {level: enter_coloured(ledger, level, level.label, on=DAY) for level in ALL}


# What stands where.


def test_the_four_colours_are_columns_and_the_other_states_are_folded(viewer, of_all_colours):
    html = page(viewer)
    assert columns(html) == {"red": ["告警"], "yellow": ["预警"], "blue": ["提醒"], "green": ["正常"]}
    assert folded(html) == {"unrated": ["未评价"], "paused": ["暂停"], "done": ["已销号"]}
    assert "截至 2018年9月28日 ，共 7 个项目，告警 1 ，预警 1 ，提醒 1 ，正常 1 ，未评价 1 ，暂停 1 ，已销号 1" in words(html)
    assert "经批准自2018年9月18日起暂停，至2018年10月18日到期" in html
    assert "2018年9月28日已销号" in html


def test_colour_is_never_alone(viewer, of_all_colours):
    html = page(viewer)
    heads = [words(head) for head in re.findall(r'<h2 class="wcol-head".*?</h2>', html, re.DOTALL)]
    assert heads == ["◆ 告警 1 个", "▲ 预警 1 个", "■ 提醒 1 个", "● 正常 1 个"]


def test_the_longest_in_a_colour_comes_first(viewer, ledger):
    for name, late in (("短", 35), ("长", 80), ("中", 50)):
        with clock.at(date(2018, 3, 1)):
            make_milestone(make_entry(ledger, make_project(name)).project, "other", due_on=DAY - timedelta(days=late))
    assert columns(page(viewer))["red"] == ["长", "中", "短"]


def test_an_earlier_day_shows_what_was_known_then(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY)
    finish(entry.project.milestones.get(), DAY)
    before = page(viewer, "?as_of=2018-09-01")
    assert columns(before)["yellow"] == ["甲"]
    assert "已逾期 13 天" in card(before, "甲")
    assert "这是过去某日的状态" in before
    # The completion of the 28th is not known on the 27th, nor is the lifting that it opened.
    assert "已逾期 39 天" in card(page(viewer, "?as_of=2018-09-27"), "甲")
    assert "摘牌待核验" not in card(page(viewer, "?as_of=2018-09-27"), "甲")


def test_what_had_left_the_ledger_is_not_on_the_board(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "走了", on=DAY)
    delist(entry=entry, on=date(2018, 9, 20), reason="合并", version=None, by=None)
    assert columns(page(viewer)) == {}
    assert columns(page(viewer, "?as_of=2018-09-19"))["red"] == ["走了"]


def test_without_ledger_without_warnings_and_before_them_a_sentence_says_so(viewer):
    assert "还没有区级重点项目台账" in page(viewer)
    ledger = make_ledger()
    make_entry(ledger)
    assert "二七区2018年重点项目台账没有启用四色预警" in page(viewer)
    warn_ledger(ledger)
    assert "自2018年3月1日起启用四色预警，所示日期尚无颜色" in page(viewer, "?as_of=2018-02-01")


def test_another_year_is_shown_by_its_own_day_and_an_unknown_one_is_said(viewer, ledger):
    earlier = make_ledger("2017", 2017)
    warn_ledger(earlier, date(2017, 6, 1))
    make_entry(earlier, make_project("去年"))
    html = page(viewer, "?year=2017")
    assert "截至 2017年12月31日" in words(html)
    assert folded(html) == {"unrated": ["去年"]}
    assert 'name="year" value="2017"' in html
    assert "没有“2031”年度的区级重点项目台账，现按2018年显示" in page(viewer, "?year=2031")


# The card.


def test_a_card_says_who_answers_what_was_reported_and_what_comes_next(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        project = make_entry(ledger, make_project("甲")).project
    unit = make_unit("承办局")
    make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
    make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE, person=make_person("张三"), duty="staff")
    make_responsibility(project, kind=ResponsibilityKind.PATRON, person=make_person("李四"))
    make_plan(project, amounts=[0] * 7 + [800, 900, 1000, 1100, 1200])
    make_report(project, 8, 500, on=date(2018, 8, 20), self_level=WarningLevel.GREEN)
    text = words(card(page(viewer), "甲"))
    assert "▲ 预警 第 3 天 自 2018-09-26 1—9月累计完成投资 500万元，计划 900万元，为计划的 55.6%" not in text
    assert "◆ 告警 第 3 天 自 2018-09-26 1—9月累计完成投资 500万元，计划 900万元，为计划的 55.6%。" in text
    assert "承办局（承办） 具体责任人 张三，分包领导 李四" in text
    assert "8月月报，2018-08-20 报送 自评 ● 正常" in text
    assert "建议 督察通知单（督办）、警示通报、约谈主要负责人" in text


def test_a_report_of_a_later_day_is_not_known_earlier(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY)
    make_report(entry.project, 8, 500, on=date(2018, 9, 27))
    assert "8月月报，2018-09-27" in card(page(viewer), "甲")
    assert "本年度尚无计入的月报" in card(page(viewer, "?as_of=2018-09-26"), "甲")


def test_a_self_assessment_that_agrees_is_not_repeated(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY)
    make_report(entry.project, 8, 500, on=date(2018, 9, 20), self_level=WarningLevel.RED)
    assert "自评" not in card(page(viewer), "甲")


def test_a_lifting_stands_on_the_card_and_the_colour_stays(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY)
    finish(entry.project.milestones.get(), date(2018, 9, 20))
    text = words(card(page(viewer), "甲"))
    assert "数据已好转，待督察员核验、督察办确认后摘牌" in text
    assert "摘牌待核验（2018-09-20 提出）" in text


def test_the_rule_and_the_figures_open_below_the_card(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.YELLOW, "甲", on=DAY)
    with clock.at(date(2018, 3, 2)):
        milestone = make_milestone(entry.project, "land", name="供地", due_on=date(2018, 9, 26))
    make_date_request(milestone, date(2018, 12, 1), on=date(2018, 9, 27))
    details = words(re.search(r"<details.*?</details>", card(page(viewer), "甲"), re.DOTALL)[0])
    assert "▲ 预警 “主体施工”时限2018年9月13日，已逾期 15 天 节点工期：逾期 8 天（含）至逾期 31 天（不含）为预警" in details
    assert "“供地”时限2018年9月26日，已逾期 1 天" in details
    assert "已申请变更时限，待审批，计时暂停" in details
    assert "如无新进展，10月14日转为告警" in details
    assert "解除：登记“主体施工”完成并附佐证，或经批准变更时限" in details
    assert "（2018年3月1日起执行）" in details


def test_a_level_set_by_hand_says_so(viewer, ledger):
    entry = make_entry(ledger, make_project("甲"))
    set_level(entry.project, WarningLevel.YELLOW, date(2018, 9, 20), date(2018, 10, 10))
    assert "由督察办人工定级，至2018年10月10日止。" in card(page(viewer), "甲")


def test_what_is_simulated_is_marked_and_names_are_escaped(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "<b>甲</b>", on=DAY)
    assert "&lt;b&gt;甲&lt;/b&gt;" in page(viewer)
    assert "模拟" not in re.search(r"<article.*?</article>", page(viewer), re.DOTALL)[0]
    make_report(entry.project, 8, 100, on=DAY, simulated=True)
    assert '<span class="sim">模拟</span>' in re.search(r"<article.*?</article>", page(viewer), re.DOTALL)[0]


# Filters and counts.


@pytest.fixture
def three_units(ledger):
    wholes = make_category("产业", code="industry"), make_area("新城", code="new")
    part = make_category("园区", code="park", parent=wholes[0])
    first, second = make_unit("甲局"), make_unit("乙局")
    for level, unit, category, area in (
        (WarningLevel.RED, first, part, wholes[1]),
        (WarningLevel.RED, second, wholes[0], None),
        (WarningLevel.GREEN, second, None, wholes[1]),
        (WarningLevel.PAUSED, None, part, None),
    ):
        name = f"{unit}{level.label}"
        entry = enter_coloured(ledger, level, name, on=DAY, category=category, area=area)
        if unit:
            make_responsibility(entry.project, unit)
    return first, second


def test_the_counts_by_unit_category_and_area_add_up_and_lead_to_what_they_count(viewer, three_units):
    html = page(viewer)
    assert matrix(html) == {
        "乙局": [1, 0, 0, 1, 0, 0, 0, 2],
        "甲局": [1, 0, 0, 0, 0, 0, 0, 1],
        "未明确": [0, 0, 0, 0, 0, 1, 0, 1],
        "合计": [2, 0, 0, 1, 0, 1, 0, 4],
    }
    by_category = page(viewer, "?group=category")
    # A part is counted with its whole, and the link to the whole shows both.
    assert matrix(by_category)["产业"] == [2, 0, 0, 0, 0, 1, 0, 3]
    assert matrix(by_category)["未分类"] == [0, 0, 0, 1, 0, 0, 0, 1]
    assert matrix(page(viewer, "?group=area"))["未定片区"] == [1, 0, 0, 0, 0, 1, 0, 2]
    for query in ("", "?group=category", "?group=area", "?group=category&category=park"):
        html = page(viewer, query)
        for label, numbers in matrix(html).items():
            if label != "合计":
                shown = [sum(matrix(page(viewer, link))["合计"][:-1]) for link in links(html, label)]
                assert shown == [numbers[-1], *(number for number in numbers if number)], (query, label)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?colour=red", {"red": ["甲局告警", "乙局告警"]}),
        ("?colour=red&colour=green", {"red": ["甲局告警", "乙局告警"], "green": ["乙局正常"]}),
        ("?category=park", {"red": ["甲局告警"]}),
        ("?category=none", {"green": ["乙局正常"]}),
        ("?area=none", {"red": ["乙局告警"]}),
        ("?unit=none", {}),
        ("?q=乙局", {"red": ["乙局告警"], "green": ["乙局正常"]}),
        ("?cause=D1", {"red": ["甲局告警", "乙局告警"]}),
        ("?cause=D2", {}),
    ],
)
def test_the_filters_narrow_the_board_down(viewer, three_units, query, expected):
    found = columns(page(viewer, query))
    assert {code: sorted(names) for code, names in found.items() if names} == {code: sorted(names) for code, names in expected.items()}


def test_the_filter_by_unit_finds_what_it_answers_for(viewer, three_units):
    first, _ = three_units
    assert columns(page(viewer, f"?unit={first.pk}"))["red"] == ["甲局告警"]


def test_the_cause_is_what_came_first_and_what_no_threshold_gives_is_held(viewer, ledger):
    entry = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY)
    with clock.at(date(2018, 3, 2)):
        start = make_milestone(entry.project, "start", due_on=date(2018, 1, 31))
    set_level(make_entry(ledger, make_project("乙")).project, WarningLevel.RED, date(2018, 9, 1), date(2018, 9, 29))
    assert columns(page(viewer, f"?cause={Dimension.START}"))["red"] == ["甲"]
    assert columns(page(viewer, f"?cause={Dimension.MILESTONE}")) == {}
    assert columns(page(viewer, "?cause=held"))["red"] == ["乙"]
    # The sentence begins with the same thing.
    assert f"“{start.name}”计划2018年1月" in re.search(r'wcard-why">(.*?)<', card(page(viewer), "甲"))[1]


def test_filters_show_as_chips_and_an_empty_board_says_what_to_do(viewer, of_all_colours):
    html = page(viewer, "?q=没有这个项目")
    assert "没有符合条件的项目" in html
    assert "清除筛选" in html
    assert "没有这一选项" in page(viewer, "?colour=purple&cause=D9")


# The list.


def test_the_list_has_the_same_rows_words_and_filters(viewer, of_all_colours):
    html = page(viewer, "?view=table")
    names = re.findall(r'<td class="name[^"]*"[^>]*><a[^>]*>([^<]*)</a>', html)
    assert names == ["告警", "预警", "提醒", "正常", "未评价", "暂停", "已销号"]
    assert "“主体施工”时限2018年8月19日，已逾期 40 天" in html
    narrowed = page(viewer, "?view=table&colour=paused&colour=red&sort=days")
    assert re.findall(r'<td class="name[^"]*"[^>]*><a[^>]*>([^<]*)</a>', narrowed) == ["告警", "暂停"]
    assert 'name="view" value="table"' in html


def test_the_list_exports_words_and_numbers(of_all_colours, ledger):
    from projects.stats.warning import Versions
    from projects.tables.warning import WarningTable

    rows = LedgerEntry.objects.for_warnings(ledger, DAY).worst_first(DAY)
    table = WarningTable(rows, day=DAY, year=2018, versions=Versions(), columns=["level", "days", "why", "step", "coming"])
    table.load(table.fetch(table.rows_ordered))
    assert table.values()[0][2:] == [
        "告警",
        10,
        "“主体施工”时限2018年8月19日，已逾期 40 天",
        "督察通知单（督办）、警示通报、约谈主要负责人",
        None,
    ]
    assert table.values()[1][-1] == "如无新进展，10月14日转为告警"


# Large type, parts, cost.


def test_the_screen_for_a_meeting_room_has_columns_and_no_filters(viewer, of_all_colours):
    html = page(viewer, "?screen=1")
    assert "is-screen" in html
    assert columns(html)["red"] == ["告警"]
    assert "filter-form" not in html.replace('form="filter-form"', "")
    assert "退出大屏" in html


def test_htmx_gets_the_results_alone(viewer, of_all_colours):
    html = page(viewer, "?colour=red", **{"HX-Request": "true", "HX-Target": "results"})
    assert html.startswith('<div id="results">')
    assert columns(html) == {"red": ["告警"]}
    assert 'id="count-colour"' in html


def test_green_is_folded_beyond_thirty_and_a_column_leads_to_the_list_beyond_its_most(viewer, ledger, monkeypatch):
    from projects.views import warning

    with clock.at(date(2018, 3, 1)):
        for number in range(32):
            make_milestone(make_entry(ledger, make_project(f"绿{number}")).project, "other", due_on=date(2018, 12, 1))
        for number in range(3):
            make_milestone(make_entry(ledger, make_project(f"红{number}")).project, "other", due_on=date(2018, 6, number + 1))
    assert "其余 2 个" in page(viewer)
    monkeypatch.setattr(warning, "MOST_CARDS", 2)
    monkeypatch.setattr(warning, "FIRST_CARDS", 2)
    html = page(viewer)
    assert columns(html)["red"] == ["红0", "红1"]
    assert "另有 1 个" in html
    more = re.search(r'另有 1 个，<a href="([^"]*)"', html)[1]
    assert more == "?view=table&amp;colour=red"
    assert matrix(html)["合计"][0] == 3


def grown(ledger, number: int) -> None:
    """Enter a project of each colour with all that its card reads."""
    for level in ALL:
        entry = enter_coloured(ledger, level, f"{level.label}{number}", on=DAY)
        make_responsibility(entry.project, make_unit())
        make_responsibility(entry.project, kind=ResponsibilityKind.PATRON, person=make_person())
        make_report(entry.project, 8, 100, on=date(2018, 9, 1))


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 22),
        ("?group=category", 22),
        ("?colour=red&colour=yellow&cause=D1&q=i", 21),
        ("?view=table", 21),
        ("?view=table&sort=answering", 21),
        ("?as_of=2018-09-20", 22),
    ],
)
def test_queries_do_not_grow_with_the_projects(viewer, ledger, django_assert_num_queries, query, queries):
    grown(ledger, 1)
    page(viewer, query)
    with django_assert_num_queries(queries):
        page(viewer, query)
    grown(ledger, 2)
    grown(ledger, 3)
    with django_assert_num_queries(queries):
        page(viewer, query)
