"""Forms of inspections: planning, recording what was found, a unit's own check, changing a conclusion."""

from typing import Any

from django import forms

from erqi.common.dates import chinese_day
from erqi.common.forms import DayField, EditForm, LookupField, MoneyField, WholeNumberField, column
from erqi.common.upload_field import UploadsField
from projects.forms.lookups import ProjectLookup, UnitLookup
from supervision.choices import InspectionLayer, InspectionMethod, InspectionSubject, Verdict
from supervision.forms.acting import words
from supervision.forms.workday import DeadlineForm
from supervision.models import Inspection, SupervisionItem
from supervision.rules.inspection import METHODS
from supervision.services.inspection_frozen import Reported

_SEEN = [("", "未查看"), ("yes", "现场已完成"), ("no", "现场未完成")]
_SEEN_VALUE = {"": None, "yes": True, "no": False}


class ItemLookup:
    """Items by number or by name."""

    def suggestions(self) -> Any:
        return [(f"{number} {name}", "") for number, name in SupervisionItem.objects.unfinished().values_list("number", "name")[:300]]

    def label(self, record: SupervisionItem) -> str:
        return f"{record.number} {record.name}"

    def find(self, text: str) -> SupervisionItem:
        number = text.split(maxsplit=1)[0] if text.split() else ""
        found = list(SupervisionItem.objects.filter(number=number)) or list(SupervisionItem.objects.filter(name=text.strip())[:2])
        if len(found) != 1:
            raise forms.ValidationError(f"没有找到督察事项“{text[:30]}”。请写编号（如 DC-2018-003），或从下拉提示中选择。")
        return found[0]


