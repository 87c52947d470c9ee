"""The title of a document in lines, on the printed page and in Word; the page numbers of a sheet's two sides."""

import re
from io import BytesIO

import pytest
from django.conf import settings
from django.urls import reverse

from erqi.common import clock
from projects.tests.browsing import sign_in
from supervision.sentences.title import WIDTH, title_lines, width_of
from supervision.tests.notice_case import DAY, Cast

LONG = "关于督办“2018年新开工安置房”项目的通知"
LINES = ["关于督办“2018年新开工安置房”", "项目的通知"]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于会议事项的交办", ["关于会议事项的交办"]),
        (LONG, LINES),
        ("关于加快推进“招商在建重点项目”项目的提醒", ["关于加快推进", "“招商在建重点项目”项目的提醒"]),
        ("关于督办“轨道交通7号线沿线附属物拆迁”项目的通知", ["关于督办", "“轨道交通7号线沿线附属物拆迁”", "项目的通知"]),
        (
            "关于做好2018年第四季度重点项目建设和冬季大气污染防治管控工作的通知",
            ["关于做好2018年第四季度重点项目建设和", "冬季大气污染防治管控工作的通知"],
        ),
        (f"关于催办《{LONG}》的通知", ["关于催办《关于督办", "“2018年新开工安置房”", "项目的通知》的通知"]),
        # Nothing better is left than to break within what is longer than a line.
        ("测" * 200, ["测" * 200]),
        ("", [""]),
    ],
)
def test_names_and_the_end_stay_whole_in_even_lines(title, lines):
    assert title_lines(title) == lines


@pytest.mark.parametrize("length", range(1, 40))
def test_no_title_loses_a_character_or_leaves_its_end_alone(length):
    title = f"关于督办“{'某' * length}”项目的通知"
    lines = title_lines(title)
    assert "".join(lines) == title
    assert lines[-1] not in ("知", "通知", "的通知")
    assert all(width_of(line) <= WIDTH for line in lines) or length > 38


@pytest.mark.django_db
def test_page_and_word_break_the_title_alike():
    docx = pytest.importorskip("docx")
    cast = Cast()
    with clock.at(DAY):
        notice = cast.issued(title=LONG)
    client = sign_in(cast.reporter)
    html = client.get(reverse("supervision:notice_print", args=[notice.pk])).content.decode()
    assert re.findall(r'class="paper-line">([^<]*)<', html) == LINES
    file = client.get(reverse("supervision:notice_word", args=[notice.pk])).content
    assert "\n".join(LINES) in [paragraph.text for paragraph in docx.Document(BytesIO(file)).paragraphs]


def test_even_pages_carry_their_number_at_the_outer_side():
    css = (settings.BASE_DIR / "static/css/notice-paper.css").read_text()
    left = css.partition("@page notice:left {")[2].partition("\n}")[0]
    assert re.search(r"@bottom-right \{\s*content: none;", left)
    assert re.search(r"@bottom-left \{[^}]*counter\(page\)", left)
