"""The ledger list behind a computed figure of a target: its filters (filters.ledger), the columns that show the figure, the day."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from projects.models import Ledger, Target
from projects.rules.computed import COMPLETED, RESETTLED, STARTED, Method, Takes

_STATE = ("level", "category", "answering")
# The columns of tables.ledger that say when steps were planned and done, by the milestones in question.
_STEPS = {
    (): (),
    STARTED: ("start_due_on", "start_done_on"),
    COMPLETED: ("completion_due_on", "completion_done_on", "production_due_on", "production_done_on"),
    RESETTLED: ("next_name", "next_due"),
}
_FIGURES = {
    Takes.COUNT: (),
    Takes.TOTAL: ("total_investment",),
    Takes.QUANTITY: ("quantity",),
    Takes.DONE: ("annual_plan", "done", "planned", "of_plan", "of_year"),
}
# By the name of the list (stats.target_entries): whether the entries are those with a milestone due, and those with one achieved.
_ASKED = {"achieved": (False, True), "due": (True, False), "kept": (True, True)}


def list_url(ledger: Ledger, target: Target, method: Method, name: str, day: date) -> str:
    """Return the address of the ledger list of that name (see stats.target_entries) for a target on a day."""
    due, achieved = _ASKED.get(name, (False, False))
    query: list[tuple[str, str]] = []
    if due:
        query += [*(("node", kind.value) for kind in method.kinds), ("due", "reached")]
    if achieved:
        query += [("achieved", kind.value) for kind in method.kinds]
    if target.project is not None:
        query.append(("bundle", target.project.code))
    elif target.scope is not None:
        query += [("unit", str(target.scope.pk)), ("unit_as", "within")]
    query.append(("cols", ",".join((*_STATE, *_STEPS[method.kinds], *_FIGURES[method.takes]))))
    query.append(("as_of", day.isoformat()))
    return f"{reverse('projects:ledger_detail', args=[ledger.code])}?{urlencode(query, safe=',')}"
