"""Targets of a year: what each document says, which figure is adopted and why, and what was reached."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, groupby
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from erqi.common import clock, numbers
from erqi.common.access import PermissionRequiredMixin
from erqi.common.asof import AsOf, as_of
from erqi.common.asof_links import with_query
from erqi.common.dates import chinese_day
from erqi.common.exporting import PageExport
from erqi.common.workbook.declare import Sheet
from projects.choices import AdoptionRule
from projects.exports.targets import target_sheet
from projects.filters.target import TargetFilter
from projects.models import Citation, Document, Target, TargetClaim, TargetReading
from projects.querysets.document import CitationIndex
from projects.rules import claim as claim_rule
from projects.rules.target import Agreement, Figure, agreement, completion

# How the context of a change names a writer that is no person (erqi.common.history.recorded_as).
SYSTEM_WRITERS = {"seed": "装入文件数据", "up": "装入文件数据"}


def in_words(value: Decimal, unit: str, bound: str = "") -> str:
    """Return a figure as it is written: 480亿元以上."""
    return f"{numbers.plain(value)}{unit}{bound}"


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
    agreement: Agreement = field(init=False)
    adopted: TargetClaim | None = field(init=False)
    latest: TargetReading | None = field(init=False)

    def __post_init__(self) -> None:
        self.agreement = agreement(figure_of(claim) for claim in self.claims)
        self.adopted = next((claim for claim in self.claims if claim.adopted), None)
        self.latest = next((reading for reading in reversed(self.readings) if reading.on <= self.day), None)

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
        return in_words(record.value, self.target.unit, record.get_bound_display())

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
        """The documented results, the latest first; those after the day of the page say so."""
        return [
            {
                "reading": reading,
                "words": self.words(reading),
                "citations": self.cited(reading, "value"),
                "is_latest": reading is self.latest,
                "is_later": reading.on > self.day,
                "ratio": self.ratio if reading is self.latest else None,
            }
            for reading in reversed(self.readings)
        ]


def rows_of(targets: Iterable[Target], day: date, may_adopt: bool = False) -> tuple[list[Row], CitationIndex]:
    """Return the rows of targets fetched with their claims, and the sources of all their facts: one query."""
    found = list(targets)
    facts = chain.from_iterable([target, *target.claims.all(), *target.readings.all()] for target in found)
    sources = Citation.objects.index(facts)
    rows = [Row(target, list(target.claims.all()), list(target.readings.all()), sources, day, may_adopt) for target in found]
    return rows, sources


def in_scopes(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the rows in groups: the whole district first, then each unit whose own targets they are."""
    groups = [
        {"name": scope.name if scope else "全区", "scope": scope, "rows": list(found)}
        for scope, found in groupby(rows, key=lambda row: row.target.scope)
    ]
    return sorted(groups, key=lambda group: (group["scope"] is not None, group["scope"].sort_key if group["scope"] else ""))


class TargetCurrentView(PermissionRequiredMixin, View):
    """The menu's address without a year."""

    shows_day = True
    permission = "business.view"

    def get(self, request: HttpRequest) -> HttpResponseRedirect:
        """Lead to the business date's year, or to the latest year that has targets."""
        year, years = clock.today().year, Target.objects.years()
        shown = year if year in years or not years else next(iter(years))
        return redirect(with_query(request, reverse("projects:target_list", args=[shown])))


