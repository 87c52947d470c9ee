"""Form of a year's investment plan: twelve amounts, typed as they accumulate or month by month."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from erqi.common.forms import EditForm, MoneyField
from projects.models import InvestmentPlan
from projects.models.report import MONTHS

CUMULATIVE, SINGLE = "cumulative", "single"


class PlanForm(EditForm):
    """The amounts stand in one column; `mode` says how they are meant. `seen` is the plan that stood when the page was opened."""

    mode = forms.ChoiceField(
        label="填写方式",
        choices=[(CUMULATIVE, "填累计数（1月起累计）"), (SINGLE, "填当月数（系统累加）")],
        widget=forms.RadioSelect,
        initial=CUMULATIVE,
        error_messages={"required": "请选择填累计数还是当月数。"},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Not called `reason`: the first plan of a year has none, whatever was typed.
    why = forms.CharField(
        label="调整理由",
        max_length=InvestmentPlan._meta.get_field("reason").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="已有计划的，须写明为什么调整",
    )
    wide = {"why"}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for month in MONTHS:
            field = MoneyField(label=f"{month}月", required=False, help_text="")
            field.widget.attrs.update({"class": "input num", "data-plan-month": month, "aria-label": f"{month}月（万元）"})
            self.fields[f"month_{month}"] = field

    def laid_out(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, str, bool]]]]:
        """Give the reason only: the page draws the months as a table."""
        yield "", [(self["why"], "", True)]

    def clean(self) -> dict[str, Any]:
        """Add `cumulative`: the twelve amounts as they accumulate, None where nothing was typed."""
        cleaned = super().clean()
        amounts: list[Decimal | None] = [cleaned.get(f"month_{month}") for month in MONTHS]
        if cleaned.get("mode") == SINGLE:
            total = Decimal(0)
            for month, amount in zip(MONTHS, amounts, strict=True):
                if amount is None and f"month_{month}" not in self.errors:
                    self.add_error(f"month_{month}", f"请填写{month}月当月计划；没有安排投资的填 0。")
                total += amount or Decimal(0)
                amounts[month - 1] = total
        cleaned["cumulative"] = amounts
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, the months as they accumulate: so it is compared with the plan that a first submit made."""
        amounts = {f"month_{month}": amount for month, amount in zip(MONTHS, self.cleaned_data["cumulative"], strict=True)}
        return {**amounts, "why": self.cleaned_data["why"], "seen": self.cleaned_data["seen"]}
