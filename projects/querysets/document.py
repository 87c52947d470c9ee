"""Querysets of documents and citations."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
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
    """Citations of facts, and of documents."""

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
        """Return the citations of the facts by model label, key and field: one query for a whole page.

        A page cites a handful of documents a thousand times, so the citations share their documents and articles.
        """
        found: CitationIndex = defaultdict(list)
        labels: dict[int, str] = {}
        parents: dict[tuple[str, int], Model] = {}
        own = [column.attname for column in self.model._meta.concrete_fields]
        joined = [(name, self.model._meta.get_field(name).related_model) for name in ("document", "article")]
        columns = {name: [column.attname for column in model._meta.concrete_fields] for name, model in joined}
        wanted = [*own, *(f"{name}__{column}" for name, _ in joined for column in columns[name])]
        for row in self.of_facts(facts).values_list(*wanted):
            citation = self.model.from_db(self.db, own, row[: len(own)])
            start = len(own)
            for name, model in joined:
                end = start + len(columns[name])
                key = (name, getattr(citation, f"{name}_id"))
                if key not in parents:
                    parents[key] = model.from_db(self.db, columns[name], row[start:end])
                setattr(citation, name, parents[key])
                start = end
            label = labels.get(citation.fact_type_id)
            if label is None:
                label = labels[citation.fact_type_id] = ContentType.objects.get_for_id(citation.fact_type_id).model
            found[label, citation.fact_id, citation.field].append(citation)
        return found

    def facts(self) -> dict[tuple[int, int], Model]:
        """Return the records that the citations prove by (fact_type_id, fact_id), each with the parents that name it.

        Costs one query per model that occurs, whatever the number of citations.
        """
        keys: dict[int, set[int]] = defaultdict(set)
        for citation in self:
            keys[citation.fact_type_id].add(citation.fact_id)
        found = {}
        for kind, ids in keys.items():
            model = ContentType.objects.get_for_id(kind).model_class()
            records = model._default_manager.filter(pk__in=ids)
            if parents := FACT_PARENTS.get(model.__name__):
                records = records.select_related(*parents)
            found |= {(kind, record.pk): record for record in records}
        return found

    def for_document(self) -> "CitationQuerySet":
        """Return citations in the order of a document's text."""
        return self.order_by("paragraph", "pk")


class DocumentQuerySet(QuerySet):
    """Documents for the list and for their own page."""

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
