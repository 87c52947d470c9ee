"""The pages that are driven: whose account opens them, which bare page they are set against, and what they may cost (design.md §7).

The pages of supervision: erqi.bench.supervision_pages.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from erqi.bench.days import YEAR
from erqi.bench.page import EARLIER, EXPORT, LEDGER, OTHER, WORKBOOK, Page
from erqi.bench.supervision_pages import supervision_pages
from projects.models import Document, Lifting, Target, Unit, WarningPolicy
from projects.rules.codes import project_code

# Fifteen columns, as the bare page has.
COLUMNS = (
    "level,category,area,nature,grade,stage,next_name,next_due,answering,total_investment,annual_plan,annual_goal,owner"  # and two pinned
)
# Ten more for the workbook, which the bare loop writes with twenty-five.
EXPORTED = f"{COLUMNS},code,years,quantity,flags,listed_on,delisted_on,content,bundle,done,planned"
CATEGORY, WORD, INITIALS = "c1-2", "学校", "xx"
# The bare page and its variants: names, and what stands behind the question mark.
BARE = {"bare": {}, "bare.category": {"category": CATEGORY}, "bare.search": {"q": WORD}, "bare.sorted": {"sort": "-total_investment"}}


def bare_url(name: str) -> str:
    """Return the address of a variant of the bare page on its own server."""
    return "/ledger/" + (f"?{urlencode(BARE[name])}" if BARE[name] else "")


def pages() -> list[Page]:
    """Return every page of the list; asks the scratch database for some keys."""
    return [*_ledger(), *_warnings(), *_overviews(), *_projects(), *_work(), *_records(), *supervision_pages()]


def _ledger() -> Iterator[Page]:
    code = str(YEAR)
    variants: list[tuple[str, dict[str, str], str]] = [
        ("plain", {}, "bare"),
        ("category", {"category": CATEGORY}, "bare.category"),
        ("search", {"q": WORD}, "bare.search"),
        ("initials", {"q": INITIALS}, "bare.search"),
        ("sorted", {"sort": "-total_investment"}, "bare.sorted"),
        ("by_name", {"sort": "name"}, "bare.sorted"),
        ("by_colour", {"sort": "level"}, "bare.sorted"),
        ("by_stage", {"sort": "-stage"}, "bare.sorted"),
        ("by_due", {"sort": "next_due"}, "bare.sorted"),
        ("by_unit", {"sort": "answering"}, "bare.sorted"),
        ("colour", {"colour": "red"}, "bare.category"),
        ("unit", {"unit": "1"}, "bare.category"),
        ("stage", {"stage": "4"}, "bare.category"),
        ("late", {"due": "late"}, "bare.category"),
        ("as_of", {"as_of": EARLIER}, "bare"),
        ("as_of_late", {"as_of": EARLIER, "due": "late"}, "bare.category"),
        ("last_page", {"page": "9999"}, "bare"),
    ]
    for name, query, bare in variants:
        yield Page(f"ledger.{name}", "projects:ledger_detail", (code,), {"cols": COLUMNS, **query}, bare=bare, budget=LEDGER)
    yield Page("ledger.all_rows", "projects:ledger_detail", (code,), {"per_page": "200"})


def _warnings() -> Iterator[Page]:
    board = "projects:warning_board"
    yield Page("warnings.cards", board, user="leader", budget=OTHER)
    yield Page("warnings.table", board, query={"view": "table"}, user="leader", budget=OTHER)
    yield Page("warnings.red", board, query={"colour": "red"}, user="leader", budget=OTHER)
    yield Page("warnings.category", board, query={"category": CATEGORY}, user="leader", budget=OTHER)
    yield Page("warnings.by_area", board, query={"group": "area"}, user="leader", budget=OTHER)
    yield Page("warnings.as_of", board, query={"as_of": EARLIER}, user="leader", budget=OTHER)
    yield Page("upcoming", "projects:warning_upcoming", user="leader")
    yield Page("changes", "projects:warning_changes", user="leader")
    yield Page("liftings", "projects:lifting_list")
    if lifting := Lifting.objects.order_by("pk").first():
        yield Page("lifting", "projects:lifting_detail", (lifting.pk,), user="inspector")
    policies = list(WarningPolicy.objects.order_by("pk"))
    yield Page("policies", "projects:policy_list")
    if policies:
        yield Page("policy", "projects:policy_detail", (policies[0].pk,))
        yield Page("policy.simulate", "projects:policy_simulate", (policies[-1].pk,))


def _overviews() -> Iterator[Page]:
    for user in ("leader", "office", "reporter", "inspector", "supervision"):
        yield Page(f"cockpit.{user}", "home", user=user, budget=OTHER)
    yield Page("wall", "projects:wall", (YEAR,), user="leader", budget=OTHER)
    yield Page("exports", "projects:export_centre")
    yield Page("export.ledger", "projects:ledger_detail", (str(YEAR),), {"cols": EXPORTED, "export": "xlsx"}, bare=WORKBOOK, budget=EXPORT)


def _projects() -> Iterator[Page]:
    code = project_code(YEAR, 7)
    yield Page("project", "projects:project_detail", (code,))
    yield Page("project.as_of", "projects:project_detail", (code,), {"as_of": EARLIER})
    yield Page("project.colour", "projects:project_colour", (code,))
    yield Page("project.edit", "projects:project_edit", (code,))
    yield Page("report", "projects:report_detail", (code, YEAR, 8))
    yield Page("plan", "projects:plan_edit", (code, YEAR))


def _work() -> Iterator[Page]:
    for user in ("reporter", "reviewer", "office", "leader", "inspector"):
        yield Page(f"todo.{user}", "projects:todo", user=user)
    for user in ("reporter", "office"):
        yield Page(f"grid.{user}", "projects:report_grid", user=user)
    for user in ("reviewer", "office"):
        yield Page(f"review.{user}", "projects:report_review", user=user)
    yield Page("periods", "projects:period_list")
    yield Page("plans", "projects:plan_grid", (YEAR,))
    yield Page("requests", "projects:request_list")
    yield Page("inbox", "projects:inbox", user="reporter")
    yield Page("inbox.count", "projects:inbox_count", user="reporter")


def _records() -> Iterator[Page]:
    yield Page("targets", "projects:target_list", (YEAR,))
    if target := Target.objects.order_by("pk").first():
        yield Page("target", "projects:target_detail", (YEAR, target.pk))
    yield Page("documents", "projects:document_list")
    if document := Document.objects.order_by("pk").first():
        yield Page("document", "projects:document_detail", (document.code,))
    yield Page("units", "projects:unit_list")
    if unit := Unit.objects.order_by("pk").first():
        yield Page("unit", "projects:unit_detail", (unit.pk,))
    yield Page("people", "projects:person_list")
    yield Page("history", "history")
