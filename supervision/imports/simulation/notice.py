"""The simulated supervision notices (fixtures/demo/notices.json): each with its steps, the day, who, what."""

from functools import partial
from typing import Any

from projects.imports.simulation import pictures
from supervision.imports.simulation.run import Story, day_of
from supervision.models import Notice, NoticeOrder
from supervision.services import notice as office
from supervision.services import notice_change as changing
from supervision.services import notice_unit as units

SERVICES = {
    "submit": office.submit_notice,
    "recall": office.recall_notice,
    "return_draft": office.return_draft,
    "approve": office.approve_notice,
    "withdraw": office.withdraw_notice,
    "issue": office.issue_notice,
    "urge": office.urge_notice,
    "propose_change": changing.propose_change,
    "change": changing.approve_change,
    "drop_change": changing.drop_change,
    "recall_change": changing.recall_change,
    "transfer": changing.transfer_notice,
    "uphold": office.uphold_notice,
    "revoke": office.revoke_notice,
    "sign": units.sign_notice,
    "refuse": units.refuse_notice,
    "ask_extension": units.ask_extension,
    "ask_transfer": units.ask_transfer,
    "take_back": units.take_back,
    "grant_extension": units.grant_extension,
    "deny_extension": units.deny_extension,
    "deny_transfer": units.deny_transfer,
    "reply": units.reply_notice,
    "recall_reply": units.recall_reply,
    "pass_reply": units.pass_reply,
    "return_reply": units.return_reply,
    "close": units.close_notice,
    "reopen": units.reopen_notice,
    "archive": units.archive_notice,
    "instruct": units.instruct,
}
_DAYS = ("due_on", "to")


def plan(story: Story) -> None:
    """Put all notices of the file into the calendar of the story."""
    for row in story.read("notices.json"):
        known: dict[str, int] = {}
        story.at(day_of(row["on"]), partial(_draft, story, row, known))
        for step in row.get("steps", []):
            story.at(day_of(step["on"]), partial(_step, story, step, known))


def _values(story: Story, row: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name not in ("on", "by", "do", "picture", "steps")}
    if "unit" in values:
        values["unit"] = story.cast.unit(values["unit"])
    for name in _DAYS:
        if name in values:
            values[name] = day_of(values[name])
    if row.get("picture"):
        values["uploads"] = [pictures.upload(row["picture"])]
    return values


def _draft(story: Story, row: dict[str, Any], known: dict[str, int]) -> None:
    values = _values(story, row)
    values["project"] = story.cast.project(row.get("project"))
    if "copies" in values:
        values["copies"] = [story.cast.unit(name) for name in values["copies"]]
    known["notice"] = office.draft_notice(by=story.cast.user(row["by"]), **values).pk


def _step(story: Story, step: dict[str, Any], known: dict[str, int]) -> None:
    notice, by = Notice.objects.get(pk=known["notice"]), story.cast.user(step["by"])
    values = _values(story, step)
    if step["do"] == "answer":
        order = NoticeOrder.objects.filter(notice=notice, answered_on=None).earliest("pk")
        units.answer_order(order=order, version=order.version, by=by, **values)
        return
    if step["do"] == "propose_change":
        values = {"title": notice.title, "text": notice.text, "due_on": notice.due_on} | values
    SERVICES[step["do"]](notice=notice, version=notice.version, by=by, **values)
