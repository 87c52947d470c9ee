"""How far a year's monthly reports are: who is expected to report, what came in, what was passed. Plain values, grouped queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Case, Count, Exists, Min, OuterRef, Q, Value, When

from erqi.common.dates import clamp
from erqi.common.models import User
from projects.choices import ReportState
from projects.models import Ledger, LedgerEntry, ProgressReport
from projects.querysets.ledger import LedgerEntryQuerySet, standing, unclosed
from projects.services.period import Month


@dataclass(frozen=True)
class MonthCounts:
    """A month's reports by state. `expected` are the projects that stand in the ledger; `missing` those that are not reported: nobody
    filed them, or they were returned (what those say may count until they are filed again)."""

    expected: int = 0
    filed: int = 0
    passed: int = 0
    returned: int = 0
    drafts: int = 0
    # Whether reports are asked for at all: not of months that were over before reporting began.
    asked: bool = True

    @property
    def reported(self) -> int:
        """Reports that are filed, passed or not yet."""
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
    entered = Q(**{f"{prefix}listed_on": None}) | Q(**{f"{prefix}listed_on__lte": day})
    return entered & standing(day, prefix) & unclosed(day, prefix)


def first_month(year: int, warned_since: date | None) -> int:
    """Return the year's first month for which monthly reports are asked: that in which its district ledger began to have colours
    (`warned_since`), or an earlier one that somebody reported; 13 where nothing tells. One query."""
    reported = ProgressReport.objects.filter(year=year, first_filed_on__isnull=False).aggregate(first=Min("month"))["first"]
    months = [reported or 13]
    if warned_since is not None and warned_since.year <= year:
        months.append(warned_since.month if warned_since.year == year else 1)
    return min(months)


def is_asked(month: Month, first: int, today: date) -> bool:
    """Say whether a month's reports are asked for: from the first month on (`first_month`), and as long as the month is not over."""
    return month.month >= first or not month.is_locked(today)


def missing_by_unit(entries: LedgerEntryQuerySet, month: Month, day: date) -> Counter[int | None]:
    """Return how many of the entries' projects are not reported for the month (or were returned), by the unit that reports them: one
    query."""
    reported = ProgressReport.objects.of_month(month.year, month.month).reported().filter(project=OuterRef("project"))
    rows = entries.filter(~Exists(reported)).with_reporting_id(day).order_by()
    return Counter(dict(rows.values_list("reporting_id").annotate(Count("pk"))))


def waiting_by_unit(entries: LedgerEntryQuerySet, month: Month, day: date, user: User) -> tuple[Counter[tuple[int | None, date]], int]:
    """Return how many of the entries' projects' reports of the month await the account's review, by the unit that reviews them and the
    day on which they were filed; and how many more the account filed: those are for somebody else. One query."""
    reports = ProgressReport.objects.of_month(month.year, month.month).filter(state=ReportState.FILED, filed_on__isnull=False)
    is_own = Case(When(filed_by=user, then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = reports.filter(project__in=entries.order_by().values("project")).annotate(is_own=is_own).with_reviewing_id(day).order_by()
    found: Counter[tuple[int | None, date]] = Counter()
    own = 0
    for unit, filed_on, by_user, number in rows.values_list("reviewing_id", "filed_on", "is_own").annotate(Count("pk")):
        if by_user:
            own += number
        else:
            found[unit, filed_on] = number
    return found, own


def month_counts(year: int, months: Iterable[Month], today: date) -> dict[int, MonthCounts]:
    """Return the counts of the year's district ledger by month: four queries, none of which grows with the months."""
    ledger = Ledger.objects.main().filter(year=year).first()
    if ledger is None:
        return {}
    months, first = list(months), first_month(year, ledger.warned_since)
    asked = {month.month: is_asked(month, first, today) for month in months}
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
            expected=numbers[f"month_{month}"] if asked[month] else 0,
            asked=asked[month],
            filed=states.get(ReportState.FILED, 0),
            passed=states.get(ReportState.PASSED, 0),
            returned=states.get(ReportState.RETURNED, 0),
            drafts=states.get(ReportState.DRAFT, 0),
        )
        for month, states in found.items()
    }
