"""Forms with a deadline: a day on which nobody works is asked about once."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms

from erqi.common import clock, workdays
from erqi.common.dates import chinese_day
from erqi.common.forms import EditForm


class DeadlineForm(EditForm):
    """Base of forms that set a deadline (`deadlines`: its fields). A holiday or a day off is taken only where the person says so; the next
    working day is named."""

    confirmed = forms.BooleanField(label="仍用这一天", required=False)

    deadlines: ClassVar[tuple[str, ...]] = ("due_on",)
    own = EditForm.own | {"confirmed"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        # Shown only where there is something to confirm.
        self.fields["confirmed"].widget = forms.HiddenInput()

    def standing_day(self, name: str) -> date | None:
        """Return the day that stands already: it was asked about when it was set."""
        return getattr(self.record, name, None)

    def days(self, cleaned: dict[str, Any]) -> Iterable[tuple[str, str, date]]:
        """Give the days that are set: the field, what else names the day, and the day."""
        return [(name, "", cleaned[name]) for name in self.deadlines if cleaned.get(name) and cleaned[name] != self.standing_day(name)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, what, day in self.days(cleaned):
            # That a day has passed is said by the service, and is no matter of holidays.
            if workdays.is_workday(day) or day < clock.today():
                continue
            self.fields["confirmed"].widget = forms.CheckboxInput()
            if not cleaned.get("confirmed"):
                said = f"{what}{chinese_day(day)}落在节假日或休息日，下一工作日为{chinese_day(workdays.next_workday(day))}"
                self.add_error(name, f"{said}。请改填，或勾选“仍用这一天”后再提交。")
        return cleaned
