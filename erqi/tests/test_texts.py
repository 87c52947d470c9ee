"""Words of people within other words."""

import pytest
from django.template import Context, Template

from erqi.common.texts import clause, shortened


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("短的", 4, "短的"),
        ("正好四字", 4, "正好四字"),
        ("多了一个字", 4, "多了一…"),
        ("前半句，后半句", 5, "前半句…"),
        ("两行\n文字", 30, "两行 文字"),
    ],
)
def test_what_is_cut_says_so_with_the_chinese_ellipsis(text, most, short):
    assert shortened(text, most) == short
    assert Template("{{ text|shortened:most }}").render(Context({"text": text, "most": most})) == short


@pytest.mark.parametrize(("text", "part"), [("请核实。", "请核实"), ("何时完成？", "何时完成？"), ("已办；\n", "已办"), ("", "")])
def test_no_two_stops_stand_together(text, part):
    assert clause(text) == part
    assert Template("{{ text|clause }}；").render(Context({"text": text})) == f"{part}；"
