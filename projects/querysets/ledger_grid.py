"""Who answers for the ledger's rows on a day, cell by cell of the grid of responsibility, read for the rows of one page."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps

from projects.choices import Duty, ResponsibilityKind
from projects.querysets.responsibility import in_force

_UNITS = {ResponsibilityKind.LEAD: "leads", ResponsibilityKind.UNDERTAKE: "undertakes", ResponsibilityKind.COOPERATE: "cooperates"}
_PEOPLE = {ResponsibilityKind.PATRON: "patrons", ResponsibilityKind.INSPECTOR: "inspectors"}
_DUTIES = {Duty.CHIEF: "chiefs", Duty.DEPUTY: "deputies", Duty.STAFF: "staff"}
GRID = frozenset({*_UNITS.values(), *_PEOPLE.values(), *_DUTIES.values()})


def read_grid(entries: Iterable[Any], as_of: date) -> None:
    """Set on ledger entries the names of those who were responsible on the day, each a list: `leads`, `undertakes`, `cooperates` (units),
    `chiefs`, `deputies`, `staff` (people with a duty), `patrons`, `inspectors`; and `grid_simulated`. One query."""
    entries = list(entries)
    rows = (
        apps.get_model("projects", "Responsibility")
        .objects.filter(in_force(as_of), project__in={entry.project_id for entry in entries})
        .order_by("pk")
        .values_list("project_id", "kind", "duty", "unit__short_name", "unit__name", "person__name", "simulated")
    )
    found: dict[int, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    simulated = set()
    for project, kind, duty, short_name, unit, person, is_simulated in rows:
        place, name = (
            (_DUTIES.get(duty), person)
            if duty
            else (_PEOPLE.get(kind), person)
            if kind in _PEOPLE
            else (_UNITS.get(kind), short_name or unit)
        )
        if place and name:
            found[project][place][name] = None
            if is_simulated:
                simulated.add(project)
    for entry in entries:
        for place in GRID:
            setattr(entry, place, list(found[entry.project_id][place]))
        entry.grid_simulated = entry.project_id in simulated
