"""Functions that build what monthly reports need: people of a unit, the projects it reports, reports filed through the services."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from erqi.common import clock
from erqi.common.models import User
from projects.choices import ResponsibilityKind
from projects.models import Ledger, ProgressReport, Project, Unit
from projects.services import report as service
from projects.services.ledger import open_ledger
from projects.tests.builders import make_entry, make_person, make_project, make_responsibility, make_unit, make_user

# September 2018: opens on the 20th, is due on the 25th (a Tuesday), locked after the 30th.
YEAR, MONTH = 2018, 9
OPENS, DUE, LAST = date(2018, 9, 20), date(2018, 9, 25), date(2018, 9, 30)
LOCKED = date(2018, 10, 1)
# In the middle of August's window, for what September begins with.
AUGUST = date(2018, 8, 24)


def join(user: User, *units: Unit) -> User:
    """Give the account's person a post in each unit and return the account as it is read anew."""
    make_person(user.name, account=user, posts=[{"unit": unit, "title": "科员"} for unit in units])
    return User.objects.get(pk=user.pk)


def make_reporter(*units: Unit, name: str = "", roles: Iterable[str] = ("reporter",)) -> User:
    """Return an account that reports for the units (or, by its `roles`, does something else for them)."""
    return join(make_user(*roles, name=name), *units)


def district_ledger(year: int = YEAR) -> Ledger:
    """Return the district's ledger of the year, opened where there is none."""
    found = Ledger.objects.main().filter(year=year).first()
    return found or open_ledger(code=str(year), year=year, name=f"二七区{year}年重点项目台账", by=None)


def report_project(unit: Unit | None = None, name: str = "", *, lead: Unit | None = None, year: int = YEAR, **entry: Any) -> Project:
    """Return a project of the year's district ledger that the unit carries out, and so reports; `lead` reviews it."""
    project = make_project(name, year=year)
    make_responsibility(project, unit or make_unit(), ResponsibilityKind.UNDERTAKE)
    if lead is not None:
        make_responsibility(project, lead, ResponsibilityKind.LEAD)
    make_entry(district_ledger(year), project, annual_plan=Decimal(1200), **entry)
    return project


def report_projects(number: int, unit: Unit, **values: Any) -> list[Project]:
    """Return so many projects that the unit reports."""
    return [report_project(unit, f"{unit.name}项目{place}", **values) for place in range(1, number + 1)]


def report_values(cumulative: int | str | None = 300, **values: Any) -> dict[str, Any]:
    """Return what a person types into a report."""
    return {"cumulative": None if cumulative is None else Decimal(cumulative), "progress": "主体施工", **values}


def file_month(
    project: Project,
    month: int = MONTH,
    cumulative: int | str = 300,
    *,
    on: date | None = None,
    by: User | None = None,
    year: int = YEAR,
    **values: Any,
) -> ProgressReport:
    """File the project's report of a month, by default on the 24th of it, as the service does; an odd amount is meant as it is."""
    with clock.at(on or date(year, month, 24)):
        found = ProgressReport.objects.filter(project=project, year=year, month=month).first()
        return service.file_report(
            project=project,
            year=year,
            month=month,
            by=by,
            version=found.version if found else None,
            values=report_values(cumulative, **values),
            confirmed=Decimal(cumulative),
        )


def file_months(project: Project, amounts: Sequence[int], *, year: int = YEAR) -> list[ProgressReport]:
    """File January and the months after it, each on its 24th (December: its 19th), with these cumulative amounts."""
    return [
        file_month(project, month, amount, on=date(year, month, 19 if month == 12 else 24), year=year)
        for month, amount in enumerate(amounts, 1)
    ]


def draft(
    project: Project, cumulative: int | str | None = 300, *, by: User | None = None, month: int = MONTH, **values: Any
) -> ProgressReport:
    """Keep a draft of the project's report of a month, typed in the middle of its window."""
    with clock.at(date(YEAR, month, 24)):
        return service.save_draft(project=project, year=YEAR, month=month, values=report_values(cumulative, **values), version=None, by=by)
