"""What becomes of a proposal to escalate with its notice: while one is drafted it is under way, issued it is carried out; when the draft is
about something else, or is withdrawn, or the notice is revoked, it waits again."""

from erqi.common.models import User
from supervision.choices import EscalationAction, NoticeSource, Party
from supervision.models import Escalation, Notice
from supervision.rules.escalation import MACHINE, answers, is_answered_by
from supervision.services import acting

_OFFICE = frozenset({Party.SUPERVISION})
BY_HAND = "已拟发同类通知单《{title}》，下发后按已采纳处理。"
ISSUED = "通知单{number}已下发。"
REOPENED = "为此拟出的通知单《{title}》已{how}，没有发生效力，重新待处置。"
CHANGED = "为此拟出的通知单《{title}》已改为其他项目、种类或来源，不再对应这项提议，重新待处置。"


def open_for(notice: Notice) -> Escalation | None:
    """Return the proposal that waits and that a notice answers: the one that it was drafted for, or, drafted by hand about a project's
    colour, the one of its kind."""
    if notice.project_id is None:
        return None
    rows = Escalation.objects.open().filter(project=notice.project_id)
    if isinstance(notice.origin, Escalation):
        row = rows.filter(pk=notice.origin_id).first()
        return row if row is not None and is_answered_by(row.trigger, notice.kind, notice.source) else None
    if notice.source != NoticeSource.PROJECT:
        return None
    return rows.filter(finding="", trigger=answers(notice.kind, None) or "").first()


def settle(notice: Notice, by: User | None) -> None:
    """Let the waiting proposal go along with a draft that the office wrote by hand: nobody is sent the same twice. An inspector's draft
    leaves the decision to the office, one that arose from another record answers nothing."""
    if by is not None and not by.can("supervise"):
        return
    if notice.origin_id and not isinstance(notice.origin, Escalation):
        return
    if (row := open_for(notice)) is not None:
        _take(row, EscalationAction.CONFIRM, by, BY_HAND.format(title=notice.title), notice)


def follow(notice: Notice, by: User | None) -> None:
    """Keep proposal and draft together after the draft was corrected: what it does not answer any more waits again, and what it answers
    now goes along with it."""
    row = Escalation.objects.filter(notice=notice).first()
    if row is not None:
        if row.project_id == notice.project_id and is_answered_by(row.trigger, notice.kind, notice.source):
            return
        _take(row, EscalationAction.REOPEN, by, CHANGED.format(title=notice.title), None)
    settle(notice, by)


def issued(notice: Notice, by: User | None) -> None:
    """Carry out the proposal for which the notice was drafted; or, drafted by whomever since it was proposed, the one that it answers."""
    row = Escalation.objects.filter(notice=notice).first()
    if row is None and (row := open_for(notice)) is not None and notice.acts.order_by("pk")[0].on < row.proposed_on:
        return
    if row is not None and MACHINE.step(EscalationAction.ISSUE, row.state) is not None:
        _take(row, EscalationAction.ISSUE, by, ISSUED.format(number=notice.number_text), notice)


def reopen(notice: Notice, how: str, by: User | None) -> None:
    """Put the proposal that a notice answered back among what waits, once the notice is withdrawn or revoked (`how`)."""
    row = Escalation.objects.filter(notice=notice).first()
    if row is not None and MACHINE.step(EscalationAction.REOPEN, row.state) is not None:
        _take(row, EscalationAction.REOPEN, by, REOPENED.format(title=notice.number_text or notice.title, how=how), None)


def _take(row: Escalation, action: EscalationAction, by: User | None, text: str, notice: Notice | None) -> None:
    """Take a step of a proposal and set its notice. It follows from what somebody did to the notice, who may do that."""

    def link(found: Escalation) -> None:
        found.notice = notice

    acting.act(row, MACHINE, action, by=by, parties=_OFFICE, text=text, check=link)
