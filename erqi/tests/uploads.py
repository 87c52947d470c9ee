"""Plain functions that make files as people upload them: photos, PDF and Office files, and attachments of a record."""

import zipfile
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from PIL import Image

from erqi.common.attachments import attach
from erqi.common.models import Attachment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DEFLATED = zipfile.ZIP_DEFLATED


def picture(format_: str = "JPEG", size: tuple[int, int] = (40, 30), colour: Any = "navy", mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture of one colour in the format given; `options` go to Pillow's save."""
    out = BytesIO()
    Image.new(mode, size, colour).save(out, format_, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """Return the picture in the content."""
    return Image.open(BytesIO(content))


def pdf(inside: bytes = b"", packed: bytes = b"") -> bytes:
    """Return a small PDF with an object written as `inside` and one in a compressed object stream."""
    stream = zlib.compress(packed)
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog " + inside + b" >>\nendobj\n"
    objects = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream)
    return head + objects + stream + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def office(main_type: str = WORD, parts: dict[str, bytes] | None = None, compression: int = DEFLATED) -> bytes:
    """Return a Word (or, with EXCEL, an Excel) file with further parts."""
    folder = "xl" if main_type == EXCEL else "word"
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override PartName="/{folder}/main.xml" ContentType="{main_type}"/></Types>')
        archive.writestr(f"{folder}/main.xml", "<main/>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def upload(name: str = "现场.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    """Return a file as a form gives it to a service; without a content a photo."""
    return SimpleUploadedFile(name, picture() if content is None else content)


def make_attachment(owner: Model, name: str = "现场.jpg", content: bytes | None = None) -> Attachment:
    """Return an attachment of the record, made by the system itself."""
    (attachment,) = attach(owner=owner, uploads=[upload(name, content)], by=None)
    return attachment
