"""Querysets of documents and citations."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import CharField, Count, Model, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat

# (model label, primary key, field) -> the citations of that fact
CitationIndex = dict[tuple[str, int, str], list]

# Facts that have no page of their own, and what has to be fetched with them to name them and the record whose page shows them.
FACT_PARENTS: dict[str, tuple[str, ...]] = {
    "LedgerEntry": ("ledger", "project"),
    "LedgerRevision": ("ledger",),
    "Milestone": ("project",),
    "Post": ("person", "unit"),
    "ProjectAlias": ("project",),
    "Responsibility": ("project", "unit", "person"),
    "TargetClaim": ("target", "document"),
    "TargetReading": ("target",),
    "UnitAlias": ("unit",),
}


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
                label = types[citation.fact_type_id] = ContentType.objects.get_for_id(citation.fact_type_id).model
            found[label, citation.fact_id, citation.field].append(citation)
        return found

    def for_document(self) -> "CitationQuerySet":
        """Return citations in the order of a document's text, with the records they prove and those records' parents.

        Costs one query per model that occurs, whatever the number of citations.
        """
        facts = [apps.get_model("projects", name).objects.select_related(*parents) for name, parents in FACT_PARENTS.items()]
        return self.select_related("article").prefetch_related(GenericPrefetch("fact", facts)).order_by("paragraph", "pk")


class DocumentQuerySet(QuerySet):
    def for_list(self) -> "DocumentQuerySet":
        """Return documents for the list page, the latest first, with `fact_count` and `citation_count`.

        A fact counts once however many phrases of the document prove it.
        """
        fact = Concat("citations__fact_type_id", Value(":"), "citations__fact_id", output_field=CharField())
        return self.annotate(
            citation_count=Count("citations"), fact_count=Count(fact, distinct=True, filter=Q(citations__isnull=False))
        ).order_by("code")

    def for_detail(self) -> "DocumentQuerySet":
        """Return documents with their articles."""
        return self.prefetch_related(Prefetch("articles"))
