"""Forms of correction slips."""

from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, MoneyField, WholeNumberField, column
from projects.choices import DecisionState
from projects.models import ReportCorrection


def _text(name: str, rows: int, **options: Any) -> forms.Field:
    return column(ReportCorrection, name, widget=forms.Textarea(attrs={"rows": rows}), **options)


class CorrectionForm(EditForm):
    """What the report should say, and why: the fields of a monthly report, filled in with what it says now."""

    cumulative = MoneyField(
        label="本年累计完成投资", error_messages={"required": "请填写本年累计完成投资；没有完成投资的填 0。"}, help_text="从1月起累计"
    )
    physical_percent = WholeNumberField(label="形象进度（%）", most=100, required=False)
    physical = column(ReportCorrection, "physical", help_text="如 主体施工至12层")
    self_level = column(ReportCorrection, "self_level", empty="（不自评）")
    cutoff_on = DayField(label="数据截止日", required=False, help_text="不填按当月截止日")
    progress = _text("progress", 3)
    problem = _text("problem", 3)
    problem_cause = column(ReportCorrection, "problem_cause", empty="（无）", help_text="写了存在问题的须选")
    problem_due_on = DayField(label="拟解决时限", required=False)
    next_step = _text("next_step", 2)
    reason = _text("reason", 2, help_text="为什么要改，依据是什么", error_messages={"required": "请写明更正理由。"})

    sections = [
        ("更正后的内容", ["cumulative", "physical_percent", "physical", "self_level", "cutoff_on", "progress"]),
        ("存在问题和下步计划", ["problem", "problem_cause", "problem_due_on", "next_step"]),
        ("更正理由", ["reason"]),
    ]
    wide = {"progress", "problem", "next_step", "reason"}


class DecideCorrectionForm(EditForm):
    """Yes or no to a slip; a no says why."""

    decision = forms.ChoiceField(
        label="审批意见",
        choices=[(DecisionState.APPROVED.value, "同意更正"), (DecisionState.REJECTED.value, "不同意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择同意或不同意。"},
    )
    reason = forms.CharField(
        label="说明",
        max_length=ReportCorrection._meta.get_field("decision_reason").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不同意的须写明理由，填报人会看到",
    )
    wide = {"decision", "reason"}


class WithdrawCorrectionForm(EditForm):
    """Taking a slip back needs no words."""
