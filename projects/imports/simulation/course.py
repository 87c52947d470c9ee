"""The course of one project: its records in the database, and the days on which its steps will be done and its reports filed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from erqi.common import workdays
from erqi.common.models import User
from projects.choices import MONTH_KINDS, MilestoneKind
from projects.imports.simulation.material import FIRST_DAY, LAST_DAY, MONTHS, Plot
from projects.models import LedgerEntry, Milestone, ProgressReport, Project
from projects.services.period import Month

ONE_DAY = timedelta(days=1)
# Of these a project has one in a year: where a document names it, none is invented beside it.
ONCE = {
    *(MilestoneKind.START, MilestoneKind.COMPLETION, MilestoneKind.SERVICE, MilestoneKind.CONTRACT),
    *(MilestoneKind.EARLY, MilestoneKind.RESETTLEMENT),
}


@dataclass
class Step:
    """A milestone with the day on which it will be done (None: not by the end); `twins` are documented ones of the kind without a date."""

    milestone: Milestone
    done_on: date | None
    twins: list[Milestone] = field(default_factory=list)
    is_done: bool = False

    @property
    def name(self) -> str:
        return self.milestone.name

    @property
    def is_late(self) -> bool:
        """Whether it will be done after its first date."""
        return self.done_on is not None and self.milestone.due_on is not None and self.done_on > self.milestone.due_on


@dataclass
class Course:
    """A project with its story, its people, its plan and what has been reported so far."""

    plot: Plot
    project: Project
    entry: LedgerEntry
    reporter: User
    reviewer: User
    steps: list[Step] = field(default_factory=list)
    # The year's plan; of a bundle also `own`, the part of it that no listed project has.
    plan: list[Decimal] | None = None
    own: list[Decimal] | None = None
    members: list["Course"] = field(default_factory=list)
    pace: list[float] = field(default_factory=list)
    reports: dict[int, ProgressReport] = field(default_factory=dict)
    reported_on: date = FIRST_DAY
    closed: bool = False

    def total(self, month: int, reached: Callable[[Decimal, float], Decimal]) -> Decimal:
        """Return what is reported as invested by a month: what the own part reached, and what its parts have reported by now."""
        own = reached(self.own[month - 1], self.pace[month - MONTHS[0]]) if self.own else Decimal(0)
        return own + sum((member.last_total(month) for member in self.members), Decimal(0))

    def last_total(self, month: int) -> Decimal:
        """Return what was last reported as invested up to a month."""
        found = [report.cumulative for at, report in sorted(self.reports.items()) if at <= month]
        return found[-1] if found else Decimal(0)

    def step(self, name: str) -> Step:
        """Return the step of a name; raise KeyError for a name that the road does not have."""
        found = next((step for step in self.steps if step.name == name), None)
        if found is None:
            raise KeyError(f"{self.plot.code}: {name}")
        return found

    @property
    def next_step(self) -> Step | None:
        """The open step that is due first."""
        left = [step for step in self.steps if not step.is_done]
        return min(left, key=lambda step: step.milestone.due_on or date.max, default=None)


def completion_day(plot: Plot, milestone: Milestone, planned_on: date) -> date | None:
    """Return on which day a step is done: as the story says, else some days before or after its date; None when not by the end."""
    chance = plot.random
    drawn = chance.random()
    if milestone.kind in MONTH_KINDS:
        offset = chance.randint(-9, -1)
    elif drawn < 0.65:
        offset = chance.randint(-16, -8)
    else:
        offset = chance.randint(-7, -1) if drawn < 0.92 else chance.randint(1, 4)
    if milestone.name in plot.late:
        said = plot.late[milestone.name]
        if said is None:
            return None
        offset = said
    day = workdays.next_workday(max(planned_on + offset * ONE_DAY, FIRST_DAY + ONE_DAY))
    # What is done in the last days is reported in the days after: it is still open.
    return day if day < LAST_DAY - ONE_DAY else None


def working_days(first: date, last: date) -> list[date]:
    """Return the working days from one day to another."""
    days = ((first + number * ONE_DAY) for number in range((last - first).days + 1))
    return [day for day in days if workdays.is_workday(day)]


@dataclass(frozen=True)
class Filing:
    """What happens to the report of a month, and when."""

    month: int
    file_on: date
    unchanged: bool = False
    return_on: date | None = None
    again_on: date | None = None
    pass_on: date | None = None


def filings(plot: Plot, months: Iterable[Month], *, last_day: bool = False) -> list[Filing]:
    """Return the reports of a project from March to September with the days of their steps; `last_day` for bundles, which wait for what
    their parts report."""
    found = []
    for month in months:
        fate = plot.filing(month.month)
        if month.month not in MONTHS or fate in ("missed", "open"):
            continue
        chance = plot.random
        in_time = working_days(month.opens_on, month.due_on)
        after = [day for day in working_days(month.due_on + ONE_DAY, month.locks_on) if day < LAST_DAY]
        last = working_days(month.opens_on, month.locks_on)[-1]
        if last_day:
            in_time = in_time[-1:]
        return_on = again_on = None
        if fate == "returned":
            file_on, return_on, again_on = in_time[0], in_time[1], in_time[2]
        elif fate == "late" and after:
            file_on = chance.choice(after)
        else:
            # Most report in the last days.
            file_on = chance.choices(in_time, weights=[1 + 2 * place for place in range(len(in_time))])[0]
        reviewed = min(workdays.add_workdays(again_on or file_on, chance.randint(1, 3)), last)
        found.append(Filing(month.month, file_on, fate == "unchanged", return_on, again_on, None if fate == "waits" else reviewed))
    return found
