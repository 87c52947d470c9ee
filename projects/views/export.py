"""报表中心: what can be downloaded of a year, as of a day; one report with what it holds; the file."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from erqi.common import exporting, numbers
from erqi.common.access import PermissionRequiredMixin
from erqi.common.dates import clamp_to_year
from erqi.common.list_state import MONEY_UNITS
from erqi.common.listing import without_empty
from erqi.common.workbook.declare import Column, Sheet
from projects.exports.centre import REPORTS, Report
from projects.exports.scope import Scope
from projects.filters.ledger import LedgerFilter
from projects.models import LedgerEntry
from projects.querysets.ledger import LedgerEntryQuerySet
from projects.views.warning_parts import OfYear

# The filters that the form offers; others of the ledger's that an address carries count as well.
OFFERED = ("category", "area", "unit")
# So many rows of each sheet are shown before it is downloaded.
PREVIEWED = 8
MONTHS = range(1, 13)


class ReportPage(PermissionRequiredMixin, OfYear, View):
    """What the centre and its reports share: year, day, filters, unit of money, month."""

    permission = "business.view"
    shows_day = True
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.GET = without_empty(request.GET)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def filterset(self) -> LedgerFilter:
        return self._filter(self.day.day)

    def _filter(self, day: date) -> LedgerFilter:
        rows = LedgerEntry.objects.for_ledger(self.ledger, day, delisted=True)
        return LedgerFilter(self.request.GET, rows, as_of=day, year=self.ledger.year)

    def entries_on(self, day: date) -> LedgerEntryQuerySet:
        """Return the entries that stand in the ledger on the day and match the filters, without what filtering annotated."""
        entries = LedgerEntry.objects.for_ledger(self.ledger, day)
        if not self.filterset.is_active:
            return entries
        return entries.filter(pk__in=self._filter(day).qs.order_by().values("pk"))

    @property
    def money(self) -> str:
        asked = self.request.GET.get("money", "")
        return asked if asked in MONEY_UNITS else "wan"

    @property
    def month(self) -> int | None:
        asked = self.request.GET.get("month", "")
        return int(asked) if asked in map(str, MONTHS) else None

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.ledger, self.day, self.entries_on, self.money, self.filterset.summary(), self.month)

    @property
    def problems(self) -> list[str]:
        """What of the address did not count besides the day, a sentence each."""
        found = [*self.year_problems(), *self.filterset.problems]
        if self.day.day != clamp_to_year(self.day.day, self.ledger.year):
            found.append(f"所示日期不在{self.ledger.year}年内，年度内的计划和月报按该日期已知的情况计。")
        asked = self.request.GET
        if asked.get("month") and self.month is None:
            found.append(f"月份“{asked['month'][:10]}”无效，应为 1 至 12；现按{self.scope.data_month}月。")
        if asked.get("money") and asked["money"] not in MONEY_UNITS:
            found.append(f"金额单位“{asked['money'][:10]}”无效，按万元。")
        return found

    def query(self) -> QueryDict:
        """Return the parameters that make this view, without defaults."""
        query = QueryDict(mutable=True)
        for name, value in self.kept_year.items():
            query[name] = value
        for item in self.filterset.active():
            query.appendlist(item.name, item.value)
        if self.day.asked:
            query["as_of"] = self.day.day.isoformat()
        if self.money != "wan":
            query["money"] = self.money
        if self.month:
            query["month"] = str(self.month)
        return query

    def frame(self) -> dict[str, Any]:
        """Return what both pages show: the form and what is wrong with the address."""
        return {
            "ledger": self.ledger,
            "tabs": [
                {
                    "label": f"{one.year}年",
                    "url": self.request.path + ("" if one == self.default_ledger else f"?year={one.year}"),
                    "active": one == self.ledger,
                }
                for one in self.ledgers
            ],
            "scope": self.scope,
            "as_of": self.day,
            "problems": self.problems,
            "controls": [control for control in self.filterset.controls() if control.name in OFFERED],
            "others": [(item.name, item.value) for item in self.filterset.active() if item.name not in OFFERED],
            "filter_summary": self.filterset.summary(),
            "money": [(code, label, code == self.money) for code, label in MONEY_UNITS.items()],
            "months": [(month, month == self.scope.data_month) for month in MONTHS],
            "formats": exporting.FORMATS.values(),
            "clear_url": f"{self.request.path}?{urlencode(self.kept_year)}",
        }

    def nothing(self) -> HttpResponseBase:
        """Return the page that says that there is no ledger yet."""
        return render(self.request, "projects/export_none.html", {"page_title": "报表中心", "reason": self.not_warned()})


class ReportCentre(ReportPage):
    """All reports, each with a download; what is chosen above applies to all of them."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if self.ledger is None:
            return self.nothing()
        query = self.query().urlencode(safe=",")
        reports = [
            {"report": report, "url": self._address(report, query), "action": reverse("projects:export_report", args=[report.code])}
            for report in REPORTS.values()
        ]
        context = {**self.frame(), "page_title": "报表中心", "breadcrumbs": [{"label": "报表中心"}], "reports": reports}
        return render(request, "projects/export_centre.html", context)

    @staticmethod
    def _address(report: Report, query: str) -> str:
        address = reverse("projects:export_report", args=[report.code])
        return f"{address}?{query}" if query else address


