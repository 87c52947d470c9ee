"""What a search looks for: one normal form for the text typed and the text stored."""

import re
import unicodedata
from collections.abc import Iterable

# Marks that people leave out or type differently: 保利·豫见里, 保利豫见里, 保利•豫见里.
_DROPPED = re.compile(r"[·•・.。,，、“”\"'‘’《》<>()（）\[\]【】—\-]+")
_SPACE = re.compile(r"\s+")


def normal(text: str) -> str:
    """Return the text in half width, lower case, without marks and spaces."""
    return _SPACE.sub("", _DROPPED.sub("", unicodedata.normalize("NFKC", text).lower()))


def search_terms(text: str) -> list[str]:
    """Return the normalised words of a search; all of them have to occur."""
    return [term for word in _SPACE.split(unicodedata.normalize("NFKC", text)) if (term := normal(word))]


def search_key(names: Iterable[str]) -> str:
    """Return the stored search text of a record: each of its names in normal form, one a line."""
    return "\n".join(dict.fromkeys(key for name in names if (key := normal(name))))
