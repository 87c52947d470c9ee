"""When and by whom monthly reports had been filed by a day: read from their steps, since the reports say it as it is now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from projects.choices import DecisionState, ReportAction
from projects.models import ReportCorrection, ReportStep
from projects.rules.report import Filing, filing_after


def filings(steps: Iterable[ReportStep]) -> dict[int, Filing]:
    """Return how each report (key) was filed, by its steps up to a day in their order; at most one query, where one was corrected."""
    by_report: dict[int, list[ReportStep]] = defaultdict(list)
    for step in steps:
        by_report[step.report_id].append(step)
    corrected = {key for key, rows in by_report.items() if any(row.action == ReportAction.CORRECT for row in rows)}
    slips: dict[int, list[tuple[date, str]]] = defaultdict(list)
    if corrected:
        approved = ReportCorrection.objects.filter(report__in=corrected, state=DecisionState.APPROVED).order_by("decided_on", "pk")
        for report, on, name in approved.values_list("report_id", "requested_on", "requested_by_name"):
            slips[report].append((on, name))
    return {key: filing_after(_acts(rows, slips[key])) for key, rows in by_report.items()}


def _acts(rows: list[ReportStep], slips: list[tuple[date, str]]) -> Iterable[tuple[str, date, str]]:
    """Yield the steps with day and name, those of a correction from its slip: the first step of a correction is the first slip's."""
    left = iter(slips)
    for row in rows:
        on, name = next(left, (row.taken_on, row.by_name)) if row.action == ReportAction.CORRECT else (row.taken_on, row.by_name)
        yield row.action, on, name
