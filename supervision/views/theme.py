"""Supervision ledgers by theme (督察台账)."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common.access import PermissionRequiredMixin
from projects.models import Citation
from supervision.models import Theme


class ThemeListView(PermissionRequiredMixin, TemplateView):
    """The themes of the supervision ledger, numbered as printed."""

    permission = "business.view"
    template_name = "supervision/theme_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        themes = list(Theme.objects.all())
        return super().get_context_data(
            page_title="督察台账主题",
            breadcrumbs=[{"label": "督察台账主题"}],
            themes=themes,
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
            breadcrumbs=[{"label": "督察台账主题", "url": reverse("supervision:theme_list")}, {"label": theme.name}],
            theme=theme,
            citations=citations,
            sources=sources,
            **kwargs,
        )
