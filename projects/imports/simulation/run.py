"""The days of the simulation: who does what when, from the end of February to the demonstration's business date."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from erqi.common import clock, workdays
from erqi.common.bulk import at_once
from erqi.common.fixtures import FixtureError
from erqi.common.history import recorded_as
from erqi.common.simulation import simulating
from projects.choices import WarningLevel
from projects.imports.simulation import plans
from projects.imports.simulation.acts import Acts
from projects.imports.simulation.course import ONCE, Course, Step, completion_day, filings, working_days
from projects.imports.simulation.material import FIRST_DAY, LAST_DAY, PREPARED_ON, YEAR, Material, Plot, RoadStep
from projects.imports.simulation.people import People, assign_units
from projects.imports.simulation.texts import Writer
from projects.models import InvestmentPlan, Ledger, LedgerEntry, Milestone, ReportPeriod, Unit, WarningPolicy, WarningSchedule
from projects.rules.presets import WARNING_POLICY
from projects.rules.responsibility import reporting_unit, reviewing_unit
from projects.services import milestone as milestone_service
from projects.services import plan as plan_service
from projects.services import policy as policy_service
from projects.services import schedule as schedule_service
from projects.services.deferral import deferred
from projects.services.grid import grids
from projects.services.period import months_of

SOURCE, NAME = "simulation", "模拟"
DRAFTED_ON = date(YEAR, 2, 26)


def is_wanted() -> bool:
    """Say whether the ledger of the year is as the documents leave it: a simulation is lived once, and never into people's own records."""
    ledger = Ledger.objects.main().filter(year=YEAR).first()
    begun = (InvestmentPlan, ReportPeriod, WarningPolicy, WarningSchedule)
    return ledger is not None and ledger.warned_since is None and not any(model.objects.exists() for model in begun)


def simulate(folder: Path, password: str) -> Iterator[date]:
    """Live through the days and yield each one that is over, as it then stands for good.

    Everything is written through the services within the day (erqi.common.clock.at), marked as simulated, and recorded in the
    history as 模拟; nothing of that is in force while a day is yielded. The caller holds the transaction.
    Raises ServiceError where the story breaks a rule: it is wrong then, and nothing of it may stay.
    """
    story = _Story(Material(folder), password)
    for day in [DRAFTED_ON, PREPARED_ON, *working_days(FIRST_DAY, LAST_DAY)]:
        with ExitStack() as stack:
            for manager in (clock.at(day), simulating()):
                stack.enter_context(manager)
            stack.enter_context(recorded_as(SOURCE, name=NAME))
            story.live(day)
        yield day


