"""The report centre: its pages, who may, what is asked of them; month, warnings, ranking and targets on small data."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from erqi.common.simulation import simulating
from projects.choices import ResponsibilityKind, UnitKind, WarningLevel
from projects.models import Ledger, LedgerEntry
from projects.services.report import pass_report
from projects.stats.ranking import ranking
from projects.tests.builders import (
    make_category,
    make_claim,
    make_document,
    make_milestone,
    make_responsibility,
    make_target,
    make_unit,
    make_user,
)
from projects.tests.downloads import content, cover, name_of, rows, workbook
from projects.tests.report_builders import district_ledger, file_month, make_reporter, report_project
from projects.tests.warning_builders import make_plan, recompute, warn_ledger

DAY = date(2018, 9, 28)
REPORTS = ("ledger", "monthly", "warnings", "ranking", "targets")


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = DAY
    clock.forget()


@pytest.fixture
def viewer(client):
    client.force_login(make_user(Role.VIEWER))
    return client


@pytest.fixture
def unit():
    return make_unit("区建设局", kind=UnitKind.GOVERNMENT)


def sheet(client, report, query=""):
    return workbook(client, f"/exports/{report}/?{query}&export=xlsx").worksheets[1]


def lines(client, report, query=""):
    """Return the rows of a report: without headings of groups, sums and notes."""
    return [row for row in rows(sheet(client, report, query)) if isinstance(next(iter(row.values()), None), int)]


# The pages.


def test_without_a_ledger_the_centre_says_so(viewer):
    for address in ("/exports/", "/exports/ledger/", "/exports/ledger/?export=xlsx"):
        response = viewer.get(address)
        assert response.status_code == 200
        assert "还没有区级重点项目台账" in response.content.decode()


def test_the_centre_offers_every_report_in_every_format(viewer, unit):
    report_project(unit, "甲")
    html = viewer.get("/exports/").content.decode()
    for report in REPORTS:
        assert html.count(f'formaction="/exports/{report}/"') == 4
    assert "共 <strong>1</strong> 条" in html
    assert '<option value="9" selected>9月</option>' in html


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_shows_what_it_holds_before_it_is_downloaded(viewer, unit, report):
    project = report_project(unit, "甲项目<b>")
    make_claim(make_target("新开工项目", "个"), 65, make_document("D2"))
    warn_ledger(district_ledger(), date(2018, 3, 1))
    make_milestone(project, due_on=date(2018, 3, 31), recorded_on=date(2018, 1, 2))
    html = viewer.get(f"/exports/{report}/").content.decode()
    assert "工作表" in html
    assert "甲项目&lt;b&gt;" in html or report in ("ranking", "targets", "warnings")
    assert viewer.get(f"/exports/{report}/?year=2018").status_code == 200


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_of_an_empty_ledger_is_a_file_that_says_so(viewer, report):
    district_ledger()
    book = workbook(viewer, f"/exports/{report}/?export=xlsx")
    assert "没有" in str(rows(book.worksheets[1])[0])


def test_an_unknown_report_is_not_found(viewer, unit):
    report_project(unit)
    assert viewer.get("/exports/nothing/").status_code == 404


def test_what_is_wrong_in_the_address_is_said_and_not_guessed(viewer, unit):
    report_project(unit)
    html = viewer.get("/exports/?year=1999&as_of=gestern&money=usd&month=13&category=nix").content.decode()
    for sentence in ("没有“1999”年度", "日期“gestern”无法识别", "金额单位“usd”无效", "月份“13”无效", "筛选“类别”的值“nix”无效"):
        assert sentence in html, sentence


def test_what_is_wrong_in_the_address_stands_in_the_file_too(viewer, unit):
    report_project(unit)
    query = "year=2030&as_of=gestern&month=13&money=dollar&colour=pink"
    context = viewer.get(f"/exports/ledger/?{query}").context
    said = [context["as_of"].error, *context["problems"]]
    assert len(said) == 5
    assert cover(workbook(viewer, f"/exports/ledger/?{query}&export=xlsx"))["请注意"] == "".join(said)
    assert "请注意" not in cover(workbook(viewer, "/exports/ledger/?export=xlsx"))


def test_a_year_to_come_is_worked_out_and_says_so(viewer, unit):
    report_project(unit)
    district_ledger(2019)
    book = workbook(viewer, "/exports/ledger/?year=2019&export=xlsx")
    assert cover(book)["数据截止"].startswith("2019年1月1日（年度尚未开始，按现有数据推算）")
    assert "数据截止：2019年1月1日（推算）" in [cell.value for cell in book.worksheets[1][2]]
    assert "推算" not in cover(workbook(viewer, "/exports/ledger/?as_of=2018-06-30&export=xlsx"))["数据截止"]


@pytest.mark.parametrize("address", ["/exports/ledger/?year=2018", "/ledgers/2018/?", "/warnings/upcoming/?", "/targets/2018/?"])
def test_a_day_to_come_or_none_is_said_in_the_file_and_not_taken(viewer, unit, address):
    report_project(unit)
    for text, why in (("2018-11-30", "晚于今天"), ("2018-13-45", "无法识别")):
        said = cover(workbook(viewer, f"{address}&as_of={text}&export=xlsx"))
        assert said["数据截止"].startswith("2018年9月28日")
        assert f"日期“{text}”{why}" in said["请注意"]


@pytest.mark.parametrize("report", REPORTS)
def test_the_unit_that_keeps_the_ledger_is_named_or_nobody_is(viewer, unit, report):
    report_project(unit)

    def said():
        return [str(cell.value) for cell in sheet(viewer, report)[2] if cell.value and "填报单位" in str(cell.value)]

    assert said() == []
    Ledger.objects.update(unit=make_unit("区重点项目办"))
    assert said() == ([] if report == "targets" else ["填报单位：区重点项目办"])


def test_three_administrators_have_no_reports(client, unit):
    report_project(unit)
    client.force_login(make_user(Role.AUDIT_ADMIN))
    for address in ("/exports/", "/exports/ledger/", "/exports/ledger/?export=xlsx"):
        assert client.get(address).status_code == 403


def test_the_files_name_says_report_month_and_day(viewer, unit):
    report_project(unit)
    response = viewer.get("/exports/monthly/?month=8&as_of=2018-09-01&export=xlsx")
    assert name_of(response) == "2018年8月月进度表_20180901.xlsx"


def test_csv_of_a_report_holds_its_first_sheet(viewer, unit):
    report_project(unit, "=甲")
    text = content(viewer.get("/exports/ledger/?export=csv-gb18030")).decode("gb18030")
    found = list(csv.reader(StringIO(text)))
    assert found[0][:3] == ["基本·序号", "基本·项目编号", "基本·项目名称"]
    assert "投资·本年度计划（万元）" in found[0]
    assert found[1][2] == "'=甲"
    assert len(found) == 2


@pytest.mark.parametrize(("report", "number"), [("ledger", 19), ("monthly", 17), ("warnings", 12), ("ranking", 14), ("targets", 9)])
def test_queries_do_not_grow_with_the_rows(viewer, unit, django_assert_num_queries, report, number):
    def projects(names):
        for name in names:
            project = report_project(unit, name, lead=make_unit())
            make_plan(project)
            file_month(project, 8, 100, physical_percent=40, problem="图审退回", problem_cause="permit")
            make_claim(make_target(f"指标{name}"), 65, make_document())

    warn_ledger(district_ledger())
    for names in ("甲", "乙丙丁戊"):
        projects(names)
        content(viewer.get(f"/exports/{report}/?export=xlsx"))
        with django_assert_num_queries(number):
            content(viewer.get(f"/exports/{report}/?export=xlsx"))


# 总台账.


def test_the_ledger_is_by_category_with_numbers_of_its_own(viewer, unit):
    industry, housing = make_category("重大产业", seq=1), make_category("安置房", seq=2)
    for name, category in (("房", housing), ("无", None), ("业", industry)):
        project = report_project(unit, name)
        type(project).objects.filter(pk=project.pk).update(category=category)
    found = rows(sheet(viewer, "ledger"))
    heads = [row["基本·序号"] for row in found]
    assert heads[:10] == ["重大产业", 1, "小计", "安置房", 2, "小计", "未分类（文件未载）", 3, "小计", "合计"]
    assert [row["基本·项目名称"] for row in found if isinstance(row["基本·序号"], int)] == ["业", "房", "无"]


# 月进度表.


def test_a_month_is_planned_done_and_signed(viewer, unit):
    lead = make_unit("区发改委")
    project = report_project(unit, "甲", lead=lead)
    make_plan(project, amounts=[100 * month for month in range(1, 13)], on=date(2018, 3, 1))
    reporter, reviewer = make_reporter(unit, name="张填报"), make_reporter(lead, name="李审核", roles=("reviewer",))
    file_month(project, 7, 650, by=reporter)
    report = file_month(project, 8, 700, by=reporter, physical="主体封顶", physical_percent=55, next_step="装饰")
    with clock.at(date(2018, 8, 27)):
        pass_report(report=report, version=report.version, by=reviewer)
    (row,) = lines(viewer, "monthly", "month=8")
    assert (row["本月·计划"], row["本月·完成"], row["1—8月累计·计划"], row["1—8月累计·完成"]) == (100, 50, 800, 700)
    assert (row["完成率·占序时"], row["完成率·占全年"]) == (0.875, pytest.approx(700 / 1200, abs=1e-7))
    assert (row["形象进度"], row["下步计划"]) == ("55%，主体封顶", "装饰")
    assert (row["月报·填报人"], row["月报·审核人"], row["月报·状态"]) == ("张填报", "李审核", "已审核")
    assert row["月报·报送日期"].date() == date(2018, 8, 24)
    # On an earlier day nobody had passed it; before it was filed nothing is known of the month.
    (row,) = lines(viewer, "monthly", "month=8&as_of=2018-08-25")
    assert (row["月报·状态"], "月报·审核人" in row) == ("已报", False)
    (row,) = lines(viewer, "monthly", "month=8&as_of=2018-08-23")
    assert (row["月报·状态"], row["1—8月累计·完成"], "本月·完成" in row, "月报·填报人" in row) == ("未报（累计至7月）", 650, False, False)


def test_a_month_without_the_one_before_has_no_amount_of_its_own(viewer, unit):
    project = report_project(unit, "甲")
    file_month(project, 8, 700)
    (row,) = lines(viewer, "monthly", "month=8")
    assert ("本月·完成" in row, row["1—8月累计·完成"]) == (False, 700)
    # January is its own beginning.
    file_month(project, 1, 40, on=date(2018, 1, 24))
    (row,) = lines(viewer, "monthly", "month=1")
    assert (row["本月·完成"], row["1月累计·完成"]) == (40, 40)


def test_what_is_unreported_is_empty_and_counted_as_missing(viewer, unit):
    for name in "甲乙":
        make_plan(report_project(unit, name))
    file_month(LedgerEntry.objects.first().project, 8, 800)
    found = rows(sheet(viewer, "monthly", "month=8"))
    total = next(row for row in found if row.get("序号") == "合计")
    assert (total["1—8月累计·计划"], total["1—8月累计·完成"], total["完成率·占序时"]) == (1600, 800, 0.5)
    notes = "".join(str(row.get("序号")) for row in found)
    assert "完成合计未计：1 项无数" in notes


# 预警清单.


def test_warnings_are_listed_worst_first_with_their_words(viewer, unit):
    ledger = district_ledger()
    red, green = report_project(unit, "红"), report_project(unit, "绿")
    warn_ledger(ledger, date(2018, 3, 1))
    make_milestone(red, name="主体封顶", kind="topping", due_on=date(2018, 3, 31), recorded_on=date(2018, 1, 2))
    make_milestone(green, name="主体封顶", kind="topping", due_on=date(2018, 12, 31), recorded_on=date(2018, 1, 2))
    recompute(DAY, red, green)
    found = lines(viewer, "warnings")
    assert [row["项目名称"] for row in found] == ["红"]
    (row,) = found
    assert row["灯色"] == "告警"
    assert "主体封顶" in row["原因"]
    assert row["责任单位"] == "区建设局（承办）"
    assert row["最近月报"] == "本年度尚无计入的月报"


# 单位排名.


def ranked(day=DAY, **more):
    entries = LedgerEntry.objects.filter(ledger=district_ledger()).listed(day)
    return ranking(entries, 2018, day, **more)


def test_units_are_ranked_within_their_kind(unit):
    other, town = make_unit("区城管局", kind=UnitKind.GOVERNMENT), make_unit("马寨镇", kind=UnitKind.TOWN)
    for holder, done in ((unit, 300), (other, 900), (town, 100)):
        project = report_project(holder, f"{holder.name}项目")
        make_plan(project)
        file_month(project, 8, done)
    unplanned = report_project(make_unit("区教体局", kind=UnitKind.GOVERNMENT), "无计划")
    file_month(unplanned, 8, 50)
    found = ranked()
    assert [(line.unit.name, line.place) for line in found.lines[UnitKind.GOVERNMENT]] == [
        ("区城管局", 1),
        ("区建设局", 2),
        ("区教体局", None),
    ]
    assert [(line.unit.name, line.place) for line in found.lines[UnitKind.TOWN]] == [("马寨镇", 1)]
    # September's cut-off has passed: 900 of the 900 planned.
    first = found.lines[UnitKind.GOVERNMENT][0].figures
    assert (first.planned, first.done, first.of_plan, first.whole) == (900, 900, 1, 1200)
    assert (found.total.entries, found.total.planned, found.total.done) == (4, 2700, 1350)
    # The 50 without a plan are compared with nothing.
    assert found.total.of_plan == Decimal(1300) / 2700


def test_the_change_is_against_the_end_of_the_month_before(viewer, unit):
    other = make_unit("区城管局", kind=UnitKind.GOVERNMENT)
    first, second = report_project(unit, "甲"), report_project(other, "乙")
    for project in (first, second):
        make_plan(project)
    file_month(first, 8, 800)
    file_month(second, 8, 400)
    file_month(second, 9, 950)
    found = lines(viewer, "ranking")
    assert [(row["位次"], row["单位"], row["上期位次"], row["变化"]) for row in found] == [
        (1, "区城管局", 2, "↑1"),
        (2, "区建设局", 1, "↓1"),
    ]
    # In January there is no month before within the year.
    found = [row for row in rows(sheet(viewer, "ranking", "as_of=2018-01-31")) if row.get("单位") == "区建设局"]
    assert "变化" not in found[0]


def test_reports_in_time_are_those_filed_by_the_day_they_were_due(unit):
    first, second = report_project(unit, "甲"), report_project(unit, "乙")
    file_month(first, 8, 100, on=date(2018, 8, 27))  # a Saturday was the 25th: due on the Monday
    file_month(second, 8, 100, on=date(2018, 8, 28))
    file_month(first, 9, 200, on=date(2018, 9, 24))
    figures = ranked().total
    # Two months with reports, two projects each; one late, one missing.
    assert (figures.reports, figures.in_time) == (4, 2)


def test_a_bundle_and_its_part_of_another_unit_both_count_for_their_units(unit):
    other = make_unit("区城管局", kind=UnitKind.GOVERNMENT)
    bundle, part, own = report_project(unit, "道路打捆"), report_project(other, "甲路"), report_project(unit, "乙路")
    type(bundle).objects.filter(pk=bundle.pk).update(bundle_count=28)
    type(part).objects.filter(pk__in=[part.pk, own.pk]).update(bundle_of=bundle)
    for project, done in ((bundle, 900), (part, 300), (own, 200)):
        make_plan(project)
        file_month(project, 8, done)
    found = ranked()
    by_name = {line.unit.name: line.figures for line in found.lines[UnitKind.GOVERNMENT]}
    # The unit's own part is in its bundle already.
    assert (by_name["区建设局"].done, by_name["区建设局"].entries, by_name["区建设局"].projects) == (900, 2, 28)
    assert (by_name["区城管局"].done, by_name["区城管局"].projects) == (300, 1)
    assert (found.total.done, found.total.projects) == (900, 28)


def test_projects_for_which_nobody_answers_have_no_place(unit, viewer):
    project = report_project(unit, "甲")
    project.responsibilities.update(until=date(2018, 2, 1))
    (row,) = [row for row in rows(sheet(viewer, "ranking")) if row.get("单位") == "未明确责任单位"]
    assert ("位次" in row, row["条数"]) == (False, 1)


def test_simulated_figures_are_marked_in_the_ranking(viewer, unit):
    with simulating():
        make_plan(report_project(unit, "甲"), simulated=True)
    (row,) = [row for row in rows(sheet(viewer, "ranking")) if row.get("单位") == "区建设局"]
    assert row["模拟数据"] == "含模拟"
    assert "模拟数据" in cover(workbook(viewer, "/exports/ranking/?export=xlsx"))


# 年度目标.


def test_targets_show_the_adopted_figure_and_what_others_say(viewer, unit):
    district_ledger()
    target = make_target("新开工项目", "个")
    make_claim(target, 60, make_document("D0", rank=1))
    make_claim(target, 65, make_document("D2", rank=3), wording="strive")
    (row,) = lines(viewer, "targets")
    assert (row["指标"], row["目标（采用的数字）·数值"], row["目标（采用的数字）·计量单位"]) == ("新开工项目", 65, "个")
    assert row["目标（采用的数字）·措辞"] == "力争"
    assert row["来源·各文件数字不一致"] == "D0 60个，D2 65个"


def test_levels_are_counted_in_the_ranking(unit, viewer):
    project = report_project(unit, "甲")
    make_responsibility(project, make_unit("区发改委", kind=UnitKind.GOVERNMENT), ResponsibilityKind.LEAD)
    figures = ranked().total
    assert figures.levels == {WarningLevel.UNRATED: 1}
    # The lead unit answers before the one that carries out.
    (row,) = [row for row in rows(sheet(viewer, "ranking")) if row.get("单位") == "区发改委"]
    assert row["灯色（条）·其他"] == 1
