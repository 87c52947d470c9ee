"""The section of the project page about its monthly reports: as known on a day, punctual or not, with the curve and its figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erqi.common import clock
from projects.charts import investment_curve
from projects.choices import ReportState
from projects.models import Project
from projects.services import correction as correction_service
from projects.services import report as service
from projects.tests import warning_builders
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import LOCKED, MONTH, YEAR, draft, file_month, file_months, make_reporter, report_project
from projects.views.project_reports import MonthRow, reports_context

pytestmark = pytest.mark.django_db

DAY = date(2018, 9, 28)


def shown(project: Project, day: date = DAY, asked: str = "") -> dict[str, Any]:
    with clock.at(day):
        return reports_context(project, list(project.entries.for_project()), day, asked)


def row(project: Project, month: int = MONTH, day: date = DAY) -> MonthRow:
    return next(one for one in shown(project, day)["report_rows"] if one.month.month == month)


def test_each_month_stands_beside_its_plan():
    project = report_project()
    file_months(project, [0, 90, 180, 300, 500, 600, 700, 820])
    warning_builders.make_plan(project)
    rows = shown(project)["report_rows"]
    assert [one.month.month for one in rows] == list(range(1, 10))
    assert [(one.cumulative, one.plan) for one in rows[6:]] == [(700, 700), (820, 800), (None, 900)]
    assert rows[7].share == Decimal("1.025")
    assert [one.chip for one in rows[7:]] == ["已报", "未报"]


@pytest.mark.parametrize(
    ("filed_on", "words", "late"),
    [
        (date(2018, 9, 25), "按时", False),
        (date(2018, 9, 26), "迟报", True),
        (None, "逾期未报", True),
    ],
)
def test_how_punctual_a_month_was(filed_on, words, late):
    project = report_project()
    if filed_on:
        file_month(project, on=filed_on)
    assert (row(project).punctuality, row(project).is_late) == (words, late)
    if filed_on is None:
        # Somebody else reported: the month was asked for.
        file_month(report_project())
        assert row(project, day=LOCKED).punctuality == "缺报"


def test_drafts_and_what_was_taken_back_are_not_reported_yet():
    drafted, taken = report_project(), report_project()
    draft(drafted, 300)
    report = file_month(taken)
    with clock.at(date(2018, 9, 26)):
        service.withdraw_report(report=report, version=report.version, by=None)
    for project in (drafted, taken):
        assert (row(project).chip, row(project).cumulative, row(project).filed) == ("未报", None, "")
    # On the day before it was taken back it counted.
    assert row(taken, day=date(2018, 9, 25)).cumulative == 300


@pytest.mark.parametrize(("excluded", "amount", "note"), [(False, 300, "退回修改，原报数字仍计入"), (True, None, "数据不可信，暂不计入")])
def test_a_returned_report_says_whether_it_counts(excluded, amount, note):
    returned = report_project(make_unit())
    report = file_month(returned)
    with clock.at(date(2018, 9, 26)):
        service.return_report(report=report, reason="有误", version=report.version, by=None, excluded=excluded)
    assert (row(returned).chip, row(returned).cumulative, row(returned).note) == ("退回", amount, note)


def test_a_correction_counts():
    unit = make_unit()
    corrected = report_project(unit)
    file_month(corrected)
    with clock.at(LOCKED):
        asked = {"values": {"cumulative": Decimal(250)}, "reason": "重复", "version": 1, "by": make_reporter(unit)}
        slip = correction_service.request_correction(project=corrected, year=YEAR, month=MONTH, **asked)
        correction_service.decide_correction(correction=slip, approve=True, reason="", version=slip.version, by=make_user("office"))
    later = row(corrected, day=LOCKED)
    assert (later.chip, later.state, later.cumulative) == ("更正", ReportState.PASSED, 250)
    assert row(corrected, day=DAY).cumulative == 300


def test_a_past_year_is_read_at_its_end_and_a_project_without_ledger_has_no_section():
    project = report_project()
    file_month(project, 1, 100, on=date(2018, 1, 24))
    file_month(project, 12, 1200, on=date(2018, 12, 19))
    found = shown(project, date(2020, 5, 1))
    assert (found["report_year"], found["report_day"], len(found["report_rows"])) == (2018, date(2018, 12, 31), 12)
    project.entries.all().delete()
    assert shown(project)["report_year"] is None


def test_the_year_can_be_chosen():
    project = report_project()
    from projects.tests.builders import make_entry
    from projects.tests.report_builders import district_ledger

    make_entry(district_ledger(2019), project)
    assert shown(project, date(2019, 9, 28))["report_year"] == 2019
    assert shown(project, date(2019, 9, 28), "2018")["report_year"] == 2018
    assert shown(project, date(2019, 9, 28), "1999")["report_year"] == 2019
    assert shown(project, date(2019, 9, 28))["report_years"] == [2018, 2019]


# The curve


def test_the_curve_draws_what_is_known_and_leaves_gaps():
    plan = [Decimal(100 * month) for month in range(1, 13)]
    done = [Decimal(90), None, Decimal(310), *[None] * 9]
    chart = investment_curve(plan, done)
    planned, real = chart["data"]["datasets"]
    assert chart["options"]["unit"] == "万元"
    assert (planned["label"], planned["plan"], planned["data"][:2]) == ("累计计划", True, [100.0, 200.0])
    assert (real["label"], real["data"][:4]) == ("累计完成", [90.0, None, 310.0, None])
    assert "plan" not in real


def test_large_amounts_are_drawn_in_yi_and_a_missing_plan_is_no_line():
    chart = investment_curve([None] * 12, [Decimal(20000), *[None] * 11])
    assert chart["options"]["unit"] == "亿元"
    assert [dataset["label"] for dataset in chart["data"]["datasets"]] == ["累计完成"]
    assert chart["data"]["datasets"][0]["data"][0] == 2.0


def test_nothing_at_all_is_no_chart():
    project = report_project()
    project.entries.update(annual_plan=None)
    found = shown(project, date(2018, 1, 5))
    assert (found["curve"], found["report_rows"]) == (None, [])


def test_the_page_shows_the_months_the_chart_and_its_figures():
    project = report_project(name="安置房")
    file_month(project, 8, 820, on=date(2018, 8, 24), by=make_user("office", name="王五"))
    warning_builders.make_plan(project, simulated=True)
    with clock.at(DAY):
        html = text(sign_in(make_user("viewer")).get(project.get_absolute_url()))
    assert 'id="investment-curve"' in html
    assert "js/charts.js" in html
    assert f'href="/reports/{project.code}/2018/8/"' in html
    assert "王五 2018-08-24" in html
    assert "102.5%" in html
    assert html.count("模拟") >= 1