class _Story:
    """All courses, and the calendar of what happens on each day in the order of its phases."""

    MORNING, WORK, PAPER, BUNDLES, REVIEW = range(5)

    def __init__(self, material: Material, password: str) -> None:
        self.material = material
        self.password = password
        self.calendar: dict[date, list[tuple[int, int, Callable[[], object]]]] = defaultdict(list)
        self.courses: dict[int, Course] = {}
        self.levels: dict[int, WarningLevel] = {}
        self.writer = Writer(material)
        self._planned = 0
        self.memory: dict[Any, Any] = {}

    def live(self, day: date) -> None:
        """Do what belongs to the day; each project's colour is computed once, when everything of the day is known."""
        if day == DRAFTED_ON:
            with at_once():
                self.people = People(self.material, {unit.name: unit for unit in Unit.objects.all()}, self.password)
            words = {name: road["words"] for name, road in self.material.roads.items()}
            self.acts = Acts(self.people, self.writer, words, partial(self.at, self.MORNING))
            self._draw_up_policy()
        elif day == PREPARED_ON:
            self._prepare()
        else:
            with at_once(self.memory):
                self._work(day)

    def _work(self, day: date) -> None:
        """Live through a working day: decisions in the morning, then what is done, written and reviewed."""
        if day == FIRST_DAY:
            ledger = Ledger.objects.main().get(year=YEAR)
            schedule_service.start_warnings(ledger=ledger, version=ledger.version, by=self.people.by("office"))
            schedule_service.finish_passes()
        # Read for all at once what every report asks of its own project.
        grids(list(self.courses))
        self.acts.lift(self.courses)
        events = sorted(self.calendar.pop(day, ()), key=lambda event: event[:2])
        self._do([event for event in events if event[0] == self.MORNING])
        with deferred() as touched:
            self._read_levels(day, events)
            self._do([event for event in events if event[0] != self.MORNING])
        if touched:
            schedule_service.refresh_many(touched, YEAR)

    @staticmethod
    def _do(events: list[tuple[int, int, Callable[[], object]]]) -> None:
        for _, _, act in events:
            act()

    def at(self, phase: int, day: date, act: Callable[[], object]) -> None:
        """Put an act into the calendar; on a day off it is done on the next working day."""
        self._planned += 1
        self.calendar[workdays.next_workday(day)].append((phase, self._planned, act))

    def _read_levels(self, day: date, events: list) -> None:
        if any(phase == self.PAPER for phase, _, _ in events):
            rows = WarningSchedule.objects.of_year(YEAR).with_level(day).values_list("project_id", "level")
            self.levels = {project: WarningLevel(level) for project, level in rows}

    def _draw_up_policy(self) -> None:
        """The supervision office draws the rules up, the office of key projects approves them."""
        supervision = self.people.by("supervision")
        policy = policy_service.draft_policy(
            name="四色预警规则（演示）", rules=WARNING_POLICY, note="按默认规则试行。", effective_from=FIRST_DAY, by=supervision
        )
        policy = policy_service.submit_policy(policy=policy, version=policy.version, by=supervision)
        policy_service.approve_policy(policy=policy, version=policy.version, by=self.people.by("office"))

    def _prepare(self) -> None:
        """Responsibilities, milestones and plans of the year, and the calendar of all that will follow."""
        entries = {
            entry.project.code: entry
            for entry in LedgerEntry.objects.filter(ledger=Ledger.objects.main().get(year=YEAR)).select_related("project", "ledger")
        }
        plots = [plot for plot in self.material.plots if plot.code in entries]
        with at_once():
            assign_units(plots, {code: entry.project for code, entry in entries.items()}, self.people)
        # There are no colours yet: nothing to compute anew.
        with at_once(self.memory), deferred():
            self._plan(plots, entries)

    def _plan(self, plots: list[Plot], entries: dict[str, LedgerEntry]) -> None:
        grid = grids([entry.project_id for entry in entries.values()], FIRST_DAY)
        documented = {code: entry.annual_plan for code, entry in entries.items() if entry.annual_plan is not None}
        amounts = plans.annual_amounts(plots, documented)
        months = months_of(YEAR)
        # Bundles last: their plans and reports hold those of their parts.
        for plot in sorted(plots, key=lambda plot: entries[plot.code].project.is_bundle):
            entry = entries[plot.code]
            units = grid[entry.project_id]
            course = Course(
                plot,
                entry.project,
                entry,
                self.people.reporter(reporting_unit(units)),
                self.people.reviewer(reviewing_unit(units)),
                pace=plans.paces(plot),
            )
            self.courses[entry.project_id] = course
            self._plan_steps(course)
            course.own = plans.cumulative(plot.curve, amounts[plot.code]) if plot.code in amounts else None
            if course.own is not None:
                planned = [one for one in self.courses.values() if one.plan is not None]
                course.members = [one for one in planned if one.project.bundle_of_id == entry.project_id]
                course.plan = [sum(month) for month in zip(course.own, *(one.plan for one in course.members), strict=True)]
                plan_service.set_plan(project=course.project, year=YEAR, cumulative=course.plan, by=self.people.by("office"))
            self._schedule(course, months)

    def _plan_steps(self, course: Course) -> None:
        """Plan the simulated milestones beside the documented ones, which stay as they are."""
        known = list(Milestone.objects.filter(project=course.project, year=YEAR).select_related("project"))
        begun = next((one for one in known if one.kind == "start" and one.due_on is not None), None)
        taken: set[int] = set()
        for planned in self.material.road(course.plot, begun.due_on if begun else None):
            same = [one for one in known if one.kind == planned.kind and planned.kind in ONCE]
            if any(one.done_by is not None for one in same):
                continue
            dated = next((one for one in same if one.due_on is not None), None)
            twins = [one for one in same if one.due_on is None]
            milestone = dated or self._milestone(course, planned)
            taken |= {one.pk for one in same}
            course.steps.append(Step(milestone, completion_day(course.plot, milestone, planned.planned_on), twins))
        for one in known:
            if one.pk not in taken and one.done_by is None and one.due_on is not None:
                course.steps.append(Step(one, completion_day(course.plot, one, one.due_on)))
        if strange := set(course.plot.late) - {step.name for step in course.steps}:
            raise FixtureError(f"projects.json {course.plot.code}：没有节点“{'、'.join(sorted(strange))}”。")

    def _milestone(self, course: Course, planned: RoadStep) -> Milestone:
        return milestone_service.plan_milestone(
            project=course.project, kind=planned.kind, name=planned.name, year=YEAR, due_on=planned.planned_on, by=self.people.by("office")
        )

    def _schedule(self, course: Course, months: list) -> None:
        """Put everything that will happen to a project into the calendar."""
        acts = self.acts
        for step in course.steps:
            if step.done_on is not None:
                self.at(self.WORK, step.done_on, partial(acts.complete, course, step))
        paper = self.BUNDLES if course.members else self.PAPER
        for filing in filings(course.plot, months, last_day=bool(course.members)):
            self.at(paper, filing.file_on, partial(self._file, course, filing))
            if filing.return_on and filing.again_on:
                self.at(self.REVIEW, filing.return_on, partial(acts.give_back, course, filing))
                self.at(self.PAPER, filing.again_on, partial(self._file, course, filing))
            if filing.pass_on and filing.pass_on <= LAST_DAY:
                self.at(self.REVIEW, filing.pass_on, partial(self._review, course, filing))
        for event in course.plot.events:
            self._schedule_event(course, event)
        self._schedule_remarks(course)

    def _schedule_event(self, course: Course, event: dict) -> None:
        acts = self.acts
        day = date.fromisoformat(f"{YEAR}-{event['on']}")
        if event["do"] == "inspect":
            text, picture = event.get("text", ""), event.get("picture", False)
            self.at(self.WORK, day, partial(acts.remark, course, course.step(event["step"]), event["do"], text, picture))
        elif event["do"] in ("override", "close"):
            self.at(self.MORNING, day, partial(getattr(acts, event["do"]), course, event))
        else:
            self.at(self.WORK, day, partial(getattr(acts, event["do"]), course, event))

    def _schedule_remarks(self, course: Course) -> None:
        """Now and then somebody says how the next step stands."""
        chance = course.plot.random
        for month in range(3, 10):
            for who, likely in (("self", 0.08), ("inspect", 0.08)):
                if chance.random() < likely:
                    day = date(YEAR, month, chance.randint(5, 24))
                    self.at(self.WORK, day, partial(self._remark, course, who))

    def _remark(self, course: Course, who: str) -> None:
        if course.next_step is not None and not course.closed:
            self.acts.remark(course, course.next_step, who)

    def _file(self, course: Course, filing) -> None:
        self.acts.file(course, filing, self.levels.get(course.project.pk, WarningLevel.UNRATED))

    def _review(self, course: Course, filing) -> None:
        if not course.closed and filing.month in course.reports:
            self.acts.review(course, filing)
