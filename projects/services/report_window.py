"""Until when a month's report may be written: while its month is open; one that was returned at the end of it for two working days
more, since the unit could else do nothing but fill in a correction slip for what it was asked to change."""

from datetime import date

from erqi.common import workdays
from erqi.common.dates import chinese_day
from erqi.common.errors import ServiceError
from projects.choices import ReportState
from projects.models import ProgressReport
from projects.rules.report import REFILE_WORKDAYS
from projects.services.period import Month


def refile_until(report: ProgressReport | None) -> date | None:
    """Return the last day on which a returned report may be filed again though its month is locked; None for any other report."""
    if report is None or report.state != ReportState.RETURNED or report.reviewed_on is None:
        return None
    return workdays.add_workdays(report.reviewed_on, REFILE_WORKDAYS)


def is_writable(month: Month, report: ProgressReport | None, on: date) -> bool:
    """Say whether the month's report (None: nobody began it) may be typed and filed on the day; its state is another matter."""
    last = refile_until(report)
    return month.is_open(on) or (last is not None and month.opens_on <= on <= last)


def refuse_closed(month: Month, report: ProgressReport | None, on: date) -> None:
    """Raise ServiceError when the month's report cannot be written on the day."""
    if on < month.opens_on:
        raise ServiceError(f"{month}的月报从{chinese_day(month.opens_on)}起填报，现在还不能填。")
    if not is_writable(month, report, on):
        raise ServiceError(f"{month}已锁定，不能再修改。确需更正的，请填写更正单，由重点项目办审批。")
