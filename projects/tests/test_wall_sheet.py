"""One project on one sheet: time table, road map, task book, as of a day."""

import re
from datetime import date

import pytest

from erqi.common import clock
from projects.choices import LedgerLevel, ResponsibilityKind, WarningLevel
from projects.services.milestone import move_milestone
from projects.tests.builders import (
    make_citation,
    make_document,
    make_entry,
    make_ledger,
    make_milestone,
    make_person,
    make_project,
    make_responsibility,
    make_unit,
    make_user,
)
from projects.tests.wall_pages import words
from projects.tests.warning_builders import enter_coloured, make_hold, warn_ledger

DAY = date(2018, 9, 28)


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY
    clock.forget()


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user("viewer"))
    return client


@pytest.fixture
def ledger(db):
    return make_ledger()


def sheet(client, project, query="", year=2018):
    """Return the sheet's HTML."""
    response = client.get(f"/wall/{year}/{project.code}/{query}")
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def table(html):
    """Return the lines of the 时间表 as texts."""
    body = re.search(r'<table class="sheet-table">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    return [
        [words(cell) for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)] for line in re.findall(r"<tr>.*?</tr>", body[1], re.DOTALL)
    ]


def way(html):
    """Return the stages of the 路线图: name, date, unit."""
    found = re.search(r'<ol class="sheet-route">(.*?)</ol>', html, re.DOTALL)[1]
    return [words(line) for line in re.findall(r"<li.*?</li>", found, re.DOTALL)]


def test_the_time_table_has_a_line_per_milestone_of_the_year(viewer, ledger):
    with clock.at(date(2018, 3, 1)):
        project = make_entry(ledger).project
        start = make_milestone(project, "start", name="主体施工", due_on=date(2018, 6, 30))
        make_milestone(project, "land", name="供地", due_on=date(2018, 3, 31), done_on=date(2018, 4, 2))
        make_milestone(project, "production", name="投产", year=2019, due_on=date(2019, 6, 30))
        make_milestone(project, "contract", name="签约", due_phrase="尽快", simulated=True)
    with clock.at(date(2018, 6, 20)):
        move_milestone(milestone=start, to=date(2018, 7, 31), cause="land", reason="土地", version=None, by=None)
    assert table(sheet(viewer, project)) == [
        ["供地", "供地", "2018-03-31", "2018-03-31", "2018-04-02", "—", "已完成，晚 2 天", "—"],
        ["主体施工", "开工", "2018-06-30", "2018-07-31", "—", "推迟 31 天", "逾期 59 天，未见完成记录", "土地"],
        ["签约 模拟", "签约", "—", "“尽快”", "—", "—", "日期未定，尚未完成", "—"],
    ]
    assert table(sheet(viewer, project, "?as_of=2018-06-19"))[1][3:7] == ["2018-06-30", "—", "—", "未到期，距时限 11 天"]


def test_the_road_map_names_date_and_unit_of_each_stage_as_it_was_then(viewer, ledger):
    project = make_entry(ledger).project
    make_citation(project)
    make_responsibility(project, make_unit("旧局"), until=date(2018, 6, 30))
    make_responsibility(project, make_unit("新局"), ResponsibilityKind.STATED, since=date(2018, 7, 1))
    make_milestone(project, "contract", name="签约", year=2017, due_on=date(2017, 5, 1), done_on=date(2017, 5, 10))
    make_milestone(project, "start", name="开工", due_on=date(2018, 9, 30))
    make_milestone(project, "completion", name="竣工", due_phrase="早日")
    assert way(sheet(viewer, project)) == [
        "谋划 ，已达到 已过，日期文件未载 新局（表态）",
        "签约 ，已达到 2017-05-10 完成 旧局",
        "供地 文件未载 新局（表态）",
        "开工 计划 2018-09-30 新局（表态）",
        "竣工 “早日” 新局（表态）",
        "投产 文件未载 新局（表态）",
    ]


def test_what_nobody_entered_is_not_said_of_documents(viewer, ledger):
    html = sheet(viewer, make_entry(ledger).project)
    assert way(html)[0] == "谋划 未填 责任单位未明确"
    assert "文件未载" not in html
    assert "本年没有登记节点" in html


def test_the_task_book_has_goal_plan_grid_people_and_sources(viewer, ledger):
    project = make_project("绿地双塔", total_investment=793000, content="双塔")
    entry = make_entry(ledger, project, annual_goal="主体封顶", annual_plan=380000, nature="continued")
    make_citation(project, "total_investment", make_document("D2"), 34, "79.3亿元")
    unit = make_unit("区新城办")
    make_responsibility(project, unit)
    make_responsibility(project, unit, person=make_person("张三"), duty="chief")
    make_responsibility(project, kind=ResponsibilityKind.PATRON, person=make_person("李四"))
    said = words(sheet(viewer, project))
    for phrase in (
        "2018年目标 主体封顶",
        "2018年计划投资 38亿元",
        "总投资 79.3亿元",
        "建设内容 双塔",
        "分包领导 李四",
        "督察员 未明确",
        "牵头单位 区新城办 张三 — —",
        "D2 第34段 “79.3亿元”",
        f"第 {entry.seq} 号",
    ):
        assert phrase in said, phrase


def test_the_colour_stands_with_its_sentence_and_is_that_of_the_day(viewer, ledger):
    warn_ledger(ledger)
    project = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY).project
    html = sheet(viewer, project)
    assert "◆ 告警 告警，自2018年9月19日起第 10 天" in words(html)
    assert "wc-red" in html.split('<svg class="wall-road"', 1)[1].split("</svg>", 1)[0]
    assert "◆ 告警" not in words(sheet(viewer, project, "?as_of=2018-02-01"))
    make_hold(project, date(2018, 9, 20), date(2018, 10, 31))
    assert "暂停：2018年9月20日至2018年10月31日" in words(sheet(viewer, project))


def test_only_projects_of_the_years_district_ledger_have_a_sheet(viewer, ledger):
    other = make_ledger("2018-area", 2018, "板块台账", level=LedgerLevel.AREA)
    project = make_entry(other).project
    assert viewer.get(f"/wall/2018/{project.code}/").status_code == 404
    assert "一项目一图" not in viewer.get(f"/projects/{project.code}/").content.decode()
    project = make_entry(ledger).project
    assert viewer.get(f"/wall/2017/{project.code}/").status_code == 404
    assert viewer.get("/wall/2018/nothing/").status_code == 404


def test_the_project_leads_to_its_sheet_of_the_day(viewer, ledger):
    project = make_entry(ledger).project
    make_entry(make_ledger("2017", 2017), project)
    assert f'href="/wall/2018/{project.code}/"' in viewer.get(f"/projects/{project.code}/").content.decode()
    past = viewer.get(f"/projects/{project.code}/?as_of=2017-06-30").content.decode()
    assert f'href="/wall/2017/{project.code}/?as_of=2017-06-30"' in past


def test_queries_do_not_grow_with_what_is_known_of_the_project(viewer, ledger, django_assert_num_queries):
    warn_ledger(ledger)
    project = enter_coloured(ledger, WarningLevel.RED, "甲", on=DAY).project

    def known(number):
        make_responsibility(project, make_unit(), ResponsibilityKind.COOPERATE, person=make_person(), duty="staff")
        make_citation(make_milestone(project, "other", name=f"节点{number}", due_on=date(2018, 10, number)))

    known(1)
    sheet(viewer, project)
    with django_assert_num_queries(21):
        sheet(viewer, project)
    known(2)
    known(3)
    with django_assert_num_queries(21):
        sheet(viewer, project)
