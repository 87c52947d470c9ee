"""A colour set by hand by the supervision office: setting it, ending it."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.choices import GRAVE_LEVELS, WarningLevel
from projects.forms.lifting import EndLevelForm, LevelForm
from projects.models import LevelOverride
from projects.services import override as service
from projects.views.project_colour import Colour, chosen_entry, read_colour
from projects.views.project_edit import NewOfProject, crumbs


class LevelSet(NewOfProject):
    """Set a project's colour to yellow or red until a day, with a reason; `?year=` names another year than the latest."""

    permission = "lifting.confirm"
    template_name = "projects/level_form.html"
    form_class = LevelForm
    page_title = "人工定级"
    submit_label = "定级"

    @cached_property
    def colour(self) -> Colour | None:
        on = clock.today()
        entry = chosen_entry(list(self.project.entries.for_project()), on, self.request.GET.get("year", ""))
        return read_colour(self.project, entry, on) if entry else None

    @property
    def latest(self) -> date | None:
        """The last day until which the rules in force let a level be set."""
        policy = self.colour.policy if self.colour else None
        return clock.today() + timedelta(days=policy.manual_max_days) if policy else None

    def form_arguments(self) -> dict[str, Any]:
        policy = self.colour.policy if self.colour else None
        return {"labels": {int(level): policy.label(level) if policy else level.label for level in GRAVE_LEVELS}}

    def first_values(self) -> dict[str, Any]:
        return {"until": self.latest}

    def refusal(self) -> str:
        if self.colour is None or self.colour.row is None:
            return "该项目没有启用预警，不能人工定级。"
        if over := service.year_refusal(self.colour.year, clock.today()):
            return over
        if self.colour.override is not None:
            return service.standing_sentence(self.colour.override)
        return "该项目已销号，不能人工定级。如需定级，请先由重点项目办恢复。" if self.colour.level == WarningLevel.DONE else ""

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LevelOverride:
        year = self.colour.year if self.colour else clock.today().year
        return service.set_level(project=self.project, year=year, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: LevelOverride) -> str:
        return f"已定为{result.get_level_display()}，至{chinese_day(result.until)}止。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(colour=self.colour, latest=self.latest, **context)


class OverrideEnd(EditView):
    """End a level set by hand before its day."""

    permission = "lifting.confirm"
    template_name = "projects/confirm_level_end.html"
    form_class = EndLevelForm
    page_title = "解除人工定级"
    submit_label = "确认解除"

    def get_record(self) -> LevelOverride:
        return get_object_or_404(LevelOverride.objects.select_related("project"), pk=self.kwargs["pk"])

    def success_url(self, result: LevelOverride) -> str:
        return self.record.project.get_absolute_url()

    def refusal(self) -> str:
        return service.over(self.record, clock.today())

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.record.project)

    def stands_as_asked(self, current: LevelOverride, values: dict[str, Any]) -> bool:
        return current.ended_on is not None and current.end_reason == values["end_reason"]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LevelOverride:
        return service.end_override(override=self.record, reason=values["end_reason"], version=version, by=self.request.user)

    def success_text(self, result: LevelOverride) -> str:
        return "人工定级已解除，恢复为按数据评价。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(override=self.record, project=self.record.project, **context)
