"""Forms of mechanisms."""

from django import forms

from erqi.common.forms import EditForm, column
from supervision.models import Mechanism


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
