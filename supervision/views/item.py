"""The supervision ledgers (督察台账): items in lists, of all themes or of one, and a single item, as of a day."""

from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import as_of
from projects.choices import DelayCause
from projects.querysets.responsibility import in_force
from supervision.choices import ItemAction, ItemState
from supervision.filters.item import ItemFilter
from supervision.models import Finding, Inspection, ItemLink, SupervisionItem, Theme
from supervision.querysets.acts import last_acts
from supervision.rules.item import MACHINE, late_deadlines
from supervision.sentences.item import due_words, next_words
from supervision.services.item_closing import returned_of
from supervision.services.item_grid import parties_of_item
from supervision.services.item_schedule import WHOLE
from supervision.stats.item import colour_of, duties_of, steps_on
from supervision.tables.item import ItemTable
from supervision.views import notice_panels
from supervision.views.course import course, evidence_of, may_withdraw
from supervision.views.record_list import RecordList
from supervision.views.step import Button, buttons

TABS = [
    ("全部", ()),
    ("推进中", (ItemState.OPEN,)),
    ("待核验", (ItemState.APPLIED,)),
    ("待确认", (ItemState.VERIFIED,)),
    ("已销号", (ItemState.CLOSED,)),
]
# The pages of what is done to an item as a whole, in the order of its buttons.
PAGES = {
    ItemAction.PROGRESS: "item_progress",
    ItemAction.APPLY: "item_apply",
    ItemAction.VERIFY: "item_verify",
    ItemAction.CONFIRM: "item_confirm",
    ItemAction.SEND_BACK: "item_send_back",
    ItemAction.REFUSE: "item_refuse",
    ItemAction.WITHDRAW: "item_withdraw",
    ItemAction.CAUSE: "item_cause",
    ItemAction.AMEND: "item_edit",
    ItemAction.MOVE: "item_move",
    ItemAction.REOPEN: "item_reopen",
    ItemAction.CANCEL: "item_cancel",
}


class ItemList(RecordList):
    """All items; the tabs are their states."""

    table_class = ItemTable
    filterset_class = ItemFilter
    page_title = "督察事项"
    view_page = "items"
    noun = "项"
    empty_title = "没有符合条件的督察事项"
    blank_title = "还没有督察事项"
    blank_text = "督察办立项后，事项列在这里。"
    day_title = "查看某一天的督察台账"
    tabs = TABS
    lead = "一事一项：来源、任务书、时间表、路线图和责任单位；销号由单位申请、督察员核验、督察办另一人确认。"

    def get_queryset(self) -> QuerySet:
        return SupervisionItem.objects.for_table(self.day.day)

    def buttons(self) -> list[tuple[str, str, str]]:
        return [("督察立项", self.new_url(), "plus")] if self.request.user.can("supervise") else []

    def new_url(self) -> str:
        """Return where an item of this list is registered."""
        return reverse("supervision:item_new")


class ThemeLedger(ItemList):
    """The supervision ledger of one theme."""

    view_page = "theme-items"

    @cached_property
    def theme(self) -> Theme:
        return get_object_or_404(Theme, code=self.kwargs["code"])

    @property
    def page_title(self) -> str:
        return f"{self.theme.name}督察台账"

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().filter(said__theme=self.theme)

    def buttons(self) -> list[tuple[str, str, str]]:
        return [*super().buttons(), ("主题与出处", self.theme.get_absolute_url(), "quote")]

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "督察台账", "url": reverse("supervision:theme_list")}, {"label": self.theme.name}]

    def new_url(self) -> str:
        return f"{reverse('supervision:item_new')}?theme={self.theme.code}"


