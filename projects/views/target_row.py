"""A target with what each document says of it, which figure is adopted and why, and how it stands: for lists and pages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain, groupby
from typing import Any

from django.db.models import Model
from django.urls import reverse

from erqi.common.dates import chinese_day
from projects.choices import AdoptionRule
from projects.models import Citation, Document, Target, TargetClaim, TargetReading
from projects.querysets.document import CitationIndex
from projects.rules import claim as claim_rule
from projects.rules.target import Agreement, Figure, agreement, completion
from projects.sentences.target import figure_words
from projects.stats.target import TargetState, last_reading
from projects.views.target_state import Standing


def dated(document: Document) -> str:
    """Return what is known of a document's date."""
    if document.published_on:
        return chinese_day(document.published_on)
    return f"不早于{chinese_day(document.dated_after)}" if document.dated_after else "日期文件未载"


def standing(document: Document) -> str:
    """Return a document's rank in words: 层级3，全区动员大会报道."""
    return f"层级{document.rank}，{document.rank_note}" if document.rank_note else f"层级{document.rank}"


def figure_of(record: TargetClaim | TargetReading | None) -> Figure | None:
    """Return the figure of a claim or reading for the rules."""
    return record and Figure(record.value, record.bound, getattr(record, "wording", ""))


def chosen_by_rule(claims: Iterable[TargetClaim]) -> int | None:
    """Return the key of the claim that the rule chooses among the documents' claims as they rank today."""
    best = claim_rule.adopted([claim_rule.Claim(claim.pk, claim.document.rank, claim.document.known_date) for claim in claims])
    return best and best.key


def why_adopted(claim: TargetClaim, claims: list[TargetClaim]) -> str:
    """Return the reason of an adoption by rule in one sentence, from the ranks and dates of the documents."""
    others = [other for other in claims if other.pk != claim.pk]
    if not others:
        return "只有这一份文件给出数字"
    if chosen_by_rule(claims) != claim.pk:
        return "登记之后文件的层级或日期有变动，请重新“按规则采用”"
    code, rank = claim.document.code, claim.document.rank
    if all(other.document.rank < rank for other in others):
        lower = "、".join(f"{other.document.code}（层级{other.document.rank}）" for other in others)
        return f"{code}（层级{rank}）高于{lower}"
    return f"{code} 与同层级文件相比时间较近"


