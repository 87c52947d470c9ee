"""Targets of a year: what each document says, which figure is adopted and why, what was reached and whether that is enough."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.asof_links import with_query
from erqi.common.exporting import PageExport
from erqi.common.numbers import percent, ratio
from erqi.common.workbook.declare import Sheet
from projects.charts import target_course as course_chart
from projects.choices import AdoptionRule, Measure
from projects.exports.targets import target_sheet
from projects.filters.target import TargetFilter
from projects.models import Target
from projects.querysets.document import CitationIndex
from projects.rules.target import State
from projects.sentences.target import STATES, figure_words
from projects.stats.target import CoursePoint, states_of, target_course
from projects.views.target_row import Row, in_scopes, rows_of

# How the context of a change names a writer that is no person (erqi.common.history.recorded_as).
SYSTEM_WRITERS = {"seed": "装入文件数据", "up": "装入文件数据"}


# Tables beside charts round to this.
HUNDREDTH = Decimal("0.01")


class TargetCurrentView(PermissionRequiredMixin, View):
    """The menu's address without a year."""

    shows_day = True
    permission = "business.view"

    def get(self, request: HttpRequest) -> HttpResponseRedirect:
        """Lead to the business date's year, or to the latest year that has targets."""
        year, years = clock.today().year, Target.objects.years()
        shown = year if year in years or not years else next(iter(years))
        return redirect(with_query(request, reverse("projects:target_list", args=[shown])))


