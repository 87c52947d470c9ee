"""Attachments of a draft notice that were wrong."""

from uuid import UUID

from django.db import transaction

from erqi.common.attachments import withdraw_attachment
from erqi.common.errors import InvalidInput
from erqi.common.models import Attachment, User
from supervision.choices import NoticeAction
from supervision.models import Notice
from supervision.services.notice import do


@transaction.atomic
def withdraw_draft_file(
    *, notice: Notice, attachment: Attachment, reason: str, by: User | None, request_key: UUID | None = None
) -> Attachment:
    """Withdraw an attachment of a draft that was wrong, with the reason: a correction of the draft like any other.

    Raises NotAllowed, ServiceError once it was submitted or where it was withdrawn before, InvalidInput (`withdraw_reason`).
    """
    if not reason.strip():
        raise InvalidInput({"withdraw_reason": ["请写明撤回的原因。"]})
    notice, _, fresh = do(
        notice, NoticeAction.EDIT, by, text=f"撤回附件“{attachment.name}”：{reason.strip()}"[:500], request_key=request_key
    )
    return withdraw_attachment(attachment=attachment, reason=reason, by=by) if fresh else attachment
