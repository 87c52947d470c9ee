"""Pinyin of names, for search by initials and sorting in dictionary order (no database collation is relied on)."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_WORD = re.compile(r"[^\w]+|_", re.UNICODE)


@lru_cache(maxsize=4096)
def full(text: str) -> str:
    """Return the pinyin of all characters run together, lower case: 中物科技 gives zhongwukeji."""
    return _WORD.sub("", "".join(lazy_pinyin(text))).lower()


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Return the first letters: 中物科技 gives zwkj. Letters and digits in the text stay as they are."""
    return _WORD.sub("", "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))).lower()


def sort_key(text: str) -> str:
    """Return the text by which names are sorted: syllables, each closed by a space so that 安 comes before 安全."""
    return " ".join(lazy_pinyin(text)).lower()[:200]
