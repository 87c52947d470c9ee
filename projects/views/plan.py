"""Investment plans: one project's year, month by month, and the list of all."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.asof_links import with_query
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from erqi.common.errors import ServiceError, StaleRecord
from erqi.common.forms import EditForm
from erqi.common.listing import Listing, ListView
from erqi.common.numbers import money, percent, ratio
from projects.filters.plan import PlanFilter
from projects.forms.plan import PlanForm
from projects.models import Citation, InvestmentPlan, Ledger, LedgerEntry, Project, ReportStep
from projects.models.report import MONTHS
from projects.querysets.plan import with_plan
from projects.services import plan as service
from projects.stats.plan import PlanTotals, plan_totals
from projects.tables.plan import PlanTable
from projects.views.project_edit import crumbs


class PlanEdit(EditView):
    """Set or replace a project's plan of a year. Plans are rows that nobody edits: `record` is none."""

    permission = "report.manage"
    form_class = PlanForm
    template_name = "projects/plan_form.html"
    submit_label = "保存计划"

    @cached_property
    def project(self) -> Project:
        return get_object_or_404(Project, code=self.kwargs["code"])

    @property
    def year(self) -> int:
        return self.kwargs["year"]

    @property
    def page_title(self) -> str:
        return f"{self.year}年分月投资计划"

    @cached_property
    def plans(self) -> list[InvestmentPlan]:
        """All plans of the year, the latest first."""
        return list(InvestmentPlan.objects.filter(project=self.project, year=self.year).order_by("-pk"))

    @property
    def standing(self) -> InvestmentPlan | None:
        return next((plan for plan in self.plans if plan.valid_until is None), None)

    @cached_property
    def entry(self) -> LedgerEntry | None:
        """The project's entry in the year's district ledger."""
        ledgers = Ledger.objects.main().filter(year=self.year)
        return LedgerEntry.objects.select_related("ledger").filter(project=self.project, ledger__in=ledgers).first()

    def first_values(self) -> dict[str, Any]:
        plan = self.standing
        amounts = {f"month_{month}": getattr(plan, f"month_{month}") for month in MONTHS} if plan else {}
        return {**amounts, "seen": plan.pk if plan else None}

    def refusal(self) -> str:
        if self.entry is None:
            return f"“{self.project}”不在{self.year}年区级重点项目台账中，不能编制该年度的投资计划。请先列入台账。"
        return ""

    def make_form(self, record: Any, data: Any = None) -> EditForm:
        self.form = super().make_form(record, data)
        return self.form

    def save(self, values: dict[str, Any], version: int | None, request_key: UUID | None) -> InvestmentPlan:
        self.key = request_key
        amounts = [values[f"month_{month}"] for month in MONTHS]
        try:
            return service.set_plan(
                project=self.project,
                year=self.year,
                cumulative=amounts,
                reason=values["why"],
                seen=values["seen"],
                by=self.request.user,
                request_key=request_key,
            )
        except StaleRecord as error:
            plan = error.current
            # Read again: the page now shows it.
            del self.plans
            # The next submit is made in knowledge of what this page now shows.
            self.form.data["seen"] = str(plan.pk)
            raise ServiceError(
                f"您打开本页之后，{plan.by_name}已于{chinese_day(plan.valid_from)}登记计划（全年 {money(plan.month_12)}），见“现行”一栏。"
                f"请核对；仍要按您填写的保存，请写明调整理由，再按一次“{self.submit_label}”。"
            ) from error

    def success_url(self, result: Any) -> str:
        return reverse("projects:plan_edit", args=[self.project.code, self.year])

    def success_text(self, result: InvestmentPlan) -> str:
        if result.request_key != self.key:
            return "与现行计划相同，没有改动。"
        return f"{self.year}年投资计划已保存，全年 {money(result.month_12)}；自{chinese_day(result.valid_from)}起用于评价投资进度。"

    def cancel_url(self) -> str:
        return reverse("projects:plan_grid", args=[self.year])

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [*crumbs(self.project), {"label": f"{self.year}年投资计划", "url": self.cancel_url()}]

    def rows(self) -> list[dict[str, Any]]:
        """The months as the page shows them: the field, what stands now, what was reported."""
        counted = ReportStep.objects.standing().filter(report__project=self.project, report__year=self.year)
        reported = dict(counted.values_list("report__month", "cumulative"))
        plan = self.standing
        return [
            {
                "month": month,
                "field": self.form[f"month_{month}"],
                "standing": getattr(plan, f"month_{month}") if plan else None,
                "reported": reported.get(month),
            }
            for month in MONTHS
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            project=self.project,
            year=self.year,
            entry=self.entry,
            annual=self.entry.annual_plan if self.entry else None,
            sources=Citation.objects.index([self.entry] if self.entry else []),
            standing=self.standing,
            plans=self.plans,
            rows=self.rows(),
            **context,
        )


