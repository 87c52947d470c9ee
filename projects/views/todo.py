"""我的待办: what waits for the person, what the person waits for."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from erqi.common import clock, contributions
from erqi.common.access import PermissionRequiredMixin, may
from erqi.common.exporting import PageExport
from erqi.common.workbook.declare import Sheet
from projects.choices import WarningLevel
from projects.exports.pages import todo_sheets
from projects.sentences.colour import month_day
from projects.stats.inbox import unread
from projects.stats.todo import kept_todo, todo, waiting
from projects.stats.todo.desk import Desk
from projects.stats.todo.items import Item, kinds

# Nobody reads further in one go; the rest is a click away (`?all=1`).
MOST = 60
# What has to be done first, next, and may wait, by the level that a line weighs.
GROUPS = ((WarningLevel.RED, "先办"), (WarningLevel.YELLOW, "接着办"), (WarningLevel.UNRATED, "留意"))


NOTHING = "到期、逾期、被退回和需要您审批、核验的事项会出现在这里，并写入收件箱。"
# Whose months it is, and for whom anything can stand here at all.
REPORTING = ("report.write", "report.review", "report.manage")
ACTING = (*REPORTING, "request.decide", "policy.edit", "policy.approve", "lifting.verify", "lifting.confirm", "inquiry.ask")


@dataclass(frozen=True)
class Group:
    """Lines of one urgency."""

    label: str
    items: list[Item]


def groups_of(items: list[Item]) -> list[Group]:
    """Return the lines, which are sorted, by how soon they have to be done."""
    found: dict[str, list[Item]] = {}
    for item in items:
        label = next(label for level, label in GROUPS if item.level >= level)
        found.setdefault(label, []).append(item)
    return [Group(label, lines) for label, lines in found.items()]


class Todo(PermissionRequiredMixin, PageExport, TemplateView):
    """What is due from the person today, the gravest consequence first; `?kind=` narrows it to one kind."""

    permission = "business.view"
    template_name = "projects/todo.html"

    @property
    def kind(self) -> str:
        """The kind of lines that is asked for; empty for all."""
        asked = self.request.GET.get("kind", "")
        return asked if asked in kinds() else ""

    def export_title(self) -> str:
        return "我的待办"

    def export_filters(self) -> str:
        return f"类别：{kinds()[self.kind]}" if self.kind else ""

    def export_sheets(self) -> list[Sheet]:
        desk = Desk(self.request.user, clock.today())
        items = todo(desk)
        chosen = [item for item in items if not self.kind or item.kind == self.kind]
        return todo_sheets(str(self.request.user), chosen, waiting(desk, items), desk.day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = Desk(self.request.user, clock.today())
        items, kind = kept_todo(desk), self.kind
        chosen = [item for item in items if not kind or item.kind == kind]
        shown = chosen if self.request.GET.get("all") == "1" else chosen[:MOST]
        query = f"?kind={kind}&all=1" if kind else "?all=1"
        return super().get_context_data(
            **kwargs,
            page_title="我的待办",
            day=desk.day,
            groups=groups_of(shown),
            first=shown[0] if shown else None,
            all_count=len(items),
            urgent_count=sum(item.level >= WarningLevel.RED for item in items),
            more=len(chosen) - len(shown),
            more_url=f"{reverse('projects:todo')}{query}",
            tabs=self._tabs(items, kind),
            waiting=waiting(desk, items),
            export=self.page_menu() if items else None,
            unread_count=len(unread(self.request.user, desk.day)),
            # Somebody who only looks has nothing to do here; who reports is told when the next month begins.
            only_looks=not may(self.request.user, (*ACTING, *contributions.WORDS.acting)),
            nothing=self._nothing(desk),
            # An account whose person has no post is told why nothing comes.
            lost=may(self.request.user, ("report.write", "report.review")) and not desk.units,
        )

    def _nothing(self, desk: Desk) -> str:
        """Return what is said where nothing waits: when the next month begins, for those who report and review."""
        month = next((month for month in desk.months if month.opens_on > desk.day), None)
        if month is None or not may(self.request.user, REPORTING):
            return NOTHING
        return f"{NOTHING}下次月报：{month_day(month.opens_on, desk.day)}开始填报，{month_day(month.due_on, desk.day)}截止。"

    def _tabs(self, items: list[Item], kind: str) -> list[dict[str, Any]]:
        address = reverse("projects:todo")
        tabs = [{"label": "全部", "url": address, "count": len(items), "active": not kind}]
        for code, label in kinds().items():
            number = sum(item.kind == code for item in items)
            if number or code == kind:
                tabs.append({"label": label, "url": f"{address}?kind={code}", "count": number, "active": code == kind})
        return tabs
