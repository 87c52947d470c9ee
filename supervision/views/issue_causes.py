"""What the problems reported directly come from (病因统计): figures by cause over a period, as they stood on its last day."""

from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.dates import chinese_day, parse_day
from erqi.common.exporting import PageExport
from erqi.common.workbook.declare import SUM, Column, Row, Sheet
from supervision.charts import causes
from supervision.services.issue_parties import seen_by
from supervision.stats.issue import CauseLine, cause_lines
from supervision.views.issue import list_crumb

HEAD = ["病因", "问题数", "占比", "A类", "B类", "C类", "未办结", "其中逾期", "按时办结", "超期办结", "按时率"]


class IssueCauses(PermissionRequiredMixin, PageExport, TemplateView):
    """Problems by cause: how many, of which grade, how many are open, late, closed in time. `?since=` narrows the period."""

    shows_day = True
    permission = "business.view"
    template_name = "supervision/issue_causes.html"

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    @cached_property
    def since(self) -> date:
        """The first day of the period: what was asked for if it is a day before the last one, else the year's first."""
        asked = parse_day(self.request.GET.get("since", ""))
        return asked if asked is not None and asked <= self.day.day else date(self.day.day.year, 1, 1)

    @cached_property
    def figures(self) -> tuple[list[CauseLine], CauseLine]:
        return cause_lines(seen_by(self.request.user).by_cause(self.day.day, self.since))

    def export_title(self) -> str:
        return "直报问题病因统计"

    def export_day(self) -> AsOf:
        return self.day

    def export_filters(self) -> str:
        return f"直报日期：{chinese_day(self.since)}至{chinese_day(self.day.day)}"

    def export_sheets(self) -> list[Sheet]:
        lines, _ = self.figures
        keys = ("count", "share", "a", "b", "c", "open", "late", "in_time", "over", "rate")
        summed = {"count", "a", "b", "c", "open", "late", "in_time", "over"}
        columns = [
            Column("cause", "病因"),
            *(Column(key, label, "number", total=SUM if key in summed else None) for key, label in zip(keys, HEAD[1:], strict=True)),
        ]
        rows = [Row([one.label, one.count, one.share, *one.grades, one.open, one.late, one.in_time, one.over, one.rate]) for one in lines]
        info = ("", f"数据截止：{chinese_day(self.day.day)}", "占比、按时率单位：%")
        return [Sheet(name="病因统计", title=self.export_title(), columns=columns, rows=rows, info=info, keyed=False, blank="没有直报问题")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines, total = self.figures
        address = reverse("supervision:issue_list")
        links = [f"{address}?cause={one.code}" if one.code else address for one in lines]
        return super().get_context_data(
            **kwargs,
            page_title="直报问题病因统计",
            breadcrumbs=[list_crumb(), {"label": "病因统计"}],
            as_of=self.day,
            since=self.since,
            lines=list(zip(lines, links, strict=True)),
            total=total,
            head=HEAD,
            filter_summary=self.export_filters(),
            chart=causes([one.label for one in lines], [one.closed for one in lines], [one.open for one in lines], links),
            export=self.page_menu() if lines else None,
        )
