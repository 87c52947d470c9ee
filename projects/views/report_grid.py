"""The grid of monthly reports: all projects that a unit reports in a month, each a row that is saved as one types."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.editing import tell
from erqi.common.models import User
from projects.forms.report import ReportRowForm
from projects.models import Project, Unit
from projects.sentences.report import calendar_words, month_name, progress_words
from projects.services.grid import units_of
from projects.services.period import Month, current_month, month_of
from projects.services.report import Filed, file_many
from projects.stats.report import Due, done_by_unit, due_projects, month_reports
from projects.views.report_rows import Row, make_row
from projects.views.writing import WRITERS

# Rows on a page: a unit's projects stand on one, the whole district's on several.
PER_PAGE = 40
# Rows that 全部报送 takes in one go.
MOST = 200
ALL, NOBODY = "all", "none"
YEARS = range(2000, 2101)


@dataclass(frozen=True)
class Choice:
    """A unit of the picker: what it is called, how many of its projects are filed, and where its rows stand."""

    key: str
    label: str
    due: int
    done: int
    url: str
    current: bool

    @property
    def text(self) -> str:
        return f"{self.label}（{progress_words(self.done, self.due)}）"


def _number(text: str, allowed: range) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) in allowed else None


class GridPage:
    """What the grid shows somebody: the month, the units to choose from, the rows. The address says which (`?year=&month=&unit=&page=`).

    With `only` it knows nothing but that project: enough to answer one row.
    """

    def __init__(self, user: User, query: QueryDict, only: Project | None = None) -> None:
        self.user, self.query, self.day, self.only = user, query, clock.today(), only
        year, month = _number(query.get("year", ""), YEARS), _number(query.get("month", ""), range(1, 13))
        self.month: Month = month_of(year, month) if year and month else current_month(self.day)
        self.manages = user.can("report.manage")

    @cached_property
    def due(self) -> Due:
        if self.only is not None:
            # Also of somebody else's project it is known that it is reported.
            return due_projects(self.month, self.day, only=[self.only.pk])
        return due_projects(self.month, self.day, of_units=None if self.manages else self.own_units)

    @cached_property
    def own_units(self) -> set[int]:
        return units_of(self.user, self.day)

    @cached_property
    def writable(self) -> list[int]:
        """The projects that the account may write: for the office all."""
        return list(self.due.keys) if self.manages else self.due.writable(self.own_units)

    @cached_property
    def unit(self) -> str:
        """The unit chosen: a key, NOBODY for projects that no unit reports, ALL."""
        wanted = self.query.get("unit", "")
        counts = self.due.counts(self.writable)
        if wanted == ALL or (wanted == NOBODY and None in counts) or any(str(unit) == wanted for unit in counts):
            return wanted
        own = [str(unit) for unit in counts if unit in self.own_units]
        # A reporter begins with what the own unit reports; what it only leads is a choice away.
        return own[0] if not self.manages and len(own) == 1 else ALL

    @property
    def unit_asked(self) -> str:
        """The unit that the address names, which every row carries along."""
        return self.query.get("unit", "")

    @property
    def page_asked(self) -> str:
        return self.query.get("page", "")

    @cached_property
    def keys(self) -> list[int]:
        """The projects of the unit chosen."""
        if self.unit == ALL:
            return self.writable
        wanted = None if self.unit == NOBODY else int(self.unit)
        return [key for key in self.writable if self.due.unit_of(key) == wanted]

    @cached_property
    def page(self) -> Page:
        return Paginator(self.keys, PER_PAGE).get_page(self.query.get("page"))

    def address(self, **changes: Any) -> str:
        """Return the address of the grid with the month and unit shown, but for the changes."""
        shown = {"year": self.month.year, "month": self.month.month, "unit": self.unit, **changes}
        return f"{reverse('projects:report_grid')}?{urlencode({name: value for name, value in shown.items() if value})}"

    @cached_property
    def done(self) -> dict[int | None, int]:
        return done_by_unit(self.month, self.due, self.writable)

    def choices(self) -> list[Choice]:
        """Return the units to choose from, with their counts; none where there is only one."""
        counts, done = self.due.counts(self.writable), self.done
        names = Unit.objects.in_bulk([unit for unit in counts if unit is not None])
        found = [
            Choice(key, str(names[unit]) if unit else "没有填报单位", number, done.get(unit, 0), self.address(unit=key), key == self.unit)
            for unit, number in counts.items()
            for key in [str(unit) if unit else NOBODY]
        ]
        if len(found) < 2:
            return []
        found.sort(key=lambda choice: (choice.key == NOBODY, choice.label))
        whole = Choice(ALL, "全部单位", len(self.writable), sum(one.done for one in found), self.address(unit=ALL), self.unit == ALL)
        return [whole, *found]

    @property
    def progress(self) -> str:
        """How many of the chosen unit's projects are filed."""
        units = self.done if self.unit == ALL else [None if self.unit == NOBODY else int(self.unit)]
        return progress_words(sum(self.done.get(unit, 0) for unit in units), len(self.keys))

    @property
    def here(self) -> str:
        """The address of this very page."""
        return self.address(page=self.page.number if self.page.number > 1 else "")

    def rows(self) -> list[Row]:
        """Return the rows of the page."""
        found = month_reports(self.month, self.due, list(self.page.object_list), self.day)
        return [make_row(one, self.month, self.day, writable=True) for one in found]

    def row(self, form: ReportRowForm | None = None) -> Row | None:
        """Return the row of the `only` project, with the form that comes back; None when it is not reported in this month."""
        if not self.due.keys:
            return None
        (found,) = month_reports(self.month, self.due, self.due.keys, self.day)
        return make_row(found, self.month, self.day, writable=bool(self.writable), form=form)

    def _neighbour(self, step: int) -> dict[str, str]:
        number = self.month.year * 12 + self.month.month - 1 + step
        year, month = number // 12, number % 12 + 1
        return {"label": month_name(year, month, self.day), "url": self.address(year=year, month=month)} if year in YEARS else {}

    def context(self, replaced: dict[str, Row] | None = None) -> dict[str, Any]:
        """Return the page's context; `replaced` are rows (by code) that come back with what became of them."""
        rows = [(replaced or {}).get(row.code, row) for row in self.rows()]
        choices = self.choices()
        unit_name = next((choice.label for choice in choices if choice.current), str(rows[0].found.unit or "") if rows else "")
        return {
            "page_title": f"{month_name(self.month.year, self.month.month, self.day)}月报填报",
            "breadcrumbs": [{"label": "月报填报"}],
            "grid": self,
            "month": self.month,
            "calendar": calendar_words(self.month, self.day),
            "is_open": self.month.is_open(self.day),
            "is_locked": self.month.is_locked(self.day),
            "rows": rows,
            "choices": choices,
            "shows_units": self.unit == ALL and len(choices) > 1,
            "can_file": any(row.found.can_file for row in rows),
            "previous": self._neighbour(-1),
            "next": self._neighbour(1),
            "page_obj": self.page,
            "print_unit": "单位：万元",
            "print_subtitle": "　".join(filter(None, [unit_name, self.progress])),
            "no_unit": not self.manages and not self.own_units,
        }


