"""The reporting month and a report's state in words."""

from datetime import date
from typing import Protocol

from erqi.common import workdays
from erqi.common.dates import chinese_day
from projects.choices import ReportAction, ReportState
from projects.rules.report import Punctuality
from projects.sentences.reporting_days import short_day

NOT_REPORTED = "未报"


class Days(Protocol):
    """The days of a reporting month (services.period.Month)."""

    @property
    def year(self) -> int: ...
    @property
    def month(self) -> int: ...
    @property
    def opens_on(self) -> date: ...
    @property
    def due_on(self) -> date: ...
    @property
    def locks_on(self) -> date: ...
    @property
    def locked_on(self) -> date | None: ...
    def is_locked(self, day: date) -> bool:
        """Say whether the month is closed on the day."""


def month_name(year: int, month: int, day: date) -> str:
    """Return 9月, or 2017年9月 for a month of another year than the day's."""
    return f"{month}月" if year == day.year else f"{year}年{month}月"


def calendar_words(month: Days, day: date) -> str:
    """Return the month's calendar as of the day: 9月月报：9月25日截止，已逾期 1 个工作日；9月30日锁定."""
    name = f"{month_name(month.year, month.month, day)}月报"
    due, year = short_day(month.due_on, month.year), month.year
    if month.is_locked(day):
        if month.locked_on is not None and month.locked_on <= month.locks_on:
            return f"{name}：已于{short_day(month.locked_on, year)}提前锁定"
        return f"{name}：已锁定（{short_day(month.locks_on, year)}为最后一天）"
    end = f"{short_day(month.locks_on, year)}锁定"
    if day < month.opens_on:
        return f"{name}：{short_day(month.opens_on, year)}起填报，{due}截止；{end}"
    late = workdays.workdays_between(month.due_on, day)
    if day > month.due_on:
        # The first days after a deadline may be a weekend: late, though no working day has passed.
        since = f"已逾期 {late} 个工作日" if late > 0 else "已过截止日"
        return f"{name}：{due}截止，{since}；{end}"
    left = "今天截止" if day == month.due_on else f"{due}截止，还有 {-late} 个工作日"
    unsure = "" if workdays.is_certain(month.due_on) else "（节假日安排未公布，按周一至周五计算）"
    return f"{name}：{left}{unsure}；{end}"


def state_word(state: str | None) -> str:
    """Return the state of a report, 未报 where there is none."""
    return str(ReportState(state).label) if state else NOT_REPORTED


def return_words(counts: bool) -> str:
    """Return what a return means for the figures: those that count on until the report is filed again, or no more."""
    return "退回修改，原报数字仍计入" if counts else "数据不可信，暂不计入"


def step_words(action: str, counts: bool) -> str:
    """Return what a step of a report was; a return says which of its two forms it was."""
    if action != ReportAction.RETURN:
        return str(ReportAction(action).label)
    return "退回修改（原报数字仍计入）" if counts else "退回（数据不可信，暂不计入）"


def refile_words(last: date, year: int, locked: bool) -> str:
    """Return until when a returned report may be filed again though its month locks before; the last day is included."""
    month = "本月已锁定，" if locked else ""
    return f"{month}退回的月报可在{short_day(last, year)}前（含当日）修改后重报；此后只能填更正单"


def late_words(action: str, recorded_on: date | None, year: int) -> str:
    """Return that a step that was taken after a report's year counts on its last day; an empty text for one taken in it (None)."""
    return f"{chinese_day(recorded_on)}{ReportAction(action).label}，按{year}年12月31日计入" if recorded_on is not None else ""


PUNCTUALITY = {
    Punctuality.NOT_OPEN: "未开始",
    Punctuality.OPEN: "填报中",
    Punctuality.DUE_SOON: "即将截止",
    Punctuality.OVERDUE: "逾期未报",
    Punctuality.IN_TIME: "按时",
    Punctuality.LATE: "迟报",
    Punctuality.MISSED: "缺报",
}


def progress_words(done: int, due: int) -> str:
    """Return how many of a month's reports are filed: 已报 7 / 12."""
    return f"已报 {done} / {due}"


def filed_words(name: str, day: date | None, year: int) -> str:
    """Return who filed a report and when: 张三 9月24日报送; an empty text for nobody."""
    return f"{name} {short_day(day, year)}报送" if day is not None else ""
