"""Evidence of the simulation: a few drawn pictures of building sites, each with 模拟照片 across it, so that none passes for a photo."""

from functools import cache
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from erqi.common import files

SIZE = (480, 320)
SCENES = ("building", "road", "green", "inside")
_GROUND = 230
# The four characters as 24 rows of 24 points each: a machine without a Chinese font draws them as well.
_SIDE = 24
_CHARACTERS = (
    "0000000000000c0c700c0e700c7ffe0c7ffe0c1e707f8c707fbffc7fbffc1c301c1e3ffc1f3ffc1f301c3fb01c3ffffc7dbffc7c03807cfffe6cfffe4c0ff00c0ff00c3e7c0cfc3e",
    "0000000000000c00001c301c1c701c1c7e1c1c7f1c7f771c7f779c7f739c1c73b81c71f81c71381f70383f70387f70387c73787c777c1c7ffc1c7efc1c7cee1cf1ee1c63ce7c4787",
    "0000000000000000003fbffe3ffffe3fdffe39c70e39c70c39df1c3ffe7c3ffc783fd80039dffc39dffc39dc1c3fdc1c3fdc1c3fdffc381ffc0000001ce7381ce73c3ce71c78e39e",
    "0000000000000007000e07000e07000e07000e07000e07000e07000ffffc0ffffc0ffffc0e00000e00000e00000fffe01fffe01fffe01c01e01c01e03c01e03c01e07801e07801e0",
)


def _write(picture: Image.Image) -> None:
    """Write the four characters on a light band across the picture."""
    scale, gap = 3, 8
    width = len(_CHARACTERS) * (_SIDE * scale + gap) - gap
    left, top = (SIZE[0] - width) // 2, SIZE[1] // 2 - _SIDE * scale // 2
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, top - 14, SIZE[0], top + _SIDE * scale + 14), fill="#f4f6f8")
    for place, rows in enumerate(_CHARACTERS):
        glyph = Image.frombytes("1", (_SIDE, _SIDE), bytes.fromhex(rows)).resize((_SIDE * scale, _SIDE * scale))
        picture.paste("#33475b", (left + place * (_SIDE * scale + gap), top), glyph)


def _draw(scene: str) -> Image.Image:
    picture = Image.new("RGB", SIZE, "#cfdbe6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, _GROUND, *SIZE), fill="#b9aa92")
    if scene == "building":
        for left, top in ((60, 70), (190, 40), (330, 95)):
            draw.rectangle((left, top, left + 95, _GROUND), fill="#9aa5b0")
            for row in range(top + 10, _GROUND - 8, 20):
                for column in range(left + 9, left + 84, 21):
                    draw.rectangle((column, row, column + 11, row + 10), fill="#6d7883")
        draw.line((450, 20, 450, _GROUND), fill="#5a6672", width=5)
        draw.line((300, 28, 475, 28), fill="#5a6672", width=4)
    elif scene == "road":
        draw.polygon([(170, SIZE[1]), (226, 120), (254, 120), (310, SIZE[1])], fill="#6f7378")
        for top in range(130, SIZE[1], 34):
            draw.rectangle((237, top, 243, top + 16), fill="#e9e9e4")
    elif scene == "green":
        draw.rectangle((0, _GROUND, *SIZE), fill="#a9b48e")
        for left in range(30, 470, 62):
            draw.rectangle((left - 3, 190, left + 3, 250), fill="#7a6a55")
            draw.ellipse((left - 27, 130, left + 27, 205), fill="#7f9370")
    else:
        draw.rectangle((0, 0, SIZE[0], _GROUND), fill="#dcd8cf")
        draw.rectangle((150, 60, 330, 190), outline="#8d8775", width=5)
        draw.polygon([(0, SIZE[1]), (90, _GROUND), (390, _GROUND), (480, SIZE[1])], fill="#a79c86")
    _write(picture)
    return picture


@cache
def content(scene: str) -> bytes:
    """Return the picture of a scene as a PNG."""
    out = BytesIO()
    _draw(scene).save(out, "PNG")
    return out.getvalue()


def upload(scene: str) -> ContentFile:
    """Return the picture of a scene as a person would upload it."""
    return ContentFile(content(scene), name=f"模拟照片-{SCENES.index(scene) + 1}.png")


def keep_all() -> None:
    """Keep the files of all scenes: for a database that was restored from a copy without its folder of attachments."""
    for scene in SCENES:
        files.store(files.check_file(f"{scene}.png", content(scene)))
