"""Forms of proposals to escalate."""

from erqi.common.forms import EditForm, WholeNumberField
from supervision.forms.issue import words
from supervision.rules.notice import MOST_DAYS


class ConfirmForm(EditForm):
    """Confirming: the working days for the reply, and perhaps a word."""

    days = WholeNumberField(label="反馈时限（工作日）", least=1, most=MOST_DAYS, help_text="自下发之日起算")
    note = words("处置意见", required=False)
    wide = {"note"}


class DeclineForm(EditForm):
    """Declining needs its reason."""

    reason = words("不采纳的理由", help_text="写明为什么不发文；这一触发条件不再重复提出")
    wide = {"reason"}


class RefreshForm(EditForm):
    """Proposing what is due needs no words."""
