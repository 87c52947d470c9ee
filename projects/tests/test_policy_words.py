"""Rules in words: nothing that a policy decides is left unsaid, and two policies differ where their words do."""

from dataclasses import replace
from decimal import Decimal

from projects.choices import Basis, Curve, Dimension, WarningLevel
from projects.rules.policy import Band, Escalation, Rule
from projects.rules.presets import STATUS_POLICY, WARNING_POLICY
from projects.sentences.policy_terms import differences, dimension_words, terms

GREEN, BLUE, YELLOW, RED = WarningLevel.GREEN, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED


def said(policy) -> dict[str, str]:
    return {term.label: term.text for term in terms(policy)}


def with_rule(dimension: Dimension, **changes):
    return replace(WARNING_POLICY, rules={**WARNING_POLICY.rules, dimension: replace(WARNING_POLICY.rules[dimension], **changes)})


def test_every_dimension_level_by_level():
    found = {one.dimension: one for one in dimension_words(WARNING_POLICY)}
    assert list(found) == list(Dimension)
    assert [(line.level, line.label, line.words) for line in found[Dimension.MILESTONE].lines] == [
        (GREEN, "正常", "提前 7 天（不含）以上"),
        (BLUE, "提醒", "提前 7 天（含）至逾期 8 天（不含）"),
        (YELLOW, "预警", "逾期 8 天（含）至逾期 31 天（不含）"),
        (RED, "告警", "逾期 31 天（含）以上"),
    ]
    assert [line.words for line in found[Dimension.INVESTMENT].lines][-1] == "计划的 60%（不含）以下"
    assert "反馈退回 1 次为黄、2 次以上为红" in found[Dimension.NOTICE].looks_at
    assert "拒收未处理为红" in found[Dimension.NOTICE].looks_at
    assert [one.counts for one in found.values()] == [True] * 5 + [False]
    assert not any(one.faults for one in found.values())


def test_a_preset_without_green_has_three_levels():
    found = dimension_words(STATUS_POLICY)[0]
    assert [(line.level, line.label) for line in found.lines] == [(BLUE, "正常推进"), (YELLOW, "滞后"), (RED, "严重滞后")]


def test_faults_stand_with_their_dimension():
    policy = with_rule(Dimension.START, bands=(Band(GREEN, None, Decimal(0)), Band(YELLOW, Decimal(1), None)))
    found = {one.dimension: one.faults for one in dimension_words(policy)}
    assert found[Dimension.START] == ("“开工竣工投产”在计划月份当月至已过 1 个月末之间没有状态：“正常”和“预警”之间有缺口；请使两端相接。",)
    assert not any(wrong for dimension, wrong in found.items() if dimension != Dimension.START)


def test_the_other_terms():
    found = said(WARNING_POLICY)
    assert found["各级称谓"] == "绿为“正常”、蓝为“提醒”、黄为“预警”、红为“告警”"
    assert found["投资起评月份"] == "3月（此前不评价投资进度）"
    assert found["红牌摘牌后"] == "先转黄观察 1 个报送期，再按数据评价"
    assert found["升级措施"].startswith("转为“提醒”：提醒责任人更新进展；转为“预警”：督察通知单（提醒）；“预警”连续满 2 个报送期：")
    bare = said(replace(WARNING_POLICY, escalations=(), observation_cycles=0, min_eval_month=1))
    assert (bare["升级措施"], bare["红牌摘牌后"], bare["投资起评月份"]) == ("不设", "不观察，直接按数据评价", "1月")


def test_the_same_policy_does_not_differ_and_every_change_shows():
    assert differences(WARNING_POLICY, WARNING_POLICY) == []
    for name, value, label in [
        ("basis", Basis.GAP, "投资评价依据"),
        ("curve", Curve.LINEAR_DAYS, "序时进度"),
        ("min_eval_month", 4, "投资起评月份"),
        ("observation_cycles", 2, "红牌摘牌后"),
        ("manual_max_days", 31, "人工定级"),
        ("hold_max_days", 60, "暂停"),
        ("escalations", (Escalation(RED, 1, WARNING_POLICY.escalations[0].step),), "升级措施"),
        ("labels", {**WARNING_POLICY.labels, RED: "红牌"}, "各级称谓"),
    ]:
        found = differences(WARNING_POLICY, replace(WARNING_POLICY, **{name: value}))
        assert label in [one.label for one in found], name


def test_differences_of_bands_are_said_by_colour():
    bands = list(WARNING_POLICY.rules[Dimension.ISSUE].bands)
    bands[2] = replace(bands[2], high=Decimal(20))
    bands[3] = replace(bands[3], low=Decimal(20))
    found = differences(WARNING_POLICY, with_rule(Dimension.ISSUE, bands=tuple(bands)))
    assert [(one.label, one.old, one.new) for one in found] == [
        ("问题办理·黄", "逾期 1 天（含）至逾期 16 天（不含）", "逾期 1 天（含）至逾期 20 天（不含）"),
        ("问题办理·红", "逾期 16 天（含）以上", "逾期 20 天（含）以上"),
    ]
    found = differences(WARNING_POLICY, with_rule(Dimension.REPORTING, counts=True))
    assert [(one.label, one.old, one.new) for one in found] == [("报送", "只显示，不计入颜色", "计入颜色")]
    found = differences(WARNING_POLICY, replace(WARNING_POLICY, rules={Dimension.MILESTONE: Rule(())}))
    assert found[0].new == "不使用"
