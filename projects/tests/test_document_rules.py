"""Where printed phrases stand in a paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.highlight import Segment, segments
from projects.rules.paragraphs import contains_phrase


def marked(paragraph, *phrases):
    """Return the paragraph with what is cited in square brackets."""
    return "".join(f"[{piece.text}]" if piece.cited else piece.text for piece in segments(paragraph, phrases))


@pytest.mark.parametrize(
    ("paragraph", "phrases", "expected"),
    [
        ("力争新开工65个项目", ["新开工65个项目"], "力争[新开工65个项目]"),
        ("确保开工 12个安置房项目 200万平方米", ["12个安置房项目200万平方米"], "确保开工 [12个安置房项目 200万平方米]"),
        ("陈红 民出席", ["陈红民"], "[陈红 民]出席"),
        ("新开工60个，竣工40个", ["40个", "60个"], "新开工[60个]，竣工[40个]"),
        ("开工65个项目", ["开工65个", "65个项目"], "[开工65个项目]"),
        ("项目、项目", ["项目"], "[项目]、[项目]"),
        ("ababa", ["aba"], "[ababa]"),
        ("没有这句话", ["别的话", "", "  "], "没有这句话"),
    ],
)
def test_phrases_are_marked_where_they_stand(paragraph, phrases, expected):
    assert marked(paragraph, *phrases) == expected


def test_an_empty_paragraph_has_no_pieces():
    assert segments("", ["x"]) == []


def test_nothing_is_escaped_here_because_the_template_does():
    assert segments("<b>&", ["<b>"]) == [Segment("<b>", True), Segment("&", False)]


words = st.text(alphabet="项目开工65 个\u3000<", max_size=12)


@given(words, st.lists(words, max_size=4))
def test_the_pieces_give_the_paragraph_back_and_mark_exactly_what_is_found(paragraph, phrases):
    pieces = segments(paragraph, phrases)
    assert "".join(piece.text for piece in pieces) == paragraph
    assert any(piece.cited for piece in pieces) == any(contains_phrase(paragraph, phrase) for phrase in phrases)
