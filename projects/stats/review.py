"""The queue of a month's review: which reports await whom, with what stands beside each; and which reports are missing."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erqi.common.models import User
from erqi.common.numbers import ratio, rounded
from erqi.common.sql import Among
from projects.choices import LEVELS, Duty, ReportState
from projects.models import ProgressReport, Project, ReportStep, Responsibility, Unit
from projects.querysets.responsibility import in_force
from projects.rules.report import REPORTED, Punctuality
from projects.sentences.report import return_words
from projects.services.grid import accounts_of
from projects.services.period import Month
from projects.stats.report import Due, MonthReport, month_reports

# Missing projects that are named one by one; beyond them the counts by unit are enough to begin telephoning.
NAMED = 200
_DUTIES = (Duty.STAFF, Duty.DEPUTY, Duty.CHIEF)


class Standing(NamedTuple):
    """A month's report as far as the queue needs it to choose: its key, project, state and day."""

    pk: int
    project: int
    state: str
    filed_on: date | None


@dataclass(frozen=True)
class ReviewRow:
    """A report that is reviewed, with what stands beside it."""

    month: Month
    row: MonthReport
    report: ProgressReport
    own: bool

    @property
    def increase(self) -> Decimal | None:
        """What the month added; without an earlier report in the year all of it."""
        if self.report.cumulative is None:
            return None
        earlier = self.row.earlier.cumulative if self.row.earlier is not None else None
        return self.report.cumulative - (earlier or Decimal(0))

    @property
    def fall(self) -> Decimal | None:
        """By how much the amount fell, where it did."""
        return None if self.increase is None else max(Decimal(0), -self.increase)

    @property
    def skipped(self) -> bool:
        """Whether the earlier report is not that of the month before."""
        return self.row.earlier is not None and self.row.earlier.month != self.report.month - 1

    @property
    def planned_shown(self) -> Decimal | None:
        """The plan to date; a curve by days gives more decimals than anybody reads."""
        planned = self.row.planned
        return None if planned is None else rounded(planned, 1)

    @property
    def share(self) -> Decimal | None:
        """The cumulative amount as a share of the plan to date; None without a plan."""
        return ratio(self.report.cumulative, self.row.planned)

    @property
    def level_simulated(self) -> bool:
        """Whether the colour has to say of itself that it follows from simulated facts: the report beside it does not."""
        return self.row.simulated and not self.report.simulated

    @property
    def is_late(self) -> bool:
        return self.month.punctuality(self.report.first_filed_on, self.report.filed_on or self.month.locks_on) is Punctuality.LATE

    @property
    def is_rated_lighter(self) -> bool:
        """Whether the unit rates itself better than the rules do."""
        rated = self.report.self_level
        return rated is not None and self.row.level in LEVELS and rated < self.row.level


@dataclass(frozen=True)
class MissingProject:
    """A project whose month is not reported: how far it is, and who answers for it in the unit that reports it."""

    project: Project
    state: str | None
    reason: str
    people: list[str]
    # Whether what a returned report says still counts.
    counts: bool = False

    @property
    def return_words(self) -> str:
        return return_words(self.counts)


@dataclass
class MissingUnit:
    """A unit that reports projects of which some are missing, with the accounts that report for it."""

    unit: Unit | None
    number: int
    accounts: list[User] = field(default_factory=list)
    projects: list[MissingProject] = field(default_factory=list)


def standing_reports(month: Month, keys: Collection[int]) -> list[Standing]:
    """Return the month's reports of the projects (keys), the longest waiting first: one query."""
    rows = ProgressReport.objects.of_month(month.year, month.month).filter(Among("project_id", keys)).order_by("filed_on", "pk")
    return list(map(Standing._make, rows.values_list("pk", "project_id", "state", "filed_on")))


def review_rows(month: Month, due: Due, keys: Collection[int], today: date, user: User) -> list[ReviewRow]:
    """Return the reports of the projects (keys, in this order) with what stands beside them: nine queries."""
    return [
        ReviewRow(month, row, row.report, own=row.report.filed_by_id is not None and row.report.filed_by_id == user.pk)
        for row in month_reports(month, due, keys, today)
        if row.report is not None
    ]


def missing_units(due: Due, keys: Collection[int], reports: Collection[Standing], today: date) -> list[MissingUnit]:
    """Return the projects (keys) whose month is not reported (nobody filed it, or it was returned) by the unit that reports them, the
    most missing first; the first NAMED of them by name. Eight queries for any number."""
    states = {report.project: report for report in reports}
    absent = [key for key in keys if key not in states or states[key].state not in REPORTED]
    counts = Counter(due.unit_of(key) for key in absent)
    units = Unit.objects.in_bulk([key for key in counts if key is not None])
    accounts = accounts_of(units, "report.write", today)
    order = sorted(counts, key=lambda key: (key is None, -counts[key], units[key].sort_key if key in units else ""))
    found = {key: MissingUnit(units.get(key), counts[key], accounts.get(key, [])) for key in order}
    place = {key: number for number, key in enumerate(order)}
    named = sorted(absent, key=lambda key: place[due.unit_of(key)])[:NAMED]
    projects = Project.objects.only("code", "name").in_bulk(named)
    returned = [states[key].pk for key in named if key in states and states[key].state == ReportState.RETURNED]
    reasons = {
        step.report.project_id: (step.report.return_reason, step.counts)
        for step in ReportStep.objects.filter(report__in=returned, valid_until=None).select_related("report")
    }
    drafts = _typed([states[key].pk for key in named if key in states and states[key].state == ReportState.DRAFT])
    people = _people(due, named, today)
    for key in named:
        state = states[key].state if key in states else None
        if state == ReportState.DRAFT and states[key].pk not in drafts:
            # An empty report that a correction slip was refused for: nobody wrote it.
            state = None
        reason, counts = reasons.get(key, ("", False))
        found[due.unit_of(key)].projects.append(MissingProject(projects[key], state, reason, people.get(key, []), counts))
    return list(found.values())


def _typed(drafts: Collection[int]) -> set[int]:
    """Return the drafts (keys) that say anything, or were filed once."""
    said = ProgressReport.objects.filter(pk__in=drafts).exclude(cumulative=None, progress="", problem="", next_step="", physical="")
    return set(said.values_list("pk", flat=True)) | set(
        ReportStep.objects.filter(report__in=drafts, valid_until=None).values_list("report_id", flat=True)
    )


def _people(due: Due, keys: Collection[int], today: date) -> dict[int, list[str]]:
    """Return who answers for each project in the unit that reports it: 具体责任人 first."""
    rows = Responsibility.objects.filter(in_force(today), project__in=keys, person__isnull=False).exclude(duty="")
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for project, unit, duty, name in rows.values_list("project_id", "unit_id", "duty", "person__name").order_by("pk"):
        if unit == due.unit_of(project):
            found[project].append((_DUTIES.index(Duty(duty)), f"{Duty(duty).label} {name}"))
    return {project: [words for _, words in sorted(set(lines))] for project, lines in found.items()}
