"""The page of one monthly report: the form for those who write it while its month is open, else what it says and how it came about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import ChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from erqi.common import clock
from erqi.common.access import may
from erqi.common.asof import AsOf, as_of
from erqi.common.attachments import of
from erqi.common.editing import EditView, submit, tell
from erqi.common.errors import ServiceError, StaleRecord
from erqi.common.models import Attachment
from projects.choices import ReportAction, ReportState
from projects.forms.report import EvidenceForm, ReportForm, WithdrawFileForm, confirmed_amount
from projects.models import ProgressReport, Project, ReportCorrection, ReportStep
from projects.models.report import CONTENT
from projects.rules.decision import state_on
from projects.rules.report import EDITABLE, REPORTED
from projects.sentences.report import PUNCTUALITY, calendar_words, late_words, refile_words, return_words, state_word, step_words
from projects.sentences.report_content import LABELS, content_words
from projects.services import report as service
from projects.services.grid import may_read_evidence, may_review, may_write
from projects.services.period import Month, month_of
from projects.services.report import last_counted, prefilled
from projects.services.report_doubt import Unconfirmed
from projects.services.report_window import is_writable, refile_until
from projects.stats.report_figures import month_figures
from projects.stats.report_filing import filings
from projects.views.project_edit import crumbs
from projects.views.report_rows import CHIPS
from projects.views.writing import WRITERS

# The state that each step leads to, as everybody may know it; what was withdrawn is not reported.
AFTER = {
    ReportAction.FILE: ReportState.FILED,
    ReportAction.PASS: ReportState.PASSED,
    ReportAction.CORRECT: ReportState.PASSED,
    ReportAction.RETURN: ReportState.RETURNED,
    ReportAction.WITHDRAW: None,
}


@dataclass(frozen=True)
class StepRow:
    """A step of a report with what the report said differently since the step before."""

    step: ReportStep
    changes: list[dict[str, str]]

    @property
    def words(self) -> str:
        """What the step was."""
        return step_words(self.step.action, self.step.counts)

    @property
    def late(self) -> str:
        """That it was taken after the report's year, where it was."""
        return late_words(self.step.action, self.step.recorded_on, self.step.valid_from.year)


def step_rows(steps: list[ReportStep]) -> list[StepRow]:
    """Return the steps in their order, each with old and new values where it changed what the report says."""
    rows = []
    for before, step in zip([None, *steps], steps, strict=False):
        changes = [
            {"label": LABELS[name], "old": content_words(name, getattr(before, name)), "new": content_words(name, getattr(step, name))}
            for name in (LABELS if before is not None else ())
            if getattr(before, name) != getattr(step, name)
        ]
        rows.append(StepRow(step, changes))
    return rows


def content_rows(content: Any) -> list[dict[str, str]]:
    """Return what a report says in words, without the sums, which stand beside the plan."""
    skipped = {"cumulative", "no_change"}
    return [{"label": LABELS[name], "text": content_words(name, getattr(content, name))} for name in LABELS if name not in skipped]


def slips_on(report: ProgressReport, day: date) -> list[tuple[ReportCorrection, str]]:
    """Return the correction slips that had been handed in by the day, each with its state of that day in words."""
    slips = report.corrections.filter(requested_on__lte=day)
    return [(slip, str(state_on(slip.state, slip.decided_on, day).label)) for slip in slips]


