"""The inbox: what the person was told. Opening a line marks it as read and leads to where it belongs."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import TemplateView, View

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from projects.models import Reminder
from projects.services.reminder import mark_read
from projects.stats.inbox import settled, unread

# What the pager offers; the whole inbox on one page is for printing, and nobody keeps more than this.
PAGE_SIZES = {"20": 20, "50": 50, "100": 100, "all": 5000}
USUAL = "50"


class Inbox(PermissionRequiredMixin, TemplateView):
    """The person's reminders, the latest first; opening the page marks nothing, following a line does. What was done since is marked
    已办 and counts as read."""

    permission = "business.view"
    template_name = "projects/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Reminder.objects.filter(user=self.request.user)
        only_unread = self.request.GET.get("unread") == "1"
        asked = self.request.GET.get("per_page", "")
        per_page = asked if asked in PAGE_SIZES else USUAL
        day, waiting = clock.today(), unread(self.request.user, clock.today())
        chosen = rows.filter(pk__in=waiting) if only_unread else rows
        page = Paginator(chosen, PAGE_SIZES[per_page]).get_page(self.request.GET.get("page"))
        unread_count = len(waiting)
        address = reverse("projects:inbox")
        return super().get_context_data(
            **kwargs,
            page_title="收件箱",
            page_obj=page,
            settled=settled(self.request.user, [(one.pk, one.key) for one in page], day),
            per_page=per_page,
            # 全部标为已读 means what stood here when the page was opened, not what came since.
            last=rows.order_by("-pk").values_list("pk", flat=True).first(),
            unread_count=unread_count,
            only_unread=only_unread,
            tabs=[
                {
                    "label": "全部",
                    "url": address,
                    "active": not only_unread,
                    "count": rows.count() if only_unread else page.paginator.count,
                },
                {"label": "未读", "url": f"{address}?unread=1", "active": only_unread, "count": unread_count},
            ],
            breadcrumbs=[{"label": "我的待办", "url": reverse("projects:todo")}, {"label": "收件箱"}],
        )


class InboxCount(PermissionRequiredMixin, View):
    """The number of unread reminders, which the header fetches after the page: no page waits for it."""

    permission = "business.view"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "projects/inbox_count.html", {"unread_count": len(unread(request.user, clock.today()))})


class InboxRead(PermissionRequiredMixin, View):
    """Marks one of one's own reminders (`reminder`) as read and leads to where it points; with `all` marks those shown. Twice is once.

    Where it leads is what the reminder says, never what the request says.
    """

    permission = "business.view"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("all"):
            return self._all(request)
        key = request.POST.get("reminder", "")
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            return redirect("projects:inbox")
        reminder = get_object_or_404(Reminder, pk=int(key), user=request.user)
        mark_read(user=request.user, reminders=[reminder.pk])
        return redirect(reminder.url or "projects:inbox")

    def _all(self, request: HttpRequest) -> HttpResponse:
        # What came after the page was opened has been seen by nobody.
        last = request.POST.get("last", "")
        number = mark_read(user=request.user, until=int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None)
        if number:
            messages.success(request, f"已将 {number} 条提醒标为已读。")
        return redirect("projects:inbox")
