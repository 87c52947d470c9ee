"""People with their posts as printed, and what each answers for."""

from itertools import chain
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.exporting import PageExport
from erqi.common.workbook.declare import Sheet
from projects.exports.pages import people_sheet
from projects.models import Citation, Person
from projects.views.unit import answered_kinds


class PersonListView(PermissionRequiredMixin, PageExport, TemplateView):
    """People with their posts; searched by name, title or pinyin initials."""

    permission = "business.view"
    template_name = "projects/person_list.html"

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.request.GET.get("q", "").strip()[:60]

    def export_title(self) -> str:
        return "人员"

    def export_filters(self) -> str:
        return f"查找：{self.text}" if self.text else ""

    def export_sheets(self) -> list[Sheet]:
        return [people_sheet(Person.objects.search(self.text).for_list(), clock.today())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = list(Person.objects.search(self.text).for_list())
        posts = chain.from_iterable(person.posts.all() for person in people)
        return super().get_context_data(
            page_title="人员",
            breadcrumbs=[{"label": "人员"}],
            people=people,
            sources=Citation.objects.index(chain(people, posts)),
            q=self.text,
            filter_summary=self.export_filters(),
            export=self.page_menu() if people else None,
            **kwargs,
        )


class PersonDetailView(PermissionRequiredMixin, TemplateView):
    """A person's posts and the projects that the person answers for, ended duties included."""

    permission = "business.view"
    template_name = "projects/person_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = get_object_or_404(Person.objects.for_detail(), pk=kwargs["pk"])
        return super().get_context_data(
            page_title=person.name,
            breadcrumbs=[{"label": "人员", "url": reverse("projects:person_list")}, {"label": person.name}],
            person=person,
            answered=answered_kinds(person.responsibilities.all(), [], clock.today()),
            sources=Citation.objects.index(chain([person], person.posts.all(), person.responsibilities.all())),
            **kwargs,
        )
