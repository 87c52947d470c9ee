"""Forms of ledger entries: a project's place in a ledger, leaving it, coming back."""

from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, MoneyField, WholeNumberField, column
from projects.models import Ledger, LedgerEntry, Project


class EntryForm(EditForm):
    """What an entry says; `seq` may stay empty on a new one, which then comes last."""

    seq = WholeNumberField(label="序号", least=1, most=1_000_000)
    nature = column(LedgerEntry, "nature")
    annual_plan = MoneyField(label="年度计划投资", required=False)
    listed_on = DayField(label="列入日期", required=False, help_text="年中增补的项目请填写；不填则视为全年在账")
    annual_goal = column(LedgerEntry, "annual_goal")

    wide = {"annual_goal"}


class NewEntryForm(EntryForm):
    """An entry of a given project in a ledger to choose."""

    ledger = forms.ModelChoiceField(label="台账", queryset=Ledger.objects.none(), empty_label="请选择")
    seq = WholeNumberField(label="序号", least=1, most=1_000_000, required=False, help_text="不填则排在最后")

    field_order = ["ledger", "seq", "nature", "annual_plan", "listed_on", "annual_goal"]

    def __init__(self, *args: Any, project: Project, **more: Any) -> None:
        super().__init__(*args, **more)
        # Locked ledgers stay among the values, so that one locked while the form was open is refused with its own sentence.
        self.fields["ledger"].queryset = Ledger.objects.all()
        held = set(project.entries.values_list("ledger_id", flat=True))
        self.fields["ledger"].choices = [
            ("", "请选择"),
            *((ledger.pk, ledger.name) for ledger in Ledger.objects.all() if ledger.pk not in held and not ledger.is_locked),
        ]


class DelistForm(EditForm):
    """Leaving a ledger needs a day and a reason."""

    delisted_on = DayField(label="退出日期", help_text="自这一天起不再计入；查看更早的日期时仍在账")
    delist_reason = column(LedgerEntry, "delist_reason", required=True, widget=forms.Textarea(attrs={"rows": 3}))

    wide = {"delist_reason"}


class RelistForm(EditForm):
    """Coming back needs no words."""
