"""Forms of what people decide about a colour: a lifting's check, confirmation and refusal, a level set by hand, closing an entry."""

from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, column
from erqi.common.upload_field import UploadsField
from projects.choices import GRAVE_LEVELS
from projects.models import LedgerEntry, LevelOverride, Lifting

_WORDS = {"rows": 3}


class VerifyForm(EditForm):
    """What an inspector found, with evidence."""

    verify_note = column(
        Lifting, "verify_note", required=True, widget=forms.Textarea(attrs=_WORDS), help_text="何时何地看到什么，与填报是否一致"
    )
    uploads = UploadsField(label="佐证照片或文件")

    wide = {"verify_note", "uploads"}


class ConfirmForm(EditForm):
    """The supervision office's word; a confirmation needs none."""

    end_note = column(Lifting, "end_note", required=False, widget=forms.Textarea(attrs=_WORDS))

    wide = {"end_note"}


class RejectForm(EditForm):
    """A refusal needs its reason."""

    end_note = column(Lifting, "end_note", label="不予摘牌的理由", required=True, widget=forms.Textarea(attrs=_WORDS))

    wide = {"end_note"}


class AgainForm(EditForm):
    """Asking for another look needs no words: the next check has its own."""


class LevelForm(EditForm):
    """A level set by hand; `labels` are the words of the rules in force."""

    level = forms.TypedChoiceField(label="定为", coerce=int)
    until = DayField(label="止日")
    reason = column(LevelOverride, "reason", widget=forms.Textarea(attrs=_WORDS))

    wide = {"reason"}

    def __init__(self, *args: Any, labels: dict[int, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["level"].choices = [("", "请选择"), *((int(level), labels[level]) for level in GRAVE_LEVELS)]


class EndLevelForm(EditForm):
    """Ending a level before its day needs a reason."""

    end_reason = column(LevelOverride, "end_reason", required=True, widget=forms.Textarea(attrs=_WORDS))

    wide = {"end_reason"}


class CloseForm(EditForm):
    """Closing an entry (销号) needs no words: its milestones say it."""


class ReopenForm(EditForm):
    """Taking a closing back needs a reason."""

    reopen_reason = column(LedgerEntry, "reopen_reason", label="恢复的理由", required=True, widget=forms.Textarea(attrs=_WORDS))

    wide = {"reopen_reason"}
