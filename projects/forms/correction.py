"""Forms of correction slips."""

from django import forms

from erqi.common.forms import MoneyField, column
from projects.forms.report import ReportForm
from projects.models import ReportCorrection


class CorrectionForm(ReportForm):
    """What the report should say, and why: the fields of a monthly report, filled in with what it says now."""

    cumulative = MoneyField(
        label="本年累计完成投资", error_messages={"required": "请填写本年累计完成投资；没有完成投资的填 0。"}, help_text="从1月起累计"
    )
    reason = column(
        ReportCorrection,
        "reason",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="为什么要改，依据是什么",
        error_messages={"required": "请写明更正理由。"},
    )

    sections = [*ReportForm.sections, ("更正理由", ["reason"])]
    wide = ReportForm.wide | {"reason"}
