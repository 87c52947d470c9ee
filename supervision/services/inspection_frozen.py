"""What a unit had reported of a project by a day, frozen beside what an inspection finds: the report that counts, and each milestone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from erqi.common.numbers import money
from projects.models import CountedReport, Milestone, Project, ReportStep
from projects.rules.milestone import MilestoneState, standing
from supervision.models import InspectedMilestone, Inspection

# What a finding has room for.
LONGEST = 300


@dataclass(frozen=True)
class ReportedMilestone:
    """A milestone as it stood on the day by what was reported."""

    milestone: Milestone
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class Reported:
    """What was reported by the day."""

    step: ReportStep | None = None
    year: int | None = None
    month: int | None = None
    milestones: list[ReportedMilestone] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of an inspection that hold it."""
        if self.step is None:
            return {}
        return {
            "report_step": self.step,
            "reported_year": self.year,
            "reported_month": self.month,
            "reported_cumulative": self.step.cumulative,
            "reported_percent": self.step.physical_percent,
            "reported_physical": self.step.physical,
        }

    @property
    def words(self) -> str:
        """What was reported, in one line."""
        if self.step is None:
            return ""
        parts = [f"{self.year}年{self.month}月月报"]
        if self.step.cumulative is not None:
            parts.append(f"累计完成投资 {money(self.step.cumulative)}")
        if self.step.physical_percent is not None:
            parts.append(f"形象进度 {self.step.physical_percent}%")
        parts += filter(None, [self.step.physical])
        return "，".join(parts)

    @property
    def mark(self) -> str:
        """A short text that is another one as soon as a person would be shown something else; empty where there is nothing to show."""
        if self.step is None and not self.milestones:
            return ""
        shown = [self.step.pk if self.step else None, *((one.milestone.pk, one.due_on, one.done_on) for one in self.milestones)]
        return sha256(repr(shown).encode()).hexdigest()[:16]

    def said(self, seen: Mapping[int, bool | None]) -> str:
        """Return what a finding is held against: the report, and each milestone that was reported as done and found undone."""
        done = [f"节点“{one.milestone.name}”{one.done_on}完成" for one in self._untrue(seen)]
        return "；".join(filter(None, [self.words, *done]))[:LONGEST]

    def _untrue(self, seen: Mapping[int, bool | None]) -> list[ReportedMilestone]:
        return [one for one in self.milestones if one.done_on is not None and seen.get(one.milestone.pk) is False]

    def overstated(self, seen: Mapping[int, bool | None]) -> bool:
        """Say whether a milestone was reported as done and found undone."""
        return bool(self._untrue(seen))

    def keep(self, inspection: Inspection, seen: Mapping[int, bool | None]) -> None:
        """Store the milestones with the inspection."""
        InspectedMilestone.objects.bulk_create(
            InspectedMilestone(
                inspection=inspection,
                milestone=one.milestone,
                name=one.milestone.name,
                due_on=one.due_on,
                reported_done_on=one.done_on,
                observed_done=seen.get(one.milestone.pk),
            )
            for one in self.milestones
        )


def freeze(project: Project | None, day: date) -> Reported:
    """Return what had been reported of the project by the day: four queries."""
    if project is None:
        return Reported()
    counted = CountedReport.objects.filter(project=project, year__lte=day.year).on(day).select_related("step").order_by("-year").first()
    rows = [_milestone(one, day) for one in project.milestones.known(day).filter(year__lte=day.year).for_project()]
    shown = [one for one in rows if one.milestone.year == day.year or one.done_on is None]
    if counted is None:
        return Reported(milestones=shown)
    return Reported(counted.step, counted.year, counted.month, shown)


def done_on(milestones: Collection[int], day: date) -> dict[int, date | None]:
    """Return since when each milestone (key) stood as done on the day, None where it did not: three queries."""
    rows = Milestone.objects.filter(pk__in=milestones).known(day).for_project()
    return {row.pk: _milestone(row, day).done_on for row in rows}


def _milestone(milestone: Milestone, day: date) -> ReportedMilestone:
    changes = [(change.recorded_on, change.from_due_on) for change in milestone.date_changes.all()]
    updates = [(update.recorded_on, update.from_done_on) for update in milestone.updates.all() if update.changes_done]
    found = standing(milestone.due_on, changes, milestone.done_on, milestone.done_known_on, day, updates)
    done = found.state is MilestoneState.DONE
    return ReportedMilestone(milestone, found.due_on, (milestone.done_on or milestone.done_known_on) if done else None)
