"""Uploaded files: what they really are, and where they are kept.

A file's type is read off its content; neither its name nor the browser is believed. What is accepted: photos (erqi.common.pictures
writes them anew), PDF, and Word and Excel files, these without scripts, macros or further files inside.

Files lie below `DATA_DIR/attachments` under their SHA-256, so the same content is kept once. A file is complete under its name
or not there at all; the database row that names it is written afterwards (erqi.common.attachments).
"""

import errno
import hashlib
import logging
import os
import re
import secrets
import unicodedata
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath

from django.conf import settings

from erqi.common.errors import ServiceError
from erqi.common.pictures import Unfit, picture_format, rewritten

LARGEST = 10 * 1024 * 1024
MOST_FILES = 9
LONGEST_NAME = 120

JPEG = "image/jpeg"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a file of each kept type may be called; the first is added where the name says something else.
SUFFIXES = {JPEG: (".jpg", ".jpeg"), PDF: (".pdf",), DOCX: (".docx",), XLSX: (".xlsx",)}
# Offered by the browser's file dialogue. Types beside suffixes: phones offer the camera for them, and turn HEIC into JPEG.
ACCEPT = "image/jpeg,image/png,image/webp,.jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"
ACCEPTED = "请上传照片（JPG、PNG、WebP）、PDF、Word（docx）或 Excel（xlsx）。"

_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_RATIO = 100
_TYPES_PART = "[Content_Types].xml"
_LARGEST_TYPES = 1024 * 1024
_MAIN_PARTS = {DOCX: (b"wordprocessingml.document.main+xml", "word/"), XLSX: (b"spreadsheetml.sheet.main+xml", "xl/")}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC = re.compile(rb".{4}ftyp(?:heic|heix|heim|heis|hevc|mif1|msf1)", re.S)

_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?)(?![A-Za-z0-9])")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n")
# The description before a stream is a line or two; the packed objects of the largest accepted file come to some 50 MB.
_PDF_DESCRIPTION = 1000
_PDF_MOST_OBJECTS = 100 * 1024 * 1024

_log = logging.getLogger(__name__)


class Unacceptable(Exception):
    """A file was refused; the text is one sentence for the person, beginning with the file's name."""


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: its cleaned name, its real type, and the content to keep (pictures: written anew)."""

    name: str
    content_type: str
    content: bytes
    sha256: str


def clean_name(name: str) -> str:
    """Return a file's own name without folders and invisible characters, cut in the middle to 120 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Categories C: control characters, and those that turn the direction of reading (…gpj.exe would read …exe.jpg).
    name = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    name = " ".join(name.split()) or "附件"
    suffix = PurePath(name).suffix[:10]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1 - len(suffix)] + "…" + suffix


def download_name(name: str, content_type: str) -> str:
    """Return the name under which a browser saves the file: its own, with a suffix that fits what it is."""
    suffixes = SUFFIXES[content_type]
    return name if name.lower().endswith(suffixes) else (PurePath(name).stem or name) + suffixes[0]


