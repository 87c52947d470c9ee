"""The form of a project's master data."""

from typing import Any

from django import forms

from erqi.common.forms import (
    EditForm,
    LinesField,
    LookupField,
    MoneyField,
    NumberField,
    WholeNumberField,
    YearField,
    column,
)
from projects.forms.entry import EntryForm
from projects.forms.lookups import ProjectLookup, UnitLookup
from projects.models import Area, Category, Project
from projects.services.project import namesakes


def nested(record: Area | Category) -> str:
    """Return a category or area with the one it is a part of."""
    return f"{record.parent.name} / {record.name}" if record.parent else record.name


class NestedChoiceField(forms.ModelChoiceField):
    """One of a few dozen categories or areas, each written with its parent."""

    def __init__(self, model: type[Area | Category], **options: Any) -> None:
        super().__init__(model.objects.select_related("parent"), empty_label="（未定）", required=False, **options)

    def label_from_instance(self, record: Any) -> str:
        return nested(record)


class ProjectForm(EditForm):
    """A project. A name that another project has (or nearly) must be confirmed; `namesakes` then holds those projects."""

    name = column(Project, "name")
    aliases = LinesField(label="别名", longest=80, required=False, help_text="每行一个；文件中出现过的其他叫法")
    category = NestedChoiceField(Category, label="项目类别")
    grade = column(Project, "grade")
    area = NestedChoiceField(Area, label="片区")
    owner = LookupField(label="项目业主", lookup=UnitLookup(), required=False, help_text="写单位全称、简称或别名")
    content = column(Project, "content", widget=forms.Textarea(attrs={"rows": 3}))
    quantity = NumberField(label="数量", required=False, help_text="如 1200，与计量单位一同填写")
    quantity_unit = column(Project, "quantity_unit", help_text="如 亩、公里、万平方米")
    total_investment = MoneyField(label="总投资", required=False)
    start_year = YearField(label="建设起始年", required=False)
    end_year = YearField(label="建设终止年", required=False)
    bundle_count = WholeNumberField(label="打捆个数", least=1, most=10_000, required=False, help_text="若干项目合并列为一条时填写其个数")
    bundle_of = LookupField(label="所属打捆项目", lookup=ProjectLookup(), required=False, help_text="写项目编号或名称")
    highlight = column(Project, "highlight")
    tour = column(Project, "tour")
    batch = column(Project, "batch", help_text="如 第一期")
    note = column(Project, "note", widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(label="已核对，确认不是同一个项目", required=False)

    sections = [
        ("基本情况", ["name", "category", "grade", "area", "owner", "aliases"]),
        ("规模和投资", ["content", "quantity", "quantity_unit", "total_investment", "start_year", "end_year"]),
        ("打捆和标志", ["bundle_count", "bundle_of", "batch", "highlight", "tour", "note"]),
    ]
    wide = {"name", "aliases", "content", "note", "confirmed"}
    own = EditForm.own | {"confirmed"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.namesakes: list[Project] = []
        # Shown only where there is something to confirm.
        self.fields["confirmed"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if name := cleaned.get("name"):
            self._look_for_namesakes([name, *cleaned.get("aliases", [])])
        return cleaned

    def _look_for_namesakes(self, names: list[str]) -> None:
        # The project that an earlier submit of this very form made is no namesake.
        key = self.cleaned_data.get("request_key")
        self.namesakes = [project for project in namesakes(names, but=self.record) if project.request_key != key]
        known = self._names_already_shared()
        if not self.namesakes or {project.pk for project in self.namesakes} <= known:
            self.namesakes = []
            return
        self.fields["confirmed"].widget = forms.CheckboxInput()
        if not self.cleaned_data.get("confirmed"):
            self.add_error("confirmed", "已有名称或别名相同的项目，请先核对所列项目。")

    def _names_already_shared(self) -> set[int]:
        """Return the projects that shared a name before this edit: asking again at every save would teach people to click it away."""
        if self.record is None:
            return set()
        names = [self.record.name, *self.record.aliases.values_list("name", flat=True)]
        return {project.pk for project in namesakes(names, but=self.record)}


class ListedProjectForm(ProjectForm):
    """A new project that enters a ledger at once."""

    nature = EntryForm.base_fields["nature"]
    annual_plan = EntryForm.base_fields["annual_plan"]
    listed_on = EntryForm.base_fields["listed_on"]
    annual_goal = EntryForm.base_fields["annual_goal"]

    ENTRY = ["nature", "annual_plan", "listed_on", "annual_goal"]
    sections = [*ProjectForm.sections[:1], ("本年度台账", ENTRY), *ProjectForm.sections[1:]]
    wide = ProjectForm.wide | {"annual_goal"}
