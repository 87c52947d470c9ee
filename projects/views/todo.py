"""我的待办 and the inbox: what waits for the person, and what the person was told."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from projects.choices import GRAVE_LEVELS
from projects.models import Reminder
from projects.services.reminder import mark_read
from projects.stats.todo import KINDS, todo

PER_PAGE = 50


class Todo(PermissionRequiredMixin, TemplateView):
    """What is due from the person today, the gravest consequence first; `?kind=` narrows it to one kind."""

    permission = "business.view"
    template_name = "projects/todo.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = clock.today()
        items = todo(self.request.user, day)
        asked = self.request.GET.get("kind", "")
        kind = asked if asked in KINDS else ""
        counts = {code: sum(item.kind == code for item in items) for code in KINDS}
        tabs = [{"label": "全部", "url": reverse("projects:todo"), "count": len(items), "active": not kind}]
        tabs += [
            {"label": label, "url": f"{reverse('projects:todo')}?kind={code}", "count": counts[code], "active": code == kind}
            for code, label in KINDS.items()
            if counts[code] or code == kind
        ]
        return super().get_context_data(
            **kwargs,
            page_title="我的待办",
            day=day,
            items=[item for item in items if not kind or item.kind == kind],
            all_count=len(items),
            grave_count=sum(item.level in GRAVE_LEVELS for item in items),
            tabs=tabs,
            reminders=list(Reminder.objects.unread().filter(user=self.request.user)[:5]),
        )


class Inbox(PermissionRequiredMixin, TemplateView):
    """The person's reminders, the latest first; opening the page marks nothing, following a line does."""

    permission = "business.view"
    template_name = "projects/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Reminder.objects.filter(user=self.request.user)
        only_unread = self.request.GET.get("unread") == "1"
        page = Paginator(rows.unread() if only_unread else rows, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            **kwargs,
            page_title="收件箱",
            page_obj=page,
            unread_count=rows.unread().count(),
            only_unread=only_unread,
            breadcrumbs=[{"label": "我的待办", "url": reverse("projects:todo")}, {"label": "收件箱"}],
        )


class InboxCount(PermissionRequiredMixin, View):
    """The number of unread reminders, which the header fetches after the page: no page waits for it."""

    permission = "business.view"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "projects/inbox_count.html", {"unread_count": Reminder.objects.unread().filter(user=request.user).count()})


class InboxRead(PermissionRequiredMixin, View):
    """Marks one reminder, or all, as read and leads to where the reminder points; a second click changes nothing."""

    permission = "business.view"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("reminder", "")
        mark_read(user=request.user, reminders=[int(key)] if key.isdecimal() and len(key) < 19 else None)
        url = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return redirect(url if url and safe else "projects:inbox")
