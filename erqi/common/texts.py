"""Words of people within other words: shortened to a title, joined into a sentence."""

ELLIPSIS = "…"
# What ends a clause, and may not stand before another mark.
_STOPS = "。；，、：;,. \n"


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters: a longer one is cut, and says so by … (the Chinese ellipsis; Django's Truncator writes
    three full stops)."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - len(ELLIPSIS)].rstrip(_STOPS) + ELLIPSIS


def clause(text: str) -> str:
    """Return what somebody wrote as a part of a longer sentence: without the stop at its end, so that no two stand together."""
    return text.strip().rstrip(_STOPS)
