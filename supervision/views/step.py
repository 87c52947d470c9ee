"""What the pages of all families share: the base of the page of every step, and the buttons of a record."""

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
from supervision.choices import Party
from supervision.rules.machine import Machine
from supervision.sentences import acting as sentences
from supervision.sentences.acting import whose
from supervision.services import acting


@dataclass(frozen=True)
class Button:
    """A step that the person can take now. `main`: it leads the record on its main line; `last`: it ends it, and stands apart."""

    label: str
    url: str
    main: bool = False
    last: bool = False


def buttons(
    record: Any, machine: Machine, user: User, parties: Collection[Party], pages: dict[str, str], main: Collection[str] = ()
) -> list[Button]:
    """Return what the person can do with a record now, in the order of `pages` (action → name of the address), what is `main` first."""
    can = {step.action for step in acting.allowed(record, machine, user, parties)}
    found = [
        Button(machine.action_label(action), reverse(f"supervision:{name}", args=[record.pk]), action in main)
        for action, name in pages.items()
        if action in can
    ]
    return sorted(found, key=lambda one: not one.main)


def meanwhile(record: Any, machine: Machine, version: int) -> str:
    """Return what was done to a record after the version that a person saw: each step makes one version."""
    since = record.acts.order_by("-pk").values_list("by_name", "action")[: max(record.version - version, 1)]
    done = [(name, action) for name, action in since if action not in machine.quiet]
    return sentences.meanwhile(machine, reversed(done), record.state)


class StepView(EditView):
    """Base of the page of one step of one record: whose turn it is is said before anybody types, and the same sentence stands where the
    service refuses. A family says its machine, how a record is read, and as what a person acts on it."""

    machine: Machine
    action = ""

    def parties(self) -> Collection[Party]:
        """Return as what the person acts on the record."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Whoever can read the record is told whose step it is, instead of that it is not theirs.
        if request.method != "POST" and not may(request.user, self.permission) and request.user.can("business.view"):
            raise PermissionDenied(whose(self.machine, self.action))
        return super().dispatch(request, *args, **kwargs)

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return self.machine.action_label(self.action)

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        return self.machine.action_label(self.action)

    def values_of(self, record: Any) -> dict[str, Any]:
        """What is said anew is not compared with what was said before."""
        return {}

    def refusal(self) -> str:
        return acting.refusal(self.record, self.machine, self.action, self.request.user, self.parties())

    def stale_words(self, current: Any, version: int) -> str:
        return meanwhile(current, self.machine, version)

    def cancel_url(self) -> str:
        return self.record.get_absolute_url()


class RecordAction(StepView):
    """Base of the pages of one action on one record. A subclass says `model`, `machine`, `action`, `parties_of` (a service's function),
    what it `list_page` is called, and calls its service in `save`."""

    template_name = "supervision/record_action.html"
    model: type[models.Model]
    related: ClassVar[tuple[str, ...]] = ()
    parties_of: Callable[[Any, User | None], Collection[Any]]
    list_page: ClassVar[tuple[str, str]]
    error_fields: ClassVar[dict[str, str]] = {"text": "text"}

    def get_record(self) -> Any:
        return get_object_or_404(self.model._default_manager.select_related(*self.related), pk=self.kwargs["pk"])

    def parties(self) -> Collection[Any]:
        """Return as what the person acts."""
        return type(self).parties_of(self.record, self.request.user)

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
