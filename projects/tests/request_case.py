"""A project whose reporter asks and whose office decides: the people around it, and a milestone that is due."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from erqi.common import clock
from erqi.common.models import User
from projects.choices import ResponsibilityKind, WarningLevel
from projects.models import DateRequest, Hold, Milestone, Project, Unit
from projects.services import date_request as date_requests
from projects.services import hold as holds
from projects.tests.browsing import sign_in
from projects.tests.builders import make_entry, make_milestone, make_project, make_responsibility, make_unit, make_user
from projects.tests.report_builders import district_ledger, make_reporter
from projects.tests.warning_builders import FROM, levels, warn_ledger

# By the default rules: blue from 23 June, yellow from 8 July, red from 31 July.
DUE = date(2018, 6, 30)
YELLOW, RED = date(2018, 7, 8), date(2018, 7, 31)


@dataclass
class Case:
    """A project of a ledger with colours; one unit undertakes it, another leads, a third has nothing to do with it."""

    project: Project
    milestone: Milestone
    unit: Unit
    lead: Unit
    reporter: User
    colleague: User
    lead_reporter: User
    stranger: User
    office: User
    other_office: User
    inspector: User
    leader: User
    viewer: User

    def browser(self, who: str) -> Client:
        """Return a browser in which the person is signed in."""
        return sign_in(getattr(self, who))

    def level(self, day: date) -> WarningLevel:
        """Return the project's colour on the day, as it was known then."""
        return levels([self.project], day)[0]

    def ask_date(self, to: date = date(2018, 9, 30), *, on: date, by: str = "reporter", **values: Any) -> DateRequest:
        """Ask on the day for another date of the milestone."""
        values = {"cause": "land", "reason": "土地手续未办结", **values}
        with clock.at(on):
            return date_requests.request_date(milestone=self.milestone, to=to, by=getattr(self, by), **values)

    def decide_date(self, request: DateRequest, approve: bool = True, *, on: date, by: str = "office", **values: Any) -> DateRequest:
        """Decide on the day."""
        values = {"reason": "" if approve else "依据不足", "version": None, **values}
        with clock.at(on):
            return date_requests.decide_date(request=request, approve=approve, by=getattr(self, by), **values)

    def ask_hold(self, since: date, until: date, *, on: date | None = None, by: str = "reporter", **values: Any) -> Hold:
        """Ask for a pause, by default on its first day."""
        values = {"reason": "winter", "summary": "管控停工", "steps": "备料，解除后立即复工", **values}
        with clock.at(on or since):
            return holds.request_hold(project=self.project, since=since, until=until, by=getattr(self, by), **values)

    def decide_hold(self, hold: Hold, approve: bool = True, *, on: date, by: str = "office", **values: Any) -> Hold:
        """Decide on the day."""
        values = {"reason": "" if approve else "依据不足", "version": None, **values}
        with clock.at(on):
            return holds.decide_hold(hold=hold, approve=approve, by=getattr(self, by), **values)

    def pause(self, since: date, until: date, *, on: date | None = None) -> Hold:
        """Ask for a pause and have it approved on the same day."""
        return self.decide_hold(self.ask_hold(since, until, on=on), on=on or since)


def make_case(name: str = "道路工程", due_on: date = DUE) -> Case:
    """Build the project with its people; its colours are known from March on."""
    unit, lead = make_unit(f"{name}承办局"), make_unit(f"{name}牵头局")
    project = make_project(name)
    make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
    make_responsibility(project, lead, ResponsibilityKind.LEAD)
    ledger = district_ledger()
    make_entry(ledger, project)
    milestone = make_milestone(project, "other", name="主体施工", due_on=due_on)
    warn_ledger(ledger, FROM)
    return Case(
        project,
        milestone,
        unit,
        lead,
        reporter=make_reporter(unit, name=f"{name}填报甲"),
        colleague=make_reporter(unit, name=f"{name}填报乙"),
        lead_reporter=make_reporter(lead, name=f"{name}牵头填报"),
        stranger=make_reporter(make_unit(), name=f"{name}别家填报"),
        office=make_user("office", name="项目办甲"),
        other_office=make_user("office", name="项目办乙"),
        inspector=make_user("inspector", name="督察员丙"),
        leader=make_user("leader", name="区领导丁"),
        viewer=make_user("viewer"),
    )
