"""Ledgers: opening one, describing it, stating its scale, locking and unlocking."""

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from erqi.common import clock
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.forms.ledger import LedgerForm, LockForm, NewLedgerForm, ScaleForm, WithdrawScaleForm
from projects.models import Ledger, LedgerRevision
from projects.services import ledger as service
from projects.views.project_edit import locked_sentence


class LedgerCreate(EditView):
    """Open a new ledger, empty; projects are put into it from their own pages."""

    permission = "ledger.edit"
    template_name = "projects/ledger_form.html"
    page_title = "建立台账"
    form_class = NewLedgerForm

    def first_values(self) -> dict[str, Any]:
        last = Ledger.objects.main().order_by("-year").first()
        year = last.year + 1 if last else clock.today().year
        return {"year": year, "name": f"二七区{year}年重点项目台账", "level": "district", "kind": "projects"}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Ledger:
        return service.open_ledger(by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: Ledger) -> str:
        return f"已建立“{result.name}”。"

    def cancel_url(self) -> str:
        return reverse("projects:ledger_current")

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "台账", "url": reverse("projects:ledger_current")}]


class LedgerAction(EditView):
    """Base of what is done to one ledger."""

    permission = "ledger.edit"
    template_name = "projects/ledger_form.html"

    def get_record(self) -> Ledger:
        return get_object_or_404(Ledger.objects.select_related("unit"), code=self.kwargs["code"])

    def success_url(self, result: Ledger) -> str:
        return self.record.get_absolute_url()

    def refusal(self) -> str:
        return locked_sentence(self.record)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": self.ledger.name, "url": self.ledger.get_absolute_url()}]

    @property
    def ledger(self) -> Ledger:
        return self.record

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(ledger=self.ledger, **context)


class LedgerEdit(LedgerAction):
    """Change what a ledger is called and covers; a locked ledger refuses."""

    form_class = LedgerForm
    page_title = "修改台账"
    success_message = "台账已保存。"

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Ledger:
        return service.change_ledger(ledger=self.record, version=version, by=self.request.user, **values)


class ScaleAction(EditView):
    """Base of what is done about the scale of a ledger. Scales are records of their own that nobody edits: `record` is none."""

    permission = "ledger.edit"
    template_name = "projects/ledger_form.html"

    def get_record(self) -> None:
        self.ledger = get_object_or_404(Ledger, code=self.kwargs["code"])

    def success_url(self, result: LedgerRevision | None) -> str:
        return self.ledger.get_absolute_url()

    def cancel_url(self) -> str:
        return self.ledger.get_absolute_url()

    def refusal(self) -> str:
        return locked_sentence(self.ledger)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": self.ledger.name, "url": self.ledger.get_absolute_url()}]

    def shown(self) -> Iterable[LedgerRevision]:
        """Return the scales to show above the form."""
        return self.ledger.revisions.order_by("-recorded_on")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(ledger=self.ledger, revisions=self.shown(), **context)


class LedgerScale(ScaleAction):
    """Record how large the ledger was announced to be, as of a day; earlier figures stay."""

    page_title = "登记台账规模"
    form_class = ScaleForm
    submit_label = "登记"

    def first_values(self) -> dict[str, Any]:
        return {"recorded_on": clock.today()}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerRevision:
        return service.state_scale(ledger=self.ledger, by=self.request.user, **values)

    def success_text(self, result: LedgerRevision) -> str:
        return f"已登记{chinese_day(result.recorded_on)}的台账规模。"


class LedgerScaleWithdraw(ScaleAction):
    """Withdraw an announced size that was entered wrongly; it stays in the history."""

    page_title = "撤回登记有误的规模"
    form_class = WithdrawScaleForm
    submit_label = "撤回"
    error_fields = {"withdraw_reason": "reason"}

    def get_record(self) -> None:
        self.revision = get_object_or_404(
            LedgerRevision.objects.select_related("ledger"), pk=self.kwargs["pk"], ledger__code=self.kwargs["code"]
        )
        self.ledger = self.revision.ledger

    def refusal(self) -> str:
        return f"这组规模已经撤回（{self.revision.withdraw_reason}），无需再办。" if self.revision.withdrawn_on else super().refusal()

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> LedgerRevision:
        return service.withdraw_scale(revision=self.revision, reason=values["reason"], by=self.request.user)

    def success_text(self, result: LedgerRevision) -> str:
        return f"已撤回{chinese_day(result.recorded_on)}的规模，数字和原因仍可查；需要时请重新登记。"

    def shown(self) -> Iterable[LedgerRevision]:
        return [self.revision]


class LedgerLock(LedgerAction):
    """Locking; `locking = False` is the way back."""

    permission = "ledger.lock"
    form_class = LockForm
    template_name = "projects/confirm_lock.html"
    locking = True

    @property
    def page_title(self) -> str:
        return "锁定台账" if self.locking else "解锁台账"

    @property
    def submit_label(self) -> str:
        return "确认锁定" if self.locking else "确认解锁"

    def refusal(self) -> str:
        if self.record.is_locked == self.locking:
            return f"“{self.record.name}”已经{'锁定' if self.locking else '是可编辑的'}，无需再办。"
        return ""

    def stands_as_asked(self, current: Ledger, values: dict[str, Any]) -> bool:
        return current.is_locked == self.locking

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Ledger:
        return service.set_lock(ledger=self.record, lock=self.locking, version=version, by=self.request.user)

    def success_text(self, result: Ledger) -> str:
        return f"“{result.name}”已{'锁定，不能再修改' if self.locking else '解锁，可以修改'}。"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(locking=self.locking, entry_count=self.record.entries.count(), **context)