class ReportDetail(ReportPage):
    """One report: its sheets with their columns and first rows; with `export` the file."""

    @cached_property
    def report(self) -> Report:
        try:
            return REPORTS[self.kwargs["report"]]
        except KeyError:
            raise Http404 from None

    def get(self, request: HttpRequest, report: str) -> HttpResponseBase:
        found = self.report
        if self.ledger is None:
            return self.nothing()
        wanted = exporting.wanted_of(request)
        with exporting.snapshot():
            if wanted is not None:
                return self.download(wanted)
            return render(request, "projects/export_report.html", self.context(found))

    def download(self, wanted: exporting.Format) -> FileResponse:
        """Return the file."""
        scope, report = self.scope, self.report
        return exporting.answer(
            wanted,
            self.request.user,
            report.title(scope),
            self.day,
            report.sheets(scope),
            filters=scope.filters if report.has_filters else "",
            money_unit=scope.unit if report.has_money else "",
            more=[("台账", str(scope.ledger)), ("预警规则", self._rules())],
            problems=self.problems,
        )

    def _rules(self) -> str:
        version = self.scope.versions.in_force(self.day.day)
        return version.name if version else ""

    def context(self, report: Report) -> dict[str, Any]:
        """Return what the page shows of the report."""
        query = self.query().urlencode(safe=",")
        return {
            **self.frame(),
            "page_title": report.title(self.scope),
            "breadcrumbs": [
                {"label": "报表中心", "url": reverse("projects:export_centre") + (f"?{query}" if query else "")},
                {"label": report.label},
            ],
            "report": report,
            # Sums of later sheets are made while the first one's rows are read to their end: only that one is read here.
            "sheets": [previewed(sheet, rows=place == 0) for place, sheet in enumerate(report.sheets(self.scope))],
            "previewed": PREVIEWED,
        }


def previewed(sheet: Sheet, *, rows: bool) -> dict[str, Any]:
    """Return what the page says of a sheet: its columns by group and, where asked for, the first rows."""
    groups: list[dict[str, Any]] = []
    for column in sheet.columns:
        if groups and column.group and groups[-1]["label"] == column.group:
            groups[-1]["columns"].append(column)
        else:
            groups.append({"label": column.group, "columns": [column]})
    first: list[list[dict[str, str]]] = []
    if rows:
        # Closed at once, so that nothing is read on after the page.
        with closing(iter(sheet.rows)) as reading:
            first = [
                [shown(value, column) for value, column in zip(row.values, sheet.columns, strict=True)]
                for row in islice(reading, PREVIEWED)
            ]
    return {"sheet": sheet, "groups": groups, "two_lines": any(group["label"] for group in groups), "rows": first}


def shown(value: Any, column: Column) -> dict[str, str]:
    """Return a value as the page shows it: words, the class of its cell, the level it is."""
    css = {"long": "wrap", "text": "wrap", "date": "date", "level": "level-cell"}.get(column.kind, "num")
    if isinstance(value, Decimal):
        text = numbers.percent(value) if column.kind == "percent" else numbers.plain(numbers.rounded(value, 4))
    elif isinstance(value, int):
        text = f"{value:,}"
    else:
        text = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
    return {"text": text, "css": "center" if column.kind in ("center", "code") else css, "tone": getattr(value, "tone", "")}
