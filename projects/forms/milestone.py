"""Forms of milestones: planning, correcting, moving a date with its cause, saying how one stands, recording completion."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from erqi.common.dates import chinese_day
from erqi.common.forms import DayField, EditForm, YearField, column
from erqi.common.upload_field import UploadsField
from projects.choices import DelayCause, UpdateLayer
from projects.models import DateChange, Milestone, MilestoneUpdate
from projects.rules.phrases import due_date

_PHRASE = "如 3月底前、上半年、五一前；写了日期的以日期为准"


class DueForm(EditForm):
    """A deadline given as a day, or in words from which the day is computed."""

    due_phrase = column(Milestone, "due_phrase", help_text=_PHRASE)
    due_on = DayField(label="时限日期", required=False)

    def year(self) -> int | None:
        """Return the year to which the words belong."""
        return self.cleaned_data.get("year")

    def computed(self) -> date | None:
        """Return the day that the words give, None when they give none."""
        phrase, year = self.cleaned_data.get("due_phrase"), self.year()
        return due_date(phrase, year) if phrase and year else None

    def preview(self) -> str:
        """Return in one sentence what the words come to; empty when nothing was written."""
        phrase, day = self.cleaned_data.get("due_phrase"), self.computed()
        if not phrase or not self.year():
            return ""
        if day is None:
            return f"“{phrase}”推算不出日期：节点将没有时限，不参与到期提醒，除非另填时限日期。"
        chosen = self.cleaned_data.get("due_on")
        if chosen and chosen != day:
            return f"“{phrase}”推算为{chinese_day(day)}，您另填了{chinese_day(chosen)}，以所填日期为准。"
        return f"“{phrase}”推算为{chinese_day(day)}。"


class PlanMilestoneForm(DueForm):
    """A new milestone; its first date becomes the baseline."""

    kind = column(Milestone, "kind")
    name = column(Milestone, "name", required=False, help_text="不填则与类别同名")
    year = YearField(label="年度")
    wording = column(Milestone, "wording", empty="（无）", help_text="文件的措辞：力争或确保")

    field_order = ["kind", "name", "year", "wording", "due_phrase", "due_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"due_phrase", "due_on"} & set(self.errors) and not (cleaned.get("due_phrase") or cleaned.get("due_on")):
            self.add_error("due_on", "请填写时限日期，或在“时限（原文）”中写明说法。")
        return cleaned


class ChangeMilestoneForm(EditForm):
    """What describes a milestone. Its date is not here: moving it needs a cause."""

    kind = column(Milestone, "kind")
    name = column(Milestone, "name")
    year = YearField(label="年度")
    wording = column(Milestone, "wording", empty="（无）")
    due_phrase = column(Milestone, "due_phrase", help_text="只改原文表述；日期请用“变更时限”")


class MoveMilestoneForm(DueForm):
    """A new date with its cause. The words are only a way to write the date."""

    due_phrase = forms.CharField(label="新时限（说法）", max_length=40, required=False, help_text=_PHRASE)
    due_on = DayField(label="新时限日期", required=False)
    cause = forms.ChoiceField(label="病因", choices=[("", "请选择"), *DelayCause.choices])
    reason = column(DateChange, "reason", label="原因说明", widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ["due_phrase", "due_on", "cause", "reason"]
    wide = {"reason"}
    own = EditForm.own | {"due_phrase"}

    def year(self) -> int | None:
        return self.record.year if self.record else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "due_on" in self.errors:
            return cleaned
        cleaned["due_on"] = cleaned.get("due_on") or self.computed()
        if cleaned["due_on"] is None:
            words = cleaned.get("due_phrase")
            self.add_error("due_on", f"“{words}”推算不出日期，请填写时限日期。" if words else "请填写新的时限。")
        return cleaned


class CompleteMilestoneForm(EditForm):
    """The day on which a milestone was done, with evidence."""

    done_on = DayField(label="完成日期")
    text = column(MilestoneUpdate, "text", label="完成情况", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    uploads = UploadsField(label="佐证（照片、文件）")

    wide = {"text", "uploads"}

    def __init__(self, data: Any = None, *, evidence: bool = True, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["uploads"].label += "" if evidence else "，可不附"


class ReopenMilestoneForm(EditForm):
    """Why a completion is taken back."""

    text = column(
        MilestoneUpdate,
        "text",
        label="撤销原因",
        required=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明撤销的原因。"},
    )

    wide = {"text"}


# What the one form of updates is called by whoever fills it in: the words, and what helps to find them.
TEXT_LABELS = {
    UpdateLayer.SELF: ("进展情况", "干到哪一步、存在什么问题、下一步怎么做"),
    UpdateLayer.OFFICE: ("进展情况", ""),
    UpdateLayer.INSPECTOR: ("督察情况", "现场看到的情况；与上报不符的请写明"),
}


class MilestoneUpdateForm(EditForm):
    """How a milestone stands. `layers` are those in which the person may speak: of several one is chosen; `finishes` says whether
    completion can be recorded with it."""

    layer = forms.ChoiceField(label="以何身份登记", required=False)
    text = column(MilestoneUpdate, "text", widget=forms.Textarea(attrs={"rows": 5}), error_messages={"required": "请写明节点的情况。"})
    uploads = UploadsField(label="照片、文件")
    finished = forms.BooleanField(label="本节点已完成", required=False)
    done_on = DayField(label="完成日期", required=False)

    sections = [("", ["layer", "text", "uploads"]), ("完成情况", ["finished", "done_on"])]
    wide = {"text", "uploads"}

    def __init__(self, data: Any = None, *, layers: Sequence[UpdateLayer], finishes: bool, **options: Any) -> None:
        super().__init__(data, **options)
        text = self.fields["text"]
        if len(layers) > 1:
            self.fields["layer"].choices = [("", "请选择"), *((layer.value, layer.label) for layer in layers)]
            self.fields["layer"].required = True
            text.label = "情况"
        else:
            del self.fields["layer"]
            text.label, text.help_text = TEXT_LABELS[layers[0]] if layers else ("情况", "")
        text.required = not finishes
        if not finishes:
            del self.fields["finished"], self.fields["done_on"]
        elif UpdateLayer.SELF in layers:
            self.fields["finished"].help_text = "登记完成须附照片或证明文件"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("finished"):
            # The day is suggested beforehand; it says something only with the tick.
            cleaned["done_on"] = None
            self.errors.pop("done_on", None)
        elif not cleaned.get("done_on") and "done_on" not in self.errors:
            self.add_error("done_on", "请填写完成日期。")
        return cleaned
