"""What becomes of a proposal to escalate with its notice: drafted by hand it is answered, withdrawn or revoked it is open again."""

from erqi.common.models import User
from supervision.choices import EscalationAction, NoticeSource, Party
from supervision.models import Escalation, Notice
from supervision.rules.escalation import MACHINE, answers
from supervision.services import acting

_OFFICE = frozenset({Party.SUPERVISION})
BY_HAND = "已从项目页拟发同类通知单《{title}》，按已采纳处理。"
REOPENED = "采纳后拟出的通知单《{title}》已{how}，没有发生效力，重新待处置。"


def open_for(notice: Notice) -> Escalation | None:
    """Return the proposal that a notice drafted by hand about a project's colour answers, where one waits."""
    if notice.project_id is None or notice.source != NoticeSource.PROJECT:
        return None
    rows = Escalation.objects.open().filter(project=notice.project_id, finding="", trigger=answers(notice.kind, None) or "")
    return rows.first()


def settle(notice: Notice, by: User | None) -> None:
    """Answer the waiting proposal with a notice that the office drafted by hand: nobody is sent the same twice. An inspector's draft
    leaves the decision to the office."""
    if by is not None and not by.can("supervise"):
        return
    if notice.origin_id or (row := open_for(notice)) is None:
        return

    def link(found: Escalation) -> None:
        found.notice = notice

    acting.act(row, MACHINE, EscalationAction.CONFIRM, by=by, parties=_OFFICE, text=BY_HAND.format(title=notice.title), check=link)


def reopen(notice: Notice, how: str, by: User | None) -> None:
    """Put the proposal that a notice was drafted for back among what waits, once the notice is withdrawn or revoked (`how`)."""
    row = Escalation.objects.filter(notice=notice).first()
    if row is None or MACHINE.step(EscalationAction.REOPEN, row.state) is None:
        return

    def release(found: Escalation) -> None:
        found.notice = None

    text = REOPENED.format(title=notice.number_text or notice.title, how=how)
    acting.act(row, MACHINE, EscalationAction.REOPEN, by=by, parties=_OFFICE, text=text, check=release)
