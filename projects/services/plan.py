"""A project's investment plan of a year, month by month."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.dates import in_year
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.numbers import money
from erqi.common.saving import already, checked, require
from projects.models import InvestmentPlan, Ledger, LedgerEntry, Project
from projects.models.report import MONTHS
from projects.services.decision import name_of
from projects.services.locks import lock_project
from projects.services.schedule import refresh


class _Anything:
    """What `seen` is where nobody looked at a plan before (seeds and imports)."""


ANYTHING: Final = _Anything()


def planned_months(month: int) -> str:
    """Return what the cumulative amount of a month covers, in words: 1月, 1—3月."""
    return "1月" if month == 1 else f"1—{month}月"


def plan_faults(months: Sequence[Decimal | None], annual: Decimal | None) -> dict[str | None, list[str]]:
    """Return what is wrong with twelve cumulative amounts, by month; `annual` is what the ledger plans for the year (None: unknown)."""
    wrong: dict[str | None, list[str]] = {}
    if len(months) != len(MONTHS):
        return {None: ["请填写十二个月的累计数。"]}
    last_month, last = 0, Decimal(0)
    for month, amount in zip(MONTHS, months, strict=True):
        if amount is None:
            wrong[f"month_{month}"] = [f"请填写{planned_months(month)}的累计计划；没有安排投资的，与上月相同。"]
        elif amount < 0:
            wrong[f"month_{month}"] = [f"{planned_months(month)}的累计计划不能为负数。"]
        elif amount < last:
            wrong[f"month_{month}"] = [
                f"{planned_months(month)}累计 {money(amount)} 少于{planned_months(last_month)}累计 {money(last)}；累计数不能减少。"
            ]
        else:
            last_month, last = month, amount
    whole = months[-1]
    if not wrong and annual is not None and whole is not None and whole > annual:
        wrong["month_12"] = [
            f"1—12月累计 {money(whole)} 超过台账所列年度计划投资 {money(annual)}。请核对；确需增加的，请先修改台账条目的年度计划投资。"
        ]
    return wrong


def annual_plan(project: Project, year: int) -> Decimal | None:
    """Return what the district ledger of the year plans for the project, or None where it says nothing.

    Raises ServiceError for a project that does not stand in that ledger.
    """
    entries = LedgerEntry.objects.filter(project=project, ledger__in=Ledger.objects.main().filter(year=year))
    found = entries.values_list("annual_plan", flat=True)[:1]
    if not found:
        raise ServiceError(f"“{project}”不在{year}年区级重点项目台账中，不能编制该年度的投资计划。请先列入台账。")
    return found[0]


@transaction.atomic
def set_plan(
    *,
    project: Project,
    year: int,
    cumulative: Sequence[Decimal | None],
    by: User | None,
    reason: str = "",
    seen: int | _Anything | None = ANYTHING,
    request_key: UUID | None = None,
) -> InvestmentPlan:
    """Set what is to be invested from January to each month's end (twelve cumulative amounts, 万元) and return the plan.

    A new plan replaces the standing one from today on (a past year's from its 31 December on), with a reason; the same plan again
    changes nothing. `seen` is the key of the plan that the person saw standing (None: none). Raises NotAllowed without
    `report.manage`, ServiceError (project not in the year's ledger), StaleRecord (`current` is the plan that somebody else set
    meanwhile), InvalidInput (amounts missing or falling, no reason for a change, more than the ledger plans for the year).
    """
    require(by, "report.manage")
    # The plans of a project are set one after the other, and so are those of one form that arrives twice.
    lock_project(project.pk)
    if earlier := already(InvestmentPlan.objects.all(), request_key):
        return earlier
    if wrong := plan_faults(cumulative, annual_plan(project, year)):
        raise InvalidInput(wrong)
    months = tuple(Decimal(amount) for amount in cumulative if amount is not None)
    standing = InvestmentPlan.objects.standing(year).filter(project=project).first()
    if standing is not None:
        if standing.cumulative == months:
            return standing
        if not isinstance(seen, _Anything) and seen != standing.pk:
            raise StaleRecord(standing)
        if not reason.strip():
            raise InvalidInput({"reason": ["该项目本年度已有投资计划，调整须写明理由。"]})
    # A past year's plan is put right on the year's last day, on which it is read.
    on = in_year(clock.today(), year)
    if standing is not None:
        # Ended first: of a project and a year only one plan stands.
        InvestmentPlan.objects.filter(pk=standing.pk).update(valid_until=on)
    plan = InvestmentPlan(
        project=project,
        year=year,
        valid_from=on,
        by=by,
        by_name=name_of(by),
        reason=reason.strip() if standing is not None else "",
        request_key=request_key,
        **{f"month_{month}": amount for month, amount in zip(MONTHS, months, strict=True)},
    )
    checked(plan).save()
    refresh(project)
    return plan
