"""A project whose monthly report is corrected: the people around it, and what they do on which day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from erqi.common import clock
from erqi.common.models import User
from projects.models import ProgressReport, Project, ReportCorrection
from projects.services import correction as service
from projects.services.report import pass_report, return_report
from projects.tests.builders import make_unit, make_user
from projects.tests.report_builders import DUE, LOCKED, MONTH, YEAR, draft, file_month, make_reporter, report_project, report_values

APPROVAL = date(2018, 10, 9)
# What may have become of September's report before the month is locked.
STATES = ["none", "draft", "filed", "passed", "returned"]


@dataclass
class Case:
    """A project that one unit reports and another leads, with an account of each, and two of the office."""

    project: Project
    reporter: User
    reviewer: User
    office: User
    other_office: User

    @property
    def report(self) -> ProgressReport | None:
        return ProgressReport.objects.filter(project=self.project, year=YEAR, month=MONTH).first()

    def ask(self, cumulative: int | str | None = 260, *, by: User | None = None, on: date = LOCKED, **values: Any) -> ReportCorrection:
        """Fill in a slip as the project's reporter, unless `by` says otherwise."""
        named = {name: values.pop(name) for name in ("reason", "version", "request_key", "month") if name in values}
        report = self.report
        arguments = {"reason": "票据重复计算", "version": report.version if report else None, "month": MONTH, **named}
        with clock.at(on):
            return service.request_correction(
                project=self.project, year=YEAR, values=report_values(cumulative, **values), by=by or self.reporter, **arguments
            )

    def decide(
        self, slip: ReportCorrection, approve: bool = True, *, by: User | None = None, on: date = APPROVAL, **values: Any
    ) -> ReportCorrection:
        arguments = {"reason": "" if approve else "依据不足", "version": None, **values}
        with clock.at(on):
            return service.decide_correction(correction=slip, approve=approve, by=by or self.office, **arguments)

    def withdraw(self, slip: ReportCorrection, by: User | None = None) -> ReportCorrection:
        with clock.at(LOCKED):
            return service.withdraw_correction(correction=slip, version=None, by=by or self.reporter)


def make_case() -> Case:
    unit, lead = make_unit("承办局"), make_unit("牵头局")
    return Case(
        report_project(unit, "道路工程", lead=lead),
        make_reporter(unit, name="填报甲"),
        make_reporter(lead, name="审核乙", roles=("reviewer",)),
        make_user("office", name="办公室丙"),
        make_user("office", name="办公室丁"),
    )


def begin(case: Case, state: str) -> None:
    """Bring September's report into a state before the month is locked."""
    if state == "draft":
        draft(case.project, 300)
    elif state != "none":
        report = file_month(case.project, cumulative=300, by=case.reporter)
        with clock.at(DUE):
            if state == "passed":
                pass_report(report=report, version=report.version, by=case.reviewer)
            elif state in ("returned", "excluded"):
                reason, excluded = "请核对", state == "excluded"
                return_report(report=report, reason=reason, version=report.version, by=case.reviewer, excluded=excluded)


def ask_for_correction(
    project: Project, *, year: int = YEAR, month: int = MONTH, on: date = LOCKED, by: User | None = None
) -> ReportCorrection:
    """Ask for a month's report, locked on the day, to be made up for; the project stands in the year's district ledger."""
    with clock.at(on):
        return service.request_correction(
            project=project, year=year, month=month, values=report_values(260), reason="票据重复计算", version=None, by=by
        )
