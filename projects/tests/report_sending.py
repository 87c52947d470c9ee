"""Sending what one row of the grid of monthly reports sends, with script and without."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from projects.models import ProgressReport, Project, Unit
from projects.tests.browsing import sign_in
from projects.tests.report_builders import MONTH, YEAR, make_reporter

PAGE = "/reports/monthly/"


def reporter(unit: Unit, name: str = "张三") -> Client:
    """Return the browser of somebody who reports for the unit."""
    return sign_in(make_reporter(unit, name=name))


def opened(client: Client, project: Project, **changes: Any) -> dict[str, Any]:
    """Return what the row on the page would send, after the changes."""
    row = next(row for row in client.get(PAGE, {"unit": "all"}).context["rows"] if row.code == project.code)
    assert row.form is not None
    data = {name: "" if row.form[name].value() is None else str(row.form[name].value()) for name in row.form.columns}
    return {**data, "version": str(row.version), "request_key": str(uuid4()), "unit": "all", **changes}


def send(client: Client, project: Project, data: dict[str, Any], action: str = "autosave", *, htmx: bool = True) -> HttpResponse:
    """Send a row, as htmx does or as a plain form."""
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(f"/reports/{project.code}/{YEAR}/{MONTH}/row/", {**data, "action": action}, headers=headers)


def report_of(project: Project) -> ProgressReport | None:
    """Return September's report as it is stored."""
    return ProgressReport.objects.of_month(YEAR, MONTH).filter(project=project).first()


def retarget(response: HttpResponse) -> str:
    """Return the part of the page that the answer replaces."""
    return response.headers.get("HX-Retarget", "")
