"""What a unit does about an item, and those who check it: progress, steps done, 病因, striking off."""

from typing import Any

from erqi.common import clock
from erqi.common.dates import chinese_day
from supervision.choices import ItemAction
from supervision.forms.acting import EvidenceForm, NoteForm, PlainForm, ReasonForm
from supervision.forms.item import ApplyForm, CauseForm, FinishStepForm, ProgressForm
from supervision.models import SupervisionItem
from supervision.rules.item import needs_cause
from supervision.services import item_closing as closing
from supervision.services import item_work as work
from supervision.services.item_schedule import deadlines_of
from supervision.services.parties import ANY_UNIT
from supervision.views.course import evidence_of
from supervision.views.item_edit import ItemAct, StepAction


class WithCause(ItemAct):
    """A form that asks for the 病因 where the item lags and nobody has named it."""

    def form_arguments(self) -> dict[str, Any]:
        return {"lags": needs_cause(deadlines_of(self.record), self.record.cause, clock.today())}


class ItemProgress(WithCause):
    """Say how an item stands."""

    permission = ("report.write", ANY_UNIT)
    action = ItemAction.PROGRESS
    form_class = ProgressForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return work.report_progress(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "进展已报送。"


class ItemCause(ItemAct):
    """Say why an item lags."""

    permission = ("report.write", ANY_UNIT, "inspect", "supervise")
    action = ItemAction.CAUSE
    form_class = CauseForm

    def first_values(self) -> dict[str, Any]:
        return {"cause": self.record.cause, "cause_note": self.record.cause_note}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return work.name_cause(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return f"病因已认定：{result.get_cause_display()}。"


class StepFinish(StepAction):
    """Record that a step was done."""

    permission = ("report.write", ANY_UNIT, "supervise")
    action = ItemAction.STEP
    form_class = FinishStepForm

    def first_values(self) -> dict[str, Any]:
        return {"done_on": clock.today()}

    def subject_lines(self) -> list[tuple[str, Any]]:
        return [*super().subject_lines(), ("请注意", work.step_warning(self.record))]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        self.is_proved = bool(values.get("uploads"))
        return work.finish_step(step=self.step, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        warning = "" if self.is_proved else work.step_warning(result)
        return f"步骤“{self.step}”已登记完成。{warning}"


class StepUndo(StepAction):
    """Take back that a step was done."""

    permission = "supervise"
    action = ItemAction.UNDO_STEP
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return work.undo_step(step=self.step, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return f"步骤“{self.step}”恢复为未完成。"


class ItemApply(WithCause):
    """Ask for an item to be struck off."""

    permission = ("report.write", ANY_UNIT)
    action = ItemAction.APPLY
    form_class = ApplyForm
    error_fields = {"evidence_before": "before", "evidence_after": "after"}

    def subject_lines(self) -> list[tuple[str, Any]]:
        back = closing.returned_of(self.record)
        asked = [(f"{back.action_label}，还缺", f"{back.text}（{back.by_name} {chinese_day(back.on)}）")] if back else []
        return [*super().subject_lines(), *asked]

    def refusal(self) -> str:
        missing = closing.missing_of(self.record)
        return super().refusal() or (f"还不能申请销号：{'；'.join(missing)}。请先登记步骤完成。" if missing else "")

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return closing.apply_closing(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "已申请销号，等待督察员核验。"


class ItemWithdraw(ItemAct):
    """Take the application back."""

    permission = ("report.write", ANY_UNIT)
    action = ItemAction.WITHDRAW
    form_class = PlainForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return closing.withdraw_closing(item=self.record, version=version, by=self.request.user, request_key=request_key)


class Judging(ItemAct):
    """Base of what is decided on an application: what was applied for stands above the form."""

    def subject_lines(self) -> list[tuple[str, Any]]:
        act = self.record.acts.filter(action=ItemAction.APPLY).order_by("-pk").first()
        said = [("申请", f"{act.by_name} {act.on}：{act.text}")] if act else []
        checked = self.record.acts.filter(action=ItemAction.VERIFY).order_by("-pk").first()
        if checked is not None and act is not None and checked.pk > act.pk:
            said.append(("核验", f"{checked.by_name} {checked.on}：{checked.text}"))
        return [*super().subject_lines(), *said]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        acts = list(self.record.acts.filter(action=ItemAction.APPLY).order_by("-pk")[:1])
        files = evidence_of(acts, clock.today()).get(acts[0].pk, []) if acts else []
        return super().get_context_data(subject_files=files, **context)


class ItemVerify(Judging):
    """An inspector's check of an application."""

    permission = "inspect"
    action = ItemAction.VERIFY
    form_class = EvidenceForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return closing.verify_closing(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return "已核验，等待督察办另一人（没有其他人的，由区领导）确认销号。"


class ItemSendBack(Judging):
    """Send an application back with what is missing."""

    permission = "inspect"
    action = ItemAction.SEND_BACK
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return closing.send_back_closing(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)


class ItemConfirm(Judging):
    """Strike an item off."""

    permission = ("supervise", "inquiry.ask")
    action = ItemAction.CONFIRM
    form_class = NoteForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return closing.confirm_closing(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def success_text(self, result: SupervisionItem) -> str:
        return f"“{result}”已销号。"


class ItemRefuse(Judging):
    """Refuse to strike an item off, with what is missing."""

    permission = ("supervise", "inquiry.ask")
    action = ItemAction.REFUSE
    form_class = ReasonForm

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> SupervisionItem:
        return closing.refuse_closing(item=self.record, version=version, by=self.request.user, request_key=request_key, **values)
