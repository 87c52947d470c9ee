"""What the ledger says of money and reports on a day: done and planned to date, and the words of the last report that counts.

Two forms of the same answers: `with_figures` annotates a queryset, for totals, filters and sorting; `read_figures` reads the rows of one
page. What is asked of the year's plan is said once, in `Basis`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Case, DecimalField, ExpressionWrapper, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from erqi.common import workdays
from erqi.common.numbers import ratio, rounded
from erqi.common.sql import Among
from projects.choices import Curve
from projects.querysets.revision import valid_on
from projects.rules.calendar import cutoffs, data_month
from projects.rules.progress import passed, planned

MONEY = DecimalField(max_digits=24, decimal_places=4)


@dataclass(frozen=True)
class Basis:
    """To which month of a year the plan is asked for on a day (0: to none yet), by which curve, and the months' cut-offs."""

    year: int
    day: date
    month: int
    curve: Curve
    # Those of all twelve months.
    cutoffs: tuple[date, ...]

    @property
    def cutoff_on(self) -> date | None:
        """The month's cut-off."""
        return self.cutoffs[self.month - 1] if self.month else None

    def planned(self, plan: tuple[Decimal, ...] | None, annual: Decimal | None) -> Decimal | None:
        """Return what is planned from January to the month's cut-off, 万元 (rules.progress.planned); None where nothing is asked yet."""
        if self.cutoff_on is None:
            return None
        return planned(self.curve, plan, annual, self.year, self.month, self.cutoff_on)


def figure_basis(year: int, day: date) -> Basis:
    """Return what is asked of a year's plans on a day, by the rules in force then: one query."""
    policy = apps.get_model("projects", "WarningPolicy").objects.in_force(day).first()
    curve = policy.policy.curve if policy else Curve.MONTHLY_PLAN
    return Basis(year, day, data_month(year, day, workdays.is_workday), curve, cutoffs(year, workdays.is_workday))


def with_figures(entries: QuerySet, basis: Basis) -> QuerySet:
    """Annotate ledger entries with what is known on the day, 万元: `done` (invested since January, by the report that counts), `whole` (the
    year's plan: the ledger's figure, else the plan's December), `planned` (to the month's cut-off), `done_month`. Never multiplies rows."""
    reports = Q(project__counted_reports__year=basis.year) & valid_on(basis.day, "project__counted_reports__")
    plans = Q(project__plans__year=basis.year) & valid_on(basis.day, "project__plans__")
    return entries.annotate(
        counted=FilteredRelation("project__counted_reports", condition=reports),
        figures_plan=FilteredRelation("project__plans", condition=plans),
        done=F("counted__cumulative"),
        done_month=F("counted__month"),
        whole=Coalesce("annual_plan", "figures_plan__month_12"),
    ).annotate(planned=_planned(basis))


def _planned(basis: Basis) -> Any:
    if basis.cutoff_on is None:
        # Typed, for a sum over it: PostgreSQL cannot add up what has no type.
        return Cast(Value(None), MONEY)
    if basis.curve == Curve.MONTHLY_PLAN:
        return F(f"figures_plan__month_{basis.month}")
    share = passed(basis.curve, basis.year, basis.month, basis.cutoff_on)
    assert share is not None  # noqa: S101
    return ExpressionWrapper(F("whole") * share[0] / share[1], output_field=MONEY)


def rate(part: str, whole: str) -> Case:
    """Return the expression part ÷ whole; NULL where either is unknown or the whole is nothing (erqi.common.numbers.ratio, as SQL)."""
    return Case(
        When(**{f"{whole}__gt": 0}, then=ExpressionWrapper(F(part) * Decimal(1) / F(whole), output_field=MONEY)), output_field=MONEY
    )


_REPORTED = ("physical_percent", "physical", "progress", "problem", "problem_cause", "next_step", "self_level")


def read_figures(entries: Iterable[Any], basis: Basis) -> None:
    """Set on ledger entries what `with_figures` annotates, `planned_simulated`, `done_simulated`, and of the last report that counts
    `reported_on` and its words (`physical`, `progress`, `problem`, `problem_cause`, `next_step`, `self_level`, `physical_percent`);
    `of_plan` and `of_year` are done ÷ planned and ÷ whole. Two queries."""
    entries = list(entries)
    projects = {entry.project_id for entry in entries}
    model = apps.get_model("projects", "InvestmentPlan").objects.on(basis.day).filter(Among("project_id", projects), year=basis.year)
    plans = {
        project: (tuple(amounts), simulated)
        for project, simulated, *amounts in model.values_list("project_id", "simulated", *(f"month_{month}" for month in range(1, 13)))
    }
    counted = apps.get_model("projects", "CountedReport").objects.of_year(basis.year).on(basis.day).filter(Among("project_id", projects))
    columns = ("project_id", "simulated", "month", "cumulative", "valid_from", *(f"step__{name}" for name in _REPORTED))
    reports = {project: row for project, *row in counted.values_list(*columns)}
    for entry in entries:
        plan, entry.planned_simulated = plans.get(entry.project_id, (None, False))
        # As the curves take it: the ledger's own figure of the year before the plan's.
        entry.whole = entry.annual_plan if entry.annual_plan is not None else (plan[-1] if plan else None)
        entry.whole_simulated = entry.annual_plan is None and entry.planned_simulated
        planned_exactly = basis.planned(plan, entry.annual_plan)
        # A share of the year has no end of decimals.
        entry.planned = None if planned_exactly is None else rounded(planned_exactly, 2)
        row = reports.get(entry.project_id) or [False, None, None, None, *(None for _ in _REPORTED)]
        entry.done_simulated, entry.done_month, entry.done, entry.reported_on = row[:4]
        for name, value in zip(_REPORTED, row[4:], strict=True):
            setattr(entry, name, value)
        entry.of_plan, entry.of_year = ratio(entry.done, planned_exactly), ratio(entry.done, entry.whole)
