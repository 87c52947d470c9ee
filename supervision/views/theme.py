"""Supervision ledgers by theme (督察台账)."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from erqi.common.editing import EditView
from projects.models import Citation
from supervision.forms.theme import ThemeForm
from supervision.models import Theme
from supervision.services.mechanism import open_theme
from supervision.views.item import theme_counts


class ThemeListView(PermissionRequiredMixin, TemplateView):
    """The supervision ledgers, numbered as printed, with what stands in each on the day."""

    permission = "business.view"
    template_name = "supervision/theme_list.html"
    shows_day = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        themes = list(Theme.objects.all())
        on = as_of(self.request)
        counts = theme_counts(on.day)
        nothing = {"all": 0, "done": 0, "yellow": 0, "red": 0}
        return super().get_context_data(
            page_title="督察台账",
            breadcrumbs=[{"label": "督察台账"}],
            as_of=on,
            themes=themes,
            rows=[(theme, counts.get(theme.pk, nothing)) for theme in themes],
            may_add=self.request.user.can("supervise"),
            sources=Citation.objects.index(themes),
            **kwargs,
        )


class ThemeDetailView(PermissionRequiredMixin, TemplateView):
    """A theme with the phrases that name it."""

    permission = "business.view"
    template_name = "supervision/theme_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        theme = get_object_or_404(Theme, code=kwargs["code"])
        citations = list(Citation.objects.of_facts([theme]))
        sources: dict[tuple, list[Citation]] = {}
        for citation in citations:
            sources.setdefault(("theme", theme.pk, citation.field), []).append(citation)
        return super().get_context_data(
            page_title=theme.name,
            breadcrumbs=[{"label": "督察台账", "url": reverse("supervision:theme_list")}, {"label": theme.name}],
            theme=theme,
            citations=citations,
            sources=sources,
            **kwargs,
        )


class ThemeNew(EditView):
    """Open a further ledger."""

    permission = "supervise"
    form_class = ThemeForm
    page_title = "新建督察台账"
    submit_label = "新建"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Theme:
        return open_theme(by=self.request.user, request_key=request_key, **values)

    def success_url(self, result: Theme) -> str:
        return reverse("supervision:theme_ledger", args=[result.code])

    def success_text(self, result: Theme) -> str:
        return f"“{result}”台账已建立，可以立项。"

    def cancel_url(self) -> str:
        return reverse("supervision:theme_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "督察台账", "url": reverse("supervision:theme_list")}]
