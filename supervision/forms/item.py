"""Forms of items: registering, wording, moving, steps, grid, links, progress, striking off."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from erqi.common.forms import DayField, EditForm, LookupField, WholeNumberField, column
from erqi.common.upload_field import UploadsField
from projects.choices import Duty
from projects.forms.lookups import PersonLookup, ProjectLookup, UnitLookup
from projects.models import Milestone
from supervision.forms.acting import words
from supervision.forms.lists import ProjectsField, StepsField, UnitsField
from supervision.forms.workday import DeadlineForm
from supervision.models import ItemDuty, ItemStep, SupervisionItem, Theme
from supervision.models.item import CAUSES

_LONG = {"rows": 4}


class AmendItemForm(EditForm):
    """What an item says; its dates, grid and links are changed each by a form of its own."""

    theme = forms.ModelChoiceField(label="督察台账", queryset=Theme.objects.filter(is_active=True), empty_label="请选择")
    name = column(SupervisionItem, "name")
    source = column(SupervisionItem, "source")
    source_ref = column(SupervisionItem, "source_ref", help_text="文件写文号，会议写名称和日期，批示写批示人")
    source_text = column(
        SupervisionItem, "source_text", widget=forms.Textarea(attrs=_LONG), max_length=5000, help_text="文件、批示怎么写的照录"
    )
    goal = column(SupervisionItem, "goal", widget=forms.Textarea(attrs=_LONG), max_length=5000, help_text="任务书：做到什么程度算完成")
    roadmap = column(
        SupervisionItem, "roadmap", widget=forms.Textarea(attrs=_LONG), max_length=5000, help_text="怎么做；每个步骤的措施可写在时间表中"
    )
    note = column(SupervisionItem, "note")

    sections = [("来源", ["source", "source_ref", "source_text"]), ("任务书与路线图", ["goal", "roadmap", "note"])]
    wide = {"name", "source_text", "goal", "roadmap", "note"}


class RegisterItemForm(DeadlineForm, AmendItemForm):
    """A new item with its timetable, its units and its projects."""

    due_on = DayField(label="完成时限")
    steps = StepsField(
        label="时间表",
        required=False,
        help_text="每行一个步骤：2018-6-15 签订协议：逐户上门。可从表格中粘贴（日期、步骤、措施三列）",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    lead = LookupField(label="牵头单位", lookup=UnitLookup(), required=False)
    undertake = UnitsField(
        label="承办单位", required=False, help_text="每行一个；没有牵头单位的必填", widget=forms.Textarea(attrs={"rows": 2})
    )
    cooperate = UnitsField(label="配合单位", required=False, help_text="每行一个", widget=forms.Textarea(attrs={"rows": 2}))
    projects = ProjectsField(label="所涉项目", required=False, help_text="每行一个项目编号或名称", widget=forms.Textarea(attrs={"rows": 2}))

    sections = [
        *AmendItemForm.sections,
        ("时间表", ["due_on", "confirmed", "steps"]),
        ("责任单位与项目", ["lead", "undertake", "cooperate", "projects"]),
    ]
    wide = {*AmendItemForm.wide, "steps"}

    def days(self, cleaned: dict[str, Any]) -> Iterable[tuple[str, str, date]]:
        steps = [("steps", f"步骤“{step['name']}”的时限", step["due_on"]) for step in cleaned.get("steps") or ()]
        return [*super().days(cleaned), *steps]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"lead", "undertake"} & set(self.errors) and not cleaned.get("lead") and not cleaned.get("undertake"):
            self.add_error("lead", "请写明牵头单位或承办单位。")
        return cleaned


class MoveItemForm(DeadlineForm):
    """Another deadline, with the reason."""

    due_on = DayField(label="新的完成时限")
    reason = words("理由", rows=3, most=500)

    wide = {"reason"}


class StepForm(DeadlineForm):
    """A step of the timetable; `step` is the one that is changed."""

    name = column(ItemStep, "name")
    due_on = DayField(label="时限")
    measure = column(ItemStep, "measure", widget=forms.Textarea(attrs={"rows": 2}))

    wide = {"measure"}

    def __init__(self, *args: Any, step: ItemStep | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.step = step

    def standing_day(self, name: str) -> date | None:
        return getattr(self.step, name, None)


class ChangeStepForm(StepForm):
    """A step that is changed; another date needs a reason."""

    seq = WholeNumberField(label="次序", least=1, most=200)
    reason = forms.CharField(label="调整时限的理由", required=False, max_length=300, help_text="只改文字、次序的不填")

    wide = {"measure", "reason"}


class FinishStepForm(EditForm):
    """The day on which a step was done."""

    done_on = DayField(label="完成日期")
    text = words("完成情况", required=False, rows=3)
    uploads = UploadsField(label="照片或文件")

    wide = {"text", "uploads"}


class ItemDutyForm(EditForm):
    """A unit in the item's grid, or somebody with a duty in it."""

    kind = column(ItemDuty, "kind")
    unit = LookupField(label="单位", lookup=UnitLookup(), help_text="写全称、简称或别名")
    duty = forms.ChoiceField(label="职责", required=False, choices=[("", "（单位本身）"), *Duty.choices], help_text="选了职责，须写明人员")
    person = LookupField(label="人员", lookup=PersonLookup(), required=False)
    since = DayField(label="起")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("duty") and not cleaned.get("person") and "person" not in self.errors:
            self.add_error("person", "选了职责，请写明人员。")
        if cleaned.get("person") and not cleaned.get("duty"):
            self.add_error("duty", "写了人员，请选择他的职责。")
        return cleaned


