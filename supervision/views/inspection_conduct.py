"""Recording what an inspection found, beside what had been reported by that day."""

from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from erqi.common import clock
from erqi.common.dates import chinese_day, parse_day
from projects.forms.lookups import ProjectLookup
from projects.models import Project
from supervision.choices import InspectionAction, InspectionLayer
from supervision.forms.inspection import ConductForm
from supervision.models import Inspection
from supervision.services import inspection as service
from supervision.services.inspection_frozen import freeze
from supervision.views.inspection import LOOKS, InspectionAct, OfSubject


class _Conducting:
    """The form of what was found: the milestones of the project as they were reported by the day of the look."""

    def looked_at(self) -> Project | None:
        """Return the project that is inspected, as far as it is known before the form is read."""
        raise NotImplementedError

    def day(self) -> date:
        """Return the day of the look that the form says, today where it says none."""
        return parse_day(self.request.POST.get("inspected_on", "")) or clock.today()

    @cached_property
    def reported(self) -> Any:
        """What had been reported by then."""
        return freeze(self.looked_at(), self.day())

    def reported_lines(self) -> list[tuple[str, Any]]:
        """Return what was reported, for above the form."""
        return [(f"截至{chinese_day(self.day())}的上报", self.reported.words)] if self.reported.words else []


class InspectionNew(_Conducting, OfSubject):
    """Record an inspection that was not planned. The project is known from the address, or typed: then what it had reported, and its
    milestones, are shown before the form is taken."""

    permission = LOOKS
    template_name = "supervision/inspection_form.html"
    form_class = ConductForm
    page_title = "登记督察"
    submit_label = "登记结论"

    def looked_at(self) -> Project | None:
        typed = self.request.POST.get("project")
        if not typed:
            return self.project if typed is None else None
        try:
            return ProjectLookup().find(typed)
        except ValidationError:
            return None

    def form_arguments(self) -> dict[str, Any]:
        return {"layer": self.layer, "reported": self.reported}

    def first_values(self) -> dict[str, Any]:
        return {"project": self.project, "item": self.item, "inspected_on": clock.today(), "method": "field"}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.conduct_inspection(by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return f"督察结论“{result.get_verdict_display()}”已登记，并已告知“{result.unit}”。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        context["subject_lines"] = [*self.reported_lines(), *context["subject_lines"]]
        return context


class InspectionConduct(_Conducting, InspectionAct):
    """Record what a planned inspection found."""

    permission = LOOKS
    action = InspectionAction.CONDUCT
    template_name = "supervision/inspection_form.html"
    form_class = ConductForm

    def looked_at(self) -> Project | None:
        return self.record.project

    def form_arguments(self) -> dict[str, Any]:
        return {"layer": InspectionLayer(self.record.layer), "reported": self.reported, "fixed": True}

    def first_values(self) -> dict[str, Any]:
        return {"inspected_on": clock.today(), "method": self.record.method, "often_reason": self.record.often_reason}

    def subject_lines(self) -> list[tuple[str, Any]]:
        return [*super().subject_lines()[:2], ("督察要点", self.record.purpose), *self.reported_lines()]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Inspection:
        return service.conduct_inspection(inspection=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Inspection) -> str:
        return f"督察结论“{result.get_verdict_display()}”已登记，并已告知“{result.unit}”。"
