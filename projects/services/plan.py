"""A project's investment plan of a year, month by month."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from erqi.common import clock
from erqi.common.errors import InvalidInput
from erqi.common.models import User
from erqi.common.numbers import money
from erqi.common.saving import already, checked, require
from projects.models import InvestmentPlan, Project
from projects.models.report import MONTHS
from projects.rules.progress import is_growing
from projects.services.schedule import refresh


@transaction.atomic
def set_plan(
    *, project: Project, year: int, cumulative: Sequence[Decimal], by: User | None, reason: str = "", request_key: UUID | None = None
) -> InvestmentPlan:
    """Set what is to be invested from January to each month's end (twelve cumulative amounts, 万元) and return the plan.

    A new plan replaces the standing one from today on, with a reason; the same plan again changes nothing. Raises NotAllowed without
    `report.manage`, InvalidInput (amounts missing or falling, no reason for a change, more than the project's yearly plan says).
    """
    require(by, "report.manage")
    if earlier := already(InvestmentPlan.objects.all(), request_key):
        return earlier
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    months = [Decimal(amount) for amount in cumulative]
    for place, (one, other) in enumerate(zip(months, months[1:], strict=False), 2):
        if other < one:
            raise InvalidInput(
                {f"month_{place}": [f"1—{place}月累计 {money(other)} 少于 1—{place - 1}月累计 {money(one)}；累计数不能减少。"]}
            )
    if not is_growing(months):
        raise InvalidInput({None: ["请填写十二个月的累计数，均不能为负数。"]})
    standing = InvestmentPlan.objects.standing(year).filter(project=project).first()
    if standing is not None:
        if list(standing.cumulative) == months:
            return standing
        if not reason.strip():
            raise InvalidInput({"reason": ["该项目本年度已有投资计划，调整须写明理由。"]})
    on = clock.today()
    plan = InvestmentPlan(
        project=project, year=year, valid_from=on, by=by, by_name=str(by) if by else "系统", reason=reason.strip(), request_key=request_key
    )
    for month in MONTHS:
        setattr(plan, f"month_{month}", months[month - 1])
    checked(plan)
    if standing is not None:
        InvestmentPlan.objects.filter(pk=standing.pk).update(valid_until=on)
    plan.save()
    refresh(project)
    return plan
