"""Forms of the grid of responsibility."""

from typing import Any

from erqi.common.forms import DayField, EditForm, LookupField, column
from projects.choices import PERSON_KINDS, ResponsibilityKind
from projects.forms.lookups import PersonLookup, UnitLookup
from projects.models import Responsibility


class ResponsibilityForm(EditForm):
    """A cell of the grid: who answers, as what, from when. Which fields belong together is said at the field that is missing."""

    kind = column(Responsibility, "kind")
    unit = LookupField(label="单位", lookup=UnitLookup(), required=False, help_text="写全称、简称或别名；分包领导、督察员可不填")
    duty = column(Responsibility, "duty", empty="（单位本身）", help_text="选了职责，须写明人员")
    person = LookupField(label="人员", lookup=PersonLookup(), required=False, help_text="写姓名；同名者在括号内写明备注或编号")
    since = DayField(label="起", required=False, help_text="不清楚的可不填")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, duty = cleaned.get("kind"), cleaned.get("duty")
        if kind in PERSON_KINDS:
            if duty:
                self.add_error("duty", f"{ResponsibilityKind(kind).label}是人员本人，不分职责，请选“（单位本身）”。")
            self._need("person", f"请写明谁是{ResponsibilityKind(kind).label}。")
        elif kind:
            self._need("unit", f"请写明{ResponsibilityKind(kind).label}是哪个单位。")
            if duty:
                self._need("person", "选了职责，请写明人员。")
        return cleaned

    def _need(self, name: str, sentence: str) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, sentence)


class CorrectResponsibilityForm(ResponsibilityForm):
    """A correction; the end of an ended row may be corrected too."""

    until = DayField(label="止", required=False, help_text="仍在负责的不填")


class EndResponsibilityForm(EditForm):
    """The last day of a responsibility."""

    until = DayField(label="止日", help_text="负责到这一天为止；记录保留，可查当时由谁负责")
