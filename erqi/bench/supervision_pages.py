"""The pages of supervision that are driven: lists and figures, records, and its part in the pages of projects, units and people."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Model

from erqi.bench.days import YEAR
from erqi.bench.page import EARLIER, EXPORT, OTHER, WORKBOOK, Page
from erqi.bench.supervision import NOTICES
from projects.rules.codes import project_code
from supervision.models import (
    Escalation,
    Finding,
    Inquiry,
    Inspection,
    Issue,
    Mechanism,
    Notice,
    SupervisionItem,
)

_THEME = "theme-3"
# A project and a unit of which there is much (erqi.bench.notices.busy_project; the reporter's own unit).
_PROJECT, _UNIT = 7, 1
_DAY = {"as_of": EARLIER}
# What the pages of a family's list are called where it is not its name with an s.
_GROUPS = {"inquiry": "inquiries"}
_EXPORTED = (
    "kind,project,unit_then,state,standing,due_then,issued_on,signed,replied,source,basis,urgency,first_due,extensions,urges,returns,"
    "transfers,reply,cause,punctual,conclusion,closed,drafted_by_name,signer,contact"
)


def supervision_pages() -> Iterator[Page]:
    """Yield the pages; asks the scratch database for some keys."""
    yield from _lists()
    yield from _figures()
    yield from _records()
    yield from _panels()
    # As many rows as there are notices for the bare loop's, of 25 columns each.
    budget = round(EXPORT * NOTICES / 1000, 2)
    query = {"cols": _EXPORTED, "export": "xlsx"}
    yield Page("export.notices", "supervision:notice_list", query=query, user="supervision", bare=WORKBOOK, budget=budget)


def _lists() -> Iterator[Page]:
    variants: dict[str, list[tuple[str, dict[str, str], str]]] = {
        "notice": [
            ("all", {}, "supervision"),
            ("tab", {"state": "handling"}, "supervision"),
            ("kind", {"kind": "supervise"}, "supervision"),
            ("search", {"q": "学校"}, "supervision"),
            ("late", {"standing": "late"}, "supervision"),
            ("as_of", _DAY, "supervision"),
            ("sorted", {"sort": "-issued_on"}, "supervision"),
            ("last_page", {"page": "9999"}, "supervision"),
            ("unit", {"box": "ours"}, "reporter"),
            ("leader", {}, "leader"),
        ],
        "item": [
            ("all", {}, "supervision"),
            ("tab", {"state": "open"}, "supervision"),
            ("search", {"q": "学校"}, "supervision"),
            ("as_of", _DAY, "supervision"),
            ("unit", {"unit": str(_UNIT)}, "reporter"),
        ],
        "inspection": [
            ("all", {}, "supervision"),
            ("tab", {"state": "closed"}, "supervision"),
            ("search", {"q": "学校"}, "supervision"),
            ("as_of", _DAY, "supervision"),
            ("unit", {}, "reporter"),
        ],
        "finding": [("all", {}, "supervision"), ("as_of", _DAY, "supervision")],
        "inquiry": [("all", {}, "leader"), ("as_of", _DAY, "leader"), ("unit", {}, "reporter")],
        "issue": [
            ("all", {}, "office"),
            ("tab", {"state": "handling"}, "office"),
            ("search", {"q": "学校"}, "office"),
            ("as_of", _DAY, "office"),
            ("unit", {}, "reporter"),
        ],
        "escalation": [("all", {}, "supervision"), ("as_of", _DAY, "supervision")],
        "trace": [
            ("all", {}, "supervision"),
            ("kind", {"kind": "notice"}, "supervision"),
            ("search", {"q": "学校"}, "supervision"),
            ("unit", {"unit": str(_UNIT)}, "supervision"),
            ("recent", {"days": "30"}, "supervision"),
            ("as_of", _DAY, "supervision"),
            ("last_page", {"page": "9999"}, "supervision"),
            ("reporter", {}, "reporter"),
        ],
    }
    for family, found in variants.items():
        for name, query, user in found:
            bare = "bare.search" if "q" in query else "bare"
            yield Page(
                f"{_GROUPS.get(family, f'{family}s')}.{name}", f"supervision:{family}_list", query=query, user=user, bare=bare, budget=OTHER
            )
    yield Page("ledgers.theme", "supervision:theme_ledger", (_THEME,), user="supervision", budget=OTHER)
    yield Page("ledgers.as_of", "supervision:theme_ledger", (_THEME,), _DAY, user="supervision", budget=OTHER)


def _figures() -> Iterator[Page]:
    yield Page("themes", "supervision:theme_list", budget=OTHER)
    yield Page("mechanisms", "supervision:mechanism_list", budget=OTHER)
    yield Page("counts", "supervision:inspection_counts", user="supervision", budget=OTHER)
    yield Page("causes.year", "supervision:issue_causes", budget=OTHER)
    yield Page("causes.all", "supervision:issue_causes", query={"since": "2014-01-01"}, budget=OTHER)


def _records() -> Iterator[Page]:
    """Of each family the record with the most acts, which is the dearest page."""
    yield from _record("notice", Notice, "supervision")
    yield from _record("notice_unit", Notice, "reporter", "notice", unit=_UNIT)
    yield from _record("item", SupervisionItem, "supervision")
    yield from _record("inspection", Inspection, "supervision", project__isnull=False)
    yield from _record("finding", Finding, "supervision")
    yield from _record("inquiry", Inquiry, "leader")
    yield from _record("issue", Issue, "office")
    yield from _record("escalation", Escalation, "supervision")
    if mechanism := Mechanism.objects.order_by("pk").first():
        yield Page("record.mechanism", "supervision:mechanism_detail", (mechanism.code,), budget=OTHER)
    yield Page("record.theme", "supervision:theme_detail", (_THEME,), budget=OTHER)


def _record(name: str, model: type[Model], user: str, family: str = "", **only: Any) -> Iterator[Page]:
    rows = model.objects.filter(**only).annotate(_acts=Count("acts")).order_by("-_acts", "-pk")
    if record := rows.first():
        yield Page(f"record.{name}", f"supervision:{family or name}_detail", (record.pk,), user=user, budget=OTHER)


def _panels() -> Iterator[Page]:
    for user in ("reporter", "inspector", "supervision", "leader"):
        yield Page(f"panel.project.{user}", "projects:project_detail", (project_code(YEAR, _PROJECT),), user=user, budget=OTHER)
        yield Page(f"panel.unit.{user}", "projects:unit_detail", (_UNIT,), user=user, budget=OTHER)
        yield Page(f"panel.todo.{user}", "projects:todo", user=user, budget=OTHER)