def check_size(name: str, size: int) -> None:
    """Raise Unacceptable for a file that is empty or larger than 10 MB."""
    name = clean_name(name)
    if not size:
        raise Unacceptable(f"“{name}”是空的，请重新选择。")
    if size > LARGEST:
        # Rounded up, so that the sentence never says that 10 MB are more than 10 MB.
        tenths = -(-size * 10 // 2**20)
        raise Unacceptable(f"“{name}”有 {tenths // 10}.{tenths % 10} MB，每个文件最多 {LARGEST // 2**20} MB，请压缩后再上传。")


def check_file(name: str, raw: bytes) -> CheckedFile:
    """Return the file as it may be kept. Raises Unacceptable for any other type, size or content than is accepted."""
    name = clean_name(name)
    check_size(name, len(raw))
    try:
        content_type, content = _content_of(raw)
    except Unfit as problem:
        raise Unacceptable(f"“{name}”{problem}") from None
    return CheckedFile(name, content_type, content, hashlib.sha256(content).hexdigest())


def _content_of(raw: bytes) -> tuple[str, bytes]:
    """Return the type and the content to keep; raise Unfit."""
    if format_ := picture_format(raw):
        return JPEG, rewritten(raw, format_)
    if raw.startswith(b"%PDF-"):
        _check_pdf(raw)
        return PDF, raw
    if raw.startswith(b"PK\x03\x04"):
        return _office_type(raw), raw
    if raw.startswith(_OLE):
        raise Unfit("是旧格式（doc、xls）或设有密码，请在 Word、Excel 或 WPS 中另存为不带密码的 docx 或 xlsx 后再上传。")
    if _HEIC.match(raw):
        raise Unfit("是 HEIC 照片，请在手机上另存为 JPG 后再上传（苹果手机：设置—相机—格式—兼容性最佳）。")
    raise Unfit(f"不是可以接受的文件。{ACCEPTED}")


def _check_pdf(raw: bytes) -> None:
    """Raise Unfit for a PDF that is cut off, or that runs scripts, starts programs or carries other files."""
    if b"%%EOF" not in raw[-2048:]:
        raise Unfit("不完整，可能没有传完，请重新导出后再上传。")
    left = _PDF_MOST_OBJECTS
    active = bool(_PDF_ACTIVE.search(_unescaped(raw)))
    for stream in _PDF_STREAM.finditer(raw):
        description = raw[max(0, stream.start() - _PDF_DESCRIPTION) : stream.start()].rpartition(b" obj")[2]
        if active or b"/ObjStm" not in _unescaped(description):
            continue
        objects = b""
        with suppress(zlib.error):  # packed otherwise, or damaged: readers of PDF make nothing of it either
            objects = zlib.decompressobj().decompress(memoryview(raw)[stream.end() :], left + 1)
        left -= len(objects)
        if left < 0:
            raise Unfit("展开后过大，请用“打印为 PDF”另存后再上传。")
        active = bool(_PDF_ACTIVE.search(_unescaped(objects)))
    if active:
        raise Unfit("含有脚本或内嵌文件，请用“打印为 PDF”另存后再上传。")


def _unescaped(names: bytes) -> bytes:
    """Return PDF names in plain letters: /J#61vaScript is /JavaScript to every reader."""
    return _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), names)


def _office_type(raw: bytes) -> str:
    """Return DOCX or XLSX; raise Unfit for any other archive, a damaged one, one with macros and one that unpacks to a flood."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            return _type_of_archive(archive, len(raw))
    except Unfit:
        raise
    except Exception:  # the library raises whatever a damaged or encrypted archive makes it stumble over
        raise Unfit("已损坏或设有密码，请重新另存后再上传。") from None


def _type_of_archive(archive: zipfile.ZipFile, packed: int) -> str:
    parts = {part.filename: part for part in archive.infolist()}
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * packed:
        raise Unfit("展开后过大，请拆分或清理内容后再上传。")
    types = b""
    if _TYPES_PART in parts and parts[_TYPES_PART].file_size <= _LARGEST_TYPES:
        types = archive.read(_TYPES_PART)
    if b"macroenabled" in types.lower() or any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise Unfit("含有宏，请另存为不含宏的 docx 或 xlsx 后再上传。")
    for content_type, (main_part, folder) in _MAIN_PARTS.items():
        if main_part in types and any(name.startswith(folder) for name in parts):
            # Unpacks every part and compares it with what the archive says of it: a part that hides its size is found here.
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
            return content_type
    raise Unfit(f"不是可以接受的文件。{ACCEPTED}")


def folder() -> Path:
    """Return where attachments are kept."""
    return Path(settings.DATA_DIR) / "attachments"


def store(file: CheckedFile) -> str:
    """Keep the content, durably, and return its path below `folder()`. Content that is there already is not written again.

    A process that is killed meanwhile leaves at most a file under a temporary name (beginning with a point). Raises
    ServiceError when the disk is full or the folder cannot be written.
    """
    place = folder() / file.sha256[:2]
    target = place / file.sha256
    draft = place / f".{file.sha256}.{secrets.token_hex(4)}"
    try:
        if not (target.exists() and target.stat().st_size == len(file.content)):
            for new in (folder(), place):
                if not new.exists():
                    new.mkdir(mode=0o700, exist_ok=True)
                    _sync(new.parent)
            try:
                with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                    out.write(file.content)
                    out.flush()
                    os.fsync(out.fileno())
                os.replace(draft, target)
            finally:
                draft.unlink(missing_ok=True)
            _sync(place)
    except OSError as error:
        _log.exception("An attachment could not be written to %s", target)
        why = "磁盘已满" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "没有写入权限或磁盘故障"
        raise ServiceError(f"附件没有保存：服务器的附件目录无法写入（{why}），请联系系统管理员处理后再试。") from error
    return f"{file.sha256[:2]}/{file.sha256}"


def _sync(directory: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