class ItemDetail(PermissionRequiredMixin, TemplateView):
    """An item as of a day: its colour and why, task, timetable, grid, projects, inspections, findings, and its course."""

    permission = "business.view"
    template_name = "supervision/item_detail.html"
    shows_day = True

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        on = as_of(self.request)
        known = SupervisionItem.objects.on_day(on.day).worded(on.day).told(on.day).with_level(on.day)
        item = get_object_or_404(known.select_related("unit", "project"), pk=pk)
        user, present = self.request.user, on.day >= clock.today()
        steps = steps_on(item, on.day)
        colour = colour_of(item, steps, on.day)
        parties = parties_of_item(item, user)
        actions = buttons(item, MACHINE, user, parties, PAGES) if present else []
        deadlines = [line.deadline for line in steps if line.dropped_on is None]
        lags = (
            item.state_then == ItemState.OPEN
            and (bool(late_deadlines(deadlines, on.day)) or item.due_then < on.day)
            and not item.cause_then
        )
        if not lags:
            # It is known already, or not asked for: it stands in nobody's way.
            actions.sort(key=lambda button: button.label == ItemAction.CAUSE.label)
        actions += self._begin(item, user, present)
        # What ends it for good stands last.
        actions.sort(key=lambda button: button.label == ItemAction.CANCEL.label)
        told = course(last_acts(item, on.day), on.day, evidence_of)
        can = {step.action for step in MACHINE.allowed(item.state, parties)} if present else set()
        return super().get_context_data(
            **kwargs,
            page_title=item.said.name,
            item=item,
            as_of=on,
            state_label=ItemState(item.state_then).label,
            colour=colour,
            step_lines=[(line, colour.assessments.get(line.step.pk), line.late_days(on.day)) for line in steps],
            whole_level=colour.assessments.get(WHOLE),
            due_text=due_words(item.due_then, on.day) if item.state_then not in MACHINE.finals and not colour.says_due else "",
            next_text=next_words(item.state_then, *self._missing(item, on.day)),
            lags=lags,
            notices=notice_panels.item_panel(self.request.user, item, on.day),
            cause_label=DelayCause(item.cause_then).label if item.cause_then else "",
            grid=duties_of([item], on.day)[item.pk],
            links=self._links(item, on.day),
            inspections=list(Inspection.objects.for_table(on.day).visible_to(user).filter(item=item)),
            findings=list(Finding.objects.for_table(on.day).filter(item=item)),
            course=told,
            withdrawable=may_withdraw(told, user, on.day),
            actions=actions,
            can=can,
            may_amend=ItemAction.AMEND in can,
            may_finish=ItemAction.STEP in can,
            may_undo=ItemAction.UNDO_STEP in can,
            breadcrumbs=[
                {"label": "督察台账", "url": reverse("supervision:theme_list")},
                {"label": item.said.theme.name, "url": reverse("supervision:theme_ledger", args=[item.said.theme.code])},
                {"label": item.number},
            ],
        )

    @staticmethod
    def _missing(item: SupervisionItem, day: date) -> tuple[str, str]:
        """Return by which action the application came back last, and with what; empty texts where it did not."""
        back = returned_of(item, day) if item.state_then == ItemState.OPEN else None
        return (back.action_label, back.text) if back is not None else ("", "")

    @staticmethod
    def _links(item: SupervisionItem, day: date) -> list[ItemLink]:
        """Return the links of the day; one to a milestone says the project too."""
        rows = list(item.links.filter(in_force(day)).select_related("project", "milestone"))
        told = {row.project_id for row in rows if row.milestone_id}
        return [row for row in rows if row.milestone_id or row.project_id not in told]

    @staticmethod
    def _begin(item: SupervisionItem, user: Any, present: bool) -> list[Button]:
        if not present or item.state != ItemState.OPEN:
            return []
        found = []
        if user.can("inspect"):
            found.append(Button("登记督察", f"{reverse('supervision:inspection_new')}?item={item.pk}"))
        if notice_panels.may_draft(user):
            found.append(Button("拟发通知单", f"{reverse('supervision:notice_new')}?item={item.pk}"))
        return found


def theme_counts(day: Any) -> dict[int, dict[str, int]]:
    """Return by theme (key) how many items stand in its ledger on the day, and of them what is struck off, yellow and red: one query."""
    rows = SupervisionItem.objects.on_day(day).worded(day).with_level(day).exclude(state_then=ItemState.CANCELLED).order_by()
    found: dict[int, dict[str, int]] = {}
    simulated = Count("pk", filter=Q(simulated=True))
    for theme, level, number, invented in rows.values_list("said__theme", "level").annotate(number=Count("pk"), invented=simulated):
        counts = found.setdefault(theme, {"all": 0, "done": 0, "yellow": 0, "red": 0, "simulated": 0})
        counts["all"] += number
        counts["simulated"] += invented
        for name, value in (("done", 6), ("yellow", 3), ("red", 4)):
            counts[name] += number if level == value else 0
    return found
