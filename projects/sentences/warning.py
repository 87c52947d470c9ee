"""The colour in words: why, since when, what comes next, what would lift it (design.md §2.3)."""

from collections.abc import Sequence
from datetime import date

from erqi.common.dates import chinese_day
from erqi.common.numbers import money, plain, rounded
from projects.choices import GRAVE_LEVELS, Basis, Dimension, WarningLevel
from projects.rules.colour import Bounds, floor_on, pause_on
from projects.rules.policy import Policy
from projects.rules.warning import Assessment, Cause, CauseKind
from projects.sentences.policy import band_words

# A milestone whose new date was asked for; a duty that waits for somebody else's decision.
_WAITS = {CauseKind.MILESTONE: "已申请变更时限，待审批，计时暂停", CauseKind.OBLIGATION: "等待决定，计时暂停"}


def cause_words(cause: Cause, basis: Basis = Basis.RATIO) -> str:
    """Return how one thing stands, with its figures; the cause's value is that of the day it speaks of."""
    if cause.event is not None:
        return cause.event.words
    late = int(cause.value) if cause.value is not None else 0
    if cause.dimension == Dimension.INVESTMENT:
        head = f"1—{cause.month}月累计完成投资 {money(cause.done)}，计划 {money(cause.planned)}"
        if cause.value is None:
            return head
        if basis == Basis.GAP:
            return f"{head}，{'落后' if cause.value > 0 else '超前'}年度计划 {plain(rounded(abs(cause.value), 1))} 个百分点"
        return f"{head}，为计划的 {plain(rounded(cause.value, 1))}%"
    due_on = cause.due_on
    assert due_on is not None  # noqa: S101
    if cause.dimension == Dimension.START:
        head = f"“{cause.name}”计划{due_on.year}年{due_on.month}月"
        if late < 0:
            return f"{head}，尚未到计划月份"
        return f"{head}，本月到期" if late == 0 else f"{head}，已过 {late} 个月末仍未完成"
    what = (
        f"问题“{cause.name}”拟于{chinese_day(due_on)}解决"
        if cause.dimension == Dimension.ISSUE and not cause.source
        else f"“{cause.name}”时限{chinese_day(due_on)}"
    )
    unit = (
        "个工作日"
        if cause.dimension in (Dimension.NOTICE, Dimension.REPORTING) or (cause.dimension == Dimension.ISSUE and late < 0)
        else "天"
    )
    if late == 0:
        return f"{what}，当日到期"
    return f"{what}，已逾期 {late} {unit}" if late > 0 else f"{what}，距到期 {-late} {unit}"


def waits_words(assessment: Assessment) -> str:
    """Return for what a clock that stands still waits; an empty text where it runs."""
    return _WAITS.get(assessment.cause.kind, "") if assessment.frozen else ""


def settling_words(cause: Cause) -> str:
    """Return what settles a duty: what makes good what happened, else its end."""
    return cause.event.remedy if cause.event is not None else f"办结“{cause.name}”"


def assessment_words(assessment: Assessment, basis: Basis = Basis.RATIO) -> str:
    """Return how a thing stands on the day it was assessed: a milestone that is done is no longer late, whatever its date was."""
    return f"“{assessment.cause.name}”已完成" if assessment.done else cause_words(assessment.cause, basis)


def rule_words(policy: Policy, assessment: Assessment) -> str:
    """Return the rule that gives the assessment its level: 节点工期：逾期 8 天（含）至逾期 31 天（不含）为预警."""
    dimension = assessment.cause.dimension
    if assessment.done:
        return f"{dimension.label}：节点已完成"
    if (event := assessment.cause.event) is not None:
        return f"{dimension.label}：{event.rule}为{policy.label(assessment.level)}"
    rule = policy.rules.get(dimension)
    band = next((band for band in rule.bands if band.level == assessment.level), None) if rule else None
    if band is None:
        return f"{dimension.label}：无待办事项为{policy.label(assessment.level)}"
    return f"{dimension.label}：{band_words(dimension, policy.basis, band)}为{policy.label(assessment.level)}"


def rules_words(name: str, since: date) -> str:
    """Return that it was other rules that turned a colour: the version's name, and since when it is in force."""
    return f"因{chinese_day(since)}起执行新规则“{name}”而变色"


