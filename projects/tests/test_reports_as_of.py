"""Reports read on an earlier day: who had filed them, how punctual they were, how slips stood, what the year's plan was."""

from datetime import date
from decimal import Decimal

import pytest

from erqi.common import clock
from projects.choices import ReportAction
from projects.models import LedgerEntry, Project
from projects.rules.report import Filing, filing_after
from projects.services import correction as correction_service
from projects.services import entry as entry_service
from projects.services import report as service
from projects.services.period import months_of
from projects.stats.report_figures import year_plan
from projects.tests.browsing import sign_in, text
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import MONTH, YEAR, district_ledger, file_month, make_reporter, report_project, report_values
from projects.tests.warning_builders import warn_ledger
from projects.views.project_reports import MonthRow, month_rows

pytestmark = pytest.mark.django_db
D = date
FILE, PASS, RETURN, WITHDRAW, CORRECT = (
    ReportAction.FILE,
    ReportAction.PASS,
    ReportAction.RETURN,
    ReportAction.WITHDRAW,
    ReportAction.CORRECT,
)


@pytest.mark.parametrize(
    ("acts", "filing"),
    [
        ([], Filing()),
        ([(FILE, 24, "甲")], Filing(D(2018, 9, 24), D(2018, 9, 24), "甲")),
        ([(FILE, 24, "甲"), (PASS, 26, "审")], Filing(D(2018, 9, 24), D(2018, 9, 24), "甲")),
        ([(FILE, 24, "甲"), (RETURN, 25, "审"), (FILE, 27, "乙")], Filing(D(2018, 9, 24), D(2018, 9, 27), "乙")),
        ([(FILE, 24, "甲"), (WITHDRAW, 24, "甲")], Filing()),
        ([(FILE, 24, "甲"), (WITHDRAW, 24, "甲"), (FILE, 27, "乙")], Filing(D(2018, 9, 27), D(2018, 9, 27), "乙")),
        ([(FILE, 24, "甲"), (CORRECT, 28, "丙")], Filing(D(2018, 9, 24), D(2018, 9, 24), "甲")),
        ([(CORRECT, 28, "丙")], Filing(D(2018, 9, 28), D(2018, 9, 28), "丙")),
        ([(FILE, 24, "甲"), (RETURN, 25, "审"), (CORRECT, 28, "丙")], Filing(D(2018, 9, 24), D(2018, 9, 28), "丙")),
    ],
)
def test_how_a_report_was_filed_follows_from_its_steps(acts: list[tuple[str, int, str]], filing: Filing) -> None:
    assert filing_after([(action, D(2018, 9, day), name) for action, day, name in acts]) == filing


@pytest.fixture
def project() -> Project:
    return report_project(make_unit("区建设局"), "安置房")


def row_on(project: Project, day: date, month: int = MONTH) -> MonthRow:
    plan = year_plan(project, YEAR, day)
    return next(row for row in month_rows(project, YEAR, day, plan, None) if row.month.month == month)


def test_a_later_filing_does_not_change_who_had_filed_it_then(project: Project) -> None:
    first, second = (make_reporter(make_unit(), name=name, roles=["office"]) for name in ("张三", "李四"))
    report = file_month(project, on=D(2018, 9, 24), by=first)
    with clock.at(D(2018, 9, 26)):
        service.return_report(report=report, reason="有误", version=report.version, by=None)
    file_month(project, on=D(2018, 9, 28), by=second)
    shown = {day: (row_on(project, D(2018, 9, day)).filed, row_on(project, D(2018, 9, day)).punctuality) for day in (23, 24, 26, 28)}
    assert shown[24][0] == shown[26][0] == "张三 2018-09-24"
    assert shown[28][0] == "李四 2018-09-28"
    assert shown[23][0] == ""
    assert shown[24][1] == shown[26][1] == shown[28][1] != shown[23][1]


def test_what_was_withdrawn_and_filed_late_was_punctual_only_while_it_stood(project: Project) -> None:
    report = file_month(project, on=D(2018, 9, 25))
    with clock.at(D(2018, 9, 26)):
        service.withdraw_report(report=report, version=report.version, by=None)
    file_month(project, on=D(2018, 9, 29))
    words = [row_on(project, D(2018, 9, day)).punctual.value for day in (25, 26, 29)]
    assert words == ["in_time", "overdue", "late"]
    viewer = sign_in(make_user("viewer"))
    with clock.at(D(2018, 9, 30)):
        page = text(viewer.get(f"{report.get_absolute_url()}?as_of=2018-09-25"))
        assert "按时" in page
        assert "逾期" not in page[page.index("<h1") : page.index("</h1>") + 400]


def test_a_slip_is_pending_on_the_days_before_its_decision(project: Project) -> None:
    report = file_month(project, 8, 800, on=D(2018, 8, 24))
    with clock.at(D(2018, 9, 5)):
        slip = correction_service.request_correction(
            project=project,
            year=2018,
            month=8,
            values=report_values(700),
            reason="错",
            version=report.version,
            by=make_user("office", name="填"),
        )
    with clock.at(D(2018, 9, 10)):
        correction_service.decide_correction(correction=slip, approve=True, reason="", version=None, by=make_user("office"))
        viewer, address = sign_in(make_user("viewer")), report.get_absolute_url()
        line = "更正单</a>（填 2018年9月5日提出）："
        assert f"{line}待审批" in text(viewer.get(f"{address}?as_of=2018-09-06"))
        assert f"{line}已同意" in text(viewer.get(address))
        assert line not in text(viewer.get(f"{address}?as_of=2018-09-04"))


def test_what_was_made_up_for_by_a_slip_was_filed_by_whoever_handed_it_in(project: Project) -> None:
    with clock.at(D(2018, 10, 3)):
        slip = correction_service.request_correction(
            project=project, year=2018, month=9, values=report_values(700), reason="补报", version=None, by=make_user("office", name="填")
        )
    with clock.at(D(2018, 10, 8)):
        correction_service.decide_correction(correction=slip, approve=True, reason="", version=None, by=make_user("office", name="批"))
    assert row_on(project, D(2018, 10, 9)).filed == "填 2018-10-03"
    assert row_on(project, D(2018, 10, 7)).filed == ""


def test_the_years_plan_is_the_one_of_the_day(project: Project) -> None:
    with clock.at(D(2018, 3, 1)):
        warn_ledger(district_ledger(), D(2018, 3, 1))
    entry = LedgerEntry.objects.get(project=project)
    with clock.at(D(2018, 6, 1)):
        entry_service.change_entry(entry=entry, version=entry.version, by=None, annual_plan=Decimal(2400))
    assert [year_plan(project, YEAR, day).annual for day in (D(2018, 5, 31), D(2018, 6, 1))] == [Decimal(1200), Decimal(2400)]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_steps(number: int, project: Project, django_assert_num_queries) -> None:
    for month in range(1, number + 1):
        file_month(project, month, 100 * month, on=D(2018, month, 24))
    plan, months = year_plan(project, YEAR, D(2018, 9, 28)), months_of(YEAR)
    assert months
    with django_assert_num_queries(3):
        month_rows(project, YEAR, D(2018, 9, 28), plan, None)
