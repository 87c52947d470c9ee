"""Monthly reports: what each step leaves behind, whom it tells, how colours follow, many at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput
from erqi.common.models import User
from projects.choices import ReminderKind, ReportAction, ReportState, WarningLevel
from projects.models import ProgressReport, Project, Reminder, ReportStep, Unit
from projects.services import report as service
from projects.tests import warning_builders
from projects.tests.builders import make_unit
from projects.tests.report_builders import (
    AUGUST,
    MONTH,
    YEAR,
    district_ledger,
    draft,
    file_months,
    make_reporter,
    report_project,
    report_values,
)

pytestmark = pytest.mark.django_db

IN_TIME = date(2018, 9, 24)


@pytest.fixture
def unit() -> Unit:
    return make_unit("区建设局")


@pytest.fixture
def lead() -> Unit:
    return make_unit("区发改委")


@pytest.fixture
def reporter(unit: Unit) -> User:
    return make_reporter(unit, name="张三")


@pytest.fixture
def reviewer(lead: Unit) -> User:
    return make_reporter(lead, name="李四", roles=["reviewer"])


@pytest.fixture
def project(unit: Unit, lead: Unit) -> Project:
    return report_project(unit, "安置房", lead=lead)


@pytest.fixture
def on() -> Any:
    with clock.at(IN_TIME):
        yield IN_TIME


def of_month(project: Project) -> ProgressReport:
    return ProgressReport.objects.get(project=project, year=YEAR, month=MONTH)


def save(project: Project, by: User | None, version: int | None = None, **more: Any) -> ProgressReport:
    arguments = {"values": report_values(), **more}
    return service.save_draft(project=project, year=YEAR, month=MONTH, version=version, by=by, **arguments)


def file(project: Project, by: User | None, version: int | None = None, **more: Any) -> ProgressReport:
    arguments = {"values": report_values(), **more}
    return service.file_report(project=project, year=YEAR, month=MONTH, version=version, by=by, **arguments)


# What is left behind


def test_each_step_keeps_what_the_report_said_then(project, reporter, reviewer):
    with clock.at(IN_TIME):
        report = file(project, reporter)
    with clock.at(date(2018, 9, 26)):
        report = service.return_report(report=report, reason="与现场不符", version=report.version, by=reviewer)
    with clock.at(date(2018, 9, 27)):
        report = file(project, reporter, report.version, values=report_values(280, progress="核减"))
    with clock.at(date(2018, 9, 29)):
        service.pass_report(report=report, version=report.version, by=reviewer)
    steps = [(step.action, step.counts, step.cumulative, step.by_name, step.reason) for step in report.steps.order_by("pk")]
    assert steps == [
        (ReportAction.FILE, True, Decimal(300), "张三", ""),
        (ReportAction.RETURN, True, Decimal(300), "李四", "与现场不符"),
        (ReportAction.FILE, True, Decimal(280), "张三", ""),
        (ReportAction.PASS, True, Decimal(280), "李四", ""),
    ]

    def known(day: date) -> tuple[str, Decimal] | None:
        return next(((step.action, step.cumulative) for step in report.steps.on(day)), None)

    assert known(date(2018, 9, 23)) is None
    assert known(date(2018, 9, 25)) == (ReportAction.FILE, Decimal(300))
    assert known(date(2018, 9, 26)) == (ReportAction.RETURN, Decimal(300))
    assert known(date(2018, 9, 28)) == (ReportAction.FILE, Decimal(280))
    assert known(date(2018, 12, 31)) == (ReportAction.PASS, Decimal(280))


def test_a_return_needs_a_reason_and_tells_the_one_who_filed(project, reporter, reviewer, on):
    report = file(project, reporter)
    with pytest.raises(InvalidInput, match="请写明退回的原因"):
        service.return_report(report=report, reason=" ", version=report.version, by=reviewer)
    service.return_report(report=report, reason="请附照片", version=report.version, by=reviewer)
    line = Reminder.objects.get(user=reporter)
    assert (line.kind, line.title, line.text) == (
        ReminderKind.RETURNED,
        "安置房 2018年9月月报被退回",
        "请附照片（退回修改，原报数字仍计入）",
    )
    assert line.url == f"/reports/{project.code}/2018/9/"


def test_the_colour_follows_the_filed_figure_at_once(project, reporter, on):
    warning_builders.warn_ledger(district_ledger())
    file_months(project, [100, 200, 300, 400, 500, 600, 700, 200])
    warning_builders.make_plan(project, on=AUGUST)
    assert warning_builders.levels([project], on) == [WarningLevel.RED]
    assert warning_builders.open_lifting(project) is None
    file(project, reporter, values=report_values(900, problem="已解决", problem_cause="land"), confirmed=Decimal(900))
    # The figures are in time again; red is left by people only (domain.md §1.8).
    assert warning_builders.open_lifting(project).from_level == WarningLevel.RED
    assert warning_builders.levels([project], on) == [WarningLevel.RED]


# Many at once


def test_what_is_refused_does_not_keep_the_others(unit, reporter, on):
    good, bad, foreign = report_project(unit, "甲"), report_project(unit, "乙"), report_project(make_unit(), "丙")
    drafts = [draft(project, amount) for project, amount in ((good, 300), (bad, None), (foreign, 300))]
    rows = [
        {"project": project, "year": YEAR, "month": MONTH, "version": found.version}
        for project, found in zip((good, bad, foreign), drafts, strict=True)
    ]
    result = service.file_many(rows=rows, by=reporter)
    assert [bool(one.report) for one in result] == [True, False, False]
    assert result[1].refusal == "请填写本年累计完成投资；没有完成投资的填 0。"
    assert result[2].refusal.startswith("“丙”不由您所在的单位填报")
    assert [of_month(project).state for project in (good, bad, foreign)] == [ReportState.FILED, ReportState.DRAFT, ReportState.DRAFT]
    again = service.file_many(rows=rows[:1], by=reporter)
    assert again[0].report.pk == drafts[0].pk
    assert ReportStep.objects.filter(report=drafts[0]).count() == 1


def test_a_draft_that_somebody_else_changed_is_not_filed_unseen(unit, reporter, on):
    project = report_project(unit)
    seen = draft(project)
    save(project, make_reporter(unit), seen.version, values=report_values(777))
    (row,) = service.file_many(rows=[{"project": project, "year": YEAR, "month": MONTH, "version": seen.version}], by=reporter)
    assert row.report is None
    assert "已被他人修改" in row.refusal
    assert of_month(project).state == ReportState.DRAFT
