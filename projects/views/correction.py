"""Correction slips: filling one in for a locked month, comparing old and new, deciding, taking it back."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from erqi.common import clock
from erqi.common.dates import in_year
from erqi.common.editing import EditView
from projects.choices import DecisionState
from projects.forms.correction import CorrectionForm
from projects.models import ProgressReport, Project, ReportCorrection, ReportStep
from projects.models.report import CONTENT
from projects.sentences.report_content import LABELS, content_words, neighbour_sentences
from projects.services import correction as service
from projects.services.period import Month, month_of
from projects.services.report import last_counted, prefilled
from projects.views.decision import OneRequest, RequestDecide, RequestDetail, RequestWithdraw
from projects.views.project_edit import crumbs
from projects.views.writing import WRITERS, writer_refusal


@dataclass(frozen=True)
class Difference:
    """One column of a report: what it said, what it is to say."""

    label: str
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


def content_before(slip: ReportCorrection) -> ReportStep | None:
    """Return what the report said when the slip was filled in; None where it had never been filed."""
    steps = slip.report.steps.filter(created_at__lte=slip.created_at).select_related("report")
    return steps.order_by("-pk").first()


def differences(slip: ReportCorrection, before: ReportStep | None) -> list[Difference]:
    """Return the columns that the report had or is to have, old and new."""
    rows = [
        Difference(LABELS[name], content_words(name, getattr(before, name, None)), content_words(name, getattr(slip, name)))
        for name in LABELS
    ]
    return [row for row in rows if row.old or row.new]


class OneCorrection(OneRequest):
    """The pages of one slip."""

    noun = "月报更正单"
    facts_template = "projects/_correction.html"
    url_prefix = "correction"
    decides_with = "report.manage"

    def rows(self) -> QuerySet[ReportCorrection]:
        return ReportCorrection.objects.select_related("report__project")

    def project_of(self, asked: ReportCorrection) -> Project:
        return asked.report.project

    def facts(self) -> dict[str, Any]:
        """Old and new side by side, and what does not fit the months beside it: two queries."""
        slip, report, before = self.asked, self.asked.report, content_before(self.asked)
        steps = ReportStep.objects.standing().filter(report__project=report.project_id, report__year=report.year)
        others = steps.exclude(report=report).values_list("report__month", "cumulative")
        counted = {month: amount for month, amount in others if amount is not None}
        return {
            "report": report,
            "before": before,
            "rows": differences(slip, before),
            "remarks": neighbour_sentences(report.month, slip.cumulative, counted) if slip.cumulative is not None else [],
            # From which day on the figures count, and whether that is the last one of a year that was over.
            "effective": (effective := in_year(slip.decided_on or clock.today(), report.year)),
            "is_late": effective != (slip.decided_on or clock.today()),
            "overtaken": slip.is_pending and report.version != slip.report_version,
        }


class CorrectionNew(EditView):
    """Fill in a slip for a locked month, also where nothing was filed (补报)."""

    permission = WRITERS
    form_class = CorrectionForm
    template_name = "projects/correction_form.html"
    submit_label = "提交更正单"
    success_message = "更正单已提交，待重点项目办审批。批准以前，原数字照旧。"

    @cached_property
    def project(self) -> Project:
        return get_object_or_404(Project, code=self.kwargs["code"])

    @cached_property
    def month(self) -> Month:
        return month_of(self.kwargs["year"], self.kwargs["month"])

    @cached_property
    def report(self) -> ProgressReport | None:
        return ProgressReport.objects.filter(project=self.project, year=self.month.year, month=self.month.month).first()

    @cached_property
    def standing(self) -> ReportStep | None:
        """What counts of the month now: also what was returned and goes on counting."""
        return service.standing_step(self.report) if self.report is not None else None

    @property
    def counts(self) -> bool:
        return self.standing is not None

    @property
    def page_title(self) -> str:
        return f"{'更正' if self.counts else '补报'}{self.month}月报"

    def get_record(self) -> ProgressReport | None:
        # A form for a month without a report that is sent twice: the second time there is one, made by the first.
        if self.request.method == "POST" and not self.request.POST.get("version"):
            return None
        return self.report

    def values_of(self, record: ProgressReport) -> dict[str, Any]:
        # What was typed into a returned report since is nothing that was ever reported.
        said = self.standing or record
        return {name: getattr(said, name) for name in CONTENT if name in self.form_class.base_fields}

    def first_values(self) -> dict[str, Any]:
        if self.report is not None and (self.counts or self.report.cumulative is not None):
            return {}
        earlier = prefilled(last_counted(self.project, self.month.year, self.month.month))
        return {name: value for name, value in earlier.items() if name in self.form_class.base_fields} | {"cutoff_on": self.month.due_on}

    def refusal(self) -> str:
        sentence = writer_refusal(self.request.user, self.project)
        return sentence or service.correction_refusal(self.project, self.month, clock.today())

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportCorrection:
        reason = values.pop("reason")
        return service.request_correction(
            project=self.project,
            year=self.month.year,
            month=self.month.month,
            values=values,
            reason=reason,
            version=version,
            by=self.request.user,
            request_key=request_key,
        )

    def cancel_url(self) -> str:
        return reverse("projects:report_detail", args=[self.project.code, self.month.year, self.month.month])

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            project=self.project,
            report=self.report,
            month=self.month,
            counts=self.counts,
            standing=self.standing,
            is_late=self.month.year < clock.today().year,
            **context,
        )


class CorrectionDetail(OneCorrection, RequestDetail):
    """A slip: what the report said and is to say, why, and what was decided."""

    def actions(self) -> list[tuple[str, str]]:
        report = self.asked.report
        return [(f"{report.year}年{report.month}月月报", report.get_absolute_url())]


class CorrectionDecide(OneCorrection, RequestDecide):
    """Approve a slip or refuse it with a reason."""

    permission = "report.manage"

    def decide(self, *, approve: bool, reason: str, version: int | None) -> ReportCorrection:
        return service.decide_correction(correction=self.asked, approve=approve, reason=reason, version=version, by=self.request.user)

    def success_text(self, result: ReportCorrection) -> str:
        if result.state == DecisionState.APPROVED:
            return "已同意更正：更正后的数字自今天起计入，原数字保留可查；该项目的预警状态已重新计算。"
        return "已答复不同意：原数字不变；理由已告知申请人。"


class CorrectionWithdraw(OneCorrection, RequestWithdraw):
    """Take one's own slip back."""

    success_message = "更正单已撤回，原数字不变。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportCorrection:
        return service.withdraw_correction(correction=self.asked, version=version, by=self.request.user)
