"""Ledger entries: entering a project into a ledger, changing, leaving (退库), coming back, being done with (销号)."""

from typing import Any

from django.shortcuts import get_object_or_404

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.forms.entry import DelistForm, EntryForm, NewEntryForm, RelistForm
from projects.forms.lifting import CloseForm, ReopenForm
from projects.models import Ledger, LedgerEntry
from projects.services import entry as service
from projects.views.project_edit import NewOfProject, crumbs, locked_sentence


class EntryCreate(NewOfProject):
    """Put an existing project into one more ledger. Asks for `ledger.edit`, as all pages of this module do."""

    template_name = "projects/entry_form.html"
    page_title = "列入台账"
    form_class = NewEntryForm

    def form_arguments(self) -> dict[str, Any]:
        return {"project": self.project}

    def first_values(self) -> dict[str, Any]:
        code = self.request.GET.get("ledger", "").replace("\0", "")
        return {"ledger": Ledger.objects.filter(code=code).first()}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerEntry:
        return service.add_entry(project=self.project, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: LedgerEntry) -> str:
        return f"已列入{result.ledger.name}，序号 {result.seq}。"


class EntryAction(EditView):
    """Base of what is done to one entry."""

    permission = "ledger.edit"
    template_name = "projects/entry_form.html"

    def get_record(self) -> LedgerEntry:
        return get_object_or_404(LedgerEntry.objects.select_related("ledger", "project"), pk=self.kwargs["pk"])

    def success_url(self, result: LedgerEntry) -> str:
        return self.record.project.get_absolute_url()

    def refusal(self) -> str:
        return locked_sentence(self.record.ledger)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return crumbs(self.record.project)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.record.project, entry=self.record, **context)


class EntryEdit(EntryAction):
    """Change what one ledger says of a project: number, grade, the year's plan."""

    form_class = EntryForm
    page_title = "修改台账条目"
    success_message = "台账条目已保存。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerEntry:
        return service.change_entry(entry=self.record, version=version, by=self.request.user, **values)


class EntryDelist(EntryAction):
    """Take a project out of a ledger from a day on, with the reason; the row stays visible as left."""

    form_class = DelistForm
    template_name = "projects/confirm_delist.html"
    page_title = "退出台账"
    submit_label = "确认退出台账"

    def first_values(self) -> dict[str, Any]:
        return {"delisted_on": clock.today()}

    def refusal(self) -> str:
        if self.record.delisted_on:
            return f"该项目已于{chinese_day(self.record.delisted_on)}退出这本台账。"
        return super().refusal()

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerEntry:
        return service.delist(
            entry=self.record,
            on=values["delisted_on"],
            reason=values["delist_reason"],
            version=version,
            by=self.request.user,
        )

    def success_text(self, result: LedgerEntry) -> str:
        return f"自{chinese_day(result.delisted_on)}起退出{self.record.ledger.name}。"


class EntryRelist(EntryAction):
    """Bring a project back into the ledger from today on; on the days between it stays out of it."""

    form_class = RelistForm
    template_name = "projects/confirm_relist.html"
    page_title = "恢复列入台账"
    submit_label = "确认恢复列入"

    def refusal(self) -> str:
        return super().refusal() if self.record.delisted_on else "该项目没有退出这本台账，无需恢复。"

    def stands_as_asked(self, current: LedgerEntry, values: dict[str, Any]) -> bool:
        return current.delisted_on is None

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerEntry:
        return service.relist(entry=self.record, version=version, by=self.request.user)

    def success_text(self, result: LedgerEntry) -> str:
        return f"已恢复列入{self.record.ledger.name}。"


class EntryClose(EntryAction):
    """Close an entry (销号): its milestones are done and nothing is open; the page says what still is."""

    form_class = CloseForm
    template_name = "projects/confirm_close.html"
    page_title = "销号"
    submit_label = "确认销号"

    def refusal(self) -> str:
        on = clock.today()
        if self.record.closed_on:
            return f"该项目已于{chinese_day(self.record.closed_on)}销号，无需再办。"
        return super().refusal() or service.left_sentence(self.record, on) or "".join(service.closing_refusals(self.record, on))

    def stands_as_asked(self, current: LedgerEntry, values: dict[str, Any]) -> bool:
        return current.closed_on is not None

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerEntry:
        return service.close_entry(entry=self.record, version=version, by=self.request.user)

    def success_text(self, result: LedgerEntry) -> str:
        return f"“{self.record.project.name}”{self.record.ledger.year}年度已于{chinese_day(result.closed_on)}销号。"


class EntryReopen(EntryAction):
    """Take a closing back, with the reason."""

    form_class = ReopenForm
    template_name = "projects/confirm_entry_reopen.html"
    page_title = "恢复（撤销销号）"
    submit_label = "确认恢复"

    def values_of(self, record: LedgerEntry) -> dict[str, Any]:
        # The reason of an earlier time is none for this one.
        return {}

    def refusal(self) -> str:
        return super().refusal() if self.record.closed_on else "该项目没有销号，无需恢复。"

    def stands_as_asked(self, current: LedgerEntry, values: dict[str, Any]) -> bool:
        return current.closed_on is None and current.reopen_reason == values["reopen_reason"]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerEntry:
        return service.reopen_entry(entry=self.record, reason=values["reopen_reason"], version=version, by=self.request.user)

    def success_text(self, result: LedgerEntry) -> str:
        return f"“{self.record.project.name}”{self.record.ledger.year}年度已恢复评价。"
