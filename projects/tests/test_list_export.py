"""Lists leave as files: the columns shown, filters, order, day, unit of money, ticked rows; who may; CSV."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from erqi.common import clock
from erqi.common.roles import Role
from erqi.common.simulation import simulating
from erqi.common.workbook.declare import KEY_HEADER, VERSION_HEADER
from projects.choices import Nature
from projects.models import LedgerEntry
from projects.tables.ledger import LedgerTable
from projects.tests.builders import make_category, make_ledger, make_responsibility, make_unit, make_user
from projects.tests.downloads import XLSX, content, cover, headings, name_of, rows, workbook
from projects.tests.ledger_pages import enter, page, shown
from projects.tests.request_case import make_case
from projects.tests.warning_builders import make_lifting, make_plan

LEDGER = "/ledgers/2018/"


@pytest.fixture(autouse=True)
def business_date(settings, db):
    settings.FIXED_TODAY = date(2018, 9, 28)
    clock.forget()


@pytest.fixture
def ledger(db):
    return make_ledger(name="二七区2018年重点项目台账")


@pytest.fixture
def viewer(client, db):
    client.force_login(make_user(Role.VIEWER, username="chayue", name="查阅员"))
    return client


@pytest.mark.parametrize(
    ("wanted", "kind", "ending"),
    [("xlsx", XLSX, "xlsx"), ("csv", "text/csv; charset=utf-8", "csv"), ("csv-gb18030", "text/csv; charset=gb18030", "csv")],
)
def test_a_file_has_a_chinese_name_with_the_day(viewer, ledger, wanted, kind, ending):
    enter(ledger, "甲")
    response = viewer.get(f"{LEDGER}?export={wanted}&as_of=2018-06-30")
    assert content(response)
    assert response["Content-Type"] == kind
    assert name_of(response) == f"二七区2018年重点项目台账_20180630.{ending}"
    assert response["Cache-Control"] == "no-store"


def test_the_workbook_holds_exactly_the_view(viewer, ledger):
    industry = make_category("重大产业")
    enter(ledger, "甲", {"nature": Nature.NEW}, category=industry, total_investment=Decimal("30000.5"))
    enter(ledger, "乙", {"nature": Nature.NEW}, category=industry, total_investment=Decimal("793000"))
    enter(ledger, "丙", {"nature": Nature.EARLY}, category=industry)
    query = f"?category={industry.code}&nature=new&cols=total_investment,code&sort=-total_investment"
    book = workbook(viewer, f"{LEDGER}{query}&export=xlsx")
    sheet = book.worksheets[1]
    assert headings(sheet)[:4] == ["序号", "项目名称", "总投资", "项目编号"]
    found = rows(sheet)
    assert [row["项目名称"] for row in found[:2]] == ["乙", "甲"] == shown(page(viewer, query))
    assert [row["总投资"] for row in found[:3]] == [793000, 30000.5, 823000.5]
    assert (found[2]["序号"], found[2]["项目名称"]) == ("合计", "2 条")
    notes = [row["序号"].strip("注：　") for row in found[3:]]
    assert notes == ["本表只含符合以下条件的：类别：重大产业；性质：新开工。", "总投资合计：2 项有数。"]
    said = cover(book)
    assert said["导出人"] == "查阅员（chayue）"
    assert said["筛选条件"] == "类别：重大产业；性质：新开工"
    assert said["排列次序"] == "总投资（降序）"
    assert said["金额单位"] == "万元"
    assert "模拟数据" not in said


def test_amounts_are_in_the_unit_of_the_view(viewer, ledger):
    enter(ledger, "甲", total_investment=Decimal("12345.6789"))
    sheet = workbook(viewer, f"{LEDGER}?money=yi&cols=total_investment&export=xlsx").worksheets[1]
    assert [row["总投资"] for row in rows(sheet)[:2]] == [1.23456789, 1.23456789]
    assert "单位：亿元" in [cell.value for cell in sheet[2]]


def test_an_earlier_day_is_exported_as_it_stood(viewer, ledger):
    enter(ledger, "早", {"listed_on": date(2018, 1, 13)})
    enter(ledger, "晚", {"listed_on": date(2018, 7, 1)})
    book = workbook(viewer, f"{LEDGER}?as_of=2018-06-30&export=xlsx")
    assert [row["项目名称"] for row in rows(book.worksheets[1])[:2]] == ["早", "1 条"]
    assert cover(book)["数据截止"].startswith("2018年6月30日（按所选日期的状态）")
    assert "数据截止：2018年6月30日" in [cell.value for cell in book.worksheets[1][2]]


def test_ticked_rows_are_exported_alone_and_summed_alone(viewer, ledger):
    first, _, third = [enter(ledger, name, total_investment=amount) for name, amount in (("甲", 1), ("乙", 10), ("丙", 100))]
    book = workbook(viewer, f"{LEDGER}?export=xlsx&pk={third.pk}&pk={first.pk}&cols=total_investment")
    found = rows(book.worksheets[1])
    assert [(row["项目名称"], row["总投资"]) for row in found[:3]] == [("甲", 1), ("丙", 100), ("2 条", 101)]
    assert cover(book)["所含记录"] == "勾选的记录（勾选 2 条）"


@pytest.mark.parametrize("pk", ["x", "-1", "９", "9" * 30])
def test_ticks_that_are_none_export_nothing(viewer, ledger, pk):
    enter(ledger, "甲")
    sheet = workbook(viewer, f"{LEDGER}?export=xlsx&pk={pk}").worksheets[1]
    assert rows(sheet)[0]["序号"] == "没有符合条件的记录"


def test_every_row_can_be_ticked_on_the_page(viewer, ledger):
    entries = [enter(ledger, name) for name in ("甲", "乙")]
    html = page(viewer)
    for entry in entries:
        assert f'<input type="checkbox" name="pk" value="{entry.pk}" form="export-form" data-check' in html
    # The menu keeps the view and offers the three kinds of file.
    html = page(viewer, "?q=甲&cols=code&sort=name")
    form = html[html.index('id="export-form"') :].partition("</form>")[0]
    for name, value in (("q", "甲"), ("cols", "code"), ("sort", "name")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    for wanted in ("xlsx", "csv", "csv-gb18030"):
        assert f'name="export" value="{wanted}"' in form


def test_rows_carry_key_and_version(viewer, ledger):
    entry = enter(ledger, "甲")
    (row,) = rows(workbook(viewer, f"{LEDGER}?export=xlsx").worksheets[1], hidden=True)[:1]
    assert row[KEY_HEADER] == f"ledgerentry:{entry.pk};project:{entry.project_id}"
    assert row[VERSION_HEADER] == "1;1"


def test_simulated_values_are_named_beside_the_row_and_on_the_cover(viewer, ledger):
    real, invented = enter(ledger, "真"), enter(ledger, "假")
    make_responsibility(real.project, make_unit("甲局"))
    with simulating():
        make_responsibility(invented.project, make_unit("乙局"))
    book = workbook(viewer, f"{LEDGER}?cols=answering&export=xlsx")
    found = rows(book.worksheets[1])
    assert [row.get("模拟数据") for row in found[:2]] == [None, "责任单位"]
    assert cover(book)["模拟数据"].startswith("有 1 行含模拟数据")


def test_csv_is_the_view_in_the_encoding_asked_for(viewer, ledger):
    enter(ledger, "=1+1", total_investment=Decimal("12.5"))
    enter(ledger, "㐂𠮷")
    for wanted, encoding in (("csv", "utf-8-sig"), ("csv-gb18030", "gb18030")):
        text = content(viewer.get(f"{LEDGER}?cols=total_investment&export={wanted}")).decode(encoding)
        found = list(csv.reader(StringIO(text)))
        assert found == [
            ["序号", "项目名称", "总投资（万元）", "模拟数据"],
            ["1", "'=1+1", "12.5", ""],
            ["2", "㐂𠮷", "", ""],
        ]


def test_an_unknown_kind_of_file_shows_the_page(viewer, ledger):
    enter(ledger, "甲")
    assert "没有“pdf”这种导出格式" in page(viewer, "?export=pdf")


def test_the_three_administrators_export_nothing(client, ledger):
    client.force_login(make_user(Role.SYSTEM_ADMIN))
    assert client.get(f"{LEDGER}?export=xlsx").status_code == 403


def test_rows_come_in_batches_and_each_once(ledger, db):
    for number in range(7):
        enter(ledger, f"路{number}")
    found = LedgerTable(LedgerEntry.objects.for_ledger(ledger, date(2018, 9, 28)), as_of=date(2018, 9, 28), year=2018)
    batches = [[record.seq for record in records] for records in found.batches(3)]
    assert batches == [[1, 2, 3], [4, 5, 6], [7]]


def test_the_number_of_queries_follows_the_batches_and_not_the_rows(viewer, ledger, django_assert_num_queries):
    for number in range(3):
        enter(ledger, f"路{number}")
    content(viewer.get(f"{LEDGER}?export=xlsx"))
    with django_assert_num_queries(14):
        content(viewer.get(f"{LEDGER}?export=xlsx"))
    for number in range(30):
        enter(ledger, f"桥{number}")
    with django_assert_num_queries(14):
        content(viewer.get(f"{LEDGER}?export=xlsx"))


# The other lists.


def test_plans_are_exported_with_their_sums(viewer, ledger):
    entry = enter(ledger, "甲", {"annual_plan": Decimal(1200)})
    make_plan(entry.project)
    found = rows(workbook(viewer, "/plans/2018/?export=xlsx").worksheets[1])
    assert (found[0]["项目"], found[0]["1—12月"], found[0]["状态"]) == ("甲", 1200, "有计划")
    assert (found[1]["序号"], found[1]["1—12月"]) == ("合计", 1200)


def test_liftings_are_exported(viewer, ledger):
    make_lifting(enter(ledger, "甲").project)
    found = rows(workbook(viewer, "/warnings/liftings/?export=xlsx").worksheets[1])
    assert (found[0]["项目"], found[0]["状态"]) == ("甲", "待核验")


def test_ticked_requests_of_different_kinds_are_told_apart(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with clock.at(date(2018, 10, 10)):
        case = make_case()
        asked, hold = case.ask_date(on=date(2018, 10, 8)), case.ask_hold(date(2018, 10, 10), date(2018, 11, 1))
        browser = case.browser("office")
        assert len(rows(workbook(browser, "/requests/?export=xlsx").worksheets[1])) == 2
        found = rows(workbook(browser, f"/requests/?export=xlsx&pk=hold-{hold.pk}").worksheets[1])
        assert [row["种类"] for row in found] == ["暂停"]
        found = rows(workbook(browser, f"/requests/?export=xlsx&pk=date-{asked.pk}&pk=date-x&pk=nothing").worksheets[1])
        assert [row["种类"] for row in found] == ["变更时限"]
        assert f'name="pk" value="hold-{hold.pk}"' in browser.get("/requests/").content.decode()


def test_the_board_is_exported_as_its_list(viewer, ledger):
    enter(ledger, "甲")
    for query in ("", "view=table&"):
        found = rows(workbook(viewer, f"/warnings/?{query}export=xlsx").worksheets[1])
        assert (found[0]["项目名称"], found[0]["预警"]) == ("甲", "未评价")
    assert 'id="export-form"' in viewer.get("/warnings/").content.decode()


def test_rows_whose_amounts_a_listed_bundle_holds_say_so_in_a_file(viewer, ledger):
    whole = enter(ledger, "道路打捆", bundle_count=5, total_investment=Decimal(900)).project
    enter(ledger, "经一路", bundle_of=whole, total_investment=Decimal(300))
    found = list(csv.DictReader(StringIO(content(viewer.get(f"{LEDGER}?export=csv")).decode("utf-8-sig"))))
    assert {row["项目名称"]: row["所属打捆项目"] for row in found} == {"道路打捆": "", "经一路": "道路打捆"}
    # A column that nobody needs is not added.
    alone = list(csv.DictReader(StringIO(content(viewer.get(f"{LEDGER}?export=csv&q=经一路")).decode("utf-8-sig"))))
    assert "所属打捆项目" not in alone[0]
