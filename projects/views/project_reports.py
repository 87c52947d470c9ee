"""The section of the project page about its monthly reports: the year month by month, and the investment curve against the plan."""

from collections.abc import Iterable, Sequence
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
from projects.rules.report import Filing, Punctuality
from projects.sentences.report import PUNCTUALITY, late_words, return_words, state_word
from projects.services.period import Month, months_of
from projects.stats.report_figures import YearPlan, year_plan
from projects.stats.report_filing import filings
from projects.stats.reporting import first_month, is_asked
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
    filing: Filing = Filing()

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
        # What was filed after the year stands on its last day already.
        day = max(self.day, self.step.taken_on) if self.step is not None else self.day
        return self.month.punctuality(self.filing.first_on if self.state is not None else None, day)

    @property
    def punctuality(self) -> str:
        return PUNCTUALITY[self.punctual]

    @property
    def is_late(self) -> bool:
        """Whether it deserves a second look: filed late, or not at all though it was due."""
        return self.punctual in (Punctuality.LATE, Punctuality.OVERDUE, Punctuality.MISSED)

    @property
    def filed(self) -> str:
        """Who had filed it by the day, and when."""
        if self.state is None or self.filing.last_on is None:
            return ""
        return f"{self.filing.by} {self.filing.last_on:%Y-%m-%d}"

    @property
    def simulated(self) -> bool:
        return self.step is not None and self.step.simulated


def _is_main(entry: LedgerEntry) -> bool:
    return (entry.ledger.level, entry.ledger.kind) == (LedgerLevel.DISTRICT, LedgerKind.PROJECTS)


def chosen_year(entries: Sequence[LedgerEntry], day: date, asked: str) -> tuple[int | None, list[int]]:
    """Return the year whose reports the page shows, and those to choose from: the years of the district's ledgers."""
    years = sorted({entry.ledger.year for entry in entries if _is_main(entry)})
    wanted = next((year for year in years if str(year) == asked.strip()), None)
    return wanted or max((year for year in years if year <= day.year), default=None), years


def month_rows(project: Project, year: int, day: date, plan: YearPlan, warned_since: date | None) -> list[MonthRow]:
    """Return the months of the year that had begun to be reported by the day and were asked for, as they were known then: four queries at
    most."""
    rows = ReportStep.objects.filter(report__project=project, report__year=year, valid_from__lte=day).select_related("report")
    first = first_month(year, warned_since)
    return rows_of(project, months_of(year), day, list(rows.order_by("pk")), plan, first)


def rows_of(
    project: Project, months: Iterable[Month], day: date, steps: Sequence[ReportStep], plan: YearPlan, first: int = 1
) -> list[MonthRow]:
    """Return the months from `first` on that had begun to be reported by the day; `steps` are all of the year up to it, in their order."""
    filed = filings(steps)
    by_month = {step.report.month: step for step in steps if step.holds_on(day)}
    return [
        MonthRow(project, month, day, step, plan.to(month.month), filed[step.report_id] if step else Filing())
        for month in months
        for step in [by_month.get(month.month)]
        if (month.opens_on <= day and is_asked(month, first, day)) or step is not None
    ]


def reports_context(project: Project, entries: Sequence[LedgerEntry], day: date, asked: str = "") -> dict[str, Any]:
    """Return what templates/projects/_project_reports.html shows; `asked` is the year that the address names."""
    year, years = chosen_year(entries, day, asked)
    if year is None:
        return {"report_year": None}
    day = clamp_to_year(day, year)
    plan = year_plan(project, year, day)
    ledger = next(one.ledger for one in entries if one.ledger.year == year and _is_main(one))
    rows = month_rows(project, year, day, plan, ledger.warned_since)
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
