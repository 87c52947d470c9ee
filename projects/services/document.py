"""Documents: registering them and uploading their text."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from erqi.common.errors import InvalidInput
from erqi.common.models import User
from erqi.common.saving import checked, locked, require
from projects.models import Article, Citation, Document, DocumentText
from projects.rules.paragraphs import split_paragraphs
from projects.services.citation import numbers_of, phrase_stands, save_cited

# A newspaper page is some 10 kB; whole work reports stay under 200 kB.
LARGEST_TEXT = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """What came of an upload: the stored text and the citations whose words the text does not have in their paragraph."""

    text: DocumentText
    missing: list[Citation]


@transaction.atomic
def register_document(*, code: str, title: str, kind: str, articles: list[dict[str, Any]], by: User | None, **values: Any) -> Document:
    """Register a document with its articles ({"seq", "heading", "byline", "paragraphs"}) and return it.

    Raises NotAllowed without `reference.edit`; InvalidInput for a paragraph that two articles claim.
    """
    require(by, "reference.edit")
    document = checked(Document(code=code, title=title, kind=kind, **values))
    document.save()
    taken: set[int] = set()
    for values in articles:
        numbers = set(numbers_of(values["paragraphs"]))
        if numbers & taken:
            raise InvalidInput({"paragraphs": [f"{code} 第 {min(numbers & taken)} 段同时属于两个篇目。"]})
        taken |= numbers
        checked(Article(document=document, **values)).save()
    return document


@transaction.atomic
def change_document(*, document: Document, version: int | None, by: User, **values: Any) -> Document:
    """Change what describes a document; its code and articles are fixed. Raises NotAllowed, StaleRecord, InvalidInput."""
    require(by, "reference.edit")
    return save_cited(locked(Document.objects.all(), document.pk, version), values)


def decode(raw: bytes) -> str:
    """Return the text of an uploaded file in UTF-8 (with or without BOM) or GB18030; raise InvalidInput for anything else."""
    if b"\x00" in raw:
        raise InvalidInput({"file": ["文件不是纯文本。请在 Word 或 WPS 中另存为“纯文本（.txt）”后再上传。"]})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput({"file": ["无法识别文件的编码。请另存为 UTF-8 或 GB18030 编码的纯文本后再上传。"]})


@transaction.atomic
def upload_text(*, document: Document, file_name: str, raw: bytes, by: User) -> Upload:
    """Store a document's text (UTF-8 or GB18030 bytes) and say which registered citations it does not confirm.

    The same file uploaded twice is stored once. Raises NotAllowed without `document.upload`; InvalidInput for an empty,
    oversized or binary file, one with fewer paragraphs than the registered citations need, or one that lacks most of their words.
    """
    require(by, "document.upload")
    if len(raw) > LARGEST_TEXT:
        raise InvalidInput({"file": ["文件超过 1 MB。请只上传该文件的正文。"]})
    text = decode(raw)
    paragraphs = split_paragraphs(text)
    if not paragraphs:
        raise InvalidInput({"file": ["文件是空的。请选择含有正文的文本文件。"]})
    citations = list(document.citations.all())
    needed = max((citation.paragraph for citation in citations), default=0)
    if len(paragraphs) < needed:
        raise InvalidInput(
            {"file": [f"文件只有 {len(paragraphs)} 段，而已登记的出处引到第 {needed} 段。段落之间须空一行，请核对文件是否完整。"]}
        )
    missing = [citation for citation in citations if not phrase_stands(paragraphs, citation.paragraph, citation.as_printed)]
    # A few phrases may differ between editions of a text; most of them only in another text.
    if len(citations) >= 5 and len(missing) * 2 > len(citations):
        raise InvalidInput(
            {
                "file": [
                    f"这份文件与已登记的出处不符：{len(citations)} 处出处中有 {len(missing)} 处找不到。可能选错了文件，请核对后重新选择。"
                ]
            }
        )
    stored, _ = DocumentText.objects.get_or_create(
        document=document,
        sha256=hashlib.sha256(raw).hexdigest(),
        defaults={"text": text, "file_name": file_name[:200], "uploaded_by": str(by)},
    )
    return Upload(text=stored, missing=missing)
