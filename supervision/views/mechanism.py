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
from supervision.choices import MechanismKind, SystemPart
from supervision.forms.mechanism import MechanismForm, PartsForm
from supervision.models import Mechanism
from supervision.services.mechanism import change_mechanism, set_parts

# Which page each part of the system is.
PAGES = {
    SystemPart.LEDGER: "projects:ledger_current",
    SystemPart.WALL: "projects:wall_current",
    SystemPart.WARNINGS: "projects:warning_board",
    SystemPart.LIFTINGS: "projects:lifting_list",
    SystemPart.TARGETS: "projects:target_current",
    SystemPart.REPORTS: "projects:period_list",
    SystemPart.REVIEW: "projects:period_list",
    SystemPart.PERIODS: "projects:period_list",
    SystemPart.PLANS: "projects:plan_current",
    SystemPart.REQUESTS: "projects:request_list",
    SystemPart.EXPORTS: "projects:export_centre",
    SystemPart.DOCUMENTS: "projects:document_list",
    SystemPart.UNITS: "projects:unit_list",
    SystemPart.HISTORY: "history",
    SystemPart.THEMES: "supervision:theme_list",
    SystemPart.ITEMS: "supervision:item_list",
    SystemPart.INSPECTIONS: "supervision:inspection_list",
    SystemPart.FINDINGS: "supervision:finding_list",
    SystemPart.INQUIRIES: "supervision:inquiry_list",
    SystemPart.NOTICES: "supervision:notice_list",
    SystemPart.ISSUES: "supervision:issue_list",
}


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
            parts=[(row, reverse(PAGES[SystemPart(row.part)])) for row in mechanism.parts.all()],
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


class MechanismParts(EditView):
    """Say which parts of the system carry a mechanism out. Asks for `mechanism.edit` (the supervision office)."""

    permission = "mechanism.edit"
    form_class = PartsForm
    page_title = "落实到哪些功能"
    success_message = "已保存。"

    def get_record(self) -> Mechanism:
        return get_object_or_404(Mechanism, code=self.kwargs["code"])

    def values_of(self, record: Mechanism) -> dict[str, Any]:
        return {}

    def first_values(self) -> dict[str, Any]:
        rows = self.record.parts.all() if self.record is not None else []
        return {f"{name}_{row.part}": value for row in rows for name, value in (("has", True), ("note", row.note))}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Mechanism:
        return set_parts(mechanism=self.record, by=self.request.user, **values)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [
            {"label": "工作机制", "url": reverse("supervision:mechanism_list")},
            {"label": self.record.name, "url": self.record.get_absolute_url()},
        ]
