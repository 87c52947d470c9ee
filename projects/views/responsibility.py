"""The grid of responsibility: adding, correcting and ending rows."""

from typing import Any

from django.shortcuts import get_object_or_404

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.forms.responsibility import CorrectResponsibilityForm, EndResponsibilityForm, ResponsibilityForm
from projects.models import Responsibility
from projects.querysets.responsibility import in_force
from projects.services import responsibility as service
from projects.views.project_edit import NewOfProject, crumbs


class ResponsibilityCreate(NewOfProject):
    """Add a row to the grid: a unit, or a person with a duty in it."""

    template_name = "projects/responsibility_form.html"
    page_title = "新增责任"
    form_class = ResponsibilityForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Responsibility:
        return service.assign(project=self.project, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Responsibility) -> str:
        return f"已登记{result.get_kind_display()}“{result.person or result.unit}”。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        current = self.project.responsibilities.filter(in_force(clock.today())).select_related("unit", "person")
        return super().get_context_data(current=current, **context)


class ResponsibilityAction(EditView):
    """Base of what is done to one row of the grid."""

    permission = "ledger.edit"
    template_name = "projects/responsibility_form.html"

    def get_record(self) -> Responsibility:
        return get_object_or_404(Responsibility.objects.select_related("project", "unit", "person"), pk=self.kwargs["pk"])

    def success_url(self, result: Responsibility) -> str:
        return self.record.project.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.record.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.record.project, row=self.record, **context)


class ResponsibilityEdit(ResponsibilityAction):
    """Correct a row of the grid."""

    form_class = CorrectResponsibilityForm
    page_title = "更正责任"
    success_message = "责任已保存。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Responsibility:
        return service.change_assignment(row=self.record, version=version, by=self.request.user, **values)


class ResponsibilityEnd(ResponsibilityAction):
    """End a row on a day; who answered before stays known."""

    form_class = EndResponsibilityForm
    template_name = "projects/confirm_end.html"
    page_title = "结束责任"
    submit_label = "确认结束"

    def first_values(self) -> dict[str, Any]:
        return {"until": clock.today()}

    def refusal(self) -> str:
        if self.record.until:
            return f"这项责任已于{chinese_day(self.record.until)}结束。止日有误的，请用“修改”更正。"
        return ""

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Responsibility:
        return service.end_assignment(row=self.record, until=values["until"], version=version, by=self.request.user)

    def success_text(self, result: Responsibility) -> str:
        return f"{result.get_kind_display()}“{result.person or result.unit}”的责任已于{chinese_day(result.until)}结束。"
