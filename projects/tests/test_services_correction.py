"""Correction slips: in which state and by whom, what they must say; one form sent twice."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from projects.choices import ReportAction
from projects.models import Reminder, ReportCorrection
from projects.services import correction as service
from projects.tests.builders import make_entry, make_ledger, make_project, make_unit, make_user
from projects.tests.correction_case import STATES, Case, begin, make_case
from projects.tests.report_builders import LAST, LOCKED, MONTH, YEAR, file_month, make_reporter, report_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case()


# ── state × permission ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("reporter", True),
        ("office", True),
        ("reviewer", False),
        ("foreign reporter", False),
        ("viewer", False),
        ("inspector", False),
        ("supervision", False),
        ("leader", False),
    ],
)
def test_who_may_ask_for_a_correction_in_which_state(case: Case, state: str, who: str, may: bool) -> None:
    begin(case, state)
    people = {"reporter": case.reporter, "office": case.office, "reviewer": case.reviewer, "foreign reporter": make_reporter(make_unit())}
    person = people.get(who) or make_user(who)
    if may:
        slip = case.ask(by=person)
        assert (slip.state, slip.requested_by, slip.requested_on, slip.cumulative) == ("pending", person, LOCKED, Decimal(260))
    else:
        with pytest.raises(NotAllowed):
            case.ask(by=person)
        assert not ReportCorrection.objects.exists()


@pytest.mark.parametrize("state", STATES)
def test_an_open_month_is_changed_in_the_report_itself(case: Case, state: str) -> None:
    begin(case, state)
    with pytest.raises(ServiceError, match="2018年9月还没有锁定，请直接填写或修改月报，不必填写更正单。"):
        case.ask(on=LAST)
    assert not ReportCorrection.objects.exists()


@pytest.mark.parametrize("month", [10, 12])
def test_a_month_that_has_not_begun_is_not_corrected(case: Case, month: int) -> None:
    with pytest.raises(ServiceError, match="还没有锁定"):
        case.ask(month=month)


@pytest.mark.parametrize("who", ["reporter", "reviewer", "viewer", "inspector", "supervision", "leader"])
def test_only_the_office_decides(case: Case, who: str) -> None:
    begin(case, "passed")
    slip = case.ask()
    person = {"reporter": case.reporter, "reviewer": case.reviewer}.get(who) or make_user(who)
    for approve in (True, False):
        with pytest.raises(NotAllowed):
            case.decide(slip, approve, by=person)
    slip.refresh_from_db()
    assert slip.is_pending


def test_nobody_decides_on_a_slip_of_ones_own(case: Case) -> None:
    begin(case, "passed")
    slip = case.ask(by=case.office)
    with pytest.raises(NotAllowed, match="不能审批自己提出的申请"):
        case.decide(slip, by=case.office)
    assert case.decide(slip, by=case.other_office).state == "approved"


@pytest.mark.parametrize("ended", ["approved", "rejected", "withdrawn"])
def test_a_slip_that_ended_is_neither_decided_nor_withdrawn(case: Case, ended: str) -> None:
    begin(case, "passed")
    slip = case.ask()
    {"approved": case.decide, "rejected": lambda one: case.decide(one, False), "withdrawn": case.withdraw}[ended](slip)
    for approve in (True, False):
        with pytest.raises(ServiceError, match="不能再审批"):
            case.decide(slip, approve, by=case.other_office)
    if ended != "withdrawn":
        with pytest.raises(ServiceError, match="不能撤回"):
            case.withdraw(slip)
    slip.refresh_from_db()
    assert slip.state == ended


def test_only_who_asked_takes_a_slip_back(case: Case) -> None:
    begin(case, "passed")
    slip = case.ask()
    with pytest.raises(NotAllowed, match="只能撤回自己提出的申请"):
        case.withdraw(slip, by=case.office)
    assert case.withdraw(slip).state == "withdrawn"
    # A second click changes nothing; and another slip may follow.
    assert case.withdraw(slip).version == 2
    assert case.ask(270).is_pending


def test_a_permission_withdrawn_in_between_counts(case: Case) -> None:
    begin(case, "passed")
    slip = case.ask()
    withdraw_role(user=case.office, role="office", by=make_user("security_admin"))
    with pytest.raises(NotAllowed):
        case.decide(slip)


# ── what is asked for ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "请写明更正理由。"),
        ({"cumulative": None}, "cumulative", "请填写本年累计完成投资；没有完成投资的填 0。"),
        ({"problem": "拆迁未完"}, "problem_cause", "填写了存在问题，请同时选择病因。"),
        ({"cutoff_on": date(2018, 10, 2)}, "cutoff_on", "数据截止日不能晚于业务日期。"),
        ({"cumulative": 300}, None, "更正后的内容与原月报相同，无需更正。"),
        ({"physical_percent": 101}, "physical_percent", "形象进度不能超过 100%。"),
        ({"cumulative": -1}, "cumulative", "累计完成投资不能为负数。"),
    ],
)
def test_what_a_slip_must_say(case: Case, values: dict[str, Any], field: str | None, sentence: str) -> None:
    begin(case, "passed")
    with pytest.raises(InvalidInput) as refused:
        case.ask(**{"cumulative": 260, **values})
    assert refused.value.fields[field] == [sentence]
    assert not ReportCorrection.objects.exists()


def test_nothing_is_left_behind_by_a_refused_slip_for_a_month_without_a_report(case: Case) -> None:
    with pytest.raises(InvalidInput):
        case.ask(reason="")
    assert case.report is None


def test_a_project_outside_the_years_ledger_has_nothing_to_correct(case: Case) -> None:
    make_entry(make_ledger("area", name="板块台账", level="area"), project := make_project("台账外项目"))
    with clock.at(LOCKED), pytest.raises(ServiceError, match="“台账外项目”不在2018年区级重点项目台账中"):
        service.request_correction(
            project=project, year=YEAR, month=MONTH, values=report_values(), reason="补报", version=None, by=case.office
        )


def test_one_slip_waits_at_a_time(case: Case) -> None:
    begin(case, "passed")
    case.ask()
    with pytest.raises(ServiceError, match="已有一张待审批的更正单"):
        case.ask(270, by=case.office)


def test_whoever_saw_an_older_report_is_told(case: Case) -> None:
    begin(case, "passed")
    seen = case.report.version
    case.decide(case.ask(260))
    with pytest.raises(StaleRecord):
        case.ask(270, version=seen)
    with pytest.raises(StaleRecord):
        case.ask(270, version=None)


def test_a_form_sent_twice_makes_one_slip(case: Case) -> None:
    begin(case, "passed")
    key = uuid4()
    assert case.ask(request_key=key).pk == case.ask(request_key=key).pk
    assert ReportCorrection.objects.count() == 1


def test_the_same_decision_twice_counts_once(case: Case) -> None:
    begin(case, "passed")
    slip = case.ask()
    first, second = case.decide(slip), case.decide(slip)
    assert first.pk == second.pk
    assert case.report.steps.filter(action=ReportAction.CORRECT).count() == 1
    assert Reminder.objects.filter(user=case.reporter, key=f"correction/{slip.pk}/approved").count() == 1
    with pytest.raises(ServiceError, match="已同意，由办公室丙办理"):
        case.decide(slip, False)


def test_a_refusal_needs_a_reason_and_changes_nothing(case: Case) -> None:
    begin(case, "passed")
    slip = case.ask()
    with pytest.raises(InvalidInput, match="不同意的，请写明理由"):
        case.decide(slip, False, reason=" ")
    case.decide(slip, False, reason="原数无误")
    assert (case.report.cumulative, case.report.version) == (Decimal(300), 2)
    told = Reminder.objects.get(user=case.reporter)
    assert (told.title, told.text) == ("道路工程 2018年9月月报的更正未同意", "原数无误")
    assert told.url == f"/reports/corrections/{slip.pk}/"


def test_a_slip_does_not_say_no_change_any_more(case: Case) -> None:
    file_month(case.project, month=8, cumulative=300)
    file_month(case.project, cumulative=300, no_change=True)
    assert case.ask(260).no_change is False
