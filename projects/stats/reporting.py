"""How far a year's monthly reports are: who is expected to report, what came in, what was passed. Plain values, grouped queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from erqi.common.dates import clamp
from erqi.common.models import User
from projects.choices import ReportState
from projects.models import Ledger, LedgerEntry, ProgressReport
from projects.querysets.ledger import LedgerEntryQuerySet
from projects.services.period import Month


@dataclass(frozen=True)
class MonthCounts:
    """A month's reports by state. `expected` are the projects that stand in the ledger; `missing` those without a report that counts."""

    expected: int = 0
    filed: int = 0
    passed: int = 0
    returned: int = 0
    drafts: int = 0

    @property
    def reported(self) -> int:
        """Reports that count: filed, passed or not yet."""
        return self.filed + self.passed

    @property
    def missing(self) -> int:
        return max(0, self.expected - self.reported)

    @property
    def untouched(self) -> int:
        """Projects for which nobody began anything."""
        return max(0, self.missing - self.returned - self.drafts)


def expected_on(month: Month, today: date) -> date:
    """Return the day whose ledger decides who reports a month: today, within the days in which the month is reported."""
    return clamp(today, month.opens_on, month.locks_on)


def expected(day: date, prefix: str = "") -> Q:
    """Return the condition that a ledger entry's project reports as of the day: it stands in the ledger and is not closed (销号).

    `prefix` leads to the entry. A project on hold reports too: that it stands still.
    """
    return (
        (Q(**{f"{prefix}listed_on": None}) | Q(**{f"{prefix}listed_on__lte": day}))
        & (Q(**{f"{prefix}delisted_on": None}) | Q(**{f"{prefix}delisted_on__gt": day}))
        & (Q(**{f"{prefix}closed_on": None}) | Q(**{f"{prefix}closed_on__gt": day}))
    )


def missing_by_unit(entries: LedgerEntryQuerySet, month: Month, day: date) -> Counter[int | None]:
    """Return how many of the entries' projects have no report of the month that counts, by the unit that reports them: one query."""
    counted = ProgressReport.objects.of_month(month.year, month.month).counted().filter(project=OuterRef("project"))
    rows = entries.filter(~Exists(counted)).with_reporting_id(day).order_by()
    return Counter(dict(rows.values_list("reporting_id").annotate(Count("pk"))))


def waiting_by_unit(entries: LedgerEntryQuerySet, month: Month, day: date, but: User) -> Counter[tuple[int | None, date]]:
    """Return how many of the entries' projects' reports of the month await a review, by the unit that reviews them and the day on which
    they were filed; not those that the account filed. One query."""
    reports = ProgressReport.objects.of_month(month.year, month.month).filter(state=ReportState.FILED, filed_on__isnull=False)
    rows = reports.filter(project__in=entries.order_by().values("project")).exclude(filed_by=but).with_reviewing_id(day).order_by()
    grouped = rows.values_list("reviewing_id", "filed_on").annotate(Count("pk"))
    return Counter({(unit, filed_on): number for unit, filed_on, number in grouped})


def month_counts(year: int, months: Iterable[Month], today: date) -> dict[int, MonthCounts]:
    """Return the counts of the year's district ledger by month: three queries, none of which grows with the months."""
    ledger = Ledger.objects.main().filter(year=year).first()
    if ledger is None:
        return {}
    days = {month.month: expected_on(month, today) for month in months}
    entries = LedgerEntry.objects.filter(ledger=ledger).order_by()
    numbers = entries.aggregate(**{f"month_{month}": Count("pk", filter=expected(day)) for month, day in days.items()})
    any_month = Q(pk__in=[])
    for month, day in days.items():
        any_month |= Q(month=month) & expected(day, "project__entries__")
    rows = (
        ProgressReport.objects.filter(any_month, year=year, project__entries__ledger=ledger)
        .order_by()
        .values_list("month", "state")
        .annotate(Count("pk"))
    )
    found: dict[int, dict[str, int]] = {month: {} for month in days}
    for month, state, number in rows:
        found[month][state] = number
    return {
        month: MonthCounts(
            expected=numbers[f"month_{month}"],
            filed=states.get(ReportState.FILED, 0),
            passed=states.get(ReportState.PASSED, 0),
            returned=states.get(ReportState.RETURNED, 0),
            drafts=states.get(ReportState.DRAFT, 0),
        )
        for month, states in found.items()
    }