class TargetListView(PermissionRequiredMixin, PageExport, TemplateView):
    """A year's targets: the figure adopted, what other documents say, what was reached by the day asked for, and how that stands."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/target_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year, day, filters, shown = kwargs["year"], self.export_day(), self.filters, self.shown
        rows, sources = self.found
        chips = filters.chips(self.request.GET)
        years = Target.objects.years()
        may_edit = self.request.user.can("target.edit")
        return super().get_context_data(
            page_title=f"{year}年目标",
            breadcrumbs=[{"label": "年度目标"}],
            tabs=[
                {
                    "label": f"{other}年",
                    "url": reverse("projects:target_list", args=[other]),
                    "active": other == year,
                    "count": years.get(other, 0),
                }
                for other in sorted({*years, year}, reverse=True)
            ],
            groups=in_scopes(shown),
            shown=len(shown),
            count=len(rows),
            counts=self._counts(rows),
            conflict_count=sum(row.is_conflict for row in rows),
            conflict_url=self._address(conflict="on"),
            filters=filters,
            chips=chips,
            clear_url=self._address(state=None),
            filter_summary=self.export_filters(),
            export=self.page_menu() if rows else None,
            sources=sources,
            as_of=day,
            day_form={"keep_for_day": [(name, value) for name, value in self.request.GET.items() if name != "as_of"]},
            create_url=reverse("projects:target_create", args=[year]) if may_edit else "",
            may_edit=may_edit,
            **kwargs,
        )

    @cached_property
    def found(self) -> tuple[list[Row], CitationIndex]:
        """All rows of the year, and their sources."""
        year, day = self.kwargs["year"], self.export_day().day
        targets = list(Target.objects.for_list(year))
        return rows_of(targets, day, states=states_of(targets, year, day))

    @cached_property
    def filters(self) -> TargetFilter:
        return TargetFilter(self.request.GET, [row.target for row in self.found[0]])

    @cached_property
    def shown(self) -> list[Row]:
        """The rows that the filters leave."""
        return [row for row in self.found[0] if row.found and self.filters.matches(row.found, row.is_conflict)]

    def export_title(self) -> str:
        return f"{self.kwargs['year']}年目标"

    def export_day(self) -> AsOf:
        return as_of(self.request, self.kwargs["year"])

    def export_filters(self) -> str:
        return "；".join(f"{chip['label']}：{chip['value']}" for chip in self.filters.chips(self.request.GET))

    def export_sheets(self) -> list[Sheet]:
        return [target_sheet(self.kwargs["year"], self.export_day().day, [row.found for row in self.shown if row.found])]

    def _address(self, **filters: str | None) -> str:
        """Return this page's address with these filters alone, on the same day."""
        asked = {name: value for name, value in filters.items() if value} | (
            {"as_of": self.request.GET["as_of"]} if self.request.GET.get("as_of") else {}
        )
        return f"?{urlencode(asked)}" if asked else self.request.path

    def _counts(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Return how many targets are in each state, each with the address that shows them."""
        found = Counter(row.found.state for row in rows if row.found)
        return [{"word": STATES[state], "number": found[state], "url": self._address(state=state.value)} for state in State if found[state]]


@dataclass(frozen=True)
class Adoption:
    """One decision about which figure counts, as the history table recorded it."""

    when: datetime
    who: str
    figure: str
    document: str
    by_person: bool
    rule: str
    reason: str
    on: date | None


def adoptions(target: Target) -> Iterator[Adoption]:
    """Give the decisions about a target's figure, the latest first, from the history of its claims: one query."""
    events = (
        apps.get_model("projects", "TargetClaimEvent")
        .objects.filter(target_id=target.pk)
        .select_related("pgh_context", "document", "adopted_by")
        .order_by("pgh_created_at", "pgh_id")
    )
    before: dict[int, tuple] = {}
    found = []
    for event in events:
        now = (event.adopted, event.adopted_rule, event.adopted_by_id, event.adopted_on, event.adoption_reason)
        if event.adopted and before.get(event.pgh_obj_id) != now:
            context = event.pgh_context.metadata if event.pgh_context else {}
            by_person = event.adopted_rule == AdoptionRule.PERSON
            found.append(
                Adoption(
                    when=event.pgh_created_at,
                    who=context.get("name") or SYSTEM_WRITERS.get(context.get("source", ""), "系统"),
                    figure=figure_words(event.value, target.unit, event.get_bound_display()),
                    document=event.document.code,
                    by_person=by_person,
                    rule=event.get_adopted_rule_display(),
                    reason=event.adoption_reason,
                    on=event.adopted_on,
                )
            )
        before[event.pgh_obj_id] = now
    return reversed(found)


def course_rows(points: Sequence[CoursePoint], target: Target) -> tuple[list[str], list[list[str]]]:
    """Return heading and rows of the table beside the course: what is due, what the ledger computes, what was registered."""
    grows = target.measure == Measure.LEVEL
    head = ["截至", "序时应完成" if grows else "目标"]
    computed, readings = any(point.computed is not None for point in points), any(point.reading is not None for point in points)
    head += [*(["台账计算", "达到"] if computed else []), *(["登记"] if readings else [])]

    def words(value: Any) -> str:
        return "—" if value is None else figure_words(value.quantize(HUNDREDTH).normalize(), target.unit)

    rows = []
    for point in points:
        row = [f"{point.day:%Y-%m-%d}", words(point.due)]
        if computed:
            row += [words(point.computed) + ("（模拟）" if point.simulated else ""), percent(ratio(point.computed, point.due))]
        rows.append(row + ([words(point.reading)] if readings else []))
    return head, rows


class TargetDetailView(PermissionRequiredMixin, TemplateView):
    """One target: all figures side by side, which is adopted and why, and every decision about it."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/target_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, year = self.request.user, kwargs["year"]
        target = get_object_or_404(Target.objects.with_claims(), pk=kwargs["pk"], year=year)
        day = as_of(self.request, year)
        (found,) = states_of([target], year, day.day)
        (row,), sources = rows_of([target], day.day, user.can("target.adopt"), [found])
        points = target_course(target, day.day)
        head, table = course_rows(points, target)
        drawn = any(point.computed is not None or point.reading is not None for point in points)
        return super().get_context_data(
            page_title=target.indicator,
            breadcrumbs=[
                {"label": f"{year}年目标", "url": reverse("projects:target_list", args=[year])},
                {"label": target.indicator},
            ],
            target=target,
            row=row,
            course=course_chart(points, target.unit, year=year, level=target.measure == Measure.LEVEL) if drawn else None,
            course_simulated=any(point.simulated for point in points),
            course_head=head,
            course_rows=table,
            day_form={"keep_for_day": []},
            sources=sources,
            adoptions=list(adoptions(target)),
            withdrawn=list(target.claims.exclude(withdrawn_on=None).select_related("document")),
            by_person=row.adopted is not None and row.adopted.adopted_rule == AdoptionRule.PERSON,
            as_of=day,
            may_edit=user.can("target.edit"),
            may_adopt=user.can("target.adopt"),
            **kwargs,
        )
