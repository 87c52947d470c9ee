"""Forms with a deadline: a day on which nobody works is asked about once."""

from typing import Any, ClassVar

from django import forms

from erqi.common import workdays
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.deadlines:
            day = cleaned.get(name)
            # What stands already was asked about when it was set.
            if day is None or workdays.is_workday(day) or day == getattr(self.record, name, None):
                continue
            self.fields["confirmed"].widget = forms.CheckboxInput()
            if not cleaned.get("confirmed"):
                following = chinese_day(workdays.next_workday(day))
                self.add_error(name, f"{chinese_day(day)}落在节假日或休息日，下一工作日为{following}。请改填，或勾选“仍用这一天”后再提交。")
        return cleaned
