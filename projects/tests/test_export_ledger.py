"""重点项目总台账 of the demonstration: every sum recomputed from the file alone, and equal to what the ledger page says."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from erqi.common.models import User
from projects.models import Ledger, LedgerEntry
from projects.querysets.ledger_figures import figure_basis
from projects.stats import ledger_totals
from projects.stats.cockpit import course
from projects.tests.downloads import cover, rows, workbook

TOTAL_INVESTMENT, WHOLE, PLANNED, DONE = "投资·总投资", "投资·本年度计划", "投资·截至当期计划", "投资·本年累计完成"
SUMS = (TOTAL_INVESTMENT, WHOLE, PLANNED, DONE)
RATES = {"投资·占序时": (DONE, PLANNED), "投资·年度完成率": (DONE, WHOLE)}
NUMBER, NAME, PART = "基本·序号", "基本·项目名称", "基本·所属打捆项目"


def office(client):
    client.force_login(User.objects.get(username="office"))
    return client


def recomputed(found, listed):
    """Return the sums and rates of rows as the file itself says: amounts that a listed bundle holds are not added again."""

    def held(row, name):
        bundle = listed.get(row.get(PART))
        while bundle is not None:
            if name in bundle:
                return True
            bundle = listed.get(bundle.get(PART))
        return False

    result = {}
    for name in SUMS:
        values = [Decimal(str(row[name])) for row in found if name in row and not held(row, name)]
        result[name] = sum(values) if values else None
    for name, (part, whole) in RATES.items():
        compared = [row for row in found if whole in row]
        done = sum(Decimal(str(row[part])) for row in compared if part in row and not held(row, part))
        planned = sum(Decimal(str(row[whole])) for row in compared if not held(row, whole))
        result[name] = done / planned if planned else None
    return result


def assert_sums(line, expected):
    for name, value in expected.items():
        assert line.get(name) == (None if value is None else pytest.approx(float(value), abs=1e-7)), (name, line)


@pytest.mark.parametrize(("query", "day"), [("", date(2018, 9, 28)), ("?as_of=2018-06-30&money=yi", date(2018, 6, 30))])
def test_every_sum_follows_from_the_rows(demo_db, client, query, day):
    book = workbook(office(client), f"/exports/ledger/{query}{'&' if query else '?'}export=xlsx")
    lines = rows(book["总台账"])
    listed = {line[NAME]: line for line in lines if isinstance(line.get(NUMBER), int)}
    group, groups = "", defaultdict(list)
    for line in lines:
        if isinstance(line.get(NUMBER), int):
            groups[group].append(line)
        elif line.get(NUMBER) == "小计":
            assert line[NAME].startswith(f"{len(groups[group])} 项")
            assert_sums(line, recomputed(groups[group], listed))
        elif line.get(NUMBER) == "合计":
            assert_sums(line, recomputed(list(listed.values()), listed))
        else:
            group = line[NUMBER]
    assert [row[NUMBER] for row in listed.values()] == list(range(1, len(listed) + 1))
    # The same as the ledger's own totals on that day.
    ledger = Ledger.objects.main().get(year=2018)
    totals = ledger_totals(LedgerEntry.objects.filter(ledger=ledger).listed(day), day, figure_basis(2018, day))
    unit = 10000 if "yi" in query else 1
    (total,) = [line for line in lines if line.get(NUMBER) == "合计"]
    assert total[NAME] == f"{totals.entries} 项（打捆按个数计 {totals.projects} 项）"
    assert total[DONE] == pytest.approx(float(totals.reported.done.total / unit))
    assert total[PLANNED] == pytest.approx(float(totals.reported.planned.total / unit))
    assert total["投资·占序时"] == pytest.approx(float(totals.reported.of_plan), abs=1e-7)
    assert total["投资·年度完成率"] == pytest.approx(float(totals.reported.of_year), abs=1e-7)
    # The summary adds up to the same.
    summary = rows(book["汇总"])
    last = next(line for line in summary if line["项目类别"] == "合计")
    categories = summary[: summary.index(last)]
    for name in ("条数", "按打捆个数计", "总投资", "本年度计划", "截至当期计划", "本年累计完成", "灯色（条）·告警", "灯色（条）·其他"):
        assert sum(line.get(name, 0) for line in categories) == pytest.approx(last.get(name, 0)), name
    assert last["本年累计完成"] == pytest.approx(total[DONE])
    assert last["占序时"] == pytest.approx(total["投资·占序时"])
    # The year by month says what the curve of the start page says.
    points = course(LedgerEntry.objects.filter(ledger=ledger).listed(day), figure_basis(2018, day))
    months = rows(book["分月进度"])
    for point, line in zip(points, months, strict=False):
        assert line["月份"] == f"{point.month}月"
        assert line.get("1月起累计·完成") == (None if point.done is None else pytest.approx(float(point.done / unit)))
        assert line.get("1月起累计·计划") == (None if point.planned is None else pytest.approx(float(point.planned / unit)))
    assert cover(book)["金额单位"] == ("亿元" if "yi" in query else "万元")


def test_the_plans_of_all_months_are_in_the_file(demo_db, client):
    lines = rows(workbook(office(client), "/exports/ledger/?export=xlsx")["分月计划"])
    (total,) = [line for line in lines if line.get("序号") == "合计"]
    ledger = Ledger.objects.main().get(year=2018)
    points = course(LedgerEntry.objects.filter(ledger=ledger).listed(date(2018, 9, 28)), figure_basis(2018, date(2018, 9, 28)))
    for point in points:
        name = f"累计计划·1—{point.month}月" if point.month > 1 else "累计计划·1月"
        assert total[name] == pytest.approx(float(point.planned))


def test_filters_leave_the_same_projects_as_on_the_ledgers_page(demo_db, client):
    client = office(client)
    lines = rows(workbook(client, "/exports/ledger/?colour=red&export=xlsx")["总台账"])
    found = [line for line in lines if isinstance(line.get(NUMBER), int)]
    html = client.get("/ledgers/2018/?colour=red&per_page=all").content.decode()
    assert found
    assert all(line[NAME] in html for line in found)
    assert all(line["状态·预警"].startswith("告警") for line in found)
    assert f"共 <strong>{len(found)}</strong> 条" in html


def test_simulated_rows_are_marked_on_every_sheet(demo_db, client):
    book = workbook(office(client), "/exports/ledger/?export=xlsx")
    assert "模拟" in cover(book)["模拟数据"]
    for sheet in book.worksheets[1:]:
        marked = [line for line in rows(sheet) if "模拟数据" in line]
        assert marked, sheet.title
    assert str(book["汇总"]._charts[0].title.tx.rich.p[0].r[0].t).endswith("（含模拟数据）")
