"""Drafting a notice, by itself or one step from a project or a supervision item, and correcting a draft."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from erqi.common import clock
from erqi.common.editing import EditView
from projects.models import Project, Unit
from supervision.choices import NoticeAction, NoticeKind, NoticeSource
from supervision.forms.notice import DraftForm
from supervision.models import Escalation, Notice, SupervisionItem
from supervision.rules.escalation import BY_HAND
from supervision.rules.notice import MACHINE, default_days
from supervision.services import notice as service
from supervision.services.acting import refusal
from supervision.services.item_grid import units_of_item
from supervision.services.notice_words import first_words, kind_for
from supervision.stats.notice_item import draft_about
from supervision.views.notice import notice_of, running_notices

_LIST = {"label": "督察通知单"}


class NoticeEditing(EditView):
    """What both forms share."""

    permission = ("supervise", "inspect")
    form_class = DraftForm
    template_name = "supervision/notice_form.html"

    def service_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the form's values as the service takes them."""
        names = values.pop("copies")
        units = {unit.name: unit for unit in Unit.objects.filter(name__in=names)}
        return {**values, "copies": [units[name] for name in names]}

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{**_LIST, "url": reverse("supervision:notice_list")}]

    def success_text(self, result: Notice) -> str:
        return "拟稿已保存。核对无误后请送审。"


class NoticeNew(NoticeEditing):
    """A new draft; `?project=EQ-2018-001` fills in the project's figures, `?item=12` those of a supervision item, `?kind=` another kind
    than the colour asks for."""

    page_title = "拟发督察通知单"
    submit_label = "保存拟稿"

    @cached_property
    def project(self) -> Project | None:
        return Project.objects.filter(code=self.request.GET.get("project", "")[:40]).first()

    @cached_property
    def item(self) -> SupervisionItem | None:
        asked, day = self.request.GET.get("item", ""), clock.today()
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            return None
        return SupervisionItem.objects.on_day(day).with_level(day).select_related("unit", "project").filter(pk=asked).first()

    def first_values(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        if self.item is not None:
            return self._about_item(self.item, asked)
        if self.project is None:
            return {"kind": asked if asked in NoticeKind else "", "source": NoticeSource.MEETING}
        day = clock.today()
        kind = asked if asked in NoticeKind else kind_for(first_words(self.project, NoticeKind.REMIND, day).level)
        days = default_days(kind, NoticeSource.PROJECT)
        words = first_words(self.project, kind, day)
        to, copied = service.units_for(self.project)
        names = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[key for key in (to, copied) if key])}
        return {
            "kind": kind,
            "source": NoticeSource.PROJECT,
            "project": self.project,
            "unit": names.get(to),
            "copies": [names[copied].name] if copied in names else [],
            "title": words.title,
            "text": words.text,
            "days": days,
        }

    def _about_item(self, item: SupervisionItem, asked: str) -> dict[str, Any]:
        kind, source, days, words = draft_about(item, asked, clock.today())
        copied = [unit.name for unit in Unit.objects.filter(pk__in=units_of_item(item)).exclude(pk=item.unit_id)]
        return {
            "kind": kind,
            "source": source,
            "basis": item.source_ref,
            "project": item.project,
            "unit": item.unit,
            "copies": copied,
            "title": words.title,
            "text": words.text,
            "days": days,
        }

    @staticmethod
    def is_another(result: Any, values: dict[str, Any], started: datetime) -> bool:
        """The copies are rows of their own: they say nothing of whether an earlier submit made the draft with other values."""
        return EditView.is_another(result, {name: value for name, value in values.items() if name != "copies"}, started)

    def cancel_url(self) -> str:
        begun = self.item or self.project
        return begun.get_absolute_url() if begun else reverse("supervision:notice_list")

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Notice:
        return service.draft_notice(**self.service_values(values), origin=self.item, by=self.request.user, request_key=request_key)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        project = self.project
        running = running_notices(self.request.user, project) if project else []
        answered, apart = [], []
        for one in self._proposals():
            (answered if one.trigger in BY_HAND else apart).append(one)
        return super().get_context_data(**context, begun=self.item or project, running=running, proposals=answered, apart=apart)

    def _proposals(self) -> Iterable[Escalation]:
        """Return what waits to be decided about the project: the office's draft of that kind answers some of it."""
        if self.project is None or not self.request.user.can("supervise"):
            return []
        return Escalation.objects.open().filter(project=self.project)


class NoticeEdit(NoticeEditing):
    """Correcting a draft."""

    page_title = "修改拟稿"

    def get_record(self) -> Notice:
        return notice_of(self.request.user, self.kwargs["pk"])

    def values_of(self, record: Notice) -> dict[str, Any]:
        copies = list(record.copies.standing().values_list("unit__name", flat=True))
        return {name: getattr(record, name) for name in service.DRAFTED} | {"copies": copies}

    def refusal(self) -> str:
        user = self.request.user
        return refusal(self.record, MACHINE, NoticeAction.EDIT, user, service.parties(self.record, user))

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Notice:
        values = self.service_values(values)
        values["days"] = values["days"] or default_days(values["kind"], values["source"], values["urgency"])
        return service.edit_notice(notice=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [*super().breadcrumbs(), {"label": self.record.title, "url": self.record.get_absolute_url()}]
