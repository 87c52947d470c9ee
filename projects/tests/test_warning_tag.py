"""The badge of a level: colour, shape and word together."""

from datetime import date

import pytest
from django.template import Context, Template

from projects.choices import WarningLevel
from projects.tables.level import SHAPES, level_html, warning_level


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize("level", list(WarningLevel))
def test_a_level_is_drawn_with_its_shape_and_word_whether_named_by_number_or_code(level):
    html = drawn("{% level value %}", value=level)
    assert html == drawn("{% level value %}", value=int(level)) == drawn("{% level value %}", value=level.code)
    assert f"level-{level.code}" in html
    assert SHAPES[level] in html
    assert level.label in html


@pytest.mark.parametrize("level", list(WarningLevel))
def test_the_tag_and_the_component_draw_the_same(level):
    source = '{% include "components/level_badge.html" with level=code word="" title="" full="" large="" %}'
    assert drawn(source, code=level.code).strip() == level_html(level)


def test_nothing_is_unrated_and_another_word_is_refused():
    assert warning_level(None) is warning_level("") is WarningLevel.UNRATED
    with pytest.raises(ValueError, match="purple"):
        warning_level("purple")


def test_the_policys_word_the_first_day_and_the_mark_of_what_is_simulated_are_shown_and_escaped():
    html = drawn("{% level 4 word simulated=True since=since %}", word="<严重滞后>", since=date(2018, 9, 1))
    assert "&lt;严重滞后&gt;" in html
    assert 'title="自2018年9月1日起"' in html
    assert html.endswith('<span class="sim">模拟</span>')
