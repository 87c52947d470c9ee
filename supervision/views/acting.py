"""What the pages of all families share: the base of every step's form, the buttons of a record."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from erqi.common.access import may
from erqi.common.editing import EditView
from erqi.common.forms import EditForm
from erqi.common.models import User
from supervision.choices import Party
from supervision.rules.machine import Machine
from supervision.sentences import acting as sentences
from supervision.sentences.acting import whose
from supervision.services import acting


@dataclass(frozen=True)
class Doing:
    """How a step is done on its page: the service that does it, its form, the words."""

    service: Callable[..., Any]
    form: type[EditForm]
    label: str
    done: str
    hint: str = ""
    # It leads the record on its main line: its button is the page's main one.
    main: bool = False


@dataclass(frozen=True)
class Button:
    """A step that the person can take now."""

    action: str
    label: str
    url: str
    main: bool = False


def buttons(record: Any, machine: Machine, user: User, parties: Collection[Party], doings: dict[str, Doing], prefix: str) -> list[Button]:
    """Return what the person can do with a record now, in the order of the doings, the main thing first."""
    can = {step.action for step in acting.allowed(record, machine, user, parties)}
    found = [
        Button(action, doing.label, reverse(f"{prefix}_{action}", args=[record.pk]), doing.main)
        for action, doing in doings.items()
        if action in can
    ]
    return sorted(found, key=lambda one: not one.main)


def meanwhile(record: Any, machine: Machine, version: int) -> str:
    """Return what was done to a record after the version that a person saw: each step makes one version."""
    done = list(record.acts.order_by("-pk").values_list("by_name", "action")[: max(record.version - version, 1)])
    return sentences.meanwhile(machine, reversed(done), record.state)


class ActionView(EditView):
    """Base of the page of one step; a family says its machine, its table of doings, and how a record is read and who acts as what."""

    template_name = "supervision/action_form.html"
    machine: ClassVar[Machine]
    doings: ClassVar[dict[str, Doing]]
    action = ""
    argument = "record"

    def parties(self) -> Collection[Party]:
        """Return as what the person acts on the record."""
        raise NotImplementedError

    @property
    def doing(self) -> Doing:
        return self.doings[self.action]

    @property
    def form_class(self) -> type[EditForm]:
        return self.doing.form

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Whoever can read the record is told whose step it is, instead of that it is not theirs.
        if request.method != "POST" and not may(request.user, self.permission) and request.user.can("business.view"):
            raise PermissionDenied(whose(self.machine, self.action))
        return super().dispatch(request, *args, **kwargs)

    @property
    def page_title(self) -> str:
        return self.doing.label

    @property
    def submit_label(self) -> str:
        return self.doing.label

    def refusal(self) -> str:
        return acting.refusal(self.record, self.machine, self.action, self.request.user, self.parties())

    def stands_as_asked(self, current: Any, values: dict[str, Any]) -> bool:
        return False

    def stale_words(self, current: Any, version: int) -> str:
        return meanwhile(current, self.machine, version)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Any:
        known = {"version": version, "by": self.request.user, "request_key": request_key}
        return self.doing.service(**{self.argument: self.record}, **known, **values)

    def success_text(self, result: Any) -> str:
        return self.doing.done

    def cancel_url(self) -> str:
        return self.record.get_absolute_url()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, hint=self.doing.hint, **context)
