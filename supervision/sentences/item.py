"""Items in words: what comes next, and whose turn it is."""

from datetime import date

from projects.sentences.colour import month_day
from supervision.choices import ItemState
from supervision.rules.limit import WorkCalendar, is_late

NEXT = {
    ItemState.OPEN: "由承办单位推进；完成后申请销号。",
    ItemState.APPLIED: "已申请销号，待督察员核验。",
    ItemState.VERIFIED: "已核验，待督察办另一人确认销号（没有其他人的，由区领导确认）。",
    ItemState.CLOSED: "已销号。",
    ItemState.CANCELLED: "已撤项，不再督办。",
}


def next_words(state: str, returned: str = "", missing: str = "") -> str:
    """Return what comes next for an item in the state; `returned`: by which action the last application came back, `missing`: with what."""
    if returned:
        return f"{returned}，还缺：{missing.rstrip('。')}。补充后再申请销号。"
    return NEXT.get(ItemState(state), "")


def due_words(due_on: date, day: date) -> str:
    """Return when an item is due, seen from a day: 6月30日到期，还有 5 天."""
    days = (due_on - day).days
    if days < 0:
        return f"{month_day(due_on, day)}到期，已逾期 {-days} 天"
    return f"{month_day(due_on, day)}到期，今天到期" if days == 0 else f"{month_day(due_on, day)}到期，还有 {days} 天"


def limit_words(due_on: date, day: date, calendar: WorkCalendar) -> str:
    """Return how a limit in working days stands, seen from a day: 6月29日到期，还有 2 个工作日."""
    head = f"{month_day(due_on, day)}到期"
    if is_late(due_on, day, calendar):
        return f"{head}，已逾期 {calendar.workdays_between(due_on, day)} 个工作日"
    if day > due_on:
        return f"{head}，休息日不计逾期"
    left = calendar.workdays_between(day, due_on)
    return f"{head}，还有 {left} 个工作日" if left else f"{head}，今天到期" if day == due_on else f"{head}，其间没有工作日"
