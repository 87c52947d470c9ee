"""Forms of monthly reports: a row of the grid, and the whole report."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from erqi.common.forms import DayField, EditForm, MoneyField, WholeNumberField, column, parse_money
from erqi.common.upload_field import UploadsField
from projects.models import ProgressReport


def _text(name: str, rows: int, **options: Any) -> forms.Field:
    return column(ProgressReport, name, widget=forms.Textarea(attrs={"rows": rows}), **options)


CONFIRM = "confirm"


def confirmed_amount(data: QueryDict) -> Decimal | None:
    """Return the odd amount (万元) to which the person said yes (services.report_doubt).

    Only the button beside the question does; a second click on 报送 says nothing.
    """
    if data.get("action") != CONFIRM:
        return None
    with suppress(ValidationError):
        return parse_money(data.get("confirmed", ""))
    return None


class ReportRowForm(EditForm):
    """What is typed into a row of the grid. A draft may be half a report, so nothing is required here; filing says what is missing."""

    cumulative = MoneyField(label="本年累计完成投资", required=False)
    physical_percent = WholeNumberField(label="形象进度（%）", most=100, required=False)
    progress = _text("progress", 2)
    next_step = _text("next_step", 2)
    self_level = column(ProgressReport, "self_level", empty="—")
    problem = _text("problem", 2)
    problem_cause = column(ProgressReport, "problem_cause", empty="（无）")
    problem_due_on = DayField(label="拟解决时限", required=False)

    # Where the keyboard moves up and down the grid (report-rows.js).
    columns = ("cumulative", "physical_percent", "progress", "next_step", "self_level", "problem", "problem_cause", "problem_due_on")

    def __init__(self, *arguments: Any, carried: dict[str, Any] | None = None, **options: Any) -> None:
        """`carried` are values of columns that the form has no field for: what a month that nobody began takes over from the last."""
        super().__init__(*arguments, **options)
        self.carried = carried or {}
        for name in self.columns:
            attrs = self.fields[name].widget.attrs
            attrs["class"] = f"{attrs.get('class', '')} input".strip()
            attrs["data-col"] = name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # Browsers send line breaks in two ways; the same words must be the same text.
        return {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in cleaned.items()}

    @property
    def kept(self) -> dict[str, Any]:
        """The values of the fields that are right, also while others are wrong: what was typed is kept as far as it can be."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in self.own and name not in self.errors}
        return {**self.carried, **typed}


class ReportForm(ReportRowForm):
    """The whole report, on its own page."""

    physical = column(ProgressReport, "physical", label="形象进度描述", help_text="如 主体施工至12层")
    cutoff_on = DayField(label="数据截止日", required=False, help_text="不填按当月截止日")

    sections = [
        ("完成情况", ["cumulative", "physical_percent", "physical", "self_level", "cutoff_on", "progress"]),
        ("存在问题和下步计划", ["problem", "problem_cause", "problem_due_on", "next_step"]),
    ]
    wide = {"progress", "problem", "next_step"}


class EvidenceForm(EditForm):
    """Photos or documents that prove a report; nobody is obliged to send any."""

    uploads = UploadsField(required=True, label="佐证")


class WithdrawFileForm(EditForm):
    """Withdrawing an attachment that was wrong."""

    withdraw_reason = forms.CharField(label="撤回原因", max_length=100, error_messages={"required": "请写明撤回的原因。"})
