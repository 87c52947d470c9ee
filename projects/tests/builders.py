"""Plain functions that build records for tests, through the services, with what a test does not care about filled in.

Everything is built by the system itself (`by=None`); a test that is about permissions calls the service with its own account.
"""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from erqi.common.accounts import add_account, grant_role
from erqi.common.models import User
from projects.choices import (
    DocumentKind,
    MilestoneKind,
    ResponsibilityKind,
    UnitKind,
)
from projects.models import (
    Area,
    Category,
    Citation,
    Document,
    Ledger,
    LedgerEntry,
    LedgerRevision,
    Milestone,
    Person,
    Project,
    Responsibility,
    Target,
    TargetClaim,
    TargetReading,
    Unit,
)
from projects.services import (
    citation,
    document,
    entry,
    ledger,
    milestone,
    project,
    responsibility,
    target,
    unit,
)

PASSWORD = "Ledger-Test-2018"
_number = count(1)


def _fresh(prefix: str) -> str:
    """Return a name that no other record of this test run has."""
    return f"{prefix}{next(_number)}"


def make_user(*roles: str, username: str = "", name: str = "") -> User:
    """Return an account with the roles given, ready to sign in (no change of password is asked for)."""
    username = username or _fresh("user")
    user, _ = add_account(
        username=username,
        name=name or username,
        by=None,
        password=PASSWORD,
        must_change=False,
    )
    for role in roles:
        grant_role(user=user, role=role, by=None)
    return User.objects.get(pk=user.pk)


def make_unit(
    name: str = "",
    kind: str = UnitKind.GOVERNMENT,
    aliases: list[str] | None = None,
    **values: Any,
) -> Unit:
    """Return a unit with its search keys."""
    return unit.save_unit(
        unit=Unit(name=name or _fresh("单位"), kind=kind, **values),
        by=None,
        aliases=aliases,
    )


def make_person(name: str = "", posts: list[dict[str, Any]] | None = None, **values: Any) -> Person:
    """Return a person, with posts ({"unit", "title"}) when given."""
    return unit.save_person(person=Person(name=name or _fresh("人员"), **values), by=None, posts=posts)


def make_area(name: str = "", **values: Any) -> Area:
    """Return an area; `parent` makes it a part of another."""
    values.setdefault("code", _fresh("area-"))
    return unit.save_reference(record=Area(name=name or _fresh("片区"), **values), by=None)


def make_category(name: str = "", **values: Any) -> Category:
    """Return a category; `parent` makes it a part of another."""
    values.setdefault("code", _fresh("category-"))
    return unit.save_reference(record=Category(name=name or _fresh("类别"), **values), by=None)


def make_document(code: str = "", paragraphs: str = "1-99", **values: Any) -> Document:
    """Return a document with one article that has the paragraphs given."""
    code = code or _fresh("T")
    values.setdefault("title", f"文件{code}")
    values.setdefault("kind", DocumentKind.OFFICIAL)
    articles = [{"seq": 1, "heading": "全文", "paragraphs": paragraphs}]
    return document.register_document(code=code, articles=articles, by=None, **values)


def make_citation(
    fact: Any,
    field: str = "",
    source: Document | None = None,
    paragraph: int = 1,
    as_printed: str = "原文",
) -> Citation:
    """Cite a fact, by default from a document made for it."""
    return citation.cite(
        fact=fact,
        document=source or make_document(),
        paragraph=paragraph,
        as_printed=as_printed,
        field=field,
    )


def make_ledger(code: str = "2018", year: int = 2018, name: str = "", **values: Any) -> Ledger:
    """Return a ledger, by default the district's of 2018."""
    return ledger.open_ledger(
        code=code,
        year=year,
        name=name or f"二七区{year}年重点项目台账",
        by=None,
        **values,
    )


def make_revision(of: Ledger, recorded_on: date = date(2018, 2, 24), **values: Any) -> LedgerRevision:
    """State a ledger's scale on a date (`project_count`, `total_investment`, `annual_plan` in 万元)."""
    return ledger.state_scale(ledger=of, recorded_on=recorded_on, by=None, **values)


def make_project(name: str = "", year: int = 2018, **values: Any) -> Project:
    """Return a project with its search keys; `total_investment` is in 万元."""
    return project.add_project(name=name or _fresh("项目"), year=year, by=None, **values)


def make_entry(
    of: Ledger,
    entered: Project | None = None,
    *,
    project_values: dict[str, Any] | None = None,
    **values: Any,
) -> LedgerEntry:
    """Enter a project into a ledger; without one, a new project with `project_values`."""
    entered = entered or make_project(**(project_values or {}))
    return entry.add_entry(ledger=of, project=entered, by=None, **values)


def make_milestone(of: Project, kind: str = MilestoneKind.START, year: int = 2018, **values: Any) -> Milestone:
    """Plan a milestone; `due_phrase` gives the date as in the service, `done_on` or `done_known_on` closes it."""
    return milestone.plan_milestone(project=of, kind=kind, year=year, by=None, **values)


def make_responsibility(
    of: Project,
    by_unit: Unit | None = None,
    kind: str = ResponsibilityKind.LEAD,
    **values: Any,
) -> Responsibility:
    """Make a unit (or with `person`, a person) answer for a project."""
    return responsibility.assign(project=of, kind=kind, unit=by_unit, by=None, **values)


def make_target(indicator: str = "", measured_in: str = "亿元", year: int = 2018, **values: Any) -> Target:
    """Return a target of a year; its figures come by make_claim."""
    return target.set_target(
        year=year,
        indicator=indicator or _fresh("指标"),
        unit=measured_in,
        by=None,
        **values,
    )


def make_reading(of: Target, value: Decimal | int | str, on: date, **values: Any) -> TargetReading:
    """Register what was reached by a day, as the system does."""
    return target.record_reading(target=of, on=on, value=Decimal(value), by=None, **values)


def make_claim(
    of: Target,
    value: Decimal | int | str,
    source: Document | None = None,
    **values: Any,
) -> TargetClaim:
    """Register a document's figure for a target."""
    return target.register_claim(
        target=of,
        document=source or make_document(),
        value=Decimal(value),
        by=None,
        **values,
    )
