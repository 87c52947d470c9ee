"""Forms of the reporting calendar: other days for a month, closing it early, opening it again."""

from datetime import date, timedelta
from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, column
from projects.models import ReportPeriod

_LONGEST = timedelta(days=366)


def _plausible(form: forms.Form, name: str, year: int, month: int) -> None:
    """Refuse a day that lies a year or more from the month: its year is mistyped."""
    day = form.cleaned_data.get(name)
    if day is not None and abs(day - date(year, month, 1)) > _LONGEST:
        form.add_error(name, f"{day.year}年{day.month}月{day.day}日离{year}年{month}月过远，请核对年份。")


class PeriodForm(EditForm):
    """The days of one month."""

    opens_on = DayField(label="开始填报")
    due_on = DayField(label="截止", help_text="当日终了以前报送的为按时")
    locks_on = DayField(label="锁定日", help_text="当日终了后锁定")
    note = column(ReportPeriod, "note", help_text="为什么调整，会显示在填报日历上")
    wide = {"note"}

    def __init__(self, *arguments: Any, year: int, month: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.year, self.month = year, month

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("opens_on", "due_on", "locks_on"):
            _plausible(self, name, self.year, self.month)
        return cleaned


class LockPeriodForm(EditForm):
    """Closing a month needs no words."""


class UnlockPeriodForm(EditForm):
    """Until when a locked month is open again, and why."""

    locks_on = DayField(label="重新开放至", help_text="当日终了后再次锁定")
    note = forms.CharField(
        label="原因",
        max_length=ReportPeriod._meta.get_field("note").max_length,
        error_messages={"required": "请写明重新开放的原因。"},
        help_text="会显示在填报日历上",
    )
    wide = {"note"}
