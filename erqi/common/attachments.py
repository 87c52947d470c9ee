"""Attachments of any record: adding several at once, withdrawing one, reading those of many records.

Who may do so is decided by the service that calls, which knows the owner. A page calls its form's field of uploads `uploads`
(erqi.common.upload_field): that is the name under which errors are reported.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.db import models, transaction

from erqi.common import clock, files
from erqi.common.bulk import is_bulk, remembered
from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import Attachment, AttachmentKind, User
from erqi.common.saving import checked

FIELD = "uploads"


@dataclass(frozen=True)
class Kept:
    """What a record has, or had on a day, and what was withdrawn of it."""

    standing: list[Attachment]
    withdrawn: list[Attachment]

    def __bool__(self) -> bool:
        return bool(self.standing or self.withdrawn)


def of(owner: models.Model, on: date | None = None) -> models.QuerySet[Attachment]:
    """Return the attachments of a record that stand, or stood on a day, in the order of their upload."""
    return Attachment.objects.filter(_standing(on), **_key(owner))


def _standing(on: date | None) -> models.Q:
    if on is None:
        return models.Q(withdrawn_on=None)
    return models.Q(uploaded_on__lte=on) & (models.Q(withdrawn_on=None) | models.Q(withdrawn_on__gt=on))


def for_owners(owners: Iterable[models.Model], on: date | None = None) -> dict[int, list[Attachment]]:
    """Return the attachments that stand, or stood on a day, by the owner's id, an empty list for those without, in one query.

    All owners are records of one model.
    """
    return _by_owner(owners, _standing(on))


def kept_for(owners: Iterable[models.Model], on: date) -> dict[int, Kept]:
    """Return, as `for_owners`, what stood on a day and what had been withdrawn by it: that something was there is not hidden. One query."""
    return {key: _kept(found, on) for key, found in _by_owner(owners, models.Q(uploaded_on__lte=on)).items()}


def kept_of(owner: models.Model, on: date) -> Kept:
    """Return what stood of a record's attachments on a day, and what had been withdrawn by it."""
    return kept_for([owner], on)[owner.pk]


def _kept(found: list[Attachment], on: date) -> Kept:
    gone = [one for one in found if one.withdrawn_on is not None and one.withdrawn_on <= on]
    return Kept([one for one in found if one not in gone], gone)


def _by_owner(owners: Iterable[models.Model], condition: models.Q) -> dict[int, list[Attachment]]:
    records = list(owners)
    found: dict[int, list[Attachment]] = {record.pk: [] for record in records}
    if records:
        kind = ContentType.objects.get_for_model(records[0])
        for attachment in Attachment.objects.filter(condition, owner_type=kind, owner_id__in=found):
            found[attachment.owner_id].append(attachment)
    return found


@transaction.atomic
def attach(*, owner: models.Model, uploads: Sequence[File], by: User | None) -> list[Attachment]:
    """Keep the uploaded files as attachments of the owner and return them in their order; `None` is the system itself.

    All are checked first, and none is kept when one is wrong. A content that the owner has already counts once: what stands is
    returned for it. Raises InvalidInput (field `uploads`) with one sentence for each wrong file or about their number,
    ServiceError when the server cannot write.
    """
    if len(uploads) > files.MOST_FILES:
        raise InvalidInput({FIELD: [f"一次选了 {len(uploads)} 个文件，每条记录最多 {files.MOST_FILES} 个附件，请减少后再上传。"]})
    new: dict[str, files.CheckedFile] = {}
    for file in _checked_files(uploads):
        new.setdefault(file.sha256, file)
    if not new:
        return []
    # Two people at one record come one after the other, so that the number and the contents are counted right.
    type(owner)._base_manager.select_for_update(no_key=True).get(pk=owner.pk)
    standing = {attachment.sha256: attachment for attachment in of(owner)}
    added = [file for digest, file in new.items() if digest not in standing]
    if len(standing) + len(added) > files.MOST_FILES:
        left = files.MOST_FILES - len(standing)
        remedy = f"只能再上传 {left} 个" if left else "请先撤回不需要的附件"
        raise InvalidInput({FIELD: [f"每条记录最多 {files.MOST_FILES} 个附件，现有 {len(standing)} 个，{remedy}。"]})
    for file in added:
        # The file first: a process that is killed leaves a file that nothing names, never a row without its file.
        attachment = Attachment(
            **_key(owner),
            kind=AttachmentKind.IMAGE if file.content_type == files.JPEG else AttachmentKind.DOCUMENT,
            name=file.name,
            content_type=file.content_type,
            size=len(file.content),
            sha256=file.sha256,
            stored=files.store(file),
            uploaded_on=clock.today(),
            uploaded_by=by,
            uploaded_by_name=_name(by),
        )
        checked(attachment).save()
        standing[file.sha256] = attachment
    return [standing[digest] for digest in new]


@transaction.atomic
def withdraw_attachment(*, attachment: Attachment, reason: str, by: User | None) -> Attachment:
    """Withdraw an attachment that was wrong; row and file stay in the record with the reason, pages no longer show them.

    The same withdrawal sent twice counts once. Raises InvalidInput (`withdraw_reason`) without a reason, ServiceError when it
    was withdrawn for another one.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"withdraw_reason": ["请写明撤回的原因。"]})
    attachment = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if attachment.withdrawn_on is not None:
        if attachment.withdraw_reason == reason:
            return attachment
        raise ServiceError(f"附件“{attachment.name}”已经撤回（{attachment.withdraw_reason}），无需再办。")
    attachment.withdrawn_on, attachment.withdraw_reason, attachment.withdrawn_by_name = clock.today(), reason, _name(by)
    checked(attachment).save(update_fields=["withdrawn_on", "withdraw_reason", "withdrawn_by_name"])
    return attachment


def _checked_files(uploads: Sequence[File]) -> list[files.CheckedFile]:
    """Return all files as they may be kept; raise InvalidInput with a sentence for each that may not."""
    good, wrong = [], []
    for upload in uploads:
        name = upload.name or ""
        try:
            files.check_size(name, upload.size)  # before a byte of it is read
            upload.seek(0)  # the same submit may be tried again (erqi.common.editing)
            good.append(_checked(name, upload.read()))
        except files.Unacceptable as error:
            wrong.append(str(error))
    if wrong:
        raise InvalidInput({FIELD: wrong})
    return good


def _checked(name: str, raw: bytes) -> files.CheckedFile:
    """Return the file as it may be kept; a program that attaches one picture to many records has it written anew once."""
    if not is_bulk():
        return files.check_file(name, raw)
    return remembered(("file", name, hashlib.sha256(raw).digest()), lambda: files.check_file(name, raw))


def _key(owner: models.Model) -> dict[str, object]:
    return {"owner_type": ContentType.objects.get_for_model(owner), "owner_id": owner.pk}


def _name(by: User | None) -> str:
    return str(by) if by else "系统"
