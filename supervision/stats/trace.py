"""Traces with the names of what they are about: for the list, and for the pages of projects and units."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from projects.choices import UpdateLayer
from projects.models import Milestone, Project, Unit
from supervision.models.act import written_at
from supervision.querysets.trace import UPDATE, Traced, families, kinds, trace_rows

SHOWN = 8


def named(rows: Iterable[Any], day: date) -> list[SimpleNamespace]:
    """Return the rows with `kind_label`, `action_label`, `leads_to`, `moment`, `title`, `url`, `project`, `unit`: a query for each kind of
    record that occurs, one for projects and one for units. Records whose name changes are called as they were on the day.
    """
    found = list(rows)
    models, labels = families(), kinds()
    keys: dict[str, set[int]] = defaultdict(set)
    for row in found:
        keys[row.kind].add(row.record_key)
    records: dict[tuple[str, int], Any] = {}
    for kind, wanted in keys.items():
        model = Milestone if kind == UPDATE else models[kind]._meta.get_field(models[kind].of).related_model
        records |= {(kind, key): record for key, record in _records(model, day).in_bulk(wanted).items()}
    projects = Project.objects.only("code", "name").in_bulk({row.project_key for row in found if row.project_key})
    units = Unit.objects.only("name", "short_name").in_bulk({row.unit_key for row in found if row.unit_key})
    for row in found:
        record = records[(row.kind, row.record_key)]
        row.project, row.unit = projects.get(row.project_key), units.get(row.unit_key)
        row.kind_label, row.title = labels[row.kind], str(record)
        row.moment = written_at(row.day, row.created_at, by_person=row.by_key is not None and not row.simulated)
        if row.kind == UPDATE:
            row.action_label, row.leads_to = str(UpdateLayer(row.action).label), ""
            row.url = f"{row.project.get_absolute_url()}#milestone-{record.pk}"
        else:
            act = models[row.kind](action=row.action, from_state=row.from_state, to_state=row.to_state)
            row.action_label, row.leads_to = act.action_label, act.leads_to
            row.url = record.get_absolute_url()
    return found


def _records(model: Any, day: date) -> Any:
    """Return a kind's records, with the names of the day where its query set knows them (`named_on`)."""
    rows = model._base_manager.all()
    return model.objects.named_on(day) if hasattr(model.objects, "named_on") else rows


def _panel(request: HttpRequest, traced: Traced, more: str) -> dict[str, Any] | None:
    rows = trace_rows(traced)
    lines = named((SimpleNamespace(**row) for row in rows[: SHOWN + 1]), traced.on)
    return {"lines": lines[:SHOWN], "more": len(lines) > SHOWN, "more_url": more} if lines else None


def project_panel(request: HttpRequest, project: Project, day: date) -> dict[str, Any] | None:
    """Return what was done last about a project."""
    traced = Traced(day, may=request.user.permissions, projects=[project.pk])
    return _panel(request, traced, f"{reverse('supervision:trace_list')}?project={project.code}")


def unit_panel(request: HttpRequest, unit: Unit, day: date) -> dict[str, Any] | None:
    """Return what was done last about what a unit handles."""
    traced = Traced(day, may=request.user.permissions, units=[unit.pk])
    return _panel(request, traced, f"{reverse('supervision:trace_list')}?unit={unit.pk}")
