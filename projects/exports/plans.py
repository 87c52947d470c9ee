"""分月投资计划: what each project plans to have invested from January to each month's end."""

from collections.abc import Iterator
from itertools import count

from erqi.common.list_export import SIMULATED
from erqi.common.workbook.declare import SUM, Column, Row, Sheet
from projects.exports.scope import Scope, category_words
from projects.models import InvestmentPlan
from projects.querysets.plan import with_plan

MONTHS = range(1, 13)
BATCH = 500
_READ = ("pk", "project__code", "project__name", "project__category__name", "project__category__parent__name", "plan_simulated")


def plans_sheet(scope: Scope) -> Sheet:
    """Return the plans by month; projects without one are rows without figures."""
    return Sheet(
        name="分月计划",
        title=f"{scope.year}年分月投资计划（1月起累计）",
        columns=[
            Column("number", "序号", "ordinal"),
            Column("code", "项目编号", "code"),
            Column("name", "项目名称"),
            *(Column(f"month_{month}", f"1—{month}月" if month > 1 else "1月", "money", group="累计计划", total=SUM) for month in MONTHS),
            Column("since", "计划自", "date"),
            SIMULATED,
        ],
        rows=_rows(scope),
        info=scope.info(),
        pinned=3,
        total=True,
        keyed=False,
        notes=scope.notes,
    )


def _rows(scope: Scope) -> Iterator[Row]:
    entries = with_plan(scope.by_category(), scope.year, scope.day.day, InvestmentPlan.objects.all())
    amounts = [f"plan__month_{month}" for month in MONTHS]
    columns = (*_READ, "planned_on", *amounts)
    number = count(1)
    all_months = frozenset(f"month_{month}" for month in MONTHS)
    for key, code, name, category, whole, simulated, since, *planned in entries.values_list(*columns).iterator(BATCH):
        yield Row(
            [next(number), code, name, *map(scope.amount, planned), since, "分月计划" if simulated else None],
            group=category_words(category, whole),
            uncounted=all_months if "plan" in scope.uncounted(key) else frozenset(),
            simulated=bool(simulated),
        )
