"""The calendar of reporting: a year's twelve months with their days and how far they are; moving days, closing, opening again."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from erqi.common import clock, workdays
from erqi.common.access import PermissionRequiredMixin
from erqi.common.dates import chinese_day
from erqi.common.editing import EditView
from projects.forms.period import LockPeriodForm, PeriodForm, UnlockPeriodForm
from projects.models import Ledger, ReportPeriod
from projects.rules.calendar import month_dates
from projects.sentences.reporting_days import cutoff_note, short_day, uncertain_note, weekday
from projects.services import period as service
from projects.services.period import Month, month_of, months_of
from projects.stats.reporting import MonthCounts, month_counts

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class MonthRow:
    """A month as the calendar lists it."""

    month: Month
    counts: MonthCounts | None
    today: date
    may_manage: bool

    @property
    def state(self) -> str:
        """未开始, 填报中, 已截止 (late reports are still taken) or 已锁定."""
        if self.month.is_locked(self.today):
            return "已锁定"
        if self.today < self.month.opens_on:
            return "未开始"
        return "填报中" if self.today <= self.month.due_on else "已截止"

    @property
    def is_current(self) -> bool:
        return self.month.is_open(self.today)

    @property
    def begun(self) -> bool:
        return self.today >= self.month.opens_on

    @property
    def days(self) -> list[tuple[str, str]]:
        """The month's days with their day of the week, by what happens on them."""
        of = self.month
        days = [("开始", of.opens_on), ("提醒", of.reminds_on), ("截止", of.due_on), ("审核", of.review_by), ("锁定", of.locks_on)]
        return [(label, f"{self._short(day)}（{weekday(day)[-1]}）") for label, day in days]

    def _short(self, day: date) -> str:
        own = (day.year, day.month) == (self.month.year, self.month.month)
        return f"{day.day}日" if own else short_day(day, self.month.year)

    @property
    def notes(self) -> list[str]:
        """What the days have of their own: moved by the calendar of working days, by the office, closed early."""
        year, month = self.month.year, self.month.month
        rule = month_dates(year, month, workdays.is_workday)
        found = []
        if self.month.due_on == rule.due_on and (note := cutoff_note(year, month, rule.due_on)):
            found.append(note)
        record = self.month.record
        if record is not None:
            if (record.opens_on, record.due_on, record.locks_on) != (rule.opens_on, rule.due_on, rule.locks_on):
                found.append(f"重点项目办已调整（按规则{short_day(rule.due_on, year)}截止）")
            if record.note:
                found.append(record.note)
        if self.month.locked_on is not None:
            found.append(f"{short_day(self.month.locked_on, year)}提前锁定")
        return found

    def action(self, name: str) -> str:
        return reverse(f"projects:period_{name}", args=[self.month.year, self.month.month])

    @property
    def actions(self) -> list[dict[str, str]]:
        """What the office can do to the month now."""
        if not self.may_manage:
            return []
        if self.month.is_locked(self.today):
            return [{"label": "重新开放", "url": self.action("unlock")}]
        found = [{"label": "调整日期", "url": self.action("edit")}]
        if self.begun:
            found.append({"label": "提前锁定", "url": self.action("lock")})
        return found


@dataclass(frozen=True)
class CalendarDay:
    """A day of the month's grid."""

    day: date
    marks: list[str]
    is_today: bool
    is_workday: bool
    # A working day that people would take for a day off, or the other way round: 班, 休.
    exception: str


def marks_of(months: list[Month]) -> dict[date, list[tuple[Month, str]]]:
    """Return what happens on which day."""
    found: dict[date, list[tuple[Month, str]]] = {}
    for month in months:
        days = [(month.opens_on, "开始"), (month.reminds_on, "提醒"), (month.due_on, "截止"), (month.review_by, "审核")]
        locks = month.locked_on if month.locked_on is not None and month.locked_on < month.locks_on else month.locks_on
        for day, word in [*days, (locks, "锁定")]:
            found.setdefault(day, []).append((month, word))
    return found