class ReportPage:
    """What the pages of one report share: which project and month, who may do what."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def project(self) -> Project:
        return get_object_or_404(Project.objects.select_related("category"), code=self.kwargs["code"])

    @cached_property
    def month(self) -> Month:
        return month_of(self.kwargs["year"], self.kwargs["month"])

    @cached_property
    def report(self) -> ProgressReport | None:
        found = ProgressReport.objects.filter(project=self.project, year=self.month.year, month=self.month.month).first()
        if found is not None:
            found.project = self.project
        return found

    @cached_property
    def writes(self) -> bool:
        return may_write(self.request.user, self.project)

    @cached_property
    def today(self) -> date:
        return clock.today()

    @property
    def address(self) -> str:
        return reverse("projects:report_detail", args=[self.project.code, self.month.year, self.month.month])

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.project)


class ReportDetail(ReportPage, EditView):
    """One report. A draft's content is seen by those who may write or review it; for everybody else the month is not reported yet."""

    shows_day = True
    form_class = ReportForm
    template_name = "projects/report_detail.html"
    submit_label = "报送"
    # The odd amount that the form asks about (services.report_doubt).
    asked: Decimal | None = None

    @property
    def permission(self) -> Any:
        return WRITERS if self.request.method == "POST" else "business.view"

    @property
    def page_title(self) -> str:
        return f"{self.month}月报"

    @property
    def files(self) -> bool:
        """Whether the form asks to be filed, not only kept."""
        return self.request.POST.get("action", "file") != "save"

    @cached_property
    def day(self) -> AsOf:
        return as_of(self.request)

    @cached_property
    def sees_drafts(self) -> bool:
        return self.writes or may_review(self.request.user, self.project)

    @cached_property
    def is_typed(self) -> bool:
        """Whether the page is a form."""
        state = ReportState(self.report.state) if self.report else None
        return not self.day.asked and self.writes and state in EDITABLE and is_writable(self.month, self.report, self.today)

    def get_record(self) -> ProgressReport | None:
        # A form that saw no report carries no version, though somebody may have begun one by now.
        if self.request.method == "POST" and not self.request.POST.get("version"):
            return None
        return self.report

    def values_of(self, record: ProgressReport) -> dict[str, Any]:
        return {name: getattr(record, name) for name in CONTENT if name in self.form_class.base_fields}

    def first_values(self) -> dict[str, Any]:
        return {} if self.report is not None else self.first_values_of_month()

    def first_values_of_month(self) -> dict[str, Any]:
        """Return what a month that nobody began shows first."""
        return prefilled(last_counted(self.project, self.month.year, self.month.month))

    def stands_as_asked(self, current: Any, values: dict[str, Any]) -> bool:
        return (current.state in REPORTED or not self.files) and super().stands_as_asked(current, values)

    def show_stale(self, form: ReportForm, error: StaleRecord) -> HttpResponse:
        """Answer as every form does; two people who both began the report share what a new month begins with."""
        if form.cleaned_data["version"] is None:
            form.cleaned_data["version"] = 0
            begun, data = self.first_values_of_month(), form.data.copy()
            for name, shown in form.fields.items():
                value = shown.prepare_value(begun.get(name))
                data.setdefault(f"initial-{name}", "" if value is None else str(value))
            form.data = data
        return super().show_stale(form, error)

    @property
    def _of_report(self) -> dict[str, Any]:
        return {"project": self.project, "year": self.month.year, "month": self.month.month, "by": self.request.user}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ProgressReport:
        seen = {"values": values, "version": version, "request_key": request_key}
        if not self.files:
            return service.save_draft(**self._of_report, **seen)
        try:
            return service.file_report(**self._of_report, **seen, confirmed=confirmed_amount(self.request.POST))
        except Unconfirmed as question:
            self.asked = question.amount
            raise

    def success_text(self, result: ProgressReport) -> str:
        return f"{self.month}月报{'已报送' if self.files else '已存为草稿'}。"

    def success_url(self, result: Any) -> str:
        return self.address

    def cancel_url(self) -> str:
        return self.project.get_absolute_url()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = request.POST.get("action")
        return self._act(action) if action in {"unchanged", "withdraw"} else super().post(request, *args, **kwargs)

    def _act(self, action: str) -> HttpResponse:
        """File the month as unchanged, or take the report back: one click, with the version that the page showed."""
        text = self.request.POST.get("version", "")
        version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        try:
            if action == "unchanged":
                submit(lambda: service.file_unchanged(**self._of_report, version=version))
                tell(self.request, f"{self.month}月报已按“无变化”报送。")
            elif self.report is not None and version is not None:
                service.withdraw_report(report=self.report, version=version, by=self.request.user)
                tell(self.request, f"{self.month}月报已撤回，可以修改后重新报送。")
        except StaleRecord:
            messages.warning(self.request, "没有办理：这份月报刚被他人修改，请看过现在的内容再办理。")
        except ServiceError as error:
            messages.warning(self.request, f"没有办理：{error}")
        return redirect(self.address)

    def show(self, form: ReportForm, status: int, **context: Any) -> HttpResponse:
        """Answer with the form; one whose month was locked meanwhile keeps what was typed, to be copied and not to be sent again."""
        if form.is_bound and self.month.is_locked(self.today) and not context.get("refusal"):
            context["refusal"] = f"没有保存：{self.month}已锁定，不能再修改。确需更正的，请填写更正单；您填写的内容还在下面。"
            form.errors.clear()
            for field in form.fields.values():
                field.widget.attrs["readonly" if not isinstance(field, ChoiceField) else "disabled"] = True
        return super().show(form, status, **context)

    # What is shown

    def _content(self, steps: list[ReportStep]) -> tuple[Any, str | None]:
        """Return what the report said on the day to this person, and its state then."""
        report = self.report
        if not self.day.asked and self.sees_drafts and report is not None:
            return report, report.state
        last = steps[-1] if steps else None
        state = AFTER[ReportAction(last.action)] if last is not None else None
        return (last, state) if state is not None else (None, None)

    def _steps(self) -> list[ReportStep]:
        if self.report is None:
            return []
        return list(self.report.steps.filter(valid_from__lte=self.day.day).order_by("pk"))

    def _neighbour(self, step: int) -> dict[str, str]:
        number = self.month.year * 12 + self.month.month - 1 + step
        year, month = divmod(number, 12)
        return {"label": f"{year}年{month + 1}月", "url": reverse("projects:report_detail", args=[self.project.code, year, month + 1])}

    def _review_url(self, state: str | None) -> str:
        """Return where the report is reviewed, for those who may do it now."""
        user, report = self.request.user, self.report
        if report is None or state != ReportState.FILED or self.day.asked or report.filed_by_id == user.pk:
            return ""
        if self.month.is_locked(self.today) or not may(user, ("report.review", "report.manage")) or not may_review(user, self.project):
            return ""
        return f"{reverse('projects:report_review')}?{urlencode({'year': report.year, 'month': report.month})}#report-{report.pk}"

    def _refile_words(self, locked: bool) -> str:
        """Return until when what was returned may be filed again, to those who may, where the month's lock comes before."""
        last = refile_until(self.report)
        if last is None or self.day.asked or not self.writes or last < self.today or (not locked and last <= self.month.locks_on):
            return ""
        return refile_words(last, self.month.year, locked)

    def _attachments(self, content: Any) -> list[Attachment]:
        if self.report is None or content is None and not self.sees_drafts or not may_read_evidence(self.report, self.request.user):
            return []
        return [one for one in of(self.report) if one.uploaded_on <= self.day.day]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        steps, day = self._steps(), self.day.day
        content, state = self._content(steps)
        filed = filings(steps).get(self.report.pk) if self.report else None
        first = filed.first_on if filed and state in (*REPORTED, ReportState.RETURNED) else None
        locked = self.month.is_locked(self.today)
        last = steps[-1] if steps else None
        # What counted on the day, and not what is being typed into a draft or a returned report.
        cumulative = last.cumulative if last is not None and last.counts else None
        returned = last if last is not None and state == ReportState.RETURNED else None
        return super().get_context_data(
            project=self.project,
            month=self.month,
            report=self.report,
            as_of=self.day,
            calendar=calendar_words(self.month, day),
            state=state,
            chip=state_word(state),
            chip_kind=CHIPS[ReportState(state)] if state else "",
            # What was filed after the year stands on its last day already.
            punctuality=PUNCTUALITY[self.month.punctuality(first, max(day, last.taken_on) if last is not None else day)],
            asked=self.asked,
            errors_title="还没有报送：请核对累计完成投资" if self.asked is not None else "",
            content=content,
            rows=content_rows(content) if content is not None else [],
            figures=month_figures(self.project, self.month.year, self.month.month, cumulative, day),
            return_words=return_words(returned.counts) if returned is not None else "",
            refile_words=self._refile_words(locked),
            steps=step_rows(steps),
            corrections=slips_on(self.report, day) if self.report else [],
            attachments=self._attachments(content),
            typed=self.is_typed or bool(context.get("form") and context["form"].is_bound),
            can_repeat=self.is_typed and last_counted(self.project, self.month.year, self.month.month) is not None,
            can_withdraw=not self.day.asked and state == ReportState.FILED and self.writes and self.month.is_open(self.today),
            review_url=self._review_url(state),
            can_correct=not self.day.asked and locked and self.writes and not self.is_typed,
            can_attach=not self.day.asked and self.writes and self.report is not None and is_writable(self.month, self.report, self.today),
            evidence_form=EvidenceForm(),
            local_draft=f"{self.request.user.pk}/{self.address}",
            previous=self._neighbour(-1),
            next=self._neighbour(1),
            **context,
        )


