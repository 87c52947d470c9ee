"""Warning rules in words: what a band covers, what is wrong with bands."""

from decimal import Decimal

from erqi.common.numbers import plain
from projects.choices import Basis, Dimension, WarningLevel
from projects.rules.policy import Band, BandFault, Fault, Policy

# The figures of each dimension's line: what one of them is called, and its unit.
LINES: dict[Dimension, tuple[str, str]] = {
    Dimension.MILESTONE: ("逾期天数", "天"),
    Dimension.INVESTMENT: ("完成计划的百分比", "%"),
    Dimension.START: ("已过计划月份的月末数", "个"),
    Dimension.ISSUE: ("逾期天数（到期前按工作日）", "天"),
    Dimension.NOTICE: ("逾期工作日数", "个工作日"),
    Dimension.REPORTING: ("逾期工作日数", "个工作日"),
}
GAP_LINE = ("落后年度计划的百分点", "个百分点")


def line_of(dimension: Dimension, basis: Basis) -> tuple[str, str]:
    """Return what the figures of a dimension's bands are called, and their unit."""
    return GAP_LINE if dimension == Dimension.INVESTMENT and basis == Basis.GAP else LINES[dimension]


def figure(dimension: Dimension, basis: Basis, value: Decimal) -> str:
    """Return a figure of a dimension's line in words: 逾期 8 天, 提前 7 天, 计划的 80%."""
    number = plain(abs(value).normalize() + 0)
    if dimension == Dimension.INVESTMENT:
        return f"落后 {plain(value)} 个百分点" if basis == Basis.GAP else f"计划的 {number}%"
    if dimension == Dimension.START:
        if value < 0:
            return "计划月份之前"
        return "计划月份当月" if value == 0 else f"已过 {number} 个月末"
    unit = "个工作日" if dimension in (Dimension.NOTICE, Dimension.REPORTING) or (dimension == Dimension.ISSUE and value < 0) else "天"
    if value == 0:
        return "到期当日"
    return f"{'提前' if value < 0 else '逾期'} {number} {unit}"


def band_words(dimension: Dimension, basis: Basis, band: Band) -> str:
    """Return what a band covers, saying which ends are included: 逾期 8 天（含）至 31 天（不含）."""
    low = None if band.low is None else f"{figure(dimension, basis, band.low)}（{'含' if band.low_in else '不含'}）"
    high = None if band.high is None else f"{figure(dimension, basis, band.high)}（{'含' if band.high_in else '不含'}）"
    if low is None and high is None:
        return "任何情况"
    if high is None:
        return f"{low}以上"
    return f"{high}以下" if low is None else f"{low}至{high}"


def fault_sentence(policy: Policy, fault: Fault) -> str:
    """Return what is wrong with the bands, naming the dimension, the figure and the levels, and what to do."""
    where = f"“{fault.dimension.label}”"
    first = f"“{policy.label(fault.first)}”" if fault.first is not None else ""
    second = f"“{policy.label(fault.second)}”" if fault.second is not None else ""
    at = "" if fault.at is None else figure(fault.dimension, policy.basis, fault.at)
    if fault.kind is BandFault.NONE:
        return f"{where}没有任何区间，请至少填写一个。"
    if fault.kind is BandFault.EMPTY:
        return f"{where}的{first}区间是空的：下限不能高于上限，相等时两端都要包含。"
    if fault.kind is BandFault.TWICE:
        return f"{where}的{first}出现了两次，每种状态只能有一个区间。"
    if fault.kind is BandFault.ORDER:
        return f"{where}的状态没有按轻重依次排列：情况变差时状态只能加重。"
    if fault.kind is BandFault.OVERLAP:
        return f"{where}在{at}处，{first}和{second}重叠；请让其中一端不含该值。"
    if not first or not second:
        return f"{where}在{at}{'以下' if not first else '以上'}没有区间；请把最{'低' if not first else '高'}一端留空，表示不限。"
    return f"{where}在{at}处，{first}和{second}之间有缺口；请让其中一端包含该值，或使两端相接。"


def level_word(policy: Policy | None, level: WarningLevel) -> str:
    """Return what a level is called under the policy (its own name where there is none)."""
    return policy.label(level) if policy is not None else str(level.label)
