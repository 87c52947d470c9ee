"""The frame of a workbook: title, two-row head, groups, sums, print, cover, charts, hidden keys; memory; and CSV."""

import tracemalloc
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest

from erqi.common.workbook.book import sheet_name, write_book
from erqi.common.workbook.declare import KEY_HEADER, SUM, VERSION_HEADER, Chart, Column, Foot, Row, Share, Toned
from erqi.common.workbook.delimited import write_delimited
from erqi.tests.workbooks import COVER, book, head_of, sheet, table, written

COLUMNS = [
    Column("seq", "序号", "ordinal"),
    Column("name", "项目名称"),
    Column("plan", "年度计划", "money", group="投资", total=SUM),
    Column("done", "累计完成", "money", group="投资", total=SUM),
    Column("rate", "完成率", "percent", group="投资", total=Share("done", "plan")),
    Column("level", "灯色", "level"),
]
INFO = ("填报单位：重点项目办", "数据截止：2018年9月28日", "单位：万元")


def row(seq, name, plan, done, **more):
    rate = None if not plan or done is None else Decimal(done) / plan
    amounts = [None if amount is None else Decimal(amount) for amount in (plan, done)]
    return Row([seq, name, *amounts, rate, Toned("正常", "green")], **more)


def merged(worksheet):
    return {str(area) for area in worksheet.merged_cells.ranges}


def test_title_info_and_a_head_of_two_rows_are_merged():
    found = written(COLUMNS, row(1, "甲", 10, 5), info=INFO, pinned=2, keyed=False)
    assert [cell.value for cell in found[1]] == ["总表", *[None] * 5]
    assert [cell.value for cell in found[2]] == [INFO[0], None, INFO[1], None, INFO[2], None]
    assert [cell.value for cell in found[3]] == ["序号", "项目名称", "投资", None, None, "灯色"]
    assert [cell.value for cell in found[4]] == [None, None, "年度计划", "累计完成", "完成率", None]
    assert merged(found) == {"A1:F1", "A2:B2", "C2:D2", "E2:F2", "A3:A4", "B3:B4", "C3:E3", "F3:F4"}
    assert found["A1"].alignment.horizontal == "center"
    assert found["E2"].alignment.horizontal == "right"


def test_a_head_without_groups_is_one_row():
    found = written([Column("a", "甲"), Column("b", "乙"), Column("c", "丙")], ["1", "2", "3"], info=INFO, keyed=False)
    assert [cell.value for cell in found[3]] == ["甲", "乙", "丙"]
    assert head_of(found) == 3


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
@pytest.mark.parametrize("pinned", [0, 1, 5])
def test_narrow_sheets_hold_together(columns, pinned):
    found = written([Column(f"c{place}", "列") for place in range(columns)], ["x"] * columns, info=INFO, pinned=pinned, total=True)
    assert table(found)[0] == ["x"] * columns
    assert INFO[0] in str(found["A2"].value)


def test_panes_filter_and_print():
    found = written(COLUMNS, row(1, "甲", 10, 5), info=INFO, pinned=2, total=True)
    assert found.freeze_panes == "C5"
    # The filter begins at the head's last row and reaches over the hidden columns, so that sorting takes them along.
    assert found.auto_filter.ref == "A4:H6"
    assert found.print_title_rows == "$1:$4"
    assert (found.page_setup.orientation, found.page_setup.paperSize) == ("landscape", 9)
    assert (found.page_setup.fitToWidth, found.page_setup.fitToHeight) == (1, 0)
    assert found.sheet_properties.pageSetUpPr.fitToPage
    assert found.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert found.oddFooter.right.text == "打印日期：&D"


def test_a_wide_sheet_is_printed_on_a3_and_a_very_wide_one_on_several_pages_with_its_names_repeated():
    def wide(number):
        return written([Column(f"c{place}", "列", "long") for place in range(number)], ["长" * 30] * number, pinned=2)

    assert wide(6).page_setup.paperSize == 8
    assert wide(6).page_setup.fitToWidth == 1
    many = wide(15)
    # Fitting and breaking by hand exclude each other.
    assert not many.sheet_properties.pageSetUpPr.fitToPage
    assert 50 <= many.page_setup.scale <= 100
    assert [one.id for one in many.col_breaks.brk] == [5, 10]
    assert many.print_title_cols == "$A:$B"
    # Each page has the title above its columns.
    assert {"A1:E1", "F1:J1", "K1:O1"} <= merged(many)
    assert [many[place].value for place in ("A1", "F1", "K1")] == ["总表"] * 3


def test_pages_are_parted_between_the_groups_of_the_head():
    columns = [Column(f"c{place}", "列", "long", group="前" if place < 5 else "后") for place in range(10)]
    found = written(columns, ["长" * 30] * 10, pinned=2, info=INFO)
    assert [one.id for one in found.col_breaks.brk] == [5]
    # Who files it stands in the columns that are repeated.
    assert [cell.value for cell in found[2] if cell.value] == [*INFO, *INFO[1:]]