class EndItemDutyForm(EditForm):
    """The last day of a row of the grid."""

    until = DayField(label="止日", help_text="负责到这一天为止；记录保留，可查当时由谁负责")


class ItemLinkForm(EditForm):
    """A project, or one of its milestones."""

    project = LookupField(label="项目", lookup=ProjectLookup(), help_text="写项目编号或名称")
    milestone = forms.CharField(label="节点", required=False, max_length=80, help_text="只涉及其中一个节点的，写节点名称")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        project, name = cleaned.get("project"), (cleaned.get("milestone") or "").strip()
        cleaned["milestone"] = None
        if project is not None and name:
            found = list(Milestone.objects.filter(project=project, name=name).order_by("-year")[:1])
            if found:
                cleaned["milestone"] = found[0]
            else:
                known = "、".join(Milestone.objects.filter(project=project).values_list("name", flat=True)[:8])
                self.add_error("milestone", f"该项目没有节点“{name}”。{f'已有节点：{known}。' if known else '该项目还没有节点。'}")
        return cleaned


class CauseFields(EditForm):
    """病因 beside something else: asked for where the item lags and has none."""

    cause = forms.ChoiceField(
        label="病因", required=False, choices=[("", "（未认定）"), *CAUSES], help_text="滞后的事项必填：影响进度的原因"
    )
    cause_note = column(SupervisionItem, "cause_note", required=False)

    def __init__(self, *args: Any, lags: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lags = lags

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.lags and not cleaned.get("cause") and "cause" in self.fields:
            self.add_error("cause", "该事项已滞后，请选择病因。")
        return cleaned


class ProgressForm(CauseFields):
    """How an item stands."""

    text = words("进展情况", "干到哪一步、存在什么问题、下一步怎么做")
    uploads = UploadsField(label="照片或文件")

    sections = [("", ["text", "uploads"]), ("病因", ["cause", "cause_note"])]
    wide = {"text", "uploads", "cause_note"}


class CauseForm(EditForm):
    """Why an item lags."""

    cause = forms.ChoiceField(label="病因", choices=[("", "请选择"), *CAUSES])
    cause_note = column(SupervisionItem, "cause_note", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    wide = {"cause_note"}


class ApplyForm(CauseFields):
    """An application to be struck off: what was reached, before and after."""

    text = words("完成情况", "对照任务书写明做到了什么")
    before = UploadsField(label="办理前的照片或文件", required=True)
    after = UploadsField(label="办理后的照片或文件", required=True)

    sections = [("", ["text"]), ("佐证（前后对照）", ["before", "after"]), ("病因", ["cause", "cause_note"])]
    wide = {"text", "cause_note"}
