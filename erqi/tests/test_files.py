"""What may be uploaded: the type is read off the content, pictures are written anew, nothing that runs gets in."""

import os
import signal
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from erqi.common import files, pictures
from erqi.common.errors import ServiceError
from erqi.common.files import DOCX, JPEG, PDF, XLSX, Unacceptable, check_file, check_size, clean_name, download_name, store
from erqi.tests.uploads import EXCEL, office, opened, pdf, picture

REFUSED = "不是可以接受的文件。请上传照片（JPG、PNG、WebP）、PDF、Word（docx）或 Excel（xlsx）。"
HTML = b"<html><script>alert(1)</script></html>"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def refusal(name: str, raw: bytes) -> str:
    with pytest.raises(Unacceptable) as caught:
        check_file(name, raw)
    assert str(caught.value).startswith(f"“{name}”")
    return str(caught.value).removeprefix(f"“{name}”")


# types


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_photos_become_jpeg(format_):
    found = check_file("现场", picture(format_))
    assert found.content_type == JPEG
    assert opened(found.content).format == "JPEG"


@pytest.mark.parametrize(("raw", "content_type"), [(pdf(), PDF), (office(), DOCX), (office(EXCEL), XLSX)], ids=["pdf", "docx", "xlsx"])
def test_documents_stay_as_they_are(raw, content_type):
    found = check_file("方案.bin", raw)
    assert (found.content_type, found.content, found.name) == (content_type, raw, "方案.bin")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("现场.exe", EXE),
        ("现场.jpg", EXE),
        ("方案.pdf", HTML),
        ("图.svg", SVG),
        ("图.jpg", SVG),
        ("图.gif", picture("GIF")),
        ("图.bmp", picture("BMP")),
        ("说明.txt", "说明".encode()),
        ("程序.docx", b"PK\x05\x06" + bytes(18)),
        ("网页.pdf", HTML + pdf()),
        ("网页.docx", HTML + office()),
        ("声音.webp", b"RIFF\x00\x00\x00\x00WAVE" + bytes(50)),
    ],
)
def test_everything_else_is_refused_whatever_it_is_called(name, raw):
    assert refusal(name, raw) == REFUSED


def test_an_archive_that_is_no_office_file_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "x")
    assert refusal("包.docx", out.getvalue()) == REFUSED


def test_old_office_files_and_phone_formats_are_told_what_to_do():
    assert "另存为不带密码的 docx 或 xlsx" in refusal("台账.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    assert "另存为 JPG" in refusal("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(50))


# sizes


def test_an_empty_file_is_refused():
    assert refusal("现场.jpg", b"") == "是空的，请重新选择。"


@pytest.mark.parametrize(("size", "said"), [(files.LARGEST + 1, "10.1 MB"), (25 * 2**20, "25.0 MB")])
def test_a_large_file_is_refused_with_both_sizes(size, said):
    with pytest.raises(Unacceptable, match=f"^“全景.jpg”有 {said}，每个文件最多 10 MB"):
        check_size("全景.jpg", size)


def test_ten_megabytes_are_not_too_large():
    raw = pdf()
    check_file("方案.pdf", raw.replace(b"trailer", b"%" + b" " * (files.LARGEST - len(raw) - 2) + b"\ntrailer"))


# pictures


def photo_with_exif(**more) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = more.pop("orientation", 1)
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 43.0, 12.0), 3: "E", 4: (113.0, 38.0, 5.0)})
    return picture(size=more.pop("size", (40, 20)), exif=exif.tobytes(), **more)


