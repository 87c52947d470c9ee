"""Everything that was done in supervision, of all families on one time line: acts, and what inspectors said of milestones.

The tables are read as one UNION, so that order, paging and counting are the database's; conditions are put to each of them before. A
family takes part as soon as it has acts (supervision.models.act).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from projects.choices import UpdateLayer
from projects.rules.search import search_terms

UPDATE = "update"
# What a leader said of a milestone is a question (Inquiry), whose acts are a family of their own.
LAYERS = (UpdateLayer.INSPECTOR,)
COLUMNS = (
    *("pk", "kind", "day", "action", "from_state", "to_state", "by_name", "text", "record_key", "project_key", "unit_key", "due_on"),
    *("simulated", "created_at", "by_key"),
)
_NO_TEXT = Value("", output_field=CharField())
_NO_KEY = Cast(Value(None), IntegerField())


def families() -> dict[str, Any]:
    """Return the acts' models by the name of their family's machine."""
    models = apps.get_app_config("supervision").get_models()
    return {model.machine.name: model for model in models if hasattr(model, "machine") and hasattr(model, "of")}


def kinds() -> dict[str, str]:
    """Return what the families are called, by the name of their machine."""
    return {**{name: model.machine.label for name, model in families().items()}, UPDATE: "节点督察"}


@dataclass(frozen=True)
class Traced:
    """Which traces are meant: up to the day `on`; an empty condition leaves all. `may`: the permissions of whoever looks, since drafts are
    not everybody's. `picked`: these only (keys by kind)."""

    on: date
    may: Collection[str] = ()
    since: date | None = None
    kinds: Collection[str] = ()
    units: Collection[int] = ()
    projects: Collection[int] = ()
    text: str = ""
    picked: Mapping[str, Collection[int]] | None = None

    def of_family(self, name: str) -> QuerySet:
        """Return the acts of a family that are meant, with the columns of the list."""
        model = families()[name]
        rows = model.objects.order_by().filter(on__lte=self.on)
        private = getattr(model, "history_private", None)
        if private is not None and not set(getattr(model, "history_readers", ())) & set(self.may):
            rows = rows.exclude(private)
        if self.since is not None:
            rows = rows.filter(on__gte=self.since)
        rows = self._narrowed(rows, name, "project", "unit")
        return rows.annotate(
            kind=Value(name, output_field=CharField()),
            day=F("on"),
            record_key=F(f"{model.of}_id"),
            project_key=F("project_id"),
            unit_key=F("unit_id"),
            by_key=F("by_id"),
        ).values_list(*COLUMNS)

    def updates(self) -> QuerySet:
        """Return what inspectors said of milestones, with the columns of the list."""
        rows = apps.get_model("projects", "MilestoneUpdate").objects.order_by().filter(layer__in=LAYERS, recorded_on__lte=self.on)
        if self.since is not None:
            rows = rows.filter(recorded_on__gte=self.since)
        if self.units:
            rows = rows.none()
        rows = self._narrowed(rows, UPDATE, "milestone__project", "")
        return rows.annotate(
            kind=Value(UPDATE, output_field=CharField()),
            day=F("recorded_on"),
            action=F("layer"),
            from_state=_NO_TEXT,
            to_state=_NO_TEXT,
            record_key=F("milestone_id"),
            project_key=F("milestone__project_id"),
            unit_key=_NO_KEY,
            due_on=F("done_on"),
            by_key=F("by_id"),
        ).values_list(*COLUMNS)

    def _narrowed(self, rows: QuerySet, kind: str, project: str, unit: str) -> QuerySet:
        if self.picked is not None:
            rows = rows.filter(pk__in=self.picked.get(kind, ()))
        if self.projects:
            rows = rows.filter(**{f"{project}__in": self.projects})
        if self.units and unit:
            rows = rows.filter(**{f"{unit}__in": self.units})
        said = Q()
        for term in search_terms(self.text):
            said &= Q(**{f"{project}__search_key__contains": term}) | Q(text__icontains=term) | Q(by_name__icontains=term)
        numbered = families()[kind].numbered(self.text, self.on) if self.text and kind in families() else None
        return rows.filter(said | numbered if numbered is not None else said)


def trace_rows(traced: Traced) -> QuerySet:
    """Return the time line, the latest first: dictionaries of COLUMNS, of all kinds that are asked for."""
    wanted = [name for name in kinds() if not traced.kinds or name in traced.kinds]
    parts = [traced.updates() if name == UPDATE else traced.of_family(name) for name in wanted]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return rows.order_by("-day", "-created_at", "-pk").values(*COLUMNS)
