"""Forms of targets: what describes one, what a document says of it, which figure is adopted, and what was reached."""

from typing import Any

from django import forms
from django.http import QueryDict

from erqi.common.forms import DayField, EditForm, LookupField, NumberField, WholeNumberField, column
from projects.choices import Computed
from projects.forms.lookups import ProjectLookup, UnitLookup
from projects.models import Citation, Document, Target, TargetClaim, TargetReading
from projects.sentences.target import MEANING, WHERE


class TargetForm(EditForm):
    """What describes a target. Its figures come as claims, each from a document."""

    indicator = column(Target, "indicator")
    unit = column(Target, "unit", help_text="如 个、亿元、万㎡、%")
    measure = column(Target, "measure", help_text="增速和占比不计算完成比例")
    computed = column(Target, "computed", help_text=f"不选则由人登记；选了仍可登记，两个数字并列显示。{WHERE}")
    scope = LookupField(label="范围", lookup=UnitLookup(), required=False, help_text="不填即全区")
    responsible = LookupField(label="责任单位", lookup=UnitLookup(), required=False)
    project = LookupField(label="对应项目", lookup=ProjectLookup(), required=False, help_text="目标针对某一个项目时，填项目编号或全名")
    seq = WholeNumberField(label="次序", most=30000, required=False, help_text="同一范围内按此排列，小的在前")
    note = column(Target, "note", widget=forms.Textarea(attrs={"rows": 2}))
    wide = {"note", "computed"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        computed = [("", "由人登记"), *((way.value, f"台账计算 · {way.label}：{MEANING[way]}") for way in Computed)]
        self.fields["computed"].choices = computed
        self.fields["measure"].choices = [pair for pair in self.fields["measure"].choices if pair[0]]

    def clean_seq(self) -> int:
        return self.cleaned_data["seq"] or 0


def source_fields(required: bool) -> dict[str, forms.Field]:
    """Return the fields by which a person names a source: document, paragraph, words as printed."""
    return {
        "document": forms.ModelChoiceField(
            Document.objects.order_by("code"), label="来源文件", required=required, empty_label="（请选择）"
        ),
        "paragraph": WholeNumberField(label="段落", least=1, most=9999, required=required, help_text="从 1 数起，空行分段；文件页上有段号"),
        "as_printed": forms.CharField(
            label="原文表述",
            max_length=Citation._meta.get_field("as_printed").max_length,
            required=required,
            help_text="照抄能证明这个数字的几个字，如 新开工65个项目",
        ),
    }


class ClaimForm(EditForm):
    """A document's figure for a target, with the place where it is printed."""

    value = NumberField(label="数值")
    bound = column(TargetClaim, "bound", help_text="原文在数字后写明的")
    wording = column(TargetClaim, "wording", help_text="原文在数字前写明的")
    wide = {"as_printed"}
    sections = [("出处", ["document", "paragraph", "as_printed"]), ("数字", ["value", "bound", "wording"])]

    def __init__(self, *args: Any, measured_in: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields.update(source_fields(required=True))
        self.fields["value"].hint = f"单位：{measured_in}"
        for name in ("bound", "wording"):
            self.fields[name].choices = [("", "（原文未写）"), *self.fields[name].choices[1:]]


class ReadingForm(EditForm):
    """What was reached by a day; the source may be a document or the person who registers it."""

    on = DayField(label="截止日期")
    value = NumberField(label="完成数值")
    bound = column(TargetReading, "bound")
    note = column(TargetReading, "note")
    sections = [
        ("完成数字", ["on", "value", "bound", "note"]),
        ("出处（数字来自已登记的文件时填写）", ["document", "paragraph", "as_printed"]),
    ]
    wide = {"note", "as_printed"}

    def __init__(self, *args: Any, measured_in: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields.update(source_fields(required=False))
        self.fields["value"].hint = f"单位：{measured_in}"
        self.fields["bound"].choices = [("", "（无）"), *self.fields["bound"].choices[1:]]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        names = ("document", "paragraph", "as_printed")
        if any(values.get(name) for name in names):
            for name in names:
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, "来源文件、段落和原文表述须一并填写。")
        return values


def confirmed_reading(data: QueryDict) -> int | None:
    """Return the result (its key) beside which the person said yes to another one of its day. Only the button beside the question does."""
    text = data.get("confirmed", "") if data.get("action") == "confirm" else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class WithdrawForm(EditForm):
    """Why a registered figure is wrong."""

    reason = forms.CharField(
        label="撤回原因",
        max_length=TargetClaim._meta.get_field("withdraw_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明撤回的原因。"},
        help_text="如 数字抄错、段落看错；会与数字一起保留",
    )
    wide = {"reason"}


class DecisionForm(EditForm):
    """A decision about which figure counts. `seen` says which one counted on the page where the person decided."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class AdoptForm(DecisionForm):
    """The reason for adopting a claim."""

    reason = forms.CharField(
        label="采用理由",
        max_length=TargetClaim._meta.get_field("adoption_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明采用这一数字的理由。"},
        help_text="会与姓名、日期一起显示在目标页上，不超过 200 字",
    )
    wide = {"reason"}