def test_a_group_that_goes_on_another_page_is_named_there_again():
    columns = [Column(f"c{place}", "列", "long", group="全") for place in range(15)]
    found = written(columns, ["长" * 30] * 15, pinned=2)
    assert [cell.value for cell in found[2] if cell.value] == ["全"] * 3 + [KEY_HEADER, VERSION_HEADER]


def test_a_narrow_sheet_is_widened_to_hold_its_title():
    found = written([Column("a", "甲"), Column("b", "乙")], ["x", "y"], title="很长很长的标题" * 5, keyed=False)
    assert sum(found.column_dimensions[letter].width for letter in "AB") >= 70 * 1.6


def test_groups_have_sums_and_rates_are_computed_from_the_sums():
    found = written(
        COLUMNS,
        row(1, "甲", 100, 90, group="重大产业"),
        row(2, "乙", 900, 90, group="重大产业"),
        row(3, "丙", 50, 100, group="安置房"),
        total=True,
    )
    assert table(found) == [
        ["重大产业", *[None] * 5],
        [1, "甲", 100, 90, 0.9, "正常"],
        [2, "乙", 900, 90, 0.1, "正常"],
        ["小计", "2 项", 1000, 180, 0.18, None],
        ["安置房", *[None] * 5],
        [3, "丙", 50, 100, 2, "正常"],
        ["小计", "1 项", 50, 100, 2, None],
        ["合计", "3 项", 1050, 280, pytest.approx(280 / 1050, abs=1e-8), None],
    ]
    # The names of groups are not merged over the columns: the rows can still be sorted.
    assert merged(found) == {"A1:F1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", "G2:G3", "H2:H3"}


def test_what_is_missing_adds_nothing_and_is_said():
    found = written(
        COLUMNS,
        row(1, "甲", 100, None),
        row(2, "乙", None, 30),
        row(3, "丙", 100, 50),
        row(4, "含于丙", 40, 20, uncounted=frozenset({"plan", "done"}), weight=1),
        total=True,
    )
    lines = table(found)
    # Like with like: nothing done of 100, 50 of 100; the 30 without a plan are compared with nothing.
    assert lines[4] == ["合计", "4 项", 200, 80, 0.25, None]
    assert [line[0] for line in lines[5:]] == [
        "注：投资·年度计划、投资·累计完成合计未计：1 项无数、1 项已含在打捆项目内。",
    ]


def test_a_sum_of_nothing_is_empty():
    assert table(written(COLUMNS, row(1, "甲", None, None), total=True))[1] == ["合计", "1 项", None, None, None, None]


def test_a_bundle_counts_for_what_it_stands_for():
    found = written(COLUMNS, row(1, "158条道路", 10, 5, weight=158), row(2, "甲", 1, 1), total=True)
    assert table(found)[2][1] == "2 项（打捆按个数计 159 项）"


def test_sums_from_elsewhere_stand_as_they_are_given():
    foot = Foot({"plan": Decimal(7)}, "1 条", ["打捆不重复计。"])
    found = written(COLUMNS, row(1, "甲", 10, 5), foot=foot, notes=["只含续建。"])
    assert table(found)[1:] == [
        ["合计", "1 条", 7, None, None, None],
        ["注：只含续建。", *[None] * 5],
        ["　　打捆不重复计。", *[None] * 5],
    ]


def test_an_empty_sheet_says_so_and_has_no_filter():
    found = written(COLUMNS, total=True, blank="没有项目")
    assert table(found) == [["没有项目", *[None] * 5]]
    assert not found.auto_filter.ref


def test_key_and_version_stand_in_hidden_columns():
    found = written(COLUMNS, row(1, "甲", 10, 5, key="ledgerentry:12;project:7", version="3;1"))
    head = {cell.value: cell.column_letter for line in found.iter_rows(max_row=head_of(found)) for cell in line if cell.value}
    key, version = head[KEY_HEADER], head[VERSION_HEADER]
    line = head_of(found) + 1
    assert found[f"{key}{line}"].value == "ledgerentry:12;project:7"
    assert found[f"{version}{line}"].value == "3;1"
    assert found.column_dimensions[key].hidden
    assert found.column_dimensions[version].hidden
    # The title is not merged over what nobody sees.
    assert "A1:F1" in merged(found)


def test_a_column_without_values_may_be_out_of_sight():
    columns = [Column("a", "甲"), Column("b", "模拟数据", hide_empty=True)]
    assert written(columns, ["x", None]).column_dimensions["B"].hidden
    assert not written(columns, ["x", "整行"]).column_dimensions["B"].hidden


