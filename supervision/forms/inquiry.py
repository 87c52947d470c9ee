"""Forms of leaders' questions."""

from typing import Any

from django import forms

from erqi.common.forms import DayField
from supervision.choices import Addressee
from supervision.forms.acting import words
from supervision.forms.workday import DeadlineForm
from supervision.models.inquiry import LONGEST


class AskForm(DeadlineForm):
    """One sentence, who answers, and by when."""

    text = words("问什么", f"一句话，最多 {LONGEST} 个字", rows=2, most=LONGEST)
    milestone = forms.ChoiceField(label="针对的节点", required=False, choices=[])
    addressee = forms.ChoiceField(label="由谁答复", choices=Addressee.choices)
    due_on = DayField(label="答复时限")

    wide = {"text"}

    def __init__(self, *args: Any, milestones: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["milestone"].choices = [("", "（整个项目）"), *((str(key), name) for key, name in milestones)]


class FurtherForm(DeadlineForm):
    """Another sentence."""

    text = words("追问", f"一句话，最多 {LONGEST} 个字", rows=2, most=LONGEST)
    due_on = DayField(label="答复时限")

    wide = {"text"}