def test_place_device_and_comments_of_a_photo_are_gone():
    raw = photo_with_exif(comment=b"<script>alert(1)</script>", icc_profile=b"SecretProfile" * 20)
    assert opened(raw).getexif().get_ifd(0x8825)
    content = check_file("现场.jpg", raw).content
    assert not opened(content).getexif()
    for secret in (b"SecretPhone", b"script", b"SecretProfile", b"Exif"):
        assert secret in raw
        assert secret not in content


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright(orientation):
    source = Image.new("RGB", (48, 32), "white")
    source.paste("black", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    source.save(out, "JPEG", quality=95, exif=exif.tobytes())
    seen = opened(check_file("现场.jpg", out.getvalue()).content)
    assert seen.size == ((48, 32) if orientation < 5 else (32, 48))
    right, below = seen.width - 5, seen.height - 5
    corner = {1: (4, 4), 2: (right, 4), 3: (right, below), 4: (4, below), 5: (4, 4), 6: (right, 4), 7: (right, below), 8: (4, below)}
    assert sum(seen.getpixel(corner[orientation])) < 100
    assert sum(1 for point in {(4, 4), (right, 4), (right, below), (4, below)} if sum(seen.getpixel(point)) < 100) == 1


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_is_no_reason_to_refuse():
    assert check_file("现场.jpg", picture(exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + bytes(40))).content_type == JPEG


@pytest.mark.parametrize(
    ("size", "expected"), [((4000, 3000), (2400, 1800)), ((1000, 5000), (480, 2400)), ((2400, 2400), (2400, 2400)), ((1, 1), (1, 1))]
)
@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_the_longest_side_is_at_most_2400_pixels(format_, size, expected):
    assert opened(check_file("全景", picture(format_, size)).content).size == expected


@pytest.mark.parametrize(
    ("raw", "colour"),
    [
        (picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), (255, 255, 255)),
        (picture("PNG", mode="LA", colour=(0, 0)), (255, 255, 255)),
        (picture("PNG", mode="P", colour=0, transparency=0), (255, 255, 255)),
        (picture("WEBP", mode="RGBA", colour=(200, 0, 0, 255)), (200, 0, 0)),
        (picture("PNG", mode="I;16", colour=30000), (117, 117, 117)),
        (picture("PNG", mode="1", colour=1), (255, 255, 255)),
        (picture("JPEG", mode="CMYK", colour=(0, 0, 0, 255)), (0, 0, 0)),
        (picture("JPEG", mode="L", colour=90), (90, 90, 90)),
    ],
)
def test_every_kind_of_picture_is_flattened_on_white(raw, colour):
    shown = opened(check_file("图", raw).content)
    assert shown.mode == "RGB"
    assert all(abs(one - other) <= 3 for one, other in zip(shown.getpixel((5, 5)), colour, strict=True))


def test_a_phones_double_picture_is_its_first():
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (40, 30), "blue")])
    assert opened(check_file("现场.jpg", out.getvalue()).content).getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("tail", [HTML, office(), pdf()], ids=["html", "zip", "pdf"])
@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_what_hangs_on_a_picture_is_cut_off(format_, tail):
    raw = picture(format_)
    assert check_file("现场", raw + tail).content == check_file("现场", raw).content


def giant(width: int, height: int) -> bytes:
    """Return a PNG whose header promises so many pixels."""
    raw = bytearray(picture("PNG"))
    raw[16:24] = struct.pack(">II", width, height)
    raw[29:33] = struct.pack(">I", zlib.crc32(bytes(raw[12:29])))
    return bytes(raw)


@pytest.mark.parametrize(("size", "said"), [((10_000, 5_001), "10000×5001 像素，超过 5000 万像素"), ((60_000, 60_000), "像素过多")])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_would_fill_the_memory_is_not_opened(size, said):
    assert said in refusal("现场.png", giant(*size))


@pytest.mark.parametrize("raw", [picture()[:300], picture("PNG")[:60], picture("WEBP")[:30], b"\xff\xd8\xff" + EXE])
def test_a_damaged_picture_is_refused(raw):
    assert "已损坏" in refusal("现场.jpg", raw)


def test_a_thumbnail_is_small(place):
    path = place / "x"
    path.write_bytes(check_file("全景", picture(size=(3000, 1500))).content)
    assert opened(pictures.small(path)).size == (360, 180)


# PDF


def test_a_pdf_that_is_cut_off_is_refused():
    assert "不完整" in refusal("方案.pdf", pdf().replace(b"%%EOF", b""))
    assert "不完整" in refusal("方案.pdf", pdf() + b"x" * 3000)


@pytest.mark.parametrize(
    "action", [b"/S /JavaScript", b"/S/JavaScript/JS(x)", b"/S /J#61vaScript", b"/S /Launch", b"/EmbeddedFile", b"/Names << /EmbeddedFiles"]
)
def test_a_pdf_that_runs_or_carries_something_is_refused(action):
    assert "脚本或内嵌文件" in refusal("方案.pdf", pdf(inside=action))
    assert "脚本或内嵌文件" in refusal("方案.pdf", pdf(packed=b"2 0 << " + action + b" >>"))
    assert "脚本或内嵌文件" in refusal("方案.pdf", pdf(packed=action).replace(b"/ObjStm", b"/Obj#53tm"))


@pytest.mark.parametrize("harmless", [b"/LaunchPad 1", b"/Title (JavaScript)", b"/URI (https://example.com/JS)"])
def test_words_that_only_look_like_it_are_not(harmless):
    check_file("方案.pdf", pdf(inside=harmless, packed=harmless))


def test_a_pdf_that_unpacks_to_a_flood_is_refused(monkeypatch):
    monkeypatch.setattr(files, "_PDF_MOST_OBJECTS", 1000)
    check_file("方案.pdf", pdf(packed=b" " * 1000))
    assert "展开后过大" in refusal("方案.pdf", pdf(packed=b" " * 1001))


# Office


