"""The wall chart in words: what a mark says when it is pointed at, read aloud or looked up, and what a whole row says."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from erqi.common.dates import chinese_day
from projects.choices import DelayCause, HoldReason, MilestoneKind, WarningLevel
from projects.rules.milestone import MilestoneState
from projects.rules.wall import Step, Stretch

STATE_WORDS = {
    MilestoneState.DONE: "已完成",
    MilestoneState.LATE: "逾期",
    MilestoneState.OPEN: "未到期",
    MilestoneState.UNDATED: "日期未定",
}
UNKNOWN = "—"


def short_date(day: date, year: int) -> str:
    """Return a day as it stands beside a chart of a year: 9月28日, with the year where it is another one."""
    return f"{day.month}月{day.day}日" if day.year == year else chinese_day(day)


def slip_words(slip: int) -> str:
    """Return how far the plan was moved: 推迟 31 天; an empty text where it was not."""
    return "" if not slip else f"推迟 {slip} 天" if slip > 0 else f"提前 {-slip} 天"


def due_words(step: Step) -> str:
    """Return the date in force and the phrase as printed: 2018-03-31（“3月底前”）."""
    printed = f"“{step.phrase}”" if step.phrase else ""
    if step.due_on is None:
        return printed or UNKNOWN
    return step.due_on.isoformat() + (f"（{printed}）" if printed else "")


def done_words(step: Step) -> str:
    """Return when it was done, as far as anybody knows."""
    if not step.is_done:
        return UNKNOWN
    return step.done_on.isoformat() if step.done_on is not None else f"{step.done_known_on} 前（日期文件未载）"


def state_words(step: Step, day: date) -> str:
    """Return how a milestone stands on the day: 已完成，晚 12 天; 逾期 59 天; 距时限 20 天."""
    late = step.standing.days_late
    if step.state is MilestoneState.DONE:
        return f"已完成，晚 {late} 天" if late and late > 0 else "已完成"
    if step.due_on is None:
        return "日期未定，尚未完成"
    if step.state is MilestoneState.LATE:
        return f"逾期 {late} 天，未见完成记录"
    return f"{short_date(day, day.year)}到期" if late == 0 else f"未到期，距时限 {-(late or 0)} 天"


def step_name(step: Step) -> str:
    """Return what a milestone is called, with its kind where the name does not say it: 开工：主体施工."""
    kind = MilestoneKind(step.kind).label
    return step.name if kind in step.name or step.kind == MilestoneKind.OTHER else f"{kind}：{step.name}"


def step_lines(step: Step, level: WarningLevel | None, word: str, day: date) -> list[str]:
    """Return what a mark says, a line each: name, state with the colour's word, baseline, current plan with its slip, day done, cause."""
    origin = "（模拟）" if step.simulated else "（文件载）" if step.documented else ""
    coloured = f"（{word}）" if level is not None and level > WarningLevel.GREEN and not step.is_done else ""
    baseline = step.baseline_on.isoformat() if step.baseline_on else UNKNOWN
    slip = slip_words(step.slip)
    lines = [
        step_name(step) + origin,
        state_words(step, day) + coloured,
        f"基准时限 {baseline}",
        f"现行计划 {due_words(step)}" + (f"，{slip}" if slip else ""),
        f"完成日期 {done_words(step)}",
    ]
    if step.cause:
        times = f"（变更 {step.moves} 次）" if step.moves > 1 else ""
        lines.append(f"变更病因 {DelayCause(step.cause).label}{times}")
    if step.asked:
        lines.append(f"申请改为 {step.asked.to.isoformat()}，待审批，计时停止")
    return lines


def counted_words(counts: Counter[MilestoneState]) -> str:
    """Return how many milestones there are of each state: 节点 5 个：已完成 3，逾期 1，未到期 1."""
    if not counts.total():
        return "没有登记节点"
    parts = "，".join(f"{STATE_WORDS[state]} {counts[state]}" for state in STATE_WORDS if counts[state])
    return f"节点 {counts.total()} 个：{parts}"


def pause_words(first: date, last: date, reason: str, year: int) -> str:
    """Return a pause in words: 暂停：8月6日至10月31日，业主原因."""
    return f"暂停：{short_date(first, year)}至{short_date(last, year)}，{HoldReason(reason).label}"


def actual_words(found: Stretch | None, day: date, *, building: bool) -> str:
    """Return the bar of what really happened in words; an empty text without one."""
    if found is None:
        return ""
    first = "此前" if found.begun else short_date(found.first, day.year)
    if building:
        return f"在建：{first}起"
    last = short_date(found.last, day.year)
    return f"已完成的节点：{first}" if first == last else f"已完成的节点：{first}至{last}"


def road_sentence(steps: Iterable[Step], built: str, pauses: Iterable[str]) -> str:
    """Return what a row of the chart says beside its marks, which speak for themselves."""
    return "；".join([counted_words(Counter(step.state for step in steps)), *filter(None, [built]), *pauses])