class SubjectFields(EditForm):
    """What is inspected: a project or an item, and the unit where it is not the one that reports it."""

    project = LookupField(label="项目", lookup=ProjectLookup(), required=False, help_text="写项目编号或名称")
    item = LookupField(label="督察事项", lookup=ItemLookup(), required=False, help_text="督察的是事项的，写事项编号")
    unit = LookupField(label="被督察单位", lookup=UnitLookup(), required=False, help_text="不填即为该项目（事项）的责任单位")
    method = forms.ChoiceField(label="方式", choices=[])

    def __init__(self, *args: Any, layer: InspectionLayer = InspectionLayer.INSPECTOR, fixed: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["method"].choices = [("", "请选择"), *((one.value, one.label) for one in InspectionMethod if one in METHODS[layer])]
        if fixed:
            for name in ("project", "item", "unit"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            "project" in self.fields
            and not {"project", "item"} & set(self.errors)
            and not cleaned.get("project")
            and not cleaned.get("item")
        ):
            self.add_error("project", "请写明督察的项目或事项。")
        return cleaned


class PlanInspectionForm(DeadlineForm, SubjectFields):
    """An inspection that is planned; one on a day off is meant so."""

    planned_for = DayField(label="计划日期")
    subjects = forms.MultipleChoiceField(
        label="督察内容", choices=InspectionSubject.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    purpose = column(Inspection, "purpose", widget=forms.Textarea(attrs={"rows": 2}))
    often_reason = column(Inspection, "often_reason", help_text="本月已多次督察该单位的必填")

    deadlines = ("planned_for",)
    sections = [
        ("", ["project", "item", "unit", "method", "planned_for", "confirmed"]),
        ("内容", ["subjects", "purpose"]),
        ("督察频次", ["often_reason"]),
    ]
    wide = {"purpose", "often_reason", "subjects"}


class FoundFields:
    """One line for each of the five contents of D3."""

    @staticmethod
    def add(form: EditForm) -> list[str]:
        """Add the fields and return their names."""
        names = []
        for subject in InspectionSubject:
            name = f"found_{subject.value}"
            form.fields[name] = forms.CharField(label=str(subject.label), required=False, max_length=500)
            names.append(name)
        return names

    @staticmethod
    def take(values: dict[str, Any]) -> dict[str, str]:
        """Take the fields out of the values and return them by content."""
        return {subject.value: values.pop(f"found_{subject.value}", "") or "" for subject in InspectionSubject}


class ConductForm(SubjectFields):
    """What was found, beside what was `reported` by the day. A form that was filled in beside other figures (another day, another project,
    a report filed meanwhile) is shown once more with the right ones: an observation is held against what the person saw."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    inspected_on = DayField(label="督察日期")
    place = column(Inspection, "place")
    companions = column(Inspection, "companions")
    observed_cumulative = MoneyField(label="核实的累计完成投资", required=False)
    observed_percent = WholeNumberField(label="现场形象进度（%）", required=False, least=0, most=100)
    observed_physical = column(Inspection, "observed_physical")
    verdict = forms.ChoiceField(label="结论", choices=[("", "请选择"), *Verdict.choices], help_text="上报情况是否属实")
    untrue = words("不实之处", "结论为“不实”的必填：上报怎么说，现场是怎样", required=False, rows=2, most=500)
    conclusion = words("督察意见", "被督察单位可以看到，并可提出异议")
    uploads = UploadsField(label="现场照片或文件")
    often_reason = column(Inspection, "often_reason", help_text="本月已多次督察该单位的必填")

    wide = {"observed_physical", "untrue", "conclusion", "uploads", "often_reason", "place"}
    own = SubjectFields.own | {"shown"}

    def __init__(self, *args: Any, reported: Reported | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reported = reported or Reported()
        self.milestones = self.reported.milestones
        self.fields["shown"].initial = self.reported.mark
        self.saw_others = self.is_bound and self.data.get("shown", "") != self.reported.mark
        if self.is_bound:
            # The page that follows shows the figures of now.
            self.data["shown"] = self.reported.mark
        found = FoundFields.add(self)
        seen = []
        for one in self.milestones:
            name = f"seen_{one.milestone.pk}"
            reported = f"上报 {one.done_on} 完成" if one.done_on else "上报未完成"
            self.fields[name] = forms.ChoiceField(
                label=f"节点：{one.milestone.name}",
                choices=_SEEN,
                required=False,
                help_text=reported + (f"，时限 {one.due_on}" if one.due_on else ""),
            )
            seen.append(name)
        self.sections = [
            ("", ["project", "item", "unit", "method", "inspected_on", "place", "companions"]),
            ("现场所见", ["observed_cumulative", "observed_percent", "observed_physical", *seen]),
            ("督察内容（看了哪项写哪项）", found),
            ("结论", ["verdict", "untrue", "conclusion", "uploads", "often_reason"]),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.saw_others and not {"inspected_on", "project"} & set(self.errors):
            words = self.reported.words or "没有月报"
            self.add_error(
                "inspected_on",
                f"填写时显示的不是这一天、这个项目的上报。截至{chinese_day(cleaned['inspected_on'])}的上报是：{words}。请对照核对所填各项，再提交一次。",
            )
        if cleaned.get("verdict") == Verdict.UNTRUE and not (cleaned.get("untrue") or "").strip() and "untrue" not in self.errors:
            self.add_error("untrue", "结论为“不实”，请写明不实之处。")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The values as the service takes them."""
        values = dict(super().values)
        values["observed_done"] = {one.milestone.pk: _SEEN_VALUE[values.pop(f"seen_{one.milestone.pk}", "")] for one in self.milestones}
        values["found"] = FoundFields.take(values)
        return values


class SelfCheckForm(EditForm):
    """A unit's own check of a project or an item."""

    observed_percent = WholeNumberField(label="形象进度（%）", required=False, least=0, most=100)
    observed_physical = column(Inspection, "observed_physical")
    conclusion = words("自查情况", "对照上报数字、节点和要求，写明查了什么、发现什么、怎么改")
    uploads = UploadsField(label="照片或文件")

    wide = {"observed_physical", "conclusion", "uploads"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        found = FoundFields.add(self)
        self.sections = [
            ("", ["conclusion", "observed_percent", "observed_physical", "uploads"]),
            ("自查内容（查了哪项写哪项）", found),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """The values as the service takes them."""
        values = dict(super().values)
        values["found"] = FoundFields.take(values)
        return values


class ChangeForm(EditForm):
    """Another verdict after an objection."""

    verdict = forms.ChoiceField(label="更正为", choices=[("", "请选择"), *Verdict.choices])
    corrected_cumulative = MoneyField(label="更正后的累计完成投资", required=False, help_text="现场数字有误时填写")
    corrected_percent = WholeNumberField(label="更正后的形象进度（%）", required=False, least=0, most=100, help_text="现场数字有误时填写")
    untrue = words("不实之处", "更正为“不实”的必填", required=False, rows=2, most=500)
    reason = words("理由", "不再成立的督察意见，请在这里说明", rows=3, most=500)

    wide = {"untrue", "reason"}
