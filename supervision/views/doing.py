"""Families whose steps have a table of how each is done, and one page for all of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from erqi.common.forms import EditForm
from erqi.common.models import User
from supervision.choices import Party
from supervision.rules.machine import Machine
from supervision.views.step import Button, StepView, buttons


@dataclass(frozen=True)
class Doing:
    """How a step is done on its page: form, service, what was done then; what the button says where that is not the step's own name;
    `names`: form fields that the service calls otherwise."""

    form: type[EditForm]
    service: Callable[..., Any]
    done: str
    button: str = ""
    hint: str = ""
    names: tuple[tuple[str, str], ...] = ()
    main: bool = False


def doing_buttons(
    record: Any, machine: Machine, user: User, parties: Collection[Party], doings: dict[str, Doing], family: str
) -> list[Button]:
    """Return what the person can do with a record now, the main thing first."""
    main = [action for action, doing in doings.items() if doing.main]
    return buttons(record, machine, user, parties, {action: f"{family}_{action}" for action in doings}, main)


class ActionView(StepView):
    """Base of a page that does whichever step of a family's table of doings."""

    template_name = "supervision/action_form.html"
    doings: ClassVar[dict[str, Doing]]
    argument = "record"

    @property
    def doing(self) -> Doing:
        return self.doings[self.action]

    @property
    def form_class(self) -> type[EditForm]:  # type: ignore[override]
        return self.doing.form

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        return self.doing.button or self.machine.action_label(self.action)

    def hint(self) -> str:
        """Return what to know before it is done."""
        return self.doing.hint

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Any:
        return self.do(values, version, request_key)

    def do(self, values: dict[str, Any], version: int | None, request_key: Any) -> Any:
        """Call the service and return what it returns."""
        names = dict(self.doing.names)
        known = {"version": version, "by": self.request.user, "request_key": request_key}
        said = {names.get(name, name): value for name, value in values.items()}
        return self.doing.service(**{self.argument: self.record}, **known, **said)

    def success_text(self, result: Any) -> str:
        return self.doing.done

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, hint=self.hint(), **context)
