"""What the warnings pages say of a project: why, who answers, the last report, what comes next. Plain text; cards and lists share it."""

from typing import Any

from projects.choices import LEVELS, ResponsibilityKind, WarningLevel
from projects.sentences.colour import turn_reason, turn_words
from projects.sentences.warning import colour_sentence, reason_words
from projects.stats.warning import Standing

# In which sense a unit answers, where it is not the lead unit.
ANSWERS_AS = {ResponsibilityKind.UNDERTAKE: "承办", ResponsibilityKind.STATED: "表态"}
NO_UNIT = "未明确责任单位"
NOT_WARNED = "没有可以评价的节点时限或投资计划，暂不评价"


def why(standing: Standing | None) -> str:
    """Return why the project shows its colour, as a clause: what gives the level, what keeps it, until when it is paused."""
    if standing is None:
        return NOT_WARNED
    if standing.level in LEVELS:
        return reason_words(standing.level, standing.policy, standing.assessments, standing.bounds, standing.day)
    sentence = colour_sentence(standing.level, standing.policy, [], standing.bounds, standing.since, standing.day)
    return sentence.rstrip("。")


def who(record: Any) -> str:
    """Return the unit that answers, with the sense in which it does where it is not the lead unit."""
    if not record.answering_unit:
        return NO_UNIT
    kind = ANSWERS_AS.get(record.answering_kind, "")
    return f"{record.answering_unit}（{kind}）" if kind else record.answering_unit


def people(record: Any) -> str:
    """Return who answers by name: 具体责任人 and 分包领导, as far as they are known."""
    parts = []
    if record.staff:
        parts.append(f"具体责任人 {'、'.join(record.staff)}")
    if record.patrons:
        parts.append(f"分包领导 {'、'.join(record.patrons)}")
    return "，".join(parts)


def last_report(record: Any) -> str:
    """Return the last report that counted on the day: 8月月报，2018-08-27 审核通过."""
    report = record.report
    return f"{report.month}月月报，{report.on.isoformat()} {report.action.label}" if report else "本年度尚无计入的月报"


def lifting_state(record: Any) -> str:
    """Return how far an open lifting is: 摘牌待核验（2018-09-24 提出）; an empty text without one."""
    lifting = record.lifting
    return f"摘牌{lifting.state.label}（{lifting.proposed_on.isoformat()} 提出）" if lifting else ""


def self_differs(record: Any) -> WarningLevel | None:
    """Return the level that the unit gave itself where it is not the one shown; None where both agree or nothing was said."""
    own = record.report.self_level if record.report else None
    level = record.standing.level if record.standing else WarningLevel.UNRATED
    return own if own is not None and level in LEVELS and own != level else None


def coming(standing: Standing) -> list[str]:
    """Return what turns by itself until the year's end, a sentence each."""
    basis = standing.policy.basis
    return [
        turn_words(standing.policy, turn, turn_reason(standing.thresholds, standing.bounds, turn[0], turn[2], basis), standing.day)
        for turn in standing.ahead
    ]


def own_word(record: Any) -> str:
    """Return how the unit judged itself where that differs from what is shown; an empty text otherwise."""
    own = self_differs(record)
    return record.standing.policy.label(own) if own is not None else ""


def step_words(record: Any) -> str:
    """Return the step that the policy proposes; an empty text where it proposes none."""
    standing = record.standing
    return str(standing.step.label) if standing and standing.step else ""
