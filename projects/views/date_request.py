"""Requests to move a milestone's date: asking, the request's page, deciding, taking back."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.choices import DecisionState
from projects.forms.decision import DateRequestForm
from projects.models import DateRequest, Milestone, Project
from projects.services import date_request as service
from projects.views.decision import OneRequest, RequestDecide, RequestDetail, RequestWithdraw
from projects.views.project_edit import crumbs
from projects.views.writing import WRITERS, writer_refusal


class DateRequestNew(EditView):
    """Ask for another date; while the request is pending the milestone's clock stands still."""

    permission = WRITERS
    form_class = DateRequestForm
    template_name = "projects/milestone_form.html"
    page_title = "申请变更时限"
    submit_label = "提交申请"

    def get_record(self) -> None:
        self.milestone = get_object_or_404(Milestone.objects.select_related("project"), pk=self.kwargs["pk"])

    def refusal(self) -> str:
        if sentence := writer_refusal(self.request.user, self.milestone.project):
            return sentence
        return service.refusal_of(self.milestone)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> DateRequest:
        to = values.pop("to_due_on")
        return service.request_date(milestone=self.milestone, to=to, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: DateRequest) -> str:
        return f"已申请将“{self.milestone}”的时限改为{chinese_day(result.to_due_on)}，待重点项目办审批；审批前该节点计时暂停。"

    def cancel_url(self) -> str:
        return self.milestone.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.milestone.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.milestone.project, milestone=self.milestone, **context)


class OneDateRequest(OneRequest):
    """The pages of one request to move a date."""

    noun = "时限变更申请"
    facts_template = "projects/_date_request.html"
    url_prefix = "date_request"

    def rows(self) -> QuerySet[DateRequest]:
        return DateRequest.objects.with_before().select_related("milestone__project", "change")

    def project_of(self, asked: DateRequest) -> Project:
        return asked.milestone.project

    def facts(self) -> dict[str, Any]:
        asked, milestone = self.asked, self.asked.milestone
        before = asked.before
        changes = list(milestone.date_changes.filter(recorded_on__lte=asked.requested_on).exclude(pk=asked.change_id))
        return {
            "milestone": milestone,
            "before": before,
            "days": (asked.to_due_on - before).days if before else None,
            "from_baseline": (asked.to_due_on - milestone.baseline_due_on).days if milestone.baseline_due_on else None,
            "changes": changes,
        }


class DateRequestDetail(OneDateRequest, RequestDetail):
    """A request: the milestone's dates, what is asked for and why, and the decision."""


class DateRequestDecide(OneDateRequest, RequestDecide):
    """Approve a request, which moves the date, or refuse it, which lets the clock go on."""

    def decide(self, *, approve: bool, reason: str, version: int | None) -> DateRequest:
        return service.decide_date(request=self.asked, approve=approve, reason=reason, version=version, by=self.request.user)

    def success_text(self, result: DateRequest) -> str:
        if result.state == DecisionState.APPROVED:
            return f"已同意：“{result.milestone}”的时限改为{chinese_day(result.to_due_on)}，基准时限不变。"
        return f"已答复不同意：“{result.milestone}”的时限不变，恢复计时；理由已告知申请人。"


class DateRequestWithdraw(OneDateRequest, RequestWithdraw):
    """Take one's own request back; the clock goes on."""

    success_message = "申请已撤回，时限不变，恢复计时。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> DateRequest:
        return service.withdraw_date(request=self.asked, version=version, by=self.request.user)
