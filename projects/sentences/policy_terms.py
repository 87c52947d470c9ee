"""A whole policy in words: what each dimension looks at and gives which level for, the other terms, and how two policies differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from projects.choices import LEVELS, Curve, Dimension, Family, WarningLevel
from projects.rules.policy import Policy, Rule, faults
from projects.sentences.policy import band_words, fault_sentence

# What each dimension looks at (domain.md §1.6).
LOOKS_AT: dict[Dimension, str] = {
    Dimension.MILESTONE: "未完成的节点（开工、竣工、投产、投用除外），看距时限的天数；正数为逾期，负数为提前。",
    Dimension.INVESTMENT: "本年累计完成投资与同期计划相比；每月截止日的次日起按当月计划评价。",
    Dimension.START: "开工、竣工、投产、投用节点，看计划月份以来已过几个月末；计划月份当月为 0。",
    Dimension.ISSUE: "月报所列问题和直报问题，看距时限的天数；到期前按工作日计。提级未决不另外加重。",
    Dimension.NOTICE: "督察通知单下发后参与评价：看距反馈时限的工作日数，申请延期、申请转办、拒收等待决定期间停止计时；"
    "反馈退回 1 次为黄、2 次以上为红，至反馈审核通过为止；拒收未处理为红；满 2 个工作日未签收为蓝。",
    Dimension.REPORTING: "月报报送是否及时，看距截止日的工作日数；作为报送状态单独显示。",
}
FAMILIES: dict[Family, str] = {
    Family.WARNING: "预警色：绿为正常，蓝为提醒，黄为预警，红为告警；已销号为中性",
    Family.STATUS: "状态色：绿为已完成，蓝为正常推进，黄为滞后，红为严重滞后",
}
CURVES: dict[Curve, str] = {
    Curve.MONTHLY_PLAN: "按项目自己的分月计划",
    Curve.LINEAR_DAYS: "全年计划按天均摊（截至截止日的天数÷全年天数）",
    Curve.LINEAR_MONTHS: "全年计划按月均摊（月份÷12）",
}
# What a level's colour is called: labels differ from policy to policy, the colour does not.
COLOURS: dict[WarningLevel, str] = {
    WarningLevel.GREEN: "绿",
    WarningLevel.BLUE: "蓝",
    WarningLevel.YELLOW: "黄",
    WarningLevel.RED: "红",
}
UNUSED = "不使用"


@dataclass(frozen=True)
class LevelLine:
    """A level of a dimension: what it is called and which figures give it."""

    level: WarningLevel
    label: str
    words: str


@dataclass(frozen=True)
class DimensionWords:
    """A dimension in words, with what is wrong with its bands."""

    dimension: Dimension
    looks_at: str
    counts: bool
    lines: tuple[LevelLine, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One of a policy's other terms."""

    label: str
    text: str


@dataclass(frozen=True)
class Difference:
    """What one policy says otherwise than another."""

    label: str
    old: str
    new: str


def level_lines(policy: Policy, dimension: Dimension, rule: Rule) -> tuple[LevelLine, ...]:
    """Return the levels that the rule gives, from the best to the worst, with the figures of each."""
    bands = sorted(rule.bands, key=lambda band: band.level)
    return tuple(LevelLine(band.level, policy.label(band.level), band_words(dimension, policy.basis, band)) for band in bands)


def dimension_words(policy: Policy) -> list[DimensionWords]:
    """Return every dimension of the policy in words, in their order."""
    wrong = faults(policy)
    return [
        DimensionWords(
            dimension,
            LOOKS_AT[dimension],
            rule.counts,
            level_lines(policy, dimension, rule),
            tuple(fault_sentence(policy, fault) for fault in wrong if fault.dimension == dimension),
        )
        for dimension, rule in sorted(policy.rules.items())
    ]


def counts_words(counts: bool) -> str:
    """Return whether a dimension makes the colour."""
    return "计入颜色" if counts else "只显示，不计入颜色"


def terms(policy: Policy) -> list[Term]:
    """Return what the policy says besides its bands."""
    cycles = policy.observation_cycles
    return [
        Term("颜色含义", FAMILIES[policy.family]),
        Term("各级称谓", "、".join(f"{COLOURS[level]}为“{policy.label(level)}”" for level in LEVELS)),
        Term("投资评价依据", policy.basis.label),
        Term("序时进度", CURVES[policy.curve]),
        Term("投资起评月份", f"{policy.min_eval_month}月（此前不评价投资进度）" if policy.min_eval_month > 1 else "1月"),
        Term("红牌摘牌后", f"先转黄观察 {cycles} 个报送期，再按数据评价" if cycles else "不观察，直接按数据评价"),
        Term("人工定级", f"一次最长 {policy.manual_max_days} 天"),
        Term("暂停", f"一次最长 {policy.hold_max_days} 天，到期须续期，否则自动恢复评价"),
        Term("升级措施", "；".join(escalation_words(policy)) or "不设"),
    ]


def whole_terms(policy: Policy) -> list[Term]:
    """Return everything that the policy says, each dimension as one term."""
    bands = [
        Term(
            words.dimension.label,
            "，".join([f"{line.words}为{line.label}" for line in words.lines] or [UNUSED]) + f"（{counts_words(words.counts)}）",
        )
        for words in dimension_words(policy)
    ]
    return bands + terms(policy)


def escalation_words(policy: Policy) -> Iterator[str]:
    """Yield what follows each level and when (proposed, never done by itself)."""
    for item in sorted(policy.escalations, key=lambda one: (one.level, one.times)):
        when = f"转为“{policy.label(item.level)}”" if item.times == 0 else f"“{policy.label(item.level)}”连续满 {item.times} 个报送期"
        yield f"{when}：{item.step.label}"


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Return what the new policy says otherwise than the old one, dimension by dimension, then the other terms."""
    found: list[Difference] = []
    for dimension in Dimension:
        before, after = old.rules.get(dimension), new.rules.get(dimension)
        one = _by_level(old, dimension, before)
        other = _by_level(new, dimension, after)
        found += [
            Difference(f"{dimension.label}·{COLOURS[level]}", one.get(level, UNUSED), other.get(level, UNUSED))
            for level in LEVELS
            if one.get(level) != other.get(level)
        ]
        if before is not None and after is not None and before.counts != after.counts:
            found.append(Difference(dimension.label, counts_words(before.counts), counts_words(after.counts)))
    pairs = zip(terms(old), terms(new), strict=True)
    return found + [Difference(one.label, one.text, other.text) for one, other in pairs if one.text != other.text]


def _by_level(policy: Policy, dimension: Dimension, rule: Rule | None) -> dict[WarningLevel, str]:
    return {line.level: line.words for line in level_lines(policy, dimension, rule)} if rule is not None else {}
