"""What the supervision office does to items: registering, wording, moving, giving up, taking up again; steps of the timetable."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.choices import ResponsibilityKind
from projects.models import Project, Unit
from projects.services.grid import grids
from supervision.choices import ItemAction, ItemSource
from supervision.forms.acting import ReasonForm
from supervision.forms.item import AmendItemForm, ChangeStepForm, MoveItemForm, RegisterItemForm, StepForm
from supervision.models import ItemStep, SupervisionItem, Theme
from supervision.rules.item import MACHINE
from supervision.sentences.item import due_words
from supervision.services import item as service
from supervision.services.item_grid import parties_of_item
from supervision.views.step import RecordAction


class ItemNew(EditView):
    """Register an item (立项) in a theme's ledger; `?theme=`, `?project=` fill in what is known."""

    permission = "supervise"
    form_class = RegisterItemForm
    page_title = "督察立项"
    submit_label = "立项"

    @cached_property
    def asked_theme(self) -> Theme | None:
        return Theme.objects.filter(code=self.request.GET.get("theme", "")).first()

    def first_values(self) -> dict[str, Any]:
        project = Project.objects.filter(code=self.request.GET.get("project", "")).first()
        first: dict[str, Any] = {"theme": self.asked_theme}
        if project is not None:
            first |= {"projects": [project], "source": ItemSource.PROJECT, "name": project.name, **self._units(project)}
        return first

    @staticmethod
    def _units(project: Project) -> dict[str, Any]:
        """Return the units that the project's own grid names today."""
        grid = grids([project.pk])[project.pk]
        units = Unit.objects.in_bulk([unit for _, unit in grid])
        lead = next((units[unit] for kind, unit in grid if kind == ResponsibilityKind.LEAD), None)
        found: dict[str, Any] = {"lead": lead}
        for kind in (ResponsibilityKind.UNDERTAKE, ResponsibilityKind.COOPERATE):
            found[kind.value] = [units[unit] for of, unit in grid if of == kind]
        return found

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        lead = values.pop("lead")
        grid = [(ResponsibilityKind.LEAD, lead)] if lead else []
        for kind in (ResponsibilityKind.UNDERTAKE, ResponsibilityKind.COOPERATE):
            grid += [(kind, unit) for unit in values.pop(kind.value)]
        return service.register_item(by=self.request.user, request_key=request_key, grid=grid, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return f"已立项，编号 {result.number}，已告知责任单位。"

    def cancel_url(self) -> str:
        if self.asked_theme is not None:
            return reverse("supervision:theme_ledger", args=[self.asked_theme.code])
        return reverse("supervision:item_list")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "督察事项", "url": reverse("supervision:item_list")}]


class ItemAct(RecordAction):
    """Base of the pages of one action on one item."""

    model = SupervisionItem
    related = ("theme", "unit")
    machine = MACHINE
    parties_of = staticmethod(parties_of_item)
    list_page = ("督察事项", "item_list")

    def subject_lines(self) -> list[tuple[str, Any]]:
        item = self.record
        return [
            ("督察事项", f"{item.number}　{item.name}"),
            ("目标任务", item.goal),
            ("完成时限", f"{chinese_day(item.due_on)}"),
            ("责任单位", item.unit),
        ]


class ItemEdit(ItemAct):
    """Word an item anew; a second editor sees the first one's words."""

    permission = "supervise"
    action = ItemAction.AMEND
    form_class = AmendItemForm
    page_title = "修改事项"
    submit_label = "保存"

    def values_of(self, record: SupervisionItem) -> dict[str, Any]:
        return {name: getattr(record, name) for name in set(AmendItemForm.base_fields) - AmendItemForm.own}

    def subject_lines(self) -> list[tuple[str, Any]]:
        return []

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.amend_item(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "事项已保存。"


class ItemMove(ItemAct):
    """Move an item's deadline."""

    permission = "supervise"
    action = ItemAction.MOVE
    form_class = MoveItemForm
    error_fields = {"text": "reason"}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.move_item(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return f"完成时限已调整为{chinese_day(result.due_on)}，原定时限保留。"


class ItemCancel(ItemAct):
    """Give an item up."""

    permission = "supervise"
    action = ItemAction.CANCEL
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.cancel_item(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class ItemReopen(ItemAct):
    """Take a closed item up again."""

    permission = "supervise"
    action = ItemAction.REOPEN
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.reopen_item(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class StepNew(ItemAct):
    """Add a step to the timetable."""

    permission = "supervise"
    action = ItemAction.AMEND
    form_class = StepForm
    page_title = "新增步骤"
    submit_label = "新增"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.add_step(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "步骤已加入时间表。"


class StepAction(ItemAct):
    """Base of what is done to one step; its item is the record."""

    @cached_property
    def step(self) -> ItemStep:
        return get_object_or_404(
            ItemStep.objects.select_related("item__theme", "item__unit"), pk=self.kwargs["step"], item=self.kwargs["pk"]
        )

    def get_record(self) -> SupervisionItem:
        return self.step.item

    def subject_lines(self) -> list[tuple[str, Any]]:
        step = self.step
        return [
            ("督察事项", step.item.name),
            ("步骤", step.name),
            ("措施", step.measure),
            ("时限", due_words(step.due_on, step.due_on).partition("，")[0]),
        ]


class StepEdit(StepAction):
    """Change a step's words or its date."""

    permission = "supervise"
    action = ItemAction.AMEND
    form_class = ChangeStepForm
    page_title = "修改步骤"
    submit_label = "保存"

    def form_arguments(self) -> dict[str, Any]:
        return {"step": self.step}

    def first_values(self) -> dict[str, Any]:
        return {name: getattr(self.step, name) for name in ("name", "due_on", "measure", "seq")}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.change_step(step=self.step, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "步骤已保存。"


class StepDrop(StepAction):
    """Give a step up."""

    permission = "supervise"
    action = ItemAction.AMEND
    form_class = ReasonForm
    page_title = "取消步骤"
    submit_label = "取消步骤"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.drop_step(step=self.step, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return f"步骤“{self.step}”已取消，记录保留。"
