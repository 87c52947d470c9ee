"""Fields for several records or lines at once, one a line: units, projects, the steps of a timetable as they come out of a worksheet."""

import re
from typing import Any

from django.core.exceptions import ValidationError

from erqi.common.forms import LinesField, half_width, parse_typed_day
from projects.forms.lookups import ProjectLookup, UnitLookup
from projects.models import Project, Unit

# A date at the beginning of a line, then the step, then (after a colon, a bar or a tab) its measure.
_STEP = re.compile(r"^\s*(?P<day>\S+?)(?:前|以前)?[\s,，、]+(?P<name>[^\t:：|｜]+)(?:[\t:：|｜]+(?P<measure>.*))?$")


class _RecordsField(LinesField):
    """Several records, each by its name on a line of its own."""

    lookup: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=120, **options)

    def clean(self, value: Any) -> list[Any]:
        """Return the records; raise ValidationError that names the line which finds none."""
        found, wrong = [], []
        for number, line in enumerate(super().clean(value), 1):
            try:
                found.append(self.lookup.find(line))
            except ValidationError as error:
                wrong.append(f"第 {number} 行：{error.messages[0]}")
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(found))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(self.lookup.label(one) if isinstance(one, Unit | Project) else str(one) for one in value)
        return value


class UnitsField(_RecordsField):
    """Units by name, short name or alias."""

    lookup = UnitLookup()


class ProjectsField(_RecordsField):
    """Projects by code or name."""

    lookup = ProjectLookup()


class StepsField(LinesField):
    """A timetable: 2018-06-15 签订协议：逐户上门, a step a line; the measure may be missing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=420, **options)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return the steps as services take them; raise ValidationError that names each line which says no step."""
        steps, wrong = [], []
        for number, line in enumerate(super().clean(value), 1):
            try:
                steps.append(self._step(line))
            except ValidationError as error:
                wrong.append(f"第 {number} 行：{error.messages[0]}")
        if wrong:
            raise ValidationError(wrong)
        return steps

    @staticmethod
    def _step(line: str) -> dict[str, Any]:
        found = _STEP.match(line)
        if found is None:
            raise ValidationError(f"“{line[:20]}”应写作“2018-6-15 步骤名称：措施”，日期与步骤之间空一格。")
        name, measure = found["name"].strip(), (found["measure"] or "").strip()
        if len(name) > 80:
            raise ValidationError(f"步骤“{name[:20]}…”有 {len(name)} 个字，最多 80 个字。")
        if len(measure) > 300:
            raise ValidationError(f"步骤“{name[:20]}”的措施有 {len(measure)} 个字，最多 300 个字。")
        return {"name": name, "due_on": parse_typed_day(half_width(found["day"])), "measure": measure}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "\n".join(f"{step['due_on']} {step['name']}" + (f"：{step['measure']}" if step["measure"] else "") for step in value)
        return super().prepare_value(value)
