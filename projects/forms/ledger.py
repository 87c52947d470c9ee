"""Forms of ledgers: opening, describing, stating the scale, locking."""

from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, LookupField, MoneyField, WholeNumberField, YearField, column
from projects.forms.lookups import UnitLookup
from projects.models import Ledger, LedgerRevision

# Codes that would hide a ledger behind a page of its own.
_TAKEN = {"new"}


class LedgerForm(EditForm):
    """What may change while a ledger is open for editing."""

    name = column(Ledger, "name")
    unit = LookupField(label="建账单位", lookup=UnitLookup(), required=False, help_text="板块级台账写明由哪个单位建立")
    note = column(Ledger, "note", widget=forms.Textarea(attrs={"rows": 2}))

    wide = {"name", "note"}


class NewLedgerForm(LedgerForm):
    """A new ledger, with what is fixed from then on."""

    year = YearField(label="年度", least=2000, most=2100)
    code = column(Ledger, "code", required=False, help_text="用于地址，建立后不能修改；不填则用年度，如 2019")
    level = column(Ledger, "level")
    kind = column(Ledger, "kind")

    field_order = ["year", "code", "name", "level", "kind", "unit", "note"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"] or str(self.cleaned_data.get("year", ""))
        if code.lower() in _TAKEN:
            raise forms.ValidationError(f"编号不能用“{code}”。")
        return code


class ScaleForm(EditForm):
    """The scale of a ledger as stated on a day; a later day revises it."""

    recorded_on = DayField(label="日期", help_text="这组数字是哪一天的；同一天只登记一次")
    project_count = WholeNumberField(label="项目数", most=100_000, required=False)
    total_investment = MoneyField(label="总投资", required=False)
    annual_plan = MoneyField(label="年度计划投资", required=False)
    annual_plan_bound = column(LedgerRevision, "annual_plan_bound", empty="（无）", label="年度计划的表述")
    note = column(LedgerRevision, "note", widget=forms.Textarea(attrs={"rows": 2}))

    wide = {"note"}
    FIGURES = ("project_count", "total_investment", "annual_plan")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not set(self.FIGURES) & set(self.errors) and all(cleaned.get(name) is None for name in self.FIGURES):
            self.add_error(None, "请至少填写项目数、总投资、年度计划投资中的一项。")
        return cleaned


class WithdrawScaleForm(EditForm):
    """Why a stated scale is wrong."""

    reason = forms.CharField(
        label="撤回原因",
        max_length=LedgerRevision._meta.get_field("withdraw_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明撤回的原因。"},
        help_text="如 数字抄错、日期填错；会与这组数字一起保留",
    )
    wide = {"reason"}


class LockForm(EditForm):
    """Locking and unlocking need no words."""
