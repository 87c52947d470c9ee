"""What is asked of a record in each of its states: whether anybody who is there can move it on; and the actions, with what they need, that
bring one there."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from erqi.common import clock, workdays
from erqi.common.errors import ServiceError
from erqi.common.models import User
from erqi.tests.uploads import picture, upload
from supervision.choices import FindingAction, InquiryAction, InspectionAction, ItemAction
from supervision.choices import NoticeAction as Do
from supervision.models import Notice
from supervision.rules.machine import Machine
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_work as work
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units
from supervision.services.acting import allowed
from supervision.tests.item_case import DAY
from supervision.tests.notice_case import Cast

Parties = Callable[[Any, User | None], Collection[Any]]
BEFORE, AFTER = picture(colour="red"), picture(colour="green")


def stop(*users: User) -> None:
    """Stop accounts, as the system administrator does."""
    User.objects.filter(pk__in=[user.pk for user in users]).update(is_active=False)


def movers(record: Any, machine: Machine, parties_of: Parties, people: Iterable[User]) -> list[str]:
    """Return by whom, of those whose account is in use, the record can be led out of its state now, and how."""
    there = User.objects.in_bulk([user.pk for user in people])
    return [
        f"{user.name}: {step.action}"
        for user in there.values()
        if user.is_active
        for step in allowed(record, machine, user, parties_of(record, user))
        if step.target not in (None, record.state)
    ]


def way_out(record: Any, machine: Machine, parties_of: Parties, people: Iterable[User], gone: Iterable[User] = ()) -> None:
    """Assert that somebody can move an unfinished record on, also once the accounts of `gone` are stopped: its author, all of a unit, the
    inspector that is named. `people` and `gone` together are all who are there."""
    if machine.is_final(record.state):
        return
    gone = list(gone)
    people = list({user.pk: user for user in [*people, *gone]}.values())
    assert movers(record, machine, parties_of, people), f"nobody can move it out of {record.state}"
    if gone:
        with transaction.atomic():
            stop(*gone)
            left = movers(record, machine, parties_of, people)
            transaction.set_rollback(True)
        assert left, f"nobody can move it out of {record.state} without {'、'.join(user.name for user in gone)}"


def _reasoned(service: Callable[..., Any], name: str) -> Callable[[Any, Any], Any]:
    return lambda record, by: service(**{name: record}, reason="理由", version=None, by=by)


def _said(service: Callable[..., Any], name: str) -> Callable[[Any, Any], Any]:
    return lambda record, by: service(**{name: record}, text="情况", version=None, by=by)


ITEM = {
    ItemAction.AMEND: lambda item, by: items.amend_item(item=item, version=None, by=by, goal=f"目标{item.version}"),
    ItemAction.MOVE: lambda item, by: items.move_item(
        item=item, due_on=date(2018, 12, 1 + item.version % 28), reason="理由", version=None, by=by
    ),
    ItemAction.PROGRESS: _said(work.report_progress, "item"),
    ItemAction.CAUSE: lambda item, by: work.name_cause(item=item, cause="land", cause_note="", version=None, by=by),
    ItemAction.APPLY: lambda item, by: closings.apply_closing(
        item=item, text="完成", before=[upload("前.jpg", BEFORE)], after=[upload("后.jpg", AFTER)], by=by
    ),
    ItemAction.WITHDRAW: lambda item, by: closings.withdraw_closing(item=item, version=None, by=by),
    ItemAction.VERIFY: _said(closings.verify_closing, "item"),
    ItemAction.SEND_BACK: _reasoned(closings.send_back_closing, "item"),
    ItemAction.CONFIRM: lambda item, by: closings.confirm_closing(item=item, version=None, by=by),
    ItemAction.REFUSE: _reasoned(closings.refuse_closing, "item"),
    ItemAction.CANCEL: _reasoned(items.cancel_item, "item"),
    ItemAction.REOPEN: _reasoned(items.reopen_item, "item"),
}
INSPECTION = {
    InspectionAction.CONDUCT: lambda one, by: inspections.conduct_inspection(
        inspection=one, inspected_on=DAY, verdict="mostly", conclusion="意见", by=by
    ),
    InspectionAction.ACCEPT: lambda one, by: inspections.accept_conclusion(inspection=one, version=None, by=by),
    InspectionAction.OBJECT: _said(inspections.object_conclusion, "inspection"),
    InspectionAction.UPHOLD: _reasoned(inspections.uphold_conclusion, "inspection"),
    InspectionAction.CHANGE: lambda one, by: inspections.change_conclusion(
        inspection=one, verdict="untrue", untrue="不实", reason="理由", version=None, by=by
    ),
    InspectionAction.RETRACT: _reasoned(inspections.retract_inspection, "inspection"),
    InspectionAction.CANCEL: _reasoned(inspections.cancel_inspection, "inspection"),
}
FINDING = {
    FindingAction.EXPLAIN: lambda one, by: findings.explain_finding(finding=one, corrected="更正", explanation="说明", version=None, by=by),
    FindingAction.CHECK: _said(findings.check_finding, "finding"),
    FindingAction.SEND_BACK: _reasoned(findings.send_back_finding, "finding"),
    FindingAction.SETTLE: lambda one, by: findings.settle_finding(finding=one, version=None, by=by),
    FindingAction.REFUSE: _reasoned(findings.refuse_finding, "finding"),
}
INQUIRY = {
    InquiryAction.ANSWER: _said(inquiries.answer_inquiry, "inquiry"),
    InquiryAction.FURTHER: lambda one, by: inquiries.ask_further(inquiry=one, text="追问", due_on=None, version=None, by=by),
    InquiryAction.CLOSE: lambda one, by: inquiries.close_inquiry(inquiry=one, version=None, by=by),
    InquiryAction.WITHDRAW: lambda one, by: inquiries.withdraw_inquiry(inquiry=one, version=None, by=by),
}


def take_notice(cast: Cast, notice: Notice, action: str, by: User) -> object:
    """Do an action as a page would, with what it needs."""
    ahead, more = workdays.add_workdays(clock.today(), 3), {"notice": notice, "version": notice.version, "by": by}
    plain = {
        Do.SUBMIT: office.submit_notice,
        Do.RECALL: office.recall_notice,
        Do.APPROVE: office.approve_notice,
        Do.ISSUE: office.issue_notice,
        Do.SIGN: units.sign_notice,
        Do.TAKE_BACK: units.take_back,
        Do.RECALL_REPLY: units.recall_reply,
        Do.ARCHIVE: units.archive_notice,
        Do.CHANGE: changing.approve_change,
        Do.RECALL_CHANGE: changing.recall_change,
    }
    reasoned = {
        Do.RETURN_DRAFT: office.return_draft,
        Do.WITHDRAW: office.withdraw_notice,
        Do.REFUSE: units.refuse_notice,
        Do.UPHOLD: office.uphold_notice,
        Do.DENY_EXTENSION: units.deny_extension,
        Do.DENY_TRANSFER: units.deny_transfer,
        Do.REVOKE: office.revoke_notice,
        Do.DROP_CHANGE: changing.drop_change,
    }
    spoken = {Do.PASS_REPLY: units.pass_reply, Do.CLOSE: units.close_notice, Do.URGE: office.urge_notice, Do.REPLY: units.reply_notice}
    if action in plain:
        return plain[action](**more)
    if action in reasoned:
        return reasoned[action](reason="理由", **more)
    if action in spoken:
        return spoken[action](text="情况", **more)
    later = (notice.due_on or ahead) + timedelta(days=7)
    other = cast.other if notice.unit_id == cast.unit.pk else cast.unit
    match action:
        case Do.EDIT:
            return office.edit_notice(title=f"{notice.title}改"[-60:], **more)
        case Do.ASK_EXTENSION:
            return units.ask_extension(to=later, reason="理由", **more)
        case Do.GRANT_EXTENSION:
            return units.grant_extension(due_on=later, **more)
        case Do.ASK_TRANSFER:
            return units.ask_transfer(unit=other, reason="理由", **more)
        case Do.TRANSFER:
            return changing.transfer_notice(unit=other, due_on=ahead, reason="理由", **more)
        case Do.RETURN_REPLY:
            return units.return_reply(reason="理由", due_on=ahead, **more)
        case Do.REOPEN:
            return units.reopen_notice(reason="理由", due_on=ahead, **more)
        case Do.PROPOSE_CHANGE:
            return changing.propose_change(title=notice.title, text=f"{notice.text}改"[-60:], due_on=None, reason="理由", **more)
        case Do.INSTRUCT:
            return units.instruct(text="批示", addressee="handler", due_on=ahead, **more)
    order = notice.orders.filter(answered_on=None).first()
    if order is None:
        raise ServiceError("没有批示。")
    return units.answer_order(order=order, text="已落实", version=None, by=by)
