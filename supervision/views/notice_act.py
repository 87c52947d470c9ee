"""What people do to a notice: one page for every action of the table, with the form that it needs."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from erqi.common import clock, workdays
from erqi.common.attachments import of
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from supervision.choices import NoticeAction as Do
from supervision.choices import Party
from supervision.forms import notice as forms
from supervision.forms.acting import PlainForm
from supervision.models import Notice, NoticeOrder
from supervision.rules.notice import ANSWERED_BY, ASKS_CAUSE, MACHINE
from supervision.sentences.notice import answered_already, not_yours_to_answer
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as unit
from supervision.services.acting import refusal
from supervision.services.escalation import asked_of
from supervision.services.notice_parties import ANY_UNIT, closers, stand_in_words
from supervision.services.parties import permissions_for
from supervision.views.doing import ActionView, Doing
from supervision.views.notice import action_title, notice_of

# What is decided about a change: what it says stands above the form.
_OF_A_CHANGE = {Do.CHANGE, Do.DROP_CHANGE, Do.RECALL_CHANGE}
# What a unit does, or who stands in for it.
_OF_THE_UNIT = {Do.SIGN, Do.REFUSE, Do.ASK_EXTENSION, Do.ASK_TRANSFER, Do.REPLY}
# So many working days more are suggested for a reply that has to be given anew.
_AGAIN = 3


_NOTE = (("text", "note"),)
# What a decision against the unit means for its time.
_GIVEN_BACK = "等待决定期间不计时，时限按等待的工作日顺延"
DOINGS: dict[str, Doing] = {
    Do.SUBMIT: Doing(
        forms.NoteForm, office.submit_notice, "已送审。", hint="送审后由他人审签，不能再修改；需要修改的可收回。", names=_NOTE
    ),
    Do.RECALL: Doing(PlainForm, office.recall_notice, "已收回，可继续修改。"),
    Do.RETURN_DRAFT: Doing(forms.ReasonForm, office.return_draft, "已退回修改。"),
    Do.APPROVE: Doing(forms.NoteForm, office.approve_notice, "已审签，由督察办下发。", "同意签发", names=_NOTE),
    Do.WITHDRAW: Doing(forms.ReasonForm, office.withdraw_notice, "拟稿已撤回。", hint="撤回后不能恢复；没有编号，承办单位不知道。"),
    Do.ISSUE: Doing(PlainForm, office.issue_notice, "已下发。", hint="下发时编号，时限从今天起算，承办单位立即收到。"),
    Do.SIGN: Doing(
        PlainForm, unit.sign_notice, "已签收，请按时限办理并反馈。", hint="签收后按时限办理；不属本单位职责的，请拒收并写明理由。"
    ),
    Do.REFUSE: Doing(
        forms.ReasonForm,
        unit.refuse_notice,
        "已拒收，等待督察办转办或维持，决定前停止计时。",
        hint="拒收后由督察办转办或维持交办，决定前停止计时。",
    ),
    Do.UPHOLD: Doing(
        forms.ReasonForm,
        office.uphold_notice,
        f"已维持交办；拒收{_GIVEN_BACK}。",
        hint=f"维持后视同签收，承办单位须按时限办理；拒收{_GIVEN_BACK}。",
    ),
    Do.ASK_EXTENSION: Doing(
        forms.ExtensionForm, unit.ask_extension, "已申请延期，决定前停止计时。", hint="须在到期前申请。", names=(("asked_due_on", "to"),)
    ),
    Do.GRANT_EXTENSION: Doing(forms.GrantForm, unit.grant_extension, "已同意延期。", names=_NOTE),
    Do.DENY_EXTENSION: Doing(forms.ReasonForm, unit.deny_extension, f"未同意延期；申请{_GIVEN_BACK}。", hint=f"申请{_GIVEN_BACK}。"),
    Do.ASK_TRANSFER: Doing(
        forms.AskTransferForm, unit.ask_transfer, "已申请转办，决定前停止计时。", names=(("asked_unit", "unit"),), hint="决定前停止计时。"
    ),
    Do.TRANSFER: Doing(
        forms.TransferForm, changing.transfer_notice, "已转办，新的承办单位须重新签收。", "转办", "新的承办单位须重新签收。"
    ),
    Do.DENY_TRANSFER: Doing(
        forms.ReasonForm, unit.deny_transfer, f"未同意转办，由原单位继续办理；申请{_GIVEN_BACK}。", hint=f"申请{_GIVEN_BACK}。"
    ),
    Do.TAKE_BACK: Doing(PlainForm, unit.take_back, "申请已收回。"),
    Do.REPLY: Doing(forms.ReplyForm, unit.reply_notice, "已反馈，等待审核。", "提交反馈"),
    Do.RECALL_REPLY: Doing(PlainForm, unit.recall_reply, "反馈已收回，请在时限内重新反馈。"),
    Do.PASS_REPLY: Doing(forms.OpinionForm, unit.pass_reply, "审核通过，由督察办另一人办结。", hint="请写明核实的情况。"),
    Do.RETURN_REPLY: Doing(forms.AgainForm, unit.return_reply, "已退回重办。"),
    Do.CLOSE: Doing(forms.OpinionForm, unit.close_notice, "已办结。", hint="办结须由审核反馈以外的人办理。"),
    Do.REOPEN: Doing(forms.AgainForm, unit.reopen_notice, "已重新办理。"),
    Do.ARCHIVE: Doing(forms.NoteForm, unit.archive_notice, "已归档。", hint="归档后不能再办理。", names=_NOTE),
    Do.URGE: Doing(forms.UrgeForm, office.urge_notice, "已催办，可打印催办通知。"),
    Do.PROPOSE_CHANGE: Doing(
        forms.ChangeForm,
        changing.propose_change,
        "变更已送审签；审签前原通知单照常办理。",
        "送审签",
        "变更由他人审签后才下发，承办单位重新签收；审签前只有发文一方看得到，原通知单照常办理。",
    ),
    Do.CHANGE: Doing(
        forms.NoteForm,
        changing.approve_change,
        "已审签并变更，承办单位须重新签收；原文保留为上一版本。",
        "同意变更",
        "同意后即下发，承办单位须重新签收；原文保留，可另行打印。",
        _NOTE,
    ),
    Do.DROP_CHANGE: Doing(forms.ReasonForm, changing.drop_change, "未同意变更，原通知单不变。", hint="原通知单不变，拟稿人会收到理由。"),
    Do.RECALL_CHANGE: Doing(PlainForm, changing.recall_change, "变更已收回，原通知单不变。"),
    Do.INSTRUCT: Doing(forms.OrderForm, unit.instruct, "批示已下达。", names=(("order_due_on", "due_on"),)),
    Do.REVOKE: Doing(forms.ReasonForm, office.revoke_notice, "已撤销。", hint="撤销后承办单位不再办理；文号保留，不再使用。"),
}


def permissions_of(action: str) -> tuple[str, ...]:
    """Return the permissions with which somebody may come to the page of an action."""
    return permissions_for(MACHINE, action, handler=(ANY_UNIT,))


def paths() -> list[URLPattern]:
    """Return the addresses of all actions: notices/12/sign/, called notice_sign."""
    return [path(f"notices/<int:pk>/{action}/", NoticeActView.as_view(action=action), name=f"notice_{action}") for action in DOINGS]


class NoticeActView(ActionView):
    """One action of the table on one notice."""

    machine, doings, argument = MACHINE, DOINGS, "notice"
    template_name = "supervision/notice_act.html"

    @property
    def permission(self) -> tuple[str, ...]:  # type: ignore[override]
        return permissions_of(self.action)

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return action_title(self.action)

    def get_record(self) -> Notice:
        return notice_of(self.request.user, self.kwargs["pk"])

    def parties(self) -> Collection[Party]:
        return office.parties(self.record, self.request.user)

    def refusal(self) -> str:
        user = self.request.user
        if found := super().refusal():
            return found
        if found := changing.change_refusal(self.record, self.action, user):
            return found
        if self.action in (Do.CLOSE, Do.ARCHIVE):
            return unit.open_order(self.record)
        return unit.too_late(self.record) if self.action == Do.ASK_EXTENSION else ""

    def values_of(self, record: Notice) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("title", "text", "due_on")} if self.action == Do.PROPOSE_CHANGE else {}

    def first_values(self) -> dict[str, Any]:
        notice, today = self.record, clock.today()
        soon = workdays.add_workdays(today, _AGAIN)
        match self.action:
            case Do.GRANT_EXTENSION:
                return {"due_on": notice.asked_due_on}
            case Do.RETURN_REPLY | Do.REOPEN:
                return {"due_on": max(soon, notice.due_on or soon)}
            case Do.TRANSFER:
                return {"unit": notice.asked_unit, "due_on": workdays.add_workdays(today, notice.days)}
            case Do.ASK_EXTENSION:
                return {"asked_due_on": workdays.next_workday((notice.due_on or today) + timedelta(days=7))}
            case Do.URGE:
                return {"text": self._urging(notice)}
            case Do.INSTRUCT:
                return {"order_due_on": soon}
        return {}

    def hint(self) -> str:
        """Return what to know before it is done: where a reply is passed, whether anybody of the office is left to close the notice."""
        if self.action == Do.PASS_REPLY and not any(one.can("supervise") for one in closers(self.record, self.request.user)):
            return f"{self.doing.hint}您审核后，督察办没有其他账号可以办结，将由区领导办结。"
        if self.action in _OF_THE_UNIT and (said := stand_in_words(self.record, self.request.user, self.action)):
            return f"{said}经过中会注明，并告知发文的督察办。" if self.action == Do.SIGN else f"{said}经过中会注明。{self.doing.hint}"
        return self.doing.hint

    @staticmethod
    def _urging(notice: Notice) -> str:
        due_on = notice.due_on
        if due_on is None:
            return ""
        late = workdays.workdays_between(due_on, clock.today())
        when = f"反馈时限为{chinese_day(due_on)}" + (f"，已逾期 {late} 个工作日" if late > 0 else "")
        return f"{notice.number_text}{when}，请抓紧办理，尽快书面反馈。"

    def form_arguments(self) -> dict[str, Any]:
        if self.action != Do.REPLY:
            return {}
        return {"asks_cause": bool(self.record.project_id) and self.record.kind in ASKS_CAUSE}

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> Notice:
        self.do(values, version, request_key)
        return Notice.objects.get(pk=self.record.pk)

    def success_text(self, result: Notice) -> str:
        said = super().success_text(result)
        return f"{result.number_text}{said}" if self.action == Do.ISSUE else said

    def breadcrumbs(self) -> list[dict[str, str]]:
        label = self.record.number_text or self.record.title
        return [
            {"label": "督察通知单", "url": reverse("supervision:notice_list")},
            {"label": label, "url": self.record.get_absolute_url()},
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        notice = self.record
        asked = asked_of(notice) if self.action == Do.REPLY else ()
        said = notice.acts.filter(action__in=_DECIDED_ON[self.action]).order_by("-pk").first() if self.action in _DECIDED_ON else None
        return super().get_context_data(
            **context,
            notice=notice,
            asked=asked,
            said=said,
            shows_cause=said is not None and said.action == Do.REPLY and bool(notice.cause),
            attachments=list(of(said)) if said is not None else [],
            opens_text=self.action in (Do.APPROVE, Do.SIGN),
            change=notice.changes.waiting().first() if self.action in _OF_A_CHANGE else None,
        )


# What the unit said that the action decides on: it stands above the form.
_DECIDED_ON: dict[str, tuple[Do, ...]] = {
    **dict.fromkeys((Do.PASS_REPLY, Do.RETURN_REPLY, Do.CLOSE, Do.REOPEN), (Do.REPLY,)),
    **dict.fromkeys((Do.GRANT_EXTENSION, Do.DENY_EXTENSION), (Do.ASK_EXTENSION,)),
    **dict.fromkeys((Do.TRANSFER, Do.DENY_TRANSFER, Do.UPHOLD), (Do.ASK_TRANSFER, Do.REFUSE)),
}


class OrderAnswer(EditView):
    """How a leader's instruction was carried out."""

    permission = permissions_of(Do.ANSWER)
    form_class = forms.AnswerForm
    template_name = "supervision/notice_act.html"
    page_title = "落实批示"
    submit_label = "报告落实情况"
    success_message = "已报告落实情况。"

    def get_record(self) -> NoticeOrder:
        order = get_object_or_404(NoticeOrder.objects.select_related("notice__unit", "notice__project"), pk=self.kwargs["pk"])
        notice_of(self.request.user, order.notice_id)
        return order

    def values_of(self, record: NoticeOrder) -> dict[str, Any]:
        return {}

    def refusal(self) -> str:
        order: NoticeOrder = self.record
        if order.answered_on is not None:
            return answered_already(order.answered_by_name, order.answered_on)
        user = self.request.user
        held = office.parties(order.notice, user)
        if not held & ANSWERED_BY[order.addressee]:
            return not_yours_to_answer(order.get_addressee_display())
        return refusal(order.notice, MACHINE, Do.ANSWER, user, held)

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> NoticeOrder:
        return unit.answer_order(order=self.record, version=version, by=self.request.user, request_key=request_key, **values)

    def breadcrumbs(self) -> list[dict[str, str]]:
        notice = self.record.notice
        return [
            {"label": "督察通知单", "url": reverse("supervision:notice_list")},
            {"label": notice.number_text, "url": notice.get_absolute_url()},
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, notice=self.record.notice, order=self.record)