class PlanCurrent(PermissionRequiredMixin, View):
    """The menu's address without a year."""

    shows_day = True
    permission = "business.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead to the business date's year, or to the latest year that has a district ledger."""
        years = list(Ledger.objects.main().order_by("-year").values_list("year", flat=True))
        year = clock.today().year
        shown = year if year in years or not years else years[0]
        return redirect(with_query(request, reverse("projects:plan_grid", args=[shown])))


class PlanGrid(ListView):
    """The plans of all projects in the year's district ledger, as they stood on a day."""

    shows_day = True
    permission = "business.view"
    table_class = PlanTable
    filterset_class = PlanFilter
    template_name = "projects/plan_grid.html"
    noun = "个项目"
    has_money = True
    totals = True
    empty_title = "没有符合条件的项目"

    @cached_property
    def ledger(self) -> Ledger | None:
        return Ledger.objects.main().filter(year=self.kwargs["year"]).first()

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request, self.kwargs["year"])

    @property
    def page_title(self) -> str:
        return f"{self.kwargs['year']}年投资计划"

    def get_queryset(self) -> QuerySet:
        year = self.kwargs["year"]
        entries = LedgerEntry.objects.filter(ledger=self.ledger).listed(self.day.day).select_related("project")
        return with_plan(entries, year, self.day.day, InvestmentPlan.objects.all()).order_by("seq")

    def table_options(self) -> dict[str, Any]:
        # Who may not plan is led to the project.
        route = "projects:plan_edit" if self.request.user.can("report.manage") else "projects:project_detail"
        year = [self.kwargs["year"]] if self.request.user.can("report.manage") else []
        return {"address": lambda record: reverse(route, args=[record.project.code, *year])}

    def get_totals(self, rows: QuerySet, listing: Listing) -> PlanTotals:
        return plan_totals(rows)

    def list_context(self, listing: Listing) -> dict[str, Any]:
        return {
            **super().list_context(listing),
            "totals": listing.totals,
            "as_of": self.day,
            "print_unit": f"单位：{'亿元' if listing.money_unit == 'yi' else '万元'}",
            "summary_template": "projects/plan_summary.html",
            "blank_title": f"{self.kwargs['year']}年还没有区级重点项目台账",
            "blank_text": "先建立台账、列入项目，再编制投资计划。",
        }

    def get_context(self, listing: Listing) -> dict[str, Any]:
        years = Ledger.objects.main().order_by("-year").values_list("year", flat=True)
        revisions = list(self.ledger.revisions.all()) if self.ledger else []
        scale = next((one for one in reversed(revisions) if one.recorded_on <= self.day.day and one.annual_plan is not None), None)
        # Of a filtered list the share would say nothing.
        planned = None if listing.filterset.is_active else listing.totals.year
        return {
            "breadcrumbs": [{"label": "投资计划"}],
            "tabs": [
                {"label": f"{year}年", "url": reverse("projects:plan_grid", args=[year]), "active": year == self.kwargs["year"]}
                for year in years
            ],
            "scale": scale,
            "share": percent(ratio(planned, scale.annual_plan))
            if scale and planned is not None and not listing.filterset.is_active
            else "",
        }
