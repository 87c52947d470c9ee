"""Investment plans: twelve cumulative amounts; a new plan replaces the old from today on, colours follow."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from erqi.common import clock
from erqi.common.accounts import withdraw_role
from erqi.common.errors import InvalidInput, NotAllowed, ServiceError, StaleRecord
from erqi.common.models import User
from projects.choices import WarningLevel
from projects.models import InvestmentPlan, Project
from projects.services import plan as service
from projects.services.plan import plan_faults
from projects.tests.builders import make_entry, make_ledger, make_project, make_user
from projects.tests.report_builders import YEAR, district_ledger, file_months, report_project
from projects.tests.warning_builders import levels, warn_ledger

pytestmark = pytest.mark.django_db

EVEN = [100 * month for month in range(1, 13)]
LATE = [0] * 6 + [200, 400, 600, 800, 1000, 1200]
FIRST, SECOND = date(2018, 3, 5), date(2018, 8, 10)


@pytest.fixture
def project() -> Project:
    return report_project(name="道路工程")


@pytest.fixture
def office() -> User:
    return make_user("office", name="办公室丙")


def plan(project: Project, amounts: Sequence[Any] = EVEN, *, on: date = FIRST, by: User | None = None, **values: Any) -> InvestmentPlan:
    amounts = [None if amount is None else Decimal(amount) for amount in amounts]
    with clock.at(on):
        return service.set_plan(project=project, year=YEAR, cumulative=amounts, by=by, **values)


def standing(project: Project) -> InvestmentPlan:
    return InvestmentPlan.objects.standing(YEAR).get(project=project)


# ── who ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["reporter", "reviewer", "viewer", "inspector", "supervision", "leader", "sysadmin"])
@pytest.mark.parametrize("planned", [False, True])
def test_only_the_office_plans(project: Project, role: str, planned: bool) -> None:
    if planned:
        plan(project)
    person = make_user({"sysadmin": "system_admin"}.get(role, role))
    with pytest.raises(NotAllowed):
        plan(project, LATE, by=person, reason="调整")
    assert InvestmentPlan.objects.count() == planned


def test_the_office_plans_and_its_name_is_kept(project: Project, office: User) -> None:
    made = plan(project, by=office)
    assert (made.by, made.by_name, made.valid_from, made.valid_until, made.reason) == (office, "办公室丙", FIRST, None, "")
    assert made.cumulative == tuple(map(Decimal, EVEN))
    withdraw_role(user=office, role="office", by=make_user("security_admin"))
    with pytest.raises(NotAllowed):
        plan(project, LATE, by=office, reason="调整")


# ── what ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def changed(month: int, amount: int | None) -> list[int | None]:
    return [amount if place == month else value for place, value in enumerate(EVEN, 1)]


@pytest.mark.parametrize(
    ("amounts", "field", "sentence"),
    [
        (changed(1, None), "month_1", "请填写1月的累计计划；没有安排投资的，与上月相同。"),
        (changed(3, None), "month_3", "请填写1—3月的累计计划；没有安排投资的，与上月相同。"),
        (changed(1, -1), "month_1", "1月的累计计划不能为负数。"),
        (changed(3, 150), "month_3", "1—3月累计 150万元 少于1—2月累计 200万元；累计数不能减少。"),
        (changed(2, 50), "month_2", "1—2月累计 50万元 少于1月累计 100万元；累计数不能减少。"),
        (
            changed(12, 1300),
            "month_12",
            "1—12月累计 1,300万元 超过台账所列年度计划投资 1,200万元。请核对；确需增加的，请先修改台账条目的年度计划投资。",
        ),
        (EVEN[:11], None, "请填写十二个月的累计数。"),
    ],
)
def test_a_wrong_amount_is_named_by_its_month(
    project: Project, office: User, amounts: list[int | None], field: str | None, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan(project, amounts, by=office)
    assert refused.value.fields == {field: [sentence]}
    assert not InvestmentPlan.objects.exists()


def test_every_wrong_month_is_named_and_the_one_after_it_is_compared_with_the_last_right_one() -> None:
    amounts = [Decimal(amount) for amount in (100, 50, 60, 120, 110, 130, 130, 130, 130, 130, 130, 130)]
    assert set(plan_faults(amounts, None)) == {"month_2", "month_3", "month_5"}
    assert plan_faults(amounts, None)["month_3"] == ["1—3月累计 60万元 少于1月累计 100万元；累计数不能减少。"]


@pytest.mark.parametrize("annual", [Decimal(1200), Decimal(1500), None])
def test_less_than_the_ledger_plans_or_an_unknown_plan_is_no_fault(annual: Decimal | None) -> None:
    assert plan_faults([Decimal(amount) for amount in EVEN], annual) == {}
    assert plan_faults([Decimal(0)] * 12, annual) == {}


def test_a_project_outside_the_years_ledger_has_no_plan(office: User) -> None:
    make_entry(make_ledger("area", name="板块台账", level="area"), project := make_project("台账外项目"))
    with pytest.raises(ServiceError, match="“台账外项目”不在2018年区级重点项目台账中，不能编制该年度的投资计划。请先列入台账。"):
        plan(project, by=office)


# ── replacing ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_plan_replaces_the_old_from_its_day_on(project: Project, office: User) -> None:
    first = plan(project, by=office)
    second = plan(project, LATE, on=SECOND, by=office, reason="土地交付推迟", seen=first.pk)
    assert second.reason == "土地交付推迟"
    known = {day: InvestmentPlan.objects.on(day).filter(project=project).get().pk for day in (FIRST, date(2018, 8, 9), SECOND)}
    assert known == {FIRST: first.pk, date(2018, 8, 9): first.pk, SECOND: second.pk}
    assert not InvestmentPlan.objects.on(date(2018, 3, 4)).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        InvestmentPlan.objects.filter(pk=first.pk).update(month_1=1)


def test_of_two_plans_of_a_day_the_later_stands(project: Project) -> None:
    plan(project)
    second = plan(project, LATE, reason="改正录入")
    assert InvestmentPlan.objects.on(FIRST).get(project=project) == second


def test_a_change_says_why_and_a_first_plan_need_not(project: Project, office: User) -> None:
    assert plan(project, by=office, reason="不需要").reason == ""
    with pytest.raises(InvalidInput) as refused:
        plan(project, LATE, on=SECOND, by=office, reason="  ")
    assert refused.value.fields == {"reason": ["该项目本年度已有投资计划，调整须写明理由。"]}
    # What was refused has ended nothing.
    assert standing(project).cumulative == tuple(map(Decimal, EVEN))


def test_the_same_plan_again_changes_nothing(project: Project) -> None:
    first = plan(project)
    assert plan(project, on=SECOND).pk == first.pk
    assert plan(project, on=SECOND, seen=None).pk == first.pk
    assert InvestmentPlan.objects.count() == 1


def test_whoever_saw_an_older_plan_is_told(project: Project, office: User) -> None:
    first = plan(project)
    second = plan(project, LATE, on=SECOND, reason="推迟", seen=first.pk)
    half = [amount // 2 for amount in EVEN]
    for seen in (first.pk, None):
        with pytest.raises(StaleRecord) as stale:
            plan(project, half, on=SECOND, by=office, reason="核减", seen=seen)
        assert stale.value.current == second
    assert plan(project, half, on=SECOND, by=office, reason="核减", seen=second.pk) == standing(project)


def test_a_form_sent_twice_sets_one_plan(project: Project, office: User) -> None:
    plan(project)
    key = uuid4()
    values = {"on": SECOND, "by": office, "reason": "推迟", "seen": standing(project).pk, "request_key": key}
    assert plan(project, LATE, **values).pk == plan(project, LATE, **values).pk
    assert InvestmentPlan.objects.count() == 2


def test_other_years_and_projects_are_left_alone(project: Project) -> None:
    other = report_project(name="另一项目")
    make_entry(district_ledger(2019), project)
    plan(project)
    plan(other)
    with clock.at(SECOND):
        service.set_plan(project=project, year=2019, cumulative=[Decimal(amount) for amount in LATE], by=None)
    assert InvestmentPlan.objects.filter(valid_until=None).count() == 3


# ── colours ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_colours_follow_the_plan_from_its_day_on(project: Project) -> None:
    """At the end of July 700 were planned and 400 done (57 %): red; by the new plan 200 were due: only people lift that."""
    warn_ledger(district_ledger())
    plan(project)
    file_months(project, [100, 200, 300, 400])
    red_day = date(2018, 8, 1)
    assert levels([project], red_day) == [WarningLevel.RED]
    plan(project, LATE, on=SECOND, reason="土地交付推迟")
    assert levels([project], red_day) == [WarningLevel.RED]
    # What the plan now asks for would be green, and stays red until somebody confirms it; in December the new plan is behind as well.
    assert levels([project], SECOND) == [WarningLevel.RED]


def test_a_stricter_plan_turns_the_colour_at_once(project: Project) -> None:
    warn_ledger(district_ledger())
    plan(project, LATE)
    file_months(project, [0, 0, 0, 0, 0, 0, 200])
    assert levels([project], date(2018, 8, 9)) == [WarningLevel.GREEN]
    plan(project, EVEN, on=SECOND, reason="提前")
    assert levels([project], date(2018, 8, 9)) == [WarningLevel.GREEN]
    assert levels([project], SECOND) == [WarningLevel.RED]


def test_a_first_plan_makes_a_colour(project: Project) -> None:
    warn_ledger(district_ledger())
    assert levels([project], SECOND) == [WarningLevel.UNRATED]
    plan(project, EVEN, on=SECOND)
    assert levels([project], date(2018, 8, 9)) == [WarningLevel.UNRATED]
    assert levels([project], SECOND) == [WarningLevel.RED]


# ── two at the same moment ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun", [False, True])
def test_of_two_plans_at_the_same_moment_one_is_told_of_the_other(begun: bool) -> None:
    project, people = report_project(), [make_user("office"), make_user("office")]
    seen = plan(project).pk if begun else None

    def send(number: int) -> str:
        try:
            amounts = [amount // (number + 2) for amount in EVEN]
            return str(plan(project, amounts, on=SECOND, by=people[number], reason="调整", seen=seen).by == people[number])
        except ServiceError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == ["StaleRecord", "True"]
    assert InvestmentPlan.objects.standing(YEAR).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_at_the_same_moment_sets_one_plan() -> None:
    project, key = report_project(), uuid4()

    def send(_: int) -> int:
        try:
            return plan(project, by=None, seen=None, request_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    assert InvestmentPlan.objects.count() == 1