def test_the_cover_says_who_what_when_and_what_is_simulated():
    cover = replace(COVER, filters="类别：重大产业", order="总投资（降序）", money_unit="万元", more=[("所含记录", "勾选的记录")])
    found = book(sheet(COLUMNS, row(1, "甲", 1, 1, simulated=True), row(2, "乙", 1, 1)), cover=cover)
    assert found.sheetnames == ["说明", "表"]
    assert found.active.title == "表"
    said = {line[0].value: line[1].value for line in found["说明"].iter_rows(min_row=3)}
    assert said["导出人"] == "张三（zhang）"
    assert said["导出时间"] == "2018年9月28日 16:05"
    assert said["数据截止"] == "2018年9月28日"
    assert said["筛选条件"] == "类别：重大产业"
    assert said["排列次序"] == "总投资（降序）"
    assert said["所含记录"] == "勾选的记录"
    assert said["工作表“表”"] == "2 行。列：序号、项目名称、灯色；投资：年度计划、累计完成、完成率"
    assert said["模拟数据"].startswith("有 1 行含模拟数据")
    assert "非涉密" in said["保密提示"]


def test_without_simulated_rows_the_cover_is_silent_about_them():
    found = book(sheet(COLUMNS, row(1, "甲", 1, 1)))
    assert "模拟" not in "".join(str(cell.value) for line in found["说明"].iter_rows() for cell in line)


def test_charts_are_drawn_from_the_cells_of_their_sheet():
    charts = [
        Chart("bar", "各类投资", "name", ["plan", "done"], axis="万元"),
        Chart("line", "完成率", "name", ["rate"], percent=True),
    ]
    found = book(sheet(COLUMNS, row(1, "甲", 10, 5), row(2, "乙", 20, 5), charts=charts, total=True)).worksheets[1]
    bar, line = found._charts
    assert [series.val.numRef.f for series in bar.series] == ["'表'!$C$4:$C$5", "'表'!$D$4:$D$5"]
    assert [series.tx.strRef.f for series in bar.series] == ["'表'!$C$3", "'表'!$D$3"]
    assert bar.series[0].cat.numRef.f == "'表'!$B$4:$B$5"
    assert [series.val.numRef.f for series in line.series] == ["'表'!$E$4:$E$5"]


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("2018年台账", [], "2018年台账"),
        ("a/b[c]:d*e?f\\g", [], "a b c  d e f g"),
        ("'引号'", [], "引号"),
        ("", [], "表"),
        ("表", ["表"], "表（2）"),
        ("名" * 40, [], "名" * 31),
        ("名" * 31, ["名" * 31], "名" * 28 + "（2）"),
    ],
)
def test_names_of_sheets_are_such_as_excel_takes(wanted, taken, name):
    assert sheet_name(wanted, taken) == name
    assert len(name) <= 31


def peak(rows):
    tracemalloc.start()
    write_book(BytesIO(), [sheet(COLUMNS)], COVER)
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    made = replace(sheet(COLUMNS, total=True), rows=(row(number, f"项目{number}", number, 1, group="组") for number in range(1, rows)))
    with open("/dev/null", "wb") as file:
        write_book(file, [made], COVER)
    found = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return found


def test_memory_does_not_grow_with_the_rows():
    few, many = peak(500), peak(10_000)
    assert many < few + 500_000, (few, many)


# CSV.


def csv_of(encoding, *rows, **more):
    file = BytesIO()
    count = write_delimited(file, sheet(COLUMNS, *rows, **more), encoding)
    assert count == len(rows)
    return file.getvalue()


def test_csv_has_headings_with_units_and_plain_values():
    text = csv_of("utf-8", row(1, "甲,“乙”\n丙", 1000, None), row(2, '引"号', Decimal("0.50"), 1), info=INFO)
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig") == (
        "序号,项目名称,投资·年度计划（万元）,投资·累计完成（万元）,投资·完成率,灯色\r\n"
        '1,"甲,“乙”\n丙",1000,,,正常\r\n'
        '2,"引""号",0.5,1,200%,正常\r\n'
    )


def test_gb18030_holds_every_character():
    text = csv_of("gb18030", row(1, "𠮷㙓é", 1, 1))
    assert not text.startswith(b"\xef\xbb\xbf")
    assert text.decode("gb18030").split("\r\n")[1].startswith("1,𠮷㙓é,")


@pytest.mark.parametrize("name", ["=1+1", "+8", "-8", "@x", "\t=1", "=cmd|' /C calc'!A0"])
def test_csv_gives_no_program_a_formula(name):
    assert csv_of("utf-8", row(1, name, 1, 1)).decode("utf-8-sig").split("\r\n")[1].split(",")[1] == f"'{name}"


def test_negative_numbers_are_no_formulas_in_csv():
    assert ",-5," in csv_of("utf-8", row(1, "甲", -5, 1)).decode("utf-8-sig")
