"""Pages that are no lists leave as files too: what they show, all pages of it, under the same filters."""

from datetime import date

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from projects.choices import ResponsibilityKind, UnitKind, WarningLevel
from projects.services.report import pass_report
from projects.tests.builders import make_claim, make_document, make_person, make_responsibility, make_target, make_unit, make_user
from projects.tests.downloads import cover, name_of, rows, workbook
from projects.tests.report_builders import district_ledger, file_month, make_reporter, report_project
from projects.tests.warning_builders import enter_coloured, warn_ledger

DAY = date(2018, 9, 28)
CHANGES = "/warnings/changes/?from=2018-03-02"


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY
    clock.forget()


@pytest.fixture
def office(client):
    client.force_login(make_user(Role.OFFICE, name="办公室"))
    return client


def sheets(client, address):
    return workbook(client, f"{address}{'&' if '?' in address else '?'}export=xlsx").worksheets[1:]


def test_every_page_with_a_table_offers_its_export(office):
    unit = make_unit("区建设局")
    file_month(report_project(unit, "甲", lead=make_unit("区发改委")), 9)
    make_claim(make_target("新开工项目", "个"), 65, make_document())
    warn_ledger(district_ledger())
    enter_coloured(district_ledger(), WarningLevel.RED, "红", on=DAY)
    make_person("张三", posts=[{"unit": unit, "title": "局长"}])
    for address in ("/targets/2018/", "/reports/review/", "/todo/", "/units/", "/people/", "/warnings/upcoming/", CHANGES):
        assert 'id="export-form"' in office.get(address).content.decode(), address


def test_targets_are_exported_as_filtered(office):
    make_claim(make_target("新开工项目", "个"), 60, make_document("D0"))
    disputed = make_target("回迁安置房", "个")
    make_claim(disputed, 8, make_document("D2"))
    make_claim(disputed, 9, make_document("D4"))
    (sheet,) = sheets(office, "/targets/2018/?conflict=on")
    assert [row["指标"] for row in rows(sheet)[1:2]] == ["回迁安置房"]
    assert len([row for row in rows(sheet) if isinstance(row.get("序号"), int)]) == 1
    response = office.get("/targets/2018/?as_of=2018-06-30&export=csv")
    assert name_of(response) == "2018年目标_20180630.csv"
    assert cover(workbook(office, "/targets/2018/?conflict=on&export=xlsx"))["筛选条件"] == "来源：不一致"


def test_the_reviewers_queue_is_exported_by_state_and_only_what_is_ones_own(client):
    lead, other = make_unit("区发改委"), make_unit("区城管局")
    mine, theirs = report_project(make_unit("区建设局"), "甲", lead=lead), report_project(make_unit(), "乙", lead=other)
    report = file_month(mine, 9, 300, physical_percent=40, physical="主体施工")
    file_month(theirs, 9, 200)
    reviewer = make_reporter(lead, roles=("reviewer",))
    client.force_login(reviewer)
    (sheet,) = sheets(client, "/reports/review/")
    found = rows(sheet)
    assert [(row["项目"], row["完成投资·本月累计"], row["状态"]) for row in found[:1]] == [("甲", 300, "已报")]
    assert (found[1]["项目"], found[1]["完成投资·本月累计"]) == ("合计", 300)
    pass_report(report=report, version=report.version, by=reviewer)
    assert rows(sheets(client, "/reports/review/")[0])[0]["项目"] == "没有这种状态的月报"
    assert rows(sheets(client, "/reports/review/?state=passed")[0])[0]["报送·报送人"]


def test_a_reporter_gets_no_queue(client):
    client.force_login(make_user(Role.VIEWER))
    assert client.get("/reports/review/?export=xlsx").status_code == 403


def test_to_dos_are_exported_with_what_others_have_to_do(client):
    unit = make_unit("区建设局")
    report_project(unit, "甲")
    client.force_login(make_reporter(unit, name="李填报"))
    todo, waiting = sheets(client, "/todo/")
    assert todo["A1"].value == "李填报的待办"
    assert "9月月报：还有 1 个项目未报" in rows(todo)[0]["事项"]
    assert rows(waiting)[0]["类别"] == "没有等他人办理的事项"
    (line, *_) = rows(sheets(client, "/todo/?kind=review")[0])
    assert line["类别"] == "没有要办的事项"


def test_units_and_people_are_exported_as_searched(office):
    bureau = make_unit("区建设局", kind=UnitKind.GOVERNMENT, short_name="建设局")
    make_unit("马寨镇", kind=UnitKind.TOWN)
    make_responsibility(report_project(bureau, "甲"), bureau, ResponsibilityKind.LEAD)
    make_person("张三", posts=[{"unit": bureau, "title": "局长"}, {"unit": None, "title": "组长"}])
    found = rows(sheets(office, "/units/?q=jsj")[0])
    assert [row["单位"] for row in found] == ["区直部门", "区建设局"]
    assert (found[1]["简称"], found[1]["负责项目"]) == ("建设局", 1)
    assert len(rows(sheets(office, "/units/")[0])) == 4
    found = rows(sheets(office, "/people/?q=张")[0])
    assert [(row["姓名"], row["职务（原文）"], row.get("单位")) for row in found] == [("张三", "局长", "区建设局"), ("张三", "组长", None)]


def test_turns_and_changes_are_exported_in_words(office):
    ledger = district_ledger()
    warn_ledger(ledger)
    enter_coloured(ledger, WarningLevel.YELLOW, "将红", on=DAY)
    (line,) = rows(sheets(office, "/warnings/upcoming/?days=90")[0])
    assert (line["项目名称"], line["由"], line["转为"]) == ("将红", "预警", "告警")
    assert "主体施工" in line["原因"]
    found = rows(sheets(office, "/warnings/changes/?from=2018-09-01&to=2018-09-28")[0])
    assert found[0]["项目名称"] == "变重"
    assert (found[1]["项目名称"], found[1]["截止日"]) == ("将红", "预警")
    name = name_of(office.get("/warnings/changes/?from=2018-09-01&to=2018-09-15&export=csv"))
    assert name == "2018年变化对比_20180915.csv"


def test_without_a_ledger_there_is_nothing_to_export_but_a_page(office):
    for address in ("/warnings/changes/", "/warnings/upcoming/", "/warnings/"):
        response = office.get(f"{address}?export=xlsx")
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/html")
