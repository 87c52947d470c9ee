"""Entries of a ledger by name, with who answers for them: for pages that begin with schedules and not with the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from projects.models import Ledger, LedgerEntry
from projects.querysets.ledger_state import read_answering_units
from projects.querysets.warning_state import read_people


@dataclass
class Named:
    """A project in the ledger, with who answers on the day."""

    project_id: int
    seq: int
    project__code: str
    project__name: str
    answering_id: int | None = None
    answering_row: int | None = None
    answering_kind: str | None = None
    answering_unit: str | None = None
    staff: list[str] = field(default_factory=list)
    patrons: list[str] = field(default_factory=list)


def named_entries(ledger: Ledger, projects: Iterable[int], day: date) -> dict[int, Named]:
    """Return the entries of the projects (keys) in the ledger, by project: three queries."""
    columns = ("project_id", "seq", "project__code", "project__name")
    entries = [Named(*row) for row in LedgerEntry.objects.filter(ledger=ledger, project__in=set(projects)).values_list(*columns)]
    read_answering_units(entries, day)
    read_people(entries, day)
    return {entry.project_id: entry for entry in entries}
