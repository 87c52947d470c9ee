"""The simulated items, inspections with their findings, leaders' questions (fixtures/demo/items.json, inspections.json, inquiries.json):
each with its steps, the day, who, what."""

from functools import partial
from typing import Any

from projects.choices import ResponsibilityKind
from projects.imports.simulation import pictures
from projects.models import Milestone
from supervision.imports.simulation.run import Story, day_of
from supervision.models import Inquiry, Inspection, SupervisionItem, Theme
from supervision.services import finding as findings
from supervision.services import inquiry as inquiries
from supervision.services import inspection as inspections
from supervision.services import item as items
from supervision.services import item_closing as closings
from supervision.services import item_grid as grids
from supervision.services import item_work as work

ITEM = {
    "progress": work.report_progress,
    "cause": work.name_cause,
    "send_back": closings.send_back_closing,
    "verify": closings.verify_closing,
    "confirm": closings.confirm_closing,
    "refuse": closings.refuse_closing,
    "move": items.move_item,
    "cancel": items.cancel_item,
    "reopen": items.reopen_item,
}
INSPECTION = {
    "accept": inspections.accept_conclusion,
    "object": inspections.object_conclusion,
    "uphold": inspections.uphold_conclusion,
    "change": inspections.change_conclusion,
    "cancel": inspections.cancel_inspection,
}
FINDING = {
    "explain": findings.explain_finding,
    "check": findings.check_finding,
    "send_back": findings.send_back_finding,
    "settle": findings.settle_finding,
}
INQUIRY = {
    "answer": inquiries.answer_inquiry,
    "further": inquiries.ask_further,
    "close": inquiries.close_inquiry,
    "withdraw": inquiries.withdraw_inquiry,
}
_DAYS = ("due_on", "planned_for")
_OWN = ("on", "by", "do", "steps", "picture", "project", "item", "milestone")


def plan(story: Story) -> None:
    """Put all records of the three files into the calendar of the story."""
    for name, begin, step in (
        ("items.json", _register, _item_step),
        ("inspections.json", _inspect, _inspection_step),
        ("inquiries.json", _ask, _inquiry_step),
    ):
        for row in story.read(name):
            known: dict[str, int] = {}
            story.at(day_of(row["on"]), partial(begin, story, row, known))
            for one in row.get("steps", []):
                story.at(day_of(one["on"]), partial(step, story, one, known))


def _uploads(name: str | None) -> list[Any]:
    return [pictures.upload(name)] if name else []


def _values(row: dict[str, Any], *more: str) -> dict[str, Any]:
    """Return what the row gives the service."""
    values = {name: value for name, value in row.items() if name not in (*_OWN, *more)}
    for name in _DAYS:
        if name in values:
            values[name] = day_of(values[name])
    if row.get("picture"):
        values["uploads"] = _uploads(row["picture"])
    return values


def _register(story: Story, row: dict[str, Any], known: dict[str, int]) -> None:
    cast = story.cast
    grid = [(ResponsibilityKind.LEAD, cast.unit(row["lead"]))] if row.get("lead") else []
    for kind in (ResponsibilityKind.UNDERTAKE, ResponsibilityKind.COOPERATE):
        grid += [(kind, cast.unit(name)) for name in row.get(kind.value, [])]
    projects = [cast.project(code) for code in row.get("projects", [])]
    values = _values(row, "lead", "undertake", "cooperate", "projects", "milestones", "steps_list", "theme")
    steps = [{"due_on": day_of(day), "name": name, "measure": measure} for day, name, measure in row.get("steps_list", [])]
    by = cast.user(row["by"])
    item = items.register_item(theme=Theme.objects.get(code=row["theme"]), grid=grid, projects=projects, steps=steps, by=by, **values)
    for project in projects:
        if name := row.get("milestones", {}).get(project.code):
            grids.add_link(item=item, project=project, milestone=_milestone(project, name), by=by)
    known["item"] = item.pk


def _milestone(project: Any, name: str) -> Milestone | None:
    return Milestone.objects.filter(project=project, name=name).order_by("-year").first()


def _item_step(story: Story, step: dict[str, Any], known: dict[str, int]) -> None:
    item, by = SupervisionItem.objects.get(pk=known["item"]), story.cast.user(step["by"])
    if step["do"] == "finish":
        row = item.steps.get(name=step["step"])
        text, uploads = step.get("text", ""), _uploads(step.get("picture"))
        work.finish_step(step=row, done_on=day_of(step["on"]), by=by, text=text, uploads=uploads)
    elif step["do"] == "apply":
        before, after = _uploads(step["before"]), _uploads(step["after"])
        closings.apply_closing(item=item, text=step["text"], before=before, after=after, by=by, version=item.version)
    else:
        ITEM[step["do"]](item=item, version=item.version, by=by, **_values(step))


def _inspect(story: Story, row: dict[str, Any], known: dict[str, int]) -> None:
    project, by = story.cast.project(row.get("project")), story.cast.user(row["by"])
    item = SupervisionItem.objects.get(name=row["item"]) if row.get("item") else None
    values = {"project": project, "item": item, "by": by, **_values(row, "undone")}
    if row.get("do") == "plan":
        known["inspection"] = inspections.plan_inspection(**values).pk
    elif row.get("do") == "self_check":
        known["inspection"] = inspections.self_check(**values).pk
    else:
        undone = {milestone.pk: False for name in row.get("undone", []) if (milestone := _milestone(project, name)) is not None}
        known["inspection"] = inspections.conduct_inspection(inspected_on=day_of(row["on"]), observed_done=undone, **values).pk


def _inspection_step(story: Story, step: dict[str, Any], known: dict[str, int]) -> None:
    inspection, by = Inspection.objects.get(pk=known["inspection"]), story.cast.user(step["by"])
    if step["do"] in INSPECTION:
        INSPECTION[step["do"]](inspection=inspection, version=inspection.version, by=by, **_values(step))
    else:
        finding = inspection.finding
        FINDING[step["do"]](finding=finding, version=finding.version, by=by, **_values(step))


def _ask(story: Story, row: dict[str, Any], known: dict[str, int]) -> None:
    project = story.cast.project(row["project"])
    milestone = _milestone(project, row["milestone"]) if row.get("milestone") else None
    inquiry = inquiries.ask_inquiry(project=project, milestone=milestone, by=story.cast.user(row["by"]), **_values(row))
    known["inquiry"] = inquiry.pk


def _inquiry_step(story: Story, step: dict[str, Any], known: dict[str, int]) -> None:
    inquiry, by = Inquiry.objects.get(pk=known["inquiry"]), story.cast.user(step["by"])
    INQUIRY[step["do"]](inquiry=inquiry, version=inquiry.version, by=by, **_values(step))
