"""Taking back a file that was sent along by mistake: another site's photo, a paper with somebody's personal data.

Row and file stay in the record, with who took it back and why; pages say so instead of showing it (erqi.common.attachments).
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from erqi.common.attachments import Kept, for_owners, withdraw_attachment
from erqi.common.errors import NotAllowed
from erqi.common.models import Attachment, User
from erqi.common.saving import read_anew
from projects.choices import ReminderKind
from projects.services.reminder import notify
from supervision.choices import InspectionAction, ItemAction, ItemState, NoticeAction, NoticeState
from supervision.models import Issue, IssueAct, ItemEvidence, Notice
from supervision.models.act import Act
from supervision.rules.notice import MACHINE
from supervision.services.acting import refusal
from supervision.services.notice_file import withdraw_draft_file
from supervision.services.notice_parties import parties

# While an application to strike an item off stands, both of its sides are evidenced.
_EVIDENCED = (ItemState.APPLIED, ItemState.VERIFIED, ItemState.CLOSED)

LATER_STEPS = "提交以后已有后续办理，上传人不能再撤回。确有错误的，请{keeper}撤回。"
NOT_YOURS = "附件由上传人撤回；提交以后已有后续办理的，由{keeper}撤回。"
SIGNED = "附件随已送审（下发）的通知单，不能单独撤回。内容有误的，请退回拟稿，或者变更、撤销通知单。"
EVIDENCE = "销号须有整改前、整改后的佐证，这一侧只有这一个文件。请先撤回（退回）销号申请。"


def is_of_supervision(attachment: Attachment) -> bool:
    """Say whether a file was sent with a supervision record."""
    return attachment.owner_type.app_label == Notice._meta.app_label and attachment.owner is not None


def record_of(owner: Any) -> Any:
    """Return the supervision record to which the owner of an attachment belongs: itself, the one of an act, of one side's evidence."""
    if isinstance(owner, ItemEvidence):
        return owner.act.owner
    return owner.owner if isinstance(owner, Act) else owner


def _keeper(owner: Any) -> tuple[str, str]:
    """Return the permission of who keeps the record in order, and what they are called."""
    return ("issue.handle", "重点项目办") if isinstance(owner, Issue | IssueAct) else ("supervise", "督察办")


def withdraw_refusal(attachment: Attachment, user: User | None) -> str:
    """Return why an account cannot take back a file that was sent with a supervision record; an empty text where it can. Who sent it does
    until somebody goes on with the record, who keeps it in order at any time; what a signed paper or a standing application rests on stays.
    """
    owner = attachment.owner
    return _refusal(attachment, owner, list(record_of(owner).acts.order_by("pk")), for_owners([owner])[owner.pk], user)


def _refusal(attachment: Attachment, owner: Any, acts: Sequence[Act], beside: Sequence[Attachment], user: User | None) -> str:
    """Return the same, of a record whose `acts` (in their order) and whose owner's files (`beside`) are at hand: no query."""
    if isinstance(owner, Notice):
        # Of a draft it is a correction like any other (services.notice_file).
        return refusal(owner, MACHINE, NoticeAction.EDIT, user, parties(owner, user)) if owner.state == NoticeState.DRAFT else SIGNED
    permission, keeper = _keeper(owner)
    if user is None or not user.can(permission):
        if user is None or attachment.uploaded_by_id != user.pk:
            return NOT_YOURS.format(keeper=keeper)
        if acts[-1].pk != _given_with(owner, acts):
            return LATER_STEPS.format(keeper=keeper)
    if isinstance(owner, ItemEvidence) and len(beside) == 1 and acts[-1].to_state in _EVIDENCED:
        applied = [act.pk for act in acts if act.action == ItemAction.APPLY]
        if applied[-1] == owner.act_id:
            return EVIDENCE
    return ""


def _given_with(owner: Any, acts: Sequence[Act]) -> int | None:
    """Return the act (key) with which an owner's files were sent: of the record itself the one that concluded or reported it."""
    if isinstance(owner, ItemEvidence):
        return owner.act_id
    if isinstance(owner, Act):
        return owner.pk
    if isinstance(owner, Issue):
        return acts[0].pk
    return next((act.pk for act in acts if act.action in (InspectionAction.CONDUCT, InspectionAction.SELF_CHECK)), None)


def withdrawable(kept: Iterable[tuple[Any, Kept]], acts: Sequence[Act], user: User) -> set[int]:
    """Return which of the files of a record's page (keys) the account may take back: `kept` are its owners of files with what they have,
    `acts` what was done to it. No query."""
    return {one.pk for owner, each in kept for one in each.standing if not _refusal(one, owner, acts, each.standing, user)}


@transaction.atomic
def withdraw_file(*, attachment: Attachment, reason: str, by: User | None, request_key: UUID | None = None) -> Attachment:
    """Take back a file of a supervision record with the reason; a second time it stands as it is. Who had sent it is told.

    Raises NotAllowed (`withdraw_refusal`), ServiceError (a draft that was submitted, withdrawn for another reason), InvalidInput
    (`withdraw_reason`).
    """
    record = record_of(attachment.owner)
    if isinstance(record, Notice) and attachment.owner == record:
        return withdraw_draft_file(notice=record, attachment=attachment, reason=reason, by=by, request_key=request_key)
    # Nobody goes on with it at this moment.
    type(record)._default_manager.select_for_update(of=("self",)).only("pk").get(pk=record.pk)
    fresh = read_anew(by) if by is not None else None
    attachment = Attachment.objects.get(pk=attachment.pk)
    if attachment.withdrawn_on is None and (sentence := withdraw_refusal(attachment, fresh)):
        raise NotAllowed(sentence)
    attachment = withdraw_attachment(attachment=attachment, reason=reason, by=by)
    sender = attachment.uploaded_by
    if sender is not None and sender != by:
        notify(
            users=[sender],
            kind=ReminderKind.INFORM,
            key=f"file/{attachment.pk}/withdrawn",
            title=f"您上传的附件已被撤回：{attachment.name}",
            text=f"{attachment.withdrawn_by_name}：{attachment.withdraw_reason}（{record}）",
            url=record.get_absolute_url(),
            simulated=attachment.simulated,
        )
    return attachment
