"""Forms of findings."""

from typing import Any

from django import forms

from erqi.common.forms import EditForm
from erqi.common.upload_field import UploadsField
from supervision.forms.acting import EvidenceForm, NoteForm, words


class ExplainForm(EditForm):
    """What was put right, and how the untrue report came about."""

    corrected = words("更正了什么", "如：已填更正单，将8月累计完成投资改为 1200 万元；已撤销节点完成", rows=3, most=500)
    explanation = words("原因说明", "为什么上报与实际不符，今后怎么避免", rows=3, most=500)
    uploads = UploadsField(label="照片或文件")

    wide = {"corrected", "explanation", "uploads"}


class _RightForm(EditForm):
    """A step that says that it is right now; `asks`: the reports still say what was found untrue, which is to be confirmed."""

    def __init__(self, *args: Any, asks: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if asks:
            self.fields["confirmed"] = forms.BooleanField(label="已核对，上报记录确不需要改，理由已写明", required=False)


class CheckForm(_RightForm, EvidenceForm):
    """An inspector's check."""


class SettleForm(_RightForm, NoteForm):
    """The office's settling."""
