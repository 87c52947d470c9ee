"""What findings ask for besides being put right: the step that follows an untrue report (domain.md §1.7), proposed to the office."""

from collections.abc import Iterable
from datetime import date

from projects.choices import WarningLevel
from supervision.choices import EscalationTrigger
from supervision.models import Finding
from supervision.services.escalation import Due


def untrue(day: date) -> Iterable[Due]:
    """Return what stands on the day against a project: one query."""
    rows = Finding.objects.standing(day).filter(project__isnull=False).order_by("pk")
    return [
        Due(
            row.project_id,
            # Of the year in which it was found: it is one proposal however long it stands.
            row.raised_on.year,
            EscalationTrigger.UNTRUE,
            WarningLevel.UNRATED,
            row.raised_on,
            row.raised_on,
            f"督察认定上报不实：{row.observed}",
            finding=str(row.pk),
            unit=row.unit_id,
            simulated=row.simulated,
        )
        for row in rows
    ]
