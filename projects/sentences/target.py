"""How a target stands, in words: met or not by its wording, ahead of or behind the calendar, and why nothing can be said."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from erqi.common.dates import chinese_day
from erqi.common.numbers import plain, rounded
from projects.choices import Computed, Measure, Wording
from projects.rules.computed import Gap
from projects.rules.target import Judgement, State, Unjudged, Yardstick

# What a state is called in filters, where the wording of the target does not matter.
STATES = {
    State.MET: "已达成",
    State.ON_COURSE: "正常推进",
    State.BEHIND: "进度落后",
    State.MISSED: "未达成（年度已过）",
    State.UNKNOWN: "无法判断",
}
_RUNNING = {
    (State.ON_COURSE, Yardstick.TIME): "达到序时",
    (State.ON_COURSE, Yardstick.PLAN): "按计划推进",
    (State.ON_COURSE, Yardstick.FIGURE): "目前达到目标",
    (State.BEHIND, Yardstick.TIME): "落后序时",
    (State.BEHIND, Yardstick.PLAN): "落后计划",
    (State.BEHIND, Yardstick.FIGURE): "目前低于目标",
}
WHY: Mapping[str, str] = {
    Unjudged.NO_FIGURE: "文件未载目标数",
    Unjudged.NO_RESULT: "没有完成数字",
    Unjudged.PARTIAL: "台账所列、所填不全，只知道至少有这些",
    Unjudged.INEXACT: "完成数字本身只是“以上”“左右”，不能定",
    Unjudged.STALE: "年度已过，最近的完成数字在年底之前",
    Gap.NO_LEDGER: "这一年度没有区级台账",
    Gap.NOT_LISTED: "台账在所示日期没有列入相应的项目",
    Gap.UNTRACKED: "台账还没有登记过进展，没有登记不等于没有完成",
    Gap.NO_MILESTONE: "台账中相应的项目没有这类节点",
    Gap.NO_AMOUNT: "台账中相应的项目还没有金额",
    Gap.NO_QUANTITY: "台账中相应的项目没有填写数量",
    Gap.OTHER_UNIT: "台账中数量的单位与目标不同，或各不相同",
}
# What each way of computing counts; shown where it is chosen and beside the figure.
MEANING = {
    Computed.LISTED: "截至所示日期列在台账中的项目数",
    Computed.TOTAL: "截至所示日期列在台账中的项目的总投资之和",
    Computed.STARTED: "本年度内有“开工”节点完成的项目数",
    Computed.STARTED_INVESTMENT: "本年度内有“开工”节点完成的项目的总投资之和",
    Computed.STARTED_QUANTITY: "本年度内有“开工”节点完成的项目的数量（面积、里程等）之和",
    Computed.COMPLETED: "本年度内有“竣工”“投产”或“投用”节点完成的项目数",
    Computed.COMPLETED_QUANTITY: "本年度内有“竣工”“投产”或“投用”节点完成的项目的数量（套、座、面积等）之和",
    Computed.RESETTLED: "本年度内有“回迁”节点完成的项目数",
    Computed.RESETTLED_QUANTITY: "本年度内有“回迁”节点完成的项目的数量（面积、套等）之和",
    Computed.INVESTED: "1月以来累计完成投资之和，取各项目计入的最近一份月报",
}
WHERE = (
    "填了对应项目的，只算该项目及打捆所含，打捆按所含个数计；没有对应项目而有范围的，只算责任单位是该单位或其下属的；"
    "都没有的算全区台账。打捆与其中列出的项目不重复计，全区和范围的个数打捆计一个。"
)


def reading_day_words(year: int, last: date) -> str:
    """Return why a day cannot be that of a result of the year."""
    return f"{year}年目标的截止日期须在{year}年内，年后才公布的最迟到{chinese_day(last)}；其他年度的请在该年度的目标上登记。"


def again_words(on: date, standing: str, figure: str) -> str:
    """Return what is asked before a day gets a second result: 2018年6月30日已登记 30个，确认再登记 32个？"""
    return f"{chinese_day(on)}已登记 {standing}，确认再登记 {figure}？确认后这一天以 {figure}为准；原数有误的，请改为撤回原数。"


def state_word(judgement: Judgement, wording: str) -> str:
    """Return the state in a word; a miss of what was only 力争 is no failure and is called so."""
    if judgement.state == State.MISSED:
        return "未达力争目标" if wording == Wording.STRIVE else "未完成"
    if judgement.yardstick is not None:
        return _RUNNING[judgement.state, judgement.yardstick]
    return STATES[judgement.state]


def why_word(judgement: Judgement) -> str:
    """Return why a target cannot be judged; an empty text where it can."""
    return WHY[judgement.why] if judgement.why else ""


def points(value: Decimal) -> str:
    """Return percentage points with one decimal, without a sign: 5.8 个百分点."""
    return f"{rounded(abs(value), 1)} 个百分点"


def gap_words(judgement: Judgement, measure: str) -> str:
    """Return how far a result is ahead or behind: 超序时 4.8 个百分点; an empty text where nothing can be compared."""
    gap = judgement.gap
    if gap is None:
        return ""
    level = measure == Measure.LEVEL
    if not rounded(gap, 1):
        return "与序时持平" if level else "与目标持平"
    if not level:
        return f"{'高' if gap > 0 else '低'}于目标 {points(gap)}"
    words = f"{'超' if gap > 0 else '欠'}序时 {points(gap)}"
    if gap < 0 and judgement.state == State.ON_COURSE and judgement.yardstick == Yardstick.PLAN:
        return f"按日历{words}，计划的时限还没有到"
    return words


def figure_words(value: Decimal, unit: str, bound: str = "") -> str:
    """Return a figure as it is written: 480亿元以上."""
    return f"{plain(value)}{unit}{bound}"


def meaning(computed: str, *, project: str = "", scope: str = "") -> str:
    """Return what a computed figure counts, and of which part of the ledger."""
    where = f"“{project}”及打捆所含" if project else f"责任单位是{scope}或其下属的" if scope else "全区台账"
    return f"{MEANING[Computed(computed)]}（{where}）"


def course_gap(why: str, day: date) -> str:
    """Return why a course cannot be drawn."""
    return f"截至{day.year}年{day.month}月{day.day}日：{WHY[why]}。" if why else ""