def calendar_weeks(year: int, month: int, months: list[Month], today: date) -> list[list[CalendarDay | None]]:
    """Return the month's grid, Monday first; None for days of other months. A mark of another month names it: 9月锁定."""
    marks = marks_of(months)
    weeks = []
    for week in Calendar().monthdatescalendar(year, month):
        days: list[CalendarDay | None] = []
        for day in week:
            if day.month != month:
                days.append(None)
                continue
            words = [word if of.month == month and of.year == year else f"{of.month}月{word}" for of, word in marks.get(day, [])]
            works, weekend = workdays.is_workday(day), day.weekday() >= 5
            days.append(CalendarDay(day, words, day == today, works, "班" if works and weekend else ("" if works or weekend else "休")))
        weeks.append(days)
    return weeks


def _number(text: str, least: int, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 and least <= int(text) <= most else None


class PeriodList(PermissionRequiredMixin, TemplateView):
    """A year's calendar of reporting: `?year=`; with `?month=` another month's grid than the present one."""

    permission = "business.view"
    template_name = "projects/period_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, user = clock.today(), self.request.user
        year = _number(self.request.GET.get("year", ""), FIRST_YEAR, LAST_YEAR) or today.year
        months = months_of(year)
        counts = month_counts(year, months, today)
        rows = [MonthRow(month, counts.get(month.month), today, user.can("report.manage")) for month in months]
        shown = _number(self.request.GET.get("month", ""), 1, 12) or (today.month if year == today.year else None)
        years = sorted({*Ledger.objects.main().values_list("year", flat=True), today.year, year}, reverse=True)
        return super().get_context_data(
            page_title=f"{year}年填报日历",
            breadcrumbs=[{"label": "填报日历"}],
            tabs=[{"label": f"{one}年", "url": f"?year={one}", "active": one == year} for one in years],
            year=year,
            rows=rows,
            has_ledger=bool(counts),
            shown=months[shown - 1] if shown else None,
            weeks=calendar_weeks(year, shown, months, today) if shown else [],
            uncertain="" if workdays.is_certain(date(year, 1, 1)) else uncertain_note(year),
            today=today,
            **kwargs,
        )


class PeriodAction(EditView):
    """Base of what the office does to one month."""

    permission = "report.manage"
    template_name = "projects/period_form.html"
    verb = ""

    @cached_property
    def month(self) -> Month:
        return month_of(self.kwargs["year"], self.kwargs["month"])

    @cached_property
    def counts(self) -> MonthCounts:
        return month_counts(self.month.year, [self.month], clock.today()).get(self.month.month, MonthCounts())

    @property
    def page_title(self) -> str:
        return f"{self.verb}{self.month}"

    def get_record(self) -> ReportPeriod | None:
        # A form for a month without a record that is sent twice: the second time there is one, made by the first.
        if self.request.method == "POST" and not self.request.POST.get("version"):
            return None
        return self.month.record

    def success_url(self, result: Any) -> str:
        return f"{reverse('projects:period_list')}?year={self.month.year}"

    def cancel_url(self) -> str:
        return self.success_url(None)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return [{"label": "填报日历", "url": self.success_url(None)}]

    def what(self) -> list[str]:
        """Return the sentences that say what follows."""
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(month=self.month, what=self.what(), **context)


class PeriodEdit(PeriodAction):
    """Other days for a month than the rule gives."""

    form_class = PeriodForm
    verb = "调整填报日期："

    def form_arguments(self) -> dict[str, Any]:
        return {"year": self.month.year, "month": self.month.month}

    def first_values(self) -> dict[str, Any]:
        if self.month.record is not None:
            return {}
        return {"opens_on": self.month.opens_on, "due_on": self.month.due_on, "locks_on": self.month.locks_on}

    def refusal(self) -> str:
        if self.month.is_locked(clock.today()):
            return f"{self.month}已锁定，不能调整日期；确需补报的，请“重新开放”。"
        return ""

    def what(self) -> list[str]:
        year, month = self.month.year, self.month.month
        rule = month_dates(year, month, workdays.is_workday)
        note = cutoff_note(year, month, rule.due_on)
        return [
            f"按规则：{short_day(rule.opens_on, year)}开始填报，{short_day(rule.due_on, year)}截止{f'（{note}）' if note else ''}，"
            f"{short_day(rule.locks_on, year)}终了后锁定。",
            f"调整只影响填报、逾期认定和锁定；预警评价投资进度仍以规则的截止日（{short_day(rule.due_on, year)}）为准，不因此推迟。",
        ]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportPeriod:
        return service.set_month(
            year=self.month.year, month=self.month.month, version=version, by=self.request.user, request_key=request_key, **values
        )

    def success_text(self, result: ReportPeriod) -> str:
        year = result.year
        return (
            f"{result}的填报日期已保存：{short_day(result.opens_on, year)}开始，{short_day(result.due_on, year)}截止，"
            f"{short_day(result.locks_on, year)}终了后锁定。"
        )


class PeriodLock(PeriodAction):
    """Close a month before its last day, after saying what that cuts off."""

    form_class = LockPeriodForm
    verb = "提前锁定"
    submit_label = "确认锁定"

    def values_of(self, record: ReportPeriod) -> dict[str, Any]:
        return {}

    def refusal(self) -> str:
        today = clock.today()
        if self.month.is_locked(today):
            return f"{self.month}已经锁定，无需再办。"
        if today < self.month.opens_on:
            return f"{self.month}还没有开始填报（{chinese_day(self.month.opens_on)}开始），不能锁定。"
        return ""

    def what(self) -> list[str]:
        counts, year = self.counts, self.month.year
        sentences = [
            f"锁定后，{self.month}的月报不能再填报、撤回或审核；有误的填写更正单，由重点项目办审批。"
            f"不办理的，{short_day(self.month.locks_on, year)}终了后自动锁定。"
        ]
        if counts.missing:
            parts = [(counts.untouched, "未报"), (counts.drafts, "只有草稿"), (counts.returned, "退回未改")]
            words = "、".join(f"{number} 个{word}" for number, word in parts if number)
            sentences.append(f"现在还有 {counts.missing} 个项目没有计入的月报（{words}），锁定后只能补填更正单。")
        if counts.filed:
            sentences.append(f"还有 {counts.filed} 份已报未审，数字照常计入，锁定后不再审核。")
        return sentences

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportPeriod:
        return service.lock_month(year=self.month.year, month=self.month.month, by=self.request.user)

    def success_text(self, result: ReportPeriod) -> str:
        return f"{result}已锁定。需要时可以重新开放。"


class PeriodUnlock(PeriodAction):
    """Open a locked month again for some days, with a reason."""

    form_class = UnlockPeriodForm
    verb = "重新开放"
    submit_label = "确认开放"

    def values_of(self, record: ReportPeriod) -> dict[str, Any]:
        return {}

    def first_values(self) -> dict[str, Any]:
        # Closed early, it is most often opened again up to its own day.
        today = clock.today()
        later = self.month.locks_on > today
        return {"locks_on": self.month.locks_on if later else workdays.next_workday(today + timedelta(days=1))}

    def refusal(self) -> str:
        return "" if self.month.is_locked(clock.today()) else f"{self.month}没有锁定，无需重新开放。"

    def what(self) -> list[str]:
        return [
            f"开放期间，各单位可以填报、修改、撤回{self.month}的月报，牵头单位可以审核；到期当日终了后自动锁定。",
            "开放前已经计入的数字和颜色照旧，按以前的日期查询仍是原数；改动自报送之日起计入。只有个别项目要改的，用更正单即可，不必开放整月。",
        ]

    def save(self, values: dict[str, Any], version: int | None, request_key: Any) -> ReportPeriod:
        return service.unlock_month(
            year=self.month.year, month=self.month.month, until=values["locks_on"], note=values["note"], by=self.request.user
        )

    def success_text(self, result: ReportPeriod) -> str:
        return f"{result}已重新开放至{chinese_day(result.locks_on)}，当日终了后自动锁定。"
