"""Registering the sources of facts."""

import re

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from erqi.common.errors import InvalidInput
from projects.models import Article, Citation, Document
from projects.rules.paragraphs import contains_phrase, split_paragraphs


def numbers_of(paragraphs: str) -> list[int]:
    """Return the paragraph numbers of a list such as "1-8,33"; raise InvalidInput when it is malformed."""
    numbers: list[int] = []
    for part in filter(None, (item.strip() for item in paragraphs.split(","))):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not 1 <= first <= last:
            raise InvalidInput({"paragraphs": [f"段落“{part}”应写作 5 或 5-8。"]})
        numbers.extend(range(first, last + 1))
    return numbers


def article_of(document: Document, paragraph: int) -> Article:
    """Return the article in which the document's paragraph stands; raise InvalidInput when there is none."""
    for article in document.articles.all():
        if paragraph in numbers_of(article.paragraphs):
            return article
    raise InvalidInput(
        {"paragraph": [f"{document.code} 没有第 {paragraph} 段的篇目。"]}
    )


def cite(
    *, fact: Model, document: Document, paragraph: int, as_printed: str, field: str = ""
) -> Citation:
    """Register a source of a fact and return it; the same source is registered once.

    Takes the fact (any saved record), the document, the paragraph's number in it, the words as printed there and the column
    of the fact that they prove (empty: the record as a whole). Raises InvalidInput when the fact has no such column, the
    paragraph belongs to no article, or the document's uploaded text does not have the words there.
    """
    names = {column.name for column in fact._meta.get_fields()}
    if field and field not in names:
        raise InvalidInput({"field": [f"{fact._meta.verbose_name}没有字段“{field}”。"]})
    article = article_of(document, paragraph)
    text = document.texts.first()
    if text is not None and not phrase_stands(text.text, paragraph, as_printed):
        raise InvalidInput(
            {"as_printed": [f"{document.code} 第 {paragraph} 段中没有“{as_printed}”。"]}
        )
    citation, _ = Citation.objects.get_or_create(
        fact_type=ContentType.objects.get_for_model(fact),
        fact_id=fact.pk,
        field=field,
        document=document,
        paragraph=paragraph,
        as_printed=as_printed,
        defaults={"article": article},
    )
    return citation


def phrase_stands(text: str, paragraph: int, as_printed: str) -> bool:
    """Say whether the words stand in the numbered paragraph of the text."""
    paragraphs = split_paragraphs(text)
    return 1 <= paragraph <= len(paragraphs) and contains_phrase(
        paragraphs[paragraph - 1], as_printed
    )
