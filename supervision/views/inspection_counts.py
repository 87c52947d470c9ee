"""How often each unit was inspected in each month of a year."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.dates import chinese_day
from erqi.common.exporting import PageExport
from erqi.common.workbook.declare import SUM, Column, Row, Sheet
from projects.exports.summary import INCLUDES, SIMULATED
from projects.models import Unit
from supervision.models import Inspection
from supervision.rules.inspection import USUAL_A_MONTH


class InspectionCounts(PermissionRequiredMixin, PageExport, TemplateView):
    """How often each unit was inspected in each month of a year: the national regulation asks for restraint."""

    permission = "business.view"
    template_name = "supervision/inspection_counts.html"
    shows_day = True

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    @property
    def months(self) -> list[int]:
        return list(range(1, self.day.day.month + 1))

    @cached_property
    def rows(self) -> list[tuple[Unit, list[int], int, bool]]:
        """Each unit with its inspections by month and in all, the most often inspected first; whether some of them are simulated."""
        simulated = Inspection.objects.simulated_in(self.day.day.year, self.day.day)
        counted = Inspection.objects.by_unit_and_month(self.day.day.year, self.day.day)
        units = Unit.objects.in_bulk(counted)
        rows = sorted(counted.items(), key=lambda pair: (-sum(pair[1].values()), units[pair[0]].sort_key))
        return [
            (units[key], [by_month.get(month, 0) for month in self.months], sum(by_month.values()), key in simulated)
            for key, by_month in rows
        ]

    def export_title(self) -> str:
        return f"{self.day.day.year}年督察频次"

    def export_day(self) -> AsOf:
        return self.day

    def export_sheets(self) -> list[Sheet]:
        columns = [
            Column("unit", "单位"),
            *(Column(f"month-{month}", f"{month}月", "number", total=SUM) for month in self.months),
            Column("whole", "合计", "number", total=SUM),
            SIMULATED,
        ]
        info = ("", f"数据截止：{chinese_day(self.day.day)}", f"单位：次；一个月超过 {USUAL_A_MONTH} 次的须写明理由")
        rows = [
            Row([str(unit), *numbers, whole, INCLUDES if simulated else None], simulated=simulated)
            for unit, numbers, whole, simulated in self.rows
        ]
        sums, title = {"total": True, "noun": "个单位", "blank": "还没有督察"}, self.export_title()
        return [Sheet(name="督察频次", title=title, columns=columns, rows=rows, info=info, keyed=False, **sums)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            page_title=self.export_title(),
            as_of=self.day,
            months=self.months,
            rows=self.rows,
            totals=[sum(column) for column in zip(*(numbers for _, numbers, *_ in self.rows), strict=True)],
            whole=sum(whole for *_, whole, _ in self.rows),
            usual=USUAL_A_MONTH,
            export=self.page_menu() if self.rows else None,
            breadcrumbs=[{"label": "督察", "url": reverse("supervision:inspection_list")}, {"label": "督察频次"}],
        )
