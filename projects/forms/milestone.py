"""Forms of milestones: planning, correcting, moving a date with its cause, recording completion."""

from datetime import date
from typing import Any

from django import forms

from erqi.common.dates import chinese_day
from erqi.common.forms import DayField, EditForm, YearField, column
from projects.choices import DelayCause
from projects.models import DateChange, Milestone
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
    """The day on which a milestone was done."""

    done_on = DayField(label="完成日期")


class ReopenMilestoneForm(EditForm):
    """Taking back a completion needs no words."""
