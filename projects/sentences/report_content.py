"""What a monthly report says, column by column, in words: for comparing an old state with a new one."""

from datetime import date
from decimal import Decimal
from typing import Any

from erqi.common.dates import chinese_day
from erqi.common.numbers import money
from projects.choices import DelayCause, WarningLevel

# The columns of a report's content in the order in which people read them, with their labels.
LABELS: dict[str, str] = {
    "cumulative": "本年累计完成投资",
    "physical_percent": "形象进度（%）",
    "physical": "形象进度",
    "progress": "本月进展",
    "problem": "存在问题",
    "problem_cause": "病因",
    "problem_due_on": "拟解决时限",
    "next_step": "下步计划",
    "no_change": "无变化",
    "self_level": "自评",
    "cutoff_on": "数据截止日",
}


def content_words(name: str, value: Any) -> str:
    """Return a column's value as people read it; an empty text for nothing."""
    if value is None or value == "" or value is False:
        return ""
    if name == "physical_percent":
        return f"{value}%"
    if name == "self_level":
        return str(WarningLevel(value).label)
    if name == "problem_cause":
        return str(DelayCause(value).label)
    if isinstance(value, bool):
        return "是"
    if isinstance(value, Decimal):
        # Nothing invested is something said: 0万元, not an empty cell.
        return money(value)
    return chinese_day(value) if isinstance(value, date) else str(value)


def neighbour_sentences(month: int, cumulative: Decimal, counted: dict[int, Decimal]) -> list[str]:
    """Return what does not fit between a month's cumulative amount and those of the months beside it (`counted`, by month)."""
    found = []
    before = max((other for other in counted if other < month), default=None)
    after = min((other for other in counted if other > month), default=None)
    if before is not None and cumulative < counted[before]:
        found.append(f"{month}月累计 {money(cumulative)} 少于{before}月已报的 {money(counted[before])}，请核对是否核减。")
    if after is not None and cumulative > counted[after]:
        found.append(f"{month}月累计 {money(cumulative)} 多于{after}月已报的 {money(counted[after])}，{after}月的月报可能也须更正。")
    return found
