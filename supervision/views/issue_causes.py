"""What the problems reported directly come from (病因统计): figures by cause over a period, as they stood on its last day."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.dates import chinese_day, parse_day
from erqi.common.exporting import PageExport
from erqi.common.kept import Keeper
from erqi.common.workbook.declare import SUM, Column, Row, Sheet
from projects.exports.summary import INCLUDES, SIMULATED
from supervision.charts import causes
from supervision.choices import IssueGrade
from supervision.filters.issue import NO_CAUSE
from supervision.querysets.issue import READERS
from supervision.services.issue_parties import seen_by
from supervision.stats.issue import CauseLine, cause_lines
from supervision.views.issue import list_crumb


@dataclass(frozen=True)
class Cell:
    """A number of the table and the list that it leads to; a percentage leads nowhere."""

    label: str
    number: float | None
    url: str = ""


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
        day, user = self.day.day, self.request.user
        # What counts of what was not taken up differs for those who are not told of it.
        seen_as = None if any(user.can(code) for code in READERS) else user.pk
        return Keeper().get(("causes", day, self.since, seen_as), lambda: cause_lines(seen_by(user).by_cause(day, self.since)))

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
            SIMULATED,
        ]
        rows = [
            Row(
                [
                    *(one.label, one.count, one.share, *one.grades, one.open, one.late, one.in_time, one.over, one.rate),
                    INCLUDES if one.simulated else None,
                ],
                simulated=bool(one.simulated),
            )
            for one in lines
        ]
        info = ("", f"数据截止：{chinese_day(self.day.day)}", "占比、按时率单位：%")
        return [
            Sheet(
                name="病因统计",
                title=self.export_title(),
                columns=columns,
                rows=rows,
                info=info,
                total=True,
                noun="类",
                keyed=False,
                blank="没有直报问题",
            )
        ]

    def list_url(self, cause: str | None = None, counted: str = "all", grade: str = "") -> str:
        """Return the address of the list that shows exactly what a number counts; `cause`: a code, empty for what nobody has named one of,
        None for all."""
        query = {"since": self.since.isoformat(), "counted": counted}
        if cause is not None:
            query["cause"] = cause or NO_CAUSE
        if grade:
            query["grade"] = grade
        if self.day.asked:
            query["as_of"] = self.day.day.isoformat()
        return f"{reverse('supervision:issue_list')}?{urlencode(query)}"

    def cells(self, line: CauseLine, cause: str | None) -> list[Cell]:
        """Return the numbers of a line, each with the list that it leads to."""
        grades = [
            Cell(f"{grade}类", number, self.list_url(cause, grade=grade)) for grade, number in zip(IssueGrade, line.grades, strict=True)
        ]
        counted = {"open": "未办结", "late": "其中逾期", "in_time": "按时办结", "over": "超期办结"}
        return [
            Cell("问题数", line.count, self.list_url(cause)),
            Cell("占比", line.share),
            *grades,
            *(Cell(label, getattr(line, name), self.list_url(cause, name)) for name, label in counted.items()),
            Cell("按时率", line.rate),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines, total = self.figures
        links = [self.list_url(one.code) for one in lines]
        return super().get_context_data(
            **kwargs,
            page_title="直报问题病因统计",
            breadcrumbs=[list_crumb(), {"label": "病因统计"}],
            as_of=self.day,
            since=self.since,
            lines=[(one, link, self.cells(one, one.code)) for one, link in zip(lines, links, strict=True)],
            total=total,
            total_cells=self.cells(total, None),
            head=HEAD,
            filter_summary=self.export_filters(),
            chart=causes([one.label for one in lines], [one.closed for one in lines], [one.open for one in lines], links),
            export=self.page_menu() if lines else None,
        )
