"""What the pages of all actions on supervision records share: whose turn it is is said before anybody types, and the same sentence
stands where the service refuses."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from erqi.common.access import may
from erqi.common.editing import EditView
from erqi.common.models import User
from supervision.rules.machine import Machine
from supervision.sentences.acting import whose
from supervision.services import acting
from supervision.views.acting import meanwhile


@dataclass(frozen=True)
class Button:
    """A button of a record's page."""

    label: str
    url: str


def buttons(record: Any, machine: Machine, user: User, parties: Collection[Any], pages: dict[str, str]) -> list[Button]:
    """Return the buttons of what the person can do with the record now, in the order of `pages` (action → name of the address)."""
    allowed = {step.action for step in acting.allowed(record, machine, user, parties)}
    return [
        Button(machine.action_label(action), reverse(f"supervision:{name}", args=[record.pk]))
        for action, name in pages.items()
        if action in allowed
    ]


class RecordAction(EditView):
    """Base of the pages of one action on one record. A subclass says `model`, `machine`, `action`, `parties_of` (a service's function),
    what it `list_page` is called, and calls its service in `save`."""

    template_name = "supervision/record_action.html"
    model: type[models.Model]
    related: ClassVar[tuple[str, ...]] = ()
    machine: Machine
    action: str
    parties_of: Callable[[Any, User | None], Collection[Any]]
    list_page: ClassVar[tuple[str, str]]
    error_fields: ClassVar[dict[str, str]] = {"text": "text"}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Whoever can read the record is told whose step it is, instead of that it is not theirs.
        if request.method != "POST" and not may(request.user, self.permission) and request.user.can("business.view"):
            raise PermissionDenied(whose(self.machine, self.action))
        return super().dispatch(request, *args, **kwargs)

    @property
    def page_title(self) -> str:
        return self.machine.action_label(self.action)

    @property
    def submit_label(self) -> str:
        return self.machine.action_label(self.action)

    def get_record(self) -> Any:
        return get_object_or_404(self.model._default_manager.select_related(*self.related), pk=self.kwargs["pk"])

    def values_of(self, record: Any) -> dict[str, Any]:
        """What is said anew is not compared with what was said before."""
        return {}

    def refusal(self) -> str:
        return acting.refusal(self.record, self.machine, self.action, self.request.user, self.parties())

    def stale_words(self, current: Any, version: int) -> str:
        return meanwhile(current, self.machine, version)

    def parties(self) -> Collection[Any]:
        """Return as what the person acts."""
        return type(self).parties_of(self.record, self.request.user)

    def cancel_url(self) -> str:
        return self.record.get_absolute_url()

    def success_url(self, result: Any) -> str:
        return self.record.get_absolute_url()

    def success_text(self, result: Any) -> str:
        return f"已办理：{self.page_title}。"

    def breadcrumbs(self) -> list[dict[str, str]]:
        label, name = self.list_page
        return [
            {"label": label, "url": reverse(f"supervision:{name}")},
            {"label": str(self.record), "url": self.record.get_absolute_url()},
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(subject=self.record, subject_lines=self.subject_lines(), **context)

    def subject_lines(self) -> list[tuple[str, Any]]:
        """Return what stands above the form: label and text."""
        return []
