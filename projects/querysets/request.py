"""Requests that await a decision, or did, of all kinds in one list: new dates, holds, corrections of monthly reports.

The three tables are read as one UNION, so that order, paging and counting are the database's; conditions are put to each of
them before.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Case, CharField, Count, DateField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from projects.choices import REPORTING_KINDS, DecisionState, RequestKind
from projects.querysets.milestone import due_when_asked
from projects.querysets.responsibility import in_force
from projects.rules.search import search_terms

# What the three have in common under the same name, and what is named alike for the list.
SHARED = (
    *("pk", "requested_on", "requested_by_name", "simulated"),
    *("state_then", "decided_then", "decider_then", "opinion_then", "waiting_since"),
)
# Cast: PostgreSQL takes a bare NULL of a union for a text.
_NO_DAY = Cast(Value(None), DateField())
_NO_MONTH = Cast(Value(None), IntegerField())
_NO_TEXT = Value("", output_field=CharField())


def _common(kind: str, project: str) -> dict[str, object]:
    return {
        "kind": Value(kind, output_field=CharField()),
        "project_key": F(f"{project}__pk"),
        "project_code": F(f"{project}__code"),
        "project_name": F(f"{project}__name"),
        "project_sort": F(f"{project}__sort_key"),
    }


# By kind: the model, the way to its project, and what its rows say in the columns that only some of them fill.
SOURCES = {
    RequestKind.DATE: (
        "DateRequest",
        "milestone__project",
        {
            "subject": F("milestone__name"),
            "cause_code": F("cause"),
            "first_on": due_when_asked(),
            "last_on": F("to_due_on"),
            "month": _NO_MONTH,
            "why": F("reason"),
        },
    ),
    RequestKind.HOLD: (
        "Hold",
        "project",
        {
            "subject": _NO_TEXT,
            "cause_code": F("reason"),
            "first_on": F("since"),
            "last_on": F("until"),
            "month": _NO_MONTH,
            "why": F("summary"),
        },
    ),
    RequestKind.CORRECTION: (
        "ReportCorrection",
        "report__project",
        {
            "subject": _NO_TEXT,
            "cause_code": _NO_TEXT,
            "first_on": _NO_DAY,
            "last_on": _NO_DAY,
            "month": F("report__year") * 100 + F("report__month"),
            "why": F("reason"),
        },
    ),
}


@dataclass(frozen=True)
class Asked:
    """Which requests are meant, as they stood on the day `on`; an empty condition leaves all.

    `units`: those that may report the project on the day, or own it. `own`: (units, account), what these units' projects or the
    account itself asked for. `picked`: these requests only (keys by kind).
    """

    on: date
    kinds: Collection[str] = ()
    states: Collection[str] = ()
    units: Collection[int] = ()
    own: tuple[Collection[int], int] | None = None
    text: str = ""
    picked: Mapping[str, Collection[int]] | None = None

    def of_kind(self, kind: str) -> QuerySet:
        """Return the requests of one kind."""
        model, project, _ = SOURCES[kind]
        rows = _as_of(apps.get_model("projects", model).objects.order_by(), self.on)
        if self.picked is not None:
            rows = rows.filter(pk__in=self.picked.get(kind, ()))
        if self.states:
            rows = rows.filter(state_then__in=self.states)
        if self.units:
            rows = rows.filter(_of_units(self.units, project, self.on))
        if self.own is not None:
            rows = rows.filter(_of_units(self.own[0], project, self.on) | Q(requested_by=self.own[1]))
        for term in search_terms(self.text):
            rows = rows.filter(**{f"{project}__search_key__contains": term})
        return rows


def request_rows(asked: Asked) -> QuerySet:
    """Return the rows of the list: what awaits a decision first, the longest waiting at the top, then what was decided last."""
    parts = [
        _named(asked.of_kind(kind), kind, project, columns)
        for kind, (_, project, columns) in SOURCES.items()
        if not asked.kinds or kind in asked.kinds
    ]
    rows = parts[0].union(*parts[1:], all=True)
    return rows.order_by(F("waiting_since").asc(nulls_last=True), F("decided_then").desc(nulls_last=True), "kind", "pk")


def request_counts(asked: Asked) -> dict[str, int]:
    """Return how many requests of all kinds have each state on the day: one query."""
    parts = [asked.of_kind(kind).values("state_then").annotate(number=Count("pk")) for kind in SOURCES]
    counts: dict[str, int] = defaultdict(int)
    for state, number in parts[0].union(*parts[1:], all=True).values_list("state_then", "number"):
        counts[state] += number
    return counts


def _as_of(rows: QuerySet, day: date) -> QuerySet:
    """Return what had been asked for by the day, as it stood then: rules.decision.state_on as SQL, and who decided why, if anybody had."""
    decided = Q(decided_on__lte=day)

    def then(column: str, before: object = None) -> Case:
        return Case(When(decided, then=F(column)), default=before)

    return rows.filter(requested_on__lte=day).annotate(
        state_then=then("state", Value(DecisionState.PENDING)),
        decided_then=then("decided_on"),
        decider_then=then("decided_by_name", _NO_TEXT),
        opinion_then=then("decision_reason", _NO_TEXT),
    )


def _named(rows: QuerySet, kind: str, project: str, columns: dict[str, object]) -> QuerySet:
    waiting = Case(When(state_then=DecisionState.PENDING, then=F("requested_on")), default=None)
    return rows.annotate(waiting_since=waiting).values(*SHARED, **_common(kind, project), **columns)


def _of_units(units: Collection[int], project: str, on: date) -> Q:
    """Return the condition that one of the units reports the project, leads it, or owns it."""
    responsible = apps.get_model("projects", "Responsibility").objects.filter(
        in_force(on), unit__in=units, kind__in=REPORTING_KINDS, duty=""
    )
    return Q(**{f"{project}__in": responsible.values("project")}) | Q(**{f"{project}__owner__in": units})
