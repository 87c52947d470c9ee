"""A project and an item that a unit carries out, with the people who see to them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.test import Client

from erqi.common import clock
from erqi.common.models import User
from erqi.tests.uploads import picture, upload
from projects.choices import ResponsibilityKind
from projects.models import Milestone, Project, Unit
from projects.tests.browsing import sign_in
from projects.tests.builders import make_entry, make_milestone, make_person, make_project, make_responsibility, make_unit, make_user
from projects.tests.report_builders import district_ledger, make_reporter
from projects.tests.warning_builders import FROM, warn_ledger
from supervision.models import Finding, Inquiry, Inspection, SupervisionItem, Theme
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services.mechanism import add_theme

DAY = date(2018, 6, 4)
DUE = date(2018, 6, 30)


@dataclass
class Case:
    """One unit carries out, another leads; nobody else has anything to do with it."""

    project: Project
    milestone: Milestone
    theme: Theme
    unit: Unit
    lead: Unit
    reporter: User
    stranger: User
    inspector: User
    other_inspector: User
    supervision: User
    other_supervision: User
    leader: User
    other_leader: User
    viewer: User
    people: list[str] = field(
        default_factory=lambda: [
            *(
                "reporter",
                "stranger",
                "inspector",
                "other_inspector",
                "supervision",
                "other_supervision",
                "leader",
                "other_leader",
                "viewer",
            )
        ]
    )

    def browser(self, who: str) -> Client:
        """Return a browser in which the person is signed in."""
        return sign_in(getattr(self, who))

    def item(self, *, on: date = DAY, by: str = "supervision", **values: Any) -> SupervisionItem:
        """Register an item that the case's unit carries out."""
        values = {
            "theme": self.theme,
            "name": "主干道两侧拆迁清零",
            "source": "meeting",
            "source_ref": "区委常委会",
            "goal": "六月底前全部拆除",
            "due_on": DUE,
            "grid": [(ResponsibilityKind.UNDERTAKE, self.unit), (ResponsibilityKind.LEAD, self.lead)],
            **values,
        }
        with clock.at(on):
            return items.register_item(by=getattr(self, by), **values)

    def apply(self, item: SupervisionItem, *, on: date = DAY, by: str = "reporter", **values: Any) -> SupervisionItem:
        """Ask for the item to be struck off."""
        values = {
            "text": "已全部拆除",
            "before": [upload("前.jpg", picture(colour="red"))],
            "after": [upload("后.jpg", picture(colour="green"))],
            **values,
        }
        with clock.at(on):
            return closings.apply_closing(item=item, by=getattr(self, by), **values)

    def inspect(self, *, on: date = DAY, by: str = "inspector", **values: Any) -> Inspection:
        """Record an inspection of the project that finds what was reported untrue, unless `values` say otherwise."""
        values = {
            "method": "field",
            "project": self.project,
            "inspected_on": on,
            "verdict": "untrue",
            "conclusion": "现场与上报不符",
            "untrue": "上报主体封顶，现场只到三层",
            **values,
        }
        with clock.at(on):
            return inspections.conduct_inspection(by=getattr(self, by), **values)

    def finding(self, *, on: date = DAY, **values: Any) -> Finding:
        """Raise a finding against the unit."""
        return self.inspect(on=on, **values).finding

    def ask(self, *, on: date = DAY, by: str = "leader", **values: Any) -> Inquiry:
        """Ask about the project."""
        with clock.at(on):
            return inquiries.ask_inquiry(by=getattr(self, by), **{"project": self.project, "text": "为何还不开工？", **values})


def make_case(name: str = "道路工程") -> Case:
    """Build the project, its people and a theme; its colours, and the rules, are known from March on."""
    unit, lead = make_unit(f"{name}承办局"), make_unit(f"{name}牵头局")
    project = make_project(name)
    make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
    make_responsibility(project, lead, ResponsibilityKind.LEAD)
    ledger = district_ledger()
    make_entry(ledger, project)
    milestone = make_milestone(project, "other", name="主体施工", due_on=date(2018, 12, 30))
    warn_ledger(ledger, FROM)
    return Case(
        project,
        milestone,
        add_theme(code=f"theme-{unit.pk}", seq=1, name=f"{name}台账", by=None),
        unit,
        lead,
        reporter=make_reporter(unit, name=f"{name}填报"),
        stranger=make_reporter(make_unit(), name=f"{name}别家"),
        inspector=make_user("inspector", name="督察员甲"),
        other_inspector=make_user("inspector", name="督察员乙"),
        supervision=make_user("supervision", name="督察办甲"),
        other_supervision=make_user("supervision", name="督察办乙"),
        leader=make_user("leader", name="区领导甲"),
        other_leader=make_user("leader", name="区领导乙"),
        viewer=make_user("viewer", name="查阅丙"),
    )


def name_inspector(case: Case) -> None:
    """Let the grid of the case's project name its inspector, with the account."""
    person = make_person("督察员甲", posts=[{"unit": make_unit("督察室"), "title": "督察员"}], account=case.inspector)
    make_responsibility(case.project, person.posts.get().unit, ResponsibilityKind.INSPECTOR, person=person)


def ask_inspector(case: Case, **values: Any) -> Inquiry:
    """Ask the project's inspector."""
    return case.ask(addressee="inspector", **values)


def samples(project: Project, theme: Theme, unit: Unit) -> dict[str, dict[str, Any]]:
    """Return one record of each kind for the permission matrix, made by the system itself."""
    step = {"name": "步骤", "due_on": clock.today()}
    item = items.register_item(
        theme=theme,
        name="事项",
        source="document",
        goal="目标",
        due_on=clock.today(),
        grid=[(ResponsibilityKind.LEAD, unit)],
        steps=[step],
        projects=[project],
        by=None,
    )
    inspection = inspections.conduct_inspection(
        project=project,
        unit=unit,
        method="field",
        inspected_on=clock.today(),
        verdict="untrue",
        conclusion="不符",
        untrue="未开工",
        by=None,
    )
    part = {"pk": item.pk}
    return {
        "item": part,
        "item_step": {**part, "step": item.steps.get().pk},
        "item_duty": {**part, "duty": item.duties.get().pk},
        "item_link": {**part, "link": item.links.get().pk},
        "inspection": {"pk": inspection.pk},
        "finding": {"pk": inspection.finding.pk},
        "inquiry": {"pk": inquiries.ask_inquiry(project=project, text="问", by=None).pk},
    }
