"""What a citation proves, as a person reads it: the kind of record, its name, the page that shows it and the field proved.

Records of other apps are named by their own `__str__`, `verbose_name` and `get_absolute_url`, so none of them is imported here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Model

from projects.models import (
    Citation,
    LedgerEntry,
    LedgerRevision,
    Milestone,
    Post,
    ProjectAlias,
    Responsibility,
    TargetClaim,
    TargetReading,
    UnitAlias,
)
from projects.querysets.document import CitationQuerySet

# A fact without a page of its own → the record on whose page it stands, and how it is called there.
PARTS: dict[type[Model], tuple[Callable[[Any], Model], Callable[[Any], str]]] = {
    LedgerEntry: (lambda entry: entry.project, lambda entry: f"在{entry.ledger}中"),
    LedgerRevision: (lambda revision: revision.ledger, lambda revision: f"{revision.recorded_on:%Y-%m-%d} 的规模"),
    Milestone: (lambda milestone: milestone.project, lambda milestone: f"节点“{milestone.name}”"),
    Post: (lambda post: post.person, lambda post: f"职务“{post.title}”"),
    ProjectAlias: (lambda alias: alias.project, lambda alias: f"别名“{alias.name}”"),
    Responsibility: (lambda row: row.project, str),
    TargetClaim: (lambda claim: claim.target, lambda claim: f"{claim.document.code} 的数字"),
    TargetReading: (lambda reading: reading.target, lambda reading: f"截至 {reading.on:%Y-%m-%d} 的完成数字"),
    UnitAlias: (lambda alias: alias.unit, lambda alias: f"别名“{alias.name}”"),
}


def url_of(record: Model) -> str:
    """Return the address of the page that shows the record; empty when it has none (areas, categories)."""
    address = getattr(record, "get_absolute_url", None)
    return address() if address else ""


@dataclass
class ProvedLine:
    """One phrase: what part of the record and which of its fields it proves, and the words as printed."""

    part: str
    labels: list[str]
    as_printed: str

    @property
    def label(self) -> str:
        return "、".join(filter(None, self.labels))


@dataclass
class Proved:
    """A record with all the phrases of one paragraph that prove something about it."""

    kind: str
    name: str
    url: str
    lines: list[ProvedLine] = field(default_factory=list)

    def add(self, part: str, label: str, as_printed: str) -> None:
        """Add a phrase; one that proves several fields stands once, with all of them."""
        for line in self.lines:
            if (line.part, line.as_printed) == (part, as_printed):
                line.labels.append(label)
                return
        self.lines.append(ProvedLine(part, [label], as_printed))


@cache
def field_label(model: type[Model], name: str) -> str:
    """Return the Chinese name of a fact's column; the record as a whole has none."""
    return str(model._meta.get_field(name).verbose_name) if name else ""


class ProvedFacts:
    """What a page's citations prove: the records fetched with one query per model, each described once."""

    def __init__(self, citations: CitationQuerySet) -> None:
        self._facts = citations.facts()
        self._described: dict[tuple, tuple[str, str, str]] = {}

    def by(self, citations: Iterable[Citation]) -> list[Proved]:
        """Return the records that some of the citations prove, in order, each once."""
        found: dict[tuple, Proved] = {}
        for citation in citations:
            fact = self._facts.get((citation.fact_type_id, citation.fact_id))
            if fact is None:  # an alias that was removed: the citation stays, being a fact itself
                found["gone", citation.pk] = Proved("记录", "已删除", "", [ProvedLine("", [""], citation.as_printed)])
                continue
            owner_of, part_of = PARTS.get(type(fact), (lambda record: record, lambda record: ""))
            owner = owner_of(fact)
            key = (type(owner), owner.pk)
            if key not in found:
                found[key] = Proved(*self._description(key, owner))
            found[key].add(part_of(fact), field_label(type(fact), citation.field), citation.as_printed)
        return list(found.values())

    def _description(self, key: tuple, owner: Model) -> tuple[str, str, str]:
        if key not in self._described:
            self._described[key] = (str(owner._meta.verbose_name), str(owner), url_of(owner))
        return self._described[key]
