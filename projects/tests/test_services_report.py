"""Monthly reports: what may be done in which state and month, what a filed report has to say, what each step leaves behind."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.models import User
from projects.choices import ReportState, WarningLevel
from projects.models import ProgressReport, Project, ReportStep, Unit
from projects.services import report as service
from projects.services.period import lock_month
from projects.services.report import last_counted, prefilled
from projects.tests import warning_builders
from projects.tests.builders import make_milestone, make_unit, make_user
from projects.tests.report_builders import (
    AUGUST,
    DUE,
    LAST,
    LOCKED,
    MONTH,
    OPENS,
    YEAR,
    district_ledger,
    file_month,
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


# States and actions


def bring(project: Project, state: str | None, reporter: User, reviewer: User) -> ProgressReport | None:
    """Bring the project's report into a state on the day that the clock shows."""
    if state is None:
        return None
    report = save(project, reporter)
    if state != ReportState.DRAFT:
        report = file(project, reporter, report.version)
    if state == ReportState.PASSED:
        report = service.pass_report(report=report, version=report.version, by=reviewer)
    if state == ReportState.RETURNED:
        report = service.return_report(report=report, reason="数据有误", version=report.version, by=reviewer)
    return report


def act(action: str, project: Project, report: ProgressReport | None, reporter: User, reviewer: User) -> ProgressReport:
    version = report.version if report else None
    if action == "save":
        return save(project, reporter, version, values=report_values(400))
    if action == "file":
        return file(project, reporter, version, values=report_values(400))
    if action == "unchanged":
        return service.file_unchanged(project=project, year=YEAR, month=MONTH, version=version, by=reporter)
    assert report is not None
    if action == "withdraw":
        return service.withdraw_report(report=report, version=version, by=reporter)
    if action == "pass":
        return service.pass_report(report=report, version=version, by=reviewer)
    return service.return_report(report=report, reason="请补充", version=version, by=reviewer)


DRAFT, FILED, PASSED, RETURNED = ReportState.DRAFT, ReportState.FILED, ReportState.PASSED, ReportState.RETURNED
# State → action → the state it leads to; an action that is missing is refused.
TABLE: dict[str | None, dict[str, str]] = {
    None: {"save": DRAFT, "file": FILED, "unchanged": FILED},
    DRAFT: {"save": DRAFT, "file": FILED, "unchanged": FILED},
    FILED: {"withdraw": DRAFT, "pass": PASSED, "return": RETURNED},
    PASSED: {"return": RETURNED},
    RETURNED: {"save": RETURNED, "file": FILED, "unchanged": FILED},
}
ACTIONS = ["save", "file", "unchanged", "withdraw", "pass", "return"]
CASES = [(state, action) for state in TABLE for action in ACTIONS if state is not None or action in {"save", "file", "unchanged"}]


@pytest.mark.parametrize(("state", "action"), CASES)
def test_every_action_in_every_state(state, action, project, reporter, reviewer, on):
    file_month(project, 8, 200)
    report = bring(project, state, reporter, reviewer)
    before = ProgressReport.objects.filter(pk=report.pk).values().get() if report else None
    steps = ReportStep.objects.count()
    wanted = TABLE[state].get(action)
    if wanted is None:
        with pytest.raises(ServiceError):
            act(action, project, report, reporter, reviewer)
        assert ProgressReport.objects.filter(pk=report.pk).values().get() == before
        assert ReportStep.objects.count() == steps
        return
    result = act(action, project, report, reporter, reviewer)
    assert of_month(project).state == result.state == wanted
    assert ReportStep.objects.count() == steps + (action != "save")


@pytest.mark.parametrize(("state", "action"), CASES)
def test_a_locked_month_refuses_every_action(state, action, project, reporter, reviewer):
    with clock.at(LAST):
        report = bring(project, state, reporter, reviewer)
    before = list(ProgressReport.objects.values())
    # What was returned on the last day may be written for two working days more (test_report_returns).
    day = date(2018, 10, 10) if state == RETURNED else LOCKED
    with clock.at(day), pytest.raises(ServiceError, match="2018年9月已锁定，不能.*更正单"):
        act(action, project, report, reporter, reviewer)
    assert list(ProgressReport.objects.values()) == before


