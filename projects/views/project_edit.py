"""Registering and changing projects."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from erqi.common import clock
from erqi.common.editing import EditView
from projects.forms.project import ListedProjectForm, ProjectForm
from projects.models import Ledger, Project
from projects.services import project as service


def crumbs(project: Project) -> list[dict[str, str]]:
    """Return the trail that leads to a page below a project."""
    return [{"label": "台账", "url": reverse("projects:ledger_current")}, {"label": project.name, "url": project.get_absolute_url()}]


class NewOfProject(EditView):
    """Base of the pages that add something to a project: entry, milestone, responsibility. They begin and end on its page."""

    permission = "ledger.edit"

    def get_record(self) -> None:
        self.project = get_object_or_404(Project, code=self.kwargs["code"])

    def success_url(self, result: Any) -> str:
        return self.project.get_absolute_url()

    def cancel_url(self) -> str:
        return self.project.get_absolute_url()

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.project, **context)


class ProjectCreate(EditView):
    """A new project; with `?ledger=<code>` it enters that ledger in the same step."""

    permission = "ledger.edit"
    template_name = "projects/project_form.html"
    page_title = "登记项目"
    form_class = ProjectForm
    ledger: Ledger | None = None

    def get_record(self) -> None:
        code = self.request.GET.get("ledger")
        if code is None:
            return
        self.ledger = Ledger.objects.filter(code=code.replace("\0", "")).first()
        if self.ledger is None:
            raise Http404("没有这本台账。")
        self.form_class = ListedProjectForm
        self.page_title = f"登记项目并列入{self.ledger.name}"

    def first_values(self) -> dict[str, Any]:
        if self.ledger is None:
            return {}
        # A ledger that has entries is under way: what comes now is an addition (增补) with its date.
        running = clock.today().year == self.ledger.year and self.ledger.entries.exists()
        return {"listed_on": clock.today() if running else None}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Project:
        by = self.request.user
        if self.ledger is None:
            return service.add_project(by=by, request_key=request_key, **values)
        entry = {name: values.pop(name) for name in ListedProjectForm.ENTRY}
        return service.add_listed_project(ledger=self.ledger, entry=entry, by=by, request_key=request_key, **values)

    def success_text(self, result: Project) -> str:
        return f"已登记项目“{result.name}”，编号 {result.code}。"

    def refusal(self) -> str:
        return locked_sentence(self.ledger)

    def cancel_url(self) -> str:
        return self.ledger.get_absolute_url() if self.ledger else reverse("projects:ledger_current")

    def breadcrumbs(self) -> list[dict[str, str]]:
        above = self.ledger
        return [{"label": above.name if above else "台账", "url": self.cancel_url()}]


class ProjectEdit(EditView):
    """Change what is true of a project in every ledger; what one ledger says is changed by EntryEdit."""

    permission = "ledger.edit"
    template_name = "projects/project_form.html"
    page_title = "修改项目"
    form_class = ProjectForm
    success_message = "项目已保存。"

    def get_record(self) -> Project:
        return get_object_or_404(Project.objects.select_related("category", "area", "owner", "bundle_of"), code=self.kwargs["code"])

    def values_of(self, record: Project) -> dict[str, Any]:
        names = set(ProjectForm.base_fields) - ProjectForm.own - {"aliases"}
        return {
            **{name: getattr(record, name) for name in names},
            "aliases": list(record.aliases.values_list("name", flat=True)),
        }

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Project:
        return service.change_project(project=self.record, version=version, by=self.request.user, **values)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.record)


def locked_sentence(ledger: Ledger | None) -> str:
    """Return why a locked ledger cannot be written, an empty text for an open one."""
    if ledger is not None and ledger.is_locked:
        return f"“{ledger.name}”已锁定，不能修改。如确需修改，请先由重点项目办解锁。"
    return ""