class ReportGrid(PermissionRequiredMixin, TemplateView):
    """The grid; a POST files every row that was written and is complete (全部报送)."""

    permission = WRITERS
    template_name = "projects/report_grid.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**GridPage(self.request.user, self.request.GET).context(), **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = GridPage(request.user, request.POST)
        results = file_many(rows=self._seen(page.month), by=request.user)
        refused = {one.project.code: one for one in results if one.report is None}
        sentence = summary(results)
        if not refused:
            (tell if results else messages.warning)(request, sentence)
            return redirect(page.address(page=request.POST.get("page", "")))
        messages.warning(request, sentence)
        rows = page.rows()
        for row in rows:
            if found := refused.get(row.code):
                row.sentence, row.asked = found.refusal, found.asked if row.form is not None else None
        return self.render_to_response({**page.context({row.code: row for row in rows}), "view": self}, status=422)

    def _seen(self, month: Month) -> list[dict[str, Any]]:
        """Return what the person saw as written: only that is filed, in the version in which it was seen."""
        seen = [pair.rpartition(":") for pair in self.request.POST.getlist("row")[:MOST]]
        versions = {code.replace("\0", ""): int(version) for code, _, version in seen if version.isascii() and version.isdigit()}
        projects = Project.objects.filter(code__in=versions).order_by("pk")
        return [
            {"project": project, "year": month.year, "month": month.month, "version": versions[project.code]}
            for project in projects
            if 0 < versions[project.code] < 2**31
        ]


def summary(results: list[Filed]) -> str:
    """Return in one sentence what became of the rows that were to be filed together."""
    done = sum(one.report is not None for one in results)
    asked = [str(one.project) for one in results if one.asked is not None]
    left = len(results) - done - len(asked)
    if not results:
        return "没有可以报送的草稿：请先填写；没有变化的项目，请点该行的“无变化”。"
    parts = [f"已报送 {done} 个项目"] if done or not (left or asked) else []
    if asked:
        parts.append(f"有 {len(asked)} 个须确认数字后报送（{'、'.join(asked)}）")
    if left:
        parts.append(f"有 {left} 个没有报送，原因见各行")
    return "，".join(parts) + "。"
