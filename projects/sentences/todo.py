"""What stands in 我的待办, in words: how things are, what follows if nothing is done and by when, what to do about it."""

from datetime import date

from erqi.common.numbers import money
from projects.choices import Dimension, EscalationStep, WarningLevel
from projects.rules.policy import Policy
from projects.rules.warning import Cause
from projects.sentences.colour import month_day
from projects.sentences.warning import settling_words

# The problem itself is a sentence of its own.
ISSUE_SOLVED = "在月报中报告该问题已解决"
# The way out where the month's report, which says that there is a problem, counts already.
REPORT_AGAIN = "问题确已解决的，{by}：{remedy}"


def locks_words(locks_on: date, day: date) -> str:
    """Return what the lock of a month means for whoever has not reported."""
    when = "今天结束后" if locks_on == day else f"{month_day(locks_on, day)}后"
    return f"{when}锁定，届时未报的记为缺报，补报须填更正单并经审批"


def review_locks_words(locks_on: date, day: date) -> str:
    """Return what the lock of a month means for whoever reviews it."""
    when = "今天结束后" if locks_on == day else f"{month_day(locks_on, day)}后"
    return f"{when}锁定，届时不能再退回"


def turn_ahead_words(policy: Policy, turn_on: date, to: WarningLevel, day: date) -> str:
    """Return when the colour turns worse: 如无新进展，10月31日转为告警."""
    return f"如无新进展，{month_day(turn_on, day)}转为{policy.label(to)}"


def step_words(step: EscalationStep | None) -> str:
    """Return what the rules ask for now: 按规则应办：督察通知单（提醒）."""
    return f"按规则应办：{step.label}" if step is not None else ""


def next_step_words(cutoff_on: date, step: EscalationStep, day: date) -> str:
    """Return what the rules ask for next: 至10月25日仍未解除的，按规则：书面专报、领导问查."""
    return f"至{month_day(cutoff_on, day)}仍未解除的，按规则：{step.label}"


def prevent_words(cause: Cause, day: date) -> str:
    """Return what keeps the colour from turning."""
    if cause.dimension == Dimension.INVESTMENT:
        by = f"{month_day(cause.due_on, day)}前" if cause.due_on else ""
        return f"{by}累计完成投资达到 {money(cause.planned)}"
    if cause.source or cause.dimension == Dimension.NOTICE:
        return settling_words(cause)
    if cause.dimension == Dimension.ISSUE:
        return f"在月报中报告问题“{cause.name}”已解决"
    return f"按期完成并登记“{cause.name}”；确有困难的，到期前申请变更时限"


def next_report_words(opens_on: date | None, day: date) -> str:
    """Return when figures can be reported again, an empty text where that is not known."""
    return f"下次月报{month_day(opens_on, day)}起填报" if opens_on is not None else ""
