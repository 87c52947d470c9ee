"""Milestones: planning, correcting, moving their dates, saying how they stand, recording and taking back completion."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.choices import UpdateLayer
from projects.forms.milestone import (
    ChangeMilestoneForm,
    CompleteMilestoneForm,
    DueForm,
    MilestoneUpdateForm,
    MoveMilestoneForm,
    PlanMilestoneForm,
    ReopenMilestoneForm,
)
from projects.models import Milestone, MilestoneUpdate
from projects.services import milestone as service
from projects.views.project_edit import NewOfProject, crumbs
from projects.views.writing import WRITERS, writer_refusal


class DuePreview:
    """Shows what a deadline in words comes to: beside the form whenever it comes back, or when “试算” asks for nothing else."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.record = self.get_record()
        form = self.make_form(self.record, request.POST)
        form.is_valid()
        # Half a form is no mistake while somebody is only trying out words.
        form.errors.clear()
        return self.show(form, 200)

    def get_context_data(self, form: DueForm, **context: Any) -> dict[str, Any]:
        preview = form.preview() if form.is_bound else ""
        return super().get_context_data(form=form, preview=preview, can_preview=True, **context)


class MilestoneCreate(DuePreview, NewOfProject):
    """Plan a milestone, by date or by phrase; the phrase shows the date that it gives."""

    template_name = "projects/milestone_form.html"
    page_title = "新增节点"
    form_class = PlanMilestoneForm

    def first_values(self) -> dict[str, Any]:
        return {"year": clock.today().year}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Milestone:
        return service.plan_milestone(project=self.project, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Milestone) -> str:
        if result.due_on is None:
            return f"已登记节点“{result.name}”，时限“{result.due_phrase}”推算不出日期，暂无时限。"
        return f"已登记节点“{result.name}”，时限{chinese_day(result.due_on)}。"


class MilestoneAction(EditView):
    """Base of what is done to one milestone."""

    permission = "ledger.edit"
    template_name = "projects/milestone_form.html"

    def get_record(self) -> Milestone:
        return get_object_or_404(Milestone.objects.select_related("project"), pk=self.kwargs["pk"])

    def success_url(self, result: Milestone) -> str:
        return self.record.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.record.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.record.project, milestone=self.record, **context)


class MilestoneEdit(MilestoneAction):
    """Change what describes a milestone; its date moves on a page of its own."""

    form_class = ChangeMilestoneForm
    page_title = "修改节点"
    success_message = "节点已保存。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Milestone:
        return service.change_milestone(milestone=self.record, version=version, by=self.request.user, **values)


class MilestoneMove(DuePreview, MilestoneAction):
    """Move a deadline, with cause and reason; the baseline stays."""

    form_class = MoveMilestoneForm
    page_title = "变更时限"
    submit_label = "保存新时限"
    error_fields = {"to_due_on": "due_on"}

    def values_of(self, record: Milestone) -> dict[str, Any]:
        return {"due_on": record.due_on}

    def first_values(self) -> dict[str, Any]:
        # The date to come is empty on purpose: the one to be left stands above the form.
        return {"due_on": None}

    def refusal(self) -> str:
        return "该节点已完成，不能再变更时限。" if self.record.done_by else ""

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Milestone:
        return service.move_milestone(
            milestone=self.record,
            to=values["due_on"],
            cause=values["cause"],
            reason=values["reason"],
            version=version,
            by=self.request.user,
        )

    def success_text(self, result: Milestone) -> str:
        return f"节点“{result.name}”的时限已改为{chinese_day(result.due_on)}；基准时限保持不变，原时限和原因已记录。"


class MilestoneComplete(MilestoneAction):
    """Record the day on which a milestone was done: the office, and who reports the project with evidence."""

    permission = WRITERS
    form_class = CompleteMilestoneForm
    template_name = "projects/confirm_complete.html"
    page_title = "登记完成"
    submit_label = "登记完成"

    def first_values(self) -> dict[str, Any]:
        return {"done_on": clock.today()}

    def form_arguments(self) -> dict[str, Any]:
        return {"evidence": not self.request.user.can("report.manage")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(pending=self.record.date_requests.pending().first(), **context)

    def refusal(self) -> str:
        if self.record.done_on is None:
            return writer_refusal(self.request.user, self.record.project)
        return f"该节点已登记于{chinese_day(self.record.done_on)}完成。日期有误的，请先“撤销完成”，再重新登记。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Milestone:
        return service.complete_milestone(milestone=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Milestone) -> str:
        return f"节点“{result.name}”已于{chinese_day(result.done_on)}完成。"


class MilestoneReopen(MilestoneAction):
    """Take back a completion recorded by mistake or found untrue, with the reason."""

    form_class = ReopenMilestoneForm
    template_name = "projects/confirm_reopen.html"
    page_title = "撤销完成"
    submit_label = "确认撤销"

    def refusal(self) -> str:
        if self.record.done_on:
            return ""
        return "该节点的完成情况出自文件，不能在此撤销。" if self.record.done_known_on else "该节点没有登记完成日期，无需撤销。"

    def stands_as_asked(self, current: Milestone, values: dict[str, Any]) -> bool:
        return current.done_on is None

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Milestone:
        return service.reopen_milestone(milestone=self.record, version=version, by=self.request.user, **values)

    def success_text(self, result: Milestone) -> str:
        return f"节点“{result.name}”的完成记录已撤销，恢复为未完成。"


class MilestoneUpdatePage(EditView):
    """Say how a milestone stands, each in the layer that is theirs: 自查, 督察; who reports it may say that it is done."""

    permission = (*WRITERS, "lifting.verify")
    form_class = MilestoneUpdateForm
    template_name = "projects/milestone_form.html"
    submit_label = "提交"

    TITLES = {UpdateLayer.INSPECTOR: "登记督察情况"}

    def get_record(self) -> None:
        self.milestone = get_object_or_404(Milestone.objects.select_related("project"), pk=self.kwargs["pk"])
        self.layers = service.layers_of(self.request.user, self.milestone.project)

    @property
    def page_title(self) -> str:
        return self.TITLES.get(self.layers[0], "更新进展") if len(self.layers) == 1 else "更新进展"

    def form_arguments(self) -> dict[str, Any]:
        writes = bool({UpdateLayer.SELF, UpdateLayer.OFFICE} & set(self.layers))
        # The second submit of a form that finished the milestone is read like the first.
        return {"layers": self.layers, "finishes": writes and (self.milestone.done_on is None or self.request.method == "POST")}

    def first_values(self) -> dict[str, Any]:
        return {"done_on": clock.today()}

    def refusal(self) -> str:
        return "" if self.layers else writer_refusal(self.request.user, self.milestone.project)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> MilestoneUpdate:
        done_on, finished, layer = values.pop("done_on", None), values.pop("finished", False), values.pop("layer", "")
        common = {"milestone": self.milestone, "by": self.request.user, "request_key": request_key, **values}
        if not finished:
            return service.update_milestone(layer=layer, **common)
        return service.complete_milestone(done_on=done_on, version=None, **common).updates.deciding().last()

    def success_url(self, result: MilestoneUpdate) -> str:
        return self.milestone.get_absolute_url()

    def cancel_url(self) -> str:
        return self.milestone.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.milestone.project)

    def success_text(self, result: MilestoneUpdate) -> str:
        if result.changes_done:
            return f"节点“{self.milestone}”已于{chinese_day(result.done_on)}完成。"
        return f"节点“{self.milestone}”的{result.get_layer_display()}情况已登记。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.milestone.project, milestone=self.milestone, **context)
