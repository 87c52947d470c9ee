"""Pictures people upload, written anew: what a camera or a stranger hid in the file does not survive.

Place, device and time of a photo, colour profiles, comments and whatever was appended to the file are left behind; how the
camera was held is applied to the picture first. A picture is kept as a JPEG that fills any screen of an office and no more.
"""

from io import BytesIO
from pathlib import Path
from threading import Lock

from PIL import Image

LONGEST_SIDE = 2400
MOST_PIXELS = 50_000_000
SMALL_SIDE = 360
QUALITY = 85

_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_ORIENTATION = 0x0112
# What undoes the camera's position, by the number that EXIF gives it; 1 is upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# An unpacked picture takes up to 200 MB: each process opens one at a time, however many people upload at once.
_one_at_a_time = Lock()


class Unfit(Exception):
    """What is wrong with a file, as the rest of a sentence that begins with the file's name."""


def picture_format(raw: bytes) -> str | None:
    """Return which of the accepted formats the content has (JPEG, PNG, WEBP), or None."""
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    return next((name for start, name in _STARTS.items() if raw.startswith(start)), None)


def rewritten(raw: bytes, format_: str) -> bytes:
    """Return the picture as a new JPEG: upright, on white, its longest side at most 2400 pixels, without any other data.

    Takes the content and its format by `picture_format`. Raises Unfit for a damaged picture and for one with so many pixels
    that opening it would take the server's memory.
    """
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(raw), formats=[format_]) as picture:
                _check_pixels(picture.width, picture.height)
                return _jpeg(_upright(picture), LONGEST_SIDE)
        except (Image.DecompressionBombError, MemoryError):
            raise Unfit("的像素过多，请缩小后再上传。") from None
        except Unfit:
            raise
        except Exception:  # the decoders stumble over damaged content in many ways, none of which is ours
            raise Unfit("已损坏，无法打开，请重新拍照或导出后再上传。") from None


def small(path: Path) -> bytes:
    """Return a stored picture at the size of a thumbnail, as a JPEG. Raises OSError when the file cannot be read."""
    with Image.open(path, formats=["JPEG"]) as picture:
        return _jpeg(picture, SMALL_SIDE)


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unfit(f"有 {width}×{height} 像素，超过 {MOST_PIXELS // 10_000} 万像素，请缩小后再上传。")


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture as it was seen; EXIF that cannot be read counts as none."""
    try:
        turn = _UPRIGHT.get(picture.getexif().get(_ORIENTATION))
    except Exception:  # damaged EXIF is no reason to refuse what can be seen
        turn = None
    # A JPEG can be unpacked at a half, a quarter … of its size, which is enough and spares most of the memory.
    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    return picture if turn is None else picture.transpose(turn)


def _jpeg(picture: Image.Image, longest: int) -> bytes:
    if picture.mode.startswith("I"):  # 16 bits a point, as scanners write; converting would cut off what is brighter
        picture = picture.point(lambda value: value / 256, "L")
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    # A new canvas, because a picture carries its comment and other texts along when it is saved.
    canvas = Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    out = BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