class EvidenceView(ReportPage, EditView):
    """Base of what is done about a report's attachments."""

    permission = WRITERS

    def refusal(self) -> str:
        return "" if self.report is not None else "这个月还没有填报，请先保存月报再上传佐证。"

    def success_url(self, result: Any) -> str:
        return f"{self.address}#evidence"

    def cancel_url(self) -> str:
        return f"{self.address}#evidence"


class EvidenceAdd(EvidenceView):
    """Upload photos or documents that prove a report."""

    form_class = EvidenceForm
    page_title = "上传佐证"
    submit_label = "上传"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> list[Attachment]:
        if self.report is None:
            raise ServiceError(self.refusal())
        return service.add_evidence(report=self.report, uploads=values["uploads"], by=self.request.user)

    def success_text(self, result: list[Attachment]) -> str:
        return f"已上传 {len(result)} 个佐证。"


class EvidenceWithdraw(EvidenceView):
    """Withdraw an attachment that was wrong."""

    form_class = WithdrawFileForm
    page_title = "撤回佐证"
    submit_label = "确认撤回"

    def get_record(self) -> None:
        # Also one that was withdrawn by now: the second of two clicks meets what the first did.
        self.attachment = get_object_or_404(Attachment, pk=self.kwargs["pk"])
        if self.report is None or self.attachment.owner != self.report:
            raise Http404

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Attachment:
        return service.withdraw_evidence(
            report=self.report, attachment=self.attachment, reason=values["withdraw_reason"], by=self.request.user
        )

    def success_text(self, result: Attachment) -> str:
        return f"佐证“{result.name}”已撤回。"
