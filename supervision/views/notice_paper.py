"""A notice on paper after GB/T 9704: the page to print, and the Word file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView, View

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from supervision.choices import NoticeAction
from supervision.exports.notice_paper import Paper, notice_paper, urge_paper
from supervision.models import Notice
from supervision.views.notice import notice_of


def paper_of(request: HttpRequest, notice: Notice) -> Paper:
    """Return what is asked for: the last version that was sent (the draft before), `?version=1` an earlier one, `?urge=` an urging."""
    if (urge := request.GET.get("urge", "")).isdecimal():
        acts = notice.acts.filter(action=NoticeAction.URGE)
        act = get_object_or_404(acts.select_related("unit"), pk=int(urge[:18]))
        return urge_paper(notice, act, acts.filter(pk__lte=act.pk).count())
    versions = notice.texts.select_related("unit")
    if (asked := request.GET.get("version", "")).isdecimal():
        return notice_paper(notice, get_object_or_404(versions, version=int(asked[:4])), clock.today())
    return notice_paper(notice, versions.order_by("-version").first(), clock.today())


class NoticePrint(PermissionRequiredMixin, TemplateView):
    """The page to print."""

    permission = "business.view"
    template_name = "supervision/notice_print.html"

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        notice = notice_of(self.request.user, pk)
        paper = paper_of(self.request, notice)
        return super().get_context_data(
            **kwargs,
            page_title=paper.title,
            notice=notice,
            paper=paper,
            query=self.request.GET.urlencode(),
            breadcrumbs=[{"label": notice.number_text or notice.title, "url": notice.get_absolute_url()}, {"label": "打印"}],
        )


class NoticeWord(PermissionRequiredMixin, View):
    """The Word file."""

    permission = "business.view"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        # Loaded by the first file that is asked for: most processes never write one.
        from supervision.exports.notice_word import WORD_TYPE, notice_word  # noqa: PLC0415

        paper = paper_of(request, notice_of(request.user, pk))
        response = HttpResponse(notice_word(paper), content_type=WORD_TYPE)
        response["Content-Disposition"] = content_disposition_header(True, f"{paper.file_name}.docx")
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
