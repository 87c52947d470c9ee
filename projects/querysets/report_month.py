"""One month's reports of a ledger's rows as they were known on a day: figures beside the plan, words, who filed and reviewed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps

from erqi.common.numbers import ratio, rounded
from projects.choices import ReportAction
from projects.querysets.ledger_figures import Basis
from projects.rules.progress import planned

_WORDS = ("physical_percent", "physical", "progress", "problem", "problem_cause", "next_step")
# What there is of a report that there is not: amount, whether simulated, words.
_NOTHING = (None, False, (None,) * len(_WORDS))


@dataclass(frozen=True)
class MonthPlan:
    """What a project's plan asks of a month: in the month, from January to its end, in the whole year; None where it is unknown."""

    in_month: Decimal | None
    to_month: Decimal | None
    whole: Decimal | None


def _month_plan(basis: Basis, month: int, plan: tuple[Decimal, ...] | None, annual: Decimal | None) -> MonthPlan:
    def to(number: int) -> Decimal | None:
        return planned(basis.curve, plan, annual, basis.year, number, basis.cutoffs[number - 1]) if number else Decimal(0)

    now, before = to(month), to(month - 1)
    whole = annual if annual is not None else (plan[-1] if plan else None)
    return MonthPlan(None if now is None or before is None else rounded(now - before, 2), None if now is None else rounded(now, 2), whole)


def read_month(entries: Iterable[Any], basis: Basis, month: int) -> None:
    """Set on ledger entries, as known on the basis's day: `month_plan` (MonthPlan) and `plan_simulated`; `month_done` (from January, by the
    last report up to the month whose figures counted, as the ledger has it), `done_month` (that report's month), `report_simulated`; of the
    month's own report `month_added` (in the month itself; None where it or the one before is missing), its words, `filed_on`, `filed_by`,
    `reviewed_by`; `of_time` and `of_year`, done ÷ plan. Three queries."""
    entries = list(entries)
    projects = {entry.project_id for entry in entries}
    plans = _plans(basis, projects)
    steps = _figures(basis, month, projects)
    people = _people(basis, month, projects)
    for entry in entries:
        plan, entry.plan_simulated = plans.get(entry.project_id, (None, False))
        entry.month_plan = _month_plan(basis, month, plan, entry.annual_plan)
        reports = steps.get(entry.project_id, {})
        entry.has_report = month in reports
        entry.done_month = max((number for number, found in reports.items() if found[0] is not None), default=None)
        done, entry.report_simulated, _ = reports.get(entry.done_month, _NOTHING)
        entry.month_done = done
        own, _, words = reports.get(month, _NOTHING)
        for name, value in zip(_WORDS, words, strict=True):
            setattr(entry, name, value)
        before = Decimal(0) if month == 1 else reports.get(month - 1, _NOTHING)[0]
        entry.month_added = None if own is None or before is None else own - before
        entry.of_time, entry.of_year = ratio(done, entry.month_plan.to_month), ratio(done, entry.month_plan.whole)
        shown = people.get(entry.project_id, {}) if entry.has_report else {}
        entry.filed_by, entry.filed_on = shown.get("filed", (None, None))
        entry.reviewed_by, _ = shown.get("passed", (None, None))


def _plans(basis: Basis, projects: set[int]) -> dict[int, tuple[tuple[Decimal, ...], bool]]:
    rows = apps.get_model("projects", "InvestmentPlan").objects.on(basis.day).filter(year=basis.year, project__in=projects)
    months = [f"month_{number}" for number in range(1, 13)]
    return {project: (tuple(amounts), simulated) for project, simulated, *amounts in rows.values_list("project_id", "simulated", *months)}


def _figures(basis: Basis, month: int, projects: set[int]) -> dict[int, dict[int, tuple]]:
    """Return what counted of the reports up to the month, by project and month."""
    steps = apps.get_model("projects", "ReportStep").objects.on(basis.day)
    rows = steps.filter(counts=True, report__year=basis.year, report__month__lte=month, report__project__in=projects)
    columns = ("report__project_id", "report__month", "cumulative", "simulated", *_WORDS)
    found: dict[int, dict[int, tuple]] = {}
    for project, number, done, simulated, *words in rows.values_list(*columns):
        found.setdefault(project, {})[number] = (done, simulated, words)
    return found


def _people(basis: Basis, month: int, projects: set[int]) -> dict[int, dict[str, tuple[str, date]]]:
    """Return who filed and who passed the month's report last, by project."""
    steps = apps.get_model("projects", "ReportStep").objects.filter(valid_from__lte=basis.day)
    rows = steps.filter(report__year=basis.year, report__month=month, report__project__in=projects).order_by("pk")
    found: dict[int, dict[str, tuple[str, date]]] = {}
    for project, action, name, on in rows.values_list("report__project_id", "action", "by_name", "valid_from"):
        said = found.setdefault(project, {})
        if action in (ReportAction.FILE, ReportAction.CORRECT):
            said["filed"] = (name, on)
            # What was filed anew has not been passed yet; a correction is approved by itself.
            if action == ReportAction.FILE:
                said.pop("passed", None)
        elif action == ReportAction.PASS:
            said["passed"] = (name, on)
    return found
