"""The section of the project page about its monthly reports: the year month by month, and the investment curve against the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from erqi.common.dates import clamp_to_year
from erqi.common.numbers import money, percent, ratio, rounded
from projects.charts import investment_curve
from projects.choices import LedgerKind, LedgerLevel, ReportAction, ReportState
from projects.models import LedgerEntry, Project, ReportStep
from projects.rules.report import Punctuality
from projects.sentences.report import PUNCTUALITY, late_words, return_words, state_word
from projects.services.period import Month, months_of
from projects.stats.report_figures import YearPlan, year_plan
from projects.views.report import AFTER
from projects.views.report_rows import CHIPS


@dataclass(frozen=True)
class MonthRow:
    """A month of the year as it was known on the day."""

    project: Project
    month: Month
    day: date
    step: ReportStep | None
    planned: Decimal | None

    @property
    def url(self) -> str:
        return reverse("projects:report_detail", args=[self.project.code, self.month.year, self.month.month])

    @property
    def state(self) -> str | None:
        return AFTER[ReportAction(self.step.action)] if self.step is not None else None

    @property
    def chip(self) -> str:
        return "更正" if self.step is not None and self.step.action == ReportAction.CORRECT else state_word(self.state)

    @property
    def chip_kind(self) -> str:
        return CHIPS[ReportState(self.state)] if self.state else ""

    @property
    def note(self) -> str:
        """What a return means for the figures; that what it says was put right after the year."""
        if self.step is None:
            return ""
        returned = return_words(self.counts) if self.step.action == ReportAction.RETURN else ""
        return "；".join(filter(None, [returned, late_words(self.step.action, self.step.recorded_on, self.month.year)]))

    @property
    def counts(self) -> bool:
        return self.step is not None and self.step.counts

    @property
    def cumulative(self) -> Decimal | None:
        """The amount that counted on the day."""
        return self.step.cumulative if self.step is not None and self.counts else None

    @property
    def plan(self) -> Decimal | None:
        return None if self.planned is None else rounded(self.planned, 2)

    @property
    def share(self) -> Decimal | None:
        """Done in proportion to the plan to date."""
        return ratio(self.cumulative, self.planned)

    @property
    def punctual(self) -> Punctuality:
        first = self.step.report.first_filed_on if self.step is not None and self.state is not None else None
        # What was filed after the year stands on its last day already.
        return self.month.punctuality(first, max(self.day, self.step.taken_on) if self.step is not None else self.day)

    @property
    def punctuality(self) -> str:
        return PUNCTUALITY[self.punctual]

    @property
    def is_late(self) -> bool:
        """Whether it deserves a second look: filed late, or not at all though it was due."""
        return self.punctual in (Punctuality.LATE, Punctuality.OVERDUE, Punctuality.MISSED)

    @property
    def filed(self) -> str:
        """Who filed it, and when."""
        if self.step is None or self.state is None or self.step.report.filed_on is None:
            return ""
        return f"{self.step.report.filed_by_name} {self.step.report.filed_on:%Y-%m-%d}"

    @property
    def simulated(self) -> bool:
        return self.step is not None and self.step.simulated


def chosen_year(entries: Sequence[LedgerEntry], day: date, asked: str) -> tuple[int | None, list[int]]:
    """Return the year whose reports the page shows, and those to choose from: the years of the district's ledgers."""
    years = sorted(
        {entry.ledger.year for entry in entries if (entry.ledger.level, entry.ledger.kind) == (LedgerLevel.DISTRICT, LedgerKind.PROJECTS)}
    )
    wanted = next((year for year in years if str(year) == asked.strip()), None)
    return wanted or max((year for year in years if year <= day.year), default=None), years


def month_rows(project: Project, year: int, day: date, plan: YearPlan) -> list[MonthRow]:
    """Return the months of the year that had begun to be reported by the day, as they were known then: two queries."""
    steps = ReportStep.objects.on(day).filter(report__project=project, report__year=year).select_related("report")
    by_month = {step.report.month: step for step in steps}
    return [
        MonthRow(project, month, day, by_month.get(month.month), plan.to(month.month))
        for month in months_of(year)
        if month.opens_on <= day or month.month in by_month
    ]


def reports_context(project: Project, entries: Sequence[LedgerEntry], day: date, asked: str = "") -> dict[str, Any]:
    """Return what templates/projects/_project_reports.html shows; `asked` is the year that the address names."""
    year, years = chosen_year(entries, day, asked)
    if year is None:
        return {"report_year": None}
    day = clamp_to_year(day, year)
    plan = year_plan(project, year, day)
    rows = month_rows(project, year, day, plan)
    done = {row.month.month: row.cumulative for row in rows}
    amounts = [done.get(month) for month in range(1, 13)]
    has_curve = any(amount is not None for amount in (*amounts, *plan.months))
    return {
        "report_year": year,
        "report_years": years,
        "report_day": day,
        "report_rows": rows,
        "plan_simulated": plan.simulated,
        "curve": investment_curve(plan.months, amounts) if has_curve else None,
        "curve_head": ["月份", "累计计划", "累计完成", "完成计划"],
        "curve_rows": [
            [
                f"{month}月",
                money(rounded(planned, 2)) if planned is not None else "—",
                money(amount) if amount is not None else "—",
                percent(ratio(amount, planned)),
            ]
            for month, (planned, amount) in enumerate(zip(plan.months, amounts, strict=True), 1)
        ],
    }
