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
        return f"{'超前' if value < 0 else '落后'} {number} 个百分点" if basis == Basis.GAP else f"计划的 {number}%"
    if dimension == Dimension.START:
        if value < 0:
            return "计划月份之前"
        return "计划月份当月" if value == 0 else f"已过 {number} 个月末"
    unit = "个工作日" if dimension in (Dimension.NOTICE, Dimension.REPORTING) or (dimension == Dimension.ISSUE and value < 0) else "天"
    if value == 0:
        return "到期当日"
    return f"{'提前' if value < 0 else '逾期'} {number} {unit}"


def band_words(dimension: Dimension, basis: Basis, band: Band) -> str:
    """Return what a band covers, saying which ends are included: 逾期 8 天（含）至 31 天（不含）, 提前 7 天（不含）以上."""
    low = None if band.low is None else f"{figure(dimension, basis, band.low)}（{'含' if band.low_in else '不含'}）"
    high = None if band.high is None else f"{figure(dimension, basis, band.high)}（{'含' if band.high_in else '不含'}）"
    if low is None and high is None:
        return "任何情况"
    if low is not None and high is not None:
        return f"{low}至{high}"
    if low is None:
        assert band.high is not None  # noqa: S101
        return _up_to(dimension, high or "", band.high, band.high_in)
    assert band.low is not None  # noqa: S101
    return f"{low}起" if band.low <= 0 and dimension != Dimension.INVESTMENT else f"{low}以上"


def _up_to(dimension: Dimension, end: str, high: Decimal, high_in: bool) -> str:
    """Return everything up to a figure in words: on the early side of a line more days are a smaller figure."""
    if dimension == Dimension.START and (high < 0 or (high == 0 and not high_in)):
        return "计划月份之前"
    if high < 0:
        return f"{end}以上"
    if dimension == Dimension.INVESTMENT:
        return f"{end}以下"
    if high == 0 and dimension != Dimension.START:
        return "到期当日及以前" if high_in else "到期之前"
    return f"{end}以内，含以前" if high == 0 else f"{end}以内，含未到期"


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
        # On the early side of a line what lies below a figure is more days.
        early = fault.at is not None and fault.at < 0
        return f"{where}在{at}{'以下' if (not first) != early else '以上'}没有区间；请把最{'低' if not first else '高'}一端留空，表示不限。"
    if fault.until is not None:
        until = figure(fault.dimension, policy.basis, fault.until)
        return f"{where}在{at}至{until}之间没有状态：{first}和{second}之间有缺口；请使两端相接。"
    return f"{where}在{at}处，{first}和{second}之间有缺口；请让其中一端包含该值。"


def level_word(policy: Policy | None, level: WarningLevel) -> str:
    """Return what a level is called under the policy (its own name where there is none)."""
    return policy.label(level) if policy is not None else str(level.label)
