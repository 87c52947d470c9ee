"""Small forms of actions that many records share: words, a reason, words with files."""

from django import forms

from erqi.common.forms import EditForm
from erqi.common.upload_field import UploadsField


def words(label: str, help_text: str = "", *, required: bool = True, rows: int = 4, most: int = 2000) -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=most, widget=forms.Textarea(attrs={"rows": rows})
    )


class PlainForm(EditForm):
    """An action that needs no words."""


class NoteForm(EditForm):
    """An action to which one may say something."""

    text = words("意见", required=False, rows=3, most=500)

    wide = {"text"}


class ReasonForm(EditForm):
    """An action that needs its reason."""

    reason = words("理由", rows=3, most=500)

    wide = {"reason"}


class EvidenceForm(EditForm):
    """What is said, with photos or documents."""

    text = words("情况")
    uploads = UploadsField(label="照片或文件")

    wide = {"text", "uploads"}
