"""What people do on a day of the simulation, each by the service that a page would call, under the account that would do it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from erqi.common import clock, workdays
from erqi.common.errors import ServiceError
from projects.choices import GRAVE_LEVELS, LiftingState, WarningLevel
from projects.imports.simulation import pictures, plans
from projects.imports.simulation.course import Course, Filing, Step
from projects.imports.simulation.material import YEAR, Problem, day_of
from projects.imports.simulation.people import People
from projects.imports.simulation.texts import MonthFacts, Writer
from projects.models import Lifting
from projects.models.report import CONTENT
from projects.services import correction as correction_service
from projects.services import date_request as date_service
from projects.services import entry as entry_service
from projects.services import hold as hold_service
from projects.services import lifting as lifting_service
from projects.services import milestone as milestone_service
from projects.services import override as override_service
from projects.services import report as report_service

Plan = Callable[[date, Callable[[], None]], None]
# From this day on the story leaves some liftings where they are, so that there is something to do at the end.
LEFT_FROM = day_of("09-10")
_SCENES = {"building": "building", "road": "road", "clearance": "road", "water": "green", "green": "green"}


class Acts:
    """The acts of one simulation. What follows on a later day is put into the calendar by `later`."""

    def __init__(self, people: People, writer: Writer, words: dict[str, str], later: Plan) -> None:
        self.people = people
        self.writer = writer
        self._words = words
        self._later = later
        self._refused: set[int] = set()

    def _scene(self, course: Course) -> str:
        return _SCENES.get(self._words[course.plot.road], "inside")

    # Milestones

    def complete(self, course: Course, step: Step) -> None:
        """Record that a step is done, with a picture where the reporter does it."""
        if step.is_done or course.closed:
            return
        by = course.reporter
        uploads = [] if by.can("ledger.edit") else [pictures.upload(self._scene(course))]
        text = f"{step.name}已完成。"
        milestone_service.complete_milestone(
            milestone=step.milestone, done_on=clock.today(), version=None, by=by, text=text, uploads=uploads
        )
        for twin in step.twins:
            milestone_service.complete_milestone(
                milestone=twin, done_on=clock.today(), version=None, by=self.people.by("office"), text=text
            )
        step.is_done = True

    def claim(self, course: Course, event: dict[str, Any]) -> None:
        """Report a step as done that is not."""
        step = course.step(event["step"])
        uploads = [pictures.upload(self._scene(course))]
        milestone_service.complete_milestone(
            milestone=step.milestone, done_on=clock.today(), version=None, by=course.reporter, text=event["text"], uploads=uploads
        )

    def reopen(self, course: Course, event: dict[str, Any]) -> None:
        """Take a completion back that was found untrue."""
        step = course.step(event["step"])
        milestone_service.reopen_milestone(milestone=step.milestone, version=None, by=self.people.by("office"), text=event["text"])

    def remark(self, course: Course, step: Step, who: str, text: str = "", picture: bool = False) -> None:
        """Say how a step stands: the reporter (self) or an inspector (inspect)."""
        by = {"self": course.reporter, "inspect": self.people.by("inspector")}[who]
        text = text or self.writer.say(course.plot, who, step=step.name)
        uploads = [pictures.upload(self._scene(course))] if picture else []
        milestone_service.update_milestone(milestone=step.milestone, text=text, by=by, uploads=uploads)

    # Reports

    def file(self, course: Course, filing: Filing, level: WarningLevel) -> None:
        """File the month's report, for the first time or again after it was returned."""
        if course.closed:
            return
        earlier = course.reports.get(filing.month)
        version = earlier.version if earlier else None
        if filing.unchanged:
            filed = report_service.file_unchanged(
                project=course.project, year=YEAR, month=filing.month, version=version, by=course.reporter
            )
        else:
            content = self._content(course, filing.month, level)
            filed = report_service.file_report(
                project=course.project,
                year=YEAR,
                month=filing.month,
                version=version,
                by=course.reporter,
                values=content,
                # Whoever files it looked at it.
                confirmed=content["cumulative"],
            )
        course.reports[filing.month] = filed
        course.reported_on = clock.today()

    def _content(self, course: Course, month: int, level: WarningLevel) -> dict[str, Any]:
        plot = course.plot
        on = clock.today()
        new = [step for step in course.steps if step.is_done and step.done_on is not None and course.reported_on < step.done_on <= on]
        following = course.next_step
        name = following.name if following else ""
        total = course.total(month, plans.reached)
        before = next((report.cumulative for at, report in sorted(course.reports.items(), reverse=True) if at < month), None)
        total = max(total, before or Decimal(0))
        facts = MonthFacts(
            done=[step.name for step in new if not step.is_late],
            late_done=[step.name for step in new if step.is_late],
            next_step=name,
            part=plot.random.randrange(20, 90, 5),
            amount=total - (before or 0) if course.plan else None,
            total=total,
        )
        problem = plot.problem(month)
        if problem is None and level in GRAVE_LEVELS:
            problem = Problem(next((plot.problem(at).cause for at in range(month, 2, -1) if plot.problem(at)), "other"))
        whole = course.plan[-1] if course.plan else None
        return {
            "cumulative": total,
            "physical_percent": min(int(total * 100 / whole), 100) if whole else None,
            "physical": name[:100] if name else "",
            "progress": self.writer.progress(plot, facts),
            "problem": self.writer.problem(plot, problem, name) if problem else "",
            "problem_cause": problem.cause if problem else "",
            "problem_due_on": problem.due_on if problem else None,
            "next_step": self.writer.next_step(plot, name),
            "no_change": False,
            "self_level": self._self_level(course, problem, level),
        }

    @staticmethod
    def _self_level(course: Course, problem: Problem | None, level: WarningLevel) -> int:
        """Return what the unit thinks of itself: often a little better than computed."""
        if problem is None:
            return int(WarningLevel.GREEN)
        return int(WarningLevel.BLUE if level not in GRAVE_LEVELS or course.plot.random.random() < 0.5 else WarningLevel.YELLOW)

    def give_back(self, course: Course, filing: Filing) -> None:
        """Return a report to whoever filed it."""
        report = course.reports[filing.month]
        reason = self.writer.say(course.plot, "return")
        course.reports[filing.month] = report_service.return_report(
            report=report, reason=reason, version=report.version, by=course.reviewer
        )

    def review(self, course: Course, filing: Filing) -> None:
        """Pass a report."""
        report = course.reports[filing.month]
        course.reports[filing.month] = report_service.pass_report(report=report, version=report.version, by=course.reviewer)

    def correct(self, course: Course, event: dict[str, Any]) -> None:
        """Ask for a locked month to be corrected; the office decides later where the story says so."""
        report = course.reports[event["month"]]
        values = {name: getattr(report, name) for name in CONTENT}
        values |= {"cumulative": plans.reached(report.cumulative, event["factor"]), "no_change": False}
        slip = correction_service.request_correction(
            project=course.project,
            year=YEAR,
            month=event["month"],
            values=values,
            reason=event["reason"],
            version=report.version,
            by=course.reporter,
        )

        def decide() -> None:
            correction_service.decide_correction(
                correction=slip, approve=event["approve"], reason="", version=slip.version, by=self.people.by("office")
            )
            report.refresh_from_db()

        if "decide" in event:
            self._later(day_of(event["decide"]), decide)

    # Requests

    def request(self, course: Course, event: dict[str, Any]) -> None:
        """Ask for another date of a step; the office decides later where the story says so."""
        request = date_service.request_date(
            milestone=course.step(event["step"]).milestone,
            to=day_of(event["to"]),
            cause=event["cause"],
            reason=event["reason"],
            by=course.reporter,
        )
        if "decide" in event:
            self._later(
                day_of(event["decide"]),
                lambda: date_service.decide_date(
                    request=request,
                    approve=event["approve"],
                    reason=event.get("answer", ""),
                    version=request.version,
                    by=self.people.by("office2"),
                ),
            )

    def hold(self, course: Course, event: dict[str, Any]) -> None:
        """Ask for a project to be paused; the office decides later where the story says so."""
        hold = hold_service.request_hold(
            project=course.project,
            reason=event["reason"],
            summary=event["summary"],
            steps=event["steps"],
            since=day_of(event["since"]),
            until=day_of(event["until"]),
            by=course.reporter,
        )
        if "decide" in event:
            self._later(
                day_of(event["decide"]),
                lambda: hold_service.decide_hold(
                    hold=hold, approve=event["approve"], reason="", version=hold.version, by=self.people.by("office2")
                ),
            )

    # What the offices decide of themselves

    def override(self, course: Course, event: dict[str, Any]) -> None:
        """Set a level by hand."""
        override_service.set_level(
            project=course.project,
            year=YEAR,
            level=WarningLevel[event["level"].upper()],
            until=day_of(event["until"]),
            reason=event["reason"],
            by=self.people.by("supervision"),
        )

    def close(self, course: Course, event: dict[str, Any]) -> None:
        """Close the entry: the year's work is done."""
        course.entry.refresh_from_db()
        entry_service.close_entry(entry=course.entry, version=course.entry.version, by=self.people.by("office"))
        course.closed = True

    def lift(self, courses: dict[int, Course]) -> None:
        """Verify the liftings that have waited two working days, and confirm those that were verified."""
        on = clock.today()
        for lifting in Lifting.objects.open().filter(year=YEAR).order_by("pk"):
            course = courses[lifting.project_id]
            way = course.plot.lift
            try:
                if lifting.state == LiftingState.PROPOSED and workdays.workdays_between(lifting.proposed_on, on) >= 2:
                    if not (way == "wait-verify" and on >= LEFT_FROM):
                        self._verify(course, lifting)
                elif lifting.state == LiftingState.VERIFIED and lifting.verified_on < on:
                    if way == "refused" and course.project.pk not in self._refused:
                        self._refuse(course, lifting)
                    elif not (way == "wait-confirm" and on >= LEFT_FROM):
                        lifting_service.confirm_lifting(
                            lifting=lifting, version=lifting.version, by=self.people.by("supervision"), note="同意摘牌。"
                        )
            except ServiceError:
                # By today's dates it would not turn milder any more: it waits, or lapses with the next report.
                continue

    def _verify(self, course: Course, lifting: Lifting) -> None:
        lifting_service.verify_lifting(
            lifting=lifting,
            note=self.writer.say(course.plot, "verify"),
            version=lifting.version,
            by=self.people.by("inspector"),
            uploads=[pictures.upload(self._scene(course))],
        )

    def _refuse(self, course: Course, lifting: Lifting) -> None:
        self._refused.add(course.project.pk)
        lifting_service.reject_lifting(
            lifting=lifting, reason=self.writer.refusal, version=lifting.version, by=self.people.by("supervision")
        )