@pytest.mark.parametrize("action", ["save", "file", "unchanged"])
def test_a_month_that_has_not_begun_refuses_with_its_first_day(action, project, reporter, reviewer):
    with clock.at(date(2018, 9, 19)), pytest.raises(ServiceError, match="从2018年9月20日起填报"):
        act(action, project, None, reporter, reviewer)
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize("day", [OPENS, DUE, date(2018, 9, 26), LAST])
def test_from_the_20th_to_the_months_end_reports_are_taken(day, project, reporter):
    with clock.at(day):
        report = file(project, reporter)
    assert (report.state, report.filed_on, report.first_filed_on) == (FILED, day, day)
    # After the deadline the figures are still those of the deadline, unless somebody says otherwise.
    assert report.cutoff_on == min(day, DUE)


def test_a_month_locked_early_is_locked_for_everybody(project, reporter):
    with clock.at(date(2018, 9, 28)):
        lock_month(year=YEAR, month=MONTH, by=make_user("office"))
        for by in (reporter, make_user("office")):
            with pytest.raises(ServiceError, match="已锁定"):
                save(project, by)


# What a report says


def test_a_draft_may_be_half_a_report(project, reporter, on):
    report = save(project, reporter, values={"problem": "土地未供", "cumulative": None})
    assert (report.state, report.problem, report.problem_cause, report.version) == (DRAFT, "土地未供", "", 1)
    assert last_counted(project, YEAR, 10) is None


def test_what_a_filed_report_lacks_is_said_at_its_place_and_the_draft_stays(project, reporter, on):
    report = save(project, reporter, values={"problem": "土地未供"})
    with pytest.raises(InvalidInput) as refused:
        file(project, reporter, report.version, values={"problem": "土地未供", "cutoff_on": date(2018, 9, 26)})
    assert refused.value.fields == {
        "cumulative": ["请填写本年累计完成投资；没有完成投资的填 0。"],
        "problem_cause": ["填写了存在问题，请同时选择病因。"],
        "cutoff_on": ["数据截止日不能晚于业务日期。"],
    }
    assert (of_month(project).state, of_month(project).problem, of_month(project).version) == (DRAFT, "土地未供", 1)


def test_nothing_invested_is_a_figure(project, reporter, on):
    assert file(project, reporter, values={"cumulative": Decimal(0)}).state == FILED


def test_a_sum_that_falls_needs_a_word_why(project, reporter, on):
    file_month(project, 8, 500)
    with pytest.raises(InvalidInput, match="累计完成投资比8月的 500万元 少，请在“本月进展”中说明原因。"):
        file(project, reporter, values={"cumulative": Decimal("499.9999")})
    assert file(project, reporter, values={"cumulative": Decimal(500)}).state == FILED


def test_a_sum_that_falls_is_taken_with_its_reason(project, reporter, on):
    file_month(project, 8, 500)
    assert file(project, reporter, values={"cumulative": Decimal(400), "progress": "上月多报，核减"}, confirmed=Decimal(400)).state == FILED


def test_a_negative_sum_and_more_than_100_percent_are_refused(project, reporter, on):
    with pytest.raises(InvalidInput, match="累计完成投资不能为负数"):
        save(project, reporter, values={"cumulative": Decimal(-1)})
    with pytest.raises(InvalidInput, match="形象进度不能超过 100%"):
        save(project, reporter, values={"physical_percent": 101})
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize("level", [WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED])
def test_a_yellow_or_red_project_names_its_problem(level, project, reporter, on):
    warning_builders.warn_ledger(district_ledger())
    late = warning_builders.DAYS_LATE[level]
    make_milestone(project, "other", YEAR, name="主体施工", due_on=date.fromordinal(on.toordinal() - late))
    assert warning_builders.levels([project], on) == [level]
    if level in (WarningLevel.YELLOW, WarningLevel.RED):
        with pytest.raises(InvalidInput, match="现为预警或告警，请填写存在问题并选择病因"):
            file(project, reporter)
        assert file(project, reporter, values=report_values(problem="征迁受阻", problem_cause="clearance")).state == FILED
    else:
        assert file(project, reporter).state == FILED


# A month begins with the last one's figures


def test_a_month_begins_with_the_last_counted_figures(project, reporter, reviewer, on):
    assert prefilled(None) == {}
    file_month(project, 7, 100, physical_percent=10, next_step="封顶", problem="缺土", problem_cause="land")
    withdrawn = file_month(project, 8, 200, on=AUGUST)
    with clock.at(AUGUST):
        service.withdraw_report(report=withdrawn, version=withdrawn.version, by=reporter)
    earlier = last_counted(project, YEAR, MONTH)
    assert earlier.month == 7
    first = prefilled(earlier)
    assert (first["cumulative"], first["physical_percent"], first["next_step"], first["problem"]) == (Decimal(100), 10, "封顶", "缺土")
    # What is said of a month itself is not carried into the next.
    assert not {"progress", "no_change", "cutoff_on"} & set(first)


