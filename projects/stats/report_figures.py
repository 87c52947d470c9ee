"""One project's figures against its plan: of a month, and month by month over a year, as they were known on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import JSONField, OuterRef, Subquery

from erqi.common import workdays
from erqi.common.numbers import ratio, rounded
from projects.choices import Curve, LedgerKind, LedgerLevel
from projects.models import InvestmentPlan, LedgerEntry, Project, ReportStep, WarningPolicy, WarningSchedule
from projects.rules.calendar import cutoffs
from projects.rules.progress import planned, time_share

MONTHS = range(1, 13)


@dataclass(frozen=True)
class YearPlan:
    """What is planned of a year: to each month's cut-off (None: unknown), in the whole year, and whether the plan is simulated."""

    months: tuple[Decimal | None, ...]
    annual: Decimal | None
    simulated: bool = False

    def to(self, month: int) -> Decimal | None:
        """Return what is planned from January to a month's cut-off."""
        return self.months[month - 1]


def year_plan(project: Project, year: int, day: date) -> YearPlan:
    """Return a project's plan of a year as it stood on the day, by the curve of the rules then in force: three queries."""
    version = WarningPolicy.objects.in_force(day).first()
    curve = version.policy.curve if version else Curve.MONTHLY_PLAN
    plan = InvestmentPlan.objects.on(day).filter(project=project, year=year).first()
    annual = _annual(project, year, day)
    amounts = plan.cumulative if plan else None
    if annual is None and amounts is not None:
        annual = amounts[-1]
    ends = cutoffs(year, workdays.is_workday)
    months = tuple(planned(curve, amounts, annual, year, month, ends[month - 1]) for month in MONTHS)
    return YearPlan(months, annual, bool(plan and plan.simulated))


def _annual(project: Project, year: int, day: date) -> Decimal | None:
    """Return the year's amount that the district ledger said on the day: what the colour was computed from then, where there was one;
    else, since nothing else keeps it by business date, what the ledger says now."""
    known = WarningSchedule.objects.of_year(year).on(day).filter(project=OuterRef("project")).values("facts__investment")[:1]
    row = (
        LedgerEntry.objects.filter(project=project, ledger__year=year, ledger__level=LedgerLevel.DISTRICT, ledger__kind=LedgerKind.PROJECTS)
        .values_list("annual_plan", Subquery(known, output_field=JSONField()))
        .first()
    )
    if row is None:
        return None
    now, figures = row
    if figures is None:
        return now
    return None if figures["annual"] is None else Decimal(figures["annual"])


@dataclass(frozen=True)
class MonthFigures:
    """A month's cumulative amount beside the plan, the month before and the year."""

    month: int
    cumulative: Decimal | None
    planned: Decimal | None
    annual: Decimal | None
    # The year's last counted month before, and its amount.
    before_month: int | None
    before: Decimal | None
    # The share of the year that had passed at the month's cut-off (序时进度).
    time: Decimal | None

    @property
    def in_month(self) -> Decimal | None:
        """What the month itself added; None where the month before is missing."""
        if self.cumulative is None:
            return None
        if self.month == 1:
            return self.cumulative
        return self.cumulative - self.before if self.before is not None and self.before_month == self.month - 1 else None

    @property
    def planned_rounded(self) -> Decimal | None:
        """The plan to two decimals of 万元: a computed share of the year has no end of them."""
        return None if self.planned is None else rounded(self.planned, 2)

    @property
    def of_plan(self) -> Decimal | None:
        """Done in proportion to what was planned to date."""
        return ratio(self.cumulative, self.planned)

    @property
    def of_year(self) -> Decimal | None:
        """Done in proportion to the year's plan."""
        return ratio(self.cumulative, self.annual)


def month_figures(project: Project, year: int, month: int, cumulative: Decimal | None, day: date) -> MonthFigures:
    """Return a month's amount beside what was known on the day: four queries."""
    plan = year_plan(project, year, day)
    before = ReportStep.objects.figures(day).filter(report__project=project, report__year=year, report__month__lt=month)
    last = before.values_list("report__month", "cumulative").first()
    share = time_share(Curve.LINEAR_DAYS, year, month, cutoffs(year, workdays.is_workday)[month - 1])
    return MonthFigures(month, cumulative, plan.to(month), plan.annual, last[0] if last else None, last[1] if last else None, share)
