"""Changing who carries an item out, and what it is about."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404

from erqi.common import clock
from supervision.choices import ItemAction
from supervision.forms.acting import PlainForm
from supervision.forms.item import EndItemDutyForm, ItemDutyForm, ItemLinkForm
from supervision.models import ItemDuty, ItemLink, SupervisionItem
from supervision.services import item_grid as service
from supervision.views.item_edit import ItemAct


class Amending(ItemAct):
    """Base of the changes of an item's parts."""

    permission = "supervise"
    action = ItemAction.AMEND


class ItemDutyNew(Amending):
    """Add a unit or a person to the grid."""

    form_class = ItemDutyForm
    page_title = "新增责任"
    submit_label = "新增"

    def first_values(self) -> dict[str, Any]:
        return {"since": clock.today()}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.add_duty(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "责任已登记。"


class ItemDutyEnd(Amending):
    """End a row of the grid."""

    form_class = EndItemDutyForm
    page_title = "结束责任"
    submit_label = "确认结束"

    @cached_property
    def duty(self) -> ItemDuty:
        rows = ItemDuty.objects.select_related("item__theme", "item__unit", "unit", "person")
        return get_object_or_404(rows, pk=self.kwargs["duty"], item=self.kwargs["pk"])

    def get_record(self) -> SupervisionItem:
        return self.duty.item

    def first_values(self) -> dict[str, Any]:
        return {"until": clock.today()}

    def subject_lines(self) -> list[tuple[str, Any]]:
        duty = self.duty
        who = f"{duty.get_kind_display()} {duty.unit}" + (f" {duty.get_duty_display()} {duty.person}" if duty.person else "")
        return [("督察事项", duty.item.name), ("结束的责任", who)]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.end_duty(duty=self.duty, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "责任已结束，记录保留。"


class ItemLinkNew(Amending):
    """Link an item with a project or a milestone."""

    form_class = ItemLinkForm
    page_title = "关联项目"
    submit_label = "关联"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.add_link(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "已关联。"


class ItemLinkEnd(Amending):
    """Take a link back."""

    form_class = PlainForm
    page_title = "取消关联"
    submit_label = "取消关联"

    @cached_property
    def link(self) -> ItemLink:
        rows = ItemLink.objects.select_related("item__theme", "item__unit", "project", "milestone")
        return get_object_or_404(rows, pk=self.kwargs["link"], item=self.kwargs["pk"])

    def get_record(self) -> SupervisionItem:
        return self.link.item

    def subject_lines(self) -> list[tuple[str, Any]]:
        return [("督察事项", self.link.item.name), ("取消关联", self.link.milestone or self.link.project)]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return service.end_link(link=self.link, version=version, by=self.request.user, request_key=request_key)

    def success_text(self, result: SupervisionItem) -> str:
        return "关联已取消。"
