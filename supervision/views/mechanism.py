"""Named mechanisms (三定四推五落实 …): what documents print of them, and the text that the supervision office writes."""

from collections import defaultdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import pinyin
from erqi.common.access import PermissionRequiredMixin
from erqi.common.editing import EditView
from projects.models import Citation
from projects.rules.search import normal, search_terms
from supervision.choices import MechanismKind
from supervision.forms.mechanism import MechanismForm
from supervision.models import Mechanism
from supervision.services.mechanism import change_mechanism


def search_text(mechanism: Mechanism) -> str:
    """Return what the list's search looks through: name, text and unit as written, name and unit also in pinyin."""
    names = [mechanism.name, str(mechanism.unit or "")]
    forms = [form for name in names if name for form in (name, pinyin.full(name), pinyin.initials(name))]
    return "\n".join(normal(form) for form in [*forms, mechanism.text])


class MechanismListView(PermissionRequiredMixin, TemplateView):
    """All named mechanisms by kind, searched through names, text and units."""

    permission = "business.view"
    template_name = "supervision/mechanism_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:60]
        terms = search_terms(text)
        by_kind: dict[str, list[Mechanism]] = defaultdict(list)
        for mechanism in Mechanism.objects.select_related("unit"):
            found = search_text(mechanism) if terms else ""
            if all(term in found for term in terms):
                by_kind[mechanism.kind].append(mechanism)
        groups = [{"name": kind.label, "mechanisms": by_kind[kind]} for kind in MechanismKind if by_kind[kind]]
        return super().get_context_data(
            page_title="工作机制",
            breadcrumbs=[{"label": "工作机制"}],
            groups=groups,
            count=sum(len(group["mechanisms"]) for group in groups),
            sources=Citation.objects.index(mechanism for group in groups for mechanism in group["mechanisms"]),
            q=text,
            filter_summary=f"查找：{text}" if text else "",
            **kwargs,
        )


class MechanismDetailView(PermissionRequiredMixin, TemplateView):
    """A mechanism with the phrases that print it and, apart from them, the text that the office wrote."""

    permission = "business.view"
    template_name = "supervision/mechanism_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mechanism = get_object_or_404(Mechanism.objects.select_related("unit"), code=kwargs["code"])
        sources = Citation.objects.index([mechanism])
        return super().get_context_data(
            page_title=mechanism.name,
            breadcrumbs=[
                {"label": "工作机制", "url": reverse("supervision:mechanism_list")},
                {"label": mechanism.name},
            ],
            mechanism=mechanism,
            citations=[citation for found in sources.values() for citation in found],
            text_printed=bool(sources.get(("mechanism", mechanism.pk, "text"))),
            sources=sources,
            may_edit=self.request.user.can("mechanism.edit"),
            **kwargs,
        )


class MechanismEditView(EditView):
    """Write what a mechanism means where no document says so. Asks for `mechanism.edit` (the supervision office)."""

    permission = "mechanism.edit"
    form_class = MechanismForm
    page_title = "编辑内容"
    success_message = "内容已保存，修改经过记入痕迹。"
    template_name = "supervision/mechanism_form.html"

    def get_record(self) -> Mechanism:
        return get_object_or_404(Mechanism.objects.select_related("unit"), code=self.kwargs["code"])

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Mechanism:
        return change_mechanism(mechanism=self.record, version=version, by=self.request.user, text=values["text"])

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [
            {"label": "工作机制", "url": reverse("supervision:mechanism_list")},
            {"label": self.record.name, "url": self.record.get_absolute_url()},
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sources = Citation.objects.index([self.record])
        return super().get_context_data(
            mechanism=self.record,
            citations=[citation for found in sources.values() for citation in found],
            **context,
        )
