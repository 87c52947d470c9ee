"""Registering the sources of facts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector

from erqi.common.errors import InvalidInput, ServiceError
from erqi.common.models import Record
from erqi.common.saving import save_changes
from projects.models import Article, Citation, Document
from projects.rules.paragraphs import contains_phrase, split_paragraphs

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Source:
    """A source to register: the fact (any saved record), where it is printed, the words there, the column they prove."""

    fact: Model
    document: Document
    paragraph: int
    as_printed: str
    field: str = ""


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


class _Pages:
    """A document's articles by paragraph and its uploaded text, read once for many citations."""

    def __init__(self, document: Document) -> None:
        self.code = document.code
        self.articles: dict[int, Article] = {
            number: article for article in document.articles.all() for number in numbers_of(article.paragraphs)
        }
        text = document.texts.first()
        self.paragraphs = split_paragraphs(text.text) if text else None

    def check(self, source: Source) -> None:
        """Raise InvalidInput when the source cannot be right."""
        names = {column.name for column in source.fact._meta.get_fields()}
        if source.field and source.field not in names:
            raise InvalidInput({"field": [f"{source.fact._meta.verbose_name}没有字段“{source.field}”。"]})
        if source.paragraph not in self.articles:
            raise InvalidInput({"paragraph": [f"{self.code} 没有第 {source.paragraph} 段的篇目。"]})
        if self.paragraphs is not None and not phrase_stands(self.paragraphs, source.paragraph, source.as_printed):
            raise InvalidInput({"as_printed": [f"{self.code} 第 {source.paragraph} 段中没有“{source.as_printed}”。"]})


def cite_all(sources: Sequence[Source]) -> list[Citation]:
    """Register many sources at once and return the new citations; a source that is registered already is passed over.

    Raises InvalidInput when a fact has no such column, a paragraph belongs to no article, or the document's uploaded text
    does not have the words there.
    """
    pages = {document: _Pages(document) for document in {source.document for source in sources}}
    wanted: dict[tuple, Citation] = {}
    for source in sources:
        pages[source.document].check(source)
        citation = Citation(
            fact_type=ContentType.objects.get_for_model(source.fact),
            fact_id=source.fact.pk,
            field=source.field,
            document=source.document,
            article=pages[source.document].articles[source.paragraph],
            paragraph=source.paragraph,
            as_printed=source.as_printed,
            value=stored_text(source.fact, source.field),
        )
        wanted[_key(citation)] = citation
    known = {_key(citation) for citation in Citation.objects.of_facts([source.fact for source in sources])}
    return Citation.objects.bulk_create([citation for key, citation in wanted.items() if key not in known])


def stored_text(fact: Model, field: str) -> str:
    """Return what a column holds, as the text by which later changes are noticed; empty for the record as a whole."""
    if not field:
        return ""
    column = fact._meta.get_field(field)
    if not column.concrete:
        return ""
    # The column's own type first: a Decimal may come as 793000 from a form and as 793000.0000 from the database.
    value = column.to_python(getattr(fact, column.attname)) if not column.is_relation else getattr(fact, column.attname)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else "" if value is None else str(value)


def review_citations(fact: Model) -> None:
    """Say of each citation of a fact whether what is now stored is still what was cited (call it after every change)."""
    for citation in Citation.objects.of_facts([fact]).exclude(field=""):
        stands = citation.value == stored_text(fact, citation.field)
        if stands != citation.stands:
            Citation.objects.filter(pk=citation.pk).update(stands=stands)


def save_cited(record: R, values: dict[str, Any]) -> R:
    """Set, check and save the values (erqi.common.saving.save_changes) and review the record's citations."""
    save_changes(record, values)
    review_citations(record)
    return record


def remove_unused(record: Model) -> None:
    """Delete a record that nothing refers to and no document proves, with what belongs to it (aliases, posts).

    Raises ServiceError otherwise: sources are append-only, so whatever a document proves stays.
    """
    collector = Collector(using=record._state.db or DEFAULT_DB_ALIAS, origin=record)
    try:
        collector.collect([record])
    except ProtectedError as error:
        kinds = "、".join(sorted({str(other._meta.verbose_name) for other in error.protected_objects}))
        raise ServiceError(f"“{record}”已被其他记录引用（{kinds}），不能删除。") from None
    cited = len(collector.data.get(Citation, ())) + sum(found.count() for found in collector.fast_deletes if found.model is Citation)
    if cited:
        raise ServiceError(f"“{record}”有 {cited} 条文件出处，不能删除。")
    record.delete()


def _key(citation: Citation) -> tuple:
    place = (citation.document_id, citation.paragraph, citation.as_printed)
    return (citation.fact_type_id, citation.fact_id, citation.field, *place)


def cite(*, fact: Model, document: Document, paragraph: int, as_printed: str, field: str = "") -> Citation:
    """Register one source of a fact (see `cite_all`) and return it; the same source is registered once."""
    cite_all([Source(fact, document, paragraph, as_printed, field)])
    same_fact = Citation.objects.of_facts([fact])
    return same_fact.get(field=field, document=document, paragraph=paragraph, as_printed=as_printed)


def phrase_stands(paragraphs: list[str], paragraph: int, as_printed: str) -> bool:
    """Say whether the words stand in the numbered one of a document's paragraphs."""
    return 1 <= paragraph <= len(paragraphs) and contains_phrase(paragraphs[paragraph - 1], as_printed)
