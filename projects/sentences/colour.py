"""How a colour came about and what comes next, in words: assessments with their figures, turns, what a schedule was replaced for."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from erqi.common.dates import chinese_day
from erqi.common.numbers import money, plain
from projects.choices import Basis, Dimension, WarningLevel
from projects.rules.colour import Bounds
from projects.rules.policy import Policy
from projects.rules.warning import Cause, Event, Facts, MilestoneFact, Obligation, Thresholds
from projects.sentences.policy import figure
from projects.sentences.warning import cause_words

ONE_DAY = timedelta(days=1)
_CENT = Decimal("0.01")


def shown(value: Decimal) -> Decimal:
    """Return a figure with two decimals, cut and not rounded: 79.996 is not shown as the 80 that another level begins with."""
    return value.quantize(_CENT, rounding=ROUND_FLOOR)


def what_words(cause: Cause, year: int) -> str:
    """Return what was assessed: the milestone, the problem, or the year's investment."""
    return f"{year}年投资" if cause.dimension == Dimension.INVESTMENT else cause.name


def plan_words(cause: Cause) -> str:
    """Return what was planned for it."""
    if cause.dimension == Dimension.INVESTMENT:
        return f"1—{cause.month}月累计 {money(cause.planned)}"
    due_on = cause.due_on
    if due_on is None:
        return "—"
    return f"{due_on.year}年{due_on.month}月" if cause.dimension == Dimension.START else due_on.isoformat()


def figure_words(cause: Cause, basis: Basis, done: bool = False) -> str:
    """Return how it stands as a figure of the dimension's line; `done` is a milestone that needs none."""
    if done:
        return "已完成"
    if cause.event is not None:
        return cause.event.rule
    value = shown(cause.value or Decimal(0))
    if cause.dimension == Dimension.INVESTMENT:
        return f"完成 {money(cause.done)}，{figure(cause.dimension, basis, value)}"
    return figure(cause.dimension, basis, value)


def computation(cause: Cause, basis: Basis, whole: Decimal | None, day: date, done: bool = False) -> str:
    """Return how the figure is computed, so that anybody can do it again by hand; `whole` is the year's amount."""
    if done:
        return "已完成的节点不再计算"
    if cause.event is not None:
        return f"{chinese_day(cause.event.on)}起：{cause.event.words}"
    number = plain(shown(cause.value or Decimal(0)))
    due_on = cause.due_on
    assert due_on is not None  # noqa: S101
    if cause.dimension == Dimension.INVESTMENT:
        done_by, planned = money(cause.done), money(cause.planned)
        # Why this month's plan and not another's: it is asked for from the day after the cut-off on (rules.warning.evaluation_days).
        month = f"；{month_day(due_on, day)}截止，次日（{month_day(due_on + ONE_DAY, day)}）起按1—{cause.month}月计划评价"
        if basis == Basis.GAP:
            return f"（{planned} − {done_by}）÷ 全年 {money(whole)} = {number} 个百分点{month}"
        return f"{done_by} ÷ {planned} = {number}%{month}"
    if cause.dimension == Dimension.START:
        return f"自{due_on.year}年{due_on.month}月至{day.year}年{day.month}月，过了 {number} 个月末"
    late = int(cause.value or 0)
    if cause.dimension == Dimension.NOTICE or (cause.dimension == Dimension.ISSUE and late < 0):
        return f"{chinese_day(day)}距{chinese_day(due_on)} {number} 个工作日"
    return f"{chinese_day(day)} − {chinese_day(due_on)} = {number} 天"


def month_day(day: date, today: date) -> str:
    """Return a day as people say it: 10月31日, with the year where it is another one."""
    return f"{day.month}月{day.day}日" if day.year == today.year else chinese_day(day)


def turn_reason(thresholds: Thresholds, bounds: Bounds, day: date, to: WarningLevel, basis: Basis) -> str:
    """Return why the colour turns to a level on a day by itself."""
    eve = day - ONE_DAY
    if bounds.closed_on == day:
        return "销号"
    if any(begin == day for begin, _ in bounds.pauses):
        return "按批准暂停"
    if any(end == eve for _, end in bounds.pauses):
        return "暂停到期"
    cause = thresholds.cause(to) if WarningLevel.GREEN <= to <= WarningLevel.RED else None
    if cause is not None and thresholds.on(to) == day:
        return cause_words(cause, basis)
    if bounds.floor_until == eve and bounds.floor_level is not None:
        return "观察期满"
    return "人工定级到期" if bounds.manual_until == eve else ""


def turn_words(policy: Policy, turn: tuple[date, WarningLevel, WarningLevel], reason: str, today: date) -> str:
    """Return what comes next: 如无新进展，10月31日转为告警; by itself better: 10月26日观察期满，转为正常."""
    day, before, to = turn
    when = month_day(day, today)
    label = policy.label(to)
    if to == WarningLevel.PAUSED:
        return f"{when}起按批准暂停，期间不评价"
    if to == WarningLevel.DONE:
        return f"{when}销号"
    if before == WarningLevel.PAUSED:
        return f"暂停至{month_day(day - ONE_DAY, today)}，{when}恢复评价：如无新进展为{label}"
    if to < before:
        return f"{when}{reason}，转为{label}"
    return f"如无新进展，{when}转为{label}"


