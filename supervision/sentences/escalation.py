"""A proposal to escalate in words: why it is no more, and what takes its place."""

from datetime import date

from erqi.common.dates import chinese_day
from supervision.choices import EscalationTrigger
from supervision.rules.escalation import weight

ANSWERED = "已就此下发通知单，不再需要。"
BETTER = "数据已经好转，颜色只待核验、确认后解除，不再需要。"
UNASKED = "项目仍为“{label}”，但现行规则对此不再要求发文。"
LEFT = "项目现为“{label}”，不再需要。"
NEXT_YEAR = "项目已转入{year}年度台账评价，现为“{label}”，{old}年度的提议不再保留。"
UNWATCHED = "项目已不在启用预警的台账中，不再评价。"
SETTLED = "该不实认定已“{label}”，不再需要。"


def overtaken_words(old: str, old_year: int, old_since: date, new: EscalationTrigger, year: int, since: date) -> str:
    """Return what took a proposal's place: that of another year, a graver or another condition, or a new stretch of the same colour."""
    if year != old_year:
        return f"项目已转入{year}年度台账评价，条件为“{new.label}”，按新的提议处置。"
    if new != old:
        return f"条件已{'加重' if weight(new) > weight(old) else '变'}为“{new.label}”，按新的提议处置。"
    return f"原自{chinese_day(old_since)}起的状态已经离开，自{chinese_day(since)}起再次“{new.label}”，按新的提议处置。"
