"""What turns by itself, in words: why on that day, and what would keep it from turning."""

from datetime import date
from decimal import Decimal

from erqi.common.numbers import money, rounded
from projects.choices import Basis, Dimension, WarningLevel
from projects.rules.policy import Policy
from projects.rules.turning import Direction, direction
from projects.rules.warning import Cause
from projects.sentences.warning import settling_words


def amount_needed(policy: Policy, cause: Cause, level: WarningLevel) -> Decimal | None:
    """Return the amount that has to be reported so that the level is not reached; the plan itself where bands are points behind it."""
    rule = policy.rules.get(Dimension.INVESTMENT)
    band = next((band for band in rule.bands if band.level == level), None) if rule else None
    if band is None or band.high is None or policy.basis == Basis.GAP or cause.planned is None:
        return cause.planned
    return rounded(cause.planned * band.high / 100, 2)


def prevention_words(policy: Policy, cause: Cause | None, before: WarningLevel, after: WarningLevel) -> str:
    """Return what would keep the colour from turning to a level for a cause; an empty text where nothing has to be done."""
    if before == WarningLevel.PAUSED:
        return "到期前申请续期，或恢复施工并登记进展"
    if direction(before, after) is not Direction.WORSE or cause is None:
        return ""
    if cause.dimension == Dimension.INVESTMENT:
        return f"截止前报送{cause.month}月月报，累计完成投资达到 {money(amount_needed(policy, cause, after))}"
    if cause.source or cause.dimension == Dimension.NOTICE:
        return settling_words(cause)
    if cause.dimension == Dimension.ISSUE:
        return f"报告问题“{cause.name}”已解决"
    return f"登记“{cause.name}”完成并附佐证，或申请变更时限（待审批期间计时停止）"


WEEKDAYS = "一二三四五六日"


def weekday(day: date) -> str:
    """Return the day of the week: 周五."""
    return f"周{WEEKDAYS[day.weekday()]}"


def distance(day: date, today: date) -> str:
    """Return how far ahead a day is: 明天, 7 天后."""
    days = (day - today).days
    return {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{days} 天后")
