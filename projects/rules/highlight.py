"""Where printed phrases stand in a paragraph, as pieces that a template can mark: text in, text out, nothing escaped or marked up."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from projects.rules.paragraphs import squeeze


@dataclass(frozen=True)
class Segment:
    """A piece of a paragraph, and whether a phrase stands there."""

    text: str
    cited: bool


def segments(paragraph: str, phrases: Iterable[str]) -> list[Segment]:
    """Return the paragraph in pieces; those in which any of the phrases stands are marked as cited.

    Phrases are found as `contains_phrase` finds them, white space aside; every place counts, and phrases may overlap. The pieces
    put together give the paragraph back unchanged.
    """
    places = [place for place, sign in enumerate(paragraph) if not sign.isspace()]
    squeezed = "".join(paragraph[place] for place in places)
    cited = [False] * len(paragraph)
    for phrase in {squeeze(phrase) for phrase in phrases} - {""}:
        start = squeezed.find(phrase)
        while start >= 0:
            # From the first sign to the last, so that a space inside the phrase is marked with it.
            for place in range(places[start], places[start + len(phrase) - 1] + 1):
                cited[place] = True
            start = squeezed.find(phrase, start + 1)
    return [
        Segment("".join(sign for sign, _ in run), marked)
        for marked, run in groupby(zip(paragraph, cited, strict=True), key=lambda pair: pair[1])
    ]
