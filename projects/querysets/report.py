"""Querysets of monthly reports and investment plans."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from projects.choices import REVIEWING_KINDS, DecisionState, ReportState
from projects.querysets.revision import RevisionQuerySet, valid_on
from projects.querysets.unit import unit_that
from projects.rules.report import REPORTED


class ProgressReportQuerySet(QuerySet):
    """Reports as they stand now."""

    def of_month(self, year: int, month: int) -> "ProgressReportQuerySet":
        """Return the reports of a month."""
        return self.filter(year=year, month=month)

    def reported(self) -> "ProgressReportQuerySet":
        """Return the reports that are filed, passed or not yet; what was returned is not, though it may count (ReportStepQuerySet)."""
        return self.filter(state__in=REPORTED)

    def with_reviewing_id(self, day: date) -> "ProgressReportQuerySet":
        """Annotate `reviewing_id`: the unit that reviews the report, as of the day."""
        return self.annotate(reviewing_id=unit_that(REVIEWING_KINDS, day))

    def to_review(self) -> "ProgressReportQuerySet":
        """Return the reports that await a review, the oldest first."""
        return self.filter(state=ReportState.FILED).select_related("project").order_by("year", "month", "filed_on", "pk")


class ReportStepQuerySet(RevisionQuerySet):
    """The steps that reports took: what was known on a day."""

    def figures(self, day: date) -> "ReportStepQuerySet":
        """Return the steps whose figures counted on the day, the latest month first."""
        return self.on(day).filter(counts=True).order_by("-report__year", "-report__month", "-pk")

    def standing(self) -> "ReportStepQuerySet":
        """Return the steps whose figures count now, one for each report."""
        return self.filter(counts=True, valid_until=None)

    def latest(self, day: date, year: int) -> Subquery:
        """Return the subquery (of a project as the outer row) of the key of the last counted step of the year on the day."""
        return Subquery(self.figures(day).filter(report__project=OuterRef("pk"), report__year=year).values("pk")[:1])


class CountedReportQuerySet(RevisionQuerySet):
    """The reports that count, each for a project's year from a day on."""

    def of_year(self, year: int) -> "CountedReportQuerySet":
        """Return those of one year."""
        return self.filter(year=year)


class CorrectionQuerySet(QuerySet):
    """Correction slips."""

    def pending(self) -> "CorrectionQuerySet":
        """Return the slips that await a decision."""
        return self.filter(state=DecisionState.PENDING)

    def for_list(self) -> "CorrectionQuerySet":
        """Return slips with their report and project, the longest waiting first."""
        return self.select_related("report__project").order_by("requested_on", "pk")


class InvestmentPlanQuerySet(RevisionQuerySet):
    """Plans of a year."""

    def standing(self, year: int) -> "InvestmentPlanQuerySet":
        """Return the year's plans that stand now."""
        return self.filter(year=year, valid_until=None)


def counted_on(day: date, prefix: str = "") -> Q:
    """Return the condition that a step's figures counted on the day; `prefix` leads to the step."""
    return valid_on(day, prefix) & Q(**{f"{prefix}counts": True})
