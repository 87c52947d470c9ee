"""Correction slips: filling one in for a locked month, comparing old and new, deciding, taking it back."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin, may
from erqi.common.editing import EditView
from projects.choices import DecisionState
from projects.forms.correction import CorrectionForm, DecideCorrectionForm, WithdrawCorrectionForm
from projects.models import ProgressReport, Project, ReportCorrection, ReportStep
from projects.models.report import CONTENT
from projects.rules.report import COUNTED
from projects.sentences.report_content import LABELS, content_words, neighbour_sentences
from projects.services import correction as service
from projects.services.grid import may_write
from projects.services.period import Month, month_of
from projects.services.report import last_counted, prefilled
from projects.views.project_edit import crumbs

WRITERS = ("report.write", "report.manage")


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


def slip_context(slip: ReportCorrection) -> dict[str, Any]:
    """Return what the pages of one slip show of it: three queries."""
    report, before = slip.report, content_before(slip)
    others = ProgressReport.objects.counted().filter(project=report.project_id, year=report.year).exclude(pk=report.pk)
    counted = {month: amount for month, amount in others.values_list("month", "cumulative") if amount is not None}
    return {
        "slip": slip,
        "report": report,
        "project": report.project,
        "month": f"{report.year}年{report.month}月",
        "before": before,
        "rows": differences(slip, before),
        "remarks": neighbour_sentences(report.month, slip.cumulative, counted) if slip.cumulative is not None else [],
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

    @property
    def counts(self) -> bool:
        return self.report is not None and self.report.state in COUNTED

    @property
    def page_title(self) -> str:
        return f"{'更正' if self.counts else '补报'}{self.month}月报"

    def get_record(self) -> ProgressReport | None:
        # A form for a month without a report that is sent twice: the second time there is one, made by the first.
        if self.request.method == "POST" and not self.request.POST.get("version"):
            return None
        return self.report

    def values_of(self, record: ProgressReport) -> dict[str, Any]:
        return {name: getattr(record, name) for name in CONTENT if name in self.form_class.base_fields}

    def first_values(self) -> dict[str, Any]:
        if self.report is not None and (self.counts or self.report.cumulative is not None):
            return {}
        earlier = prefilled(last_counted(self.project, self.month.year, self.month.month))
        return {name: value for name, value in earlier.items() if name in self.form_class.base_fields} | {"cutoff_on": self.month.due_on}

    def refusal(self) -> str:
        if not may_write(self.request.user, self.project):
            return f"“{self.project}”不由您所在的单位填报。责任分工有误的，请联系重点项目办调整。"
        return service.correction_refusal(self.project, self.month, clock.today())

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
        return self.project.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.project, report=self.report, month=self.month, counts=self.counts, **context)


class SlipPage:
    """What the pages of one slip share."""

    @cached_property
    def slip(self) -> ReportCorrection:
        slips = ReportCorrection.objects.select_related("report__project")
        return get_object_or_404(slips, pk=self.kwargs["pk"])

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.slip.report.project)


class CorrectionDetail(SlipPage, PermissionRequiredMixin, TemplateView):
    """A slip: what the report said and is to say, why, and what was decided."""

    permission = "business.view"
    template_name = "projects/correction_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slip, user = self.slip, self.request.user
        own = slip.requested_by_id == user.pk
        decides = slip.is_pending and user.can("report.manage")
        title = f"{slip.report.year}年{slip.report.month}月月报更正单"
        return super().get_context_data(
            page_title=title,
            breadcrumbs=[*self.breadcrumbs(), {"label": title}],
            own=own,
            form=DecideCorrectionForm(record=slip) if decides and not own else None,
            withdraw_url=reverse("projects:correction_withdraw", args=[slip.pk]) if own and slip.is_pending and may(user, WRITERS) else "",
            **slip_context(slip),
            **kwargs,
        )


class SlipAction(SlipPage, EditView):
    """Base of what is done about a slip."""

    template_name = "projects/correction_decide.html"

    def get_record(self) -> ReportCorrection:
        return self.slip

    def values_of(self, record: ReportCorrection) -> dict[str, Any]:
        return {}

    def decided_sentence(self) -> str:
        return "" if self.slip.is_pending else f"这张更正单{self.slip.get_state_display()}，无需再办。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**slip_context(self.slip), **context)


class CorrectionDecide(SlipAction):
    """Approve a slip or refuse it with a reason."""

    permission = "report.manage"
    form_class = DecideCorrectionForm
    page_title = "审批更正单"
    submit_label = "提交审批意见"
    error_fields = {"decision_reason": "reason"}

    def refusal(self) -> str:
        own = self.slip.requested_by_id == self.request.user.pk
        return self.decided_sentence() or ("不能审批自己提出的申请，请由他人审批。" if own else "")

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportCorrection:
        approve = values["decision"] == DecisionState.APPROVED
        return service.decide_correction(
            correction=self.slip, approve=approve, reason=values["reason"], version=version, by=self.request.user
        )

    def success_text(self, result: ReportCorrection) -> str:
        if result.state == DecisionState.APPROVED:
            return "已同意更正：更正后的数字自今天起计入，原数字保留可查；该项目的预警状态已重新计算。"
        return "已答复不同意，原数字不变；理由已告知填报人。"


class CorrectionWithdraw(SlipAction):
    """Take one's own slip back, after a question."""

    permission = WRITERS
    form_class = WithdrawCorrectionForm
    page_title = "撤回更正单"
    submit_label = "确认撤回"
    success_message = "更正单已撤回，原数字不变。"

    def refusal(self) -> str:
        own = self.slip.requested_by_id == self.request.user.pk
        return self.decided_sentence() or ("" if own else "只能撤回自己提出的申请。")

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportCorrection:
        return service.withdraw_correction(correction=self.slip, version=version, by=self.request.user)
