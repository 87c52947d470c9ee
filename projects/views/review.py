"""The reviewer's queue: a month's reports that await a review, passed one by one or ticked, returned with a reason; and what is missing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.editing import tell
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.exporting import PageExport
from erqi.common.workbook.declare import Sheet
from projects.choices import ReportState
from projects.exports.pages import review_sheet
from projects.models import ProgressReport, ReportCorrection, Unit
from projects.sentences.report import calendar_words, return_words
from projects.services.grid import units_of
from projects.services.period import Month, current_month, month_of, months_of
from projects.services.report import return_report
from projects.services.review import CHANGED, Reviewed, pass_many
from projects.stats.report import Due, due_projects
from projects.stats.review import ReviewRow, Standing, missing_units, review_rows, standing_reports

REVIEWERS = ("report.review", "report.manage")
PER_PAGE = 50
STATES = {ReportState.FILED: "待审核", ReportState.PASSED: "已通过", ReportState.RETURNED: "已退回"}
NOBODY = "none"
YEARS = range(2000, 2101)
# The longest list of refusals that a message spells out.
SPELT_OUT = 5


def _number(text: str, allowed: range) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) in allowed else None


def _marked(text: str) -> tuple[int, int] | None:
    """Return the key and version of a report as the page sends them (12.3), or None for anything else."""
    key, _, version = text.partition(".")
    fine = all(part.isascii() and part.isdigit() and len(part) <= 15 for part in (key, version))
    return (int(key), int(version)) if fine else None


def summary(done: list[Reviewed]) -> str:
    """Return what became of several reports in one sentence: 通过 8 份，2 份未办：甲项目（…）、乙项目（…）."""
    refused = [one for one in done if one.refusal]
    text = f"通过 {len(done) - len(refused)} 份"
    if not refused:
        return f"{text}。"
    named = "、".join(f"{one.report.project}（{one.refusal}）" for one in refused[:SPELT_OUT])
    more = f"等 {len(refused)} 份" if len(refused) > SPELT_OUT else ""
    return f"{text}，{len(refused)} 份未办：{named}{more}。"


@dataclass(frozen=True)
class Refused:
    """A return that was refused: the report (key), what was typed, and why."""

    report: int
    reason: str
    excluded: bool
    sentence: str


class ReviewQueue(PermissionRequiredMixin, PageExport, TemplateView):
    """The queue of one month: `?year=&month=&unit=&state=&page=`. A reviewer sees what the own units lead, the office everything."""

    permission = REVIEWERS
    template_name = "projects/review_queue.html"
    refused: Refused | None = None

    @cached_property
    def today(self) -> Any:
        return clock.today()

    @cached_property
    def month(self) -> Month:
        year, month = _number(self.request.GET.get("year", ""), YEARS), _number(self.request.GET.get("month", ""), range(1, 13))
        return month_of(year, month) if year and month else current_month(self.today)

    @property
    def state(self) -> str:
        asked = self.request.GET.get("state", "")
        return asked if asked in STATES else ReportState.FILED

    @cached_property
    def due(self) -> Due:
        return due_projects(self.month, self.today, of_units=self.units)

    @cached_property
    def units(self) -> set[int] | None:
        """The person's units; None for the office, which reviews for all."""
        return None if self.request.user.can("report.manage") else units_of(self.request.user, self.today)

    @cached_property
    def mine(self) -> list[int]:
        """The projects that the person may review: for the office all."""
        return list(self.due.keys) if self.units is None else self.due.reviewed(self.units)

    @cached_property
    def reports(self) -> list[Standing]:
        return standing_reports(self.month, self.mine)

    @cached_property
    def unit(self) -> str:
        asked = self.request.GET.get("unit", "")
        return asked if asked in {self._unit_code(key) for key in self.mine} else ""

    def _unit_code(self, project: int) -> str:
        unit = self.due.unit_of(project)
        return NOBODY if unit is None else str(unit)

    def _chosen(self, keys: list[int]) -> list[int]:
        return [key for key in keys if self._unit_code(key) == self.unit] if self.unit else keys

    @cached_property
    def queue(self) -> Page:
        """The projects (keys) of the reports shown, the longest waiting first."""
        return Paginator(self.shown_projects, PER_PAGE).get_page(self.request.GET.get("page"))

    @property
    def shown_projects(self) -> list[int]:
        """The projects (keys) of the reports of the state and unit, on all pages."""
        return self._chosen([report.project for report in self.reports if report.state == self.state])

    def address(self, **changes: Any) -> str:
        """Return the address of the queue as shown, but for the changes."""
        shown = {"year": self.month.year, "month": self.month.month, "unit": self.unit, "state": self.state, **changes}
        return f"{self.request.path}?{urlencode({name: value for name, value in shown.items() if value})}"

    # ── as a file ──

    def export_title(self) -> str:
        return f"{self.month}月报审核"

    def export_filters(self) -> str:
        return self._summary()

    def export_sheets(self) -> list[Sheet]:
        rows = review_rows(self.month, self.due, self.shown_projects, self.today, self.request.user)
        return [review_sheet(f"{self.export_title()}（{STATES[ReportState(self.state)]}）", rows, self.today)]

    # ── what is done ──

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST
        if "return" in data:
            return self.send_back(_marked(data["return"]), data.get("reason", ""), excluded=bool(data.get("excluded")))
        asked = [data["pass"]] if "pass" in data else data.getlist("report")
        marked = list(filter(None, map(_marked, asked)))
        if not marked:
            messages.warning(request, "请先勾选要通过的月报。")
            return redirect(request.get_full_path())
        done = pass_many(reports=marked, by=request.user)
        if any(one.refusal for one in done) or not done:
            messages.warning(request, summary(done))
        else:
            tell(request, summary(done) if len(done) > 1 else f"已通过“{done[0].report.project}”的月报。")
        return redirect(self.following(marked[-1][0]))

    def following(self, key: int) -> str:
        """Return this page's address at the row after a report's, so that the reader goes on where the hands are."""
        follower = self.request.POST.get(f"after-{key}", "")
        return self.request.get_full_path() + (f"#report-{follower}" if follower.isascii() and follower.isdigit() else "")

    def send_back(self, marked: tuple[int, int] | None, reason: str, *, excluded: bool) -> HttpResponse:
        report = ProgressReport.objects.select_related("project").filter(pk=marked[0]).first() if marked else None
        if report is None:
            messages.warning(self.request, "没有这份月报，请刷新页面查看。")
            return redirect(self.request.get_full_path())
        try:
            return_report(report=report, reason=reason, version=marked[1], by=self.request.user, excluded=excluded)
        except InvalidInput as error:
            return self.again(Refused(report.pk, reason, excluded, str(error)), report, 422)
        except StaleRecord:
            return self.again(Refused(report.pk, reason, excluded, f"{CHANGED}。"), report, 409)
        except ServiceError as error:
            return self.again(Refused(report.pk, reason, excluded, str(error)), report, 409)
        tell(self.request, f"已退回“{report.project}”的月报（{return_words(not excluded)}），原因已告知报送人。")
        return redirect(self.following(report.pk))

    def again(self, refused: Refused, report: ProgressReport, status: int) -> HttpResponse:
        """Show the page with what was typed, and why it was not done."""
        self.refused = refused
        messages.warning(self.request, f"“{report.project}”没有退回：{refused.sentence}")
        return self.render_to_response(self.get_context_data(), status=status)

    # ── what is shown ──

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, manages = self.request.user, self.request.user.can("report.manage")
        locked = self.month.is_locked(self.today)
        rows = review_rows(self.month, self.due, list(self.queue), self.today, user)
        missing = missing_units(self.due, self._chosen(self.mine), self.reports, self.today) if self.state == ReportState.FILED else []
        return super().get_context_data(
            page_title=self.export_title(),
            export=self.page_menu() if rows else None,
            breadcrumbs=[{"label": "月报审核"}],
            month=self.month,
            calendar=calendar_words(self.month, self.today),
            locked=locked,
            begun=self.today >= self.month.opens_on,
            manages=manages,
            months=self._months(),
            states=self._states(),
            units=self.unit_choices,
            unit=self.unit,
            rows=[self._shown(row, following, locked) for row, following in zip(rows, [*rows[1:], None], strict=False)],
            can_tick=any(not row.own for row in rows) and not locked and self.state == ReportState.FILED,
            page_obj=self.queue,
            state=self.state,
            missing=missing,
            missing_count=sum(unit.number for unit in missing),
            named_count=sum(len(unit.projects) for unit in missing),
            nobody_mine=not self.mine,
            pending_slips=ReportCorrection.objects.pending().count() if manages else 0,
            filter_summary=self._summary(),
            **kwargs,
        )

    def _shown(self, row: ReviewRow, following: ReviewRow | None, locked: bool) -> dict[str, Any]:
        report = row.report
        refused = self.refused if self.refused is not None and self.refused.report == report.pk else None
        return {
            "row": row,
            "mark": f"{report.pk}.{report.version}",
            "after": following.report.pk if following else "",
            "can_pass": not locked and not row.own and report.state == ReportState.FILED,
            "can_return": not locked and not row.own and report.state in (ReportState.FILED, ReportState.PASSED),
            "reason": refused.reason if refused else "",
            "excluded": refused is not None and refused.excluded,
            "sentence": refused.sentence if refused else "",
            "return_words": return_words(row.row.still_counts) if report.state == ReportState.RETURNED else "",
        }

    def _months(self) -> list[dict[str, Any]]:
        """The months of the year that have begun, the latest first."""
        begun = [month for month in months_of(self.month.year) if month.opens_on <= self.today or month.month == self.month.month]
        return [
            {
                "label": f"{month.month}月",
                "url": self.address(month=month.month, unit="", state=""),
                "active": month.month == self.month.month,
                "count": "",
            }
            for month in reversed(begun)
        ]

    def _states(self) -> list[dict[str, Any]]:
        keys = set(self._chosen(self.mine))
        counts = Counter(report.state for report in self.reports if report.project in keys)
        return [
            {"label": label, "url": self.address(state=state), "active": state == self.state, "count": counts[state]}
            for state, label in STATES.items()
        ]

    @cached_property
    def unit_choices(self) -> list[tuple[str, str]]:
        """The units whose projects the person may review, with how many reports of the state each has."""
        found = Unit.objects.in_bulk({unit for key in self.mine if (unit := self.due.unit_of(key)) is not None})
        counts = Counter(self._unit_code(report.project) for report in self.reports if report.state == self.state)
        choices = [(str(pk), f"{unit.label}（{counts[str(pk)]}）") for pk, unit in sorted(found.items(), key=lambda one: one[1].sort_key)]
        nobody = any(self.due.unit_of(key) is None for key in self.mine)
        return [*choices, (NOBODY, f"没有填报单位（{counts[NOBODY]}）")] if nobody else choices

    def _summary(self) -> str:
        unit = dict(self.unit_choices).get(self.unit, "").rpartition("（")[0]
        return "；".join(filter(None, [STATES[ReportState(self.state)], f"填报单位：{unit}" if unit else ""]))
