"""Querysets of documents and citations."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model, Prefetch, Q, QuerySet

# (model label, primary key, field) -> the citations of that fact
CitationIndex = dict[tuple[str, int, str], list]


class CitationQuerySet(QuerySet):
    def of_facts(self, facts: Iterable[Model]) -> "CitationQuerySet":
        """Return the citations of all the facts given, of whatever models."""
        ids: dict[ContentType, set[int]] = defaultdict(set)
        for fact in facts:
            ids[ContentType.objects.get_for_model(fact)].add(fact.pk)
        wanted = Q(pk__in=[])
        for fact_type, keys in ids.items():
            wanted |= Q(fact_type=fact_type, fact_id__in=keys)
        return self.filter(wanted).select_related("document", "article")

    def index(self, facts: Iterable[Model]) -> CitationIndex:
        """Return the citations of the facts by model label, key and field: one query for a whole page."""
        found: CitationIndex = defaultdict(list)
        types = {}
        for citation in self.of_facts(facts):
            label = types.get(citation.fact_type_id)
            if label is None:
                label = types[citation.fact_type_id] = ContentType.objects.get_for_id(
                    citation.fact_type_id
                ).model
            found[label, citation.fact_id, citation.field].append(citation)
        return found

    def for_document(self) -> "CitationQuerySet":
        """Return citations in the order of a document's text, with the records they prove fetched in one query per model."""
        return (
            self.select_related("article")
            .prefetch_related("fact")
            .order_by("paragraph", "pk")
        )


class DocumentQuerySet(QuerySet):
    def for_list(self) -> "DocumentQuerySet":
        """Return documents with the number of citations (`citation_count`), for the list page."""
        return self.annotate(citation_count=Count("citations")).order_by("code")

    def for_detail(self) -> "DocumentQuerySet":
        """Return documents with their articles."""
        return self.prefetch_related(Prefetch("articles"))
