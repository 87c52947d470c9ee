"""The marks of the wall chart: where they stand, what they say, which colour they have."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from projects.choices import ResponsibilityKind, WarningLevel
from projects.services.milestone import move_milestone
from projects.tests.builders import (
    make_category,
    make_citation,
    make_document,
    make_ledger,
    make_milestone,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.ledger_pages import enter
from projects.tests.wall_pages import at, heads, marks, page, row, spoken, words
from projects.tests.warning_builders import (
    enter_coloured,
    make_date_request,
    make_hold,
    set_level,
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


# Rows and marks.


def test_a_row_names_the_project_its_unit_its_next_milestone_and_its_sheet(viewer, ledger):
    project = enter(ledger, "绿地双塔", bundle_count=2, highlight=True).project
    make_responsibility(project, make_unit("区新城办"), ResponsibilityKind.STATED)
    make_milestone(project, name="开工建设", due_on=date(2018, 9, 1))
    line = row(page(viewer), "绿地双塔")
    assert "绿地双塔 打捆 2 出彩 一图 区新城办（表态） 开工建设 2018-09-01 已过 27 天" in words(line.split('<td class="wall-cell">')[0])
    assert f'data-href="/projects/{project.code}/"' in line
    assert f'href="/wall/2018/{project.code}/"' in line


def test_a_mark_says_name_state_baseline_plan_slip_completion_and_cause(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        project = enter(ledger, "甲").project
        start = make_milestone(project, name="主体施工", due_on=date(2018, 6, 30))
    with clock.at(date(2018, 6, 20)):
        move_milestone(milestone=start, to=date(2018, 7, 31), cause="land", reason="土地未供", version=None, by=None)
    mark = marks(row(page(viewer), "甲"))["开工：主体施工"]
    assert mark["says"] == [
        "逾期 59 天，未见完成记录",
        "基准时限 2018-06-30",
        "现行计划 2018-07-31，推迟 31 天",
        "完成日期 —",
        "变更病因 土地",
    ]
    assert mark["at"] == at(212)
    assert mark["drawn"] == ["wk-start", "wc-late"]
    assert mark["href"] == f"/projects/{project.code}/#milestone-{start.pk}"
    line = row(page(viewer), "甲")
    assert "+31天" in line
    assert 'class="wl"' in line
    assert spoken(line) == "甲：节点 1 个：逾期 1"


def test_what_is_done_stands_where_it_was_done_with_a_tick(viewer, ledger):
    project = enter(ledger, "甲").project
    make_milestone(project, "start", name="开工", due_on=date(2018, 3, 31), done_on=date(2018, 4, 10))
    line = row(page(viewer), "甲")
    mark = marks(line)["开工"]
    assert mark["says"][0] == "已完成，晚 10 天"
    assert mark["at"] == at(100)
    assert mark["drawn"] == ["wk-start", "wc-done"]
    assert spoken(line) == "甲：节点 1 个：已完成 1；在建：4月10日起"


def test_every_kind_of_milestone_has_a_shape_of_its_own(viewer, ledger):
    from projects.choices import MilestoneKind
    from projects.tables.wall_marks import SHAPES

    assert set(SHAPES) == set(MilestoneKind)
    assert len({outline for _, outline in SHAPES.values()}) == len(SHAPES)
    assert len({character for character, _ in SHAPES.values()}) == len(SHAPES)
    project = enter(ledger, "甲").project
    for kind in MilestoneKind:
        make_milestone(project, kind, name=f"{kind.label}节点", due_on=date(2018, 11, 30))
    html = page(viewer)
    drawn = {mark["drawn"][0] for mark in marks(row(html, "甲")).values()}
    assert drawn == {f"wk-{kind}" for kind in MilestoneKind}
    legend = html.split('<div class="wall-legend"', 1)[1].split("</ul>", 1)[0]
    assert [kind.label for kind in MilestoneKind] == words(legend.partition(">")[2]).split()


def test_marks_of_one_day_do_not_cover_each_other(viewer, ledger):
    project = enter(ledger, "甲").project
    for kind in ("start", "land", "planning"):
        make_milestone(project, kind, due_on=date(2018, 12, 31), name=kind)
    line = row(page(viewer), "甲")
    assert [f' y="{y}"' in line for y in (20, 42, 64)] == [True] * 3


def test_milestones_without_a_date_stand_beside_the_chart(viewer, ledger):
    project = enter(ledger, "甲").project
    make_milestone(project, "contract", name="签约落地", due_phrase="尽快")
    html = page(viewer)
    line = row(html, "甲")
    mark = marks(line)["签约落地"]
    assert mark["at"] == ""
    assert mark["says"][0] == "日期未定，尚未完成"
    assert mark["says"][2] == "现行计划 “尽快”"
    assert "日期未定</th>" in html
    assert "“尽快”" in words(line)
    make_milestone(project, "start", name="开工", due_on=date(2018, 11, 30))
    assert "日期未定</th>" not in page(viewer, "?q=没有") + page(viewer, "?node=land")


def test_documented_and_simulated_milestones_are_told_apart(viewer, ledger):
    project = enter(ledger, "甲").project
    cited = make_milestone(project, "start", name="开工", due_on=date(2018, 11, 30))
    make_citation(cited, "", make_document("D2"), 14, "11月底前开工")
    make_milestone(project, "land", name="供地", due_on=date(2018, 10, 31), simulated=True)
    found = marks(row(page(viewer), "甲"))
    assert "wm-doc" in found["开工（文件载）"]["drawn"]
    assert "is-sim" not in found["开工（文件载）"]["css"]
    assert "is-sim" in found["供地（模拟）"]["css"]
    assert "wm-doc" not in found["供地（模拟）"]["drawn"]


def test_dates_of_other_years_stand_at_the_edge_with_an_arrow(viewer, ledger):
    project = enter(ledger, "甲").project
    make_milestone(project, "start", name="早", due_on=date(2017, 11, 30))
    make_milestone(project, "land", name="晚", due_on=date(2019, 3, 31))
    found = marks(row(page(viewer), "甲"))
    assert (found["开工：早"]["at"], found["供地：晚"]["at"]) == ("0", "100")
    assert "wm-before" in found["开工：早"]["drawn"]
    assert "wm-after" in found["供地：晚"]["drawn"]


def test_a_pause_is_hatched_over_its_days_and_spoken(viewer, warned):
    project = enter(warned, "甲").project
    make_hold(project, date(2018, 9, 1), date(2018, 10, 31))
    line = row(page(viewer), "甲")
    assert 'fill="url(#wm-hatch)"' in line
    assert "暂停：9月1日至10月31日，冬防期、重污染天气管控停工" in spoken(line)
    assert "暂停" not in spoken(row(page(viewer, "?as_of=2018-08-31"), "甲"))
    # Asked for, and refused: neither pauses anything. What was resumed early is hatched to the day before.
    for state in ("pending", "rejected"):
        make_hold(enter(warned, state).project, date(2018, 9, 1), date(2018, 10, 31), state=state)
        assert "wm-hatch" not in row(page(viewer), state)
    make_hold(enter(warned, "丙").project, date(2018, 9, 1), date(2018, 10, 31), ended_on=date(2018, 9, 21))
    assert "暂停：9月1日至9月20日" in spoken(row(page(viewer), "丙"))
    assert "暂停：9月1日至10月31日" in spoken(row(page(viewer, "?as_of=2018-09-20"), "丙"))


def test_a_request_that_waits_is_said_and_stops_the_colour(viewer, warned):
    with clock.at(date(2018, 3, 1)):
        milestone = make_milestone(enter(warned, "甲").project, "other", name="封顶", due_on=date(2018, 9, 1))
    make_date_request(milestone, date(2018, 12, 1), on=date(2018, 9, 3))
    mark = marks(row(page(viewer), "甲"))["封顶"]
    assert mark["says"][-1] == "申请改为 2018-12-01，待审批，计时停止"
    # Two days late when the clock stopped.
    assert "lv-blue" in mark["css"]
    assert "申请" not in str(marks(row(page(viewer, "?as_of=2018-09-02"), "甲"))["封顶"]["says"])


def test_cells_escape_what_people_typed(viewer, ledger):
    evil = "<script>alert(1)</script>\"'&"
    project = enter(ledger, evil, category=make_category("<b>类")).project
    make_milestone(project, name="<em>节点\"'", due_on=date(2018, 10, 1), due_phrase="<q>尽快")
    make_milestone(project, "land", name="<u>地", due_phrase="<i>早日")
    make_responsibility(project, make_unit("<a>责任"))
    for query in ("", "?group=category"):
        body = page(viewer, query).split("<main", 1)[1]
        for tag in ("<script>alert", "<em>", "<q>", "<u>", "<i>", "<b>类", "<a>责"):
            assert tag not in body, tag
    assert evil in spoken(row(page(viewer), "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;"))


# Colours.


def test_marks_have_the_colour_that_the_rules_give_them_and_never_colour_alone(viewer, warned):
    for level in (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE, WarningLevel.GREEN):
        enter_coloured(warned, level, level.label, on=DAY)
    html = page(viewer)
    for level, corner in ((WarningLevel.RED, "wc-red"), (WarningLevel.YELLOW, "wc-yellow"), (WarningLevel.BLUE, "wc-blue")):
        (mark,) = marks(row(html, level.label)).values()
        assert f"lv-{level.code}" in mark["css"]
        assert corner in mark["drawn"]
        assert f"（{level.label}）" in mark["says"][0]
    (mark,) = marks(row(html, "正常")).values()
    assert mark["css"] == "is-open"
    assert mark["drawn"] == ["wk-other"]


def test_under_a_pause_and_after_closing_no_mark_is_coloured(viewer, warned):
    for level in (WarningLevel.PAUSED, WarningLevel.DONE):
        with clock.at(date(2018, 3, 1)):
            project = enter_coloured(warned, level, level.label, on=DAY).project
            make_milestone(project, "other", name="晚", due_on=date(2018, 7, 1))
        (mark,) = marks(row(page(viewer), level.label)).values()
        assert mark["css"] == "is-late"
        assert mark["drawn"] == ["wk-other", "wc-late"]


def test_a_level_set_by_hand_is_the_projects_and_not_its_milestones(viewer, warned):
    entry = enter_coloured(warned, WarningLevel.GREEN, "甲", on=DAY)
    set_level(entry.project, WarningLevel.RED, date(2018, 9, 1), date(2018, 10, 10))
    line = row(page(viewer), "甲")
    assert "◆ 告警" in words(line)
    assert "lv-red" not in line


def test_a_ledger_without_colours_shows_none(viewer, ledger):
    make_milestone(enter(ledger, "甲").project, name="晚", due_on=date(2018, 3, 1))
    html = page(viewer)
    assert "未评价" not in row(html, "甲") + str(heads(html))
    assert "lv-" not in row(html, "甲")
    assert "◆告警" not in html


def test_before_the_ledger_had_colours_the_wall_has_none(viewer, warned):
    enter_coloured(warned, WarningLevel.RED, "甲", on=DAY)
    assert "lv-" not in row(page(viewer, "?as_of=2018-02-01"), "甲")
