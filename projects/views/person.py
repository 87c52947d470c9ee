"""People with their posts as printed, and what each answers for."""

from itertools import chain
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from projects.models import Citation, Person
from projects.views.unit import answered_kinds


class PersonListView(PermissionRequiredMixin, TemplateView):
    """People with their posts; searched by name, title or pinyin initials."""

    permission = "business.view"
    template_name = "projects/person_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:60]
        people = list(Person.objects.search(text).for_list())
        posts = chain.from_iterable(person.posts.all() for person in people)
        return super().get_context_data(
            page_title="人员",
            breadcrumbs=[{"label": "人员"}],
            people=people,
            sources=Citation.objects.index(chain(people, posts)),
            q=text,
            filter_summary=f"查找：{text}" if text else "",
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
