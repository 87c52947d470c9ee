"""Forms of requests that somebody else decides on: a new date, a hold, the decision, taking one back, resuming."""

from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, column
from erqi.common.upload_field import UploadsField
from projects.choices import DecisionState
from projects.models import DateRequest, Hold


def _text(model: type, name: str, rows: int, **options: Any) -> forms.Field:
    return column(model, name, widget=forms.Textarea(attrs={"rows": rows}), **options)


class DateRequestForm(EditForm):
    """Another date for a milestone, with cause and reason."""

    to_due_on = DayField(label="申请改为")
    cause = column(DateRequest, "cause")
    reason = _text(DateRequest, "reason", 4, help_text="为什么不能按期完成，已采取什么措施，为什么到申请的日期能够完成")
    uploads = UploadsField(label="依据（照片、文件）")

    wide = {"reason", "uploads"}


class HoldForm(EditForm):
    """A pause of a project, or its renewal: why, what is being done, from when to when."""

    reason = column(Hold, "reason")
    since = DayField(label="自")
    until = DayField(label="预计至")
    summary = _text(Hold, "summary", 4, help_text="为什么停工，影响到哪些节点")
    steps = _text(Hold, "steps", 3, help_text="为恢复施工正在做什么，由谁负责")
    uploads = UploadsField(label="依据（照片、文件）")

    wide = {"summary", "steps", "uploads"}


class DecideForm(EditForm):
    """Yes or no to a request; a no says why."""

    decision = forms.ChoiceField(
        label="审批意见",
        choices=[(DecisionState.APPROVED.value, "同意"), (DecisionState.REJECTED.value, "不同意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择同意或不同意。"},
    )
    reason = forms.CharField(
        label="说明",
        max_length=DateRequest._meta.get_field("decision_reason").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意的须写明理由，申请人会看到",
    )

    wide = {"decision", "reason"}


class WithdrawForm(EditForm):
    """Taking a request back needs no words."""


class ResumeForm(EditForm):
    """Why a pause ends early."""

    end_reason = forms.CharField(
        label="恢复情况",
        max_length=Hold._meta.get_field("end_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明恢复的情况。"},
    )

    wide = {"end_reason"}
