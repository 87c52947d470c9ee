"""The months in which reports are made: their days by the rule, or as the office set them; locking (domain.md §3.4)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from erqi.common import clock, workdays
from erqi.common.bulk import remembered
from erqi.common.dates import chinese_day
from erqi.common.errors import InvalidInput, ServiceError, StaleRecord
from erqi.common.models import User
from erqi.common.saving import checked, require, save_changes
from projects.choices import ReminderKind
from projects.models import ReportPeriod
from projects.rules.calendar import REMINDS_BEFORE, month_dates
from projects.rules.report import Punctuality, is_locked, punctuality
from projects.services.addressees import Addressees
from projects.services.reminder import Line, tell


@dataclass(frozen=True)
class Month:
    """A reporting month with its days; `record` where the office set them."""

    year: int
    month: int
    opens_on: date
    reminds_on: date
    due_on: date
    review_by: date
    locks_on: date
    locked_on: date | None = None
    record: ReportPeriod | None = None

    def is_locked(self, day: date) -> bool:
        """Say whether the month is closed on the day."""
        return is_locked(self.locks_on, self.locked_on is not None and self.locked_on <= day, day)

    def is_open(self, day: date) -> bool:
        """Say whether reports of the month may be written on the day."""
        return self.opens_on <= day and not self.is_locked(day)

    def punctuality(self, filed_on: date | None, day: date) -> Punctuality:
        """Return how punctual a report of the month is on the day (`filed_on`: when it was first filed)."""
        return punctuality(self.opens_on, self.reminds_on, self.due_on, self.locks_on, filed_on, day)

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月"


def _month(year: int, month: int, record: ReportPeriod | None) -> Month:
    rule = month_dates(year, month, workdays.is_workday)
    if record is None:
        return Month(year, month, rule.opens_on, rule.reminds_on, rule.due_on, rule.review_by, rule.locks_on)
    reminds_on = max(record.opens_on, date.fromordinal(record.due_on.toordinal() - REMINDS_BEFORE))
    review_by = max(record.due_on, min(rule.review_by, record.locks_on))
    return Month(year, month, record.opens_on, reminds_on, record.due_on, review_by, record.locks_on, record.locked_on, record)


def month_of(year: int, month: int) -> Month:
    """Return a month with its days."""
    record = remembered(("month", year, month), lambda: ReportPeriod.objects.filter(year=year, month=month).first())
    return _month(year, month, record)


def months_of(year: int) -> list[Month]:
    """Return the twelve months of a year with their days: one query."""
    records = {record.month: record for record in ReportPeriod.objects.filter(year=year)}
    return [_month(year, month, records.get(month)) for month in range(1, 13)]


def current_month(day: date) -> Month:
    """Return the month that people report on the day: the one that is open, else the last one that was."""
    months = months_of(day.year)
    opened = [month for month in months if month.opens_on <= day]
    open_ones = [month for month in opened if month.is_open(day)]
    # After New Year the last month reported is December of the year before.
    return (open_ones or opened or [month_of(day.year - 1, 12)])[-1]


def open_months(day: date) -> list[Month]:
    """Return the months in which reports can be written on the day, the earliest first: usually one, or with those opened again more."""
    found = [month for month in months_of(day.year) if month.is_open(day)]
    for record in ReportPeriod.objects.filter(year__lt=day.year, locks_on__gte=day, locked_on=None).order_by("-year", "-month"):
        found.insert(0, _month(record.year, record.month, record))
    return found


def _begin(year: int, month: int) -> tuple[ReportPeriod, bool]:
    """Return the month's record under a row lock, with the days that the rule gives where there was none, and whether it is new."""
    rule = month_dates(year, month, workdays.is_workday)
    days = {"opens_on": rule.opens_on, "due_on": rule.due_on, "locks_on": rule.locks_on}
    return ReportPeriod.objects.select_for_update().get_or_create(year=year, month=month, defaults=days)


@transaction.atomic
def set_month(*, year: int, month: int, version: int | None, by: User, request_key: UUID | None = None, **values: Any) -> ReportPeriod:
    """Set a month's days (`opens_on`, `due_on`, `locks_on`, `note`) other than the rule gives. The figures by which colours are judged
    stay with the rule's cut-off: a postponed deadline is a matter of paperwork.

    Raises NotAllowed without `report.manage`, StaleRecord, InvalidInput (days out of order).
    """
    require(by, "report.manage")
    record, is_new = _begin(year, month)
    if is_new:
        for name, value in values.items():
            setattr(record, name, value)
        if request_key:
            record.request_key = request_key
        checked(record).save()
        return record
    if request_key is not None and record.request_key == request_key:
        return record
    if version != record.version:
        raise StaleRecord(record)
    return save_changes(record, values)


@transaction.atomic
def lock_month(*, year: int, month: int, by: User) -> ReportPeriod:
    """Lock a month before its last day; doing it twice changes nothing. Raises NotAllowed without `report.manage`, ServiceError for a
    month that has not begun."""
    require(by, "report.manage")
    on, found = clock.today(), month_of(year, month)
    if on < found.opens_on:
        raise ServiceError(f"{found}还没有开始填报（{chinese_day(found.opens_on)}开始），不能锁定。")
    record, _ = _begin(year, month)
    return record if is_locked(record.locks_on, record.locked_on is not None, on) else save_changes(record, {"locked_on": on})


@transaction.atomic
def unlock_month(*, year: int, month: int, until: date, note: str, by: User) -> ReportPeriod:
    """Open a locked month again until a day (it locks after it), with the reason in its note; the same once more changes nothing.

    Raises NotAllowed without `report.manage`, ServiceError for a month that is open, InvalidInput for a day in the past or without a
    reason.
    """
    require(by, "report.manage")
    on, found = clock.today(), month_of(year, month)
    if until < on:
        raise InvalidInput({"locks_on": [f"请填写今天（{chinese_day(on)}）或以后的日期。"]})
    if not note.strip():
        raise InvalidInput({"note": ["请写明重新开放的原因。"]})
    record, _ = _begin(year, month)
    if not is_locked(record.locks_on, record.locked_on is not None, on):
        if record.locks_on == until and record.note == note.strip()[:200]:
            return record
        raise ServiceError(f"{found}没有锁定，不必重新开放。要改日期的，请修改本月日历。")
    record = save_changes(record, {"locked_on": None, "locks_on": until, "note": note.strip()[:200]})
    _tell_reopened(record, on)
    return record


def _tell_reopened(record: ReportPeriod, on: date) -> None:
    """Tell those whose projects are not reported that they may be after all."""
    of = Addressees(record.year, on)
    # Opened again a second time is news again, hence the version.
    tell(
        Line(
            [user],
            ReminderKind.TASK,
            f"reopened/{record.year}-{record.month}/{record.version}",
            f"{record}月报重新开放：还有 {len(keys)} 个项目未报",
            f"开放至{chinese_day(record.locks_on)}，此后锁定。原因：{record.note}",
            f"{reverse('projects:report_grid')}?year={record.year}&month={record.month}",
        )
        for user, keys in of.reporters_of(of.unreported(record.month))
    )
