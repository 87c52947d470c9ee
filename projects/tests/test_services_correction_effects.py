"""What a correction slip changes: which figure counts on which day, the colour; what two people do at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from erqi.common import clock
from erqi.common.errors import ServiceError
from erqi.common.models import User
from projects.choices import DecisionState, ReportAction, ReportState, WarningLevel
from projects.models import ProgressReport, Project, ReportStep
from projects.rules.report import Punctuality
from projects.services.period import month_of, unlock_month
from projects.services.report import file_report, return_report, withdraw_report
from projects.tests.correction_case import APPROVAL, Case, begin, make_case
from projects.tests.report_builders import DUE, LAST, LOCKED, MONTH, YEAR, district_ledger, file_month, file_months
from projects.tests.warning_builders import levels, make_plan, open_lifting, warn_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case()


# ── what follows ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def figure(project: Project, day: date) -> Decimal | None:
    """Return September's cumulative amount as it was known on the day."""
    step = ReportStep.objects.figures(day).filter(report__project=project, report__month=MONTH).first()
    return step and step.cumulative


@pytest.mark.parametrize("state", ["filed", "passed", "returned"])
def test_the_old_figure_counts_until_the_approval_and_stays_readable(case: Case, state: str) -> None:
    begin(case, state)
    slip = case.ask(260)
    assert figure(case.project, LOCKED) == case.report.cumulative == Decimal(300)
    case.decide(slip)
    assert [figure(case.project, day) for day in (DUE, LOCKED, date(2018, 10, 8), APPROVAL)] == [300, 300, 300, 260]
    report = case.report
    assert (report.cumulative, report.state) == (Decimal(260), ReportState.PASSED)
    assert (report.first_filed_on, report.filed_by_name) == (date(2018, 9, 24), "填报甲")
    assert (report.reviewed_on, report.reviewed_by_name) == (APPROVAL, "办公室丙")
    last = report.steps.get(valid_until=None)
    assert (last.action, last.reason, last.counts) == (ReportAction.CORRECT, "票据重复计算", True)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportStep.objects.filter(cumulative=300).update(cumulative=1)


@pytest.mark.parametrize("state", ["none", "draft", "excluded"])
def test_what_did_not_count_counts_from_the_approval(case: Case, state: str) -> None:
    begin(case, state)
    slip = case.ask(260)
    assert figure(case.project, LOCKED) is None
    case.decide(slip)
    assert [figure(case.project, day) for day in (LOCKED, date(2018, 10, 8), APPROVAL)] == [None, None, 260]
    report = case.report
    assert (report.state, report.filed_on, report.filed_by, report.return_reason) == ("passed", LOCKED, case.reporter, "")
    # What is made up for after the lock was filed late, whenever it is approved; what was filed in time and returned was in time.
    punctual = month_of(YEAR, MONTH).punctuality(report.first_filed_on, APPROVAL)
    assert punctual is (Punctuality.IN_TIME if state == "excluded" else Punctuality.LATE)


def test_the_cut_off_is_the_months_where_nobody_says_another(case: Case) -> None:
    assert case.ask().cutoff_on == DUE


def test_an_approval_does_not_overwrite_what_was_written_since(case: Case) -> None:
    begin(case, "passed")
    slip = case.ask(260)
    with clock.at(LOCKED):
        unlock_month(year=YEAR, month=MONTH, until=date(2018, 10, 12), note="系统故障", by=case.office)
        report = case.report
        report = return_report(report=report, reason="重报", version=report.version, by=case.reviewer)
        file_report(
            project=case.project, year=YEAR, month=MONTH, values={"cumulative": Decimal(280)}, version=report.version, by=case.reporter
        )
    with pytest.raises(ServiceError, match="填写更正单之后，这份月报又有改动"):
        case.decide(slip)
    slip.refresh_from_db()
    assert slip.is_pending
    assert case.report.cumulative == Decimal(280)
    assert case.decide(slip, False).state == "rejected"


def test_colours_follow_an_approval_and_not_a_request(case: Case) -> None:
    """Plan to September 900; 900 reported is green, 500 (56 %) red: from the day of the approval on."""
    warn_ledger(district_ledger())
    make_plan(case.project)
    file_months(case.project, [100, 200, 300, 400, 500, 600, 700, 800, 900])
    slip = case.ask(500)
    days = [LOCKED, date(2018, 10, 8), APPROVAL, date(2018, 10, 20)]
    assert levels([case.project], LOCKED) == [WarningLevel.GREEN]
    assert levels([case.project], APPROVAL) == [WarningLevel.GREEN]
    case.decide(slip)
    seen = [levels([case.project], day)[0] for day in days]
    assert seen[:2] == [WarningLevel.GREEN, WarningLevel.GREEN]
    assert seen[2] == seen[3] > WarningLevel.BLUE


def test_a_corrected_figure_lifts_nothing_by_itself(case: Case) -> None:
    warn_ledger(district_ledger())
    make_plan(case.project)
    file_month(case.project, cumulative=300, by=case.reporter, problem="资金未到位", problem_cause="funds")
    red = levels([case.project], LOCKED)[0]
    assert red == WarningLevel.RED
    case.decide(case.ask(900))
    assert levels([case.project], APPROVAL) == [red]
    assert open_lifting(case.project) is not None


def test_a_withdrawn_report_of_a_locked_month_is_made_up_for(case: Case) -> None:
    report = file_month(case.project, by=case.reporter)
    with clock.at(LAST):
        withdraw_report(report=report, version=report.version, by=case.reporter)
    case.decide(case.ask(310))
    assert figure(case.project, APPROVAL) == 310


# ── two at the same moment ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_two_slips_at_the_same_moment_leave_one() -> None:
    case = make_case()
    begin(case, "passed")
    version = case.report.version

    def ask(by: User) -> str:
        try:
            return case.ask(by=by, version=version).state
        except ServiceError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, [case.reporter, case.office])) == ["ServiceError", "pending"]


@pytest.mark.django_db(transaction=True)
def test_one_form_at_the_same_moment_makes_one_slip_and_two_answers() -> None:
    case, key = make_case(), uuid4()

    def ask(_: int) -> int:
        try:
            return case.ask(request_key=key, version=None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert ProgressReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_of_the_office_decide_at_the_same_moment() -> None:
    case = make_case()
    begin(case, "passed")
    slip = case.ask()

    def decide(number: int) -> str:
        try:
            return case.decide(slip, number == 0, by=[case.office, case.other_office][number]).state
        except ServiceError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(decide, range(2)))
    assert answers in (["ServiceError", "approved"], ["ServiceError", "rejected"])
    slip.refresh_from_db()
    assert slip.state in (DecisionState.APPROVED, DecisionState.REJECTED)
    assert case.report.cumulative == (260 if slip.state == DecisionState.APPROVED else 300)