def fact_changes(before: Facts, now: Facts) -> list[str]:
    """Return what became known between two sets of facts, a sentence each."""
    return [*_milestone_changes(before, now), *_investment_changes(before, now), *_obligation_changes(before, now)]


def _due(milestone: MilestoneFact) -> str:
    return milestone.due_on.isoformat() if milestone.due_on else "未定"


def _milestone_changes(before: Facts, now: Facts) -> Iterator[str]:
    old, new = {one.key: one for one in before.milestones}, {one.key: one for one in now.milestones}
    for key, one in new.items():
        was = old.get(key)
        if was is None:
            yield f"登记节点“{one.name}”，时限 {_due(one)}" + ("，已完成" if one.done else "")
            continue
        if was.due_on != one.due_on:
            yield f"节点“{one.name}”时限由 {_due(was)} 改为 {_due(one)}"
        if was.done != one.done:
            yield f"节点“{one.name}”{'登记完成' if one.done else '撤销完成'}"
        if was.pending_since is None and one.pending_since is not None:
            yield f"节点“{one.name}”申请变更时限，时钟自{chinese_day(one.pending_since)}停走"
        elif was.pending_since is not None and one.pending_since is None and not one.done:
            yield f"节点“{one.name}”的时限变更申请已办结"
        if (was.name, was.kind) != (one.name, one.kind):
            yield f"节点“{was.name}”改为“{one.name}”"
    for key, was in old.items():
        if key not in new:
            yield f"节点“{was.name}”不再属于本年度"


def _investment_changes(before: Facts, now: Facts) -> Iterator[str]:
    was, one = before.investment, now.investment
    if was.plan != one.plan:
        yield "分月投资计划有调整" if was.plan else "登记分月投资计划"
    if was.annual != one.annual:
        yield f"年度计划投资由 {money(was.annual) or '未定'} 改为 {money(one.annual) or '未定'}"
    if (was.done, was.month) != (one.done, one.month):
        if one.month:
            earlier = f"（原 {money(was.done)}）" if was.done is not None else ""
            yield f"{one.month}月月报：累计完成投资 {money(one.done) or '未填'}{earlier}"
        else:
            yield "月报退回或撤回，累计完成投资不再计入"


def _obligation_changes(before: Facts, now: Facts) -> Iterator[str]:
    old, new = {(one.dimension, one.key, one.name): one for one in before.obligations}, {}
    for one in now.obligations:
        new[one.dimension, one.key, one.name] = one
        was = old.get((one.dimension, one.key, one.name))
        label, name = one.dimension.label, one.name
        if was is None and one.due_on is not None:
            yield f"{label}：“{name}”，时限 {one.due_on.isoformat()}"
        elif was is not None and was.due_on != one.due_on:
            yield f"{label}：“{name}”时限由 {_day_or_none(was.due_on)} 改为 {_day_or_none(one.due_on)}"
        if (was.stopped_on if was else None) != one.stopped_on:
            yield f"{label}：“{name}”{f'自 {one.stopped_on.isoformat()} 起等待决定，计时暂停' if one.stopped_on else '已有决定，恢复计时'}"
        yield from _event_changes(was.events if was else (), one)
    for key, was in old.items():
        if key not in new:
            yield f"{was.dimension.label}：“{was.name}”已了结"


def _day_or_none(day: date | None) -> str:
    return day.isoformat() if day else "不再计时"


def _event_changes(before: Sequence[Event], now: Obligation) -> Iterator[str]:
    yield from (f"{now.dimension.label}：{one.words}" for one in now.events if one not in before)
    old = {one.rule for one in before} - {one.rule for one in now.events}
    yield from (f"{now.dimension.label}：“{now.name}”{rule}，已处理" for rule in sorted(old))


def bound_changes(before: Bounds, now: Bounds, policy: Policy) -> list[str]:
    """Return what people decided between two sets of bounds, a sentence each."""
    found = []
    if before.closed_on != now.closed_on:
        found.append("销号" if now.closed_on else "恢复（撤销销号）")
    if before.pauses != now.pauses:
        granted = [f"批准暂停 {begin.isoformat()} 至 {end.isoformat()}" for begin, end in now.pauses if (begin, end) not in before.pauses]
        found += granted or ["暂停结束"]
    if (before.manual_level, before.manual_until) != (now.manual_level, now.manual_until):
        if now.manual_level is not None and now.manual_until is not None:
            found.append(f"人工定为{policy.label(now.manual_level)}，至 {now.manual_until.isoformat()}")
        else:
            found.append("人工定级解除")
    if (before.floor_level, before.floor_until) != (now.floor_level, now.floor_until):
        if now.floor_level is None:
            found.append("摘牌或观察期满")
        elif now.floor_until is None:
            found.append(f"数据好转，{policy.label(now.floor_level)}待核验、确认")
        else:
            found.append(f"确认摘牌，转{policy.label(now.floor_level)}观察至 {now.floor_until.isoformat()}")
    return found
