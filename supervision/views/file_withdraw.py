"""The page on which a file of a supervision record is taken back."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from erqi.common.attachment_views import may_read
from erqi.common.editing import EditView
from erqi.common.models import Attachment
from projects.forms.report import WithdrawFileForm
from supervision.services.file_withdraw import is_of_supervision, record_of, withdraw_file, withdraw_refusal


class FileWithdraw(EditView):
    """Take back a file that was sent along by mistake."""

    permission = "business.view"
    form_class = WithdrawFileForm
    template_name = "supervision/file_withdraw.html"
    page_title = "撤回附件"
    submit_label = "确认撤回"

    def get_record(self) -> None:
        # Also one that was taken back by now: the second of two clicks meets what the first did.
        self.attachment = get_object_or_404(Attachment, pk=self.kwargs["pk"])
        if not is_of_supervision(self.attachment) or not may_read(self.attachment, self.request.user):
            raise Http404
        self.subject = record_of(self.attachment.owner)

    def refusal(self) -> str:
        return withdraw_refusal(self.attachment, self.request.user)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Attachment:
        return withdraw_file(attachment=self.attachment, reason=values["withdraw_reason"], by=self.request.user, request_key=request_key)

    def success_text(self, result: Attachment) -> str:
        return f"附件“{result.name}”已撤回。"

    def success_url(self, result: Attachment) -> str:
        return self.subject.get_absolute_url()

    def cancel_url(self) -> str:
        return self.subject.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": str(self.subject), "url": self.subject.get_absolute_url()}]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, attachment=self.attachment, subject=self.subject)