class TargetListView(PermissionRequiredMixin, PageExport, TemplateView):
    """A year's targets with the figure adopted, what other documents say and what was reached by the day asked for."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/target_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year, day, filters, shown = kwargs["year"], self.export_day(), self.filters, self.shown
        rows, sources = self.found
        chips = filters.chips(self.request.GET)
        years = Target.objects.years()
        may_edit = self.request.user.can("target.edit")
        return super().get_context_data(
            page_title=f"{year}年目标",
            breadcrumbs=[{"label": "年度目标"}],
            tabs=[
                {
                    "label": f"{other}年",
                    "url": reverse("projects:target_list", args=[other]),
                    "active": other == year,
                    "count": years.get(other, 0),
                }
                for other in sorted({*years, year}, reverse=True)
            ],
            groups=in_scopes(shown),
            shown=len(shown),
            count=len(rows),
            conflict_count=sum(row.is_conflict for row in rows),
            conflict_url=f"?{'&'.join(['conflict=on', *([f'as_of={day.day}'] if day.asked else [])])}",
            filters=filters,
            chips=chips,
            clear_url=reverse("projects:target_list", args=[year]),
            filter_summary=self.export_filters(),
            sources=sources,
            export=self.page_menu() if rows else None,
            as_of=day,
            create_url=reverse("projects:target_create", args=[year]) if may_edit else "",
            **kwargs,
        )

    @cached_property
    def found(self) -> tuple[list[Row], CitationIndex]:
        """All rows of the year, and their sources."""
        return rows_of(Target.objects.for_list(self.kwargs["year"]), self.export_day().day)

    @cached_property
    def filters(self) -> TargetFilter:
        return TargetFilter(self.request.GET, [row.target for row in self.found[0]])

    @cached_property
    def shown(self) -> list[Row]:
        """The rows that the filters leave."""
        return [row for row in self.found[0] if self.filters.matches(row.target, row.is_conflict)]

    def export_title(self) -> str:
        return f"{self.kwargs['year']}年目标"

    def export_day(self) -> AsOf:
        return as_of(self.request, self.kwargs["year"])

    def export_filters(self) -> str:
        return "；".join(f"{chip['label']}：{chip['value']}" for chip in self.filters.chips(self.request.GET))

    def export_sheets(self) -> list[Sheet]:
        return [target_sheet(self.kwargs["year"], self.export_day().day, [row.target for row in self.shown])]


@dataclass(frozen=True)
class Adoption:
    """One decision about which figure counts, as the history table recorded it."""

    when: datetime
    who: str
    figure: str
    document: str
    by_person: bool
    rule: str
    reason: str
    on: date | None


def adoptions(target: Target) -> Iterator[Adoption]:
    """Give the decisions about a target's figure, the latest first, from the history of its claims: one query."""
    events = (
        apps.get_model("projects", "TargetClaimEvent")
        .objects.filter(target_id=target.pk)
        .select_related("pgh_context", "document", "adopted_by")
        .order_by("pgh_created_at", "pgh_id")
    )
    before: dict[int, tuple] = {}
    found = []
    for event in events:
        now = (event.adopted, event.adopted_rule, event.adopted_by_id, event.adopted_on, event.adoption_reason)
        if event.adopted and before.get(event.pgh_obj_id) != now:
            context = event.pgh_context.metadata if event.pgh_context else {}
            by_person = event.adopted_rule == AdoptionRule.PERSON
            found.append(
                Adoption(
                    when=event.pgh_created_at,
                    who=context.get("name") or SYSTEM_WRITERS.get(context.get("source", ""), "系统"),
                    figure=in_words(event.value, target.unit, event.get_bound_display()),
                    document=event.document.code,
                    by_person=by_person,
                    rule=event.get_adopted_rule_display(),
                    reason=event.adoption_reason,
                    on=event.adopted_on,
                )
            )
        before[event.pgh_obj_id] = now
    return reversed(found)


class TargetDetailView(PermissionRequiredMixin, TemplateView):
    """One target: all figures side by side, which is adopted and why, and every decision about it."""

    shows_day = True
    permission = "business.view"
    template_name = "projects/target_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, year = self.request.user, kwargs["year"]
        target = get_object_or_404(Target.objects.with_claims(), pk=kwargs["pk"], year=year)
        day = as_of(self.request, year)
        (row,), sources = rows_of([target], day.day, user.can("target.adopt"))
        return super().get_context_data(
            page_title=target.indicator,
            breadcrumbs=[
                {"label": f"{year}年目标", "url": reverse("projects:target_list", args=[year])},
                {"label": target.indicator},
            ],
            target=target,
            row=row,
            sources=sources,
            adoptions=list(adoptions(target)),
            withdrawn=list(target.claims.exclude(withdrawn_on=None).select_related("document")),
            by_person=row.adopted is not None and row.adopted.adopted_rule == AdoptionRule.PERSON,
            as_of=day,
            may_edit=user.can("target.edit"),
            may_adopt=user.can("target.adopt"),
            **kwargs,
        )
