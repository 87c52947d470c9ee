"""Forms of problems reported directly: the report itself, and one for each step."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from erqi.common.forms import DayField, EditForm, LookupField, column
from erqi.common.upload_field import UploadsField
from projects.forms.lookups import ProjectLookup, UnitLookup
from projects.models import Project
from supervision.forms.workday import DeadlineForm
from supervision.models import Issue, IssueMeeting


def words(label: str, *, help_text: str = "", required: bool = True, rows: int = 3) -> forms.CharField:
    """Return a field for some sentences."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=1000, widget=forms.Textarea(attrs={"rows": rows})
    )


class ReportForm(EditForm):
    """Reporting a problem, on a phone in the field or at a desk. `projects` are those that the person may choose from (a unit's own);
    None: any, by code or name."""

    title = column(Issue, "title", help_text="一句话说清是什么问题")
    description = column(
        Issue, "description", widget=forms.Textarea(attrs={"rows": 4}), help_text="从何时起、影响什么、已经做过什么、需要谁解决"
    )
    project = LookupField(label="项目", lookup=ProjectLookup(), required=False, help_text="与某个项目有关的，填编号或名称")
    place = column(Issue, "place", required=False)
    uploads = UploadsField(label="现场照片或材料")

    wide = {"title", "description", "uploads"}

    def __init__(self, *args: Any, projects: QuerySet[Project] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if projects is not None:
            self.fields["project"] = forms.ModelChoiceField(projects, label="项目", required=False, empty_label="与具体项目无关")


class NoteForm(EditForm):
    """A step that needs no words, but may have some."""

    note = words("备注", required=False)
    wide = {"note"}


class ReasonForm(EditForm):
    """A step that needs its reason."""

    reason = words("理由")
    wide = {"reason"}


class MissingForm(EditForm):
    """Sending something back: what is missing."""

    reason = words("还缺什么", help_text="逐条写明缺什么、补到什么程度；对方照此补充")
    wide = {"reason"}


class WithdrawForm(EditForm):
    """Taking one's report back."""

    reason = words("原因", required=False, help_text="代他人撤回的必填")
    wide = {"reason"}


class TextForm(EditForm):
    """What is said to somebody."""

    text = words("内容")
    wide = {"text"}


class EvidenceForm(EditForm):
    """What was done or seen, with photos or papers."""

    text = words("情况", help_text="何时何地做了什么、看到什么", rows=4)
    uploads = UploadsField(label="照片或材料")
    wide = {"text", "uploads"}


class TranscribeForm(EditForm):
    """A leader's written instruction: who gave it, in which words, and the paper."""

    given_by = forms.CharField(label="作出批示的领导", max_length=60, help_text="姓名和职务")
    text = words("批示原文", rows=4)
    uploads = UploadsField(label="批示件（照片或扫描件）")
    wide = {"text", "uploads"}


class ResubmitForm(EditForm):
    """Completing a report that was sent back."""

    description = column(Issue, "description", widget=forms.Textarea(attrs={"rows": 5}))
    text = words("补充了什么")
    uploads = UploadsField(label="补充的照片或材料")
    wide = {"description", "text", "uploads"}


class GradeForm(EditForm):
    """The grade and the cause of a problem."""

    grade = column(Issue, "grade", required=True, help_text="C类5个工作日，B类15个工作日，A类一个月；自交办之日起算")
    cause = column(Issue, "cause", required=True)
    note = words("备注", required=False)
    wide = {"note"}


class RegradeForm(EditForm):
    """Grading otherwise, with the reason."""

    grade = column(Issue, "grade", required=True, help_text="已交办的，定级改变后时限自交办之日重算；专题会定的时限不变")
    cause = column(Issue, "cause", required=True)
    reason = words("理由")
    wide = {"reason"}


class AssignForm(EditForm):
    """To which unit a problem is handed over."""

    unit = LookupField(label="承办单位", lookup=UnitLookup())
    note = words("交办要求", required=False)
    wide = {"note"}


class ReassignForm(EditForm):
    """Handing over to another unit, with the reason."""

    unit = LookupField(label="承办单位", lookup=UnitLookup(), help_text="时限自改派之日重新起算")
    reason = words("改派理由")
    wide = {"reason"}


class MeetingForm(DeadlineForm):
    """A special meeting: when, who, what it decided, who carries it out by when."""

    held_on = DayField(label="召开日期")
    chair = column(IssueMeeting, "chair", required=False)
    place = column(IssueMeeting, "place", required=False)
    attendees = column(IssueMeeting, "attendees")
    decision = words("议定事项", rows=5)
    unit = LookupField(label="责任单位", lookup=UnitLookup())
    due_on = DayField(label="完成时限")

    wide = {"attendees", "decision"}