def colour_sentence(
    level: WarningLevel,
    policy: Policy | None,
    assessments: Sequence[Assessment],
    bounds: Bounds,
    since: date,
    day: date,
    rules: str = "",
) -> str:
    """Return the sentence that a county head can read aloud: the colour, since when, why.

    `assessments` are those of the day (rules.warning.assess), the worst first; `since` the first day of the colour; `rules` the name of
    the version of the rules that turned it on that day, where the rules did.
    """
    if level == WarningLevel.UNRATED or policy is None:
        return "没有可以评价的节点时限或投资计划，暂不评价。" if policy is not None else "该年度没有启用预警，暂不评价。"
    days = (day - since).days + 1
    if level == WarningLevel.DONE:
        return f"{chinese_day(bounds.closed_on or since)}已销号，不再评价。"
    if level == WarningLevel.PAUSED:
        begin, end = pause_on(bounds, day) or (since, day)
        return f"经批准自{chinese_day(begin)}起暂停，至{chinese_day(end)}到期，期间不评价。"
    head = f"{policy.label(level)}，自{chinese_day(since)}起第 {days} 天"
    turned = f"，{rules_words(rules, since)}" if rules else ""
    return f"{head}{turned}：{reason_words(level, policy, assessments, bounds, day)}。"


def reason_words(level: WarningLevel, policy: Policy, assessments: Sequence[Assessment], bounds: Bounds, day: date) -> str:
    """Return why the level is shown on the day: what gives it, or what keeps it there."""
    giving = [one for one in assessments if one.counts and one.level == level]
    if giving and level > WarningLevel.GREEN:
        more = f"，另有 {len(giving) - 1} 项同级" if len(giving) > 1 else ""
        waits = f"（{words}）" if (words := waits_words(giving[0])) else ""
        return assessment_words(giving[0], policy.basis) + waits + more
    if level == WarningLevel.GREEN:
        return "各节点和投资进度均在计划之内"
    if bounds.manual_level == level and floor_on(bounds, day) == level and bounds.manual_until and day <= bounds.manual_until:
        return f"由督察办人工定级，至{chinese_day(bounds.manual_until)}止"
    if bounds.floor_until is not None:
        return f"已摘牌，观察至{chinese_day(bounds.floor_until)}"
    return "数据已好转，待督察员核验、督察办确认后摘牌"


def lifting_words(level: WarningLevel, bounds: Bounds, assessments: Sequence[Assessment], policy: Policy) -> str:
    """Return what would lift the colour; an empty text where nothing has to be lifted."""
    giving = [one for one in assessments if one.counts and one.level == level]
    if level not in (WarningLevel.BLUE, *GRAVE_LEVELS):
        return ""
    parts = []
    for one in giving[:3]:
        if one.cause.dimension == Dimension.INVESTMENT:
            parts.append(f"累计完成投资达到 {money(one.cause.planned)}")
        elif one.cause.source or one.cause.dimension == Dimension.NOTICE:
            parts.append(settling_words(one.cause))
        elif one.cause.dimension == Dimension.ISSUE:
            parts.append(f"报告问题“{one.cause.name}”已解决")
        else:
            parts.append(f"登记“{one.cause.name}”完成并附佐证，或{'时限变更获批' if one.frozen else '经批准变更时限'}")
    words = "；".join(parts)
    if level in GRAVE_LEVELS:
        if not words and (ends := _ends_by_itself(level, bounds)):
            return ends
        observed = policy.observation_cycles if level == WarningLevel.RED else 0
        confirm = "经督察员核验、督察办确认后摘牌" + (f"，红转黄观察{'一' if observed == 1 else f' {observed} '}期" if observed else "")
        return f"{words}，{confirm}" if words else confirm
    return f"{words}后自动解除" if words else ""


def _ends_by_itself(level: WarningLevel, bounds: Bounds) -> str:
    """Return when a level that no figure gives ends without anybody's confirmation; an empty text when it waits for one."""
    if bounds.floor_level == level:
        return f"观察至{chinese_day(bounds.floor_until)}，期满后按数据评价" if bounds.floor_until else ""
    return (
        f"人工定级至{chinese_day(bounds.manual_until)}到期，或由督察办提前解除"
        if bounds.manual_level == level and bounds.manual_until
        else ""
    )