@pytest.mark.parametrize(
    "raw",
    [
        office(parts={"word/vbaProject.bin": b"x"}),
        office(EXCEL, parts={"xl/VBAPROJECT.BIN": b"x"}),
        office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        office("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
    ],
)
def test_macros_are_refused(raw):
    assert "含有宏" in refusal("表.docx", raw)


def test_an_archive_that_unpacks_to_a_flood_is_refused(monkeypatch):
    assert "展开后过大" in refusal("表.xlsx", office(EXCEL, parts={"xl/big.xml": bytes(5_000_000)}))
    monkeypatch.setattr(files, "_MOST_UNPACKED", 20_000)
    assert "展开后过大" in refusal("表.xlsx", office(EXCEL, parts={"xl/big.xml": os.urandom(20_000)}))
    check_file("表.xlsx", office(EXCEL, parts={"xl/big.xml": os.urandom(19_000)}))


def test_a_part_that_hides_its_size_is_found():
    raw = office(parts={"word/big.xml": b"ab" * 5000}).replace(struct.pack("<I", 10_000), struct.pack("<I", 10))
    assert "已损坏" in refusal("表.docx", raw)


def test_damaged_and_locked_archives_are_refused():
    raw = office(parts={"word/more.xml": os.urandom(500)}, compression=zipfile.ZIP_STORED)
    middle = len(raw) // 2
    assert "已损坏" in refusal("表.docx", raw[:middle])
    assert "已损坏" in refusal("表.docx", raw[:middle] + bytes([raw[middle] ^ 255]) + raw[middle + 1 :])
    # Bit 0 of the flags, in front of the content and in the directory at the end.
    locked = raw.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )
    assert locked != raw
    assert "设有密码" in refusal("表.docx", locked)


# names


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        (r"C:\用户\现场.jpg", "现场.jpg"),
        ("../../etc/passwd", "passwd"),
        ("现场\u202egpj.exe", "现场 gpj.exe"),
        ("a\x00b\r\nc.pdf", "a b c.pdf"),
        ("  现场　 1.jpg ", "现场 1.jpg"),
        ("", "附件"),
        ("\u200b", "附件"),
        ("长" * 200 + ".docx", "长" * 114 + "….docx"),
    ],
)
def test_names_are_cleaned(name, clean):
    assert clean_name(name) == clean
    assert len(clean) <= files.LONGEST_NAME


@pytest.mark.parametrize(
    ("name", "content_type", "saved_as"),
    [
        ("现场.JPG", JPEG, "现场.JPG"),
        ("现场.jpeg", JPEG, "现场.jpeg"),
        ("现场.png", JPEG, "现场.jpg"),
        ("方案.exe", PDF, "方案.pdf"),
        ("方案", DOCX, "方案.docx"),
        (".xlsx", XLSX, ".xlsx"),
    ],
)
def test_a_file_is_saved_under_what_it_is(name, content_type, saved_as):
    assert download_name(name, content_type) == saved_as


# keeping


def test_a_file_is_kept_under_its_checksum_for_its_owner_only(place):
    file = check_file("方案.pdf", pdf())
    stored = store(file)
    path = files.folder() / stored
    assert stored == f"{file.sha256[:2]}/{file.sha256}"
    assert path.read_bytes() == file.content
    assert [oct(found.stat().st_mode & 0o777) for found in (path, path.parent, files.folder())] == ["0o600", "0o700", "0o700"]
    written = path.stat().st_mtime_ns
    assert store(file) == stored
    assert path.stat().st_mtime_ns == written
    assert os.listdir(path.parent) == [file.sha256]


def test_half_a_file_under_a_right_name_is_written_again(place):
    file = check_file("方案.pdf", pdf())
    path = files.folder() / store(file)
    path.write_bytes(file.content[:10])
    store(file)
    assert path.read_bytes() == file.content


def test_a_killed_process_leaves_no_half_file_under_its_name(place, monkeypatch):
    file = check_file("方案.pdf", pdf())
    child = os.fork()
    if not child:
        files.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        store(file)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    left = os.listdir(files.folder() / file.sha256[:2])
    assert len(left) == 1
    assert left[0].startswith(".")
    assert (files.folder() / store(file)).read_bytes() == file.content


@pytest.mark.parametrize(("number", "why"), [(28, "磁盘已满"), (13, "没有写入权限或磁盘故障")])
def test_a_disk_that_refuses_is_reported_in_one_sentence_and_leaves_nothing(place, monkeypatch, caplog, number, why):
    file = check_file("方案.pdf", pdf())

    def fail(descriptor):
        raise OSError(number, "x")

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(ServiceError, match=f"^附件没有保存：.*（{why}），请联系系统管理员处理后再试。$"):
        store(file)
    assert "could not be written" in caplog.text
    assert not [path for path in files.folder().rglob("*") if path.is_file()]
