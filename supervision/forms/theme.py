"""Forms of themes."""

from erqi.common.forms import EditForm, column
from supervision.models import Theme


class ThemeForm(EditForm):
    """A new supervision ledger of the district; the thirteen of the document are there already."""

    name = column(Theme, "name", label="台账主题")
    note = column(Theme, "note", help_text="为什么建这本台账：文件、会议或要求")

    wide = {"note"}