def test_january_begins_with_nothing(project):
    file_month(project, 12, 500, on=date(2018, 12, 19))
    assert last_counted(project, 2019, 1) is None


def test_no_change_files_last_months_figures(project, reporter, on):
    file_month(project, 8, 200, physical_percent=40, next_step="封顶")
    report = service.file_unchanged(project=project, year=YEAR, month=MONTH, version=None, by=reporter)
    assert (report.state, report.cumulative, report.physical_percent, report.next_step) == (FILED, Decimal(200), 40, "封顶")
    assert (report.no_change, report.progress) == (True, "本月无变化。")


def test_no_change_without_a_month_before_is_refused_in_one_sentence(project, reporter, on):
    with pytest.raises(InvalidInput) as refused:
        service.file_unchanged(project=project, year=YEAR, month=MONTH, version=None, by=reporter)
    assert refused.value.fields == {"no_change": ["本年还没有报过月报，不能报“无变化”，请填写数据。"]}


def test_no_change_that_is_changed_afterwards_is_one_no_longer(project, reporter, on):
    file_month(project, 8, 200)
    report = service.file_unchanged(project=project, year=YEAR, month=MONTH, version=None, by=reporter)
    report = service.withdraw_report(report=report, version=report.version, by=reporter)
    assert save(project, reporter, report.version, values={"cumulative": Decimal(200)}).no_change is True
    assert save(project, reporter, report.version, values={"cumulative": Decimal(210)}).no_change is False


# Versions and repeats


def test_a_save_that_says_nothing_new_writes_nothing(project, reporter, on):
    report = save(project, reporter)
    assert save(project, reporter, report.version).version == 1
    assert of_month(project).events.count() == 1


def test_the_second_person_is_refused_with_what_stands_now(project, unit, reporter, on):
    other = make_reporter(unit, name="王五")
    save(project, other, values=report_values(350))
    with pytest.raises(StaleRecord) as refused:
        save(project, reporter, None, values=report_values(999), request_key=uuid4())
    assert refused.value.current.cumulative == Decimal(350)
    with pytest.raises(StaleRecord):
        file(project, reporter, None, values=report_values(999))
    assert of_month(project).cumulative == Decimal(350)


def test_a_first_save_whose_answer_was_lost_is_repeated(project, reporter, on):
    key = uuid4()
    save(project, reporter, request_key=key)
    report = save(project, reporter, request_key=key, values=report_values(310))
    assert (report.version, report.cumulative) == (2, Decimal(310))
    # By now the form is older than what stands.
    with pytest.raises(StaleRecord):
        save(project, reporter, request_key=key, values=report_values(320))


def test_filing_twice_counts_once_also_after_the_month_was_locked(project, reporter, on):
    one = file(project, reporter)
    two = file(project, reporter)
    with clock.at(LOCKED):
        three = file(project, reporter)
    assert one.pk == two.pk == three.pk
    assert ReportStep.objects.count() == 1
    assert of_month(project).version == 1


def test_filing_again_with_other_figures_says_who_filed_when(project, reporter, on):
    file(project, reporter)
    with pytest.raises(ServiceError, match="已于2018年9月24日由张三报送。需要修改的，请先撤回。"):
        file(project, reporter, values=report_values(301))
    assert of_month(project).cumulative == Decimal(300)


@pytest.mark.parametrize("action", ["withdraw", "pass", "return"])
def test_the_second_click_on_a_button_changes_nothing(action, project, reporter, reviewer, on):
    report = file(project, reporter)
    one = act(action, project, report, reporter, reviewer)
    two = act(action, project, report, reporter, reviewer)
    assert (one.state, one.version) == (two.state, two.version)
    assert ReportStep.objects.filter(report=report).count() == 2


def test_filing_again_after_a_return_keeps_the_first_day_and_clears_the_reason(project, reporter, reviewer):
    with clock.at(IN_TIME):
        report = bring(project, RETURNED, reporter, reviewer)
        assert report.return_reason == "数据有误"
    with clock.at(date(2018, 9, 28)):
        report = file(project, reporter, report.version, values=report_values(310))
    assert (report.first_filed_on, report.filed_on, report.return_reason) == (IN_TIME, date(2018, 9, 28), "")
