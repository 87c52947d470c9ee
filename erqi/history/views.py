"""The history page: who changed what from what to what, newest first."""

from typing import Any

from django.http import HttpRequest
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.models import User
from erqi.history.audit import audit_sources, lines
from erqi.history.entries import actions, entries
from erqi.history.forms import AuditForm, HistoryForm
from erqi.history.privacy import readable_by
from erqi.history.query import Cursor, Hit, Source, newest, source_of
from erqi.history.registry import business_kinds

PAGE_SIZES = ("20", "50", "100")


def sees_addresses(user: User) -> bool:
    """Say whether the account may see from which machine something was done: the project office and the audit."""
    return user.can("audit.view") or user.can("ledger.lock")


def page_size(request: HttpRequest) -> int:
    """Return the number of changes on a page as the address asks, 50 by default."""
    asked = request.GET.get("per_page")
    return int(asked) if asked in PAGE_SIZES else 50


def cursor_of(request: HttpRequest) -> Cursor | None:
    """Return where the page goes on; a malformed place is the beginning."""
    return Cursor.parse(request.GET.get("before", ""))


def split(hits: list[Hit], size: int, sources: list[Source]) -> tuple[list[Hit], Cursor | None]:
    """Return the page's hits and, when one more was found, where the next page goes on."""
    page = hits[:size]
    if len(hits) <= size:
        return page, None
    last = page[-1]
    return page, Cursor(last.at, sources[last.source].code, last.pk)


class History(PermissionRequiredMixin, TemplateView):
    """What was changed in business records. Accounts and roles are the audit's."""

    permission = "business.view"
    template_name = "history/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = HistoryForm(self.request.GET)
        rows, following, hidden = [], None, 0
        if form.is_valid():
            known = business_kinds()
            chosen = form.cleaned_data["kind"]
            kinds = readable_by(self.request.user, [known[chosen]] if chosen else known.values())
            sources = [source_of(kind) for kind in kinds]
            size = page_size(self.request)
            hits = newest(sources, form.filters().prepared(), size + 1, cursor_of(self.request))
            hits, following = split(hits, size, sources)
            found = entries(hits, kinds)
            rows = [entry for entry in found if not entry.is_bookkeeping]
            hidden = len(found) - len(rows)
        return super().get_context_data(
            page_title="痕迹",
            form=form,
            actions=actions(rows),
            record=rows[0] if rows and form.cleaned_data.get("id") else None,
            following=following,
            went_on=cursor_of(self.request) is not None,
            hidden=hidden,
            sees_addresses=sees_addresses(self.request.user),
            **kwargs,
        )


class Audit(PermissionRequiredMixin, TemplateView):
    """Who came and went, what became of accounts and roles, and that (not what) business records were changed."""

    permission = "audit.view"
    template_name = "history/audit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = AuditForm(self.request.GET)
        rows, following = [], None
        if form.is_valid():
            sources = audit_sources(form.cleaned_data["kind"])
            size = page_size(self.request)
            hits = newest(sources, form.filters().prepared(), size + 1, cursor_of(self.request))
            hits, following = split(hits, size, sources)
            rows = lines(hits, sources)
        return super().get_context_data(
            page_title="审计",
            form=form,
            lines=rows,
            following=following,
            went_on=cursor_of(self.request) is not None,
            **kwargs,
        )
