"""Forms of mechanisms."""

from typing import Any

from django import forms

from erqi.common.forms import EditForm, column
from supervision.choices import SystemPart
from supervision.models import Mechanism, MechanismPart


class MechanismForm(EditForm):
    """The text of a mechanism as the district words it; nothing else of it is edited here."""

    text = column(
        Mechanism,
        "text",
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=20000,
        help_text="按本区的正式表述填写；没有依据的不要代拟。文件怎么印的始终保留在出处中。",
    )
    wide = {"text"}


class PartsForm(EditForm):
    """Which parts of the system carry a mechanism out, each with a word on what in it; an empty word is enough for a ticked part."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for part in SystemPart:
            self.fields[f"has_{part.value}"] = forms.BooleanField(label=str(part.label), required=False)
            longest = MechanismPart._meta.get_field("note").max_length
            self.fields[f"note_{part.value}"] = forms.CharField(label=f"{part.label}：落实在哪里", required=False, max_length=longest)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts that are ticked, with their words."""
        values = self.cleaned_data
        return [(part.value, values.get(f"note_{part.value}") or "") for part in SystemPart if values.get(f"has_{part.value}")]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {"parts": self.parts}