@dataclass
class Row:
    """A target with everything that the list and the page of the target say about it."""

    target: Target
    claims: list[TargetClaim]
    readings: list[TargetReading]
    sources: CitationIndex
    day: date
    may_adopt: bool = False
    found: TargetState | None = None
    agreement: Agreement = field(init=False)
    adopted: TargetClaim | None = field(init=False)
    latest: TargetReading | None = field(init=False)

    def __post_init__(self) -> None:
        self.agreement = agreement(figure_of(claim) for claim in self.claims)
        self.adopted = next((claim for claim in self.claims if claim.adopted), None)
        self.latest = last_reading(self.target, self.day)

    @property
    def status(self) -> Standing | None:
        """How the target stands, where the page asked for it."""
        return Standing(self.found) if self.found else None

    @property
    def is_conflict(self) -> bool:
        return self.agreement == Agreement.CONFLICT

    @property
    def is_worded_differently(self) -> bool:
        return self.agreement == Agreement.WORDING

    @property
    def is_agreed(self) -> bool:
        return self.agreement == Agreement.AGREE

    @property
    def documents(self) -> str:
        """The codes of the documents that name a figure, in their order: D0、D2."""
        return "、".join(sorted(claim.document.code for claim in self.claims))

    @property
    def differences(self) -> str:
        """What the documents say, one after the other: D0 60个，D2 65个."""
        ordered = sorted(self.claims, key=lambda claim: claim.document.code)
        if self.is_worded_differently:
            return "，".join(f"{claim.document.code} {claim.get_wording_display() or '未写措辞'}" for claim in ordered)
        return "，".join(f"{claim.document.code} {self.words(claim)}" for claim in ordered)

    def words(self, record: TargetClaim | TargetReading) -> str:
        return figure_words(record.value, self.target.unit, record.get_bound_display())

    @property
    def figure(self) -> str:
        return self.words(self.adopted) if self.adopted else ""

    @property
    def latest_words(self) -> str:
        return self.words(self.latest) if self.latest else ""

    @property
    def printed(self) -> str:
        return self.as_printed(self.adopted) if self.adopted else ""

    def as_printed(self, claim: TargetClaim) -> str:
        """The words in which the claim's document prints the figure."""
        return next((cited.as_printed for cited in self.cited(claim, "value")), "")

    def cited(self, fact: Model, name: str) -> list[Citation]:
        return self.sources.get((fact._meta.model_name, fact.pk, name), [])

    def marks(self, claims: Iterable[TargetClaim]) -> list[Citation]:
        """The sources of the claims' figures with bound and wording, each paragraph once."""
        found = (cited for claim in claims for name in ("value", "bound", "wording") for cited in self.cited(claim, name))
        return list({(cited.document_id, cited.paragraph): cited for cited in found}.values())

    @property
    def figure_sources(self) -> list[Citation]:
        return self.marks([self.adopted] if self.adopted else [])

    @property
    def other_sources(self) -> list[Citation]:
        return self.marks(claim for claim in self.claims if not claim.adopted)

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The claims as components/claim_pair.html wants them."""
        return [self._card(claim) for claim in self.claims]

    def _card(self, claim: TargetClaim) -> dict[str, Any]:
        document = claim.document
        card = {
            "value": self.words(claim),
            "wording": claim.get_wording_display(),
            "printed": self.as_printed(claim),
            "document": f"{document.code} {document.title}",
            "document_url": document.get_absolute_url(),
            "dated": f"{dated(document)} · {standing(document)}",
            "citations": self.marks([claim]),
            "adopted": claim.adopted,
        }
        if claim.adopted and claim.adopted_rule == AdoptionRule.PERSON:
            card |= {"rule": "人工采用", "person": str(claim.adopted_by), "on": claim.adopted_on, "reason": claim.adoption_reason}
        elif claim.adopted:
            card |= {"rule": f"按规则“{claim.get_adopted_rule_display()}”", "reason": why_adopted(claim, self.claims)}
        elif self.may_adopt:
            card["adopt_url"] = reverse("projects:claim_adopt", args=[self.target.year, self.target.pk, claim.pk])
        return card

    @property
    def ratio(self) -> Decimal | None:
        return completion(self.target.measure, figure_of(self.adopted), figure_of(self.latest))

    @property
    def results(self) -> list[dict[str, Any]]:
        """The documented results, the latest first; those after the day of the page, and those withdrawn by then, say so."""
        return [
            {
                "reading": reading,
                "words": self.words(reading),
                "citations": self.cited(reading, "value"),
                "is_latest": reading is self.latest,
                "is_later": reading.on > self.day,
                "is_withdrawn": not reading.stands_on(self.day),
                "ratio": self.ratio if reading is self.latest else None,
            }
            for reading in reversed(self.readings)
        ]

    @property
    def standing_results(self) -> list[dict[str, Any]]:
        """The results that nobody had withdrawn by the day."""
        return [result for result in self.results if not result["is_withdrawn"]]


def rows_of(
    targets: Iterable[Target], day: date, may_adopt: bool = False, states: Iterable[TargetState] = ()
) -> tuple[list[Row], CitationIndex]:
    """Return the rows of targets fetched with their claims, and the sources of all their facts: one query. `states` say how they stand."""
    targets = list(targets)
    facts = chain.from_iterable([target, *target.claims.all(), *target.readings.all()] for target in targets)
    sources = Citation.objects.index(facts)
    found = {state.target.pk: state for state in states}
    rows = [
        Row(target, list(target.claims.all()), list(target.readings.all()), sources, day, may_adopt, found.get(target.pk))
        for target in targets
    ]
    return rows, sources


def in_scopes(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the rows in groups: the whole district first, then each unit whose own targets they are."""
    groups = [
        {"name": scope.name if scope else "全区", "scope": scope, "rows": list(found)}
        for scope, found in groupby(rows, key=lambda row: row.target.scope)
    ]
    return sorted(groups, key=lambda group: (group["scope"] is not None, group["scope"].sort_key if group["scope"] else ""))
