"""Forms of notices: the draft, and what people do to one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from erqi.common.forms import DayField, EditForm, LinesField, LookupField, WholeNumberField, column
from erqi.common.upload_field import UploadsField
from projects.choices import DelayCause, UnitKind
from projects.forms.lookups import ProjectLookup, UnitLookup
from projects.models import Responsibility, Unit
from supervision.choices import NoticeUrgency, OrderAddressee
from supervision.forms.workday import DeadlineForm
from supervision.models import Notice, NoticeOrder
from supervision.models.notice import LONGEST_TEXT
from supervision.rules.notice import MOST_DAYS, MOST_EXTENSION

_FEW, _SOME, _LONG = {"rows": 2}, {"rows": 4}, {"rows": 12}
_WORDS = 1000
MOST_ADDRESSEES = 500


def _words(label: str, *, required: bool = True, rows: dict[str, int] = _SOME, longest: int = _WORDS, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=longest, widget=forms.Textarea(attrs=rows), **more)


class AddresseeLookup(UnitLookup):
    """The units to which the district's notices go: those with a part in a project first, none above the district."""

    def suggestions(self) -> Iterable[tuple[str, str]]:
        part = Exists(Responsibility.objects.filter(unit=OuterRef("pk"), until=None))
        rows = Unit.objects.filter(is_active=True).exclude(kind=UnitKind.HIGHER).annotate(_part=part)
        return rows.order_by("-_part", "sort_key", "pk").values_list("name", "short_name")[:MOST_ADDRESSEES]

    def find(self, text: str) -> Unit:
        """Return the unit; raise ValidationError for none, several, or one above the district."""
        unit = super().find(text)
        if unit.kind == UnitKind.HIGHER:
            raise ValidationError(f"{unit}是上级单位，区里的督察通知单不能主送、抄送、转办给它。请改填区内单位。")
        return unit


class UnitsField(LinesField):
    """Several units, one a line, by name, short name or alias; gives their full names."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=60, **options)

    def clean(self, value: Any) -> list[str]:
        """Return the full names; raise ValidationError for the first that is no unit."""
        lookup = AddresseeLookup()
        return list(dict.fromkeys(lookup.find(line).name for line in super().clean(value)))


class DraftForm(DeadlineForm):
    """A notice before it is issued."""

    kind = column(Notice, "kind")
    source = column(Notice, "source")
    urgency = column(Notice, "urgency", help_text="批示件：急件 5、一般 15、难度大 30 个工作日", required=False, empty="一般")
    basis = column(Notice, "basis", required=False)
    project = LookupField(lookup=ProjectLookup(), label="项目", required=False, help_text="编号或名称；与项目无关的不填")
    unit = LookupField(lookup=AddresseeLookup(), label="主送（承办）单位", help_text="名称、简称或别名")
    copies = UnitsField(label="抄送", required=False, help_text="一行一个单位", widget=forms.Textarea(attrs=_FEW))
    contact = column(Notice, "contact", required=False, help_text="姓名和电话")
    title = column(Notice, "title")
    text = _words("正文", rows=_LONG, longest=LONGEST_TEXT, help_text="一行一段；落款、文号和日期由系统排版")
    days = WholeNumberField(
        label="办理时限（工作日）", least=1, most=MOST_DAYS, required=False, help_text="自下发之日起算；不填按来源和种类取常规时限"
    )
    due_on = DayField(label="或：固定的反馈日期", required=False, help_text="填写后不再按工作日推算")
    uploads = UploadsField(label="附件")

    wide = {"title", "text", "basis", "uploads"}
    sections = [
        ("种类和来源", ["kind", "source", "urgency", "basis"]),
        ("承办", ["project", "unit", "copies", "contact"]),
        ("内容", ["title", "text"]),
        ("时限", ["days", "due_on", "confirmed"]),
        ("附件", ["uploads"]),
    ]

    def clean_urgency(self) -> str:
        return self.cleaned_data.get("urgency") or NoticeUrgency.NORMAL


class NoteForm(EditForm):
    """An action with an opinion that may be left out."""

    text = _words("意见", required=False)
    wide = {"text"}


class OpinionForm(EditForm):
    """An action with an opinion."""

    text = _words("意见")
    wide = {"text"}


class ReasonForm(EditForm):
    """An action with its reason."""

    reason = _words("理由")
    wide = {"reason"}


class UrgeForm(EditForm):
    """An urging."""

    text = _words("催办内容", help_text="印在催办通知上：哪些事项、到什么时候、要求什么", longest=500)
    wide = {"text"}


class AgainForm(DeadlineForm):
    """What has to be done again, and by when."""

    reason = _words("需要补充或重办的内容")
    due_on = DayField(label="新的反馈时限")
    wide = {"reason"}


class ExtensionForm(DeadlineForm):
    """An extension that a unit asks for."""

    asked_due_on = DayField(label="申请延至", help_text=f"不晚于现行时限后 {MOST_EXTENSION} 天")
    reason = _words("申请理由")
    uploads = UploadsField(label="证明材料")
    wide = {"reason", "uploads"}
    deadlines = ("asked_due_on",)


class GrantForm(DeadlineForm):
    """The day that is granted."""

    due_on = DayField(label="同意延至")
    text = _words("意见", required=False)
    wide = {"text"}


class AskTransferForm(EditForm):
    """A transfer that a unit asks for."""

    asked_unit = LookupField(lookup=AddresseeLookup(), label="建议转办的单位", required=False)
    reason = _words("申请理由")
    wide = {"reason"}


class TransferForm(DeadlineForm):
    """Who gets the notice, and until when."""

    unit = LookupField(lookup=AddresseeLookup(), label="新的承办单位")
    due_on = DayField(label="反馈时限")
    reason = _words("转办理由", help_text="印在新版通知单上，承办单位看得到")
    wide = {"reason"}


class ReplyForm(EditForm):
    """A unit's reply."""

    cause = forms.ChoiceField(label="病因", required=False, choices=[("", "请选择"), *DelayCause.choices])
    text = _words("反馈内容", rows={"rows": 8}, longest=3000, help_text="逐项答复通知单的要求：原因、措施、新的节点和责任人")
    uploads = UploadsField(label="照片或材料")
    wide = {"text", "uploads"}

    def __init__(self, *args: Any, asks_cause: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        if asks_cause:
            self.fields["cause"].required = True
        else:
            del self.fields["cause"]


class ChangeForm(DeadlineForm):
    """A new version of an issued notice."""

    title = column(Notice, "title")
    text = _words("正文", rows=_LONG, longest=LONGEST_TEXT)
    due_on = DayField(label="反馈时限")
    reason = _words("变更原因", help_text="印在新版通知单上，承办单位看得到", rows=_FEW, longest=300)
    wide = {"title", "text", "reason"}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if not text:
            raise ValidationError("请写明正文。")
        return text


class OrderForm(DeadlineForm):
    """A leader's instruction."""

    text = column(NoticeOrder, "text", widget=forms.Textarea(attrs=_SOME))
    addressee = forms.ChoiceField(label="由谁落实", choices=OrderAddressee.choices, initial=OrderAddressee.HANDLER)
    order_due_on = DayField(label="落实时限")
    wide = {"text"}
    deadlines = ("order_due_on",)


class AnswerForm(EditForm):
    """How an instruction was carried out."""

    text = _words("落实情况")
    wide = {"text"}
