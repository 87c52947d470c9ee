"""How a document's text is divided into numbered paragraphs, and how a printed phrase is found in one."""

import re

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_SPACE = re.compile(r"\s+")


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a document; number n of a citation is item n-1.

    A paragraph is a run of lines without a blank line between them. Newspaper texts are wrapped inside a
    paragraph, so line ends and the spaces around them are dropped.
    """
    blocks = _BLANK_LINES.split(text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return [_SPACE.sub(" ", re.sub(r"\s*\n\s*", "", block)).strip() for block in blocks if block.strip()]


def squeeze(text: str) -> str:
    """Return the text without any white space: the form in which printed phrases are compared.

    Some documents carry stray spaces inside names ("陈红 民"), so spaces never decide a match.
    """
    return _SPACE.sub("", text)


def contains_phrase(paragraph: str, phrase: str) -> bool:
    """Say whether the printed phrase stands in the paragraph, white space aside. An empty phrase stands nowhere."""
    needle = squeeze(phrase)
    return bool(needle) and needle in squeeze(paragraph)
